import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { AccountId } from "../ledger/LedgerAccount.ts"
import type { DepositAccount } from "./DepositAccount.ts"
import { DepositAccountStore } from "./DepositAccountStore.ts"

/** What payments need to know about the account that pays. */
export interface PaymentAccount {
  readonly customerId: DepositAccount["customerId"]
  readonly ledgerAccountId: AccountId
  readonly currency: string
  /** Whether it may pay at all; whether it has the money is for the ledger to say. */
  readonly usable: boolean
}

/** The accounts of a tenant as payments see them. */
export class PaymentAccounts extends Context.Service<
  PaymentAccounts,
  {
    readonly find: (tenant: string, id: DepositAccount["id"]) => Effect.Effect<Option.Option<PaymentAccount>>
  }
>()("saldo/banking/PaymentAccounts") {
  /** Payments from deposit accounts. */
  static readonly layer: Layer.Layer<PaymentAccounts, never, DepositAccountStore> = Layer.effect(
    this,
    Effect.map(DepositAccountStore, (store) =>
      PaymentAccounts.of({
        find: (tenant, id) =>
          Effect.map(
            store.find(tenant, id),
            Option.map(({ currency, customerId, ledgerAccountId, state }) => ({
              currency,
              customerId,
              ledgerAccountId,
              usable: state === "open"
            }))
          )
      })
    )
  )

  /** Payments from accounts that the host keeps by itself. */
  static readonly layerOf = (find: PaymentAccounts["Service"]["find"]): Layer.Layer<PaymentAccounts> =>
    Layer.succeed(this, this.of({ find }))
}
