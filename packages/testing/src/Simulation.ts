/**
 * A bank's days under a virtual clock: what happens is planned by a seed, breaks where the plan says, and is held against
 * sums on paper every night.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { InterestTerms } from "saldo/banking/InterestTerms"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { HoldId } from "saldo/ledger/Hold"
import { Ledger } from "saldo/ledger/Ledger"
import { AccountCode, type AccountId, type AccountType } from "saldo/ledger/LedgerAccount"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import * as LocalDate from "saldo/time/LocalDate"
import { withFault, type WriteLog } from "./FaultInjection.ts"
import { inspect, type JournalSeen, nothingSeen } from "./internal/simulationChecks.ts"
import { type Act, customerCount, type PlannedAction } from "./internal/simulationPlan.ts"
import { RailSimulator, Trap } from "./internal/simulationRail.ts"
import { basisPoints, Tally, transferFee } from "./internal/simulationTally.ts"
import { type Bank, type BankAccounts, type BankParts, makeBank, type RailEvent } from "./SimulationBank.ts"

/** The storage of a simulation: a layer that is built anew for every run. */
export type SimulationStorage = Layer.Layer<LedgerStore | AuditStore | Atomic, unknown>

/** What one run needs beside its plan. */
export interface RunOptions {
  readonly seed: number
  /** In memory when left out. */
  readonly storage?: SimulationStorage
  /** The bank to be tried; the reference bank when left out. It is made anew whenever it has gone down. */
  readonly bank?: (parts: BankParts) => Bank
}

/** What a simulation came to. */
export interface SimulationReport {
  readonly seed: number
  readonly days: number
  readonly actions: number
  /** How many of them were refused, as they should be. */
  readonly refused: number
  /** How often the bank went down. */
  readonly crashes: number
  readonly entries: number
  /** The last link of the journal's chain: the same for the same plan. */
  readonly hash: string
}

/** A run went wrong after an action of a day. */
export class RunBroken extends Data.TaggedError("RunBroken")<{
  readonly day: number
  readonly action: number
  readonly problem: string
}> {}

const tenant = "simulation"
const firstDay = LocalDate.of("2026-01-01")
const dayMs = 86_400_000
const hourMs = 3_600_000
const startMs = LocalDate.toEpochDay(firstDay) * dayMs

/** In longer runs the chain, which takes the whole journal, is verified once in so many days, and in the end. */
const daysBetweenProofs = 30

const memory: SimulationStorage = Layer.mergeAll(LedgerStore.layerMemory, AuditStore.layerMemory, Atomic.layerMemory)

const terms: InterestTerms = InterestTerms.make({
  currency: "SEK",
  dayCount: "ACT/365 Fixed",
  earnsFrom: "valueDate",
  rounding: "halfEven",
  periodsFrom: firstDay,
  credit: {
    rates: [
      {
        from: firstDay,
        method: "band",
        tiers: [{ from: Money.zero("SEK"), rate: Rate.annualPercent(`${Number(basisPoints) / 100}`) }]
      }
    ],
    balance: "daily",
    compounding: "none",
    posting: "monthly"
  },
  debit: null
})

/** A store whose commits meet the faults of a trap. */
const trapped = (trap: Trap) =>
  Layer.effect(
    LedgerStore,
    Effect.map(LedgerStore, (store) =>
      // The service is a plain record of functions.
      LedgerStore.of({ ...store, commit: (request) => trap.around("commit", store.commit(request)) })
    )
  )

const openBooks = Effect.fnUntraced(function* (ledger: Ledger["Service"]) {
  const open = (code: string, type: AccountType, minimum: bigint | null) =>
    Effect.map(
      ledger.openAccount({
        code: AccountCode.make(code),
        name: code,
        type,
        currency: "SEK",
        bounds: { minimum, maximum: null }
      }),
      ({ id }) => id
    )
  const books: BankAccounts = {
    cash: yield* open("cash", "asset", null),
    settlement: yield* open("settlement", "liability", null),
    fees: yield* open("fees", "income", null),
    interest: yield* open("interest", "expense", null),
    customers: yield* Effect.forEach(Array.from({ length: customerCount }), (_, index) =>
      Effect.all({
        account: open(`customers.${index}`, "liability", 0n),
        accrued: open(`accrued.${index}`, "liability", null)
      })
    )
  }
  return books
})

/** The bank, its books, everything outside of it, and what was noted of it. */
interface World {
  readonly ledger: Ledger["Service"]
  readonly audit: AuditTrail["Service"]
  readonly accounts: BankAccounts
  readonly rail: RailSimulator
  readonly trap: Trap
  readonly opened: () => Bank
  readonly tally: Tally
  readonly seen: JournalSeen
  readonly holds: Map<number, HoldId>
  readonly commands: Map<string, number>
  bank: Bank
  refused: number
  crashes: number
}

const accountOf = ({ accounts }: World, customer: number): AccountId => {
  const found = accounts.customers[customer]
  if (found === undefined) throw new RangeError(`The plan names customer ${customer}, whom nobody knows`)
  return found.account
}

const keyOf = (number: number) => `action ${number}`

/** What the bank is told for an action; the same each time. */
const orderOf = (
  world: World,
  { act, day, number }: PlannedAction,
  events: ReadonlyArray<RailEvent>,
  holdId: HoldId
): Effect.Effect<void, unknown, Actor.Actor> => {
  const { bank } = world
  const key = keyOf(number)
  switch (act.act) {
    case "rail":
      return Effect.forEach(events, (event) => bank.hear(event), { discard: true })
    case "endOfDay":
      return bank.endOfDay(LocalDate.addDays(firstDay, day))
    case "deposit":
    case "withdraw":
      return bank[act.act]({ key, account: accountOf(world, act.customer), amount: act.amount })
    case "transfer":
      return bank.transfer({ key, from: accountOf(world, act.from), to: accountOf(world, act.to), amount: act.amount })
    case "reserve": {
      const [from, to] = [accountOf(world, act.from), accountOf(world, act.to)]
      return bank.reserve({ key, holdId, from, to, amount: act.amount, expiresAfterMs: act.days * dayMs })
    }
    case "capture":
      return bank.capture({ key, holdId, amount: act.amount })
    case "release":
      return bank.release({ key, holdId })
    case "pay":
      return bank.pay({ key, holdId, account: accountOf(world, act.customer), amount: act.amount })
  }
}

const timeOf = ({ act, day, number }: PlannedAction): number =>
  startMs +
  day * dayMs +
  (act.act === "rail" ? 6 * hourMs : act.act === "endOfDay" ? 23 * hourMs : 8 * hourMs + (number % 1000) * 1000)

const tagOf = (result: Result.Result<void, unknown>): string => {
  if (Result.isSuccess(result)) return "done"
  const { failure } = result
  return typeof failure === "object" && failure !== null && "_tag" in failure ? String(failure._tag) : String(failure)
}

/** Tries an action, brings the bank down where the plan says, and lets whoever heard nothing try again. */
const carryOut = Effect.fnUntraced(function* (
  world: World,
  planned: PlannedAction,
  order: () => ReturnType<typeof orderOf>
) {
  const { trap } = world
  const { fault } = planned
  trap.set(fault)
  const log: WriteLog = { statements: [] }
  const point = fault?.at === "statement" ? fault : undefined
  const first = yield* Effect.exit(withFault(Effect.result(Effect.suspend(order)), point, log))
  if (Exit.isSuccess(first) && fault?.at !== "answer") return first.value
  const sprung = trap.sprung || fault?.at === "answer" || (point !== undefined && log.statements.length >= point.write)
  if (!sprung) return "the bank went down by itself"
  // The rail may lose its answer to an order that met another fault before, so a second try may go down as well.
  for (let again = 1; again <= 2; again++) {
    trap.set(undefined)
    world.crashes += 1
    world.bank = world.opened()
    const next = yield* Effect.exit(Effect.result(Effect.suspend(order)))
    if (Exit.isSuccess(next)) return next.value
    if (!trap.sprung) break
  }
  return "the bank went down again without a fault"
})

const meantFor = (act: Act): number | undefined => (act.act === "capture" || act.act === "release" ? act.of : undefined)

const take = Effect.fnUntraced(function* (world: World, planned: PlannedAction) {
  const { act, day, number } = planned
  const { rail, tally } = world
  const now = timeOf(planned)
  yield* TestClock.setTime(now)
  rail.day = day
  const events = act.act === "rail" ? rail.morning() : []
  const meant = meantFor(act)
  const holdId = (meant === undefined ? undefined : world.holds.get(meant)) ?? (yield* Id.make("hold"))
  if (act.act === "reserve" || act.act === "pay") world.holds.set(number, holdId)
  if (act.act === "pay") rail.sent.set(holdId, { payment: number, fate: act.fate, amount: act.amount, count: 0 })

  const outcome = yield* carryOut(world, planned, () => orderOf(world, planned, events, holdId))
  const wanted = tally.act(number, act, now)
  for (const { holdId: told, word } of events) {
    const payment = rail.sent.get(told)?.payment
    if (payment !== undefined) tally.hear(payment, word)
  }
  const found = typeof outcome === "string" ? outcome : tagOf(outcome)
  if (found !== wanted) return `${act.act} should come to "${wanted}" and came to "${found}"`
  if (wanted !== "done") world.refused += 1
  const sent = rail.sent.get(holdId)?.count
  if (act.act === "pay" && sent !== Number(wanted === "done"))
    return `a payment that came to "${wanted}" was sent ${sent} times`
  if (act.act !== "endOfDay") {
    if (act.act !== "rail") world.commands.set(keyOf(number), wanted === "done" ? 1 : 0)
    return undefined
  }
  tally.endDay(LocalDate.day(LocalDate.addDays(firstDay, day)) === 1, now)
  const { accounts, commands } = world
  return yield* inspect(world.ledger, world.seen, { accounts, tally, railMoved: rail.moved, commands })
})

const prove = Effect.fnUntraced(function* (world: World) {
  const { findings } = yield* world.ledger.verify
  const [first] = findings
  if (first !== undefined) return `the journal does not verify: ${first.detail}`
  yield* world.audit.seal(tenant)
  const trail = yield* world.audit.verify(tenant)
  return trail._tag === "Intact" ? undefined : "the audit trail does not verify"
})

const runIn = Effect.fnUntraced(function* (plan: ReadonlyArray<PlannedAction>, options: RunOptions, trap: Trap) {
  const ledger = yield* Ledger
  const audit = yield* AuditTrail
  const atomic = yield* Atomic
  yield* TestClock.setTime(startMs)
  const accounts = yield* Effect.orDie(openBooks(ledger))
  const rail = new RailSimulator(trap)
  // The bank may go down between two calls of the ledger as well.
  const calls = Ledger.of({ ...ledger, commit: (command) => trap.around("call", ledger.commit(command)) })
  const parts: BankParts = { ledger: calls, atomic, rail, accounts, transferFee, terms }
  const opened = () => (options.bank ?? makeBank)(parts)
  const world: World = {
    ledger,
    audit,
    accounts,
    rail,
    trap,
    opened,
    tally: new Tally(),
    seen: nothingSeen(),
    holds: new Map(),
    commands: new Map(),
    bank: opened(),
    refused: 0,
    crashes: 0
  }
  const days = (plan.at(-1)?.day ?? -1) + 1
  for (const planned of plan) {
    const { act, day, number } = planned
    const broke = (problem: string | undefined) =>
      problem === undefined ? Effect.void : Effect.fail(new RunBroken({ day, action: number, problem }))
    yield* Effect.flatMap(Effect.orDie(take(world, planned)), broke)
    if (act.act === "endOfDay" && (day === days - 1 || day % daysBetweenProofs === daysBetweenProofs - 1)) {
      yield* Effect.flatMap(Effect.orDie(prove(world)), broke)
    }
  }
  const { head } = yield* Effect.orDie(ledger.verify)
  const report: SimulationReport = {
    seed: options.seed,
    days,
    actions: plan.length,
    refused: world.refused,
    crashes: world.crashes,
    entries: head.sequence,
    hash: head.hash
  }
  return report
})

/** Carries out a plan on a storage of its own; the same plan and seed always come to the same. */
export const runPlan = (
  plan: ReadonlyArray<PlannedAction>,
  options: RunOptions
): Effect.Effect<SimulationReport, RunBroken> =>
  Effect.suspend(() => {
    const trap = new Trap()
    const layer = Ledger.layer.pipe(
      Layer.provide(trapped(trap)),
      Layer.provideMerge(AuditTrail.layer),
      Layer.provideMerge(Layer.fresh(options.storage ?? memory))
    )
    return runIn(plan, options, trap).pipe(
      Actor.as(Actor.system(tenant)),
      // What breaks on purpose is no news; the first thing that goes wrong is the failure.
      Effect.provide(
        Layer.provideMerge(Layer.orDie(layer), Layer.mergeAll(TestClock.layer(), Id.layerSequence, Logger.layer([])))
      ),
      Random.withSeed(options.seed)
    )
  })
