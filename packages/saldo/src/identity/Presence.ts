import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type { Identity } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import type { Session, SessionId } from "./Session.ts"
import { SessionStore } from "./SessionStore.ts"
import type { UserId } from "./User.ts"
import { UserStore } from "./UserStore.ts"

/** Somebody who signed in and stays: the session, and as whom its user acts. */
export interface Present {
  readonly session: Session
  readonly identity: Identity
}

/** Whose presence it is. */
export interface PresentKey {
  readonly tenant: string
  readonly userId: UserId
  readonly sessionId: SessionId
}

/** How presence is remembered. */
export interface PresenceOptions {
  /** How long; so long a process may believe in a session that another process ended. Two seconds when left out. */
  readonly rememberedFor?: Duration.Input
  /** How many sessions; the one that was looked up first makes room. 10,000 when left out. */
  readonly sessionsAtMost?: number
}

/**
 * Who is there, remembered for a moment, as every request asks.
 *
 * What is ended or changed through the stores that this gives is forgotten at once in this process, and elsewhere when what
 * is remembered there is over. So use cases are built on those stores and not on the ones below.
 */
export class Presence extends Context.Service<
  Presence,
  {
    /** What was found a moment ago, or is found now. What a transaction sees is not remembered. */
    readonly remember: (
      key: PresentKey,
      look: Effect.Effect<Option.Option<Present>>
    ) => Effect.Effect<Option.Option<Present>>
  }
>()("saldo/identity/Presence") {
  /** Presence on terms of the host's own, with the stores that keep it true. */
  static readonly layerWith = (
    options: PresenceOptions
  ): Layer.Layer<Presence | SessionStore | UserStore, never, SessionStore | UserStore | Atomic> =>
    Layer.effectContext(Effect.suspend(() => make(options)))

  /** Presence remembered for two seconds, with the stores that keep it true. */
  static readonly layer: Layer.Layer<Presence | SessionStore | UserStore, never, SessionStore | UserStore | Atomic> =
    this.layerWith({})
}

interface Remembered {
  readonly at: number
  readonly present: Option.Option<Present>
  readonly user: string
  readonly sessionId: SessionId
}

const keyOf = (tenant: string, ...ids: ReadonlyArray<string>): string => JSON.stringify([tenant, ...ids])

const makeMemory = (sessionsAtMost: number) => {
  const entries = new Map<string, Remembered>()
  /** Counts what was forgotten, so that a look that began before is not remembered after. */
  let forgotten = 0
  const forget = (concerned: (entry: Remembered) => boolean): void => {
    forgotten++
    for (const [key, entry] of entries) if (concerned(entry)) entries.delete(key)
  }

  return {
    mark: () => forgotten,
    get: (key: string) => entries.get(key),
    keep: (key: string, entry: Remembered, mark: number): void => {
      if (mark !== forgotten) return
      entries.delete(key)
      for (const oldest of entries.keys()) {
        if (entries.size < sessionsAtMost) break
        entries.delete(oldest)
      }
      entries.set(key, entry)
    },
    forget
  }
}

const make = Effect.fnUntraced(function* ({ rememberedFor = "2 seconds", sessionsAtMost = 10_000 }: PresenceOptions) {
  const [sessions, users, atomic] = [yield* SessionStore, yield* UserStore, yield* Atomic]
  const rememberedForMs = Duration.toMillis(rememberedFor)
  const memory = makeMemory(sessionsAtMost)
  const afterwards = (concerned: (entry: Remembered) => boolean) => () =>
    atomic.afterCommit(Effect.sync(() => memory.forget(concerned)))
  const ofUser = (tenant: string, userId: UserId) => {
    const user = keyOf(tenant, userId)
    return afterwards((entry) => entry.user === user)
  }

  const lookUp = Effect.fnUntraced(function* (
    { sessionId, tenant, userId }: PresentKey,
    look: Effect.Effect<Option.Option<Present>>,
    now: number
  ) {
    const mark = memory.mark()
    const present = yield* look
    const passing = yield* atomic.inTransaction
    const user = keyOf(tenant, userId)
    if (!passing) memory.keep(keyOf(tenant, userId, sessionId), { at: now, present, user, sessionId }, mark)
    return present
  })

  const remember = (key: PresentKey, look: Effect.Effect<Option.Option<Present>>) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const held = memory.get(keyOf(key.tenant, key.userId, key.sessionId))
      return held !== undefined && Math.abs(now - held.at) < rememberedForMs
        ? Effect.succeed(held.present)
        : lookUp(key, look, now)
    })

  return Context.make(Presence, Presence.of({ remember })).pipe(
    Context.add(SessionStore, {
      ...sessions,
      end: (tenant, id, ending) =>
        Effect.tap(
          sessions.end(tenant, id, ending),
          afterwards((entry) => entry.sessionId === id)
        ),
      endAllOf: (tenant, userId, ending, keep) =>
        Effect.tap(sessions.endAllOf(tenant, userId, ending, keep), ofUser(tenant, userId))
    }),
    Context.add(UserStore, {
      ...users,
      save: (user) => Effect.tap(users.save(user), ofUser(user.tenant, user.id))
    })
  )
})
