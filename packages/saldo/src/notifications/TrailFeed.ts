import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RcMap from "effect/RcMap"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { SealedRecord } from "../audit/AuditSeal.ts"
import { AuditStore } from "../audit/AuditStore.ts"

/**
 * What somebody who listens gets: links that were sealed behind the position, in order and without a gap; or that more has
 * happened since than is kept in memory; or that the feed has ended.
 */
export type Heard =
  | { readonly _tag: "Sealed"; readonly links: ReadonlyArray<SealedRecord> }
  | { readonly _tag: "Behind" }
  | { readonly _tag: "Ended" }

/** One who listens to a tenant. */
export interface Listening {
  /**
   * What was sealed behind a position, as soon as there is something. It holds no state: asked again with the same position
   * after an interruption, it gives the same again.
   */
  readonly next: (after: number) => Effect.Effect<Heard>
}

/** How the feed reads. */
export interface TrailFeedOptions {
  /** How long it waits before it looks again; half a second when left out. */
  readonly every?: Duration.Input
  /** How many links of a tenant it keeps in memory for those who are slower than others; 1024 when left out. */
  readonly keep?: number
}

/**
 * Use case: hears what the trail seals while somebody listens, for any number of listeners in a process.
 *
 * One reader per tenant asks the database, whoever of the processes sealed something, and only while somebody listens. What
 * it reads is kept once for all listeners, the latest part alone: who falls further behind is told so, and memory does not
 * grow. A listener who was away reads the way there from `AuditStore.sealed`, and then goes on here.
 */
export class TrailFeed extends Context.Service<
  TrailFeed,
  {
    /** Begins to listen; what was sealed before is not given. */
    readonly listen: (tenant: string) => Effect.Effect<Listening, never, Scope.Scope>
    /** Ends the listening of all, at once and for ever. */
    readonly end: Effect.Effect<void>
  }
>()("saldo/notifications/TrailFeed") {
  /** A feed that reads in its own way. */
  static readonly layerWith = (options: TrailFeedOptions): Layer.Layer<TrailFeed, never, AuditStore> =>
    Layer.effect(
      this,
      Effect.suspend(() => make(options))
    )

  /** A feed that looks twice a second. */
  static readonly layer: Layer.Layer<TrailFeed, never, AuditStore> = this.layerWith({})

  /**
   * Ends the feed in scope when this layer does. Put it on top of a server that waits for open answers when it shuts down:
   * those that tell of changes would never be done.
   */
  static readonly layerEnding: Layer.Layer<never, never, TrailFeed> = Layer.effectDiscard(
    Effect.flatMap(this, ({ end }) => Effect.addFinalizer(() => end))
  )
}

/** How many links are given at once. */
const batch = 100

/** The latest links of a tenant, and what wakes those who wait for the next. */
interface Reader {
  links: Array<SealedRecord>
  /** The sequence number before the first of the links. */
  from: number
  news: Deferred.Deferred<void>
}

const wake = (reader: Reader): void => {
  const told = reader.news
  reader.news = Deferred.makeUnsafe()
  Deferred.doneUnsafe(told, Effect.void)
}

const take = (reader: Reader, links: ReadonlyArray<SealedRecord>, keep: number): void => {
  for (const link of links) {
    if (link.sequence !== reader.from + reader.links.length + 1) {
      throw new RangeError(`The trail of ${link.tenant} has ${link.sequence} where its next link was expected`)
    }
    reader.links.push(link)
  }
  const gone = reader.links.length - keep
  if (gone > 0) {
    reader.links.splice(0, gone)
    reader.from += gone
  }
  if (links.length > 0) wake(reader)
}

const make = Effect.fnUntraced(function* ({ every = "500 millis", keep = 1024 }: TrailFeedOptions) {
  const store = yield* AuditStore
  const readers = new Set<Reader>()
  let ended = false

  const end = Effect.sync(() => {
    ended = true
    readers.forEach(wake)
  })
  const begin = Effect.fnUntraced(function* (tenant: string) {
    const { sequence: from } = yield* store.head(tenant)
    const reader: Reader = { links: [], from, news: Deferred.makeUnsafe() }
    yield* Effect.acquireRelease(
      Effect.sync(() => readers.add(reader)),
      () => Effect.sync(() => readers.delete(reader))
    )
    const round = Effect.suspend(() =>
      Stream.runForEachArray(store.sealed(tenant, reader.from + reader.links.length), (links) =>
        Effect.sync(() => take(reader, links, keep))
      )
    )
    yield* round.pipe(
      Effect.catchCause((cause) => Effect.logWarning("The trail was not read and will be next time", cause)),
      Effect.annotateLogs({ tenant }),
      Effect.repeat(Schedule.spaced(every)),
      Effect.forkScoped
    )
    return reader
  })

  const all = yield* RcMap.make({ lookup: begin, idleTimeToLive: Duration.seconds(5) })
  // Whoever listens is told before the readers go.
  yield* Effect.addFinalizer(() => end)

  const nextOf =
    (reader: Reader) =>
    (after: number): Effect.Effect<Heard> =>
      Effect.suspend((): Effect.Effect<Heard> => {
        if (ended) return Effect.succeed({ _tag: "Ended" })
        if (after < reader.from) return Effect.succeed({ _tag: "Behind" })
        const start = after - reader.from
        const links = reader.links.slice(start, start + batch)
        if (links.length > 0) return Effect.succeed({ _tag: "Sealed", links })
        return Effect.flatMap(Deferred.await(reader.news), () => nextOf(reader)(after))
      })

  return TrailFeed.of({
    listen: (tenant) => Effect.map(RcMap.get(all, tenant), (reader) => ({ next: nextOf(reader) })),
    end
  })
})
