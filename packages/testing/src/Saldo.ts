/**
 * `Saldo.simulate`: a bank's days from a seed, with faults, checked every night; what goes wrong is made small and can be
 * replayed.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type PlannedAction, planOf } from "./internal/simulationPlan.ts"
import { type RunBroken, type RunOptions, runPlan, type SimulationReport } from "./Simulation.ts"

/** What to simulate. */
export interface SimulationOptions extends Omit<RunOptions, "seed"> {
  /** 1 when left out. */
  readonly seed?: number
  /** 30 when left out. */
  readonly days?: number
  /** In how many per cent of the actions something breaks: 15 for `true`, none for `false` or when left out. */
  readonly faults?: boolean | number
  /** Of a replay: the numbers of the actions that happen, beside the mornings and nights. */
  readonly only?: ReadonlyArray<number>
  /** Of a replay: the numbers of the actions at which something breaks. */
  readonly faultsAt?: ReadonlyArray<number>
  /** How many smaller runs to try after a failure: 300 when left out. */
  readonly shrinks?: number
}

/** The options that name a run. */
type Run = Required<Pick<SimulationOptions, "seed" | "days" | "faults" | "only" | "faultsAt">>

/** A simulation went wrong; `replay` names the smallest run found that does. */
export class SimulationFailed extends Data.TaggedError("SimulationFailed")<{
  readonly replay: Run
  /** What did not hold, on which day (from 0), after which action, in the smallest run. */
  readonly problem: string
  readonly day: number
  readonly action: number
  /** What did not hold in the run that was asked for. */
  readonly original: string
}> {
  override get message(): string {
    const { faultsAt, ...run } = this.replay
    const fields = Object.entries({ ...run, faultsAt }).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    return `Day ${this.day}, action ${this.action}: ${this.problem}. Replay: Saldo.simulate({ ${fields.join(", ")} })`
  }
}

const isFixed = ({ act }: PlannedAction): boolean => act.act === "rail" || act.act === "endOfDay"

const planFor = ({ days, faults, faultsAt, only, seed }: Run): ReadonlyArray<PlannedAction> => {
  const [kept, broken] = [new Set(only), new Set(faultsAt)]
  return planOf(seed, days, Number(faults))
    .filter((planned) => isFixed(planned) || kept.has(planned.number))
    .map((planned) => (broken.has(planned.number) ? planned : { ...planned, fault: undefined }))
}

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

/** The smallest run found so far, what broke in it, and how many runs may still be tried. */
interface Shrinking {
  run: Run
  broken: RunBroken
  left: number
}

type TryRun = (run: Run) => Effect.Effect<Result.Result<SimulationReport, RunBroken>>

/** Goes on with a smaller run if that goes wrong as well, and says whether it does. */
const goOn = Effect.fnUntraced(function* (state: Shrinking, tryRun: TryRun, smaller: Run) {
  if (state.left <= 0) return false
  state.left -= 1
  const result = yield* tryRun(smaller)
  if (Result.isSuccess(result)) return false
  state.run = smaller
  state.broken = result.failure
  return true
})

/** Leaves parts of a list out for as long as that goes wrong as well, and says whether it left out any. */
const shorten = Effect.fnUntraced(function* (state: Shrinking, tryRun: TryRun, field: "faultsAt" | "only") {
  const before = state.run[field].length
  for (let parts = partsOf(before); parts.length > 0 && state.left > 0;) {
    const [part, ...others] = parts
    const shorter =
      part !== undefined && (yield* goOn(state, tryRun, { ...state.run, [field]: without(state.run[field], part) }))
    parts = shorter ? partsOf(state.run[field].length) : others
  }
  return state.run[field].length < before
})

const shrink = Effect.fnUntraced(function* (state: Shrinking, tryRun: TryRun) {
  let smaller = true
  while (smaller) {
    const { broken, run } = state
    smaller = broken.day + 1 < run.days && (yield* goOn(state, tryRun, { ...run, days: broken.day + 1 }))
    if (state.run.faultsAt.length > 0 && (yield* goOn(state, tryRun, { ...state.run, faultsAt: [] }))) smaller = true
    for (const field of ["faultsAt", "only"] as const) {
      if (yield* shorten(state, tryRun, field)) smaller = true
    }
  }
  return state
})

/**
 * Runs a small bank (deposits, transfers with a fee, holds, payments over a rail that repeats itself and loses answers,
 * daily interest) for so many days of a virtual clock, breaks it where the seed says, and checks after each day that the
 * books balance, counters are sums of lines, holds add up, every command happened once or not at all, and every balance is
 * what an independent tally says; the hash chains are verified each month and in the end. Fails with the smallest run found
 * that goes wrong, which its message repeats.
 *
 * @example
 * ```ts
 * import * as Saldo from "@saldo/testing/Saldo"
 * import * as Effect from "effect/Effect"
 *
 * const report = await Effect.runPromise(Saldo.simulate({ seed: 7, days: 10, faults: true }))
 * report.days // => 10
 * ```
 */
export const simulate = (options: SimulationOptions = {}): Effect.Effect<SimulationReport, SimulationFailed> =>
  Effect.suspend(() => {
    const { bank, days = 30, faults = 0, seed = 1, shrinks = 300, storage } = options
    const percent = faults === true ? 15 : Number(faults)
    const plan = planOf(seed, days, percent)
    const run: Run = {
      seed,
      days,
      faults: percent,
      only: options.only ?? plan.filter((planned) => !isFixed(planned)).map(({ number }) => number),
      faultsAt: options.faultsAt ?? plan.filter(({ fault }) => fault !== undefined).map(({ number }) => number)
    }
    const more = { seed, ...(bank === undefined ? {} : { bank }), ...(storage === undefined ? {} : { storage }) }
    const tryRun = (one: Run) => Effect.result(runPlan(planFor(one), more))
    return Effect.flatMap(tryRun(run), (result) =>
      Result.isSuccess(result)
        ? Effect.succeed(result.success)
        : Effect.flatMap(shrink({ run, broken: result.failure, left: shrinks }, tryRun), ({ broken, run: replay }) =>
            Effect.fail(
              new SimulationFailed({
                replay,
                problem: broken.problem,
                day: broken.day,
                action: broken.action,
                original: result.failure.problem
              })
            )
          )
    )
  })
