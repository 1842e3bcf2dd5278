/**
 * One stream of changes: behind a position the way to now, and from there on what happens, as long as the caller may hear it.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { SealedRecord } from "saldo/audit/AuditSeal"
import type { AuditStore } from "saldo/audit/AuditStore"
import { as, type Identity } from "saldo/core/Actor"
import type { Listening } from "saldo/notifications/TrailFeed"
import type { EventsEnd, LiveEvent, SentEvent } from "../api/EventsApi.ts"
import { type Concern, mayHear } from "./concerns.ts"
import type { EventIds } from "./eventIds.ts"
import { changesAtMost, type LiveTerms } from "./liveTerms.ts"
import type { CallerStanding } from "./Standing.ts"

/** What a stream is made of. */
export interface Following {
  readonly terms: LiveTerms
  readonly trail: Pick<AuditStore["Service"], "sealed">
  readonly listening: Listening
  /** What a link changed, found out once for all who hear of it. */
  readonly concernsOf: (link: SealedRecord) => Effect.Effect<ReadonlyArray<Concern>>
  readonly ids: EventIds
  readonly standing: CallerStanding
}

/** Where a stream begins. */
export interface FollowingFrom {
  readonly actor: Identity
  /** Everything up to this sequence number has been told. */
  readonly sequence: number
  /** Whether some of what happened before cannot be told any more. */
  readonly missed: boolean
  /** When it ends, and why then. */
  readonly endsAt: number
  readonly end: EventsEnd
  /** Whether it ends as soon as everything that has happened is told. */
  readonly once: boolean
}

interface State extends FollowingFrom {
  readonly phase: "begin" | "way" | "live"
  readonly idleAt: number
  readonly recheckAt: number
}

type Step = readonly [ReadonlyArray<SentEvent>, Option.Option<State>]

/** How many links of the way are read at once. */
const batch = 100

const instant = (milliseconds: number): DateTime.Utc => DateTime.makeUnsafe(milliseconds)

/** The streams over what they are made of. */
export const makeFollowing = ({ concernsOf, ids, listening, standing, terms, trail }: Following) => {
  const sent = (sequence: number, now: number, data: LiveEvent): SentEvent => ({
    id: ids.idOf({ sequence, at: now }),
    event: "message",
    data
  })

  const over = ({ sequence }: State, now: number, reason: EventsEnd): Step => [
    [sent(sequence, now, { _tag: "Ended", at: instant(now), reason })],
    Option.none()
  ]

  const told = (events: ReadonlyArray<SentEvent>, state: State): Step => [events, Option.some(state)]

  /** What of a link the caller may hear; of one whose record is gone, that nobody can say. */
  const heard = Effect.fnUntraced(function* (actor: Identity, link: SealedRecord, now: number) {
    const { record, sequence } = link
    if (record === null) return [sent(sequence, now, { _tag: "Missed", at: instant(now) })]
    const all = (yield* concernsOf(link)).filter((each) => mayHear(actor, each))
    if (all.length === 0) return []
    const changes = all.slice(0, changesAtMost).map(({ id, kind, version }) => ({ kind, id, version }))
    const omitted = all.length - changes.length
    return [sent(sequence, now, { _tag: "Changed", at: record.recordedAt, changes, omitted })]
  })

  const pass = Effect.fnUntraced(function* (state: State, links: ReadonlyArray<SealedRecord>, now: number) {
    const events: Array<SentEvent> = []
    for (const link of links) events.push(...(yield* heard(state.actor, link, now)))
    const sequence = links.at(-1)?.sequence ?? state.sequence
    const idleAt = events.length === 0 ? state.idleAt : now + terms.idleSeconds * 1000
    return told(events, { ...state, sequence, idleAt })
  })

  const begin = (state: State, now: number): Step => {
    const at = instant(now)
    const events: ReadonlyArray<LiveEvent> = [
      { _tag: "Ready", at },
      ...(state.missed ? [{ _tag: "Missed", at } as const] : [])
    ]
    return told(
      events.map((event) => sent(state.sequence, now, event)),
      { ...state, phase: "way" }
    )
  }

  const goOn = Effect.fnUntraced(function* (state: State, now: number) {
    const links = yield* Stream.runCollect(Stream.take(trail.sealed(state.actor.tenant, state.sequence), batch))
    if (links.length > 0) return yield* pass(state, links, now)
    return state.once ? over(state, now, "finished") : told([], { ...state, phase: "live" })
  })

  const wait = Effect.fnUntraced(function* (state: State, now: number) {
    const until = Math.min(state.idleAt, state.recheckAt, state.endsAt)
    const next = yield* Effect.timeoutOption(listening.next(state.sequence), Math.max(0, until - now))
    if (Option.isNone(next)) return told([], state)
    const after = yield* Clock.currentTimeMillis
    switch (next.value._tag) {
      case "Ended":
        return over(state, after, "closing")
      case "Behind":
        return over(state, after, "slow")
      case "Sealed":
        return yield* pass(state, next.value.links, after)
    }
  })

  const step = Effect.fnUntraced(function* (state: State) {
    const now = yield* Clock.currentTimeMillis
    if (now >= state.endsAt) return over(state, now, state.end)
    if (state.phase === "begin") return begin(state, now)
    if (now >= state.recheckAt) {
      const actor = yield* Effect.result(standing.again.pipe(as(state.actor)))
      if (Result.isFailure(actor) || actor.success.tenant !== state.actor.tenant) return over(state, now, "revoked")
      return told([], { ...state, actor: actor.success, recheckAt: now + terms.recheckSeconds * 1000 })
    }
    if (now >= state.idleAt) {
      const idle = sent(state.sequence, now, { _tag: "Idle", at: instant(now) })
      return told([idle], { ...state, idleAt: now + terms.idleSeconds * 1000 })
    }
    return yield* state.phase === "way" ? goOn(state, now) : wait(state, now)
  })

  /** A step that met a defect is the last one; what it was is for the log, and behind the last id nothing is lost. */
  const safely = (state: State): Effect.Effect<Step> =>
    Effect.catchCauseIf(
      step(state),
      (cause) => !Cause.hasInterrupts(cause),
      (cause) =>
        Effect.andThen(
          Effect.logError("A stream of changes met a defect", cause),
          Effect.map(Clock.currentTimeMillis, (now) => over(state, now, "failed"))
        )
    )

  return (from: FollowingFrom, now: number): Stream.Stream<SentEvent> =>
    Stream.paginate<State, SentEvent>(
      {
        ...from,
        phase: "begin",
        idleAt: now + terms.idleSeconds * 1000,
        recheckAt: now + terms.recheckSeconds * 1000
      },
      safely
    )
}
