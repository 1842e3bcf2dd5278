/**
 * A bank's days under a virtual clock: what happens is planned by a seed, breaks where the plan says, and is held against
 * sums on paper every night.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import { Payments } from "saldo/banking/Payments"
import * as Actor from "saldo/core/Actor"
import * as Id from "saldo/core/Id"
import { sha256 } from "saldo/core/sha256"
import { EntryId } from "saldo/ledger/JournalEntry"
import { Ledger } from "saldo/ledger/Ledger"
import { AccountCode } from "saldo/ledger/LedgerAccount"
import * as LocalDate from "saldo/time/LocalDate"
import { say } from "./internal/simulationActs.ts"
import { inspect, nothingSeen, statementsProblem } from "./internal/simulationChecks.ts"
import { SimulationClock } from "./internal/simulationClock.ts"
import { expected } from "./internal/simulationExpectations.ts"
import { randomOf, Trap } from "./internal/simulationFaults.ts"
import type { PlannedAction } from "./internal/simulationPlan.ts"
import { numberOf } from "./internal/simulationSchedules.ts"
import { trailProblem } from "./internal/simulationTrail.ts"
import { type Answer, World } from "./internal/simulationWorld.ts"
import * as RailSimulator from "./RailSimulator.ts"
import { type Bank, bank as referenceBank, firstDay, staff, tenant } from "./SimulationBank.ts"
import { memory, type SimulationStorage } from "./SimulationStorage.ts"

/** What one run needs beside its plan. */
export interface RunOptions {
  readonly seed: number
  /** In memory when left out. */
  readonly storage?: SimulationStorage
  /** The bank to be tried; the reference bank when left out. It is made anew whenever it has gone down. */
  readonly bank?: Bank
}

/** What a simulation came to. */
export interface SimulationReport {
  readonly seed: number
  readonly days: number
  readonly actions: number
  /** How many commands were refused, as they should be. */
  readonly refused: number
  /** How often the bank went down. */
  readonly crashes: number
  /** How often a call failed and the bank went on. */
  readonly errors: number
  readonly payments: number
  readonly entries: number
  /** A hash of everything that was answered and of the last links of the journal and the trail: the same for the same run. */
  readonly hash: string
}

/** A run went wrong after an action of a day. */
export class RunBroken extends Data.TaggedError("RunBroken")<{
  readonly day: number
  readonly action: number
  readonly problem: string
}> {}

const dayMs = 86_400_000
const startMs = LocalDate.toEpochDay(firstDay) * dayMs
const secondYearMs = LocalDate.toEpochDay(LocalDate.addYears(firstDay, 1)) * dayMs

/** In longer runs the chains, which take the whole history, are verified once in so many days, and in the end. */
const daysBetweenProofs = 90

/** In how many rounds, a minute apart, the bank must have learned what the rail knows. */
const roundsANight = 50

const manners: RailSimulator.RailManners = {
  requestLost: 0.1,
  requestLate: 0.1,
  answerLost: 0.15,
  silent: 0.15,
  eventLost: 0.3,
  eventRepeated: 0.2,
  held: 0.3,
  rejected: 0.2,
  returned: 0.25,
  returnedInPart: 0.3
}

const outcomesOf = (answers: ReadonlyArray<Answer>): string => answers.map(({ outcome }) => outcome).join(", ")

const goneDown = (cause: Cause.Cause<unknown>): string => `the bank went down by itself: ${Cause.pretty(cause)}`

/** Tries an action, lets it break where the plan says, and lets whoever heard nothing try again. */
const carryOut = Effect.fnUntraced(function* (world: World, planned: PlannedAction) {
  const { trap } = world
  const { fault, twice } = planned
  const once = Effect.suspend(() => say(world, planned))
  const both = Effect.map(Effect.all([once, once], { concurrency: 2 }), ([one, other]) =>
    JSON.stringify(one) === JSON.stringify(other) ? one : [...one, ...other]
  )
  trap.set(fault)
  const first = yield* Effect.exit(trap.live(world.within(twice ? both : once)))
  const lost = fault?.at === "answer"
  if (Exit.isSuccess(first) && !trap.sprung && !lost) return first.value
  if (Exit.isFailure(first) && !trap.sprung) return goneDown(first.cause)
  if (trap.dead || (lost && fault.kind === "crash")) {
    world.crashes += 1
    yield* world.stop
  } else world.errors += 1
  trap.set(undefined)
  const again = yield* Effect.exit(trap.live(world.within(once)))
  return Exit.isSuccess(again) ? again.value : goneDown(again.cause)
})

/** Takes over what came of standing orders. */
const follow = Effect.fnUntraced(
  function* (world: World, { day, fault }: PlannedAction) {
    const { clock, notes, schedules } = world
    const [payments, plans] = [yield* Payments, yield* PaymentPlans]
    for (const schedule of schedules.active) {
      const id = notes.schedules.get(schedule.number)
      if (id === undefined) return `standing order ${schedule.number} was made, and nobody was told which it is`
      const { items } = yield* plans.payments(id, { limit: 100 })
      const said = new Map(items.map((payment) => [payment.number, payment]))
      for (const { number, orderId } of items) {
        const own = numberOf(schedule.number, number)
        if (orderId === null || notes.orders.has(own)) continue
        notes.orders.set(own, orderId)
        notes.references.set((yield* payments.find(orderId)).endToEndId, own)
      }
      const problem = schedules.learn(schedule, said, fault !== undefined, day, clock.now)
      if (problem !== undefined) return problem
    }
    return undefined
  },
  Effect.orDie,
  Actor.as(staff.officer)
)

/** Takes over what the bank has learned from the rail, if it may say so. */
const learn = Effect.fnUntraced(function* (world: World, day: number) {
  const { clock, notes, orders, rail } = world
  const payments = yield* Payments
  const known = yield* rail.payments
  for (const order of orders.open) {
    const id = notes.orders.get(order.number)
    if (id === undefined) return `payment ${order.number} was ordered, and nobody was told which it is`
    const said = yield* Effect.orDie(payments.find(id).pipe(Actor.as(staff.officer)))
    const problem = orders.learn(order, said, known.get(said.endToEndId), day, clock.now)
    if (problem !== undefined) return problem
  }
  return undefined
})

/** Lets the bank ask until it knows what the rail knows, and says what it does not come to know. */
const settleNight = Effect.fnUntraced(function* (world: World, day: number) {
  const { clock, notes, orders, rail } = world
  const references = new Map([...notes.references].map(([reference, number]) => [number, reference]))
  const payments = yield* Payments
  let behind: string | undefined
  for (let round = 0; round < roundsANight; round++) {
    const known = yield* rail.payments
    behind = undefined
    for (const order of orders.open) {
      behind ??= orders.behind(order, known.get(references.get(order.number) ?? ""), day, clock.now)
    }
    if (behind === undefined) return undefined
    clock.now += 61_000
    yield* payments.work()
    const problem = yield* learn(world, day)
    if (problem !== undefined) return problem
  }
  return behind
})

/** Holds what was answered against what should have been, and notes it. */
const compare = (world: World, { act, number }: PlannedAction, answers: ReadonlyArray<Answer>, wanted: string) => {
  const found = outcomesOf(answers)
  if (found !== wanted) return `${act.act} should come to "${wanted}" and came to "${found}"`
  world.refused += answers.filter(({ outcome }) => outcome !== "done").length
  if (act.act === "repeat") {
    const before = world.notes.answers.get(act.of)
    return act.altered || JSON.stringify(before) === JSON.stringify(answers)
      ? undefined
      : `action ${act.of} was answered otherwise when it was repeated`
  }
  world.notes.answers.set(number, answers)
  const [answer] = answers
  const moves = act.act === "deposit" || act.act === "withdraw" || act.act === "transfer"
  if (moves && answer?.outcome === "done") world.notes.entries.set(number, EntryId.make(answer.value))
  return undefined
}

const take = Effect.fnUntraced(function* (world: World, planned: PlannedAction) {
  const { act, at, day, number } = planned
  const { clock, notes, trap } = world
  clock.now = startMs + day * dayMs + at
  const wanted = expected(world, planned)
  if (wanted === undefined) return { answers: undefined, problem: undefined }
  if (act.act === "reserve") notes.holds.set(number, yield* Id.make("hold"))
  const answers = yield* carryOut(world, planned)
  if (typeof answers === "string") return { answers: undefined, problem: answers }
  trap.set(undefined)
  const known = compare(world, planned, answers, wanted.join(", "))
  if (known !== undefined || (act.act !== "work" && act.act !== "night")) return { answers, problem: known }
  const problem = yield* world.within(
    Effect.gen(function* () {
      const learned = (yield* follow(world, planned)) ?? (yield* learn(world, day))
      if (learned !== undefined || act.act === "work") return learned
      return (yield* settleNight(world, day)) ?? (yield* inspect(world, day))
    })
  )
  return { answers, problem }
})

const prove = Effect.fnUntraced(function* (world: World) {
  const [ledger, audit] = [yield* Ledger, yield* AuditTrail]
  const { findings, head } = yield* Effect.orDie(ledger.verify.pipe(Actor.as(Actor.system(tenant))))
  const [first] = findings
  yield* audit.seal(tenant)
  const trail = yield* audit.verify(tenant)
  const problem =
    first !== undefined
      ? `the journal does not verify: ${first.detail}`
      : trail._tag === "Intact"
        ? ((yield* trailProblem(world)) ??
          (world.clock.now < secondYearMs ? yield* statementsProblem(world) : undefined))
        : "the audit trail does not verify"
  return { problem, head, trail: (yield* audit.head(tenant)).hash }
})

const openBooks = Effect.gen(function* () {
  const ledger = yield* Ledger
  const opening = { code: AccountCode.make("cards.SEK"), name: "Cards", type: "liability", currency: "SEK" } as const
  const { id } = yield* Effect.orDie(ledger.openAccount(opening))
  return id
}).pipe(Actor.as(Actor.system(tenant)))

const runIn = Effect.fnUntraced(function* (world: World, plan: ReadonlyArray<PlannedAction>, seed: number) {
  world.cards = yield* world.within(openBooks).pipe(Random.withSeed(String(seed)))
  const days = (plan.at(-1)?.day ?? -1) + 1
  let trace = ""
  let proof: Effect.Success<ReturnType<typeof prove>> | undefined
  for (const planned of plan) {
    const { act, day, number } = planned
    const broke = (problem: string | undefined) =>
      problem === undefined ? Effect.void : Effect.fail(new RunBroken({ day, action: number, problem }))
    // What an action draws does not depend on the ones before it, so that it stays as it is when they are left out.
    const taken = yield* take(world, planned).pipe(Random.withSeed(`${seed} ${number}`))
    yield* broke(taken.problem)
    trace = sha256(`${trace} ${number} ${JSON.stringify(taken.answers)}`)
    if (act.act === "night" && (day === days - 1 || day % daysBetweenProofs === daysBetweenProofs - 1)) {
      proof = yield* world.within(prove(world))
      yield* broke(proof.problem)
    }
  }
  const { refused, crashes, errors, orders } = world
  return {
    seed,
    days,
    actions: plan.length,
    refused,
    crashes,
    errors,
    payments: orders.all.size,
    entries: proof?.head.sequence ?? 0,
    hash: sha256(`${trace} ${proof?.head.hash} ${proof?.trail}`)
  } satisfies SimulationReport
})

/** Carries out a plan on a storage of its own; the same plan and seed always come to the same. */
export const runPlan = (
  plan: ReadonlyArray<PlannedAction>,
  { bank = referenceBank, seed, storage = memory }: RunOptions
): Effect.Effect<SimulationReport, RunBroken> =>
  Effect.scoped(
    Effect.gen(function* () {
      const clock = new SimulationClock(startMs)
      const outside = yield* Layer.build(
        Layer.mergeAll(Layer.succeed(Clock.Clock, clock.clock), Id.layerSequence, Logger.layer([]), randomOf(seed))
      )
      const run: Effect.Effect<SimulationReport, RunBroken, Scope.Scope> = Effect.gen(function* () {
        const world = new World({
          bank,
          clock,
          plan: new Map(plan.map((planned) => [planned.number, planned])),
          rail: RailSimulator.make({
            seed: String(seed),
            manners,
            inTransit: "30 seconds",
            settlesWithin: "2 days",
            returnsWithin: "20 days"
          }),
          seen: nothingSeen(),
          stores: yield* Effect.orDie(storage),
          trap: new Trap()
        })
        return yield* Effect.ensuring(runIn(world, plan, seed), world.stop)
      })
      return yield* Effect.provideContext(run, outside)
    })
  )
