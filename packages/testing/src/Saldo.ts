/**
 * `Saldo.simulate`: a bank's days from a seed, with faults, checked every night; what goes wrong is made small and can be
 * replayed.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { isFixed, type PlannedAction, planOf } from "./internal/simulationPlan.ts"
import { type Shrinking, shrink } from "./internal/simulationShrinking.ts"
import { storyOf } from "./internal/simulationStory.ts"
import { type RunOptions, runPlan, type SimulationReport } from "./Simulation.ts"

/** What to simulate. */
export interface SimulationOptions extends Omit<RunOptions, "seed"> {
  /** 1 when left out. */
  readonly seed?: number
  /** 30 when left out. */
  readonly days?: number
  /** In how many per cent of the actions something breaks: 15 for `true`, none for `false` or when left out. */
  readonly faults?: boolean | number
  /** Of a replay: the numbers of the actions that happen, beside what the bank does by the clock. */
  readonly only?: ReadonlyArray<number>
  /** Of a replay: the numbers of the actions at which something breaks. */
  readonly faultsAt?: ReadonlyArray<number>
  /** How many smaller runs to try after a failure: 400 when left out. */
  readonly shrinks?: number
}

/** The options that name a run. */
type Run = Required<Pick<SimulationOptions, "seed" | "days" | "faults" | "only" | "faultsAt">>

/** A simulation went wrong; `replay` names the smallest run found that does, and `story` tells what happens in it. */
export class SimulationFailed extends Data.TaggedError("SimulationFailed")<{
  readonly replay: Run
  /** What did not hold, on which day (from 0), after which action, in the smallest run. */
  readonly problem: string
  readonly day: number
  readonly action: number
  readonly story: ReadonlyArray<string>
  /** What did not hold in the run that was asked for. */
  readonly original: string
}> {
  /** The call that replays it, on one line. */
  get call(): string {
    const { faultsAt, ...run } = this.replay
    const fields = Object.entries({ ...run, faultsAt }).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    return `Saldo.simulate({ ${fields.join(", ")} })`
  }

  override get message(): string {
    const { action, day, problem, story } = this
    const told = story.map((line) => `  ${line}`)
    return [`After action ${action} on day ${day}, ${problem}`, ...told, `Replay: ${this.call}`].join("\n")
  }
}

const planFor = ({ days, faults, faultsAt, only, seed }: Run): ReadonlyArray<PlannedAction> => {
  const [kept, broken] = [new Set(only), new Set(faultsAt)]
  return planOf(seed, days, Number(faults))
    .filter((planned) => isFixed(planned) || kept.has(planned.number))
    .map((planned) => (broken.has(planned.number) ? planned : { ...planned, fault: undefined }))
}

/** What was left in the smallest run, in words. */
const failedBy = ({ broken, run: replay }: Shrinking<Run>, original: string): SimulationFailed => {
  const told = planFor(replay).filter(({ number }) => number <= broken.action)
  return new SimulationFailed({
    replay,
    problem: broken.problem,
    day: broken.day,
    action: broken.action,
    story: storyOf(told.filter((planned) => !isFixed(planned) || planned.fault !== undefined)),
    original
  })
}

/**
 * Runs a bank of a few customers for so many days of a virtual clock, breaks it where the seed says, and checks it every
 * night. The bank is all of it: customers and their verification, deposit accounts with interest, fees and overdrafts,
 * reservations, payments with a second person's consent over a rail that loses and repeats what it is told, reversals, the
 * trail. Every command must come to what an independent tally says, once; every night the books must balance and agree with
 * the tally and with the rail, to the last minor unit; the hash chains are verified each quarter and in the end. Fails with
 * the smallest run found that goes wrong, which its message tells and repeats.
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
    const { bank, days = 30, faults = 0, seed = 1, shrinks = 400, storage } = options
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
        : Effect.flatMap(shrink({ run, broken: result.failure, left: shrinks }, tryRun), (smallest) =>
            Effect.fail(failedBy(smallest, result.failure.problem))
          )
    )
  })
