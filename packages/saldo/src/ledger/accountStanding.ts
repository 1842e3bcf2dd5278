import { type Bounds, type Counters, type LedgerAccount, normalSide, type Side } from "./LedgerAccount.ts"

/** What an account holds, in minor units of its currency on its normal side. */
export interface AccountStanding {
  /** Posted on the normal side less posted on the other one. */
  readonly balance: bigint
  /** Held on the other side: it leaves when it is captured, and is not available meanwhile. */
  readonly pendingOut: bigint
  /** Held on the normal side: announced, and never available before it is captured. */
  readonly pendingIn: bigint
}

/** What an account of a type holds by its counters. */
export const standingOf = (type: LedgerAccount["type"], counters: Counters): AccountStanding =>
  normalSide(type) === "debit"
    ? {
        balance: counters.debitsPosted - counters.creditsPosted,
        pendingOut: counters.creditsPending,
        pendingIn: counters.debitsPending
      }
    : {
        balance: counters.creditsPosted - counters.debitsPosted,
        pendingOut: counters.debitsPending,
        pendingIn: counters.creditsPending
      }

/** The least that the balance may come to with what is held: what the minimum is compared with. */
export const lowOf = ({ balance, pendingOut }: AccountStanding): bigint => balance - pendingOut

/** The most that the balance may come to with what is announced: what the maximum is compared with. */
export const highOf = ({ balance, pendingIn }: AccountStanding): bigint => balance + pendingIn

/** How much may leave the account before its minimum; null when it has none, negative when it is below already. */
export const availableOf = (standing: AccountStanding, { minimum }: Bounds): bigint | null =>
  minimum === null ? null : lowOf(standing) - minimum

/** How much the account may take before its maximum; null when it has none, negative when it is above already. */
export const roomOf = (standing: AccountStanding, { maximum }: Bounds): bigint | null =>
  maximum === null ? null : maximum - highOf(standing)

/** How much may be posted on a side of an account: what is available on the one, what there is room for on the other. */
export const capacityOf = (account: Pick<LedgerAccount, "type" | "counters" | "bounds">, side: Side): bigint | null => {
  const standing = standingOf(account.type, account.counters)
  return side === normalSide(account.type) ? roomOf(standing, account.bounds) : availableOf(standing, account.bounds)
}
