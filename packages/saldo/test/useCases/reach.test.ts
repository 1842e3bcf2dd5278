import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { roles } from "saldo/banking/BankAccess"
import * as Actor from "saldo/core/Actor"
import { begin } from "../banking/customerBank.ts"
import { substance } from "./dump.ts"
import { type Call, useCases } from "./everything.ts"
import { known } from "./known.ts"

const identity = (tenant: string, id: string, permissions: ReadonlyArray<Actor.Permission>) =>
  new Actor.Identity({ kind: "user", tenant, id, roles: [], permissions })

/** Who must get nothing, and whether everything is refused or only what is not theirs. */
const intruders = {
  "somebody without permissions": identity("bank", "nobody", []),
  "a customer, from another's data": identity("bank", "cust_00000000000000000000000000", roles.customer),
  "whoever may do everything elsewhere": identity("elsewhere", "admin", [Actor.Permission.make("*")])
}

const ids =
  /\b(?:acct|apikey|appr|bene|cust|delivery|dep|entry|hold|line|nostro|pay|rmat|rrev|sess|sigkey|stmt|user|webhook)_[0-9a-z]{26}\b/gu

/** What a caller named itself and is told not to be there. */
const echoes = /"_tag":"\w+NotFound"[^}]*/gu

const text = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each)) ?? ""

/** What somebody gets by a call: the tag of the refusal, or the ids of the bank in the answer. */
const gained = Effect.fnUntraced(function* (call: Call, who: Actor.Identity) {
  const before = new Set((yield* substance).match(ids))
  const outcome = yield* Effect.result(call.pipe(Actor.as(who)))
  if (Result.isSuccess(outcome)) {
    const answer = text(outcome.success).replaceAll(echoes, "")
    return answer.match(ids)?.filter((id) => before.has(id)) ?? []
  }
  return (outcome.failure as { readonly _tag: string })._tag
})

const refusals = /^(?:NotPermitted|\w+NotFound|AccountHolderUnsuitable|HoldNotActive|StatementAccountUnknown)$/u

describe("every call that somebody makes", () => {
  for (const [name, { reads, writes }] of Object.entries(known)) {
    for (const [method, { reach, run }] of [...Object.entries(reads), ...Object.entries(writes)]) {
      if (reach === "inner") continue
      it.effect(`gives nothing to whom it is not for (${name}.${method})`, () =>
        Effect.andThen(
          begin,
          run(
            Effect.fnUntraced(function* (call, by) {
              const before = yield* substance
              expect(yield* gained(call, intruders["somebody without permissions"])).toBe("NotPermitted")
              const others = reach === "new" ? [] : Object.entries(intruders).slice(1)
              for (const [who, intruder] of others) {
                const got = yield* gained(call, intruder)
                if (typeof got === "string") expect(got, who).toMatch(refusals)
                else expect(got, who).toEqual([])
              }
              expect(yield* substance).toBe(before)
              // Who has the key of a command that has happened gets no more than who has none.
              yield* call.pipe(Actor.as(by))
              const after = yield* substance
              for (const [who, intruder] of others) {
                const got = yield* gained(call, intruder)
                if (typeof got === "string") expect(got, who).toMatch(refusals)
                else expect(got, who).toEqual([])
              }
              expect(yield* substance).toBe(after)
            })
          )
        ).pipe(Actor.as(Actor.system("bank")), Effect.provide(Layer.fresh(useCases)))
      )
    }
  }
})
