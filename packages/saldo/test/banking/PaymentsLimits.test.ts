/** Limits by day, by counterparty and by payment, also when payments are ordered at once. */
import { describe, expect, it } from "@effect/vitest"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { parseExternalAccount } from "saldo/banking/ExternalAccount"
import { type PaymentLimit, PaymentLimitId } from "saldo/banking/PaymentLimit"
import { Payments } from "saldo/banking/Payments"
import { as } from "saldo/core/Actor"
import { sweden } from "saldo/time/holidaysSweden"
import { date } from "./interestTermsOf.ts"
import { key, sek } from "./depositBank.ts"
import { creditor, memoryStores, opened, payingBank, second, sqlStores, standing } from "./paymentBank.ts"

const limit = (id: string, maximum: string, more: Partial<PaymentLimit> = {}): PaymentLimit => ({
  id: PaymentLimitId.make(id),
  label: id,
  measure: { kind: "amount", maximum: sek(maximum) },
  window: "day",
  perCounterparty: false,
  ...more
})

const shop = {
  name: "The Shop",
  account: Result.getOrThrow(parseExternalAccount({ scheme: "Bankgiro", text: "5050-1055" }))
}

const silent = RailSimulator.make({ seed: "limits" })

/** What came of each of eight payments that are ordered at once. */
const eightAtOnce = Effect.gen(function* () {
  const payments = yield* Payments
  const { account, anna } = yield* opened("anna", "10000.00")
  const outcomes = yield* Effect.forEach(
    Array.from({ length: 8 }, (_, index) => index),
    (index) =>
      payments
        .create({ key: key(`pay ${index}`), accountId: account.id, amount: sek("300.00"), creditor })
        .pipe(as(anna), Effect.result),
    { concurrency: "unbounded" }
  )
  const { items } = yield* payments.list({ accountId: account.id }).pipe(as(anna))
  return { outcomes, orders: items, standing: yield* standing(account.ledgerAccountId) }
})

const stores = {
  memory: memoryStores,
  "sqlite file": sqlStores.pipe(Layer.provide(TestSqlite.layerFile), Layer.orDie),
  postgres: sqlStores.pipe(Layer.provide(TestPostgres.layer), Layer.orDie)
}

describe("limits", () => {
  for (const [name, layer] of Object.entries(stores)) {
    it.live(`let through no more than they allow when eight payments are ordered at once (${name})`, () =>
      Effect.gen(function* () {
        const { orders, outcomes, standing: after } = yield* eightAtOnce
        const refused = outcomes.flatMap((outcome) => (Result.isFailure(outcome) ? [outcome.failure] : []))
        expect(outcomes.filter(Result.isSuccess)).toHaveLength(3)
        expect(orders).toHaveLength(3)
        expect(refused).toHaveLength(5)
        for (const each of refused) {
          expect(each).toMatchObject({
            _tag: "PaymentLimitExceeded",
            exceeded: [{ limitId: "daily", allowed: sek("1000.00"), used: sek("900.00"), remaining: sek("100.00") }]
          })
        }
        expect(after).toEqual({ balance: "10000.00 SEK", available: "9100.00 SEK", settlement: "0.00 SEK" })
      }).pipe(Effect.provide(Layer.fresh(payingBank(layer, silent, { limits: [limit("daily", "1000.00")] }))))
    )
  }

  const policy = {
    limits: [
      limit("single", "500.00", { window: "payment" }),
      limit("each-shop", "600.00", { perCounterparty: true }),
      limit("weekly", "1500.00", { window: "week" }),
      limit("three", "0.00", { measure: { kind: "count", maximum: 3 } })
    ],
    approval: "always" as const,
    approvalWithin: "30 days" as const
  }
  const bank = Layer.fresh(payingBank(memoryStores, silent, policy))

  it.effect("name the limit, what is used of it and what is left, in the order of the rules", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 4, 4, 9))
      const payments = yield* Payments
      const { account, anna } = yield* opened("anna", "10000.00")
      const pay = (name: string, amount: string, to = creditor, on?: string) =>
        payments
          .create({
            key: key(name),
            accountId: account.id,
            amount: sek(amount),
            creditor: to,
            ...(on === undefined ? {} : { executeOn: date(on) })
          })
          .pipe(as(anna))
      expect(yield* Effect.flip(pay("too much", "500.01"))).toMatchObject({
        _tag: "PaymentLimitExceeded",
        message: "A payment of 500.01 SEK is beyond the limits: single leaves 500.00 SEK of 500.00 SEK"
      })
      // What waits for approval counts already.
      const first = yield* pay("first", "500.00")
      expect(first.state).toBe("created")
      expect(yield* Effect.flip(pay("same", "100.01"))).toMatchObject({
        exceeded: [{ limitId: "each-shop", used: sek("500.00"), remaining: sek("100.00"), resetsOn: "2026-05-05" }]
      })
      const other = yield* pay("other", "500.00", shop)
      yield* pay("small", "100.00")
      expect(yield* Effect.flip(pay("fourth", "0.01", shop))).toMatchObject({
        exceeded: [{ limitId: "three", allowed: 3, used: 3, remaining: 0 }]
      })
      // Another day of the same week, and one of the next.
      expect(yield* Effect.flip(pay("friday", "400.01", shop, "2026-05-08"))).toMatchObject({
        exceeded: [{ limitId: "weekly", used: sek("1100.00"), remaining: sek("400.00"), resetsOn: "2026-05-11" }]
      })
      yield* pay("monday", "500.00", shop, "2026-05-11")
      // What was declined or cancelled no longer counts.
      yield* payments.decide({ key: key("no"), id: first.id, approve: false, comment: "twice" }).pipe(as(second))
      yield* payments.cancel({ key: key("cancel"), id: other.id }).pipe(as(anna))
      yield* pay("friday again", "500.00", shop, "2026-05-08")
    }).pipe(Effect.provide(bank))
  )

  it.effect("count a payment on the business day on which it is executed", () =>
    Effect.gen(function* () {
      // Saturday, 2 May 2026.
      yield* TestClock.setTime(Date.UTC(2026, 4, 2, 9))
      const payments = yield* Payments
      const { account, anna } = yield* opened("anna", "10000.00")
      const wish = { accountId: account.id, amount: sek("600.00"), creditor }
      const order = yield* payments.create({ key: key("saturday"), ...wish }).pipe(as(anna))
      expect(order.executeOn).toBe("2026-05-04")
      const monday = { key: key("monday"), ...wish, executeOn: date("2026-05-04") }
      expect(yield* Effect.flip(payments.create(monday).pipe(as(anna)))).toMatchObject({ _tag: "PaymentLimitExceeded" })
      const before = { key: key("before"), ...wish, executeOn: date("2026-05-01") }
      expect(yield* Effect.flip(payments.create(before).pipe(as(anna)))).toMatchObject({
        _tag: "PaymentTermsInvalid",
        field: "executeOn"
      })
      const unknown = { key: key("unknown"), ...wish, executeOn: date("2099-01-01") }
      expect(yield* Effect.flip(payments.create(unknown).pipe(as(anna)))).toMatchObject({
        _tag: "PaymentTermsInvalid",
        field: "executeOn"
      })
      // Nothing leaves on the weekend; the money is set aside all the same.
      expect(yield* payments.work()).toMatchObject({ sent: 0 })
      yield* TestClock.adjust("1 days")
      expect(yield* payments.work()).toMatchObject({ sent: 0 })
      expect(yield* standing(account.ledgerAccountId)).toMatchObject({ available: "9400.00 SEK" })
      yield* TestClock.adjust("1 days")
      expect(yield* payments.work()).toMatchObject({ sent: 1 })
    }).pipe(
      Effect.provide(
        Layer.fresh(
          payingBank(memoryStores, RailSimulator.make({ seed: "days" }), {
            limits: [limit("daily", "1000.00")],
            businessDays: { ...sweden, lastYear: 2030 }
          })
        )
      )
    )
  )
})
