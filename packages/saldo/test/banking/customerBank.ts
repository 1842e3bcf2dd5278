/**
 * A bank with customers and nothing else, for tests of what is done with them.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { type BankRole, roles } from "saldo/banking/BankAccess"
import { Beneficiaries } from "saldo/banking/Beneficiaries"
import type { CustomerDetails, CustomerId } from "saldo/banking/Customer"
import { CustomerObligations } from "saldo/banking/CustomerObligations"
import { Customers, type CustomerOpening } from "saldo/banking/Customers"
import { CustomerStore } from "saldo/banking/CustomerStore"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import type { KycDocument } from "saldo/banking/Kyc"
import { KycVerifier } from "saldo/banking/KycVerifier"
import { PersonalData } from "saldo/banking/PersonalData"
import { WrappingKeys, type WrappingKeyring } from "saldo/banking/WrappingKeys"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import { CommandKey } from "saldo/core/Command"
import { Idempotency } from "saldo/core/Idempotency"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"
import { sha256 } from "saldo/core/sha256"
import * as LocalDate from "saldo/time/LocalDate"

export const ring: WrappingKeyring = {
  current: { id: "2026", key: Redacted.make(sha256("the wrapping key of 2026")) },
  index: Redacted.make(sha256("the index key"))
}

export const memoryStores = Layer.mergeAll(
  CustomerStore.layerMemory,
  DataKeyStore.layerMemory,
  AuditStore.layerMemory,
  IdempotencyStore.layerMemory,
  Atomic.layerMemory
)

/** The bank over any stores, with what a test wants to be different. */
export const bankOn = (
  verifier = KycVerifier.layerReference,
  obligations = CustomerObligations.layerNone,
  keyring: WrappingKeyring = ring
) =>
  Layer.merge(Customers.layer, Beneficiaries.layer).pipe(
    Layer.provideMerge(Layer.mergeAll(PersonalData.layer, AuditTrail.layer, Idempotency.layer, verifier, obligations)),
    Layer.provideMerge(WrappingKeys.layer(keyring))
  )

export const start = DateTime.makeUnsafe("2026-03-10T12:00:00Z")

/** Sets the test clock to the day on which the bank opens. */
export const begin = TestClock.setTime(start.epochMilliseconds)

export const key = (text: string) => CommandKey.make(text)

export const somebody = (role: BankRole, id: string = role, tenant = "bank") =>
  new Actor.Identity({ kind: "user", tenant, id, roles: [role], permissions: roles[role] })

export const officer = somebody("officer")

export const secrets = {
  name: "Quirina Testsson-Ångström",
  email: "quirina@example.test",
  phone: "+46 70 000 00 00",
  number: "19811218-9876",
  iban: "SE45 5000 0000 0583 9825 7466",
  payee: "Ottokar Payeeson"
}

export const details: CustomerDetails = {
  name: Redacted.make(secrets.name, { label: "name" }),
  email: Redacted.make(secrets.email, { label: "email" }),
  phone: Redacted.make(secrets.phone, { label: "phone" })
}

export const quirina = (name = "register"): CustomerOpening => ({
  key: key(name),
  kind: "person",
  registration: { scheme: "SwedishPersonalNumber", number: Redacted.make(secrets.number) },
  details
})

export const documents: ReadonlyArray<KycDocument> = [
  { kind: "passport", digest: sha256("passport"), expiresOn: LocalDate.of("2027-06-30") },
  { kind: "proof-of-address", digest: sha256("bill"), expiresOn: null }
]

/** A customer whom the reference verifier has approved, active. */
export const active = Effect.gen(function* () {
  const customers = yield* Customers
  const { id: customerId } = yield* customers.register(quirina())
  yield* customers.submitDocuments({ key: key("documents"), customerId, documents })
  yield* customers.verify({ key: key("verify"), customerId })
  return yield* customers.activate({ key: key("activate"), customerId })
})

/** Closed, and the personal data destroyed. */
export const erased = (customerId: CustomerId) =>
  Effect.gen(function* () {
    const customers = yield* Customers
    yield* customers.close({ key: key("close"), customerId })
    return yield* customers.erase({ key: key("erase"), customerId })
  })

export const inBank = <A, E>(
  program: Effect.Effect<
    A,
    E,
    Layer.Success<ReturnType<typeof bankOn>> | Layer.Success<typeof memoryStores> | Actor.Actor
  >
) => program.pipe(Actor.as(officer), Effect.provide(Layer.fresh(bankOn().pipe(Layer.provideMerge(memoryStores)))))
