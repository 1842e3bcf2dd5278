/**
 * Stopping a process anywhere, as a power cut does: before or after anything that it does to the world outside, with nothing
 * of it running on.
 */
import { isWrite } from "@saldo/testing/FaultInjection"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Statement from "effect/sql/Statement"

/** Where a process stops: at the n-th thing that it does outside, counted from one. */
export interface Stop {
  readonly at: number
  readonly when: "before" | "after"
}

/** Counts what is done outside, which is what is written and what is guarded, and stops it there. */
export class Fuse {
  /** How much the last process did outside. */
  seen = 0
  /** At which of them it called somebody else. */
  calls: Array<number> = []
  #stop: Stop | undefined
  #stopped = Deferred.makeUnsafe<void>()

  readonly #pass = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      this.seen += 1
      if (this.seen !== this.#stop?.at) return effect
      const stop = Effect.andThen(Deferred.succeed(this.#stopped, undefined), Effect.never)
      return this.#stop.when === "before" ? stop : Effect.andThen(effect, stop)
    })

  /** A call that may be what a process does last. */
  call<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.suspend(() => {
      this.calls.push(this.seen + 1)
      return this.#pass(effect)
    })
  }

  readonly #observe: Statement.Transformer = (statement) =>
    Effect.suspend(() => {
      const [sql] = statement.compile()
      if (!isWrite(sql)) return Effect.succeed(statement)
      const isLast = this.#stop?.when === "after" && this.#stop.at === this.seen + 1
      if (!isLast) return this.#pass(Effect.succeed(statement))
      // Carried out here, as what is stopped afterwards gives no statement any more.
      const written = Effect.provideService(statement, Statement.CurrentTransformer, undefined)
      // A transformer is not expected to fail, yet its effect runs as part of the statement, whose failures are SqlErrors.
      return this.#pass(Effect.andThen(written, Effect.succeed(statement))) as Effect.Effect<typeof statement>
    })

  /** Carries something out until its end or until it is stopped, which is undefined. */
  run<A, E, R>(
    effect: Effect.Effect<A, E, R>,
    stop: Stop | undefined
  ): Effect.Effect<Exit.Exit<A, E> | undefined, never, R> {
    const watched = Effect.provideService(effect, Statement.CurrentTransformer, this.#observe)
    return Effect.gen({ self: this }, function* () {
      this.seen = 0
      this.calls = []
      this.#stop = stop
      const stopped = (this.#stopped = yield* Deferred.make<void>())
      const fiber = yield* Effect.forkChild(watched)
      const cut = Effect.as(Effect.andThen(Deferred.await(stopped), Fiber.interrupt(fiber)), undefined)
      const exit = yield* Effect.raceFirst(Fiber.await(fiber), cut)
      this.#stop = undefined
      return exit
    })
  }
}

const real = Context.get(Context.empty(), Clock.Clock)

/** A clock that stands still until it is moved. Who sleeps sleeps in real time, as a client of a database must. */
export class HandClock {
  now: number

  constructor(now: number) {
    this.now = now
  }

  readonly #clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => this.now,
    currentTimeMillis: Effect.sync(() => this.now),
    currentTimeNanosUnsafe: () => BigInt(this.now) * 1_000_000n,
    currentTimeNanos: Effect.sync(() => BigInt(this.now) * 1_000_000n),
    monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: real.monotonicTimeNanos,
    sleep: (duration) => real.sleep(duration)
  }

  /** Lets an effect read the time of this clock. */
  readonly rule = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.provideService(effect, Clock.Clock, this.#clock)
}
