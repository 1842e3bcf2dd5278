/**
 * Mailed tokens, from the one who has read the mail.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { AuditEntry } from "../../audit/AuditRecord.ts"
import * as Actor from "../../core/Actor.ts"
import { sha256 } from "../../core/sha256.ts"
import { type TooManyAttempts, TokenRejected } from "../IdentityRefusal.ts"
import type { TokenPurpose } from "../IdentityToken.ts"
import type { Mailed } from "../Users.ts"
import type { UserFile } from "../User.ts"
import type { Ground, UserChange } from "./userGround.ts"
import { circumstances, type OpenUser, visitor } from "./userTrail.ts"

/** What a token lets somebody do. */
interface Redemption<E> {
  readonly action: AuditEntry["action"]
  readonly purpose: TokenPurpose
  /** What takes long and needs no lock, such as hashing a password; given to `decide`. */
  readonly prepare: (known: OpenUser) => Effect.Effect<Redacted.Redacted | null, E>
  /** What becomes of the user; null when its state does not allow it. */
  readonly decide: (user: OpenUser["user"], file: UserFile, prepared: Redacted.Redacted | null) => UserChange | null
  /** Whether it makes up for all tries on the user before it. */
  readonly forgiving?: boolean
  /** What else happens in the transaction. */
  readonly also: (after: OpenUser) => Effect.Effect<unknown>
}

/** Makes the one way in which tokens are used. */
export const makeRedeem = ({ atomic, audit, found, locked, replaced, throttle, tokens }: Ground) =>
  Effect.fnUntraced(function* <E>(
    { from, tenant, token }: Mailed,
    { action, also, decide, forgiving = false, prepare, purpose }: Redemption<E>
  ): Effect.fn.Return<OpenUser, E | TokenRejected | TooManyAttempts> {
    const gates = yield* throttle.originGates(tenant, from)
    yield* throttle.enter({ tenant, action, gates, from })
    const claim = { tenant, purpose, hash: sha256(Redacted.value(token)) }
    const rejected = new TokenRejected({ purpose })
    const refuse = audit
      .recordSecurity({
        action,
        subject: { type: "token", id: purpose },
        outcome: "refused",
        reason: rejected._tag,
        ...circumstances(from)
      })
      .pipe(Effect.andThen(Effect.fail(rejected)), Actor.as(visitor(tenant)))

    const held = yield* tokens.find(claim, yield* DateTime.now)
    if (Option.isNone(held)) return yield* refuse
    const { userId } = held.value
    // A refusal that its owner can repair leaves the token as it is.
    const known = yield* Effect.catchTag(found(tenant, userId), "UserNotFound", () => refuse)
    const prepared = yield* prepare(known)
    const redeeming = Effect.gen(function* () {
      const before = yield* Effect.orDie(locked(tenant, userId))
      const taken = yield* tokens.take(claim, yield* DateTime.now)
      const change = before.file === null ? null : decide(before.user, before.file, prepared)
      // The token is used up all the same: what it was for cannot happen any more.
      if (Option.isNone(taken) || change === null) return Result.fail(rejected)
      const after = yield* replaced(action, before, change)
      if (after === null) return Result.fail(rejected)
      const { emailIndex } = after.user
      const settled = forgiving && emailIndex !== null ? yield* throttle.userGates(tenant, emailIndex, from) : gates
      yield* throttle.succeeded(tenant, settled)
      yield* also(after)
      return Result.succeed(after)
    }).pipe(Actor.as(visitor(tenant)))
    const result = yield* atomic.runLocking(redeeming)
    return Result.isSuccess(result) ? result.success : yield* refuse
  })

/** What `makeRedeem` makes. */
export type Redeem = ReturnType<typeof makeRedeem>
