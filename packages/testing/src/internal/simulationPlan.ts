/**
 * What happens in a simulation, drawn from its seed alone: what people do, when, and where something breaks.
 */

/** How many customers may join the simulated bank. */
export const customerCount = 6

/** Who does something: a customer by its number, or somebody of the bank. */
export type Person = number | "officer" | "second"

/**
 * One thing that somebody does. Customers go by their number; customer n has the accounts 2n (current) and 2n + 1
 * (savings). Amounts are minor units, `of` is the number of an earlier action.
 */
export type Act =
  /** Registers, is verified by a passport that is valid for so many days, becomes active and opens both accounts. */
  | { readonly act: "join"; readonly customer: number; readonly knownFor: number }
  /** Hands in a new passport, valid for so many days, and is verified again. */
  | { readonly act: "renew"; readonly customer: number; readonly knownFor: number }
  | { readonly act: "deposit" | "withdraw"; readonly account: number; readonly amount: bigint }
  | {
      readonly act: "transfer"
      readonly by: number
      readonly from: number
      readonly to: number
      readonly amount: bigint
    }
  /** A card is used: money is set aside for so many days. */
  | { readonly act: "reserve"; readonly account: number; readonly amount: bigint; readonly days: number }
  | { readonly act: "capture"; readonly of: number; readonly percent: number }
  | { readonly act: "release"; readonly of: number }
  | {
      readonly act: "pay"
      readonly by: Person
      readonly account: number
      readonly amount: bigint
      readonly inDays: number
      readonly to: number
    }
  /** A standing order: so many payments, one every so many weeks. */
  | {
      readonly act: "schedule"
      readonly by: number
      readonly account: number
      readonly amount: bigint
      readonly inDays: number
      readonly every: number
      readonly times: number
      readonly to: number
    }
  | { readonly act: "unschedule"; readonly of: number }
  | { readonly act: "decide"; readonly of: number; readonly by: Person; readonly approve: boolean }
  | { readonly act: "cancel"; readonly of: number }
  | { readonly act: "restrict" | "lift"; readonly customer: number }
  /** Closes both accounts, the rest going to another one, ends the relation, and is forgotten. */
  | { readonly act: "leave"; readonly customer: number; readonly to: number }
  /** Takes the entry of a deposit, withdrawal or transfer back, as of today or of its own day. */
  | { readonly act: "reverse"; readonly of: number; readonly backdated: boolean }
  /** Sends an earlier command again under its key; a deposit over another amount when altered. */
  | { readonly act: "repeat"; readonly of: number; readonly altered: boolean }
  /** The bank's worker makes a round over payments, holds and approvals. */
  | { readonly act: "work" }
  | { readonly act: "endOfDay" }
  /** The worker makes rounds until the bank knows what the rail knows; then everything is inspected. */
  | { readonly act: "night" }

/**
 * Where something breaks: at the n-th call of a store or of the rail, at the n-th SQL statement that writes, or when all is
 * done and nobody has heard of it. An `error` fails that call alone; in a `crash` the process dies there and starts again.
 */
export interface PlannedFault {
  readonly at: "store" | "statement" | "rail" | "answer"
  readonly when: "before" | "after"
  readonly kind: "error" | "crash"
  readonly call: number
}

/** An action in its place: the number names it for good, also when others are left out. */
export interface PlannedAction {
  readonly number: number
  readonly day: number
  /** Milliseconds since the start of the day. */
  readonly at: number
  readonly act: Act
  readonly fault: PlannedFault | undefined
  /** Whether it is sent twice at the same time, as by somebody who clicks twice. */
  readonly twice: boolean
}

/** Acts of the bank itself, which no shrinking leaves out. */
export const isFixed = ({ act }: PlannedAction): boolean =>
  act.act === "work" || act.act === "endOfDay" || act.act === "night"

const hour = 3_600_000

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
const numbersFrom = (seed: number) => {
  let state = seed | 0
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The numbers of the last actions of a kind, of which later ones speak. */
class Recent {
  private readonly numbers: Array<number> = []
  private readonly most: number

  constructor(most: number) {
    this.most = most
  }

  add(number: number): void {
    this.numbers.push(number)
    if (this.numbers.length > this.most) this.numbers.shift()
  }

  /** One of them; -1, which is no action's number, when there is none. */
  one(below: (limit: number) => number): number {
    return this.numbers[below(Math.max(1, this.numbers.length))] ?? -1
  }
}

class Drawing {
  readonly below: (limit: number) => number
  private readonly holds = new Recent(4)
  private readonly payments = new Recent(6)
  private readonly largePayments = new Recent(3)
  private readonly schedules = new Recent(3)
  private readonly moves = new Recent(12)
  private readonly deposits = new Recent(5)
  private readonly commands = new Recent(20)

  constructor(seed: number) {
    const next = numbersFrom(seed)
    this.below = (limit) => Math.floor(next() * limit)
  }

  private account(): number {
    return this.below(2 * customerCount)
  }

  private deposit(): Act {
    return { act: "deposit", account: this.account(), amount: BigInt(1 + this.below(150_000)) }
  }

  private transfer(): Act {
    const from = this.account()
    // Now and then somebody tries it with the account of somebody else, or from an account to itself.
    const by = this.below(12) === 0 ? this.below(customerCount) : Math.floor(from / 2)
    return { act: "transfer", by, from, to: this.account(), amount: BigInt(1 + this.below(60_000)) }
  }

  private pay(): Act {
    // Two of them pay more than the others, and come to their limits.
    const account = this.below(2) === 0 ? 2 * this.below(2) : this.account()
    const by = ([Math.floor(account / 2), "officer", "officer", this.below(customerCount)] as const)[this.below(4)]
    const inDays = this.below(3) === 0 ? this.below(8) : 0
    const amount = BigInt(1 + this.below(60_000))
    return { act: "pay", by: by ?? "officer", account, amount, inDays, to: this.below(3) }
  }

  private schedule(): Act {
    const account = this.account()
    const by = this.below(8) === 0 ? this.below(customerCount) : Math.floor(account / 2)
    const [every, times] = [1 + this.below(2), 1 + this.below(4)]
    const rest = { inDays: this.below(5), every, times, to: this.below(3) }
    return { act: "schedule", by, account, amount: BigInt(1 + this.below(40_000)), ...rest }
  }

  private decide(): Act {
    const by =
      (["officer", "officer", "second", "second", this.below(customerCount)] as const)[this.below(5)] ?? "second"
    return { act: "decide", of: this.largePayments.one(this.below), by, approve: this.below(5) > 0 }
  }

  private rare(): Act {
    const customer = this.below(customerCount)
    switch (this.below(10)) {
      case 0:
        return { act: "restrict", customer }
      case 1:
      case 2:
      case 3:
        return { act: "lift", customer }
      case 4:
        return { act: "renew", customer, knownFor: 100 + this.below(200) }
      case 5:
        return this.below(8) === 0
          ? { act: "leave", customer, to: this.account() }
          : { act: "renew", customer, knownFor: 5 + this.below(20) }
      case 6:
      case 7:
        return this.below(2) === 0
          ? { act: "repeat", of: this.deposits.one(this.below), altered: true }
          : { act: "repeat", of: this.commands.one(this.below), altered: false }
      default:
        return { act: "reverse", of: this.moves.one(this.below), backdated: this.below(2) === 0 }
    }
  }

  private choose(): Act {
    switch (this.below(23)) {
      case 22:
        return this.below(4) === 0 ? { act: "unschedule", of: this.schedules.one(this.below) } : this.schedule()
      case 20:
      case 21:
        return this.pay()
      case 0:
      case 1:
      case 2:
        return this.transfer()
      case 3:
      case 4:
        return { act: "withdraw", account: this.account(), amount: BigInt(1 + this.below(40_000)) }
      case 5:
      case 6:
        return {
          act: "reserve",
          account: this.account(),
          amount: BigInt(1 + this.below(40_000)),
          days: 1 + this.below(10)
        }
      case 7:
        return { act: "capture", of: this.holds.one(this.below), percent: 1 + this.below(100) }
      case 8:
        return { act: "release", of: this.holds.one(this.below) }
      case 9:
      case 10:
      case 11:
        return this.pay()
      case 12:
      case 13:
        return this.decide()
      case 14:
        return { act: "cancel", of: this.payments.one(this.below) }
      case 15:
      case 16:
        return this.rare()
      default:
        return this.deposit()
    }
  }

  /** What somebody does, remembered for what follows from it. */
  next(number: number): Act {
    const chosen = this.choose()
    // There is nothing yet of which it could speak.
    const act: Act = "of" in chosen && chosen.of < 0 ? this.deposit() : chosen
    if (act.act === "reserve") this.holds.add(number)
    if (act.act === "pay") this.payments.add(number)
    if (act.act === "schedule") this.schedules.add(number)
    if ((act.act === "pay" || act.act === "schedule") && act.amount > 30_000n) this.largePayments.add(number)
    if (act.act === "deposit" || act.act === "withdraw" || act.act === "transfer") this.moves.add(number)
    if (act.act === "deposit") this.deposits.add(number)
    if (act.act !== "repeat") this.commands.add(number)
    return act
  }

  fault(percent: number, { act }: Act): PlannedFault | undefined {
    const hits = this.below(100) < percent
    const places = act === "work" || act === "night" ? atTheRail : atTheDesk
    // Drawn in any case, so that the rest of the plan is the same with faults and without.
    const fault: PlannedFault = {
      at: places[this.below(places.length)] ?? "store",
      when: this.below(2) === 0 ? "before" : "after",
      kind: this.below(3) === 0 ? "error" : "crash",
      call: 1 + this.below(callsOf[act] ?? 12)
    }
    return hits ? fault : undefined
  }
}

const atTheDesk = ["store", "store", "store", "statement", "answer"] as const
const atTheRail = ["store", "statement", "rail", "rail", "answer"] as const

/** How many calls of stores those acts make, about, that make many. */
const callsOf: Readonly<Partial<Record<Act["act"], number>>> = { endOfDay: 100, join: 40, leave: 40, work: 8, night: 8 }

/** On which day each customer joins. */
const joinsOn = [0, 0, 1, 3, 12, 150] as const

/** Everything that happens in so many days; `percent` of the actions meet a fault. */
export const planOf = (seed: number, days: number, percent: number): ReadonlyArray<PlannedAction> => {
  const drawing = new Drawing(seed)
  const plan: Array<PlannedAction> = []
  const add = (day: number, at: number, act: Act, twice = false) =>
    plan.push({ number: plan.length, day, at, act, fault: drawing.fault(percent, act), twice })
  for (let day = 0; day < days; day++) {
    add(day, 6 * hour, { act: "work" })
    for (const [customer, on] of joinsOn.entries()) {
      if (on === day)
        add(day, 7 * hour + customer * 600_000, { act: "join", customer, knownFor: 8 + drawing.below(120) })
    }
    // One of them wants to leave, and tries until nothing keeps it.
    if (day >= 18 && day % 6 === 0) add(day, 7.5 * hour, { act: "leave", customer: 3, to: drawing.below(4) })
    const count = 2 + drawing.below(8)
    for (let index = 0; index < count; index++) {
      add(day, 8 * hour + index * hour, drawing.next(plan.length), drawing.below(20) === 0)
    }
    add(day, 21 * hour, { act: "work" })
    // Now and then a day is not ended on its evening; the next one catches up.
    if (drawing.below(15) > 0) add(day, 22 * hour, { act: "endOfDay" })
    add(day, 23 * hour, { act: "night" })
  }
  return plan
}
