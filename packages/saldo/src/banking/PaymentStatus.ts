/**
 * The words in which banks say how a payment stands, after ISO 20022 (`ExternalPaymentTransactionStatus1Code` of the
 * external code sets, https://www.iso20022.org/catalogue-messages/additional-content-messages/external-code-sets).
 */
import * as Schema from "effect/Schema"

/** The status of one payment as a bank reports it in pain.002. */
export const PaymentStatus = Schema.Literals(["RCVD", "ACTC", "ACCP", "ACSP", "ACSC", "PDNG", "RJCT"])

/** One of the seven words of {@link PaymentStatus}. */
export type PaymentStatus = typeof PaymentStatus.Type

/** How a payment order stands with us. */
export const PaymentOrderState = Schema.Literals([
  "created",
  "approved",
  "sent",
  "settled",
  "held",
  "failed",
  "returned",
  "cancelled"
])

/** One of the eight words of {@link PaymentOrderState}. */
export type PaymentOrderState = typeof PaymentOrderState.Type

/** What each status means. */
export const paymentStatusNames: Readonly<Record<PaymentStatus, string>> = {
  RCVD: "Received",
  ACTC: "Accepted, technical validation",
  ACCP: "Accepted, customer profile",
  ACSP: "Accepted, settlement in process",
  ACSC: "Accepted, settlement completed on the debtor's account",
  PDNG: "Pending",
  RJCT: "Rejected"
}

/**
 * Why a payment was rejected, held or returned, by the code of ISO 20022 (`ExternalStatusReason1Code` and
 * `ExternalReturnReason1Code`); the ones that banks in the Nordic countries and in SEPA use.
 */
export const paymentReasonNames: ReadonlyMap<string, string> = new Map([
  ["AC01", "Incorrect account number"],
  ["AC03", "Invalid creditor account number"],
  ["AC04", "Closed account number"],
  ["AC06", "Blocked account"],
  ["AC13", "Invalid debtor account type"],
  ["AG01", "Transaction forbidden"],
  ["AG02", "Invalid bank operation code"],
  ["AM01", "Zero amount"],
  ["AM02", "Not allowed amount"],
  ["AM03", "Not allowed currency"],
  ["AM04", "Insufficient funds"],
  ["AM05", "Duplication"],
  ["AM09", "Wrong amount"],
  ["AM10", "Invalid control sum"],
  ["BE01", "Inconsistent with end customer"],
  ["BE04", "Missing creditor address"],
  ["BE05", "Unrecognised initiating party"],
  ["BE06", "Unknown end customer"],
  ["CNOR", "Creditor bank is not registered"],
  ["CURR", "Incorrect currency"],
  ["CUST", "Requested by customer"],
  ["DNOR", "Debtor bank is not registered"],
  ["DT01", "Invalid date"],
  ["DUPL", "Duplicate payment"],
  ["ED05", "Settlement failed"],
  ["FF01", "Invalid file format"],
  ["FOCR", "Following cancellation request"],
  ["FRAD", "Fraudulent origin"],
  ["LEGL", "Legal decision"],
  ["MD07", "End customer deceased"],
  ["MS02", "Not specified reason, customer generated"],
  ["MS03", "Not specified reason, agent generated"],
  ["NARR", "Narrative"],
  ["NOAS", "No answer from customer"],
  ["RC01", "Bank identifier incorrect"],
  ["RR01", "Missing debtor account or identification"],
  ["RR02", "Missing debtor name or address"],
  ["RR03", "Missing creditor name or address"],
  ["RR04", "Regulatory reason"],
  ["TECH", "Technical problem"],
  ["TM01", "Invalid cut-off time"]
])
