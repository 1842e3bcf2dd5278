/**
 * What of a settlement account is asked for, and what it comes to.
 */
import type { SettlementAccountId, SettlementStatementId } from "./SettlementAccount.ts"
import type { ItemSide, ItemState } from "./SettlementItem.ts"

/** Which items to give; every part is optional, and all parts must hold. */
export interface SettlementItemFilter {
  readonly side?: ItemSide
  readonly state?: ItemState
  /** The lines of one imported statement. */
  readonly statementId?: SettlementStatementId
}

/** Which matches to give. */
export interface SettlementMatchFilter {
  /** Those that were undone, or all that stand. */
  readonly undone?: boolean
}

/** What the items of a side in a state come to, in minor units of the account's currency. */
export interface SettlementSum {
  readonly side: ItemSide
  readonly state: ItemState
  readonly count: number
  readonly amount: bigint
}

/** What a cursor of the statements stands for. */
export const statementsQuery = (tenant: string, accountId: SettlementAccountId) => ({
  list: "settlement-statements",
  tenant,
  accountId
})

/** What a cursor of the items stands for. */
export const itemsQuery = (tenant: string, accountId: SettlementAccountId, filter: SettlementItemFilter) => ({
  list: "settlement-items",
  tenant,
  accountId,
  side: filter.side ?? null,
  state: filter.state ?? null,
  statementId: filter.statementId ?? null
})

/** What a cursor of the matches stands for. */
export const matchesQuery = (tenant: string, accountId: SettlementAccountId, filter: SettlementMatchFilter) => ({
  list: "settlement-matches",
  tenant,
  accountId,
  undone: filter.undone ?? null
})
