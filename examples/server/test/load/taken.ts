/**
 * A request that the server has taken and not yet all of: it has asked for the body, which is held back.
 */
import { Agent, request as send } from "node:http"
import { createConnection } from "node:net"
import type { Request } from "./line.ts"

/** How a transfer was answered, and by which entry. */
interface Receipt {
  readonly status: number
  readonly entryId?: string
}

/** Sends what is held back, and gives the answer. */
type FinishRequest = () => Promise<Receipt>

/** Sends what is held back, and gives the status of the answer. */
export type Finish = () => Promise<number>

/** Sends all but the body, and settles when the server asks for that. */
export const beginRequest = (base: string, { body, headers, method, path }: Request): Promise<FinishRequest> => {
  const text = JSON.stringify(body)
  const agent = new Agent({ keepAlive: false })
  return new Promise((resolve, reject) => {
    const outgoing = send(base + path, {
      agent,
      method,
      headers: {
        ...headers,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
        expect: "100-continue"
      }
    })
    const answered = new Promise<Receipt>((answer, fail) => {
      outgoing.on("error", fail)
      outgoing.on("response", (response) => {
        let told = ""
        response.setEncoding("utf8").on("data", (more: string) => (told += more))
        response.on("error", fail)
        response.on("end", () => {
          const { entryId } = JSON.parse(told) as Pick<Receipt, "entryId">
          answer({ status: response.statusCode ?? 0, ...(entryId === undefined ? {} : { entryId }) })
        })
      })
    })
    // Before the body is asked for, an answer or an error means that the request was not taken.
    answered.then(({ status }) => reject(new TypeError(`${path} was answered with ${status} at once`)), reject)
    outgoing.on("continue", () =>
      resolve(() => {
        outgoing.end(text)
        return answered
      })
    )
    outgoing.flushHeaders()
  })
}

/** Settles when nobody takes connections any more at an address. */
export const refused = async (base: string): Promise<void> => {
  const { hostname, port } = new URL(base)
  const taken = () =>
    new Promise<boolean>((resolve) => {
      const socket = createConnection({ host: hostname, port: Number(port) })
      socket.on("connect", () => {
        socket.destroy()
        resolve(true)
      })
      socket.on("error", () => resolve(false))
    })
  while (await taken()) await new Promise((resolve) => setTimeout(resolve, 10))
}
