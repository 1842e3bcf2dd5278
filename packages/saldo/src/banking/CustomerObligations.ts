import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CustomerId } from "./Customer.ts"
import type { DepositAccountState } from "./DepositAccount.ts"
import { DepositAccountStore } from "./DepositAccountStore.ts"

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
  /** Deposit accounts that are not closed keep a customer, and with them whatever is still to be paid from them. */
  static readonly layer: Layer.Layer<CustomerObligations, never, DepositAccountStore> = Layer.effect(
    this,
    Effect.map(DepositAccountStore, (store) =>
      CustomerObligations.of({
        open: Effect.fnUntraced(function* (tenant, customerId) {
          const of = (state: DepositAccountState) =>
            Effect.map(Effect.orDie(store.list(tenant, { customerId, state }, {})), ({ items }) => items)
          const accounts = [...(yield* of("open")), ...(yield* of("blocked"))]
          return [{ kind: "accounts", ids: accounts.map(({ id }) => id) }]
        })
      })
    )
  )

  /** Nothing keeps a customer: for a host that keeps customers alone. */
  static readonly layerNone: Layer.Layer<CustomerObligations> = Layer.succeed(
    this,
    this.of({ open: () => Effect.succeed([]) })
  )
}
