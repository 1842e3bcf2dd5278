/**
 * What becomes of a payment order when something happens to it, and what that moves in the ledger. The one place where
 * the state of an order changes.
 */
import type * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import type { HoldId } from "../ledger/Hold.ts"
import type { PaymentFileMark, PaymentOrder, PaymentReturn } from "./PaymentOrder.ts"
import { compareStatus, isFinalStatus, orderStateOf } from "./paymentProgress.ts"
import { PaymentOrderUnfit } from "./PaymentRefusal.ts"
import type { PaymentOrderState, PaymentStatus } from "./PaymentStatus.ts"

/** What happens in the ledger: money is set aside, leaves, is given back, or comes back from the other bank. */
export type MoneyMove = "hold" | "capture" | "void" | "return"

/** The order as it is afterwards, with the moves in their order. An order that is the same object has not changed. */
export interface Moved {
  readonly order: PaymentOrder
  readonly money: ReadonlyArray<MoneyMove>
}

const changed = (order: PaymentOrder, change: Partial<PaymentOrder>, at: DateTime.Utc): PaymentOrder => ({
  ...order,
  ...change,
  changedAt: at,
  version: order.version + 1
})

const requireState = (
  order: PaymentOrder,
  expected: ReadonlyArray<PaymentOrderState>
): Result.Result<PaymentOrder, PaymentOrderUnfit> =>
  expected.includes(order.state)
    ? Result.succeed(order)
    : Result.fail(new PaymentOrderUnfit({ orderId: order.id, state: order.state, expected }))

/** Whoever must consent has consented: the money is set aside under the id, or on the day of execution when there is none. */
export const approve = (
  order: PaymentOrder,
  holdId: HoldId | null,
  at: DateTime.Utc
): Result.Result<Moved, PaymentOrderUnfit> =>
  Result.map(requireState(order, ["created"]), () => ({
    order: changed(order, { state: "approved", holdId }, at),
    money: holdId === null ? [] : ["hold"]
  }))

/** The day of execution has come, and the money is set aside under the id. */
export const reserve = (
  order: PaymentOrder,
  holdId: HoldId,
  at: DateTime.Utc
): Result.Result<Moved, PaymentOrderUnfit> =>
  Result.map(requireState(order, ["approved"]), () => ({ order: changed(order, { holdId }, at), money: ["hold"] }))

/** Money was lacking, and is looked for again at `askAt`; where null, when payments are executed next. */
export const waitForFunds = (
  order: PaymentOrder,
  at: DateTime.Utc,
  askAt: DateTime.Utc | null
): Result.Result<Moved, PaymentOrderUnfit> =>
  Result.map(requireState(order, ["approved"]), () => ({ order: changed(order, { askAt }, at), money: [] }))

/** It is not to be sent after all; possible until it is. */
export const cancel = (
  order: PaymentOrder,
  reason: string | null,
  at: DateTime.Utc
): Result.Result<Moved, PaymentOrderUnfit> =>
  Result.map(requireState(order, ["created", "approved"]), () => ({
    order: changed(order, { state: "cancelled", reason, askAt: null }, at),
    money: order.holdId === null ? [] : ["void"]
  }))

/** It was never sent, for want of money. */
export const fail = (order: PaymentOrder, reason: string, at: DateTime.Utc): Result.Result<Moved, PaymentOrderUnfit> =>
  Result.map(requireState(order, ["approved"]), () => ({
    order: changed(order, { state: "failed", reason, askAt: null }, at),
    money: order.holdId === null ? [] : ["void"]
  }))

/** It is about to be handed to a rail, which is asked about it at `askAt` whatever happens in between. */
export const send = (
  order: PaymentOrder,
  at: DateTime.Utc,
  askAt: DateTime.Utc | null
): Result.Result<Moved, PaymentOrderUnfit> =>
  Result.map(requireState(order, ["approved"]), () => ({
    order: changed(order, { state: "sent", attempts: order.attempts + 1, sentAt: at, askAt }, at),
    money: []
  }))

/** It left in a payment file. What becomes of it is told, and nobody can be asked. */
export const sendInFile = (
  order: PaymentOrder,
  file: PaymentFileMark,
  at: DateTime.Utc
): Result.Result<Moved, PaymentOrderUnfit> =>
  Result.map(send(order, at, null), ({ money, order: sent }) => ({ order: { ...sent, file }, money }))

/** It is handed to a rail again, which said for certain that it had not arrived; undefined once it is known to have. */
export const resend = (order: PaymentOrder, at: DateTime.Utc, askAt: DateTime.Utc): PaymentOrder | undefined =>
  order.state === "sent" && order.status === null && order.file === undefined
    ? changed(order, { attempts: order.attempts + 1, sentAt: at, askAt }, at)
    : undefined

const isWithRail = ({ state }: PaymentOrder): boolean => state === "sent" || state === "held"

/** The rail is to be asked about it later; only what went over the rail and is not at its end is asked about. */
export const askLater = (order: PaymentOrder, at: DateTime.Utc, askAt: DateTime.Utc): PaymentOrder =>
  isWithRail(order) && order.file === undefined ? changed(order, { askAt }, at) : order

const disputed = (order: PaymentOrder, dispute: string, at: DateTime.Utc): Moved =>
  // The first contradiction is the one to look into; a rail that repeats it changes nothing.
  ({ order: order.dispute === null ? changed(order, { dispute }, at) : order, money: [] })

/** The word that a rail's report is compared with: a settled order that came back was settled. */
const knownStatus = (order: PaymentOrder): PaymentStatus | null =>
  order.state === "settled" || order.state === "returned" ? "ACSC" : order.status

/**
 * The rail said how it stands. Reports may be repeated and come in any order: what is known already, or older, changes
 * nothing, and what cannot be is a dispute that moves no money.
 */
export const report = (
  order: PaymentOrder,
  status: PaymentStatus,
  reason: string | null,
  at: DateTime.Utc,
  askAt: DateTime.Utc
): Moved => {
  const known = knownStatus(order)
  if (known !== null && compareStatus(known, status) === "conflict") {
    return disputed(order, `The rail said ${known} first and ${status} later`, at)
  }
  if (!isWithRail(order)) {
    const isOurs = order.state === "settled" || order.state === "returned" || order.status !== null
    return isOurs
      ? { order, money: [] }
      : disputed(order, `The rail said ${status} of an order that is ${order.state} here`, at)
  }
  if (known !== null && compareStatus(known, status) === "unchanged") return { order, money: [] }
  const state = orderStateOf(status)
  const isAsked = !isFinalStatus(status) && order.file === undefined
  return {
    order: changed(order, { state, status, reason, askAt: isAsked ? askAt : null }, at),
    money: state === "settled" ? ["capture"] : state === "failed" ? ["void"] : []
  }
}

const returnProblem = (order: PaymentOrder, { amount, returnId }: PaymentReturn): string | undefined => {
  if (order.returned !== null && order.returned.returnId !== returnId)
    return `The rail returned it again, as ${returnId}`
  if (order.state !== "settled" && order.state !== "returned" && !isWithRail(order)) {
    return `The rail returned an order that is ${order.state} here`
  }
  return amount.currency !== order.amount.currency || amount.amount <= 0n || amount.amount > order.amount.amount
    ? "The rail returned another amount than can come back"
    : undefined
}

/**
 * The payment came back, in whole or less what banks kept. That it was settled follows from it, even when nobody said so
 * before. The same return again changes nothing; another one, or more than was paid, is a dispute.
 */
export const comeBack = (order: PaymentOrder, returned: PaymentReturn, at: DateTime.Utc): Moved => {
  const problem = returnProblem(order, returned)
  if (problem !== undefined) return disputed(order, problem, at)
  if (order.returned !== null) return { order, money: [] }
  return {
    order: changed(order, { state: "returned", status: "ACSC", reason: returned.reason, returned, askAt: null }, at),
    money: order.state === "settled" ? ["return"] : ["capture", "return"]
  }
}
