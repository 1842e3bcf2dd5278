/**
 * The consent of a second person to what the first one asked for.
 */
import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"
import { Text } from "../core/Text.ts"

/** Names one approval. */
export const ApprovalId = Id.schema("appr")

/** The id of one approval. */
export type ApprovalId = typeof ApprovalId.Type

/** It waits, and then ends once, in one of four ways. */
export const ApprovalState = Schema.Literals(["waiting", "approved", "declined", "expired", "withdrawn"])

/** How an approval stands. */
export type ApprovalState = typeof ApprovalState.Type

/** What an approval is about: a kind of thing, such as `payment`, and which one. */
export const ApprovalSubject = Schema.Struct({
  type: Text.check(Schema.isMinLength(1)),
  id: Text.check(Schema.isMinLength(1))
})

/** What an approval is about. */
export type ApprovalSubject = typeof ApprovalSubject.Type

/** A consent that is asked for, given or refused. People are named by the ids under which they act. */
export const Approval = Schema.Struct({
  id: ApprovalId,
  tenant: Schema.String,
  subject: ApprovalSubject,
  requestedBy: Schema.String,
  requestedAt: Schema.DateTimeUtcFromMillis,
  /** From this instant on nobody can decide. */
  expiresAt: Schema.DateTimeUtcFromMillis,
  state: ApprovalState,
  /** Who decided or withdrew; null while it waits, and when it expired. */
  decidedBy: Schema.NullOr(Schema.String),
  decidedAt: Schema.NullOr(Schema.DateTimeUtcFromMillis),
  /** What the one who decided had to say. */
  comment: Schema.NullOr(Schema.String)
})

/** A consent that is asked for, given or refused. */
export type Approval = typeof Approval.Type

/** What somebody says to an approval that waits. */
export interface ApprovalVerdict {
  readonly state: "approved" | "declined"
  readonly comment: string | null
}

/** Nobody asked for this approval within the actor's tenant. */
export class ApprovalNotFound extends Schema.TaggedError<ApprovalNotFound>()(
  "ApprovalNotFound",
  { approvalId: Schema.String },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no approval ${this.approvalId}`
  }
}

/** Who asks for something cannot consent to it. */
export class ApprovalByRequester extends Schema.TaggedError<ApprovalByRequester>()(
  "ApprovalByRequester",
  { approvalId: ApprovalId, requestedBy: Schema.String },
  { httpApiStatus: 403 }
) {
  override get message(): string {
    return `${this.requestedBy} asked for ${this.approvalId} and cannot decide on it; somebody else must`
  }
}

/** The approval has ended already. */
export class ApprovalEnded extends Schema.TaggedError<ApprovalEnded>()(
  "ApprovalEnded",
  { approvalId: ApprovalId, state: ApprovalState },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The approval ${this.approvalId} is ${this.state} and waits for nobody any more`
  }
}

/** Why a decision does not count. */
export type ApprovalRefusal = ApprovalByRequester | ApprovalEnded | ApprovalNotFound
