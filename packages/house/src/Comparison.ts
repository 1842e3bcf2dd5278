/**
 * One performance line: a subject held against an anchor in the same process, so that a noisy machine slows both.
 * A package's `benchmark/*.ts` file default-exports a list of these; `pnpm bench [filter]` runs them.
 */
export interface Comparison {
  /** Stable name, such as `money.add`. */
  readonly id: string
  /** What is held against what, in a few words each. */
  readonly subject: Side
  readonly anchor: Side
  /** `subject speed / anchor speed` must be at least this. */
  readonly goal: number
}

/** One side of a comparison. Set-up happens outside the measured time. */
export interface Side {
  readonly name: string
  /** Prepares a run, and gives the measured work and what undoes the preparation. */
  readonly prepare: () => Prepared | Promise<Prepared>
}

/** Work ready to be measured. */
export interface Prepared {
  /** Does `operations` units of work; both sides of a comparison count in the same unit. */
  readonly run: () => unknown
  readonly operations: number
  readonly close?: () => unknown
}
