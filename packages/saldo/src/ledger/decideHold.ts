import * as Result from "effect/Result"
import { fromMicros, toInstant } from "./BookingTime.ts"
import * as Money from "../money/Money.ts"
import { type Decided, entryOf, type Moment, openAccount, usableAccount, valueDate } from "./decideEntry.ts"
import type { Hold, HoldId } from "./Hold.ts"
import type { Line } from "./JournalEntry.ts"
import type { Capture, ExpireHold, PlaceHold, VoidHold } from "./LedgerCommand.ts"
import type { LedgerDraft } from "./ledgerDraft.ts"
import * as Refusal from "./LedgerRefusal.ts"

const bothLines = (hold: Pick<Hold, "debit" | "credit">, posted: Money.Money, pending: Money.Money): Array<Line> => [
  { accountId: hold.debit, side: "debit", posted, pending },
  { accountId: hold.credit, side: "credit", posted, pending }
]

/** Whether the time of a hold has run out. */
export const isOverdue = ({ expiresAt }: Hold, nowMs: number): boolean =>
  expiresAt !== null && expiresAt.epochMilliseconds <= nowMs

/** Decides that money is set aside. */
export const decidePlaceHold = (
  draft: LedgerDraft,
  tenant: string,
  operation: PlaceHold,
  moment: Moment
): Decided<void> => {
  const { amount, credit, debit, expiresAfterMs, holdId, overCapture } = operation
  const { currency } = amount
  if (draft.hold(holdId) !== undefined) return Result.fail(new Refusal.HoldIdTaken({ holdId }))
  const debited = usableAccount(draft, debit, "debit", currency)
  if (Result.isFailure(debited)) return Result.fail(debited.failure)
  const credited = usableAccount(draft, credit, "credit", currency)
  if (Result.isFailure(credited)) return Result.fail(credited.failure)
  const zero = Money.zero(currency)
  draft.holds.set(holdId, {
    id: holdId,
    tenant,
    debit,
    credit,
    amount,
    captured: zero,
    remaining: amount,
    state: "held",
    expiresAt: expiresAfterMs === undefined ? null : toInstant(fromMicros((moment.nowMs + expiresAfterMs) * 1000)),
    overCapture: overCapture ?? zero
  })
  return Result.flatMap(valueDate(operation, moment), (valueOn) =>
    draft.book(
      entryOf(operation, {
        id: moment.entryId,
        kind: "held",
        valueOn,
        lines: bothLines({ debit, credit }, zero, amount),
        holdId
      })
    )
  )
}

const openHold = (draft: LedgerDraft, holdId: HoldId): Decided<Hold> => {
  const hold = draft.hold(holdId)
  if (hold === undefined) return Result.fail(new Refusal.HoldNotFound({ holdId }))
  return hold.state === "held"
    ? Result.succeed(hold)
    : Result.fail(new Refusal.HoldEnded({ holdId, state: hold.state }))
}

/** Whether both accounts of a hold take a capture; blocks are for new money, of which a capture has the excess alone. */
const capturable = (draft: LedgerDraft, hold: Hold, hasExcess: boolean): Decided<void> => {
  const { currency } = hold.amount
  const debited = hasExcess
    ? usableAccount(draft, hold.debit, "debit", currency)
    : openAccount(draft, hold.debit, currency)
  if (Result.isFailure(debited)) return Result.fail(debited.failure)
  const credited = hasExcess
    ? usableAccount(draft, hold.credit, "credit", currency)
    : openAccount(draft, hold.credit, currency)
  return Result.map(credited, () => undefined)
}

/** Decides that held money moves. */
export const decideCapture = (draft: LedgerDraft, operation: Capture, moment: Moment): Decided<void> => {
  const { holdId, rest = "release" } = operation
  const open = openHold(draft, holdId)
  if (Result.isFailure(open)) return Result.fail(open.failure)
  const hold = open.success
  if (isOverdue(hold, moment.nowMs)) return Result.fail(new Refusal.HoldTimeMismatch({ holdId, reason: "expired" }))
  const { remaining } = hold
  const amount = operation.amount ?? remaining
  if (amount.currency !== remaining.currency) {
    const given = amount.currency
    return Result.fail(new Refusal.WrongCurrency({ accountId: hold.debit, expected: remaining.currency, given }))
  }
  const { currency } = remaining
  const allowed = hold.amount.amount + hold.overCapture.amount - hold.captured.amount
  if (amount.amount > allowed) {
    const most = Money.fromMinor(allowed, currency)
    return Result.fail(new Refusal.CaptureTooLarge({ holdId, allowed: most, requested: amount }))
  }
  const usable = capturable(draft, hold, amount.amount > remaining.amount)
  if (Result.isFailure(usable)) return usable
  const freed = rest === "keep" && amount.amount < remaining.amount ? amount : remaining
  const left = remaining.amount - freed.amount
  draft.holds.set(holdId, {
    ...hold,
    captured: Money.fromMinor(hold.captured.amount + amount.amount, currency),
    remaining: Money.fromMinor(left, currency),
    state: left === 0n ? "captured" : "held"
  })
  return Result.flatMap(valueDate(operation, moment), (valueOn) =>
    draft.book(
      entryOf(operation, {
        id: moment.entryId,
        kind: "captured",
        valueOn,
        lines: bothLines(hold, amount, Money.negate(freed)),
        holdId
      })
    )
  )
}

/** Decides that what is still held is given back, on request or because its time has run out. */
export const decideEnd = (draft: LedgerDraft, operation: VoidHold | ExpireHold, moment: Moment): Decided<void> => {
  const { holdId } = operation
  const open = openHold(draft, holdId)
  if (Result.isFailure(open)) return Result.fail(open.failure)
  const hold = open.success
  const kind = operation._tag === "ExpireHold" ? "expired" : "voided"
  if (kind === "expired" && !isOverdue(hold, moment.nowMs)) {
    return Result.fail(new Refusal.HoldTimeMismatch({ holdId, reason: "not-yet-expired" }))
  }
  const zero = Money.zero(hold.amount.currency)
  const state = Money.isZero(hold.captured) ? kind : "partly-captured"
  draft.holds.set(holdId, { ...hold, remaining: zero, state })
  const described = operation._tag === "VoidHold" ? operation : {}
  return Result.flatMap(valueDate(described, moment), (valueOn) =>
    draft.book(
      entryOf(described, {
        id: moment.entryId,
        kind,
        valueOn,
        lines: bothLines(hold, zero, Money.negate(hold.remaining)),
        holdId
      })
    )
  )
}
