/** What the tests of the faults share. */
import * as Effect from "effect/Effect"
import { type Answer, type Json, send } from "./browser.ts"

export const loansOf = (answer: Answer): ReadonlyArray<Json> => answer.json.data.investment_options

export const idsOf = (answer: Answer) => loansOf(answer).map((loan) => loan.loan_application_id)

/** Thirty loans that every listing request sees. */
export const swedish = { count: 30, origins: { SE: 10, DK: 0, NO: 0 } }

/** What a request that gets no complete answer fails with. */
export const broken = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  Effect.promise(() =>
    send(url, { headers }).then(
      (answer) => `answered ${answer.status}`,
      (error: NodeJS.ErrnoException) => error.code ?? error.message
    )
  )
