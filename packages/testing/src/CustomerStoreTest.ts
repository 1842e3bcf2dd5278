import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { StoredBeneficiary } from "saldo/banking/Beneficiary"
import type { StoredCustomer } from "saldo/banking/Customer"
import { CustomerStore } from "saldo/banking/CustomerStore"
import { noKyc } from "saldo/banking/Kyc"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { type Cursor, InvalidCursor } from "saldo/core/Page"
import { sha256 } from "saldo/core/sha256"
import * as LocalDate from "saldo/time/LocalDate"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Register {
  readonly store: CustomerStore["Service"]
  readonly atomic: Atomic["Service"]
  /** A tenant of this run of this check. */
  readonly tenant: string
}

const check = checksOf<Register, CustomerStore | Atomic>(
  Effect.gen(function* () {
    return { store: yield* CustomerStore, atomic: yield* Atomic, tenant: yield* Id.make("tenant") }
  })
)

const noon = DateTime.makeUnsafe("2026-03-10T12:00:00Z")
const later = (hours: number) => DateTime.add(noon, { hours })

const customerOf = (tenant: string, given: Partial<StoredCustomer> = {}): Effect.Effect<StoredCustomer> =>
  Effect.map(Id.make("cust"), (id) => ({
    id,
    tenant,
    kind: "person",
    state: "pending",
    restrictions: [],
    kyc: noKyc,
    erasedAt: null,
    createdAt: noon,
    version: 1,
    sealed: `v1.${id}`,
    registrationIndex: sha256(id),
    ...given
  }))

const approvedUntil = (expiresAt: DateTime.Utc): StoredCustomer["kyc"] => ({
  documents: [{ kind: "passport", digest: sha256("passport"), expiresOn: LocalDate.of("2030-01-31") }],
  decision: {
    checks: [{ name: "identity", result: "unclear", reason: "document-reused" }],
    verdict: "approved",
    reasons: [],
    expiresAt,
    decidedAt: noon,
    decidedBy: "anna"
  }
})

const kept: ReadonlyArray<Check<CustomerStore | Atomic>> = [
  check("insert", "gives back what was kept, by its id and its registration", ({ store, tenant }) =>
    Effect.gen(function* () {
      const customer = yield* customerOf(tenant, {
        kind: "company",
        state: "restricted",
        restrictions: ["fraud", "kyc-review"],
        kyc: approvedUntil(later(5)),
        version: 7
      })
      expect(yield* store.find(tenant, customer.id)).toEqual(Option.none())
      expect(yield* store.insert(customer)).toEqual(Option.none())
      expect(yield* store.find(tenant, customer.id)).toEqual(Option.some(customer))
      expect(yield* store.findByRegistration(tenant, sha256(customer.id))).toEqual(Option.some(customer))
      expect(yield* store.findByRegistration(tenant, sha256("nobody"))).toEqual(Option.none())
    })
  ),
  check("taken", "keeps an id and a registration once, and says whose it is", ({ store, tenant }) =>
    Effect.gen(function* () {
      const [first, second] = [yield* customerOf(tenant), yield* customerOf(tenant)]
      yield* store.insert(first)
      expect(yield* store.insert({ ...second, registrationIndex: first.registrationIndex })).toEqual(Option.some(first))
      expect(yield* store.find(tenant, second.id)).toEqual(Option.none())
      expect(yield* store.insert({ ...second, id: first.id })).toEqual(Option.some(first))
    })
  ),
  check("tenants", "shows nothing of one tenant in another", ({ store, tenant }) =>
    Effect.gen(function* () {
      const other = yield* Id.make("tenant")
      const customer = yield* customerOf(tenant)
      yield* store.insert(customer)
      expect(yield* store.find(other, customer.id)).toEqual(Option.none())
      expect(yield* store.lock(other, customer.id)).toEqual(Option.none())
      expect(yield* store.findByRegistration(other, sha256(customer.id))).toEqual(Option.none())
      expect(yield* store.insert({ ...customer, tenant: other })).toEqual(Option.none())
      expect(yield* store.save({ ...customer, tenant: other, state: "closed", version: 2 })).toBe(true)
      expect(yield* store.find(tenant, customer.id)).toEqual(Option.some(customer))
      expect((yield* store.list(other, {}, {})).items).toHaveLength(1)
    })
  ),
  check("save", "puts the next version in place of the one before it", ({ store, tenant }) =>
    Effect.gen(function* () {
      const customer = yield* customerOf(tenant)
      expect(yield* store.save({ ...customer, version: 2 })).toBe(false)
      yield* store.insert(customer)
      const next = {
        ...customer,
        state: "active",
        kyc: approvedUntil(later(1)),
        sealed: "v1.other",
        version: 2
      } as const
      expect(yield* store.save(next)).toBe(true)
      expect(yield* store.find(tenant, customer.id)).toEqual(Option.some(next))
      expect(yield* store.save({ ...next, state: "closed" })).toBe(false)
      expect(yield* store.save({ ...next, state: "closed", version: 4 })).toBe(false)
      expect(yield* store.find(tenant, customer.id)).toEqual(Option.some(next))
    })
  ),
  check("save-taken", "saves nobody under another's registration", ({ store, tenant }) =>
    Effect.gen(function* () {
      const [first, second] = [yield* customerOf(tenant), yield* customerOf(tenant)]
      yield* store.insert(first)
      yield* store.insert(second)
      const { registrationIndex } = first
      expect(yield* store.save({ ...second, registrationIndex, version: 2 })).toBe(false)
      expect(yield* store.find(tenant, second.id)).toEqual(Option.some(second))
    })
  ),
  check("erased", "frees the registration of an erased customer", ({ store, tenant }) =>
    Effect.gen(function* () {
      const [first, second] = [yield* customerOf(tenant), yield* customerOf(tenant)]
      const { registrationIndex } = first
      const erased = {
        ...first,
        state: "closed",
        sealed: null,
        registrationIndex: null,
        erasedAt: noon,
        version: 2
      } as const
      yield* store.insert(first)
      expect(yield* store.save(erased)).toBe(true)
      expect(yield* store.find(tenant, first.id)).toEqual(Option.some(erased))
      expect(yield* store.insert({ ...second, registrationIndex })).toEqual(Option.none())
      const third = yield* customerOf(tenant)
      const also = { ...third, state: "closed", sealed: null, registrationIndex: null, erasedAt: noon } as const
      expect(yield* store.insert(also)).toEqual(Option.none())
    })
  )
]

const lists: ReadonlyArray<Check<CustomerStore | Atomic>> = [
  check("list", "lists customers by id, page by page, by kind and state", ({ store, tenant }) =>
    Effect.gen(function* () {
      const all: Array<StoredCustomer> = []
      for (const index of [0, 1, 2, 3, 4]) {
        const state = index % 2 === 0 ? "active" : "pending"
        all.push(yield* customerOf(tenant, { state, kind: index < 2 ? "company" : "person" }))
      }
      // Kept in another order than that of their ids.
      for (const customer of all.toReversed()) yield* store.insert(customer)
      expect((yield* store.list(tenant, {}, {})).items).toEqual(all)
      const first = yield* store.list(tenant, {}, { limit: 3 })
      expect(first.items).toEqual(all.slice(0, 3))
      const cursor = first.next ?? (yield* Effect.fail("no cursor"))
      expect(yield* store.list(tenant, {}, { limit: 3, cursor })).toEqual({ items: all.slice(3), next: null })
      expect((yield* store.list(tenant, { state: "active", kind: "person" }, {})).items).toEqual([all[2], all[4]])
      expect((yield* Effect.flip(store.list(tenant, { state: "active" }, { cursor })))._tag).toBe("CursorMismatch")
      // What is no cursor is refused, whoever let it pass as one.
      const broken = store.list(tenant, {}, { cursor: "none" as Cursor })
      expect(yield* Effect.flip(broken)).toBeInstanceOf(InvalidCursor)
    })
  ),
  check("approvals-ended", "finds those whose approval has ended, the longest ago first", ({ store, tenant }) =>
    Effect.gen(function* () {
      const ending = (hours: number, given: Partial<StoredCustomer> = {}) =>
        Effect.tap(customerOf(tenant, { state: "active", kyc: approvedUntil(later(hours)), ...given }), store.insert)
      const [second, first] = [yield* ending(2), yield* ending(1, { state: "restricted", restrictions: ["fraud"] })]
      yield* ending(3)
      yield* ending(1, { state: "pending" })
      yield* ending(1, { state: "closed" })
      yield* ending(1, { state: "restricted", restrictions: ["kyc-expired"] })
      const own = (customers: ReadonlyArray<StoredCustomer>) => customers.filter((each) => each.tenant === tenant)
      expect(own(yield* store.approvalsEnded(later(2), 100_000))).toEqual([first, second])
      expect(own(yield* store.approvalsEnded(noon, 100_000))).toEqual([])
      expect(yield* store.approvalsEnded(later(2), 1)).toHaveLength(1)
      yield* store.save({ ...first, restrictions: ["fraud", "kyc-expired"], version: 2 })
      expect(own(yield* store.approvalsEnded(later(2), 100_000))).toEqual([second])
    })
  )
]

const concurrency: ReadonlyArray<Check<CustomerStore | Atomic>> = [
  check("one-winner", "lets exactly one of concurrent customers have a registration", ({ store, tenant }) =>
    Effect.gen(function* () {
      const six = yield* Effect.replicateEffect(customerOf(tenant, { registrationIndex: sha256("shared") }), 6)
      const found = yield* Effect.forEach(six, store.insert, { concurrency: "unbounded" })
      expect(found.filter(Option.isNone)).toHaveLength(1)
      const winner = six[found.findIndex(Option.isNone)]
      expect(found.filter(Option.isSome).map(({ value }) => value.id)).toEqual(
        Array.from({ length: 5 }, () => winner?.id)
      )
    })
  ),
  check("lock", "keeps others from a locked customer until the transaction ends", ({ atomic, store, tenant }) =>
    Effect.gen(function* () {
      const customer = yield* customerOf(tenant)
      yield* store.insert(customer)
      const restrict = (index: number) =>
        atomic.runLocking(
          Effect.gen(function* () {
            const before = Option.getOrThrow(yield* store.lock(tenant, customer.id))
            yield* Effect.yieldNow
            const restrictions = [...before.restrictions, `reason-${index}`]
            expect(yield* store.save({ ...before, restrictions, version: before.version + 1 })).toBe(true)
          })
        )
      yield* Effect.forEach([1, 2, 3, 4, 5, 6], restrict, { concurrency: "unbounded" })
      const after = Option.getOrThrow(yield* store.find(tenant, customer.id))
      expect(after.version).toBe(7)
      expect([...after.restrictions].sort()).toEqual([1, 2, 3, 4, 5, 6].map((index) => `reason-${index}`))
    })
  ),
  check("rollback", "joins a running transaction, and is undone with it", ({ atomic, store, tenant }) =>
    Effect.gen(function* () {
      const [first, second] = [yield* customerOf(tenant), yield* customerOf(tenant)]
      const beneficiary = yield* beneficiaryOf(first)
      yield* store.insert(first)
      yield* store
        .save({ ...first, state: "active", version: 2 })
        .pipe(
          Effect.andThen(store.insert(second)),
          Effect.andThen(store.insertBeneficiary(beneficiary)),
          Effect.andThen(Effect.fail("refused")),
          atomic.run,
          Effect.flip
        )
      expect(yield* store.find(tenant, first.id)).toEqual(Option.some(first))
      expect(yield* store.find(tenant, second.id)).toEqual(Option.none())
      expect(yield* store.findBeneficiary(tenant, beneficiary.id)).toEqual(Option.none())
    })
  )
]

const beneficiaryOf = (
  { id: customerId, tenant }: StoredCustomer,
  given: Partial<StoredBeneficiary> = {}
): Effect.Effect<StoredBeneficiary> =>
  Effect.map(Id.make("bene"), (id) => ({
    id,
    tenant,
    customerId,
    createdAt: noon,
    removedAt: null,
    sealed: `v1.${id}`,
    accountIndex: sha256(id),
    ...given
  }))

const beneficiaries: ReadonlyArray<Check<CustomerStore | Atomic>> = [
  check("beneficiaries", "keeps an account once on a customer's list, and lists it by id", ({ store, tenant }) =>
    Effect.gen(function* () {
      const [anna, bo] = [yield* customerOf(tenant), yield* customerOf(tenant)]
      const [first, second] = [yield* beneficiaryOf(anna), yield* beneficiaryOf(anna)]
      const { accountIndex } = first
      expect(yield* store.insertBeneficiary(second)).toEqual(Option.none())
      expect(yield* store.insertBeneficiary(first)).toEqual(Option.none())
      const again = yield* beneficiaryOf(anna, { accountIndex })
      expect(yield* store.insertBeneficiary(again)).toEqual(Option.some(first))
      const others = yield* beneficiaryOf(bo, { accountIndex })
      expect(yield* store.insertBeneficiary(others)).toEqual(Option.none())
      expect(yield* store.findBeneficiary(tenant, first.id)).toEqual(Option.some(first))
      expect(yield* store.findBeneficiary(yield* Id.make("tenant"), first.id)).toEqual(Option.none())
      expect(yield* store.listBeneficiaries(tenant, anna.id, {})).toEqual({ items: [first, second], next: null })
      const page = yield* store.listBeneficiaries(tenant, anna.id, { limit: 1 })
      const cursor = page.next ?? (yield* Effect.fail("no cursor"))
      expect((yield* store.listBeneficiaries(tenant, anna.id, { limit: 1, cursor })).items).toEqual([second])
    })
  ),
  check("removed", "takes a beneficiary off the list once, and its account may come again", ({ store, tenant }) =>
    Effect.gen(function* () {
      const anna = yield* customerOf(tenant)
      const first = yield* beneficiaryOf(anna)
      yield* store.insertBeneficiary(first)
      expect(yield* store.removeBeneficiary(yield* Id.make("tenant"), first.id, noon)).toBe(false)
      expect(yield* store.removeBeneficiary(tenant, first.id, later(1))).toBe(true)
      expect(yield* store.removeBeneficiary(tenant, first.id, later(2))).toBe(false)
      expect(yield* store.findBeneficiary(tenant, first.id)).toEqual(Option.some({ ...first, removedAt: later(1) }))
      expect((yield* store.listBeneficiaries(tenant, anna.id, {})).items).toEqual([])
      const again = yield* beneficiaryOf(anna, { accountIndex: first.accountIndex })
      expect(yield* store.insertBeneficiary(again)).toEqual(Option.none())
    })
  ),
  check("forgotten", "forgets what is sealed of all beneficiaries of one customer", ({ store, tenant }) =>
    Effect.gen(function* () {
      const [anna, bo] = [yield* customerOf(tenant), yield* customerOf(tenant)]
      const own = [yield* beneficiaryOf(anna), yield* beneficiaryOf(anna)]
      const others = yield* beneficiaryOf(bo)
      for (const each of [...own, others]) yield* store.insertBeneficiary(each)
      const [removed] = own
      yield* store.removeBeneficiary(tenant, removed?.id ?? others.id, noon)
      expect(yield* store.forgetBeneficiaries(tenant, anna.id)).toBe(2)
      for (const { id } of own) {
        const found = Option.getOrThrow(yield* store.findBeneficiary(tenant, id))
        expect(found).toMatchObject({ id, sealed: null, accountIndex: null })
      }
      expect(yield* store.findBeneficiary(tenant, others.id)).toEqual(Option.some(others))
    })
  )
]

/** What every `CustomerStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<CustomerStore | Atomic>> = [
  ...kept,
  ...lists,
  ...concurrency,
  ...beneficiaries
]

/** Tests a `CustomerStore` together with the `Atomic` of the same storage. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<CustomerStore | Atomic, E>,
  options: SuiteOptions = {}
): void => register("CustomerStore", checks, name, layer, options)
