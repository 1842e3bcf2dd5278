/**
 * A bank that pays, stops anywhere and starts again on the same database, and what its customers, its people and its rail
 * do meanwhile.
 */
import { type FaultPoint, withFault } from "@saldo/testing/FaultInjection"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import { expect } from "@effect/vitest"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Scope from "effect/Scope"
import type * as SqlClient from "effect/sql/SqlClient"
import * as fc from "fast-check"
import type { StoredPaymentOrder } from "saldo/banking/PaymentOrder"
import { PaymentLimit } from "saldo/banking/PaymentLimit"
import { PaymentOrderStore } from "saldo/banking/PaymentOrderStore"
import type { StoredPaymentPlan } from "saldo/banking/PaymentPlan"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import { PaymentPlanStore } from "saldo/banking/PaymentPlanStore"
import type { PaymentSchedule } from "saldo/banking/PaymentSchedule"
import { Payments } from "saldo/banking/Payments"
import { as } from "saldo/core/Actor"
import * as LocalDate from "saldo/time/LocalDate"
import { Fuse, HandClock, type Stop } from "./crashing.ts"
import { key, sek, tenant } from "./depositBank.ts"
import { creditor, opened, payingBank, type PaymentStores, second, sqlStores } from "./paymentBank.ts"

/** What somebody does. Orders and plans are told apart by their place among all there are. */
export type Act =
  | { readonly act: "create"; readonly payer: number; readonly amount: number; readonly days: number }
  | { readonly act: "decide"; readonly order: number; readonly approve: boolean }
  | { readonly act: "cancel"; readonly order: number }
  | { readonly act: "plan"; readonly payer: number; readonly amount: number; readonly payments: number }
  | { readonly act: "decidePlan"; readonly plan: number; readonly approve: boolean }
  | { readonly act: "cancelPlan"; readonly plan: number }
  | { readonly act: "work"; readonly workers: number }
  | { readonly act: "wait"; readonly minutes: number }

/** An act, what goes wrong during it, and whether whoever acted asks for it again at once. */
export interface Step {
  readonly act: Act
  readonly stop: Stop | undefined
  readonly fault: FaultPoint | undefined
  readonly again: boolean
}

/** A program of a bank and its rail. */
export interface Program {
  readonly seed: string
  /** When the bank sets money aside for payments of later days. */
  readonly reserve: "approval" | "execution"
  readonly steps: ReadonlyArray<Step>
}

const amount = fc.integer({ min: 1, max: 900 })

const planning: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant("plan" as const),
      payer: fc.nat(1),
      amount,
      payments: fc.integer({ min: 1, max: 3 })
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant("decidePlan" as const), plan: fc.nat(3), approve: fc.boolean() })
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("cancelPlan" as const), plan: fc.nat(3) }) }
)

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 2, arbitrary: planning },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant("create" as const),
      payer: fc.nat(1),
      amount,
      days: fc.nat(2)
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant("decide" as const), order: fc.nat(9), approve: fc.boolean() })
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("cancel" as const), order: fc.nat(9) }) },
  { weight: 5, arbitrary: fc.record({ act: fc.constant("work" as const), workers: fc.integer({ min: 1, max: 2 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant("wait" as const),
      minutes: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 91, max: 3000 }))
    })
  }
)

const at = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 1, arbitrary: fc.integer({ min: 10, max: 30 }) }
)
const when = fc.constantFrom("before" as const, "after" as const)
const kind = fc.constantFrom("error" as const, "interrupt" as const, "race" as const)

/** One thing at a time: what is stopped has no use for a fault. */
const trouble: fc.Arbitrary<Pick<Step, "fault" | "stop">> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ stop: fc.record({ at, when }), fault: fc.constant(undefined) }) },
  { weight: 3, arbitrary: fc.record({ stop: fc.constant(undefined), fault: fc.record({ kind, when, write: at }) }) },
  { weight: 2, arbitrary: fc.constant({ stop: undefined, fault: undefined }) }
)

/** Programs in which most steps go wrong somewhere. */
export const programs: fc.Arbitrary<Program> = fc.record({
  seed: fc.string({ minLength: 1, maxLength: 6 }),
  reserve: fc.constantFrom("approval" as const, "execution" as const),
  steps: fc.array(
    fc.tuple(act, trouble, fc.boolean()).map(([act, more, again]): Step => ({ act, ...more, again })),
    { minLength: 1, maxLength: 14 }
  )
})

/** The most that an account may pay in a day. */
export const dailyMaximum = sek("1200.00")

const policy = {
  approval: { above: [sek("300.00")] },
  approvalWithin: "1 day",
  limits: [
    PaymentLimit.make({
      id: PaymentLimit.fields.id.make("daily"),
      label: "Per day",
      measure: { kind: "amount", maximum: dailyMaximum },
      window: "day",
      perCounterparty: false
    })
  ]
} as const

/** A question that the rail answered with not knowing the payment, or a payment that reached it. */
export interface Call {
  readonly call: "unknown" | "send"
  readonly endToEndId: string
  readonly at: number
}

/** 4 May 2026, 09:00 UTC. */
const monday = Date.UTC(2026, 4, 4, 9)

type Rail = RailSimulator.RailSimulator["rail"]
type Stores = Layer.Layer<PaymentStores>

/** What a bank is made of. */
export interface WorldOptions {
  /** An empty database, which each process of the bank opens anew. */
  readonly database: Layer.Layer<SqlClient.SqlClient, unknown>
  readonly rail: RailSimulator.RailSimulatorOptions
  readonly reserve: Program["reserve"]
  /** Bugs, to see that they are found. */
  readonly planted?: { readonly stores?: (stores: Stores) => Stores; readonly rail?: (rail: Rail) => Rail }
}

/** Starts a process of the bank, which knows nothing of the one before. */
const start = Effect.fnUntraced(function* ({ database, planted, reserve }: WorldOptions, watched: Rail) {
  const scope = yield* Scope.make()
  const plain = sqlStores.pipe(Layer.provide(database), Layer.orDie)
  const stores = planted?.stores?.(plain) ?? plain
  const rail = planted?.rail?.(watched) ?? watched
  const context = yield* Layer.buildWithMemoMap(
    payingBank(stores, { rail }, { ...policy, reserve }),
    Layer.makeMemoMapUnsafe(),
    scope
  )
  return { context, stop: Scope.close(scope, Exit.void) }
})

type Running = Effect.Success<ReturnType<typeof start>>
type Bank = Running["context"] extends Context.Context<infer Services> ? Services : never

/** A command that asks for the same however often it is given, and names the order or plan that it is about. */
type Command = Effect.Effect<
  StoredPaymentOrder["id"] | StoredPaymentPlan["id"],
  { readonly _tag: string },
  Payments | PaymentPlans
>

/** What came of a command: the order or plan, or the tag of the refusal; undefined as long as nobody was told. */
export type Answer = string | undefined

const answerOf = (exit: Exit.Exit<string, { readonly _tag: string }> | undefined): Answer => {
  if (exit === undefined) return undefined
  if (Exit.isSuccess(exit)) return exit.value
  return Option.getOrUndefined(Option.map(Cause.findErrorOption(exit.cause), ({ _tag }) => _tag))
}

interface Asked {
  readonly command: Command
  answer: Answer
}

const ruled =
  (clock: HandClock) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    clock.rule(Effect.provideService(effect, References.MinimumLogLevel, "None"))

const watchedRail = (
  { rail }: RailSimulator.RailSimulator,
  { clock, fuse, calls }: { readonly clock: HandClock; readonly fuse: Fuse; readonly calls: Array<Call> }
): Rail => {
  const noted = (call: Call["call"], endToEndId: string) =>
    Effect.sync(() => void calls.push({ call, endToEndId, at: clock.now }))
  // Others get on with their work while one waits for the rail.
  const call = <A, E>(effect: Effect.Effect<A, E>) => fuse.call(Effect.andThen(Effect.yieldNow, effect))
  return {
    ...rail,
    send: (instruction) => call(Effect.andThen(noted("send", instruction.endToEndId), rail.send(instruction))),
    query: (endToEndId) =>
      call(
        Effect.tap(rail.query(endToEndId), (answer) =>
          Option.isNone(answer) ? noted("unknown", endToEndId) : Effect.void
        )
      ),
    events: (after, limit) => call(rail.events(after, limit))
  }
}

/** The orders of the bank, in the order of their ids. */
const allOrders = PaymentOrderStore.use((store) => store.list(tenant, {}, { limit: 500 })).pipe(
  Effect.map(({ items }) => items.toReversed()),
  Effect.orDie
)

/** The plans of the bank, in the order of their ids. */
const allPlans = PaymentPlanStore.use((store) => store.list(tenant, {}, { limit: 500 })).pipe(
  Effect.map(({ items }) => items.toReversed()),
  Effect.orDie
)

/** Opens a bank with two customers on an empty database. */
export const openWorld = Effect.fnUntraced(function* (options: WorldOptions) {
  const [clock, fuse] = [new HandClock(monday), new Fuse()]
  const calls: Array<Call> = []
  const simulator = RailSimulator.make(options.rail)
  const rail = watchedRail(simulator, { clock, fuse, calls })
  let running = yield* ruled(clock)(start(options, rail))
  const use = <A, E>(effect: Effect.Effect<A, E, Bank>): Effect.Effect<A, E> =>
    Effect.suspend(() => ruled(clock)(Effect.provideContext(effect, running.context)))
  const payers = [yield* use(opened("anna", "2000.00")), yield* use(opened("bea", "2000.00"))]
  const restart = Effect.gen(function* () {
    yield* running.stop
    running = yield* ruled(clock)(start(options, rail))
  })
  yield* Effect.addFinalizer(() => Effect.suspend(() => running.stop))
  return {
    calls,
    clock,
    fuse,
    payers,
    /** What the bank is asked for, by the key of the command. */
    asked: new Map<string, Asked>(),
    orders: use(allOrders),
    plans: use(allPlans),
    restart,
    simulator,
    use
  }
})

/** A bank on a database of its own, its rail, the time, and what it was asked for. */
export type World = Effect.Success<ReturnType<typeof openWorld>>

const todayOf = ({ clock }: World): LocalDate.LocalDate =>
  LocalDate.of(DateTime.formatIsoDate(DateTime.makeUnsafe(clock.now)))

const createOf = (world: World, act: Extract<Act, { readonly act: "create" }>, name: string) => {
  const payer = world.payers[act.payer]
  if (payer === undefined) return undefined
  const executeOn = LocalDate.addDays(todayOf(world), act.days)
  const wish = { key: key(name), accountId: payer.account.id, amount: sek(`${act.amount}.00`), creditor, executeOn }
  const created = Payments.use((payments) => payments.create(wish)).pipe(as(payer.anna))
  return Effect.map(created, ({ id }) => id)
}

const planOf = (world: World, act: Extract<Act, { readonly act: "plan" }>, name: string) => {
  const payer = world.payers[act.payer]
  if (payer === undefined) return undefined
  const schedule: PaymentSchedule = {
    startOn: todayOf(world),
    recurrence: { kind: "weeks", every: 1 },
    ends: { kind: "after", payments: act.payments },
    adjustment: "unadjusted",
    skipped: [],
    pauses: []
  }
  const terms = { key: key(name), accountId: payer.account.id, amount: sek(`${act.amount}.00`), creditor, schedule }
  const created = PaymentPlans.use((plans) => plans.create(terms)).pipe(as(payer.anna))
  return Effect.map(created, ({ id }) => id)
}

type Owned = Pick<StoredPaymentOrder, "customerId">

/** One of all there are, and whose it is. */
const pick = <Thing extends Owned>({ payers }: World, all: ReadonlyArray<Thing>, index: number) => {
  const thing = all[index % Math.max(1, all.length)]
  const payer = payers.find(({ customerId }) => customerId === thing?.customerId)
  return thing === undefined || payer === undefined ? undefined : { thing, by: payer.anna }
}

interface Things {
  readonly orders: ReadonlyArray<StoredPaymentOrder>
  readonly plans: ReadonlyArray<StoredPaymentPlan>
}

/** The command of an act on what there is, if there is what it is about. */
const commandOf = (world: World, act: Act, name: string, { orders, plans }: Things): Command | undefined => {
  switch (act.act) {
    case "create":
      return createOf(world, act, name)
    case "plan":
      return planOf(world, act, name)
    case "work":
    case "wait":
      return undefined
    case "decide":
    case "cancel": {
      const picked = pick(world, orders, act.order)
      if (picked === undefined) return undefined
      const { id } = picked.thing
      const given =
        act.act === "cancel"
          ? Payments.use((payments) => payments.cancel({ key: key(name), id })).pipe(as(picked.by))
          : Payments.use((payments) =>
              payments.decide({ key: key(name), id, approve: act.approve, comment: null })
            ).pipe(as(second))
      return Effect.as(given, id)
    }
    case "decidePlan":
    case "cancelPlan": {
      const picked = pick(world, plans, act.plan)
      if (picked === undefined) return undefined
      const { id } = picked.thing
      const given =
        act.act === "cancelPlan"
          ? PaymentPlans.use((all) => all.cancel({ key: key(name), id })).pipe(as(picked.by))
          : PaymentPlans.use((all) => all.decide({ key: key(name), id, approve: act.approve, comment: null })).pipe(
              as(second)
            )
      return Effect.as(given, id)
    }
  }
}

/** Gives a command once more, which must come to what its giver was told before. */
export const askAgain = Effect.fnUntraced(function* ({ use }: World, asked: Asked) {
  const answer = answerOf(yield* Effect.exit(use(asked.command)))
  expect(answer).toBeDefined()
  if (asked.answer !== undefined) expect(answer).toBe(asked.answer)
  asked.answer = answer
})

/** One round of all workers. */
export const work = Effect.andThen(
  PaymentPlans.use((plans) => plans.work()),
  Payments.use((payments) => payments.work())
)

/** Does what a step says, with what goes wrong during it; a process that is stopped is started again. */
export const perform = Effect.fnUntraced(function* (world: World, step: Step, name: string) {
  const { asked, clock, fuse, restart, use } = world
  const { act, fault } = step
  if (act.act === "wait") {
    clock.now += act.minutes * 60_000
    return
  }
  const carryOut = <A, E>(effect: Effect.Effect<A, E, Bank>) =>
    Effect.tap(fuse.run(use(fault === undefined ? effect : withFault(effect, fault)), step.stop), (exit) =>
      exit === undefined ? restart : Effect.void
    )
  if (act.act === "work") {
    const workers = Array.from({ length: act.workers }, () => work)
    yield* carryOut(Effect.all(workers, { concurrency: "unbounded", discard: true }))
    return
  }
  const command = commandOf(world, act, name, { orders: yield* world.orders, plans: yield* world.plans })
  if (command === undefined) return
  const noted: Asked = { command, answer: answerOf(yield* carryOut(command)) }
  asked.set(name, noted)
  if (step.again) yield* askAgain(world, noted)
})
