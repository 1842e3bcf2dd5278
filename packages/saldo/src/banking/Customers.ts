import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { AuditTrail } from "../audit/AuditTrail.ts"
import type { Actor, NotPermitted } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import type { CommandInProgress, CommandKey, IdempotencyMismatch } from "../core/Command.ts"
import { Idempotency } from "../core/Idempotency.ts"
import type { Page, PageRequest } from "../core/Page.ts"
import { workerTurn } from "../core/WorkerTurn.ts"
import type {
  Customer,
  CustomerDetails,
  CustomerFilter,
  CustomerId,
  CustomerKind,
  RegistrationScheme,
  StoredCustomer
} from "./Customer.ts"
import { CustomerObligations } from "./CustomerObligations.ts"
import type {
  CustomerChanged,
  CustomerNotFound,
  CustomerRefusal,
  CustomerStateUnfit,
  KycNotApproved,
  RegistrationMisfit,
  RegistrationTaken
} from "./CustomerRefusal.ts"
import { CustomerStore, type PageFailure } from "./CustomerStore.ts"
import type { RegistrationNumberInvalid } from "./IdentifierInvalid.ts"
import { makeActs } from "./internal/customerActs.ts"
import { makeFiles } from "./internal/customerFiles.ts"
import { makeKyc } from "./internal/customerKyc.ts"
import { makeLife } from "./internal/customerLife.ts"
import { makeReads } from "./internal/customerReads.ts"
import type { KycDocument, KycVerdict, ReasonCode } from "./Kyc.ts"
import { type KycUnavailable, KycVerifier } from "./KycVerifier.ts"
import { PersonalData } from "./PersonalData.ts"

/** A registration number as somebody wrote it down, in any form that its reader takes. */
export interface WrittenRegistration {
  readonly scheme: RegistrationScheme
  readonly number: Redacted.Redacted
}

/** A customer to be registered. */
export interface CustomerOpening {
  readonly key: CommandKey
  readonly kind: CustomerKind
  readonly registration: WrittenRegistration
  readonly details: CustomerDetails
}

/** An act on one customer: the key of the command, and whom it concerns. */
export interface OnCustomer {
  readonly key: CommandKey
  readonly customerId: CustomerId
}

/** A person's decision about a customer. `expiresAt` is when an approval ends, and null unless it is one. */
export interface Decision extends OnCustomer {
  readonly verdict: KycVerdict
  readonly reasons: ReadonlyArray<ReasonCode>
  readonly expiresAt: DateTime.Utc | null
}

/** Why an act on a customer is not carried out. */
export type ActFailure = CustomerRefusal | IdempotencyMismatch | CommandInProgress | NotPermitted

type Acting<Input, Failure = never> = (input: Input) => Effect.Effect<Customer, ActFailure | Failure, Actor>

/**
 * Use case: the customers of the actor's tenant, from registration to erasure.
 *
 * Everything personal is sealed under the customer's own key before it is stored; the trail, the outcomes kept for
 * repeated commands, failures and logs hold none of it. Every act is recorded in the transaction of the act, refusals
 * behind it. An actor without `bank:any-customer` reaches the customer that it is or acts for; any other is
 * `CustomerNotFound` to it.
 *
 * The states: `pending` → `active` by an unexpired approval; `active` ↔ `restricted` by reasons, of which each is lifted on
 * its own; any of them → `closed` when nothing is left open. A closed customer may be erased, once.
 */
export class Customers extends Context.Service<
  Customers,
  {
    /** Registers a customer, who is `pending`. Needs `bank:manage` and `bank:any-customer`. */
    readonly register: (
      opening: CustomerOpening
    ) => Effect.Effect<
      Customer,
      | RegistrationNumberInvalid
      | RegistrationMisfit
      | RegistrationTaken
      | IdempotencyMismatch
      | CommandInProgress
      | NotPermitted,
      Actor
    >
    /** Puts other details in place of the customer's. Needs `bank:manage`. */
    readonly change: Acting<OnCustomer & { readonly details: CustomerDetails }>
    /** Puts documents to those that were handed in. Needs `bank:transact`. */
    readonly submitDocuments: Acting<OnCustomer & { readonly documents: ReadonlyArray<KycDocument> }>
    /**
     * Has the customer verified. The verifier is asked outside any transaction; the same key asks again after a crash, and
     * after `KycUnavailable` and `CustomerChanged`, which leave no trace. Needs `bank:manage`.
     */
    readonly verify: Acting<OnCustomer, CustomerChanged | KycUnavailable>
    /** Decides in place of the verifier, such as after a review. Needs `bank:approve`. */
    readonly decide: Acting<Decision>
    /** Makes a pending customer active. Needs `bank:manage` and an unexpired approval. */
    readonly activate: Acting<OnCustomer>
    /** Restricts a customer for a reason. Needs `bank:manage`. */
    readonly restrict: Acting<OnCustomer & { readonly reason: ReasonCode }>
    /** Takes a restriction away. Needs `bank:manage`, and for the last one an unexpired approval. */
    readonly lift: Acting<OnCustomer & { readonly reason: ReasonCode }>
    /** Closes a customer who has nothing left with the bank. Needs `bank:manage`. */
    readonly close: Acting<OnCustomer>
    /**
     * Destroys the key of a closed customer, and with it everything personal, in every copy of the data that lacks the key.
     * The books, the decisions and the trail stay. Needs `bank:manage`.
     */
    readonly erase: Acting<OnCustomer>

    /** Needs `bank:read`. */
    readonly find: (id: CustomerId) => Effect.Effect<Customer, CustomerNotFound | NotPermitted, Actor>
    /** The customer with a registration number. Needs `bank:read` and `bank:any-customer`. */
    readonly findByRegistration: (
      kind: CustomerKind,
      registration: WrittenRegistration
    ) => Effect.Effect<Customer | null, RegistrationNumberInvalid | NotPermitted, Actor>
    /** Customers by id. Needs `bank:read` and `bank:any-customer`. */
    readonly list: (
      filter?: CustomerFilter,
      page?: PageRequest
    ) => Effect.Effect<Page<Customer>, PageFailure | NotPermitted, Actor>

    /**
     * For other use cases, which have checked permission and reach: locks a customer of a tenant who may do business now.
     * Call it first in a locking transaction; the customer then stays as it is until the transaction ends.
     */
    readonly inBusiness: (
      tenant: string,
      id: CustomerId
    ) => Effect.Effect<StoredCustomer, CustomerNotFound | CustomerStateUnfit | KycNotApproved>

    /** Restricts up to so many customers (100 when left out) of all tenants whose approval has ended; says how many. */
    readonly expireApprovals: (limit?: number) => Effect.Effect<number>
  }
>()("saldo/banking/Customers") {
  /** The customers in a store. */
  static readonly layer: Layer.Layer<
    Customers,
    never,
    CustomerStore | PersonalData | KycVerifier | CustomerObligations | AuditTrail | Atomic | Idempotency
  > = Layer.effect(
    this,
    Effect.suspend(() => make)
  )

  /** Restricts customers whose approval has ended, once a minute as long as the layer lives; any number of processes may. */
  static readonly layerExpiry: Layer.Layer<never, never, Customers> = Layer.effectDiscard(
    Effect.flatMap(this, (customers) =>
      customers.expireApprovals().pipe(
        Effect.repeat({ while: (ended) => ended > 0 }),
        workerTurn("approval-expiry"),
        Effect.catchCause((cause) => Effect.logWarning("Ended approvals were not swept and will be next time", cause)),
        Effect.repeat(Schedule.spaced("1 minute")),
        Effect.forkScoped
      )
    )
  )
}

const make = Effect.gen(function* () {
  const personal = yield* PersonalData
  const ground = {
    store: yield* CustomerStore,
    audit: yield* AuditTrail,
    atomic: yield* Atomic,
    idempotency: yield* Idempotency,
    files: makeFiles(personal)
  }
  const acts = makeActs(ground)
  return Customers.of({
    ...makeLife(ground, acts, personal, yield* CustomerObligations),
    ...makeKyc(ground, acts, yield* KycVerifier),
    ...makeReads(ground, acts)
  })
})
