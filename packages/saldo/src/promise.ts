/**
 * Saldo for hosts that do not use Effect: plain methods that return promises, plain data, `AbortSignal`, `AsyncIterable`.
 *
 * Every rejection is the tagged error itself, so `error._tag` tells what happened. An aborted call rejects with the
 * signal's reason.
 */
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { AuditTrail } from "./audit/AuditTrail.ts"
import * as Actor from "./core/Actor.ts"
import { cursorFrom } from "./core/Page.ts"
import { Storage } from "./core/Storage.ts"
import { fromPlain, type Plain, toPlain } from "./internal/plain.ts"
import * as Collection from "./lending/LoanCollection.ts"
import { LoanId, PlatformId } from "./lending/LoanListing.ts"
import * as Query from "./lending/LoanListingQuery.ts"
import { LoanListingStore } from "./lending/LoanListingStore.ts"
import { LoanPlatform } from "./lending/LoanPlatform.ts"
import { makePortfolioStatistics, type PortfolioStatistics } from "./lending/portfolioStatistics.ts"
import type * as Stored from "./lending/StoredListing.ts"
import * as SqlStores from "./sql/SqlStores.ts"

/** A call was made after `close()`. */
export class SaldoClosed extends Error {
  readonly _tag = "SaldoClosed"
  override readonly name = "SaldoClosed"
  constructor() {
    super("This Saldo was closed; make another with createSaldo")
  }
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason, and nothing is half-written. */
  readonly signal?: AbortSignal
}

/** A listing and when it was met. */
export type StoredListing = Plain<Stored.StoredListing>

/** One version of a listing, with what it changed. */
export type LoanListingVersion = Plain<Stored.LoanListingVersion>

/** Which listings to give; every part is optional, and all parts must hold. */
export type LoanListingFilter = Plain<Query.LoanListingFilter>

/** What a collection did. */
export type CollectionReport = Plain<Collection.CollectionReport>

/** How far a collection has come. */
export type CollectionProgress = Plain<Collection.CollectionProgress>

/** A page of listings; `next` is the cursor of the following one, null on the last. */
export interface ListingPage {
  readonly items: ReadonlyArray<StoredListing>
  readonly next: string | null
}

/** How to collect. */
export interface CollectOptions extends CallOptions {
  /** Stop after so many pages, and report the collection as partial. */
  readonly maxPages?: number
  /** Go on where an unfinished collection stopped: true when left out. */
  readonly resume?: boolean
  /** Told after every page that is stored. */
  readonly onProgress?: (progress: CollectionProgress) => void
}

/** Which page of listings to give. */
export interface ListOptions extends CallOptions {
  readonly sort?: ReadonlyArray<Query.LoanListingSort>
  /** 1 to 500; 50 when left out. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
}

/** Loans that others offer and we watch. */
export interface Loans {
  /** Reads a platform's listings to the end and stores them. Rejects with `CollectionFailed` or `CollectionTakenOver`. */
  readonly collect: (platform: LoanPlatform, options?: CollectOptions) => Promise<CollectionReport>
  readonly find: (platform: string, loanId: string, options?: CallOptions) => Promise<StoredListing | undefined>
  /** All versions of one listing, the first one first; empty when it is unknown. */
  readonly history: (
    platform: string,
    loanId: string,
    options?: CallOptions
  ) => Promise<ReadonlyArray<LoanListingVersion>>
  /** One page, newest first unless sorted. Rejects with `FilterInvalid`, `InvalidCursor` or `CursorMismatch`. */
  readonly list: (filter?: LoanListingFilter, options?: ListOptions) => Promise<ListingPage>
  readonly count: (filter?: LoanListingFilter, options?: CallOptions) => Promise<number>
  /** Every listing that passes, with flat memory. */
  readonly all: (filter?: LoanListingFilter, options?: CallOptions) => AsyncIterable<StoredListing>
  /** Counts and measures; open loans have been open until `asOf`, now when left out. */
  readonly statistics: (
    filter?: LoanListingFilter,
    options?: CallOptions & { readonly asOf?: Date }
  ) => Promise<PortfolioStatistics>
}

/** An open Saldo. */
export interface Saldo extends AsyncDisposable {
  readonly loans: Loans
  /** Takes no more calls, waits for those that run, and closes the database. */
  readonly close: () => Promise<void>
}

/** How to open Saldo. */
export interface SaldoOptions {
  /** `sqlite({ filename })` of `@saldo/sqlite`, `postgres({ url })` of `@saldo/postgres`, or the host's own `Storage`. */
  readonly storage: Storage
}

/** Runs effects as promises, counts those that run, and refuses new ones once it is closing. */
class Calls {
  readonly #runtime: ManagedRuntime.ManagedRuntime<SqlStores.Stores, unknown>
  readonly #running = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  constructor(runtime: ManagedRuntime.ManagedRuntime<SqlStores.Stores, unknown>) {
    this.#runtime = runtime
  }

  run<A, E>(effect: Effect.Effect<A, E, SqlStores.Stores>, options?: CallOptions): Promise<A> {
    return this.track(async () => {
      options?.signal?.throwIfAborted()
      const exit = await this.#runtime.runPromiseExit(effect, options)
      if (Exit.isSuccess(exit)) return exit.value
      if (Cause.hasInterruptsOnly(exit.cause)) options?.signal?.throwIfAborted()
      throw Cause.squash(exit.cause)
    })
  }

  /** Each step is a call of its own, so that a loop that somebody left open does not hold up `close`. */
  async *iterate<A, E>(stream: Stream.Stream<A, E, SqlStores.Stores>, options?: CallOptions): AsyncGenerator<A> {
    const context = await this.track(() => this.#runtime.context())
    const stopped = options?.signal === undefined ? stream : Stream.interruptWhen(stream, aborted(options.signal))
    const iterator = Stream.toAsyncIterableWith(stopped, context)[Symbol.asyncIterator]()
    try {
      for (;;) {
        const step = await this.track(() => iterator.next())
        options?.signal?.throwIfAborted()
        if (step.done === true) return
        yield step.value
      }
    } finally {
      await iterator.return?.()
    }
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await Promise.allSettled(this.#running)
      await this.#runtime.dispose()
    })()
    return this.#closing
  }

  async track<A>(start: () => Promise<A>): Promise<A> {
    if (this.#closing !== undefined) throw new SaldoClosed()
    const call = start()
    this.#running.add(call)
    try {
      return await call
    } finally {
      this.#running.delete(call)
    }
  }
}

const aborted = (signal: AbortSignal): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    const onAbort = () => resume(Effect.void)
    if (signal.aborted) return onAbort()
    signal.addEventListener("abort", onAbort, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", onAbort))
  })

const decodeFilter = Schema.decodeUnknownEffect(Schema.toType(Query.LoanListingFilter))

const filterOf = (filter: LoanListingFilter | undefined): Effect.Effect<Query.LoanListingFilter, Query.FilterInvalid> =>
  Effect.try({ try: () => fromPlain(filter ?? {}), catch: (error) => String(error) }).pipe(
    Effect.flatMap((given) => Effect.mapError(decodeFilter(given), (error) => error.message)),
    Effect.mapError((message) => new Query.FilterInvalid({ field: "filter", message }))
  )

const keyOf = (platform: string, loanId: string) =>
  Option.all([PlatformId.makeOption(platform), LoanId.makeOption(loanId)])

const listPage = Effect.fnUntraced(function* (filter: LoanListingFilter | undefined, options: ListOptions) {
  const store = yield* LoanListingStore
  const { cursor, limit, sort } = options
  const page = yield* store.list({
    filter: yield* filterOf(filter),
    ...(sort !== undefined && { sort }),
    ...(limit !== undefined && { limit }),
    ...(cursor !== undefined && { cursor: yield* cursorFrom(cursor) })
  })
  return { items: toPlain(page.items), next: page.next }
})

const collect = (platform: LoanPlatform, { maxPages, onProgress, resume }: CollectOptions) =>
  Effect.flatMap(Collection.LoanCollection, (collection) =>
    collection.run({
      ...(maxPages !== undefined && { maxPages }),
      ...(resume !== undefined && { resume }),
      ...(onProgress !== undefined && {
        onProgress: (progress: Collection.CollectionProgress) => Effect.sync(() => onProgress(toPlain(progress)))
      })
    })
  ).pipe(
    Effect.map(toPlain),
    Actor.as(Actor.system("saldo")),
    Effect.provide(
      Collection.LoanCollection.layer.pipe(Layer.provide([LoanPlatform.source(platform), AuditTrail.layer]))
    )
  )

const statistics = Effect.fnUntraced(function* (filter: LoanListingFilter | undefined, asOf: Date | undefined) {
  const store = yield* LoanListingStore
  const now = yield* DateTime.now
  const fold = makePortfolioStatistics({ epochMilliseconds: asOf?.getTime() ?? now.epochMilliseconds })
  const chosen = yield* filterOf(filter)
  yield* Stream.runForEach(store.all(chosen), ({ listing }) => Effect.sync(() => fold.add(listing)))
  return fold.result()
})

const makeLoans = (calls: Calls): Loans => ({
  collect: (platform, options = {}) => calls.run(collect(platform, options), options),
  find: (platform, loanId, options) =>
    calls.run(
      Effect.gen(function* () {
        const store = yield* LoanListingStore
        const key = keyOf(platform, loanId)
        const found = Option.isNone(key) ? Option.none() : yield* store.find(...key.value)
        return toPlain(Option.getOrUndefined(found))
      }),
      options
    ),
  history: (platform, loanId, options) =>
    calls.run(
      Effect.gen(function* () {
        const store = yield* LoanListingStore
        const key = keyOf(platform, loanId)
        return toPlain(Option.isNone(key) ? [] : yield* store.history(...key.value))
      }),
      options
    ),
  list: (filter, options = {}) => calls.run(listPage(filter, options), options),
  count: (filter, options) =>
    calls.run(
      Effect.flatMap(LoanListingStore, (store) => Effect.flatMap(filterOf(filter), store.count)),
      options
    ),
  all: (filter, options) =>
    calls.iterate(
      Stream.unwrap(
        Effect.gen(function* () {
          const store = yield* LoanListingStore
          return Stream.map(store.all(yield* filterOf(filter)), toPlain)
        })
      ),
      options
    ),
  statistics: (filter, options) => calls.run(statistics(filter, options?.asOf), options)
})

/**
 * Opens Saldo on a storage and brings its tables up to date. Rejects when the database cannot be opened or is newer than
 * this version.
 *
 * @example
 * ```ts
 * import { createSaldo } from "saldo/promise"
 * import { sqlite } from "@saldo/sqlite/sqlite"
 *
 * const saldo = await createSaldo({ storage: sqlite({ filename: ":memory:" }) })
 * await saldo.loans.count() // => 0
 * await saldo.close()
 * ```
 */
export const createSaldo = async ({ storage }: SaldoOptions): Promise<Saldo> => {
  const runtime = ManagedRuntime.make(Layer.provide(SqlStores.layer, Storage.client(storage)))
  try {
    await runtime.context()
  } catch (error) {
    await runtime.dispose()
    throw error
  }
  const calls = new Calls(runtime)
  const close = () => calls.close()
  return { loans: makeLoans(calls), close, [Symbol.asyncDispose]: close }
}
