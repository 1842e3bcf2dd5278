/**
 * Posting templates: plain functions from what happened to what is to be posted.
 */
import * as Schema from "effect/Schema"
import type { LedgerAccount } from "./LedgerAccount.ts"
import type { Post } from "./LedgerCommand.ts"

/** An account as a template needs it; a `LedgerAccount` is one. */
export type Leg = Pick<LedgerAccount, "id" | "type" | "currency" | "role">

/** What a template gives: everything of a `Post` that follows from the event. Spread it into `Ledger.post` beside a key. */
export type PostingDraft = Pick<Post, "postings" | "exchange" | "metadata"> & { readonly code: string }

/** An event does not fit its template: an account of the wrong type, say, or an amount that cannot be posted. */
export class PostingUnsuitable extends Schema.TaggedError<PostingUnsuitable>()(
  "PostingUnsuitable",
  {
    template: Schema.String,
    /** The part of the event that does not fit, such as `income`. */
    part: Schema.String,
    problem: Schema.String
  },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The event does not fit the posting template ${this.template} at ${this.part}: ${this.problem}`
  }
}
