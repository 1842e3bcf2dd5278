/**
 * The faults of a simulation: errors of single calls, and deaths of the whole process, at the calls of stores and of the
 * rail and at SQL statements.
 */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Statement from "effect/sql/Statement"
import { sha256 } from "saldo/core/sha256"
import { InjectedFault, isWrite } from "../FaultInjection.ts"
import type { PlannedFault } from "./simulationPlan.ts"

/** The fault that is in store for the action under way. */
export class Trap {
  private fault: PlannedFault | undefined
  private calls = 0
  private death = Deferred.makeUnsafe<never>()
  /** Whether the fault has struck, and whether the process died of it. */
  sprung = false
  dead = false

  set(fault: PlannedFault | undefined): void {
    this.fault = fault
    this.calls = 0
    this.sprung = false
    this.dead = false
    this.death = Deferred.makeUnsafe<never>()
  }

  /** Nothing goes on in a process that has died: whoever calls waits for its fibre to be ended. */
  private readonly stop: Effect.Effect<never> = Effect.interruptible(Effect.never)

  private strike({ call, kind, when }: PlannedFault): Effect.Effect<never> {
    return Effect.suspend(() => {
      this.sprung = true
      if (kind === "error") return Effect.die(new InjectedFault({ kind, when, write: call }))
      this.dead = true
      Deferred.doneUnsafe(this.death, Effect.die(new RangeError("The process died")))
      return this.stop
    })
  }

  /** Whether the fault strikes here: at each place calls are counted from one. */
  private met(at: PlannedFault["at"]): PlannedFault | undefined {
    const { fault } = this
    return fault?.at === at && ++this.calls === fault.call ? fault : undefined
  }

  /** A call at which the fault may strike. */
  around<A, E, R>(at: PlannedFault["at"], call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.suspend(() => {
      if (this.dead) return this.stop
      const fault = this.met(at)
      if (fault === undefined) return call
      return fault.when === "before" ? this.strike(fault) : Effect.andThen(call, this.strike(fault))
    })
  }

  private readonly transformer: Statement.Transformer = (statement) =>
    Effect.suspend(() => {
      if (this.dead) return this.stop
      const [sql] = statement.compile()
      const fault = isWrite(sql) ? this.met("statement") : undefined
      if (fault === undefined) return Effect.succeed(statement)
      if (fault.when === "before") return this.strike(fault)
      const run = Effect.provideService(statement, Statement.CurrentTransformer, undefined)
      // A transformer is not expected to fail, yet its effect runs as part of the statement, whose failures are SqlErrors.
      return Effect.andThen(run, this.strike(fault)) as Effect.Effect<never>
    })

  /** Runs what a process does until it is done or the process dies. */
  live<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.suspend(() =>
      Effect.raceFirst(
        Effect.provideService(effect, Statement.CurrentTransformer, this.transformer),
        Deferred.await(this.death)
      )
    )
  }
}

const guard = <S extends object>(trap: Trap, service: S): S =>
  Object.fromEntries(
    Object.entries(service).map(([name, member]: [string, unknown]) => {
      const around = (found: unknown) => (Effect.isEffect(found) ? trap.around("store", found) : found)
      return [
        name,
        typeof member === "function" ? (...given: ReadonlyArray<unknown>) => around(member(...given)) : around(member)
      ]
    })
    // Each member has the type that it had: an effect stays an effect, and a function gives what it gave.
  ) as S

/** The same stores, each call of which may meet the fault. They must be plain records, as all services are. */
export const guarded = <Stores>(
  trap: Trap,
  stores: Context.Context<Stores>,
  ports: ReadonlyArray<Context.Key<Stores, object>>
): Context.Context<Stores> =>
  ports.reduce((context, port) => Context.add(context, port, guard(trap, Context.get(stores, port))), stores)

/** Keys and salts that follow from a seed, so that what is sealed and chained comes out the same again. */
export const randomOf = (seed: number): Layer.Layer<SecureRandom.SecureRandom> =>
  Layer.sync(SecureRandom.SecureRandom, () => {
    let drawn = 0
    const more = () => Buffer.from(sha256(`${seed} ${drawn++}`), "hex")
    return SecureRandom.make((size) => {
      const blocks = Array.from({ length: Math.ceil(size / 32) }, more)
      return new Uint8Array(Buffer.concat(blocks).subarray(0, size))
    })
  })
