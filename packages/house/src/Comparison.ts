/**
 * One performance line: a subject held against an anchor in the same process, so that a noisy machine slows both.
 * A package's `benchmark/*.ts` file default-exports a list of these and of ceilings; `pnpm bench [filter]` runs them.
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
  /** Does `operations` units of work; both sides of a comparison count in the same unit. Is called many times. */
  readonly run: () => unknown
  readonly operations: number
  readonly close?: () => unknown
}

/**
 * A performance line with a limit of its own: a time, a size or a memory that must stay below a figure. For what a
 * comparison in one process cannot see, such as the time of a first import (measured in fresh processes) or peak memory.
 */
export interface Ceiling {
  /** Stable name, such as `money.import`. */
  readonly id: string
  readonly subject: Gauge
  /** What the figure is read beside, such as the import of an empty module. It takes no part in `holds`. */
  readonly anchor?: Gauge
  /** The subject's median must not be above this. */
  readonly atMost: number
  readonly unit: string
  /** How often to measure; 7 when left out, 1 for what cannot vary. */
  readonly rounds?: number
}

/** Something that gives one figure, in the unit of its ceiling, each time that it is asked. */
export interface Gauge {
  readonly name: string
  readonly measure: () => number | Promise<number>
}

/** What a benchmark file may list. */
export type Benchmark = Comparison | Ceiling
