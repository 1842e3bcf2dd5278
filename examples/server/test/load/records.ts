/**
 * What the load has asked the bank to move, and what it was told of it.
 */

/** A transfer, by the key under which it was ordered. */
export interface Transfer {
  readonly key: string
  readonly from: string
  readonly to: string
  readonly ore: number
  /** The entries that the answers named: one at most, unless something is very wrong. */
  readonly entries: Set<string>
}

/** A payment to another bank, by the key under which it was ordered. */
export interface Payment {
  readonly key: string
  readonly accountId: string
  readonly ore: number
  /** Whether the other bank takes it. */
  readonly taken: boolean
  /** The orders that the answers named. */
  readonly orders: Set<string>
  /** Whether a second person has to consent, and has. */
  consent: "none" | "asked" | "given"
}

/** All that was asked for. It is noted before it is sent, so that what nobody answers is known too. */
export interface Records {
  readonly transfers: Map<string, Transfer>
  readonly payments: Map<string, Payment>
  /** What was paid in over the counter, by account. */
  readonly deposits: Map<string, number>
}

/** Records of a load that has not begun. */
export const noRecords = (): Records => ({ transfers: new Map(), payments: new Map(), deposits: new Map() })

/** An amount as the interface has it. */
export const kronor = (ore: number) => ({
  amount: `${Math.trunc(ore / 100)}.${String(ore % 100).padStart(2, "0")}`,
  currency: "SEK"
})

/** An amount of the interface in öre; exact, as no account under load has anything near 2^53. */
export const oreOf = ({ amount }: { readonly amount: string }): number => {
  const [, sign = "", whole = "", hundredths = ""] = /^(-?)(\d+)\.(\d{2})$/u.exec(amount) ?? []
  if (whole === "") throw new TypeError(`${amount} is no amount of kronor`)
  return Number(`${sign}${whole}${hundredths}`)
}
