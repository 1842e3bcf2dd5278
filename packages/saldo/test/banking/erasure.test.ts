import { describe, expect, it } from "@effect/vitest"
import { layer as layerSqlite } from "@saldo/sqlite/SqliteClient"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { Beneficiaries } from "saldo/banking/Beneficiaries"
import type { BeneficiaryId } from "saldo/banking/Beneficiary"
import type { CustomerId } from "saldo/banking/Customer"
import { Customers } from "saldo/banking/Customers"
import { CustomerStore } from "saldo/banking/CustomerStore"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import { parseExternalAccount } from "saldo/banking/ExternalAccount"
import { PersonalData } from "saldo/banking/PersonalData"
import * as Actor from "saldo/core/Actor"
import { sha256 } from "saldo/core/sha256"
import * as SqlStores from "saldo/sql/SqlStores"
import {
  active,
  bankOn,
  begin,
  details,
  erased,
  inBank,
  key,
  officer,
  ring,
  secrets,
  somebody
} from "./customerBank.ts"

const account = Result.getOrThrow(parseExternalAccount({ scheme: "Iban", text: secrets.iban }))

const withBeneficiary = Effect.gen(function* () {
  yield* begin
  const { id: customerId } = yield* active
  const beneficiaries = yield* Beneficiaries
  const name = Redacted.make(secrets.payee, { label: "name" })
  return yield* beneficiaries.add({ key: key("payee"), customerId, name, account })
})

/** Everything personal, in the forms in which it might be written. */
const forbidden = [
  ...Object.values(secrets),
  "Testsson",
  "198112189876",
  "8112189876",
  "SE4550000000058398257466",
  "58398257466"
].flatMap((text) => [text, Buffer.from(text).toString("base64"), Buffer.from(text).toString("hex")])

const fileBank = (path: string) =>
  bankOn().pipe(Layer.provideMerge(SqlStores.layer), Layer.provide(layerSqlite({ filename: path })))

const bytesOf = (folder: string) =>
  Effect.promise(async () => {
    const names = await readdir(folder)
    const files = await Promise.all(names.map((name) => readFile(join(folder, name))))
    return Buffer.concat(files).toString("latin1")
  })

const inFolder = <A, E>(use: (folder: string) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.acquireUseRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "saldo-erasure-"))),
    use,
    (folder) => Effect.promise(() => rm(folder, { recursive: true }))
  )

describe("a SQLite file", () => {
  it.effect("holds nothing personal, whatever was done and refused, and no key of whom it erased", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const path = join(folder, "bank.db")
        const wrapped = yield* Effect.gen(function* () {
          const { customerId } = yield* withBeneficiary
          const customers = yield* Customers
          yield* customers.change({
            key: key("change"),
            customerId,
            details: { ...details, name: Redacted.make("Quirina Other", { label: "name" }) }
          })
          yield* customers
            .register({
              key: key("twice"),
              kind: "person",
              registration: { scheme: "SwedishPersonalNumber", number: Redacted.make(secrets.number) },
              details
            })
            .pipe(Effect.flip)
          yield* withBeneficiary.pipe(Effect.flip, Effect.ignore)
          const keys = yield* DataKeyStore
          const kept = Option.getOrThrow(yield* keys.find({ tenant: "bank", subjectId: customerId }))
          const text = yield* bytesOf(folder)
          for (const secret of [...forbidden, "Quirina"])
            expect(text.includes(Buffer.from(secret).toString("latin1")), secret).toBe(false)
          expect(text.includes(customerId)).toBe(true)
          return kept._tag === "Present" ? ([kept.wrapped, customerId] as const) : yield* Effect.die("no key")
        }).pipe(Actor.as(officer), Effect.provide(fileBank(path)))
        expect(yield* bytesOf(folder)).toContain(wrapped[0])
        yield* erased(wrapped[1]).pipe(Actor.as(officer), Effect.provide(fileBank(path)))
        // Not even in a page that nothing uses any more.
        expect((yield* bytesOf(folder)).includes(wrapped[0])).toBe(false)
      })
    )
  )
})

describe("erasure", () => {
  it.effect("leaves the customer without a file, its beneficiaries too, and the trail with its evidence", () =>
    Effect.gen(function* () {
      const beneficiary = yield* withBeneficiary
      const { customerId } = beneficiary
      yield* erased(customerId)
      const [customers, beneficiaries, trail] = [yield* Customers, yield* Beneficiaries, yield* AuditTrail]
      expect(yield* customers.find(customerId)).toMatchObject({ state: "closed", file: null })
      expect(yield* beneficiaries.find(beneficiary.id)).toEqual({ ...beneficiary, file: null })
      yield* trail.seal("bank")
      expect(yield* trail.verify("bank")).toMatchObject({ _tag: "Intact" })
      const { items } = yield* trail
        .query({ filter: { action: "banking.erase-customer" } })
        .pipe(Actor.as(Actor.system("bank")))
      expect(items).toMatchObject([
        { actor: { id: "officer" }, subject: { type: "customer", id: customerId }, outcome: "succeeded" }
      ])
      // The whole trail, as somebody sees it who may see everything.
      const all = yield* trail.query({ limit: 100 }).pipe(Actor.as(Actor.system("bank")))
      for (const secret of forbidden) expect(JSON.stringify(all)).not.toContain(secret)
    }).pipe(inBank)
  )

  it.effect("makes a copy of the ciphertext unreadable to whoever has everything but the key", () =>
    Effect.gen(function* () {
      const { customerId, id } = yield* withBeneficiary
      const [store, personal] = [yield* CustomerStore, yield* PersonalData]
      const copy = Option.getOrThrow(yield* store.find("bank", customerId)).sealed ?? ""
      const payee = Option.getOrThrow(yield* store.findBeneficiary("bank", id)).sealed ?? ""
      const subject = { tenant: "bank", subjectId: customerId }
      expect(Option.getOrThrow(yield* personal.open(subject, "file", copy))).toContain(secrets.name)
      yield* erased(customerId)
      expect(yield* personal.open(subject, "file", copy)).toEqual(Option.none())
      expect(yield* personal.open(subject, id, payee)).toEqual(Option.none())
      // A new key does not open it, and the subject never gets one.
      expect(yield* personal.begin(subject)).toBe(false)
      const other = { tenant: "bank", subjectId: "somebody" }
      yield* personal.begin(other)
      expect(Exit.isFailure(yield* Effect.exit(personal.open(other, "file", copy)))).toBe(true)
    }).pipe(inBank)
  )

  it.effect("gives a repeated command the customer of then without what was erased since", () =>
    Effect.gen(function* () {
      yield* begin
      const customers = yield* Customers
      const { id: customerId } = yield* active
      yield* erased(customerId)
      expect(yield* customers.activate({ key: key("activate"), customerId })).toMatchObject({
        state: "active",
        file: null
      })
    }).pipe(inBank)
  )
})

describe("the host's keys", () => {
  const renewed = {
    ...ring,
    current: { id: "2027", key: Redacted.make(sha256("the wrapping key of 2027")) },
    previous: [ring.current]
  }

  it.effect("can be renewed, after which the earlier one opens nothing and is not needed", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        yield* begin
        const file = Layer.provide(SqlStores.layer, layerSqlite({ filename: join(folder, "bank.db") }))
        const bank = (keyring: typeof ring) => bankOn(undefined, undefined, keyring).pipe(Layer.provideMerge(file))
        const read = (id: CustomerId) =>
          Effect.flatMap(Customers, (customers) => customers.find(id)).pipe(Actor.as(officer))
        const { id } = yield* active.pipe(Actor.as(officer), Effect.provide(bank(ring)))
        const rewrap = Effect.flatMap(PersonalData, (personal) => personal.rewrap())
        expect(yield* rewrap.pipe(Effect.provide(bank(renewed)))).toBe(1)
        expect(yield* rewrap.pipe(Effect.provide(bank(renewed)))).toBe(0)
        const alone = { ...renewed, previous: [] }
        const { file: opened } = yield* read(id).pipe(Effect.provide(bank(alone)))
        expect(Redacted.value(opened?.details.name ?? Redacted.make(""))).toBe(secrets.name)
        expect(String(yield* Effect.exit(read(id).pipe(Effect.provide(bank(ring)))))).toContain("DataKeyUnreadable")
      })
    )
  )
})

describe("beneficiaries", () => {
  it.effect("are the customer's own, each account once, and removed for good", () =>
    Effect.gen(function* () {
      const { customerId, id } = yield* withBeneficiary
      const beneficiaries = yield* Beneficiaries
      const self = somebody("customer", customerId)
      const stranger = somebody("customer", "cust_06dpdrxn1wtz5fbr3j5tnm8gq4")
      const again = { key: key("again"), customerId, name: Redacted.make("Other", { label: "name" }), account }
      expect(yield* Effect.flip(beneficiaries.add(again))).toMatchObject({
        _tag: "BeneficiaryTaken",
        beneficiaryId: id
      })
      expect((yield* beneficiaries.list(customerId).pipe(Actor.as(self))).items).toHaveLength(1)
      const remove = (as: Actor.Identity, beneficiaryId: BeneficiaryId = id) =>
        beneficiaries.remove({ key: key("remove"), beneficiaryId }).pipe(Actor.as(as))
      expect((yield* Effect.flip(remove(stranger)))._tag).toBe("BeneficiaryNotFound")
      expect((yield* Effect.flip(beneficiaries.find(id).pipe(Actor.as(stranger))))._tag).toBe("BeneficiaryNotFound")
      expect((yield* Effect.flip(beneficiaries.list(customerId).pipe(Actor.as(stranger))))._tag).toBe(
        "CustomerNotFound"
      )
      expect((yield* remove(self)).removedAt).not.toBeNull()
      expect((yield* remove(self)).removedAt).not.toBeNull()
      expect((yield* beneficiaries.list(customerId).pipe(Actor.as(self))).items).toEqual([])
      expect((yield* beneficiaries.add({ ...again, key: key("back") })).customerId).toBe(customerId)
    }).pipe(inBank)
  )
})
