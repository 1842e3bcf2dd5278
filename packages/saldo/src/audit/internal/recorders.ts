/** What a trail does with drafts, for a store that writes the records together with its own rows. */
import type * as Effect from "effect/Effect"
import type { AuditDraft, AuditRecord } from "../AuditRecord.ts"
import type { AuditStore } from "../AuditStore.ts"
import type { AuditTrail } from "../AuditTrail.ts"

/** The steps of a trail's `append`. */
export interface Recorder {
  /** Where the records are appended. */
  readonly store: AuditStore["Service"]
  readonly recordsOf: (drafts: ReadonlyArray<AuditDraft>) => Effect.Effect<ReadonlyArray<AuditRecord>>
  /** Counts what was recorded, once it is committed. */
  readonly count: (drafts: ReadonlyArray<AuditDraft>) => Effect.Effect<void>
}

const recorders = new WeakMap<AuditTrail["Service"], Recorder>()

/** Says of a trail that its `append` consists of these steps alone. */
export const recordsWith = (trail: AuditTrail["Service"], recorder: Recorder): void => {
  recorders.set(trail, recorder)
}

/** The steps of a trail's `append`; `undefined` for one that a host has made or wrapped, which may do more. */
export const recorderOf = (trail: AuditTrail["Service"]): Recorder | undefined => recorders.get(trail)
