/**
 * Making a run small that goes wrong: fewer days, fewer faults, fewer actions, for as long as it still goes wrong.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { RunBroken } from "../Simulation.ts"

/** What of a run can be left out. */
interface Shrinkable {
  readonly days: number
  readonly only: ReadonlyArray<number>
  readonly faultsAt: ReadonlyArray<number>
}

/** The smallest run found so far, what broke in it, and how many runs may still be tried. */
export interface Shrinking<Run> {
  run: Run
  broken: RunBroken
  left: number
}

type TryRun<Run> = (run: Run) => Effect.Effect<Result.Result<unknown, RunBroken>>

/** Ways to leave out a part of a list: halves first, then smaller and smaller pieces. */
const partsOf = (length: number): ReadonlyArray<readonly [start: number, end: number]> => {
  const parts: Array<readonly [number, number]> = []
  for (let size = Math.ceil(length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < length; start += size) parts.push([start, Math.min(length, start + size)])
  }
  return parts
}

const without = (list: ReadonlyArray<number>, [start, end]: readonly [number, number]) =>
  list.filter((_, index) => index < start || index >= end)

/** Goes on with a smaller run if that goes wrong as well, and says whether it does. */
const goOn = Effect.fnUntraced(function* <Run extends Shrinkable>(
  state: Shrinking<Run>,
  tryRun: TryRun<Run>,
  smaller: Run
) {
  if (state.left <= 0) return false
  state.left -= 1
  const result = yield* tryRun(smaller)
  if (Result.isSuccess(result)) return false
  const { failure } = result
  // What comes after the failure, or on later days, does not matter.
  const reached = (numbers: ReadonlyArray<number>) => numbers.filter((number) => number <= failure.action)
  state.run = {
    ...smaller,
    days: failure.day + 1,
    only: reached(smaller.only),
    faultsAt: reached(smaller.faultsAt)
  }
  state.broken = failure
  return true
})

/** Leaves parts of a list out for as long as that goes wrong as well, and says whether it left out any. */
const shorten = Effect.fnUntraced(function* <Run extends Shrinkable>(
  state: Shrinking<Run>,
  tryRun: TryRun<Run>,
  field: "faultsAt" | "only"
) {
  const before = state.run[field].length
  for (let parts = partsOf(before); parts.length > 0 && state.left > 0;) {
    const [part, ...others] = parts
    const shorter =
      part !== undefined && (yield* goOn(state, tryRun, { ...state.run, [field]: without(state.run[field], part) }))
    parts = shorter ? partsOf(state.run[field].length) : others
  }
  return state.run[field].length < before
})

/** The smallest run that is found to go wrong, by leaving out faults and actions again and again. */
export const shrink = Effect.fnUntraced(function* <Run extends Shrinkable>(state: Shrinking<Run>, tryRun: TryRun<Run>) {
  let smaller = yield* goOn(state, tryRun, state.run)
  while (smaller) {
    smaller = state.run.faultsAt.length > 0 && (yield* goOn(state, tryRun, { ...state.run, faultsAt: [] }))
    // What is found only when everything is proven in the end may be found after fewer days.
    for (const days of [1, Math.ceil(state.run.days / 4), Math.ceil(state.run.days / 2)]) {
      if (days < state.run.days && (yield* goOn(state, tryRun, { ...state.run, days }))) smaller = true
    }
    for (const field of ["faultsAt", "only"] as const) {
      if (yield* shorten(state, tryRun, field)) smaller = true
    }
  }
  return state
})
