/**
 * A year of standing orders over a rail on which nothing can be relied on, with two workers at a time: every payment is ordered
 * once on its day, and what the other side says in the end is what the books say.
 */
import { describe, expect, it } from "@effect/vitest"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { occurrencesIn } from "saldo/banking/paymentOccurrences"
import type { PaymentOrder } from "saldo/banking/PaymentOrder"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import type { PaymentPolicy } from "saldo/banking/PaymentPolicy"
import { Payments } from "saldo/banking/Payments"
import type { PaymentSchedule } from "saldo/banking/PaymentSchedule"
import { as, system } from "saldo/core/Actor"
import { Ledger } from "saldo/ledger/Ledger"
import * as Money from "saldo/money/Money"
import { isBusinessDay } from "saldo/time/businessDays"
import { sweden } from "saldo/time/holidaysSweden"
import * as LocalDate from "saldo/time/LocalDate"
import { deposit, key, officer, sek, tenant } from "./depositBank.ts"
import { date } from "./interestTermsOf.ts"
import { creditor, memoryStores, opened, payingBank, standing } from "./paymentBank.ts"

const base: PaymentSchedule = {
  startOn: date("2026-01-01"),
  recurrence: { kind: "months", every: 1, day: 25 },
  ends: { kind: "never" },
  adjustment: "following",
  skipped: [],
  pauses: []
}

const schedules: Readonly<Record<string, PaymentSchedule>> = {
  rent: base,
  cleaning: { ...base, recurrence: { kind: "weeks", every: 1 }, skipped: [date("2026-02-05")] },
  quarter: { ...base, recurrence: { kind: "months", every: 3, day: "lastBusinessDay" } },
  last: { ...base, recurrence: { kind: "months", every: 1, day: 31 }, adjustment: "preceding" },
  paused: { ...base, pauses: [{ from: date("2026-06-01"), through: date("2026-08-31") }] },
  ten: { ...base, recurrence: { kind: "weeks", every: 3 }, ends: { kind: "after", payments: 10 } },
  spring: { ...base, recurrence: { kind: "weeks", every: 2 }, ends: { kind: "on", date: date("2026-05-31") } }
}

const amounts: Readonly<Record<string, string>> = { rent: "8500.00", quarter: "3000.00" }

const year = { start: date("2026-01-01"), end: date("2027-01-01") }

const at = (day: LocalDate.LocalDate, hour: number) =>
  TestClock.setTime((LocalDate.toEpochDay(day) + hour / 24) * 86_400_000)

/** Two workers of each kind at once. */
const rounds = Effect.gen(function* () {
  const [plans, payments] = [yield* PaymentPlans, yield* Payments]
  yield* Effect.all([plans.work(), payments.work(), plans.work(), payments.work()], { concurrency: "unbounded" })
})

const allOrders = Effect.gen(function* () {
  const payments = yield* Payments
  const orders: Array<PaymentOrder> = []
  let page = yield* payments.list({}, { limit: 500 })
  for (;;) {
    orders.push(...page.items)
    if (page.next === null) return orders
    page = yield* payments.list({}, { limit: 500, cursor: page.next })
  }
}).pipe(as(officer))

const sum = (all: ReadonlyArray<Money.Money>): bigint => all.reduce((total, { amount }) => total + amount, 0n)

const yearOf = (seed: string, policy: Partial<PaymentPolicy>) => {
  const simulator = RailSimulator.make({ seed, manners: RailSimulator.rough })
  return Effect.gen(function* () {
    yield* at(year.start, 0)
    const plans = yield* PaymentPlans
    const { account, anna } = yield* opened("anna", "2000.00")
    const ids = new Map<string, Effect.Success<ReturnType<typeof plans.create>>["id"]>()
    for (const [name, schedule] of Object.entries(schedules)) {
      const amount = sek(amounts[name] ?? "100.00")
      const terms = { key: key(name), accountId: account.id, amount, creditor, schedule }
      ids.set(name, (yield* plans.create(terms).pipe(as(anna))).id)
    }
    for (let day = year.start; day < year.end; day = LocalDate.addDays(day, 1)) {
      yield* at(day, 1)
      yield* rounds
      yield* at(day, 12)
      if (LocalDate.day(day) === 25) yield* deposit(account.id, "9500.00")
      yield* at(day, 18)
      yield* rounds
    }
    // All that is still on its way arrives, and all that comes back has.
    for (let day = 0; day < 40; day += 1) {
      yield* at(LocalDate.addDays(year.end, day), 12)
      yield* Payments.use((payments) => payments.work())
    }
    const orders = yield* allOrders
    expect(yield* simulator.violations).toEqual([])

    for (const [name, schedule] of Object.entries(schedules)) {
      const id = ids.get(name)
      if (id === undefined) return yield* Effect.die(new RangeError(`There is no plan ${name}`))
      const { items } = yield* plans.payments(id, { limit: 500 }).pipe(as(officer))
      const expected = Result.getOrThrow(occurrencesIn(schedule, sweden, year))
      const made = items.toReversed().map(({ dueOn, number, scheduledOn }) => ({ number, scheduledOn, dueOn }))
      expect([name, made]).toEqual([name, expected])
      const ordered = orders.filter(({ plan }) => plan?.planId === id)
      const noted = items.flatMap(({ orderId }) => (orderId === null ? [] : [orderId]))
      expect(ordered.map((order) => order.id)).toEqual(noted)
      for (const { executeOn, plan } of ordered) {
        expect(isBusinessDay(sweden, executeOn)).toBe(true)
        expect(executeOn).toBe(expected.find(({ number }) => number === plan?.number)?.dueOn)
      }
    }

    const there = yield* simulator.payments
    const left = orders.filter(({ attempts }) => attempts > 0)
    expect(left.length).toBeGreaterThan(80)
    expect(there.size).toBe(left.length)
    for (const order of left) {
      const truth = there.get(order.endToEndId)
      expect(order.dispute).toBe(null)
      expect(order.status).toBe(truth?.report.status)
      expect(order.returned?.amount ?? null).toEqual(truth?.returned ?? null)
      expect(order.state).toBe(order.status === "RJCT" ? "failed" : order.returned === null ? "settled" : "returned")
    }
    const settled = left.filter(({ status }) => status === "ACSC")
    const back = settled.flatMap(({ returned }) => (returned === null ? [] : [returned.amount]))
    const out = sum(settled.map(({ amount }) => amount)) - sum(back)
    const paidIn = 200_000n + 12n * 950_000n
    expect(yield* standing(account.ledgerAccountId)).toEqual({
      balance: String(Money.fromMinor(paidIn - out, "SEK")),
      available: String(Money.fromMinor(paidIn - out, "SEK")),
      settlement: String(Money.fromMinor(-out, "SEK"))
    })
    expect((yield* Ledger.use((ledger) => ledger.trialBalance()).pipe(as(system(tenant)))).balanced).toBe(true)
    return orders
  }).pipe(
    Effect.provide(
      Layer.merge(
        Layer.fresh(payingBank(memoryStores, simulator, { businessDays: sweden, askEvery: "6 hours", ...policy })),
        // What the rail does is logged every time.
        Logger.layer([])
      )
    )
  )
}

describe("a year of standing orders", () => {
  for (const seed of ["anna", "bo"]) {
    it.effect(
      `is ordered, paid and returned as the other side says (${seed})`,
      () =>
        Effect.gen(function* () {
          const orders = yield* yearOf(seed, {})
          expect(new Set(orders.map(({ state }) => state))).toEqual(new Set(["settled", "failed", "returned"]))
        }),
      60_000
    )
  }

  it.effect(
    "waits for the salary where money is set aside on the day",
    () =>
      Effect.gen(function* () {
        const orders = yield* yearOf("cleo", { reserve: "execution" })
        const rent = orders.filter(({ amount }) => amount.amount === 850_000n)
        expect(rent).toHaveLength(12)
        // The salary of the month has always come before the day of the rent was over.
        expect(rent.filter(({ attempts }) => attempts === 0)).toEqual([])
      }),
    60_000
  )
})
