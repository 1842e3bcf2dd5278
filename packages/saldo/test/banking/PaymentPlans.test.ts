/** Standing orders: each payment once, on its day, whatever became of the one before. */
import { describe, expect, it } from "@effect/vitest"
import { everyFault } from "@saldo/testing/FaultInjection"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import type { AccountHolder } from "saldo/banking/AccountHolders"
import { PaymentLimitId } from "saldo/banking/PaymentLimit"
import type { PaymentPlan } from "saldo/banking/PaymentPlan"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import type { PaymentPolicy } from "saldo/banking/PaymentPolicy"
import { Payments } from "saldo/banking/Payments"
import type { PaymentSchedule } from "saldo/banking/PaymentSchedule"
import { as, system } from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { sweden } from "saldo/time/holidaysSweden"
import * as LocalDate from "saldo/time/LocalDate"
import { customer, goTo, key, officer, sek, tenant } from "./depositBank.ts"
import { date } from "./interestTermsOf.ts"
import { creditor, memoryStores, opened, payingBank, second, sqlStores, standing } from "./paymentBank.ts"

const monthly: PaymentSchedule = {
  startOn: date("2026-05-25"),
  recurrence: { kind: "months", every: 1, day: 25 },
  ends: { kind: "never" },
  adjustment: "following",
  skipped: [],
  pauses: []
}

const bank = (policy: Partial<PaymentPolicy> = {}, holder?: () => AccountHolder) =>
  Layer.fresh(
    payingBank(
      memoryStores,
      RailSimulator.make({ seed: "plans" }),
      { businessDays: sweden, ...policy },
      holder === undefined ? {} : { holder }
    )
  )

/** A customer with so much, and how to work and to look at what came of it. */
const ready = (balance: string) =>
  Effect.gen(function* () {
    yield* goTo("2026-05-01")
    const plans = yield* PaymentPlans
    const payments = yield* Payments
    const { account, anna } = yield* opened("anna", balance)
    const create = (schedule: Partial<PaymentSchedule> = {}, amount = "400.00", name = "plan") =>
      plans
        .create({
          key: key(name),
          accountId: account.id,
          amount: sek(amount),
          creditor,
          schedule: { ...monthly, ...schedule }
        })
        .pipe(as(anna))
    return {
      account,
      anna,
      plans,
      create,
      on: (day: string) => Effect.andThen(goTo(day), plans.work()),
      find: (id: PaymentPlan["id"]) => plans.find(id).pipe(as(anna)),
      made: (id: PaymentPlan["id"]) => Effect.map(plans.payments(id).pipe(as(anna)), ({ items }) => items.toReversed()),
      orders: Effect.map(payments.list({ accountId: account.id }).pipe(as(anna)), ({ items }) => items.toReversed())
    }
  })

const nothing = { ordered: 0, refused: 0, expired: 0 }
const one = { ...nothing, ordered: 1 }

describe("a standing order", () => {
  it.effect("orders each payment on its business day, and ends after the last", () =>
    Effect.gen(function* () {
      const { create, find, made, on, orders } = yield* ready("10000.00")
      const plan = yield* create({ ends: { kind: "after", payments: 3 } })
      expect(plan).toMatchObject({ state: "active", next: { number: 1, dueOn: "2026-05-25" }, lookOn: "2026-05-25" })
      expect(yield* on("2026-05-24")).toEqual(nothing)
      expect(yield* on("2026-05-25")).toEqual(one)
      expect(yield* on("2026-05-25")).toEqual(nothing)
      expect(yield* find(plan.id)).toMatchObject({ last: { number: 1 }, next: { number: 2, dueOn: "2026-06-25" } })
      expect(yield* on("2026-06-25")).toEqual(one)
      // 25 July 2026 is a Saturday.
      expect(yield* on("2026-07-26")).toEqual(nothing)
      expect(yield* on("2026-07-27")).toEqual(one)
      expect(yield* find(plan.id)).toMatchObject({ state: "ended", next: null, lookOn: null })
      expect(yield* on("2027-01-01")).toEqual(nothing)
      const all = yield* orders
      expect(all.map(({ executeOn, plan: of }) => [of?.number, executeOn])).toEqual([
        [1, "2026-05-25"],
        [2, "2026-06-25"],
        [3, "2026-07-27"]
      ])
      expect(all.every((order) => order.plan?.planId === plan.id && order.state === "approved")).toBe(true)
      expect((yield* made(plan.id)).map(({ orderId }) => orderId)).toEqual(all.map(({ id }) => id))
    }).pipe(Effect.provide(bank()))
  )

  it.effect("notes a payment that is refused, with why, and goes on", () => {
    const limits = [
      {
        id: PaymentLimitId.make("single"),
        label: "One payment",
        measure: { kind: "amount", maximum: sek("500.00") },
        window: "payment",
        perCounterparty: false
      }
    ] as const
    let active = true
    return Effect.gen(function* () {
      const { account, create, find, made, on } = yield* ready("1000.00")
      const beyond = yield* create({}, "500.01", "beyond")
      const plan = yield* create()
      expect(yield* on("2026-05-25")).toEqual({ ...nothing, ordered: 1, refused: 1 })
      expect(yield* made(beyond.id)).toMatchObject([{ orderId: null, refusal: { tag: "PaymentLimitExceeded" } }])
      expect(yield* on("2026-06-25")).toEqual({ ...nothing, ordered: 1, refused: 1 })
      // 200.00 are left.
      expect(yield* on("2026-07-27")).toEqual({ ...nothing, refused: 2 })
      active = false
      expect(yield* on("2026-08-25")).toEqual({ ...nothing, refused: 2 })
      expect((yield* made(plan.id)).map(({ refusal }) => refusal?.tag ?? null)).toEqual([
        null,
        null,
        "InsufficientFunds",
        "PayerUnavailable"
      ])
      expect(yield* find(plan.id)).toMatchObject({ state: "active", next: { number: 5, dueOn: "2026-09-25" } })
      expect(yield* standing(account.ledgerAccountId)).toMatchObject({ available: "200.00 SEK" })
    }).pipe(Effect.provide(bank({ limits }, () => ({ active, tags: [] }))))
  })

  it.effect("makes up for days on which nobody worked, each payment by itself", () =>
    Effect.gen(function* () {
      const { create, on, orders } = yield* ready("10000.00")
      yield* create({ recurrence: { kind: "weeks", every: 1 }, ends: { kind: "on", date: date("2026-07-31") } })
      expect(yield* on("2026-06-16")).toEqual({ ...nothing, ordered: 4 })
      const days = (yield* orders).map(({ executeOn, plan }) => `${plan?.number} ${executeOn}`)
      expect(days).toEqual(["1 2026-06-16", "2 2026-06-16", "3 2026-06-16", "4 2026-06-16"])
    }).pipe(Effect.provide(bank()))
  )

  it.effect("keeps two payments that fall on one business day", () =>
    Effect.gen(function* () {
      const { create, on } = yield* ready("10000.00")
      // Christmas: the 24th is a Thursday, and the next business day a Monday.
      yield* create({ startOn: date("2026-12-24"), recurrence: { kind: "weeks", every: 1 }, adjustment: "unadjusted" })
      const short = { startOn: date("2026-12-25"), recurrence: { kind: "weeks", every: 1 } } as const
      yield* create({ ...short, ends: { kind: "after", payments: 2 } }, "100.00", "friday")
      expect(yield* on("2026-12-23")).toEqual(nothing)
      expect(yield* on("2026-12-28")).toEqual({ ...nothing, ordered: 2 })
      expect(yield* on("2027-01-04")).toEqual({ ...nothing, ordered: 2 })
    }).pipe(Effect.provide(bank()))
  )

  it.effect("waits for the second person once, for all of its payments", () =>
    Effect.gen(function* () {
      const { anna, create, find, on, orders, plans } = yield* ready("10000.00")
      const plan = yield* create()
      expect(plan).toMatchObject({ state: "created", lookOn: null })
      const yes = { id: plan.id, approve: true, comment: null }
      const own = yield* Effect.flip(plans.decide({ key: key("own"), ...yes }).pipe(as(anna)))
      expect(own).toMatchObject({ _tag: "NotPermitted" })
      expect(yield* on("2026-05-25")).toEqual(nothing)
      const approved = yield* plans.decide({ key: key("yes"), ...yes }).pipe(as(second))
      expect(approved).toMatchObject({ state: "active", lookOn: "2026-05-25" })
      const again = yield* Effect.flip(plans.decide({ key: key("again"), ...yes }).pipe(as(second)))
      expect(again).toMatchObject({ _tag: "PaymentPlanUnfit", state: "active" })
      expect(yield* on("2026-05-26")).toEqual(one)
      expect(yield* orders).toMatchObject([{ state: "approved", approvalId: null, createdBy: anna.id }])

      const late = yield* create({ startOn: date("2026-06-01") }, "1.00", "late")
      expect(yield* on("2026-06-30")).toEqual({ ...one, expired: 1 })
      expect(yield* find(late.id)).toMatchObject({ state: "cancelled", reason: "not approved in time" })
      const declined = yield* create({ startOn: date("2026-07-01") }, "1.00", "declined")
      yield* plans.decide({ key: key("no"), id: declined.id, approve: false, comment: "who is it?" }).pipe(as(second))
      expect(yield* find(declined.id)).toMatchObject({ state: "cancelled", reason: "declined" })
    }).pipe(Effect.provide(bank({ approval: "always", approvalWithin: "25 days" })))
  )

  it.effect("ends when it is cancelled, and keeps what it has ordered", () =>
    Effect.gen(function* () {
      const { anna, create, on, orders, plans } = yield* ready("10000.00")
      const plan = yield* create()
      yield* on("2026-05-25")
      const stranger = customer(yield* Id.make("cust"))
      const cancelling = { key: key("cancel"), id: plan.id }
      expect(yield* Effect.flip(plans.cancel(cancelling).pipe(as(stranger)))).toMatchObject({
        _tag: "PaymentPlanNotFound"
      })
      expect(yield* plans.cancel(cancelling).pipe(as(anna))).toMatchObject({ state: "cancelled", lookOn: null })
      expect(yield* plans.cancel(cancelling).pipe(as(anna))).toMatchObject({ state: "cancelled" })
      expect(yield* Effect.flip(plans.cancel({ ...cancelling, key: key("twice") }).pipe(as(anna)))).toMatchObject({
        _tag: "PaymentPlanUnfit"
      })
      expect(yield* on("2026-12-31")).toEqual(nothing)
      expect(yield* orders).toMatchObject([{ state: "approved" }])
      expect((yield* plans.list().pipe(as(stranger))).items).toEqual([])
      expect((yield* plans.list({ state: "cancelled" }).pipe(as(anna))).items).toMatchObject([{ id: plan.id }])
    }).pipe(Effect.provide(bank()))
  )

  it.effect("leaves out what it is told to, goes on after a pause, and never makes up for what was left out", () =>
    Effect.gen(function* () {
      const { anna, create, find, on, orders, plans } = yield* ready("10000.00")
      const plan = yield* create()
      const change = (name: string, skipped: ReadonlyArray<string>, pauses: PaymentSchedule["pauses"]) =>
        plans.change({ key: key(name), id: plan.id, skipped: skipped.map(date), pauses }).pipe(as(anna))
      const changed = yield* change("skip", ["2026-05-25"], [])
      expect(changed).toMatchObject({ next: { number: 2, dueOn: "2026-06-25" } })
      expect(yield* on("2026-05-25")).toEqual(nothing)
      expect(yield* on("2026-06-25")).toEqual(one)
      yield* change("pause", [], [{ from: date("2026-07-01"), through: null }])
      expect(yield* find(plan.id)).toMatchObject({ state: "active", next: null, lookOn: null })
      expect(yield* on("2026-09-01")).toEqual(nothing)
      // Neither the one of May, nor those of July and August.
      expect(yield* change("go on", [], [])).toMatchObject({ next: { number: 5, dueOn: "2026-09-25" } })
      expect(yield* on("2026-09-25")).toEqual(one)
      expect((yield* orders).map((order) => order.plan?.number)).toEqual([2, 5])
      const days = { start: date("2026-09-01"), end: date("2026-12-31") }
      const upcoming = yield* plans.upcoming(plan.id, days).pipe(as(anna))
      expect(upcoming.map(({ dueOn }) => dueOn)).toEqual(["2026-10-26", "2026-11-25", "2026-12-28"])
    }).pipe(Effect.provide(bank()))
  )

  it.effect("waits where its calendar ends", () =>
    Effect.gen(function* () {
      const { create, find, on } = yield* ready("10000.00")
      const plan = yield* create()
      for (const day of ["2026-05-25", "2026-06-25", "2026-07-27", "2026-08-25"]) expect(yield* on(day)).toEqual(one)
      for (const day of ["2026-09-25", "2026-10-26", "2026-11-25", "2026-12-28"]) expect(yield* on(day)).toEqual(one)
      const waiting = yield* find(plan.id)
      expect(waiting).toMatchObject({ state: "active", last: { number: 8 }, next: null })
      expect((waiting.lookOn ?? "") > "2026-12-28").toBe(true)
      expect(yield* on("2027-01-25")).toEqual(nothing)
      expect(yield* find(plan.id)).toMatchObject({ state: "active", next: null, lookOn: "2027-01-26" })
    }).pipe(Effect.provide(bank({ businessDays: { ...sweden, lastYear: 2026 } })))
  )

  it.effect("refuses what could never be paid", () =>
    Effect.gen(function* () {
      const { account, create, plans } = yield* ready("10000.00")
      const refused = (schedule: Partial<PaymentSchedule>, amount = "1.00") =>
        Effect.flip(create(schedule, amount, `${JSON.stringify(schedule)} ${amount}`))
      expect(yield* refused({ startOn: date("2026-04-30") })).toMatchObject({ field: "schedule.startOn" })
      expect(yield* refused({}, "0.00")).toMatchObject({ _tag: "PaymentTermsInvalid", field: "amount" })
      expect(yield* refused({ ends: { kind: "on", date: date("2026-05-01") } })).toMatchObject({ field: "schedule" })
      const unknown = { startOn: date("2030-12-25"), recurrence: { kind: "once" } } as const
      expect(yield* refused(unknown)).toMatchObject({ _tag: "ScheduleBeyondCalendar" })
      const stranger = customer(yield* Id.make("cust"))
      const terms = { key: key("theirs"), accountId: account.id, amount: sek("1.00"), creditor, schedule: monthly }
      expect(yield* Effect.flip(plans.create(terms).pipe(as(stranger)))).toMatchObject({ _tag: "PayerNotFound" })
    }).pipe(Effect.provide(bank({ businessDays: { ...sweden, lastYear: 2027 } })))
  )
})

const stores = {
  memory: memoryStores,
  "sqlite file": sqlStores.pipe(Layer.provide(TestSqlite.layerFile), Layer.orDie),
  postgres: sqlStores.pipe(Layer.provide(TestPostgres.layer), Layer.orDie)
}

describe("workers", () => {
  for (const [name, layer] of Object.entries(stores)) {
    it.live(`order each payment once, six of them at once (${name})`, () =>
      Effect.gen(function* () {
        const plans = yield* PaymentPlans
        const payments = yield* Payments
        const { account, anna } = yield* opened("anna", "10000.00")
        const today = LocalDate.of(new Intl.DateTimeFormat("sv-SE", { timeZone: "UTC" }).format())
        const schedule: PaymentSchedule = {
          ...monthly,
          startOn: today,
          recurrence: { kind: "weeks", every: 1 },
          ends: { kind: "after", payments: 1 }
        }
        const made = yield* Effect.forEach(["1.00", "2.00", "3.00", "9998.00"], (amount) =>
          plans
            .create({ key: key(amount), accountId: account.id, amount: sek(amount), creditor, schedule })
            .pipe(as(anna))
        )
        const rounds = yield* Effect.forEach([1, 2, 3, 4, 5, 6], () => plans.work(), { concurrency: "unbounded" })
        const sum = (what: "ordered" | "refused") => rounds.reduce((total, round) => total + round[what], 0)
        expect([sum("ordered"), sum("refused")]).toEqual([3, 1])
        const { items } = yield* payments.list({ accountId: account.id }).pipe(as(anna))
        expect(items).toHaveLength(3)
        expect(yield* standing(account.ledgerAccountId)).toMatchObject({ available: "9994.00 SEK" })
        for (const { id } of made) {
          expect(yield* plans.find(id).pipe(as(anna))).toMatchObject({ state: "ended", last: { number: 1 } })
          expect((yield* plans.payments(id).pipe(as(officer))).items).toHaveLength(1)
        }
      }).pipe(Effect.provide(Layer.fresh(payingBank(layer, RailSimulator.make({ seed: "workers" })))))
    )
  }

  const due = Layer.effectDiscard(
    Effect.gen(function* () {
      const { create } = yield* ready("1000.00")
      yield* create({ ends: { kind: "after", payments: 1 } }, "400.00", "first")
      yield* create({ ends: { kind: "after", payments: 1 } }, "1900.00", "refused")
      yield* goTo("2026-05-25")
    })
  ).pipe(
    Layer.provideMerge(
      payingBank(sqlStores.pipe(Layer.provide(TestSqlite.layer)), RailSimulator.make({ seed: "faults" }))
    ),
    Layer.provideMerge(TestClock.layer())
  )

  it.live(
    "order each payment once though they are stopped anywhere and work again",
    () =>
      Effect.gen(function* () {
        const round = Effect.flatMap(PaymentPlans, (plans) => plans.work())
        const report = yield* everyFault(due, round, () =>
          Effect.gen(function* () {
            yield* round
            const [plans, payments] = [yield* PaymentPlans, yield* Payments]
            const { items } = yield* payments.list().pipe(as(system(tenant)))
            expect(items.map(({ amount }) => amount)).toEqual([sek("400.00")])
            const all = (yield* plans.list().pipe(as(system(tenant)))).items
            expect(all.map(({ state }) => state)).toEqual(["ended", "ended"])
            for (const { id } of all) {
              expect((yield* plans.payments(id).pipe(as(system(tenant)))).items).toHaveLength(1)
            }
            expect(yield* Effect.flatMap(Atomic, ({ inTransaction }) => inTransaction)).toBe(false)
          })
        )
        expect(report.writes).toBeGreaterThan(20)
        // Every fault is logged.
      }).pipe(Effect.provide(Logger.layer([]))),
    60_000
  )
})
