/**
 * When an event that an endpoint did not take is tried again.
 */

/** The pauses before the first attempt and each further one, in milliseconds: 75 hours and 35 minutes in all. */
export const retryPausesMs: ReadonlyArray<number> = [
  0,
  5_000,
  5 * 60_000,
  30 * 60_000,
  2 * 3_600_000,
  5 * 3_600_000,
  10 * 3_600_000,
  14 * 3_600_000,
  20 * 3_600_000,
  24 * 3_600_000
]

/** The longest time for which an endpoint may ask to be left alone. */
export const longestPauseMs = 24 * 3_600_000

/** Who pauses at the same time comes back within a tenth of the pause, and not in the same moment. */
const jitter = 0.1

/** A status with which an endpoint says that it is there and wants less, or later. */
export const asksForPause = (status: number): boolean => [429, 502, 503, 504].includes(status)

/**
 * How long to wait after the given number of failed attempts; `undefined` when all have been made. `random` is at least 0 and
 * less than 1. An answer's `Retry-After`, in milliseconds, makes the pause longer, never shorter.
 */
export const pauseMs = (
  failedAttempts: number,
  random: number,
  retryAfterMs = 0,
  pausesMs: ReadonlyArray<number> = retryPausesMs
): number | undefined => {
  const pause = pausesMs[failedAttempts]
  if (pause === undefined) return undefined
  return Math.max(Math.round(pause * (1 + jitter * random)), Math.min(Math.max(0, retryAfterMs), longestPauseMs))
}
