/** Payment orders as the batch from which a payment file is written. */
import type * as DateTime from "effect/DateTime"
import type { LocalDate } from "../time/LocalDate.ts"
import { type CreditTransfer, type CreditTransferBatch } from "./CreditTransfers.ts"
import type { PaymentDebtor } from "./PaymentFile.ts"
import type { PaymentOrder } from "./PaymentOrder.ts"

/** An order, and the day of execution that its file asks for. */
export interface RequestedOrder {
  readonly order: PaymentOrder
  readonly requestedOn: LocalDate
}

const transferOf = ({ amount, creditor, endToEndId, message, uetr }: PaymentOrder): CreditTransfer => ({
  instructionId: endToEndId,
  endToEndId,
  uetr,
  amount,
  creditor: { name: creditor.name },
  creditorAccount: creditor.account,
  ...(message === undefined ? {} : { message })
})

/**
 * A batch with one group for each day of execution, by day, and the orders of each as they are given. The same orders give
 * the same batch.
 */
export const batchOf = (
  { account, bic, debtor, initiator = debtor }: PaymentDebtor,
  messageId: string,
  createdAt: DateTime.Utc,
  orders: ReadonlyArray<RequestedOrder>
): CreditTransferBatch => {
  const days = [...new Set(orders.map(({ requestedOn }) => requestedOn))].sort()
  return {
    messageId,
    createdAt,
    initiator,
    groups: days.map((requestedOn) => ({
      // At most 35 characters, and told apart by the day.
      id: `${messageId.slice(0, 24)}-${requestedOn.replaceAll("-", "")}`,
      requestedOn,
      debtor,
      debtorAccount: account,
      ...(bic === undefined ? {} : { debtorBic: bic }),
      transfers: orders.filter((each) => each.requestedOn === requestedOn).map(({ order }) => transferOf(order))
    }))
  }
}
