import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CustomerId } from "./Customer.ts"

/** What keeps a customer from being closed: a kind of thing, such as `accounts`, and which ones. */
export interface Obligation {
  readonly kind: string
  readonly ids: ReadonlyArray<string>
}

/**
 * What customers still have with the bank, which keeps them from being closed. Whoever keeps such things answers.
 *
 * `open` is asked in the transaction that closes the customer, which has locked it. Whoever opens an account locks the
 * customer first too (`Customers.inBusiness`), so none is opened while the customer is being closed.
 */
export class CustomerObligations extends Context.Service<
  CustomerObligations,
  { readonly open: (tenant: string, customerId: CustomerId) => Effect.Effect<ReadonlyArray<Obligation>> }
>()("saldo/banking/CustomerObligations") {
  /** Nothing keeps a customer: for a host that keeps customers alone. */
  static readonly layer: Layer.Layer<CustomerObligations> = Layer.succeed(
    this,
    this.of({ open: () => Effect.succeed([]) })
  )
}
