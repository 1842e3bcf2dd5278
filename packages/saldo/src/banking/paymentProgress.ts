/** How the status words of a bank and the states of our payment orders tell of each other. */
import type { PaymentOrderState, PaymentStatus } from "./PaymentStatus.ts"

const statuses: Readonly<Record<PaymentOrderState, PaymentStatus | undefined>> = {
  created: "RCVD",
  approved: "ACCP",
  sent: "ACSP",
  settled: "ACSC",
  held: "PDNG",
  failed: "RJCT",
  returned: undefined,
  cancelled: undefined
}

/**
 * The status word for the state of an order; undefined for `returned`, which is told by a pacs.004 message and not by a
 * status, and for `cancelled`, which ended before any bank knew of it.
 */
export const paymentStatusOf = (state: PaymentOrderState): PaymentStatus | undefined => statuses[state]

const states: Readonly<Record<PaymentStatus, PaymentOrderState>> = {
  RCVD: "sent",
  ACTC: "sent",
  ACCP: "sent",
  ACSP: "sent",
  ACSC: "settled",
  PDNG: "held",
  RJCT: "failed"
}

/** The state of an order that a bank has reported with this word: once a bank has it, it has been sent. */
export const orderStateOf = (status: PaymentStatus): PaymentOrderState => states[status]

/** Whether no other status can follow. A settled payment may still be returned, as a payment of its own. */
export const isFinalStatus = (status: PaymentStatus): boolean => status === "ACSC" || status === "RJCT"

const progress: Readonly<Record<PaymentStatus, number>> = {
  RCVD: 0,
  ACTC: 1,
  ACCP: 2,
  ACSP: 3,
  PDNG: 3,
  ACSC: 4,
  RJCT: 4
}

/**
 * What a report makes of a known status, when reports may be repeated and come in any order: `advanced` to the new one,
 * `unchanged` by a repeated or belated one, or in `conflict` when one says settled and the other rejected. A hold and
 * the settlement in process may follow each other either way.
 */
export const compareStatus = (known: PaymentStatus, reported: PaymentStatus): "advanced" | "unchanged" | "conflict" => {
  if (known === reported) return "unchanged"
  if (isFinalStatus(known) && isFinalStatus(reported)) return "conflict"
  return progress[reported] >= progress[known] ? "advanced" : "unchanged"
}
