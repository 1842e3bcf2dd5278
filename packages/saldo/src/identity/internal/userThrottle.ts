/**
 * Counts tries before they are judged, so that tries at the same time are each counted, and turns away those that come too
 * early.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { AuditEntry } from "../../audit/AuditRecord.ts"
import type { AuditTrail } from "../../audit/AuditTrail.ts"
import * as Actor from "../../core/Actor.ts"
import type { Atomic } from "../../core/Atomic.ts"
import { attempt, type AttemptRule, noAttempts, takeBack } from "../attempts.ts"
import type { AttemptStore } from "../AttemptStore.ts"
import type { IdentityKeys } from "../IdentityKeys.ts"
import type { IdentityPolicy } from "../IdentityPolicy.ts"
import { TooManyAttempts } from "../IdentityRefusal.ts"
import { circumstances, visitor } from "./userTrail.ts"

/** One count of tries that a try goes into. */
export interface Gate {
  readonly key: string
  readonly rule: AttemptRule
  /** Whether one success makes up for all failures before it. */
  readonly forgiving: boolean
}

/** Of whom and from where somebody tries what. */
export interface Try {
  readonly tenant: string
  readonly action: AuditEntry["action"]
  readonly gates: ReadonlyArray<Gate>
  readonly from: string | undefined
}

interface Parts {
  readonly attempts: AttemptStore["Service"]
  readonly atomic: Atomic["Service"]
  readonly audit: AuditTrail["Service"]
  readonly keys: IdentityKeys["Service"]
  readonly policy: IdentityPolicy
}

/** Makes what slows guessing down. */
export const makeThrottle = ({ atomic, attempts, audit, keys, policy }: Parts) => {
  const gate = (tenant: string, kind: string, whose: string, rule: AttemptRule, forgiving: boolean) =>
    Effect.map(keys.digest(["attempts", tenant, kind], whose), (key): Gate => ({ key, rule, forgiving }))

  /** The gates of a network address. Its successes do not pay for what else it tries. */
  const originGates = (tenant: string, from: string | undefined) =>
    from === undefined
      ? Effect.succeed([])
      : Effect.map(gate(tenant, "origin", from, policy.originAttempts, false), (one) => [one])

  /** The gates of whoever tries to be the user of an address. */
  const userGates = Effect.fnUntraced(function* (tenant: string, emailIndex: string, from: string | undefined) {
    const user = yield* gate(tenant, "user", emailIndex, policy.userAttempts, true)
    return [user, ...(yield* originGates(tenant, from))].sort((left, right) => (left.key < right.key ? -1 : 1))
  })

  /** Counts a try at every gate, or at none when one of them is closed; then gives when to come again. */
  const count = Effect.fnUntraced(function* ({ action, from, gates, tenant }: Try) {
    const locked = yield* Effect.forEach(gates, ({ key, rule }) =>
      Effect.map(attempts.lock({ tenant, key }), (known) => ({ key, rule, known }))
    )
    // Read behind the locks: whoever waited for them comes after whoever had them.
    const now = (yield* DateTime.now).epochMilliseconds
    const verdicts = locked.map(({ key, known, rule }) => ({ key, verdict: attempt(known, now, rule) }))
    const refused = verdicts.flatMap(({ key, verdict }) => (verdict._tag === "Refused" ? [{ key, ...verdict }] : []))
    const kept =
      refused.length > 0 ? refused : verdicts.map(({ key, verdict }) => ({ key, attempts: verdict.attempts }))
    yield* Effect.forEach(kept, (each) => attempts.save({ tenant, key: each.key }, each.attempts), { discard: true })
    if (refused.length === 0) return null
    // The trail learns that tries began to be turned away, not of every one of a flood.
    if (refused.some(({ first }) => first)) {
      yield* audit
        .recordSecurity({
          action,
          subject: { type: "throttle", id: refused[0]?.key ?? "" },
          outcome: "refused",
          reason: "TooManyAttempts",
          ...circumstances(from)
        })
        .pipe(Actor.as(visitor(tenant)))
    }
    return DateTime.makeUnsafe(Math.max(...refused.map(({ retryAt }) => retryAt)))
  })

  const counted = (given: Try) => atomic.runLocking(count(given))

  return {
    originGates,
    userGates,
    /** The gate of the mails that anybody can have sent to an address. */
    mailGate: (tenant: string, emailIndex: string) => gate(tenant, "mail", emailIndex, policy.mailAttempts, false),
    /** The gate of a user who wants other addresses, each of which gets a mail. */
    changeGate: (tenant: string, userId: string) => gate(tenant, "change", userId, policy.mailAttempts, false),
    /** Counts a try, or fails when it comes too early. */
    enter: (given: Try): Effect.Effect<void, TooManyAttempts> =>
      Effect.flatMap(counted(given), (retryAt) =>
        retryAt === null ? Effect.void : Effect.fail(new TooManyAttempts({ retryAt }))
      ),
    /** Counts a try and says whether it may go on, where nobody may learn that it may not. */
    admits: (given: Try): Effect.Effect<boolean> => Effect.map(counted(given), (retryAt) => retryAt === null),
    /** In a locking transaction: the try was no guess. */
    succeeded: Effect.fnUntraced(function* (tenant: string, gates: ReadonlyArray<Gate>) {
      yield* Effect.forEach(gates, ({ forgiving, key }) =>
        Effect.flatMap(attempts.lock({ tenant, key }), (known) =>
          attempts.save({ tenant, key }, forgiving ? noAttempts : takeBack(known))
        )
      )
    }),
    /** In a locking transaction: the try was no guess so far, and says nothing about those before it. */
    undecided: Effect.fnUntraced(function* (tenant: string, gates: ReadonlyArray<Gate>) {
      yield* Effect.forEach(gates, ({ key }) =>
        Effect.flatMap(attempts.lock({ tenant, key }), (known) => attempts.save({ tenant, key }, takeBack(known)))
      )
    })
  }
}

/** What `makeThrottle` makes. */
export type Throttle = ReturnType<typeof makeThrottle>
