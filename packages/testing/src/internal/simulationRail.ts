/**
 * What is around a simulated bank: the rail of its payments, and the faults that bring it down.
 */
import * as Effect from "effect/Effect"
import type { HoldId } from "saldo/ledger/Hold"
import type { Rail, RailEvent } from "../SimulationBank.ts"
import type { Fate, PlannedFault } from "./simulationPlan.ts"

/** The fault that is in store for the action under way. */
export class Trap {
  fault: PlannedFault | undefined
  commits = 0
  /** Whether the bank was brought down on purpose. */
  sprung = false

  set(fault: PlannedFault | undefined): void {
    this.fault = fault
    this.commits = 0
    this.sprung = false
  }

  readonly around = <A, E, R>(at: PlannedFault["at"], commit: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      const { fault } = this
      if (fault?.at !== at || ++this.commits !== fault.write) return commit
      this.sprung = true
      const death = fault.kind === "error" ? Effect.die(new RangeError("an injected fault")) : Effect.interrupt
      return fault.when === "before" ? death : Effect.andThen(commit, death)
    })
}

interface Sent {
  readonly payment: number
  readonly fate: Fate
  readonly amount: bigint
  count: number
}

/** The rail, which stands on its own and never goes down. */
export class RailSimulator implements Rail {
  day = 0
  moved = 0n
  readonly sent = new Map<HoldId, Sent>()
  private events: Array<RailEvent & { readonly day: number }> = []

  private readonly trap: Trap

  constructor(trap: Trap) {
    this.trap = trap
  }

  readonly knows: Rail["knows"] = (holdId) => Effect.sync(() => (this.sent.get(holdId)?.count ?? 0) > 0)

  readonly send: Rail["send"] = (holdId) =>
    Effect.suspend(() => {
      const one = this.sent.get(holdId)
      if (one === undefined) return Effect.die(new RangeError(`Nobody ordered the payment ${holdId}`))
      const { fate } = one
      const ends = this.day + 1 + fate.afterDays
      one.count += 1
      for (let repeated = 0; repeated < fate.repeats; repeated++) {
        const settles = fate.ends === "failed" ? "failed" : "settled"
        this.events.push({ day: ends + repeated, holdId, word: settles, repeated })
        if (fate.ends === "returned") this.events.push({ day: ends + repeated + 2, holdId, word: "returned", repeated })
      }
      if (!fate.answerLost || one.count > 1) return Effect.void
      this.trap.sprung = true
      return Effect.die(new RangeError("The rail's answer was lost"))
    })

  /** What the rail says in the morning of a day, and what it has moved by then. */
  morning(): ReadonlyArray<RailEvent> {
    const due = this.events.filter(({ day }) => day === this.day)
    this.events = this.events.filter(({ day }) => day > this.day)
    for (const { holdId, repeated, word } of due) {
      const amount = repeated === 0 ? (this.sent.get(holdId)?.amount ?? 0n) : 0n
      if (word === "settled") this.moved += amount
      if (word === "returned") this.moved -= amount
    }
    return due
  }
}
