/**
 * One connection to the server that stays open, on which one request follows the other.
 */
import { Agent, type IncomingMessage, request as send } from "node:http"
import { gunzipSync } from "node:zlib"

/** What is asked of the server. */
export interface Request {
  readonly method: string
  readonly path: string
  /** Sent as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** What the server said. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage["headers"]
  /** What the JSON says; any other text as it came. */
  readonly body: unknown
}

/** The connection broke before there was a whole answer, or there was no connection to be had. */
export class Unanswered extends Error {
  override readonly name = "Unanswered"
}

const textOf = (response: IncomingMessage, bytes: Buffer): string =>
  (response.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString("utf8")

const read = (response: IncomingMessage, bytes: Buffer): Answer => {
  const text = textOf(response, bytes)
  const json = /[/+]json\b/u.test(response.headers["content-type"] ?? "")
  return { status: response.statusCode ?? 0, headers: response.headers, body: json ? JSON.parse(text) : text }
}

/** A connection; it is made with the first request, and again with the first one after it broke. */
export class Line {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #base: string

  constructor(base: string) {
    this.#base = base
  }

  /** Asks, and fails with `Unanswered` when the connection does not bring an answer. */
  ask({ body, headers, method, path }: Request): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const lost = (error: Error) => reject(new Unanswered(`${method} ${path}: ${error.message}`, { cause: error }))
      const outgoing = send(this.#base + path, {
        agent: this.#agent,
        method,
        headers: {
          "accept-encoding": "gzip",
          ...headers,
          ...(text === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
        }
      })
      outgoing.on("error", lost)
      outgoing.on("response", (response) => {
        const chunks: Array<Buffer> = []
        response.on("data", (chunk: Buffer) => chunks.push(chunk))
        response.on("error", lost)
        response.on("end", () => {
          try {
            resolve(read(response, Buffer.concat(chunks)))
          } catch (error) {
            reject(new TypeError(`${method} ${path} was answered with what cannot be read`, { cause: error }))
          }
        })
      })
      outgoing.end(text)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
