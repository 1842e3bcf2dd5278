/**
 * How the methods of the facade run: as promises, on one runtime, for one actor.
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { AccessRefusals } from "../../audit/AccessRefusals.ts"
import type { AuditRetention } from "../../audit/AuditRetention.ts"
import type { AuditTrail } from "../../audit/AuditTrail.ts"
import { Actor, type Identity, NotPermitted } from "../../core/Actor.ts"
import type { PageRequest } from "../../core/Page.ts"
import type { Ledger } from "../../ledger/Ledger.ts"
import type * as SqlStores from "../../sql/SqlStores.ts"
import { type CallOptions, type PageOptions, SaldoClosed } from "./callOptions.ts"
import { type Given, type Plain, toPlain } from "./plain.ts"
import { pageOf, type Reader } from "./reading.ts"

/** What the facade calls in every Saldo: use cases, and the stores they stand on. */
export type Services = SqlStores.Stores | AccessRefusals | AuditTrail | AuditRetention | Ledger

const isNotPermitted = Schema.is(NotPermitted)

/** Has it recorded that whoever acts lacks a permission; other failures are for the use cases to record. */
const recordRefusal = (error: unknown): Effect.Effect<void, never, AccessRefusals | Actor> =>
  isNotPermitted(error) ? AccessRefusals.use(({ record }) => record(error)) : Effect.void

/** Runs effects as promises, counts those that run, and refuses new ones once it is closing. */
export class Engine<R = Services> {
  readonly #runtime: ManagedRuntime.ManagedRuntime<R, unknown>
  readonly #running = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  constructor(runtime: ManagedRuntime.ManagedRuntime<R, unknown>) {
    this.#runtime = runtime
  }

  run<A, E>(effect: Effect.Effect<A, E, R>, options?: CallOptions): Promise<A> {
    return this.#track(async () => {
      options?.signal?.throwIfAborted()
      const exit = await this.#runtime.runPromiseExit(effect, options)
      if (Exit.isSuccess(exit)) return exit.value
      if (Cause.hasInterruptsOnly(exit.cause)) options?.signal?.throwIfAborted()
      throw Cause.squash(exit.cause)
    })
  }

  /** What the calls run on. */
  context(): Promise<Context.Context<R>> {
    return this.#runtime.context()
  }

  /** Counts work of somebody else's as a call: `close` waits for it, and refuses it once it has begun. */
  during<A>(work: () => Promise<A>): Promise<A> {
    return this.#track(work)
  }

  /** Each step is a call of its own, so that a loop that somebody left open does not hold up `close`. */
  async *iterate<A, E>(stream: Stream.Stream<A, E, R>, options?: CallOptions): AsyncGenerator<A> {
    const context = await this.#track(() => this.#runtime.context())
    const stopped = options?.signal === undefined ? stream : Stream.interruptWhen(stream, aborted(options.signal))
    const iterator = Stream.toAsyncIterableWith(stopped, context)[Symbol.asyncIterator]()
    try {
      for (;;) {
        const step = await this.#track(() => iterator.next())
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

  async #track<A>(start: () => Promise<A>): Promise<A> {
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

/** The calls of one actor; what it may not do is recorded. */
export class Calls<R = Services> {
  readonly #engine: Engine<R | AccessRefusals>
  readonly #actor: Identity

  constructor(engine: Engine<R | AccessRefusals>, actor: Identity) {
    this.#engine = engine
    this.#actor = actor
  }

  /** Runs an effect and takes Effect out of its answer. */
  run<A, E>(effect: Effect.Effect<A, E, R | Actor>, options?: CallOptions): Promise<Plain<A>> {
    const acting = Effect.provideService(Effect.tapError(effect, recordRefusal), Actor, this.#actor)
    return this.#engine.run(Effect.map(acting, toPlain), options)
  }

  /** A method that reads what it is given, and then acts on it. */
  reading<Known, A, E>(
    read: Reader<Known>,
    act: (known: Known) => Effect.Effect<A, E, R | Actor>
  ): (given: Given<Known>, options?: CallOptions) => Promise<Plain<A>> {
    return (given, options) => this.run(Effect.flatMap(read(given), act), options)
  }

  /** A method that gives a page of what it reads: by a filter, where nothing is the empty one, or by an id. */
  paging<Known, A, E>(
    read: Reader<Known>,
    list: (known: Known, page: PageRequest) => Effect.Effect<A, E, R | Actor>
  ): (given?: Given<Known>, options?: PageOptions) => Promise<Plain<A>> {
    return (given, options = {}) =>
      this.run(
        Effect.flatMap(Effect.all([read(given ?? {}), pageOf(options)]), (known) => list(...known)),
        options
      )
  }

  /** Runs a stream step by step, and takes Effect out of its items. */
  iterate<A, E>(stream: Stream.Stream<A, E, R | Actor>, options?: CallOptions): AsyncGenerator<Plain<A>> {
    const acting = Stream.provideService(Stream.tapError(stream, recordRefusal), Actor, this.#actor)
    return this.#engine.iterate(Stream.map(acting, toPlain), options)
  }
}

const aborted = (signal: AbortSignal): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    const onAbort = () => resume(Effect.void)
    if (signal.aborted) return onAbort()
    signal.addEventListener("abort", onAbort, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", onAbort))
  })
