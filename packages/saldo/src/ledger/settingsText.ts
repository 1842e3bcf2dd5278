import type { AccountSettings } from "./LedgerAccount.ts"

/** The one text of an account's settings, by which a store tells whether a change changes anything. */
export const settingsText = (settings: AccountSettings): string => {
  const { bounds, closed, creditsBlocked, debitsBlocked, frozen, metadata, name, parent } = settings
  const bound = (amount: bigint | null) => (amount === null ? null : String(amount))
  return JSON.stringify([
    [name, parent, bound(bounds.minimum), bound(bounds.maximum), closed, frozen, debitsBlocked, creditsBlocked],
    Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  ])
}
