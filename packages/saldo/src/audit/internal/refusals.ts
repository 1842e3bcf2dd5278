/**
 * The record of those who were not let in: so many a minute of each kind, and how many were left out.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { AuditEntry } from "../AuditRecord.ts"
import type { AuditTrail } from "../AuditTrail.ts"
import { changes } from "../changes.ts"
import { as, type Identity, system } from "../../core/Actor.ts"
import type { Atomic } from "../../core/Atomic.ts"

/** Somebody who was not let in: by what act, about what, and why. `by` is who it was, where that is known. */
export interface Refusal extends Pick<AuditEntry, "action" | "subject"> {
  readonly tenant: string
  readonly reason: string
  readonly by?: Identity
}

interface Count {
  readonly since: number
  readonly recorded: number
  readonly leftOut: number
}

const minuteMs = 60_000
const recordedEachMinute = 10
/** Kinds of refusals that are counted at a time; the one that began first makes room. */
const kindsAtMost = 1000

interface Ground {
  readonly atomic: Atomic["Service"]
  readonly audit: AuditTrail["Service"]
}

/**
 * Records refusals as security events of their tenants. Of one kind, which is a tenant, an act, a reason and who it
 * was, the first ones of each minute are recorded; the next to be recorded says how many were left out before it. Counts of the process, as
 * floods are.
 */
export const makeRefusals = ({ atomic, audit }: Ground) => {
  const counts = new Map<string, Count>()

  const counted = (kind: string, now: number): Count & { readonly record: boolean } => {
    const before = counts.get(kind)
    const fresh = before === undefined || Math.abs(now - before.since) >= minuteMs
    const record = fresh || before.recorded < recordedEachMinute
    const after = fresh
      ? { since: now, recorded: 1, leftOut: 0 }
      : { ...before, recorded: before.recorded + (record ? 1 : 0), leftOut: record ? 0 : before.leftOut + 1 }
    if (before === undefined && counts.size >= kindsAtMost) {
      for (const oldest of [...counts.keys()].slice(0, 1)) counts.delete(oldest)
    }
    counts.set(kind, after)
    return { ...after, leftOut: before?.leftOut ?? 0, record }
  }

  return Effect.fnUntraced(function* ({ action, by, reason, subject, tenant }: Refusal) {
    const now = yield* Clock.currentTimeMillis
    const { leftOut, record } = counted(JSON.stringify([tenant, action, reason, by?.id ?? null]), now)
    if (!record) return
    yield* audit
      .recordSecurity({
        action,
        subject,
        outcome: "refused",
        reason,
        ...(leftOut === 0 ? {} : { changes: changes({}, { leftOut }, { "": "internal" }) })
      })
      .pipe(atomic.run, as(by ?? system(tenant)))
  })
}
