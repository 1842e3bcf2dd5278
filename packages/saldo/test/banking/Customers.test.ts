import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { CustomerObligations } from "saldo/banking/CustomerObligations"
import { Customers } from "saldo/banking/Customers"
import { CustomerStore } from "saldo/banking/CustomerStore"
import { KycUnavailable, KycVerifier } from "saldo/banking/KycVerifier"
import * as Actor from "saldo/core/Actor"
import {
  active,
  begin,
  bankOn,
  details,
  documents,
  erased,
  inBank,
  key,
  memoryStores,
  officer,
  quirina,
  secrets,
  somebody,
  start
} from "./customerBank.ts"

const at = (text: string) => TestClock.setTime(DateTime.makeUnsafe(text).epochMilliseconds)

const history = Effect.gen(function* () {
  const trail = yield* AuditTrail
  const { items } = yield* trail.query({ limit: 100, order: "oldest-first" }).pipe(Actor.as(Actor.system("bank")))
  return items.map(({ action, outcome, reason }) => [action, outcome, reason])
})

describe("the life of a customer", () => {
  it.effect("goes from registration to erasure, each act recorded with it", () =>
    Effect.gen(function* () {
      yield* begin
      const customers = yield* Customers
      const customer = yield* active
      expect(customer).toMatchObject({ state: "active", kind: "person", version: 4, erasedAt: null })
      expect(Redacted.value(customer.file?.details.name ?? Redacted.make(""))).toBe(secrets.name)
      expect(Redacted.value(customer.file?.registration.number ?? Redacted.make(""))).toBe("198112189876")
      const customerId = customer.id
      const restricted = yield* customers.restrict({ key: key("r"), customerId, reason: "fraud" })
      expect(restricted).toMatchObject({ state: "restricted", restrictions: ["fraud"] })
      expect(yield* customers.lift({ key: key("l"), customerId, reason: "fraud" })).toMatchObject({ state: "active" })
      const gone = yield* erased(customerId)
      expect(gone).toMatchObject({ state: "closed", file: null, erasedAt: start })
      expect(yield* customers.find(customerId)).toEqual(gone)
      expect(yield* history).toEqual(
        ["register", "document", "verify", "activate", "restrict", "lift", "close", "erase"].map((verb) => [
          `banking.${verb}-customer`,
          "succeeded",
          null
        ])
      )
    }).pipe(inBank)
  )

  it.effect("is found by its registration, in any form that it is written in, until it is erased", () =>
    Effect.gen(function* () {
      yield* begin
      const customers = yield* Customers
      const { id } = yield* active
      for (const written of ["198112189876", "811218-9876"]) {
        const registration = { scheme: "SwedishPersonalNumber", number: Redacted.make(written) } as const
        expect((yield* customers.findByRegistration("person", registration))?.id).toBe(id)
        expect(yield* customers.findByRegistration("company", registration)).toBeNull()
      }
      expect(yield* Effect.flip(customers.register(quirina("again")))).toMatchObject({
        _tag: "RegistrationTaken",
        customerId: id
      })
      yield* erased(id)
      expect((yield* customers.register(quirina("anew"))).id).not.toBe(id)
    }).pipe(inBank)
  )

  it.effect("refuses what its state does not allow, and says so in the trail", () =>
    Effect.gen(function* () {
      yield* begin
      const customers = yield* Customers
      const { id: customerId } = yield* customers.register(quirina())
      const refused = (act: Effect.Effect<unknown, { readonly _tag: string }, Actor.Actor>) =>
        Effect.map(Effect.flip(act), ({ _tag }) => _tag)
      expect(yield* refused(customers.activate({ key: key("1"), customerId }))).toBe("KycNotApproved")
      expect(yield* refused(customers.restrict({ key: key("2"), customerId, reason: "fraud" }))).toBe(
        "CustomerStateUnfit"
      )
      expect(yield* refused(customers.lift({ key: key("3"), customerId, reason: "fraud" }))).toBe("CustomerStateUnfit")
      expect(yield* refused(customers.erase({ key: key("4"), customerId }))).toBe("CustomerStateUnfit")
      yield* erased(customerId)
      expect(yield* refused(customers.erase({ key: key("5"), customerId }))).toBe("CustomerErased")
      expect(yield* refused(customers.change({ key: key("6"), customerId, details }))).toBe("CustomerStateUnfit")
      expect((yield* history).filter(([, outcome]) => outcome === "refused")).toHaveLength(6)
    }).pipe(inBank)
  )

  it.effect("is not closed while something is open", () => {
    const open = Layer.succeed(CustomerObligations, {
      open: () =>
        Effect.succeed([
          { kind: "payments", ids: [] },
          { kind: "accounts", ids: ["dep_1"] }
        ])
    })
    return Effect.gen(function* () {
      yield* begin
      const customers = yield* Customers
      const { id: customerId } = yield* active
      const refusal = yield* Effect.flip(customers.close({ key: key("close"), customerId }))
      expect(refusal).toMatchObject({ _tag: "ObligationsOpen", kind: "accounts", ids: ["dep_1"] })
      expect(yield* customers.find(customerId)).toMatchObject({ state: "active" })
    }).pipe(Actor.as(officer), Effect.provide(bankOn(undefined, open).pipe(Layer.provideMerge(memoryStores))))
  })
})

describe("commands", () => {
  it.effect("take effect once, and answer a repetition as before", () =>
    Effect.gen(function* () {
      yield* begin
      const customers = yield* Customers
      const first = yield* customers.register(quirina())
      yield* customers.submitDocuments({ key: key("documents"), customerId: first.id, documents })
      expect(yield* customers.register(quirina())).toEqual(first)
      const other = { ...quirina(), details: { name: Redacted.make("Somebody Else", { label: "name" }) } }
      expect((yield* Effect.flip(customers.register(other)))._tag).toBe("IdempotencyMismatch")
      const refusal = yield* Effect.flip(customers.activate({ key: key("early"), customerId: first.id }))
      yield* customers.verify({ key: key("verify"), customerId: first.id })
      // A refusal is final for its key.
      expect(yield* Effect.flip(customers.activate({ key: key("early"), customerId: first.id }))).toEqual(refusal)
      expect((yield* customers.activate({ key: key("now"), customerId: first.id })).state).toBe("active")
    }).pipe(inBank)
  )
})

describe("knowing a customer", () => {
  it.effect("restricts whose approval has ended, on the clock, until there is another", () =>
    Effect.gen(function* () {
      yield* begin
      const customers = yield* Customers
      const { id: customerId, kyc } = yield* active
      expect(kyc.decision?.expiresAt).toEqual(DateTime.makeUnsafe("2027-07-01T00:00:00Z"))
      yield* at("2027-06-30T23:59:59.999Z")
      expect(yield* customers.expireApprovals()).toBe(0)
      yield* customers.inBusiness("bank", customerId)
      yield* at("2027-07-01T00:00:00Z")
      // Before any sweep, whoever asks is told.
      expect((yield* Effect.flip(customers.inBusiness("bank", customerId)))._tag).toBe("KycNotApproved")
      expect(yield* customers.expireApprovals()).toBe(1)
      expect(yield* customers.expireApprovals()).toBe(0)
      expect(yield* customers.find(customerId)).toMatchObject({ state: "restricted", restrictions: ["kyc-expired"] })
      const lift = customers.lift({ key: key("lift"), customerId, reason: "kyc-expired" })
      expect(yield* Effect.flip(lift)).toMatchObject({ _tag: "KycNotApproved", standing: "expired" })
      const expiresAt = DateTime.makeUnsafe("2028-01-01T00:00:00Z")
      const late = { customerId, verdict: "approved", reasons: [], expiresAt: start } as const
      expect((yield* Effect.flip(customers.decide({ ...late, key: key("late") })))._tag).toBe("ApprovalExpired")
      const again = yield* customers.decide({ ...late, key: key("again"), expiresAt })
      expect(again).toMatchObject({ state: "active", restrictions: [], kyc: { decision: { decidedBy: "officer" } } })
    }).pipe(inBank)
  )

  it.effect("restricts an active customer who is rejected later, and leaves a pending one pending", () =>
    Effect.gen(function* () {
      yield* begin
      const customers = yield* Customers
      const { id: customerId } = yield* active
      const rejection = { customerId, verdict: "rejected", reasons: ["document-forged"], expiresAt: null } as const
      const rejected = yield* customers.decide({ ...rejection, key: key("reject") })
      expect(rejected).toMatchObject({ state: "restricted", restrictions: ["kyc-rejected"] })
      expect((yield* Effect.flip(customers.lift({ key: key("l"), customerId, reason: "kyc-rejected" })))._tag).toBe(
        "KycNotApproved"
      )
    }).pipe(inBank)
  )

  it.effect(
    "asks a verifier again under the same key when it gave no answer, or the customer changed meanwhile",
    () => {
      const asked: Array<string> = []
      const verifier = Layer.effect(
        KycVerifier,
        Effect.gen(function* () {
          const reference = yield* KycVerifier
          const store = yield* CustomerStore
          return KycVerifier.of({
            verify: (application) =>
              Effect.gen(function* () {
                asked.push(application.reference)
                const { customerId, tenant } = application
                if (asked.length === 1) return yield* new KycUnavailable({ customerId })
                const customer = Option.getOrThrow(yield* store.find(tenant, customerId))
                if (asked.length === 2) yield* store.save({ ...customer, version: customer.version + 1 })
                return yield* reference.verify(application)
              })
          })
        })
      ).pipe(Layer.provide(KycVerifier.layerReference))
      return Effect.gen(function* () {
        yield* begin
        const customers = yield* Customers
        const { id: customerId } = yield* customers.register(quirina())
        yield* customers.submitDocuments({ key: key("documents"), customerId, documents })
        const verify = customers.verify({ key: key("verify"), customerId })
        expect((yield* Effect.flip(verify))._tag).toBe("KycUnavailable")
        expect((yield* Effect.flip(verify))._tag).toBe("CustomerChanged")
        expect((yield* verify).kyc.decision?.verdict).toBe("approved")
        expect((yield* verify).kyc.decision?.verdict).toBe("approved")
        expect(asked).toHaveLength(3)
        expect(new Set(asked).size).toBe(1)
      }).pipe(
        Actor.as(officer),
        Effect.provide(bankOn(verifier as typeof KycVerifier.layerReference).pipe(Layer.provideMerge(memoryStores)))
      )
    }
  )
})

describe("who may do what", () => {
  it.effect("reaches its own data alone, and takes others' for missing", () =>
    Effect.gen(function* () {
      yield* begin
      const customers = yield* Customers
      const { id } = yield* active
      const self = somebody("customer", id)
      const stranger = somebody("customer", "cust_06dpdrxn1wtz5fbr3j5tnm8gq4")
      expect((yield* customers.find(id).pipe(Actor.as(self))).id).toBe(id)
      expect((yield* Effect.flip(customers.find(id).pipe(Actor.as(stranger))))._tag).toBe("CustomerNotFound")
      // The same name in another tenant is somebody else, whatever it may do there.
      for (const foreign of [somebody("customer", id, "other"), somebody("admin", "admin", "other")]) {
        expect((yield* Effect.flip(customers.find(id).pipe(Actor.as(foreign))))._tag).toBe("CustomerNotFound")
      }
      const documented = customers.submitDocuments({ key: key("more"), customerId: id, documents })
      expect((yield* Effect.flip(documented.pipe(Actor.as(stranger))))._tag).toBe("CustomerNotFound")
      expect((yield* documented.pipe(Actor.as(self))).id).toBe(id)
      expect((yield* Effect.flip(customers.list().pipe(Actor.as(self))))._tag).toBe("NotPermitted")
      expect((yield* customers.list().pipe(Actor.as(somebody("auditor")))).items).toHaveLength(1)
    }).pipe(inBank)
  )

  it.effect("keeps each act for those with its permission", () =>
    Effect.gen(function* () {
      yield* begin
      const customers = yield* Customers
      const { id: customerId } = yield* active
      const self = somebody("customer", customerId)
      const decision = {
        key: key("d"),
        customerId,
        verdict: "approved",
        reasons: [],
        expiresAt: DateTime.add(start, { days: 9 })
      } as const
      const acts: ReadonlyArray<Effect.Effect<unknown, { readonly _tag: string }, Actor.Actor>> = [
        customers.register(quirina("own")),
        customers.change({ key: key("c"), customerId, details }),
        customers.verify({ key: key("v"), customerId }),
        customers.decide(decision),
        customers.activate({ key: key("a"), customerId }),
        customers.restrict({ key: key("r"), customerId, reason: "fraud" }),
        customers.lift({ key: key("l"), customerId, reason: "fraud" }),
        customers.close({ key: key("x"), customerId }),
        customers.erase({ key: key("e"), customerId })
      ]
      for (const act of acts) expect((yield* Effect.flip(act.pipe(Actor.as(self))))._tag).toBe("NotPermitted")
      expect((yield* customers.find(customerId)).version).toBe(4)
    }).pipe(inBank)
  )
})
