import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CustomerId } from "./Customer.ts"
import { DepositAccountStore } from "./DepositAccountStore.ts"
import { isFinal } from "./PaymentOrder.ts"
import { PaymentOrderStore } from "./PaymentOrderStore.ts"
import { PaymentPlanStore } from "./PaymentPlanStore.ts"
import { PaymentOrderState } from "./PaymentStatus.ts"

/** What keeps a customer from being closed: a kind of thing, such as `accounts`, and which ones. */
export interface Obligation {
  readonly kind: string
  readonly ids: ReadonlyArray<string>
}

type Listing = Effect.Effect<{ readonly items: ReadonlyArray<{ readonly id: string }> }, unknown>

const openAccounts = ["open", "blocked"] as const
const openPlans = ["created", "active"] as const

/**
 * What customers still have with the bank, which keeps them from being closed. Whoever keeps such things answers.
 *
 * `open` is asked in the transaction that closes the customer, which has locked it. Whoever opens an account or orders a
 * payment locks the customer first too (`Customers.inBusiness`), so that neither happens while the customer is being closed.
 */
export class CustomerObligations extends Context.Service<
  CustomerObligations,
  { readonly open: (tenant: string, customerId: CustomerId) => Effect.Effect<ReadonlyArray<Obligation>> }
>()("saldo/banking/CustomerObligations") {
  /** Accounts that are not closed keep a customer, and payments and standing orders that have not ended. */
  static readonly layer: Layer.Layer<
    CustomerObligations,
    never,
    DepositAccountStore | PaymentOrderStore | PaymentPlanStore
  > = Layer.effect(
    this,
    Effect.gen(function* () {
      const accounts = yield* DepositAccountStore
      const orders = yield* PaymentOrderStore
      const plans = yield* PaymentPlanStore
      return CustomerObligations.of({
        open: Effect.fnUntraced(function* (tenant, customerId) {
          const of = <State>(
            states: ReadonlyArray<State>,
            list: (filter: { readonly customerId: CustomerId; readonly state: State }) => Listing
          ) =>
            Effect.forEach(states, (state) =>
              Effect.map(Effect.orDie(list({ customerId, state })), ({ items }) => items.map(({ id }) => id))
            )
          const openOrders = PaymentOrderState.literals.filter((state) => !isFinal(state))
          return [
            { kind: "accounts", ids: (yield* of(openAccounts, (filter) => accounts.list(tenant, filter, {}))).flat() },
            { kind: "payments", ids: (yield* of(openOrders, (filter) => orders.list(tenant, filter, {}))).flat() },
            { kind: "standing orders", ids: (yield* of(openPlans, (filter) => plans.list(tenant, filter, {}))).flat() }
          ]
        })
      })
    })
  )

  /** Nothing keeps a customer: for a host that keeps customers alone. */
  static readonly layerNone: Layer.Layer<CustomerObligations> = Layer.succeed(
    this,
    this.of({ open: () => Effect.succeed([]) })
  )
}
