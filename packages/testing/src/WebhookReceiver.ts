/**
 * A receiver of webhooks: a real HTTP server on loopback, which remembers what came and answers as it is told.
 */
import * as Effect from "effect/Effect"
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** A message as it came. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** What is answered; 204 unless a test says otherwise. */
export type Answer = (response: ServerResponse, received: Received, nth: number) => void

/** A receiver, and how it answers from now on. */
export interface Receiver {
  readonly port: number
  readonly url: string
  readonly received: Array<Received>
  answer: Answer
}

/** Says that it has taken the message. */
export const ok: Answer = (response) => response.writeHead(204).end()

/** Answers with a status, some headers, and a text that repeats the status. */
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end(`status ${code}`)

const plain = (headers: IncomingHttpHeaders): Received["headers"] =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]))

/** A receiver of its own, which is closed with the scope. */
export const receiver = Effect.acquireRelease(
  Effect.callback<Receiver & { readonly close: () => void }>((resume) => {
    const received: Array<Received> = []
    const server = createServer((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const message = {
          method: request.method ?? "",
          path: request.url ?? "",
          headers: plain(request.headers),
          body: Buffer.concat(chunks).toString("utf8")
        }
        received.push(message)
        made.answer(response, message, received.length)
      })
    })
    const made = {
      port: 0,
      url: "",
      received,
      answer: ok,
      close: () => {
        server.closeAllConnections()
        server.close()
      }
    }
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      made.port = port
      made.url = `http://127.0.0.1:${port}/events`
      resume(Effect.succeed(made))
    })
  }),
  ({ close }) => Effect.sync(close)
)
