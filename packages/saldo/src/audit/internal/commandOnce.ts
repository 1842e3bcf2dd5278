/**
 * Commands that happen once, and the record of those that were refused.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { AuditEntry, AuditKind } from "../AuditRecord.ts"
import type { AuditTrail } from "../AuditTrail.ts"
import { Actor } from "../../core/Actor.ts"
import type { Atomic } from "../../core/Atomic.ts"
import type { Command, CommandKey } from "../../core/Command.ts"
import type { Idempotency } from "../../core/Idempotency.ts"

interface Once {
  readonly atomic: Atomic["Service"]
  readonly audit: AuditTrail["Service"]
  readonly idempotency: Idempotency["Service"]
}

interface OnceRequest<Input, A, X, R> extends Pick<AuditEntry, "action" | "subject"> {
  readonly key: CommandKey
  readonly input: Input
  readonly act: Effect.Effect<A, X, R>
  /** What kind of record a refusal is; an act on data when left out. */
  readonly kind?: AuditKind
}

/**
 * Carries a command out once for its key, in one transaction. A refusal undoes the act with all that it recorded; the
 * refusal itself is kept and recorded in the trail in that transaction, so that neither is there without the other.
 */
export const makeOnce =
  ({ atomic, audit, idempotency }: Once) =>
  <Input, A, E, X extends { readonly _tag: string }, R>(
    command: Command<Input, A, E>,
    { act, input, key, kind = "action", ...about }: OnceRequest<Input, A, X, R>
  ) =>
    Effect.flatMap(Actor, ({ tenant }) => {
      const executed = Effect.tap(idempotency.execute(command, { tenant, key, input }, act), ({ outcome, replayed }) =>
        Result.isFailure(outcome) && !replayed
          ? audit[kind === "security" ? "recordSecurity" : "record"]({
              ...about,
              outcome: "refused",
              reason: (outcome.failure as { readonly _tag: string })._tag
            })
          : Effect.void
      )
      return Effect.flatMap(atomic.runLocking(executed), ({ outcome }) => Effect.fromResult(outcome))
    })
