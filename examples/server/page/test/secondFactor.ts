/** A second factor for somebody of the demonstration, by the use cases of identity on the server's own database. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { codeOfStep, stepAt } from "@saldo/testing/TotpCodes"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Actor from "saldo/core/Actor"
import { Users } from "saldo/identity/Users"
import * as bank from "../../src/bank.ts"
import { storageOf } from "../../src/database.ts"
import { tenant } from "../../src/offer.ts"

const enrol = Effect.fnUntraced(function* (email: string, password: string) {
  const users = yield* Users
  const { items } = yield* users.list({}, { limit: 100 }).pipe(Actor.as(Actor.system(tenant)))
  const user = items.find(({ profile }) => profile !== null && Redacted.value(profile.email) === email)
  const acting = user === undefined ? Option.none() : yield* users.acting(tenant, user.id)
  const identity = yield* Effect.fromOption(acting)
  const { secret } = yield* users.beginSecondFactor({ password: Redacted.make(password) }).pipe(Actor.as(identity))
  const step = stepAt(yield* DateTime.now)
  yield* users.confirmSecondFactor({ code: codeOfStep(secret, step) }).pipe(Actor.as(identity))
  // A step is good once, so the authenticator's next code is the one to sign in with; it is taken early.
  return Redacted.value(codeOfStep(secret, step + 1))
})

/** Gives somebody a second factor, and the code to sign in with in this half minute or the next. */
export const giveSecondFactor = (file: string, email: string, password: string): Promise<string> =>
  Effect.runPromise(
    enrol(email, password).pipe(
      Effect.provide(
        bank.layer(storageOf({ _tag: "Sqlite", file }), `${file}.keys`).pipe(Layer.provide(NodeServices.layer))
      )
    )
  )
