/**
 * What the use cases on deposit accounts share: finding an account within the actor's reach, and taking it for a change.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { Actor, type Permission } from "../../core/Actor.ts"
import { CommandKey } from "../../core/Command.ts"
import { fingerprint } from "../../core/fingerprint.ts"
import type { Money } from "../../money/Money.ts"
import { reaches } from "../BankAccess.ts"
import type { DepositAccount, DepositAccountId } from "../DepositAccount.ts"
import type { DepositAccountStore } from "../DepositAccountStore.ts"
import type { DepositProduct } from "../DepositProduct.ts"
import type { DepositProducts } from "../DepositProducts.ts"
import { DepositAccountNotFound, DepositAccountNotOpen, DepositAmountInvalid } from "../DepositRefusal.ts"

/** The ledger's key for a part of a command: told apart by operation, and never longer than a key may be. */
export const ledgerKey = (operation: string, key: CommandKey): CommandKey =>
  CommandKey.make(`${operation} ${Result.getOrThrow(fingerprint([operation, key])).digest}`)

/** The account, if the actor has the permission and reaches it. */
export const findWithin = Effect.fnUntraced(function* (
  store: DepositAccountStore["Service"],
  permission: Permission,
  id: DepositAccountId
) {
  yield* Actor.require(permission)
  const actor = yield* Actor
  const found = yield* store.find(actor.tenant, id)
  return Option.isSome(found) && reaches(actor, found.value.customerId)
    ? found.value
    : yield* new DepositAccountNotFound({ accountId: id })
})

/** The version of the product that an account is on. One that is gone from the host's products is a mistake of the host. */
export const productOf = (products: DepositProducts["Service"], { product }: DepositAccount): DepositProduct =>
  Option.getOrThrowWith(
    products.find(product),
    () => new RangeError(`Version ${product.version} of the product ${product.productId} is not among the products`)
  )

/** Takes accounts for a change in the order of their ids, and gives them in the asked order. */
export const lockAll = Effect.fnUntraced(function* (
  store: DepositAccountStore["Service"],
  tenant: string,
  ids: ReadonlyArray<DepositAccountId>
) {
  const byId = new Map((yield* store.lock(tenant, ids)).map((account) => [account.id, account]))
  return yield* Effect.forEach(ids, (accountId) => {
    const account = byId.get(accountId)
    return account === undefined ? new DepositAccountNotFound({ accountId }) : Effect.succeed(account)
  })
})

/** Refuses an account that is blocked or closed. */
export const requireOpen = ({ id, state }: DepositAccount): Effect.Effect<void, DepositAccountNotOpen> =>
  state === "open" ? Effect.void : new DepositAccountNotOpen({ accountId: id, state })

/** Refuses an amount that is not above zero or not in the account's currency. */
export const requireAmount = (amount: Money, { currency }: DepositAccount): Effect.Effect<void, DepositAmountInvalid> =>
  amount.amount > 0n && amount.currency === currency ? Effect.void : new DepositAmountInvalid({ amount, currency })
