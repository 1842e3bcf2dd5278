import { describe, expect, it } from "@effect/vitest"
import { broken } from "@saldo/testing/Check"
import * as CustomerStoreTest from "@saldo/testing/CustomerStoreTest"
import * as DataKeyStoreTest from "@saldo/testing/DataKeyStoreTest"
import * as KycVerifierTest from "@saldo/testing/KycVerifierTest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { CustomerStore } from "saldo/banking/CustomerStore"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import type { KycFinding } from "saldo/banking/Kyc"
import { KycVerifier } from "saldo/banking/KycVerifier"
import { Atomic } from "saldo/core/Atomic"

type Customers = CustomerStore["Service"]
type Keys = DataKeyStore["Service"]

const customerBugs: ReadonlyArray<
  readonly [name: string, caughtBy: string, bug: (store: Customers) => Partial<Customers>]
> = [
  [
    "a registration is kept twice",
    "taken",
    (store) => ({
      insert: (customer) =>
        store.insert({ ...customer, registrationIndex: `${customer.registrationIndex} ${customer.id}` })
    })
  ],
  [
    "tenants are one",
    "tenants",
    (store) => ({
      insert: (customer) => store.insert({ ...customer, tenant: "all" }),
      find: (_tenant, id) => store.find("all", id),
      save: (customer) => store.save({ ...customer, tenant: "all" }),
      list: (_tenant, filter, page) => store.list("all", filter, page)
    })
  ],
  [
    "restrictions are lost",
    "insert",
    (store) => ({ insert: (customer) => store.insert({ ...customer, restrictions: [] }) })
  ],
  [
    "the last writer wins",
    "save",
    (store) => ({
      save: (customer) =>
        Effect.flatMap(store.find(customer.tenant, customer.id), (found) =>
          Option.isSome(found) ? store.save({ ...customer, version: found.value.version + 1 }) : Effect.succeed(false)
        )
    })
  ],
  [
    "a save is always said to have won",
    "save",
    (store) => ({ save: (customer) => Effect.as(store.save(customer), true) })
  ],
  [
    "an erased customer keeps its registration",
    "erased",
    (store) => ({
      save: (customer) =>
        Effect.flatMap(store.find(customer.tenant, customer.id), (found) =>
          store.save({ ...customer, registrationIndex: Option.getOrThrow(found).registrationIndex })
        )
    })
  ],
  ["filters are ignored", "list", (store) => ({ list: (tenant, _filter, page) => store.list(tenant, {}, page) })],
  [
    "pages begin anew",
    "list",
    (store) => ({
      list: (tenant, filter, { cursor: _cursor, ...page }) => store.list(tenant, filter, page)
    })
  ],
  [
    "approvals end a moment late",
    "approvals-ended",
    (store) => ({
      approvalsEnded: (at, limit) => store.approvalsEnded(DateTime.subtract(at, { milliseconds: 1 }), limit)
    })
  ],
  [
    "approvals come in the wrong order",
    "approvals-ended",
    (store) => ({
      approvalsEnded: (at, limit) => Effect.map(store.approvalsEnded(at, limit), (found) => found.toReversed())
    })
  ],
  [
    "the limit of the sweep is ignored",
    "approvals-ended",
    (store) => ({
      approvalsEnded: (at) => store.approvalsEnded(at, 100_000)
    })
  ],
  ["a removed beneficiary stays on the list", "removed", () => ({ removeBeneficiary: () => Effect.succeed(true) })],
  [
    "an account is kept twice",
    "beneficiaries",
    (store) => ({
      insertBeneficiary: (each) => store.insertBeneficiary({ ...each, accountIndex: `${each.accountIndex} ${each.id}` })
    })
  ],
  ["beneficiaries are not forgotten", "forgotten", () => ({ forgetBeneficiaries: () => Effect.succeed(2) })]
]

const keyBugs: ReadonlyArray<readonly [name: string, caughtBy: string, bug: (store: Keys) => Partial<Keys>]> = [
  [
    "a key survives its destruction",
    "destroy",
    (store) => ({
      destroy: (subject) => Effect.map(store.find(subject), Option.isSome)
    })
  ],
  [
    "a second key takes the place of the first",
    "insert",
    (store) => ({
      insert: (subject, key) =>
        Effect.gen(function* () {
          if (yield* store.insert(subject, key)) return true
          const found = yield* store.find(subject)
          return Option.isSome(found) && found.value._tag === "Present"
            ? yield* store.replace(subject, found.value, key)
            : false
        })
    })
  ],
  [
    "tenants share keys",
    "apart",
    (store) => ({
      insert: ({ subjectId }, key) => store.insert({ tenant: "all", subjectId }, key),
      find: ({ subjectId }) => store.find({ tenant: "all", subjectId })
    })
  ],
  [
    "any wrapping is replaced",
    "replace",
    (store) => ({
      replace: (subject, _from, to) =>
        Effect.flatMap(store.find(subject), (found) =>
          Option.isSome(found) && found.value._tag === "Present"
            ? store.replace(subject, found.value, to)
            : Effect.succeed(false)
        )
    })
  ],
  [
    "destroying twice moves the time",
    "destroy",
    (store) => ({ destroy: (subject, at) => Effect.as(store.destroy(subject, at), true) })
  ],
  [
    "what the current key wraps is found too",
    "wrapped-by-others",
    (store) => ({
      wrappedByOthers: (_current, limit) => store.wrappedByOthers("none", limit)
    })
  ],
  [
    "the limit is ignored",
    "wrapped-by-others",
    (store) => ({ wrappedByOthers: (current) => store.wrappedByOthers(current, 100_000) })
  ]
]

const approval: KycFinding = { checks: [], verdict: "approved", reasons: [], expiresAt: DateTime.makeUnsafe(4e12) }
const rejection: KycFinding = { checks: [], verdict: "rejected", reasons: [], expiresAt: null }

const verifierBugs: ReadonlyArray<readonly [name: string, caughtBy: string, verify: KycVerifier["Service"]["verify"]]> =
  [
    ["everybody is approved", "nothing-shown", () => Effect.succeed(approval)],
    [
      "expiry is ignored",
      "expired",
      ({ documents }) =>
        Effect.succeed(documents.length > 0 ? approval : { ...rejection, reasons: ["document-missing"] })
    ],
    ["nobody is told why", "well-formed", () => Effect.succeed(rejection)],
    [
      "an approval has ended already",
      "well-formed",
      () => Effect.succeed({ ...approval, expiresAt: DateTime.makeUnsafe(0) })
    ],
    [
      "a finding quotes the name",
      "nothing-personal",
      ({ file }) => Effect.succeed({ ...rejection, reasons: [`of ${Redacted.value(file.details.name)}`] })
    ]
  ]

const customersWith = (bug: (store: Customers) => Partial<Customers>) =>
  Layer.effect(
    CustomerStore,
    Effect.map(CustomerStore, (store) => CustomerStore.of({ ...store, ...bug(store) }))
  ).pipe(Layer.provide(Layer.fresh(CustomerStore.layerMemory)), Layer.merge(Atomic.layerMemory))

const keysWith = (bug: (store: Keys) => Partial<Keys>) =>
  Layer.effect(
    DataKeyStore,
    Effect.map(DataKeyStore, (store) => DataKeyStore.of({ ...store, ...bug(store) }))
  ).pipe(Layer.provide(Layer.fresh(DataKeyStore.layerMemory)), Layer.merge(Atomic.layerMemory))

describe("the suites catch planted bugs", () => {
  for (const [name, caughtBy, bug] of customerBugs) {
    it.live(`customers: ${name}`, () =>
      Effect.map(broken(CustomerStoreTest.checks, customersWith(bug)), (keys) => expect(keys).toContain(caughtBy))
    )
  }
  for (const [name, caughtBy, bug] of keyBugs) {
    it.live(`keys: ${name}`, () =>
      Effect.map(broken(DataKeyStoreTest.checks, keysWith(bug)), (keys) => expect(keys).toContain(caughtBy))
    )
  }
  for (const [name, caughtBy, verify] of verifierBugs) {
    it.live(`verifier: ${name}`, () =>
      Effect.map(broken(KycVerifierTest.checks, Layer.succeed(KycVerifier, { verify })), (keys) =>
        expect(keys).toContain(caughtBy)
      )
    )
  }
  it.live("and pass what has none", () =>
    Effect.gen(function* () {
      expect(
        yield* broken(
          CustomerStoreTest.checks,
          customersWith(() => ({}))
        )
      ).toEqual([])
      expect(
        yield* broken(
          DataKeyStoreTest.checks,
          keysWith(() => ({}))
        )
      ).toEqual([])
    })
  )
})
