/**
 * How long to wait before something is tried again.
 */
const longestPause = 30_000

/** The pause before a further try, in milliseconds: longer after each that failed, and never the same for all pages. */
export const pauseAfter = (failures: number, random: number): number =>
  Math.min(longestPause, 500 * 2 ** Math.min(failures, 6)) * (0.5 + random / 2)
