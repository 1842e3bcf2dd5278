import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

const real = Context.get(Context.empty(), Clock.Clock)

/** A clock that stands where the story is. Whoever sleeps, such as a client of a database, sleeps in real time. */
export class StoryClock {
  /** In milliseconds since 1970. */
  now: number

  constructor(now: number) {
    this.now = now
  }

  /** What everything in the story reads the time from. */
  readonly clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => this.now,
    currentTimeMillis: Effect.sync(() => this.now),
    currentTimeNanosUnsafe: () => BigInt(this.now) * 1_000_000n,
    currentTimeNanos: Effect.sync(() => BigInt(this.now) * 1_000_000n),
    monotonicTimeNanos: real.monotonicTimeNanos,
    monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
    sleep: (duration) => real.sleep(duration)
  }
}

/** A clock that runs as another one does, so many milliseconds ahead of it, or behind it when below zero. */
export const shifted = (clock: Clock.Clock, byMs: number): Clock.Clock => {
  const nanos = BigInt(byMs) * 1_000_000n
  return {
    currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + byMs,
    currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + byMs),
    currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe() + nanos,
    currentTimeNanos: Effect.map(clock.currentTimeNanos, (now) => now + nanos),
    monotonicTimeNanos: clock.monotonicTimeNanos,
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    sleep: (duration) => clock.sleep(duration)
  }
}
