import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { changes } from "../audit/changes.ts"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { Actor, type NotPermitted, Subject } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import type { CommandInProgress, CommandKey, IdempotencyMismatch } from "../core/Command.ts"
import * as Id from "../core/Id.ts"
import { Idempotency } from "../core/Idempotency.ts"
import type { Page, PageRequest } from "../core/Page.ts"
import { payPermission, reaches, readPermission } from "./BankAccess.ts"
import {
  type Beneficiary,
  type BeneficiaryId,
  BeneficiaryNotFound,
  BeneficiaryTaken,
  type StoredBeneficiary
} from "./Beneficiary.ts"
import type { CustomerId } from "./Customer.ts"
import { CustomerNotFound, type CustomerRefusal } from "./CustomerRefusal.ts"
import { CustomerStore, type PageFailure } from "./CustomerStore.ts"
import { stillOpen } from "./customerStates.ts"
import { type ExternalAccount, numberOf } from "./ExternalAccount.ts"
import { requireFor } from "./internal/bankScope.ts"
import { makeOnce } from "../audit/internal/commandOnce.ts"
import { actionOf, type Ground } from "./internal/customerActs.ts"
import { AddBeneficiary, RemoveBeneficiary } from "./internal/customerCommands.ts"
import { makeFiles } from "./internal/customerFiles.ts"
import { PersonalData } from "./PersonalData.ts"

/** A beneficiary to be kept: whose account it is, and which; `parseExternalAccount` reads what somebody wrote down. */
export interface NewBeneficiary {
  readonly key: CommandKey
  readonly customerId: CustomerId
  readonly name: Redacted.Redacted
  readonly account: ExternalAccount
}

type Failure = IdempotencyMismatch | CommandInProgress | NotPermitted

/**
 * Use case: the accounts elsewhere that customers pay to.
 *
 * Names and numbers are sealed under the customer's own key, so they go with it. A customer has an account once.
 *
 * @effect-expect-leaking Actor
 */
export class Beneficiaries extends Context.Service<
  Beneficiaries,
  {
    /** Puts an account on the customer's list. Needs `bank:pay`. */
    readonly add: (
      beneficiary: NewBeneficiary
    ) => Effect.Effect<Beneficiary, CustomerRefusal | BeneficiaryTaken | Failure, Actor>
    /** Takes one off the list; payments that were ordered keep it. Needs `bank:pay`. */
    readonly remove: (request: {
      readonly key: CommandKey
      readonly beneficiaryId: BeneficiaryId
    }) => Effect.Effect<Beneficiary, BeneficiaryNotFound | Failure, Actor>
    /** A beneficiary, on the list or not any more. Needs `bank:read`. */
    readonly find: (id: BeneficiaryId) => Effect.Effect<Beneficiary, BeneficiaryNotFound | NotPermitted, Actor>
    /** What is on a customer's list, by id. Needs `bank:read`. */
    readonly list: (
      customerId: CustomerId,
      page?: PageRequest
    ) => Effect.Effect<Page<Beneficiary>, CustomerNotFound | PageFailure | NotPermitted, Actor>
  }
>()("saldo/banking/Beneficiaries") {
  /** The beneficiaries in a store. */
  static readonly layer: Layer.Layer<
    Beneficiaries,
    never,
    CustomerStore | PersonalData | AuditTrail | Atomic | Idempotency
  > = Layer.effect(
    this,
    Effect.suspend(() => make)
  )
}

/** Of what is sealed the trail says that it changed; the index stays out of it. */
const recordOf = (
  action: `${string}.${string}`,
  before: StoredBeneficiary | null,
  { accountIndex: _index, tenant, ...after }: StoredBeneficiary
) => {
  const { accountIndex: _old, tenant: _tenant, ...then } = before ?? { accountIndex: null, tenant }
  return {
    action,
    subject: { type: "beneficiary", id: after.id },
    onBehalfOf: new Subject({ tenant, id: after.customerId }),
    changes: changes(before === null ? null : then, after, { "": "internal", "/sealed": "secret" })
  }
}

const makeAdd = ({ audit, files, store }: Ground, once: ReturnType<typeof makeOnce>) =>
  Effect.fn("Beneficiaries.add")(function* ({ account, customerId, key, name }: NewBeneficiary) {
    const notFound = () => new CustomerNotFound({ customerId })
    const { tenant } = yield* requireFor(payPermission, customerId, notFound)
    const file = { name, account }
    const content = yield* files.contentOfBeneficiary(tenant, file)
    const id = yield* Id.make("bene")
    const action = actionOf(AddBeneficiary)
    const adding = Effect.gen(function* () {
      const customer = yield* store.lock(tenant, customerId)
      if (Option.isNone(customer)) return yield* notFound()
      yield* Effect.fromResult(stillOpen(customer.value))
      const beneficiary: StoredBeneficiary = {
        id,
        tenant,
        customerId,
        createdAt: yield* DateTime.now,
        removedAt: null,
        sealed: yield* files.sealBeneficiary({ id, tenant, customerId }, file),
        accountIndex: yield* files.accountIndex(tenant, `${customerId} ${account._tag} ${numberOf(account)}`)
      }
      const there = yield* store.insertBeneficiary(beneficiary)
      if (Option.isSome(there)) return yield* new BeneficiaryTaken({ customerId, beneficiaryId: there.value.id })
      yield* audit.record(recordOf(action, null, beneficiary))
      return beneficiary
    })
    const subject = { type: "customer", id: customerId }
    return yield* files.readBeneficiary(
      yield* once(AddBeneficiary, { key, input: { customerId, content }, action, subject, act: adding })
    )
  })

const makeRemove = ({ audit, files, store }: Ground, once: ReturnType<typeof makeOnce>) =>
  Effect.fn("Beneficiaries.remove")(function* ({
    beneficiaryId,
    key
  }: {
    readonly key: CommandKey
    readonly beneficiaryId: BeneficiaryId
  }) {
    yield* Actor.require(payPermission)
    const actor = yield* Actor
    const { tenant } = actor
    const action = actionOf(RemoveBeneficiary)
    const notFound = () => new BeneficiaryNotFound({ beneficiaryId })
    const seen = yield* store.findBeneficiary(tenant, beneficiaryId)
    // Whose it is never changes, so whoever may not reach it is told so before a key is looked up.
    if (Option.isNone(seen) || !reaches(actor, seen.value.customerId)) return yield* notFound()
    const removing = Effect.gen(function* () {
      yield* store.lock(tenant, seen.value.customerId)
      const before = yield* store.findBeneficiary(tenant, beneficiaryId)
      const removedAt = yield* DateTime.now
      if (Option.isNone(before) || !(yield* store.removeBeneficiary(tenant, beneficiaryId, removedAt))) {
        return yield* notFound()
      }
      const after = { ...before.value, removedAt }
      yield* audit.record(recordOf(action, before.value, after))
      return after
    })
    const subject = { type: "beneficiary", id: beneficiaryId }
    return yield* files.readBeneficiary(
      yield* once(RemoveBeneficiary, { key, input: { beneficiaryId }, action, subject, act: removing })
    )
  })

const make = Effect.gen(function* () {
  const store = yield* CustomerStore
  const files = makeFiles(yield* PersonalData)
  const [audit, atomic, idempotency] = [yield* AuditTrail, yield* Atomic, yield* Idempotency]
  const ground = { store, audit, atomic, idempotency, files }
  const once = makeOnce(ground)

  return Beneficiaries.of({
    add: makeAdd(ground, once),
    remove: makeRemove(ground, once),
    find: Effect.fn("Beneficiaries.find")(function* (beneficiaryId) {
      yield* Actor.require(readPermission)
      const actor = yield* Actor
      const found = yield* store.findBeneficiary(actor.tenant, beneficiaryId)
      return Option.isSome(found) && reaches(actor, found.value.customerId)
        ? yield* files.readBeneficiary(found.value)
        : yield* new BeneficiaryNotFound({ beneficiaryId })
    }),
    list: Effect.fn("Beneficiaries.list")(function* (customerId, page = {}) {
      const notFound = () => new CustomerNotFound({ customerId })
      const { tenant } = yield* requireFor(readPermission, customerId, notFound)
      if (Option.isNone(yield* store.find(tenant, customerId))) return yield* notFound()
      const { items, next } = yield* store.listBeneficiaries(tenant, customerId, page)
      return { items: yield* Effect.forEach(items, files.readBeneficiary), next }
    })
  })
})
