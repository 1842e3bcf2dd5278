/** How changes are told. */
export interface LiveTerms {
  /** How many streams a caller may have open at a time in one process. */
  readonly streamsPerCaller: number
  /** After how many seconds without an event a stream says that it is there. */
  readonly idleSeconds: number
  /** How often it is asked, in seconds, whether the caller may still be here. */
  readonly recheckSeconds: number
  /** How long a stream may be, in seconds; a credential that ends earlier ends it. */
  readonly longestSeconds: number
  /** How old an id may be, in seconds, behind which everything is still told. */
  readonly resumeSeconds: number
}

/** Ten streams, a sign of life every 15 seconds, a look at the credential every three, half an hour, resumed for an hour. */
export const usualLiveTerms: LiveTerms = {
  streamsPerCaller: 10,
  idleSeconds: 15,
  recheckSeconds: 3,
  longestSeconds: 1800,
  resumeSeconds: 3600
}

/** So many changes of one record are told by name. */
export const changesAtMost = 100
