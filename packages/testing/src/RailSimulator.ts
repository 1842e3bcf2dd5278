/**
 * A payment rail with the manners of real ones, for tests, simulations and demonstrations: it takes its time on the
 * `Clock`, loses requests, answers and events, repeats events, holds, rejects and returns. It imports no test framework.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { numberOf } from "saldo/banking/ExternalAccount"
import { PaymentRail } from "saldo/banking/PaymentRail"
import { type PaymentInstruction, type RailEvent, type RailReport, RailUnavailable } from "saldo/banking/RailEvent"
import { sha256 } from "saldo/core/sha256"
import * as Money from "saldo/money/Money"

/** How often each thing happens, from 0 (never) to 1 (always). */
export interface RailManners {
  /** What was sent never arrives, and no answer comes. */
  readonly requestLost: number
  /** What was sent arrives later, within the time in transit, and no answer comes. */
  readonly requestLate: number
  /** What was sent arrives, and the answer does not. */
  readonly answerLost: number
  /** A question, or a call for events, gets no answer. */
  readonly silent: number
  readonly eventLost: number
  readonly eventRepeated: number
  readonly held: number
  readonly rejected: number
  /** Settled payments that come back. */
  readonly returned: number
  /** Returned payments of which a bank kept some. */
  readonly returnedInPart: number
}

/** Everything arrives, is answered and settled. */
export const calm: RailManners = {
  requestLost: 0,
  requestLate: 0,
  answerLost: 0,
  silent: 0,
  eventLost: 0,
  eventRepeated: 0,
  held: 0,
  rejected: 0,
  returned: 0,
  returnedInPart: 0
}

/** Nothing can be relied on. */
export const rough: RailManners = {
  requestLost: 0.15,
  requestLate: 0.15,
  answerLost: 0.2,
  silent: 0.2,
  eventLost: 0.2,
  eventRepeated: 0.3,
  held: 0.2,
  rejected: 0.2,
  returned: 0.3,
  returnedInPart: 0.3
}

/** The same seed, payments and times give the same story, whatever order the calls come in. */
export interface RailSimulatorOptions {
  readonly seed: string
  readonly manners?: RailManners
  readonly name?: string
  /** How long what was sent may be on its way; one minute when left out. */
  readonly inTransit?: Duration.Input
  /** The longest time until a payment is settled or rejected; one hour when left out. */
  readonly settlesWithin?: Duration.Input
  /** The longest time after settlement until a payment comes back; 30 days when left out. */
  readonly returnsWithin?: Duration.Input
}

/** What a payment came to on the other side. */
export interface RailPayment {
  readonly instruction: PaymentInstruction
  /** How often it arrived; it is executed once all the same. */
  readonly arrivals: number
  readonly report: RailReport
  readonly returned: Money.Money | null
}

/** A rail and what only the other side knows. */
export interface RailSimulator {
  readonly rail: PaymentRail["Service"]
  /** Every payment that has arrived, by end-to-end id. */
  readonly payments: Effect.Effect<ReadonlyMap<string, RailPayment>>
  /** What a client did that a rail must never see, in words; empty when it kept the contract. */
  readonly violations: Effect.Effect<ReadonlyArray<string>>
}

interface Fate {
  readonly instruction: PaymentInstruction
  readonly content: string
  arrivals: number
  /** In order of time; the statuses from first to last, and a return after them. */
  readonly steps: ReadonlyArray<{ readonly at: number; readonly event: RailEvent }>
  told: number
}

const contentOf = ({ amount, creditor, message, uetr }: PaymentInstruction): string =>
  JSON.stringify([String(amount), creditor.name, creditor.account._tag, numberOf(creditor.account), message, uetr])

class Simulation {
  readonly #options: Required<Omit<RailSimulatorOptions, "inTransit" | "settlesWithin" | "returnsWithin">>
  readonly #inTransit: number
  readonly #settles: number
  readonly #returns: number
  readonly #fates = new Map<string, Fate>()
  readonly #calls = new Map<string, number>()
  #travelling: ReadonlyArray<{ readonly at: number; readonly instruction: PaymentInstruction }> = []
  readonly #log: Array<RailEvent> = []
  readonly violations: Array<string> = []

  constructor({
    inTransit,
    manners = calm,
    name = "simulated",
    returnsWithin,
    seed,
    settlesWithin
  }: RailSimulatorOptions) {
    this.#options = { manners, name, seed }
    this.#inTransit = Duration.toMillis(inTransit ?? "1 minute")
    this.#settles = Duration.toMillis(settlesWithin ?? "1 hour")
    this.#returns = Duration.toMillis(returnsWithin ?? "30 days")
  }

  get inTransit(): Duration.Duration {
    return Duration.millis(this.#inTransit)
  }

  get name(): string {
    return this.#options.name
  }

  /** A number from 0 up to 1 that depends on the seed and the names alone. */
  #draw(...names: ReadonlyArray<string | number>): number {
    return Number.parseInt(sha256([this.#options.seed, ...names].join(" ")).slice(0, 12), 16) / 2 ** 48
  }

  #happens(manner: keyof RailManners, ...names: ReadonlyArray<string | number>): boolean {
    return this.#draw(manner, ...names) < this.#options.manners[manner]
  }

  /** Counts calls of one kind, so that a second try has luck of its own. */
  #count(what: string): number {
    const next = (this.#calls.get(what) ?? 0) + 1
    this.#calls.set(what, next)
    return next
  }

  #fateOf(instruction: PaymentInstruction, arrivedAt: number): Fate {
    const { amount, endToEndId } = instruction
    const steps: Array<Fate["steps"][number]> = []
    let at = arrivedAt
    const report = (status: RailReport["status"], reason: string | null) =>
      steps.push({
        at,
        event: { id: `${endToEndId}-${steps.length}`, endToEndId, _tag: "Reported", report: { status, reason } }
      })
    const pass = (most: number, what: string) => (at += 1 + Math.floor(this.#draw(what, endToEndId) * most))
    report("ACSP", null)
    if (this.#happens("held", endToEndId)) {
      pass(this.#settles / 2, "hold")
      report("PDNG", "NARR")
    }
    pass(this.#settles / 2, "settle")
    if (this.#happens("rejected", endToEndId)) {
      report("RJCT", "AC04")
      return { instruction, content: contentOf(instruction), arrivals: 0, steps, told: 0 }
    }
    report("ACSC", null)
    if (this.#happens("returned", endToEndId)) {
      pass(this.#returns, "return")
      const kept = this.#happens("returnedInPart", endToEndId) && amount.amount > 1n ? 1n : 0n
      steps.push({
        at,
        event: {
          id: `${endToEndId}-${steps.length}`,
          endToEndId,
          _tag: "Returned",
          returnId: `return-${endToEndId}`,
          amount: Money.fromMinor(amount.amount - kept, amount.currency),
          reason: "AC04"
        }
      })
    }
    return { instruction, content: contentOf(instruction), arrivals: 0, steps, told: 0 }
  }

  #arrive(instruction: PaymentInstruction, at: number): Fate {
    const known = this.#fates.get(instruction.endToEndId)
    const fate = known ?? this.#fateOf(instruction, at)
    if (known === undefined) this.#fates.set(instruction.endToEndId, fate)
    else if (known.content !== contentOf(instruction)) {
      this.violations.push(`${instruction.endToEndId} was sent with two contents`)
    }
    fate.arrivals += 1
    return fate
  }

  /** Lets happen what has happened by now. */
  #advance(now: number): void {
    const arrived = this.#travelling.filter(({ at }) => at <= now).sort((left, right) => left.at - right.at)
    this.#travelling = this.#travelling.filter(({ at }) => at > now)
    for (const { at, instruction } of arrived) this.#arrive(instruction, at)
    const fresh: Array<Fate["steps"][number]> = []
    for (const fate of this.#fates.values()) {
      const happened = fate.steps.filter(({ at }) => at <= now).length
      fresh.push(...fate.steps.slice(fate.told, happened))
      fate.told = happened
    }
    for (const { event } of fresh.sort((left, right) => left.at - right.at)) {
      // A return is told by nothing but its event, so that one is never lost, only repeated.
      if (event._tag === "Reported" && this.#happens("eventLost", event.id)) continue
      this.#log.push(event)
      if (this.#happens("eventRepeated", event.id)) {
        // At the end of what is told by now, behind later events: rails repeat in any order.
        const earlier = this.#log[Math.floor(this.#draw("repeat", event.id) * this.#log.length)]
        if (earlier !== undefined) this.#log.push(earlier)
      }
    }
  }

  #reportAt({ steps }: Fate, now: number): RailReport {
    const reports = steps.flatMap(({ at, event }) => (at <= now && event._tag === "Reported" ? [event.report] : []))
    return reports.at(-1) ?? { status: "RCVD", reason: null }
  }

  send(instruction: PaymentInstruction, now: number): RailReport | undefined {
    this.#advance(now)
    const { endToEndId } = instruction
    const call = this.#count(`send ${endToEndId}`)
    if (this.#happens("requestLost", endToEndId, call)) return undefined
    if (this.#happens("requestLate", endToEndId, call)) {
      const at = now + Math.floor(this.#draw("travel", endToEndId, call) * this.#inTransit)
      this.#travelling = [...this.#travelling, { at, instruction }]
      return undefined
    }
    const fate = this.#arrive(instruction, now)
    this.#advance(now)
    return this.#happens("answerLost", endToEndId, call) ? undefined : this.#reportAt(fate, now)
  }

  query(endToEndId: string, now: number): Option.Option<RailReport> | undefined {
    this.#advance(now)
    if (this.#happens("silent", "query", endToEndId, this.#count(`query ${endToEndId}`))) return undefined
    return Option.map(Option.fromNullishOr(this.#fates.get(endToEndId)), (fate) => this.#reportAt(fate, now))
  }

  events(after: string | null, limit: number, now: number) {
    this.#advance(now)
    if (this.#happens("silent", "events", this.#count("events"))) return undefined
    const from = after === null ? 0 : Number(after)
    const events = this.#log.slice(from, from + limit)
    return { events, next: String(from + events.length) }
  }

  payments(now: number): ReadonlyMap<string, RailPayment> {
    this.#advance(now)
    return new Map(
      [...this.#fates].map(([id, fate]) => {
        const returned = fate.steps.flatMap(({ at, event }) =>
          at <= now && event._tag === "Returned" ? [event.amount] : []
        )
        const { arrivals, instruction } = fate
        return [id, { instruction, arrivals, report: this.#reportAt(fate, now), returned: returned[0] ?? null }]
      })
    )
  }
}

/** Makes a rail that has seen no payment. It lives as long as it is referred to, also while its clients crash. */
export const make = (options: RailSimulatorOptions): RailSimulator => {
  const simulation = new Simulation(options)
  const atNow = <A>(f: (now: number) => A) => Effect.map(Clock.currentTimeMillis, f)
  const answered = <A>(f: (now: number) => A | undefined) =>
    atNow(f).pipe(
      Effect.filterOrFail(
        (answer) => answer !== undefined,
        () => new RailUnavailable({ rail: simulation.name, reason: "no answer" })
      )
    )
  return {
    rail: PaymentRail.of({
      name: simulation.name,
      inTransit: simulation.inTransit,
      send: (instruction) => answered((now) => simulation.send(instruction, now)),
      query: (endToEndId) => answered((now) => simulation.query(endToEndId, now)),
      events: (after, limit) => answered((now) => simulation.events(after, limit, now))
    }),
    payments: atNow((now) => simulation.payments(now)),
    violations: Effect.sync(() => simulation.violations)
  }
}

/** A simulated rail as the one to pay over. */
export const layer = (options: RailSimulatorOptions): Layer.Layer<PaymentRail> =>
  Layer.sync(PaymentRail, () => make(options).rail)
