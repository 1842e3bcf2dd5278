import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Approval, ApprovalState } from "saldo/banking/Approval"
import { ApprovalStore } from "saldo/banking/ApprovalStore"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { type Cursor, InvalidCursor, type PageRequest } from "saldo/core/Page"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"
import { readAfter } from "./internal/takingTurns.ts"

interface Subject {
  readonly store: ApprovalStore["Service"]
  readonly atomic: Atomic["Service"]
  /** A tenant of this run of this check. */
  readonly tenant: string
  /** A kind of thing that nothing else asks consent to. */
  readonly type: string
}

const check = checksOf<Subject, ApprovalStore | Atomic>(
  Effect.gen(function* () {
    const store = yield* ApprovalStore
    const atomic = yield* Atomic
    return { store, atomic, tenant: `bank ${yield* Id.make("tenant")}`, type: yield* Id.make("kind") }
  })
)

const noon = DateTime.makeUnsafe("2026-03-10T12:00:00.123Z")
const later = (hours: number) => DateTime.add(noon, { hours })

const ends: ReadonlyArray<Exclude<ApprovalState, "waiting">> = ["approved", "declined", "expired", "withdrawn"]

const approvalOf = ({ tenant, type }: Subject, given: Partial<Approval> = {}): Effect.Effect<Approval> =>
  Effect.map(Id.make("appr"), (id) => ({
    id,
    tenant,
    subject: { type, id: `of ${id}` },
    requestedBy: "anna",
    requestedAt: noon,
    expiresAt: later(72),
    state: "waiting",
    decidedBy: null,
    decidedAt: null,
    comment: null,
    ...given
  }))

const added = (subject: Subject, given: Partial<Approval> = {}) =>
  Effect.tap(approvalOf(subject, given), subject.store.insert)

const ended = (approval: Approval, state: ApprovalState, decidedBy: string | null = "bo"): Approval => ({
  ...approval,
  state,
  decidedBy,
  decidedAt: later(1),
  comment: state === "approved" ? null : "Nej – \u{1F6AB} 'inte' \"så\" \\ här\n\u0000"
})

const keeping: ReadonlyArray<Check<ApprovalStore | Atomic>> = [
  check("insert", "keeps an approval exactly, once", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const approval = yield* approvalOf(subject, {
        requestedBy: "Åsa Ö'Brien 🏦",
        expiresAt: DateTime.makeUnsafe(4e12)
      })
      expect(yield* store.find(tenant, approval.id)).toEqual(Option.none())
      expect(yield* store.insert(approval)).toBe(true)
      expect(yield* store.insert({ ...approval, requestedBy: "eve" })).toBe(false)
      expect(yield* store.find(tenant, approval.id)).toEqual(Option.some(approval))
      for (const state of ends) {
        const other = ended(yield* approvalOf(subject), state)
        expect(yield* store.insert(other)).toBe(true)
        expect(yield* store.find(tenant, other.id)).toEqual(Option.some(other))
      }
    })
  ),
  check("end", "ends an approval once, whichever end it is, and keeps every part of it", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      for (const state of ends) {
        const [approval, other] = [yield* added(subject), yield* added(subject)]
        const after = ended(approval, state, state === "expired" ? null : "bo")
        expect(yield* store.end(after)).toBe(true)
        expect(yield* store.find(tenant, approval.id)).toEqual(Option.some(after))
        expect(yield* store.find(tenant, other.id)).toEqual(Option.some(other))
        for (const again of ends) expect(yield* store.end(ended(approval, again, "eve"))).toBe(false)
        expect(yield* store.find(tenant, approval.id)).toEqual(Option.some(after))
      }
    })
  ),
  check("end-missing", "ends nothing that was not asked for", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const approval = yield* approvalOf(subject)
      expect(yield* store.end(ended(approval, "approved"))).toBe(false)
      expect(yield* store.find(tenant, approval.id)).toEqual(Option.none())
    })
  ),
  check("tenants", "shows and ends nothing of one tenant in another", (subject) =>
    Effect.gen(function* () {
      const { store, tenant, type } = subject
      const approval = yield* added(subject)
      const other = `${tenant}2`
      expect(yield* store.find(other, approval.id)).toEqual(Option.none())
      expect(yield* store.lock(other, approval.id)).toEqual(Option.none())
      expect((yield* store.waiting(other, type, {})).items).toEqual([])
      expect(yield* store.end(ended({ ...approval, tenant: other }, "approved"))).toBe(false)
      // The same id in another tenant is another approval.
      const namesake = { ...approval, tenant: other, requestedBy: "carl" }
      expect(yield* store.insert(namesake)).toBe(true)
      expect(yield* store.end(ended(namesake, "declined"))).toBe(true)
      expect(yield* store.find(tenant, approval.id)).toEqual(Option.some(approval))
      expect((yield* store.waiting(tenant, type, {})).items).toEqual([approval])
    })
  )
]

const allPages = Effect.fnUntraced(function* ({ store, tenant, type }: Subject, limit: number) {
  const pages: Array<ReadonlyArray<Approval>> = []
  let request: PageRequest = { limit }
  for (;;) {
    const { items, next } = yield* store.waiting(tenant, type, request)
    pages.push(items)
    if (next === null) return pages
    request = { limit, cursor: next }
  }
})

const finding: ReadonlyArray<Check<ApprovalStore | Atomic>> = [
  check("waiting", "lists those that wait, in the order in which they were asked for, page by page", (subject) =>
    Effect.gen(function* () {
      const { store, tenant, type } = subject
      const all: Array<Approval> = []
      for (let index = 0; index < 5; index += 1) all.push(yield* approvalOf(subject))
      // Kept in another order than that of their ids, among others that are not meant.
      for (const approval of all.toReversed()) {
        yield* store.insert(approval)
        yield* added(subject, { subject: { type: `${type} 2`, id: "other kind" } })
        yield* store.insert(ended(yield* approvalOf(subject), "withdrawn"))
      }
      expect((yield* store.waiting(tenant, type, {})).items).toEqual(all)
      expect(yield* allPages(subject, 2)).toEqual([all.slice(0, 2), all.slice(2, 4), all.slice(4)])
      expect(yield* allPages(subject, 5)).toEqual([all])
      const { next } = yield* store.waiting(tenant, type, { limit: 2 })
      const cursor = next ?? (yield* Effect.fail("no cursor"))
      const [first, , third] = all
      if (first === undefined || third === undefined) return yield* Effect.fail("five were made")
      // What has ended meanwhile leaves the list without moving the others.
      yield* store.end(ended(first, "approved"))
      yield* store.end(ended(third, "approved"))
      expect((yield* store.waiting(tenant, type, { limit: 2, cursor })).items).toEqual(all.slice(3))
      expect((yield* Effect.flip(store.waiting(tenant, `${type} 2`, { cursor })))._tag).toBe("CursorMismatch")
      expect((yield* Effect.flip(store.waiting(`${tenant}2`, type, { cursor })))._tag).toBe("CursorMismatch")
      // What is no cursor is refused, whoever let it pass as one.
      const broken = store.waiting(tenant, type, { cursor: "none" as Cursor })
      expect(yield* Effect.flip(broken)).toBeInstanceOf(InvalidCursor)
    })
  ),
  check("overdue", "gives those of all tenants whose time has run out, the longest first, then by id", (subject) =>
    Effect.gen(function* () {
      const { store, type } = subject
      const elsewhere = { ...subject, tenant: `${subject.tenant}2` }
      const at = (hours: number) => ({ expiresAt: later(hours) })
      const [fifth, fourth] = [yield* approvalOf(subject, at(2)), yield* approvalOf(subject, at(2))]
      const third = yield* approvalOf(elsewhere, { expiresAt: DateTime.subtract(later(2), { milliseconds: 1 }) })
      const second = yield* approvalOf(subject, at(1))
      const first = yield* approvalOf(elsewhere, { expiresAt: DateTime.makeUnsafe(0) })
      const inTime = yield* approvalOf(subject, { expiresAt: DateTime.add(later(2), { milliseconds: 1 }) })
      for (const approval of [fourth, inTime, third, fifth, first, second]) yield* store.insert(approval)
      yield* added(subject, { ...at(1), subject: { type: `${type} 2`, id: "other kind" } })
      for (const state of ends) yield* store.insert(ended(yield* approvalOf(subject, at(1)), state))
      const expected = [first, second, third, fifth, fourth]
      expect(yield* store.overdue(type, later(2), 10)).toEqual(expected)
      expect(yield* store.overdue(type, later(2), 4)).toEqual(expected.slice(0, 4))
      expect(yield* store.overdue(type, DateTime.makeUnsafe(-1), 10)).toEqual([])
      yield* store.end(ended(second, "expired", null))
      expect(yield* store.overdue(type, later(2), 2)).toEqual([first, third])
    })
  )
]

const concurrency: ReadonlyArray<Check<ApprovalStore | Atomic>> = [
  check("one-insert", "keeps exactly one of concurrent approvals with one id", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const approval = yield* approvalOf(subject)
      const six = [1, 2, 3, 4, 5, 6].map((index): Approval => ({ ...approval, requestedBy: `person ${index}` }))
      const told = yield* Effect.forEach(six, store.insert, { concurrency: "unbounded" })
      expect(told.filter((won) => won)).toHaveLength(1)
      expect(yield* store.find(tenant, approval.id)).toEqual(Option.fromNullishOr(six[told.indexOf(true)]))
    })
  ),
  check("one-end", "lets exactly one of those who end an approval at once do so", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const approval = yield* added(subject)
      const verdicts = [...ends, ...ends].map((state, index) => ended(approval, state, `person ${index}`))
      const told = yield* Effect.forEach(verdicts, store.end, { concurrency: "unbounded" })
      expect(told.filter((won) => won)).toHaveLength(1)
      expect(yield* store.find(tenant, approval.id)).toEqual(Option.fromNullishOr(verdicts[told.indexOf(true)]))
    })
  ),
  check("lock", "keeps others from a locked approval until the transaction ends", (subject) =>
    Effect.gen(function* () {
      const { atomic, store } = subject
      const { id, tenant } = yield* added(subject)
      expect(yield* atomic.runLocking(store.lock(tenant, yield* Id.make("appr")))).toEqual(Option.none())
      const change = (found: Option.Option<Approval>) =>
        Effect.map(store.end(ended(Option.getOrThrow(found), "approved")), (won) => expect(won).toBe(true))
      const read = yield* readAfter(atomic, store.lock(tenant, id), change)
      expect(Option.getOrThrow(read)).toMatchObject({ state: "approved", decidedBy: "bo" })
    })
  ),
  check("rollback", "joins a running transaction, and is undone with it", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant, type } = subject
      const [approval, second] = [yield* added(subject), yield* approvalOf(subject)]
      yield* store
        .end(ended(approval, "approved"))
        .pipe(Effect.andThen(store.insert(second)), Effect.andThen(Effect.fail("refused")), atomic.run, Effect.flip)
      expect(yield* store.find(tenant, approval.id)).toEqual(Option.some(approval))
      expect(yield* store.find(tenant, second.id)).toEqual(Option.none())
      expect((yield* store.waiting(tenant, type, {})).items).toEqual([approval])
      // What was undone is as if it had never been: it can be done now.
      expect(yield* store.insert(second)).toBe(true)
      expect(yield* store.end(ended(approval, "declined"))).toBe(true)
    })
  )
]

/** What every `ApprovalStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<ApprovalStore | Atomic>> = [...keeping, ...finding, ...concurrency]

/** Tests an `ApprovalStore` together with the `Atomic` of the same storage. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<ApprovalStore | Atomic, E>,
  options: SuiteOptions = {}
): void => register("ApprovalStore", checks, name, layer, options)
