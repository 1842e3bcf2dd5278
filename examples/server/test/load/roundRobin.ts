/**
 * A small proxy before several servers: each request goes to the next of them, and says at its end whom it came from.
 */
import { Agent, createServer, type IncomingMessage, request as send, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** A proxy that runs. */
export interface RoundRobin {
  readonly url: string
  readonly close: () => void
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const isRefused = (error: Error): boolean => "code" in error && error.code === "ECONNREFUSED"

/** Starts a proxy before the servers at these addresses. */
export const roundRobin = async (urls: ReadonlyArray<string>): Promise<RoundRobin> => {
  const agent = new Agent({ keepAlive: true })
  let turn = 0

  const pass = (request: IncomingMessage, response: ServerResponse, body: Buffer, left: number): void => {
    const url = urls[turn++ % urls.length] ?? ""
    const seen = [request.headers["x-forwarded-for"], request.socket.remoteAddress].filter((each) => each !== undefined)
    const onward = send(`${url}${request.url ?? "/"}`, {
      agent,
      method: request.method ?? "GET",
      headers: { ...request.headers, "x-forwarded-for": seen.join(", ") }
    })
    onward.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
      answer.on("error", () => response.destroy())
    })
    onward.on("error", (error) => {
      // Nobody was there, so nothing was asked, and another may be. Otherwise it is not known what was done: no answer.
      if (isRefused(error) && left > 1) pass(request, response, body, left - 1)
      else response.destroy()
    })
    onward.end(body)
  }

  const server = createServer((request, response) => {
    bodyOf(request).then(
      (body) => pass(request, response, body, urls.length),
      () => response.destroy()
    )
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      agent.destroy()
      server.close()
      server.closeAllConnections()
    }
  }
}
