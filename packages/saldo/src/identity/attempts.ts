/**
 * How guessing is slowed down: some tries are free, and each one after them has to wait twice as long as the one before.
 */

/** How many tries are free, and how the waiting grows. */
export interface AttemptRule {
  readonly free: number
  /** How long to wait after the first try that is not free; doubled with each one after it. */
  readonly firstWaitMs: number
  readonly longestWaitMs: number
  /** After so long without a try all are forgotten. */
  readonly forgetAfterMs: number
}

/** The tries so far, none of which is known to have succeeded; instants in milliseconds since 1970 began. */
export interface Attempts {
  readonly failures: number
  readonly lastAt: number
  /** From when on the next try is allowed; 0 when it always was. */
  readonly openAt: number
  /** Whether somebody was turned away since the last try. */
  readonly refused: boolean
}

/** The tries after one that was allowed, or when to come again. */
export type AttemptVerdict =
  | { readonly _tag: "Allowed"; readonly attempts: Attempts }
  | { readonly _tag: "Refused"; readonly attempts: Attempts; readonly retryAt: number; readonly first: boolean }

/** No tries so far. */
export const noAttempts: Attempts = { failures: 0, lastAt: 0, openAt: 0, refused: false }

/** How long to wait after so many failures, in milliseconds. */
export const waitAfter = (failures: number, { firstWaitMs, free, longestWaitMs }: AttemptRule): number =>
  failures <= free ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - free - 1, 40))

/**
 * Counts a try, as if it had failed, before it is known whether it succeeds: tries at the same time are counted each.
 *
 * One that comes too early is refused and does not count; `first` says whether it is the first since the last try.
 *
 * @example
 * ```ts
 * import { attempt, noAttempts } from "saldo/identity/attempts"
 *
 * const rule = { free: 0, firstWaitMs: 1000, longestWaitMs: 60_000, forgetAfterMs: 3_600_000 }
 * const first = attempt(noAttempts, 5000, rule)
 * first._tag // => "Allowed"
 * attempt(first.attempts, 5999, rule)._tag // => "Refused"
 * attempt(first.attempts, 6000, rule).attempts.openAt // => 8000
 * ```
 */
export const attempt = (given: Attempts, at: number, rule: AttemptRule): AttemptVerdict => {
  const attempts = at - given.lastAt >= rule.forgetAfterMs ? noAttempts : given
  if (at < attempts.openAt) {
    return {
      _tag: "Refused",
      attempts: { ...attempts, refused: true },
      retryAt: attempts.openAt,
      first: !attempts.refused
    }
  }
  const failures = attempts.failures + 1
  const wait = waitAfter(failures, rule)
  // Clocks of several machines differ: a try by one that is behind is not early where there is nothing to wait for.
  return {
    _tag: "Allowed",
    attempts: { failures, lastAt: Math.max(at, attempts.lastAt), openAt: wait === 0 ? 0 : at + wait, refused: false }
  }
}

/** Takes back one try that turned out not to be a guess; the next one may come at once. */
export const takeBack = (attempts: Attempts): Attempts => ({
  ...attempts,
  failures: Math.max(0, attempts.failures - 1),
  openAt: 0,
  refused: false
})
