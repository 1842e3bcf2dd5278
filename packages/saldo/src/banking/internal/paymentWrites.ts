/**
 * Writing what becomes of a payment order: the order, its money in the ledger and the record of it, together.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { AuditEntry } from "../../audit/AuditRecord.ts"
import { changes } from "../../audit/changes.ts"
import type { AuditTrail } from "../../audit/AuditTrail.ts"
import { asSystem, Subject } from "../../core/Actor.ts"
import { CommandKey } from "../../core/Command.ts"
import { sha256 } from "../../core/sha256.ts"
import * as Id from "../../core/Id.ts"
import type { Ledger } from "../../ledger/Ledger.ts"
import { AccountUnavailable, InsufficientFunds } from "../../ledger/LedgerRefusal.ts"
import type { BankBooks } from "../BankBooks.ts"
import { mask } from "../ExternalAccount.ts"
import type { PaymentOrder, PaymentOrderId } from "../PaymentOrder.ts"
import * as Moves from "../paymentMoves.ts"
import type { SealedOrders } from "./sealedPayments.ts"

/** What writing an order takes. */
export interface PaymentBooks {
  readonly orders: SealedOrders
  readonly ledger: Ledger["Service"]
  readonly books: BankBooks["Service"]
  readonly audit: AuditTrail["Service"]
}

/** The reference of an order for the receiver: 32 characters that every bank carries. */
export const referenceOf = (id: PaymentOrderId): string => Id.toUuid(id).replaceAll("-", "")

/** A UUID of version 4 that is the same for the same order, and for no other. */
export const uetrOf = (id: PaymentOrderId): string => {
  const hex = sha256(`uetr ${id}`)
  const variant = "89ab".charAt(Number.parseInt(hex.charAt(16), 16) % 4)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32)
  ].join("-")
}

/** The order as the trail shows it: account numbers masked, names as what is personal. */
const shown = (order: PaymentOrder) => ({
  accountId: order.accountId,
  amount: order.amount,
  creditorName: order.creditor.name,
  creditorAccount: mask(order.creditor.account),
  executeOn: order.executeOn,
  endToEndId: order.endToEndId,
  state: order.state,
  status: order.status,
  reason: order.reason,
  dispute: order.dispute,
  approvalId: order.approvalId,
  holdId: order.holdId,
  returned: order.returned,
  plan: order.plan,
  file: order.file ?? null,
  attempts: order.attempts
})

/** What is recorded of an act on an order. */
export const recordOf = (
  action: AuditEntry["action"],
  before: PaymentOrder | null,
  after: PaymentOrder
): AuditEntry => ({
  action,
  subject: { type: "payment", id: after.id },
  onBehalfOf: new Subject({ tenant: after.tenant, id: after.customerId }),
  changes: changes(before === null ? null : shown(before), shown(after), {
    "/creditorName": "personal",
    "/creditorAccount": "personal"
  })
})

// Nobody's name: entries are never erased. Whom it was to says the order in the metadata.
const described = { code: "payment", description: "Payment to another bank" }

/** Refusals that the caller can do something about; what else goes wrong is a defect. */
const onlyHoldRefusals = Effect.catch((error: { readonly _tag: string }) =>
  error instanceof InsufficientFunds || error instanceof AccountUnavailable ? Effect.fail(error) : Effect.die(error)
)

/** Writes orders with their money. Each function is part of the caller's transaction, which has locked the order. */
export const makePaymentWrites = ({ audit, books, ledger, orders }: PaymentBooks) => {
  const keyOf = (order: PaymentOrder, what: string) => CommandKey.make(`banking.payment ${order.id} ${what}`)
  const metadataOf = (order: PaymentOrder) => ({ payment: order.id })

  const hold = Effect.fnUntraced(function* (order: PaymentOrder) {
    if (order.holdId === null) return yield* Effect.die(new RangeError(`The order ${order.id} has no hold to place`))
    const settlement = yield* books.account(order.tenant, "settlement", order.amount.currency)
    yield* ledger
      .placeHold({
        key: keyOf(order, `hold ${order.holdId}`),
        holdId: order.holdId,
        debit: order.ledgerAccountId,
        credit: settlement.id,
        amount: order.amount,
        ...described,
        metadata: metadataOf(order)
      })
      .pipe(onlyHoldRefusals)
  })

  const end = (order: PaymentOrder, move: "capture" | "void") => {
    if (order.holdId === null) return Effect.die(new RangeError(`The order ${order.id} has no hold to ${move}`))
    const command = {
      key: keyOf(order, move),
      holdId: order.holdId,
      ...described,
      metadata: metadataOf(order)
    }
    return move === "capture" ? ledger.capture(command) : ledger.voidHold(command)
  }

  /** What came back goes to the payer, or to the bank's account for it when the payer's takes no money any more. */
  const takeBack = Effect.fnUntraced(function* (order: PaymentOrder) {
    const { returned } = order
    if (returned === null) return yield* Effect.die(new RangeError(`The order ${order.id} has nothing to take back`))
    const { amount } = returned
    const settlement = yield* books.account(order.tenant, "settlement", amount.currency)
    const post = (accountId: PaymentOrder["ledgerAccountId"], what: string) =>
      ledger.post({
        key: keyOf(order, what),
        postings: [
          { accountId: settlement.id, side: "debit", amount },
          { accountId, side: "credit", amount }
        ],
        code: "payment-return",
        description: "Payment returned by another bank",
        metadata: metadataOf(order)
      })
    yield* post(order.ledgerAccountId, "return").pipe(
      Effect.catchTag(["AccountUnavailable", "MaximumExceeded"], () =>
        Effect.flatMap(books.account(order.tenant, "unapplied", amount.currency), ({ id }) =>
          post(id, "return unapplied")
        )
      ),
      Effect.orDie
    )
  })

  /** Carries out a move; gives what is wrong when somebody else has ended the hold, which a person must look into. */
  const carryOut = Effect.fnUntraced(function* (order: PaymentOrder, move: Moves.MoneyMove) {
    if (move === "hold") {
      yield* hold(order)
      return null
    }
    if (move === "return") {
      yield* takeBack(order)
      return null
    }
    const ended = yield* Effect.result(end(order, move))
    if (Result.isSuccess(ended)) return null
    const { failure } = ended
    if (failure._tag !== "HoldEnded") return yield* Effect.die(failure)
    // What was to be given back has been, by whoever ended the hold.
    return move === "void" ? null : "Its money was released before it was settled, and is not booked"
  })

  /** Writes a change of an order that is locked, which may set money aside; one that is none writes nothing. */
  const writeHolding = Effect.fnUntraced(function* (
    action: AuditEntry["action"],
    before: PaymentOrder,
    { money, order }: Moves.Moved
  ) {
    if (order === before) return before
    let problem: string | null = null
    for (const move of money) {
      problem ??= yield* asSystem(order.tenant)(carryOut(order, move))
    }
    const after = problem === null ? order : { ...order, dispute: order.dispute ?? problem }
    const saved = yield* orders.save(after)
    if (!saved) return yield* Effect.die(new RangeError(`The payment order ${after.id} changed while it was locked`))
    yield* audit.record(recordOf(action, before, after))
    return after
  })

  /** Writes a change of an order that is locked and that sets no money aside. */
  const write = (action: AuditEntry["action"], before: PaymentOrder, moved: Moves.Moved) =>
    Effect.catchTag(writeHolding(action, before, moved), ["InsufficientFunds", "AccountUnavailable"], (refused) =>
      Effect.die(refused)
    )

  /** The order with its money set aside: as it is, where that has been done. The caller's savepoint undoes a refusal. */
  const reserve = Effect.fnUntraced(function* (order: PaymentOrder) {
    if (order.holdId !== null) return order
    const moved = Moves.reserve(order, yield* Id.make("hold"), yield* DateTime.now)
    return yield* writeHolding("banking.reserve-payment", order, yield* Effect.orDie(Effect.fromResult(moved)))
  })

  /** Writes a new order, with its money set aside where nobody has to consent. */
  const create = Effect.fnUntraced(function* (order: PaymentOrder) {
    if (order.holdId !== null) yield* asSystem(order.tenant)(hold(order))
    const inserted = yield* orders.insert(order)
    if (!inserted) return yield* Effect.die(new RangeError(`The payment order ${order.id} is there already`))
    yield* audit.record(recordOf("banking.create-payment", null, order))
    return order
  })

  const locked = (tenant: string, id: PaymentOrderId) => Effect.map(orders.lock(tenant, id), Option.getOrUndefined)

  return { create, reserve, write, writeHolding, locked }
}

/** Writes orders with their money. */
export type PaymentWrites = ReturnType<typeof makePaymentWrites>
