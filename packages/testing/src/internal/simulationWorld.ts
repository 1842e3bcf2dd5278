/**
 * A simulated bank with everything around it, and its life and death.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { CustomerId } from "saldo/banking/Customer"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import type { DepositAccount } from "saldo/banking/DepositAccount"
import type { PaymentOrderId } from "saldo/banking/PaymentOrder"
import type { PaymentPlanId } from "saldo/banking/PaymentPlan"
import { PaymentRail } from "saldo/banking/PaymentRail"
import type { HoldId } from "saldo/ledger/Hold"
import type { EntryId } from "saldo/ledger/JournalEntry"
import type { AccountId } from "saldo/ledger/LedgerAccount"
import type { RailSimulator } from "../RailSimulator.ts"
import { type Bank, type BankServices, type BankStores, ports } from "../SimulationBank.ts"
import type { JournalSeen } from "./simulationChecks.ts"
import type { SimulationClock } from "./simulationClock.ts"
import { guarded, type Trap } from "./simulationFaults.ts"
import { TallyOrders } from "./simulationOrders.ts"
import type { PlannedAction } from "./simulationPlan.ts"
import { TallySchedules } from "./simulationSchedules.ts"
import { type Outcome, Tally } from "./simulationTally.ts"

/** What somebody was told: whether it was done, and the id of what came of it. */
export interface Answer {
  readonly outcome: Outcome
  readonly value: string
}

/** What people remember by the numbers of a plan: the ids that the bank gave. */
export class Notes {
  readonly customers = new Map<number, CustomerId>()
  readonly accounts = new Map<number, DepositAccount>()
  readonly holds = new Map<number, HoldId>()
  readonly orders = new Map<number, PaymentOrderId>()
  readonly schedules = new Map<number, PaymentPlanId>()
  readonly entries = new Map<number, EntryId>()
  readonly answers = new Map<number, ReadonlyArray<Answer>>()
  /** The actions that order payments, by the reference under which the rail knows them. */
  readonly references = new Map<string, number>()
}

/** A bank that is running. */
interface Running {
  readonly services: Context.Context<BankServices | DataKeyStore>
  readonly scope: Scope.Closeable
}

/** Everything there is in a simulation. */
export class World {
  readonly tally = new Tally()
  readonly orders = new TallyOrders(this.tally)
  readonly schedules = new TallySchedules(this.tally, this.orders)
  readonly notes = new Notes()
  readonly clock: SimulationClock
  readonly rail: RailSimulator
  readonly trap: Trap
  readonly plan: ReadonlyMap<number, PlannedAction>
  readonly seen: JournalSeen
  cards: AccountId | undefined
  refused = 0
  crashes = 0
  errors = 0
  private readonly bank: Bank
  private readonly stores: Layer.Layer<BankStores, unknown>
  private running: Running | undefined

  constructor(
    parts: Pick<World, "clock" | "plan" | "rail" | "seen" | "trap"> & {
      readonly bank: Bank
      readonly stores: Layer.Layer<BankStores, unknown>
    }
  ) {
    this.clock = parts.clock
    this.plan = parts.plan
    this.rail = parts.rail
    this.seen = parts.seen
    this.trap = parts.trap
    this.bank = parts.bank
    this.stores = parts.stores
  }

  /** The rail, whose calls may meet a fault on either side of them. */
  private get trappedRail(): PaymentRail["Service"] {
    const { rail, trap } = { rail: this.rail.rail, trap: this.trap }
    return {
      ...rail,
      send: (instruction) => trap.around("rail", rail.send(instruction)),
      query: (endToEndId) => trap.around("rail", rail.query(endToEndId)),
      events: (after, limit) => trap.around("rail", rail.events(after, limit))
    }
  }

  private readonly start = Effect.fnUntraced(function* (this: World) {
    const scope = yield* Scope.make()
    const stores = yield* Layer.buildWithScope(this.stores, scope)
    const around = Context.add(guarded(this.trap, stores, ports), PaymentRail, this.trappedRail)
    const bank = Layer.fresh(Layer.provide(this.bank, Layer.succeedContext(around)))
    const services = yield* Layer.buildWithScope(bank, scope)
    // Whether a key is destroyed shows only where it is kept.
    this.running = { services: Context.add(services, DataKeyStore, Context.get(stores, DataKeyStore)), scope }
    return this.running
  })

  /** Ends the process, if there is one. What starts next has nothing of it but what is stored. */
  readonly stop: Effect.Effect<void> = Effect.suspend(() => {
    const { running } = this
    this.running = undefined
    return running === undefined ? Effect.void : Scope.close(running.scope, Exit.void)
  })

  /** Does something in the process that runs, which is started when there is none. */
  within<A, E>(effect: Effect.Effect<A, E, BankServices | DataKeyStore>): Effect.Effect<A, E> {
    return Effect.flatMap(
      Effect.suspend(() => (this.running === undefined ? Effect.orDie(this.start()) : Effect.succeed(this.running))),
      ({ services }) => Effect.provideContext(effect, services)
    )
  }
}
