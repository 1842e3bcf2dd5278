import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type * as Page from "../core/Page.ts"
import { makeMemoryReconciliation } from "./internal/memoryReconciliation.ts"
import type { SettlementAccount, SettlementAccountId, SettlementStatement } from "./SettlementAccount.ts"
import type { SettlementItemFilter, SettlementMatchFilter, SettlementSum } from "./SettlementFilter.ts"
import type { Aside, ItemFacts, SettlementItem, SettlementItemId } from "./SettlementItem.ts"
import type { SettlementMatch, SettlementMatchId, SettlementReview, SettlementReviewId } from "./SettlementMatch.ts"

type Pages<A> = Effect.Effect<Page.Page<A>, Page.InvalidCursor | Page.CursorMismatch>

/**
 * Port: keeps the bank's own accounts with other banks, their statements, and what of them is reconciled with the ledger.
 *
 * Contract:
 * - `insertAccount` and `insertStatement` write once: of concurrent callers with one id, with one currency of a tenant, or
 *   with one statement of an account, one is told true.
 * - `lockAccounts` gives accounts in the order of their ids, as nobody else can change them until the transaction ends. All
 *   that is written about an account is written under its lock, inside `Atomic.runLocking`.
 * - `addItems` keeps new items as open ones that the rules may match, and leaves those that are there as they are; says how
 *   many were new.
 * - `match` writes matches of one account and takes their items, all or none: it says false, and has written nothing, when
 *   an item is not there or not open, or is in two of them. An item is therefore in one match at most. `unmatch` writes a match that was undone in place of the
 *   one that stood, and gives its items back, open and for persons only; false when no such match stood.
 * - `setAside` does so with open items, and `takeBack` opens those set aside again for persons only; all or none, as
 *   `match`.
 * - `openItems` and `listItems` go by day, then by id; `listStatements` and `listMatches` by number and id, newest first.
 * - Amounts, and their sums, are exact.
 * - No method sees another tenant's rows.
 */
export class ReconciliationStore extends Context.Service<
  ReconciliationStore,
  {
    readonly insertAccount: (account: SettlementAccount) => Effect.Effect<boolean>
    readonly findAccount: (tenant: string, id: SettlementAccountId) => Effect.Effect<Option.Option<SettlementAccount>>
    /** All of a tenant, by currency. */
    readonly accounts: (tenant: string) => Effect.Effect<ReadonlyArray<SettlementAccount>>
    readonly lockAccounts: (
      tenant: string,
      ids: ReadonlyArray<SettlementAccountId>
    ) => Effect.Effect<ReadonlyArray<SettlementAccount>>
    readonly saveAccount: (account: SettlementAccount) => Effect.Effect<boolean>

    readonly insertStatement: (statement: SettlementStatement) => Effect.Effect<boolean>
    /** By the id that the other bank gave it. */
    readonly findStatement: (
      tenant: string,
      accountId: SettlementAccountId,
      statementId: string
    ) => Effect.Effect<Option.Option<SettlementStatement>>
    readonly listStatements: (
      tenant: string,
      accountId: SettlementAccountId,
      page: Page.PageRequest
    ) => Pages<SettlementStatement>

    readonly addItems: (items: ReadonlyArray<ItemFacts>) => Effect.Effect<number>
    readonly openItems: (tenant: string, accountId: SettlementAccountId) => Effect.Effect<ReadonlyArray<SettlementItem>>
    /** Those of the ids that are there, by day and id. */
    readonly findItems: (
      tenant: string,
      accountId: SettlementAccountId,
      ids: ReadonlyArray<SettlementItemId>
    ) => Effect.Effect<ReadonlyArray<SettlementItem>>
    readonly listItems: (
      tenant: string,
      accountId: SettlementAccountId,
      filter: SettlementItemFilter,
      page: Page.PageRequest
    ) => Pages<SettlementItem>
    /** Of those sides and states that have items, by side and state. */
    readonly sums: (tenant: string, accountId: SettlementAccountId) => Effect.Effect<ReadonlyArray<SettlementSum>>

    readonly match: (matches: ReadonlyArray<SettlementMatch>) => Effect.Effect<boolean>
    readonly unmatch: (undone: SettlementMatch) => Effect.Effect<boolean>
    readonly findMatch: (tenant: string, id: SettlementMatchId) => Effect.Effect<Option.Option<SettlementMatch>>
    readonly listMatches: (
      tenant: string,
      accountId: SettlementAccountId,
      filter: SettlementMatchFilter,
      page: Page.PageRequest
    ) => Pages<SettlementMatch>
    readonly setAside: (
      tenant: string,
      accountId: SettlementAccountId,
      ids: ReadonlyArray<SettlementItemId>,
      aside: Aside
    ) => Effect.Effect<boolean>
    readonly takeBack: (
      tenant: string,
      accountId: SettlementAccountId,
      ids: ReadonlyArray<SettlementItemId>
    ) => Effect.Effect<boolean>

    readonly addReviews: (reviews: ReadonlyArray<SettlementReview>) => Effect.Effect<void>
    readonly endReviews: (
      tenant: string,
      accountId: SettlementAccountId,
      ids: ReadonlyArray<SettlementReviewId>
    ) => Effect.Effect<void>
    /** All of an account, by id. */
    readonly reviews: (tenant: string, accountId: SettlementAccountId) => Effect.Effect<ReadonlyArray<SettlementReview>>
  }
>()("saldo/banking/ReconciliationStore") {
  /** Accounts in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<ReconciliationStore> = Layer.effect(
    this,
    Effect.suspend(() => makeMemoryReconciliation)
  )
}
