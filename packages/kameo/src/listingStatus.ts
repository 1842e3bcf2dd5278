/**
 * The stage of a loan, derived from what the listing tells. Kameo sends no status of its own.
 */
import type { LoanListingStatus } from "saldo/lending/LoanListing"

/** What the derivation reads; times are milliseconds since 1970 in UTC. */
export interface StatusFacts {
  /** The `status` of the simplified record shape, when the record has one. */
  readonly statusText: string | null
  readonly stateId: number | null
  readonly stateText: string | null
  readonly listedAt: number | null
  readonly opensAt: number | null
  readonly closesAt: number | null
  /** Subscribed at least the amount, or flagged fully funded: see {@link isFunded}. */
  readonly funded: boolean
  readonly now: number
}

const told: Readonly<Record<string, LoanListingStatus>> = {
  open: "open",
  closed: "closed",
  funded: "funded",
  active: "active",
  completed: "completed",
  canceled: "canceled",
  cancelled: "canceled",
  unknown: "unknown"
}

const ended: Readonly<Record<string, LoanListingStatus>> = {
  avbruten: "canceled",
  inställd: "canceled",
  återkallad: "canceled",
  återbetald: "completed",
  slutbetald: "completed",
  utbetald: "active",
  pågående: "active"
}

const lookUp = (table: Readonly<Record<string, LoanListingStatus>>, text: string): LoanListingStatus | undefined =>
  Object.hasOwn(table, text) ? table[text] : undefined

/** The form in which state texts are compared: composed (NFC), trimmed, lower case. */
export const stateKey = (text: string | null): string => (text ?? "").normalize("NFC").trim().toLowerCase()

/**
 * Whether a loan counts as funded. The platform's own flag is only evidence for, never against: it was seen as 0 on a
 * loan subscribed in full.
 */
export const isFunded = (facts: {
  readonly funded: bigint | null
  readonly amount: bigint
  readonly fullyFundedState: number | null
}): boolean => (facts.funded !== null && facts.funded >= facts.amount) || facts.fullyFundedState === 1

/**
 * Derives the stage. The first rule that matches decides: what the simplified record says, an ended state, the
 * allotment (30), the opening and closing instants, the preview (11), and at last whether there is any date at all.
 */
export const listingStatus = (facts: StatusFacts): LoanListingStatus => {
  if (facts.statusText !== null) return lookUp(told, stateKey(facts.statusText)) ?? "unknown"
  const text = stateKey(facts.stateText)
  const end = lookUp(ended, text)
  if (end !== undefined) return end
  const settled = facts.funded ? "funded" : "closed"
  if (facts.stateId === 30 || text === "tilldelning") return settled
  if (facts.opensAt !== null && facts.now < facts.opensAt) return "upcoming"
  if (facts.closesAt !== null && facts.now > facts.closesAt) return settled
  if (facts.stateId === 11 || text === "förhandsteckning") return "open"
  const dated = facts.opensAt !== null || facts.closesAt !== null || facts.listedAt !== null
  return dated ? (facts.funded ? "funded" : "open") : "unknown"
}
