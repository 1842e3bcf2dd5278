import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { AccountId } from "../ledger/LedgerAccount.ts"
import { AccountHolders } from "./AccountHolders.ts"
import type { DepositAccount } from "./DepositAccount.ts"
import { DepositAccountStore } from "./DepositAccountStore.ts"

/** What payments need to know about the account that pays. */
export interface PaymentAccount {
  readonly customerId: DepositAccount["customerId"]
  readonly ledgerAccountId: AccountId
  readonly currency: string
  /** Whether it may pay at all, and its customer do business; whether it has the money is for the ledger to say. */
  readonly usable: boolean
}

type Find = (tenant: string, id: DepositAccount["id"]) => Effect.Effect<Option.Option<PaymentAccount>>

/** The accounts of a tenant as payments see them. */
export class PaymentAccounts extends Context.Service<
  PaymentAccounts,
  {
    readonly find: Find
    /** The same, first in a locking transaction: the customer then stays as it is until the transaction ends. */
    readonly lock: Find
  }
>()("saldo/banking/PaymentAccounts") {
  /** Payments from open deposit accounts of customers who may do business. */
  static readonly layer: Layer.Layer<PaymentAccounts, never, AccountHolders | DepositAccountStore> = Layer.effect(
    this,
    Effect.gen(function* () {
      const holders = yield* AccountHolders
      const store = yield* DepositAccountStore
      const seen = (holder: AccountHolders["Service"]["find"]): Find =>
        Effect.fnUntraced(function* (tenant, id) {
          const account = yield* store.find(tenant, id)
          if (Option.isNone(account)) return Option.none()
          const { currency, customerId, ledgerAccountId, state } = account.value
          const active = Option.exists(yield* holder(tenant, customerId), (found) => found.active)
          return Option.some({ currency, customerId, ledgerAccountId, usable: active && state === "open" })
        })
      return PaymentAccounts.of({ find: seen(holders.find), lock: seen(holders.lock) })
    })
  )

  /** Payments from accounts that the host keeps by itself, and keeps as they are while it is asked in a transaction. */
  static readonly layerOf = (find: Find): Layer.Layer<PaymentAccounts> =>
    Layer.succeed(this, this.of({ find, lock: find }))
}
