/**
 * Calls of one server, of which every answer is kept.
 */
import type { purposes } from "./purposes.ts"

/** What a call says beside its method and path. */
export interface Call {
  readonly token?: string
  readonly body?: unknown
  /** A body that is sent as it is. */
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
  /** What the answer is for, when it may hold something. */
  readonly purpose?: keyof typeof purposes
}

/** An answer, with all that its headers and its body say. */
export interface Answered {
  readonly what: string
  readonly status: number
  readonly body: unknown
  readonly said: string
  readonly purpose: keyof typeof purposes | undefined
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Somebody who calls, and forgets no answer. */
export class Caller {
  readonly answers: Array<Answered> = []
  readonly #url: string
  #keys = 0

  constructor(url: string) {
    this.#url = url
  }

  /** Calls, and gives the answer. */
  async ask(method: string, path: string, { body, headers = {}, purpose, text, token }: Call = {}): Promise<Answered> {
    const payload = text ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await fetch(this.#url + path, {
      method,
      redirect: "manual",
      headers: {
        ...(method === "GET" ? {} : { "idempotency-key": `call-${(this.#keys += 1)}` }),
        ...(payload === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers
      },
      ...(payload === undefined ? {} : { body: payload })
    })
    const said = await response.text()
    const answered = {
      what: `${method} ${path.slice(0, 80)}`,
      status: response.status,
      body: parsed(said),
      said: `${[...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n")}\n\n${said}`,
      purpose
    }
    this.answers.push(answered)
    return answered
  }

  /** Calls, and gives the body of an answer that must be a good one. */
  // oxlint-disable-next-line typescript/no-explicit-any
  async must(method: string, path: string, call: Call = {}): Promise<any> {
    const { body, said, status } = await this.ask(method, path, call)
    if (status >= 300) throw new TypeError(`${method} ${path} was answered with ${status}: ${said}`)
    return body
  }
}
