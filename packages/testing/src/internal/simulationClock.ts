/**
 * A clock that stands still until it is set. Whoever sleeps, such as a client of a database, sleeps in real time.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

const real = Context.get(Context.empty(), Clock.Clock)

/** The time of a simulation, in milliseconds since 1970. */
export class SimulationClock {
  now: number

  constructor(now: number) {
    this.now = now
  }

  /** The clock that everything in the simulation reads. */
  readonly clock: Clock.Clock = {
    monotonicTimeNanos: real.monotonicTimeNanos,
    currentTimeMillisUnsafe: () => this.now,
    currentTimeMillis: Effect.sync(() => this.now),
    currentTimeNanosUnsafe: () => BigInt(this.now) * 1_000_000n,
    currentTimeNanos: Effect.sync(() => BigInt(this.now) * 1_000_000n),
    monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
    sleep: (duration) => real.sleep(duration)
  }
}
