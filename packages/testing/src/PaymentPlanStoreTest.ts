import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { StoredPaymentPlan, PlannedPayment } from "saldo/banking/PaymentPlan"
import { type PaymentPlanFilter, PaymentPlanStore } from "saldo/banking/PaymentPlanStore"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Subject {
  readonly store: PaymentPlanStore["Service"]
  readonly atomic: Atomic["Service"]
  /** A tenant of this run of this check. */
  readonly tenant: string
  /** A day so many after the first of March. */
  readonly day: (number: number) => LocalDate.LocalDate
}

const check = checksOf<Subject, PaymentPlanStore | Atomic>(
  Effect.gen(function* () {
    const store = yield* PaymentPlanStore
    const atomic = yield* Atomic
    const tenant = `bank ${yield* Id.make("tenant")}`
    const day = (number: number) => LocalDate.addDays(LocalDate.of("2026-03-01"), number)
    return { store, atomic, tenant, day }
  })
)

const noon = DateTime.makeUnsafe("2026-03-01T12:00:00.123Z")

const planOf = Effect.fnUntraced(function* ({ day, tenant }: Subject, more: Partial<StoredPaymentPlan> = {}) {
  const plan: StoredPaymentPlan = {
    id: yield* Id.make("plan"),
    tenant,
    customerId: yield* Id.make("cust"),
    accountId: yield* Id.make("dep"),
    amount: Money.of("90071992547409.93", "SEK"),
    schedule: {
      startOn: day(0),
      recurrence: { kind: "months", every: 1, day: "lastBusinessDay" },
      ends: { kind: "never" },
      adjustment: "modifiedFollowing",
      skipped: [],
      pauses: []
    },
    state: "active",
    reason: null,
    approvalId: null,
    last: null,
    next: null,
    lookOn: null,
    createdBy: "Åsa 🏦",
    createdAt: noon,
    changedAt: noon,
    version: 1,
    sealed: "v1.Åsa Ö'Brien – \u{1F3E6} \"'\\\n",
    ...more
  }
  return plan
})

const added = (subject: Subject, more: Partial<StoredPaymentPlan> = {}) =>
  Effect.tap(planOf(subject, more), (plan) => subject.store.insert(plan))

/** The next version, in which every part has a value that is easily lost. */
const moved = Effect.fnUntraced(function* ({ day }: Subject, plan: StoredPaymentPlan) {
  const after: StoredPaymentPlan = {
    ...plan,
    schedule: {
      startOn: LocalDate.of("0001-01-01"),
      recurrence: { kind: "weeks", every: 520 },
      ends: { kind: "on", date: LocalDate.of("9999-12-31") },
      adjustment: "nearest",
      skipped: [day(1), day(2)],
      pauses: [
        { from: day(3), through: day(4) },
        { from: day(5), through: null }
      ]
    },
    state: "cancelled",
    reason: "moved out",
    approvalId: yield* Id.make("appr"),
    last: { number: 2 ** 31, scheduledOn: day(6) },
    next: { number: 2 ** 31 + 1, scheduledOn: day(7), dueOn: day(8) },
    lookOn: day(9),
    changedAt: DateTime.makeUnsafe("2026-12-31T23:59:59.999Z"),
    version: plan.version + 1
  }
  return after
})

const madeOf = ({ id: planId, tenant }: StoredPaymentPlan, number: number, more: Partial<PlannedPayment> = {}) => {
  const on = LocalDate.of("2026-03-31")
  const made: PlannedPayment = {
    tenant,
    planId,
    number,
    scheduledOn: on,
    dueOn: on,
    at: noon,
    orderId: null,
    refusal: { tag: "InsufficientFunds", message: "Nothing is left – 🏦" },
    ...more
  }
  return made
}

const keeping: ReadonlyArray<Check<PaymentPlanStore | Atomic>> = [
  check("insert", "keeps a plan exactly, once", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const plan = yield* planOf(subject)
      expect(yield* store.find(tenant, plan.id)).toEqual(Option.none())
      expect(yield* store.insert(plan)).toBe(true)
      expect(yield* store.insert({ ...plan, createdBy: "eve" })).toBe(false)
      expect(yield* store.find(tenant, plan.id)).toEqual(Option.some(plan))
    })
  ),
  check("save", "puts the next version in place of the one before it, with every part, and no other", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const [plan, other] = [yield* added(subject), yield* added(subject)]
      const after = yield* moved(subject, plan)
      expect(yield* store.save({ ...after, version: 3 })).toBe(false)
      expect(yield* store.save(plan)).toBe(false)
      expect(yield* store.save(after)).toBe(true)
      expect(yield* store.find(tenant, plan.id)).toEqual(Option.some(after))
      expect(yield* store.save({ ...plan, version: 2 })).toBe(false)
      expect(yield* store.find(tenant, plan.id)).toEqual(Option.some(after))
      // Whatever whoever saves has at hand, what was sealed once stays.
      const resealed = { ...after, sealed: "v1.another", version: 3 }
      expect(yield* store.save(resealed)).toBe(true)
      expect(yield* store.find(tenant, plan.id)).toEqual(Option.some({ ...resealed, sealed: plan.sealed }))
      expect(yield* store.find(tenant, other.id)).toEqual(Option.some(other))
      const unknown = yield* planOf(subject, { version: 2 })
      expect(yield* store.save(unknown)).toBe(false)
      expect(yield* store.find(tenant, unknown.id)).toEqual(Option.none())
    })
  ),
  check("tenants", "shows and changes nothing of one tenant in another", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const plan = yield* added(subject)
      yield* store.note(madeOf(plan, 1))
      const other = `${tenant}2`
      expect(yield* store.find(other, plan.id)).toEqual(Option.none())
      expect(yield* store.lock(other, plan.id)).toEqual(Option.none())
      expect((yield* store.list(other, {}, {})).items).toEqual([])
      expect((yield* store.payments(other, plan.id, {})).items).toEqual([])
      expect(yield* store.save({ ...plan, tenant: other, version: 2 })).toBe(false)
      // The same id in another tenant is another plan, with payments of its own.
      expect(yield* store.insert({ ...plan, tenant: other, createdBy: "other" })).toBe(true)
      expect(yield* store.note({ ...madeOf(plan, 1), tenant: other })).toBe(true)
      expect(yield* store.find(tenant, plan.id)).toEqual(Option.some(plan))
    })
  ),
  check("note", "keeps what came of a payment exactly, once for its number, and gives the last one first", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const [plan, other] = [yield* added(subject), yield* added(subject)]
      const ordered = { orderId: yield* Id.make("pay"), refusal: null }
      const all = [madeOf(plan, 2), madeOf(plan, 10, ordered), madeOf(plan, 9), madeOf(plan, 2 ** 31)]
      for (const made of all) expect(yield* store.note(made)).toBe(true)
      expect(yield* store.note(madeOf(plan, 2, ordered))).toBe(false)
      yield* store.note(madeOf(other, 3))
      const first = yield* store.payments(tenant, plan.id, { limit: 2 })
      expect(first.items).toEqual([all[3], all[1]])
      if (first.next === null) return yield* Effect.die(new RangeError("there must be another page"))
      const rest = yield* store.payments(tenant, plan.id, { limit: 2, cursor: first.next })
      expect(rest).toEqual({ items: [all[2], all[0]], next: null })
      const refused = yield* Effect.flip(store.payments(tenant, other.id, { cursor: first.next }))
      expect(refused._tag).toBe("CursorMismatch")
    })
  )
]

const sixOf = [1, 2, 3, 4, 5, 6]
const atOnce = { concurrency: "unbounded" } as const

const concurrency: ReadonlyArray<Check<PaymentPlanStore | Atomic>> = [
  check("races", "lets exactly one of those win who insert, save or note the same at once", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const plan = yield* planOf(subject)
      const plans = sixOf.map((index) => ({ ...plan, createdBy: `${index}` }))
      const inserted = yield* Effect.forEach(plans, store.insert, atOnce)
      expect(inserted.filter((won) => won)).toHaveLength(1)
      expect(yield* store.find(tenant, plan.id)).toEqual(Option.fromNullishOr(plans[inserted.indexOf(true)]))
      const versions = plans.map((each) => ({ ...each, version: 2 }))
      const saved = yield* Effect.forEach(versions, store.save, atOnce)
      expect(saved.filter((won) => won)).toHaveLength(1)
      expect(yield* store.find(tenant, plan.id)).toEqual(Option.fromNullishOr(versions[saved.indexOf(true)]))
      const noted = yield* Effect.forEach(sixOf, () => store.note(madeOf(plan, 1)), atOnce)
      expect(noted.filter((won) => won)).toHaveLength(1)
    })
  ),
  check("lock", "keeps others from a locked plan until the transaction ends", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const { id } = yield* added(subject)
      expect(yield* atomic.runLocking(store.lock(tenant, yield* Id.make("plan")))).toEqual(Option.none())
      const count = atomic.runLocking(
        Effect.gen(function* () {
          const before = Option.getOrThrow(yield* store.lock(tenant, id))
          yield* Effect.yieldNow
          expect(yield* store.save({ ...before, version: before.version + 1 })).toBe(true)
        })
      )
      yield* Effect.forEach(sixOf, () => count, atOnce)
      expect(Option.getOrThrow(yield* store.find(tenant, id)).version).toBe(7)
    })
  ),
  check("rollback", "joins a running transaction, and is undone with it", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const [plan, second] = [yield* added(subject), yield* planOf(subject)]
      const everyWrite = Effect.gen(function* () {
        expect(yield* store.save({ ...plan, version: 2 })).toBe(true)
        expect(yield* store.insert(second)).toBe(true)
        expect(yield* store.note(madeOf(plan, 1))).toBe(true)
      })
      yield* Effect.flip(atomic.run(Effect.andThen(everyWrite, Effect.fail("refused"))))
      expect(yield* store.find(tenant, plan.id)).toEqual(Option.some(plan))
      expect(yield* store.find(tenant, second.id)).toEqual(Option.none())
      expect((yield* store.payments(tenant, plan.id, {})).items).toEqual([])
      yield* atomic.runLocking(everyWrite)
      expect(yield* store.find(tenant, second.id)).toEqual(Option.some(second))
    })
  )
]

const allPages = Effect.fnUntraced(function* ({ store, tenant }: Subject, filter: PaymentPlanFilter) {
  const ids: Array<StoredPaymentPlan["id"]> = []
  let page = yield* store.list(tenant, filter, { limit: 2 })
  for (;;) {
    ids.push(...page.items.map(({ id }) => id))
    if (page.next === null) return ids
    page = yield* store.list(tenant, filter, { limit: 2, cursor: page.next })
  }
})

const finding: ReadonlyArray<Check<PaymentPlanStore | Atomic>> = [
  check(
    "list",
    "lists plans by id, newest first, page by page, of a customer, of an account or in a state",
    (subject) =>
      Effect.gen(function* () {
        const { store, tenant } = subject
        const [customerId, accountId] = [yield* Id.make("cust"), yield* Id.make("dep")]
        const first = yield* added(subject)
        const second = yield* added(subject, { customerId })
        const third = yield* added(subject, { accountId, state: "cancelled" })
        const fourth = yield* added(subject, { customerId, accountId, state: "cancelled" })
        const fifth = yield* added(subject, { customerId, accountId })
        const newest = [fifth, fourth, third, second, first].map(({ id }) => id)
        expect(yield* allPages(subject, {})).toEqual(newest)
        expect(yield* allPages(subject, { customerId })).toEqual([fifth.id, fourth.id, second.id])
        expect(yield* allPages(subject, { accountId })).toEqual([fifth.id, fourth.id, third.id])
        expect(yield* allPages(subject, { state: "cancelled" })).toEqual([fourth.id, third.id])
        expect(yield* allPages(subject, { customerId, accountId, state: "active" })).toEqual([fifth.id])
        yield* store.save({ ...fifth, state: "ended", version: 2 })
        expect(yield* allPages(subject, { state: "active" })).toEqual([second.id, first.id])
        const { next } = yield* store.list(tenant, {}, { limit: 2 })
        if (next === null) return yield* Effect.die(new RangeError("there must be another page"))
        const refused = yield* Effect.flip(store.list(tenant, { customerId }, { limit: 2, cursor: next }))
        expect(refused._tag).toBe("CursorMismatch")
      })
  ),
  check("due", "gives active plans of all tenants by the day on which something is to be done", (subject) =>
    Effect.gen(function* () {
      const { day, store, tenant } = subject
      const elsewhere = `${tenant}2`
      const late = yield* added(subject, { lookOn: day(5) })
      const early = yield* added({ ...subject, tenant: elsewhere }, { lookOn: day(-3) })
      const same = yield* added(subject, { lookOn: day(5) })
      yield* added(subject, { lookOn: day(6) })
      yield* added(subject)
      yield* added(subject, { lookOn: day(1), state: "created" })
      yield* added(subject, { lookOn: day(1), state: "cancelled" })
      const ours = (limit: number) =>
        Effect.map(store.due(day(5), limit), (keys) =>
          keys.filter((key) => key.tenant === tenant || key.tenant === elsewhere)
        )
      const keyOf = ({ id, tenant: of }: StoredPaymentPlan) => ({ id, tenant: of })
      expect(yield* ours(10_000)).toEqual([early, late, same].map(keyOf))
      expect(yield* store.due(day(5), 1)).toHaveLength(1)
      // Done with: what is not active any more must not stay in front of the others.
      for (const plan of [early, late]) yield* store.save({ ...plan, state: "ended", lookOn: null, version: 2 })
      yield* store.save({ ...same, lookOn: day(6), version: 2 })
      expect(yield* ours(10_000)).toEqual([])
    })
  )
]

/** What every `PaymentPlanStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<PaymentPlanStore | Atomic>> = [...keeping, ...concurrency, ...finding]

/** Tests a `PaymentPlanStore` together with the `Atomic` of the same storage. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<PaymentPlanStore | Atomic, E>,
  options: SuiteOptions = {}
): void => register("PaymentPlanStore", checks, name, layer, options)
