import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type { CursorMismatch, InvalidCursor, Page, PageRequest } from "../core/Page.ts"
import type { BeneficiaryId, StoredBeneficiary } from "./Beneficiary.ts"
import type { CustomerFilter, CustomerId, StoredCustomer } from "./Customer.ts"
import { makeMemoryCustomers } from "./internal/memoryCustomers.ts"

/** Why a page cannot be given. */
export type PageFailure = InvalidCursor | CursorMismatch

/**
 * Port: customers and their beneficiaries, with everything personal under seal. Nothing of one tenant shows in another.
 *
 * Contract:
 * - `insert` keeps a customer unless one of the tenant has its id or its registration index, which it then gives.
 * - `save` puts the next version in place of the one before it and says whether that one was there; a registration index
 *   that another customer of the tenant has keeps it from being saved.
 * - `lock` gives the customer and keeps it from being written by others until the transaction ends; use it inside
 *   `Atomic.runLocking`, before anything is decided on the customer.
 * - `list` goes by id. `approvalsEnded` gives customers of all tenants whose approval ended at or before an instant and who
 *   are not restricted for that already (see `approvalEndsAt`), those first whose ended first.
 * - `insertBeneficiary` keeps a beneficiary unless its id is taken, or the customer has one with its account index that was
 *   not removed, which it then gives. `removeBeneficiary` says whether it was on the list. `listBeneficiaries` gives those on it, by id.
 * - `forgetBeneficiaries` takes what is sealed and the index from all beneficiaries of a customer, removed ones included,
 *   and says how many they are.
 *
 * Concurrency: of concurrent `insert`s of one registration, and `save`s of one version, exactly one wins.
 */
export class CustomerStore extends Context.Service<
  CustomerStore,
  {
    readonly insert: (customer: StoredCustomer) => Effect.Effect<Option.Option<StoredCustomer>>
    readonly find: (tenant: string, id: CustomerId) => Effect.Effect<Option.Option<StoredCustomer>>
    readonly lock: (tenant: string, id: CustomerId) => Effect.Effect<Option.Option<StoredCustomer>>
    readonly findByRegistration: (tenant: string, index: string) => Effect.Effect<Option.Option<StoredCustomer>>
    readonly save: (customer: StoredCustomer) => Effect.Effect<boolean>
    readonly list: (
      tenant: string,
      filter: CustomerFilter,
      page: PageRequest
    ) => Effect.Effect<Page<StoredCustomer>, PageFailure>
    readonly approvalsEnded: (at: DateTime.Utc, limit: number) => Effect.Effect<ReadonlyArray<StoredCustomer>>
    readonly insertBeneficiary: (beneficiary: StoredBeneficiary) => Effect.Effect<Option.Option<StoredBeneficiary>>
    readonly findBeneficiary: (tenant: string, id: BeneficiaryId) => Effect.Effect<Option.Option<StoredBeneficiary>>
    readonly removeBeneficiary: (tenant: string, id: BeneficiaryId, at: DateTime.Utc) => Effect.Effect<boolean>
    readonly listBeneficiaries: (
      tenant: string,
      customerId: CustomerId,
      page: PageRequest
    ) => Effect.Effect<Page<StoredBeneficiary>, PageFailure>
    readonly forgetBeneficiaries: (tenant: string, customerId: CustomerId) => Effect.Effect<number>
  }
>()("saldo/banking/CustomerStore") {
  /** Customers in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<CustomerStore> = Layer.effect(this, makeMemoryCustomers)
}
