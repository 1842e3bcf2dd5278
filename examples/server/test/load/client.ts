/**
 * A client that asks one thing at a time, as whoever it is told to be, from an address that a proxy would name.
 */
import { randomUUID } from "node:crypto"
import { outcomeOf } from "./caller.ts"
import { type Answer, Line } from "./line.ts"

/** What is asked, and who asks. */
interface Asking {
  readonly body?: unknown
  readonly token?: string
  readonly apiKey?: string
  readonly agent?: string
  /** From where it comes, as the proxy in front of the proxy says. */
  readonly address?: string
  readonly key?: string
}

/** A client of the server at a URL; `more` are the addresses that proxies behind the first one would have added. */
export const clientOf = (url: string, more: ReadonlyArray<string>) => {
  const line = new Line(url)
  let count = 0
  return async (method: string, to: string, asking: Asking = {}): Promise<Answer> => {
    count += 1
    const { address = `10.200.${count >> 8}.${count & 255}`, agent = "test", apiKey, body, key, token } = asking
    return line.ask({
      method,
      path: to,
      ...(body === undefined ? {} : { body }),
      headers: {
        "x-forwarded-for": [address, ...more].join(", "),
        "user-agent": agent,
        ...(method === "GET" ? {} : { "idempotency-key": key ?? randomUUID() }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(apiKey === undefined ? {} : { "x-api-key": apiKey })
      }
    })
  }
}

/** Asks a server, or those behind a proxy. */
export type Client = ReturnType<typeof clientOf>

/** Waits for so long. */
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Asks until the answer is the one that will come. */
export const until = async (outcome: string, ask: () => Promise<Answer>): Promise<void> => {
  while (outcomeOf(await ask()) !== outcome) await pause(100)
}
