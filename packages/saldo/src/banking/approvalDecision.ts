/** What becomes of an approval when somebody decides on it, or when its time runs out. */
import type * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import { type Approval, ApprovalByRequester, ApprovalEnded, type ApprovalVerdict } from "./Approval.ts"

/** Whether the time of an approval that waits has run out. */
export const isOverdue = ({ expiresAt, state }: Approval, at: DateTime.Utc): boolean =>
  state === "waiting" && expiresAt.epochMilliseconds <= at.epochMilliseconds

/**
 * The approval after a decision. Whoever asked for it cannot decide, whatever else they may do; nobody can after the end.
 * An overdue approval counts as expired also while no sweep has met it.
 */
export const decided = (
  approval: Approval,
  verdict: ApprovalVerdict,
  by: string,
  at: DateTime.Utc
): Result.Result<Approval, ApprovalByRequester | ApprovalEnded> => {
  const { id: approvalId, requestedBy } = approval
  if (approval.state !== "waiting") return Result.fail(new ApprovalEnded({ approvalId, state: approval.state }))
  if (isOverdue(approval, at)) return Result.fail(new ApprovalEnded({ approvalId, state: "expired" }))
  if (by === requestedBy) return Result.fail(new ApprovalByRequester({ approvalId, requestedBy }))
  return Result.succeed({ ...approval, ...verdict, decidedBy: by, decidedAt: at })
}

/** The approval once nobody wants it any more; one that has ended stays as it is. */
export const withdrawn = (approval: Approval, by: string, at: DateTime.Utc): Approval =>
  approval.state === "waiting" ? { ...approval, state: "withdrawn", decidedBy: by, decidedAt: at } : approval

/** The approval once its time has run out; one that has ended, or has time left, stays as it is. */
export const expired = (approval: Approval, at: DateTime.Utc): Approval =>
  isOverdue(approval, at) ? { ...approval, state: "expired", decidedAt: at } : approval
