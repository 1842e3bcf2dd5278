import { describe, expect, it } from "@effect/vitest"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Payments } from "saldo/banking/Payments"
import { as } from "saldo/core/Actor"
import { key, sek } from "./depositBank.ts"
import { creditor, memoryStores, opened, payingBank, second, sqlStores, standing } from "./paymentBank.ts"

const journey = (name: string, stores: typeof memoryStores) => {
  it.effect(`pays from order to settlement with a second person's consent (${name})`, () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 4, 4, 9))
      const simulator = RailSimulator.make({ seed: "journey" })
      const program = Effect.gen(function* () {
        const payments = yield* Payments
        const { account, anna } = yield* opened("anna", "1000.00")
        const wish = { key: key("rent"), accountId: account.id, amount: sek("250.00"), creditor }
        const created = yield* payments.create(wish).pipe(as(anna))
        expect(created).toMatchObject({ state: "created", holdId: null })
        expect(yield* standing(account.ledgerAccountId)).toMatchObject({ available: "1000.00 SEK" })
        const decision = { key: key("yes"), id: created.id, approve: true, comment: null }
        const approved = yield* payments.decide(decision).pipe(as(second))
        expect(approved).toMatchObject({ state: "approved" })
        expect(yield* standing(account.ledgerAccountId)).toEqual({
          balance: "1000.00 SEK",
          available: "750.00 SEK",
          settlement: "0.00 SEK"
        })
        expect(yield* payments.work()).toMatchObject({ sent: 1 })
        expect(yield* payments.find(created.id).pipe(as(anna))).toMatchObject({ state: "sent", status: "ACSP" })
        yield* TestClock.adjust("2 hours")
        yield* payments.work()
        expect(yield* payments.find(created.id).pipe(as(anna))).toMatchObject({ state: "settled", status: "ACSC" })
        expect(yield* standing(account.ledgerAccountId)).toEqual({
          balance: "750.00 SEK",
          available: "750.00 SEK",
          settlement: "-250.00 SEK"
        })
      })
      yield* program.pipe(Effect.provide(payingBank(stores, simulator, { approval: "always" })))
      expect(yield* simulator.violations).toEqual([])
    })
  )
}

describe("Payments", () => {
  journey("memory", memoryStores)
  journey("sqlite", sqlStores.pipe(Layer.provide(TestSqlite.layerFile), Layer.orDie))
})
