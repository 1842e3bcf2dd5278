/**
 * Asks the server as one of its clients, over a connection of its own, and notes how it is answered.
 */
import { setTimeout } from "node:timers/promises"
import { expectations, type Asked } from "./expectations.ts"
import { type Answer, Line, type Request, Unanswered } from "./line.ts"
import type { Tally } from "./tally.ts"

/** A time in which the server is not there, as was planned. */
export class Outage {
  #back: Promise<void> | undefined
  #end: () => void = () => undefined

  /** From now on whoever gets no answer waits. */
  begin(): void {
    this.#back = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /** From now on whoever gets no answer asks once more at once, as somebody else will answer. */
  pass(): void {
    this.#end()
    this.#back = Promise.resolve()
  }

  /** The server is there again, and whoever waits asks once more. */
  end(): void {
    this.#back = undefined
    this.#end()
  }

  /** Settles when the server is there again; undefined unless it is away. */
  get back(): Promise<void> | undefined {
    return this.#back
  }
}

/** What every caller of a load has in common. */
export interface Common {
  readonly url: string
  readonly tally: Tally
  readonly outage: Outage
}

/** An answer, and whether its request had to be sent again because the server went away. */
export interface Heard extends Answer {
  readonly again: boolean
}

/** Who asks, and from where. */
export interface Origin {
  readonly address: string
  readonly agent: string
  readonly credential?: Readonly<Record<string, string>>
}

/** What else may be said to a request that was sent before, when the server had gone away under it. */
const saidAgain: Partial<Record<Asked, ReadonlyArray<string>>> = {
  // The code was used up by the first one.
  "sign in": ["401 CredentialsRejected"],
  // The answer with the successor was lost, and after ten seconds nobody gets it any more.
  refresh: ["401 CredentialsInvalid"]
}

const codeOf = (body: unknown): string =>
  typeof body === "object" && body !== null && "code" in body && typeof body.code === "string" ? ` ${body.code}` : ""

/** An answer in the words of the table of expectations. */
export const outcomeOf = ({ body, status }: Answer): string => `${status}${status < 400 ? "" : codeOf(body)}`

/** A client. */
export class Caller {
  readonly #common: Common
  readonly #line: Line

  constructor(common: Common, line = new Line(common.url)) {
    this.#common = common
    this.#line = line
  }

  /** Asks, and fails with `Unanswered` when there is no answer though the server should be there. */
  async ask(name: Asked, request: Request, { address, agent, credential }: Origin): Promise<Heard> {
    const { outage, tally } = this.#common
    const headers = { "x-forwarded-for": address, "user-agent": agent, ...credential, ...request.headers }
    for (let again = false; ; again = true) {
      const begun = performance.now()
      try {
        const answer = await this.#line.ask({ ...request, headers })
        const outcome = outcomeOf(answer)
        // Postgres may not have noticed yet that the server is gone in whose transaction the command was.
        if (again && outcome === "409 CommandInProgress") {
          await setTimeout(50)
          continue
        }
        const excused = again && saidAgain[name]?.includes(outcome) === true
        tally.answer(name, excused ? expectations[name][0] : outcome, performance.now() - begun, () =>
          `${name}: ${request.method} ${request.path} was answered ${outcome}: ${JSON.stringify(answer.body)}`.slice(
            0,
            600
          )
        )
        return { ...answer, again }
      } catch (error) {
        const { back } = outage
        if (!(error instanceof Unanswered) || back === undefined) {
          tally.finding(`${name}: ${String(error)}`)
          throw error
        }
        await back
      }
    }
  }

  close(): void {
    this.#line.close()
  }
}
