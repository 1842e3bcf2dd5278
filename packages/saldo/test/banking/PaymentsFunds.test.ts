/** Money that is set aside on the day of execution, and looked for until that day is over. */
import { describe, expect, it } from "@effect/vitest"
import { everyFault } from "@saldo/testing/FaultInjection"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { parseExternalAccount } from "saldo/banking/ExternalAccount"
import { PaymentFiles } from "saldo/banking/PaymentFiles"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import type { PaymentPolicy } from "saldo/banking/PaymentPolicy"
import { Payments } from "saldo/banking/Payments"
import { as } from "saldo/core/Actor"
import { sweden } from "saldo/time/holidaysSweden"
import { deposit, goTo, key, officer, sek } from "./depositBank.ts"
import { date } from "./interestTermsOf.ts"
import { creditor, memoryStores, opened, payingBank, second, sqlStores, standing } from "./paymentBank.ts"

const onTheDay: Partial<PaymentPolicy> = { reserve: "execution", businessDays: sweden }

/** A bank on Monday, 4 May 2026, and a customer with 100.00. */
const ready = Effect.gen(function* () {
  yield* goTo("2026-05-04")
  const payments = yield* Payments
  const { account, anna } = yield* opened("anna", "100.00")
  return {
    account,
    anna,
    payments,
    pay: (name: string, amount: string, on: string) =>
      payments
        .create({ key: key(name), accountId: account.id, amount: sek(amount), creditor, executeOn: date(on) })
        .pipe(as(anna)),
    find: (id: Parameters<typeof payments.find>[0]) => payments.find(id).pipe(as(anna)),
    available: Effect.map(standing(account.ledgerAccountId), ({ available }) => available)
  }
})

const bank = (policy: Partial<PaymentPolicy> = {}, seed = "funds") =>
  Layer.fresh(payingBank(memoryStores, RailSimulator.make({ seed }), { ...onTheDay, ...policy }))

describe("a payment for a later day", () => {
  it.effect("takes no money before its day, and waits for money through that day", () =>
    Effect.gen(function* () {
      const { account, available, find, pay, payments } = yield* ready
      // For today there must be money now.
      const now = pay("now", "250.00", "2026-05-04")
      expect(yield* Effect.flip(now)).toMatchObject({ _tag: "InsufficientFunds" })
      const rent = yield* pay("rent", "250.00", "2026-05-07")
      expect(rent).toMatchObject({ state: "approved", holdId: null })
      expect(yield* available).toBe("100.00 SEK")
      expect(yield* payments.work()).toMatchObject({ sent: 0 })
      yield* TestClock.setTime(Date.UTC(2026, 4, 7, 0, 0, 1))
      expect(yield* payments.work()).toMatchObject({ sent: 0, asked: 0 })
      const waiting = yield* find(rent.id)
      expect(waiting).toMatchObject({ state: "approved", holdId: null, attempts: 0 })
      // Nothing is written before it is looked for again.
      yield* TestClock.adjust("59 minutes")
      yield* payments.work()
      expect(yield* find(rent.id)).toEqual(waiting)
      yield* TestClock.adjust("5 hours")
      yield* payments.work()
      yield* deposit(account.id, "200.00")
      expect(yield* payments.work()).toMatchObject({ sent: 0 })
      yield* TestClock.adjust("1 hour")
      expect(yield* payments.work()).toMatchObject({ sent: 1 })
      expect(yield* find(rent.id)).toMatchObject({ state: "sent", attempts: 1 })
      expect(yield* available).toBe("50.00 SEK")
      yield* TestClock.adjust("2 hours")
      yield* payments.work()
      expect(yield* find(rent.id)).toMatchObject({ state: "settled" })
      expect(yield* standing(account.ledgerAccountId)).toMatchObject({ balance: "50.00 SEK", available: "50.00 SEK" })
    }).pipe(Effect.provide(bank()))
  )

  it.effect("fails after a last look on the next day on which payments are executed", () =>
    Effect.gen(function* () {
      const { account, available, find, pay, payments } = yield* ready
      // A Friday.
      const [lost, late] = [yield* pay("lost", "250.00", "2026-05-08"), yield* pay("late", "150.00", "2026-05-08")]
      for (const day of ["2026-05-08", "2026-05-09", "2026-05-10"]) {
        yield* goTo(day)
        expect(yield* payments.work()).toMatchObject({ sent: 0, asked: 0 })
        expect(yield* find(lost.id)).toMatchObject({ state: "approved" })
      }
      yield* deposit(account.id, "100.00")
      yield* goTo("2026-05-11")
      expect(yield* payments.work()).toMatchObject({ sent: 1 })
      expect(yield* find(lost.id)).toMatchObject({ state: "failed", reason: "AM04", askAt: null, attempts: 0 })
      expect(yield* find(late.id)).toMatchObject({ state: "sent" })
      expect(yield* available).toBe("50.00 SEK")
    }).pipe(Effect.provide(bank()))
  )

  it.effect("is approved without money, and can be taken back while it waits for some", () =>
    Effect.gen(function* () {
      const { anna, available, find, pay, payments } = yield* ready
      const rent = yield* pay("rent", "250.00", "2026-05-07")
      expect(rent).toMatchObject({ state: "created" })
      const yes = { key: key("yes"), id: rent.id, approve: true, comment: null }
      expect(yield* payments.decide(yes).pipe(as(second))).toMatchObject({ state: "approved", holdId: null })
      yield* goTo("2026-05-07")
      yield* payments.work()
      expect((yield* find(rent.id)).askAt).not.toBe(null)
      const cancelled = yield* payments.cancel({ key: key("cancel"), id: rent.id }).pipe(as(anna))
      expect(cancelled).toMatchObject({ state: "cancelled", askAt: null })
      expect(yield* available).toBe("100.00 SEK")
      yield* TestClock.adjust("2 hours")
      expect(yield* payments.work()).toMatchObject({ sent: 0, asked: 0 })
    }).pipe(Effect.provide(bank({ approval: "always" })))
  )

  it.effect("comes from a standing order too, so that a salary at noon pays the rent", () =>
    Effect.gen(function* () {
      const { account, anna, payments } = yield* ready
      const plans = yield* PaymentPlans
      const schedule = {
        startOn: date("2026-05-25"),
        recurrence: { kind: "months", every: 1, day: 25 },
        ends: { kind: "never" },
        adjustment: "following",
        skipped: [],
        pauses: []
      } as const
      const terms = { key: key("plan"), accountId: account.id, amount: sek("900.00"), creditor, schedule }
      yield* plans.create(terms).pipe(as(anna))
      yield* TestClock.setTime(Date.UTC(2026, 4, 25))
      expect(yield* plans.work()).toMatchObject({ ordered: 1, refused: 0 })
      expect(yield* payments.work()).toMatchObject({ sent: 0 })
      yield* TestClock.adjust("12 hours")
      yield* deposit(account.id, "1000.00")
      expect(yield* payments.work()).toMatchObject({ sent: 1 })
    }).pipe(Effect.provide(bank()))
  )

  it.effect("leaves in a file with its money, or stays behind without", () => {
    const account = Result.getOrThrow(parseExternalAccount({ scheme: "Bankgiro", text: "5050-1055" }))
    const files = PaymentFiles.layerWith({
      debtorOf: () => Effect.succeedSome({ debtor: { name: "Bank AB" }, account })
    })
    return Effect.gen(function* () {
      const { account: payer, anna, available, find, pay } = yield* ready
      const poor = yield* pay("poor", "250.00", "2026-05-07")
      const fine = yield* pay("fine", "60.00", "2026-05-07")
      const hand = (name: string) =>
        PaymentFiles.use((each) =>
          each.export({ key: key(name), accountId: payer.id, through: date("2026-05-07") })
        ).pipe(as(anna))
      const file = yield* hand("file")
      expect(file).toMatchObject({ orderIds: [fine.id], leftOut: [{ orderId: poor.id, field: "amount" }] })
      expect(Redacted.value(file.text)).not.toContain("250.00")
      expect([yield* find(poor.id), yield* find(fine.id)]).toMatchObject([
        { state: "approved", holdId: null },
        { state: "sent" }
      ])
      expect(yield* available).toBe("40.00 SEK")
    }).pipe(Effect.provide(files.pipe(Layer.provideMerge(bank({ handover: "file" })))))
  })
})

const due = Layer.effectDiscard(
  Effect.gen(function* () {
    const { pay } = yield* ready
    yield* pay("fine", "60.00", "2026-05-07")
    yield* pay("poor", "250.00", "2026-05-07")
    yield* goTo("2026-05-07")
  })
).pipe(
  Layer.provideMerge(
    // Each run has a rail of its own, which has seen no payment.
    Layer.unwrap(
      Effect.sync(() =>
        payingBank(sqlStores.pipe(Layer.provide(TestSqlite.layer)), RailSimulator.make({ seed: "faults" }), onTheDay)
      )
    )
  ),
  Layer.provideMerge(TestClock.layer())
)

it.live(
  "money is set aside once, and a payment sent once, though workers are stopped anywhere",
  () =>
    Effect.gen(function* () {
      const round = Effect.flatMap(Payments, (payments) => payments.work())
      const report = yield* everyFault(due, round, () =>
        Effect.gen(function* () {
          yield* TestClock.adjust("2 hours")
          yield* round
          const { items } = yield* Payments.use((payments) => payments.list()).pipe(as(officer))
          const [poor, fine] = items
          expect(poor).toMatchObject({ state: "approved", holdId: null, attempts: 0 })
          expect(["sent", "settled"]).toContain(fine?.state)
          const { balance, available } = yield* standing(Option.getOrThrow(Option.fromNullishOr(fine)).ledgerAccountId)
          expect(available).toBe("40.00 SEK")
          expect(balance).toBe(fine?.state === "settled" ? "40.00 SEK" : "100.00 SEK")
        })
      )
      expect(report.writes).toBeGreaterThan(10)
      // Every fault is logged.
    }).pipe(Effect.provide(Logger.layer([]))),
  60_000
)
