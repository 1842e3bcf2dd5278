/**
 * What the people around a simulated bank would reckon themselves, on paper: what each command must come to, and sums of
 * what was done. It knows the bank's price list and nothing of how the bank works.
 */
import * as LocalDate from "saldo/time/LocalDate"
import {
  beginsMonth,
  dateOf,
  halfEven,
  interestThrough,
  noInterest,
  type TallyInterest,
  type TallyLine
} from "./simulationInterest.ts"
import { type Act, customerCount } from "./simulationPlan.ts"

/** What a command comes to: `done`, or the tag of its refusal. */
export type Outcome = string

const dayMs = 86_400_000

const prices = { transfer: 125n, month: 900n, extra: 2_500n, overdraft: 50_000n, opening: 10_000n, free: 2 } as const

const cashFee = (amount: bigint): bigint => {
  const fee = halfEven(amount * 5n, 1000n)
  return fee < 50n ? 50n : fee > 150n ? 150n : fee
}

/** An account on paper. */
export class TallyAccount {
  readonly number: number
  readonly kind: "current" | "savings"
  state: "open" | "closed" = "open"
  readonly opened: number
  readonly lines: Array<TallyLine> = []
  held = 0n
  interest: TallyInterest = noInterest
  /** Fees of all time. */
  fees = 0n
  /** The last day that has been ended. */
  through: number
  /** Whether money came in by the bank's own transactions. */
  begun = false
  /** The days of its withdrawals and transfers. */
  readonly withdrawals: Array<number> = []

  constructor(number: number, opened: number) {
    this.number = number
    this.kind = number % 2 === 0 ? "current" : "savings"
    this.opened = opened
    this.through = opened - 1
  }

  get owner(): number {
    return Math.floor(this.number / 2)
  }

  get balance(): bigint {
    let sum = this.interest.earnedPosted - this.interest.owedPosted
    for (const { amount } of this.lines) sum += amount
    return sum
  }

  get available(): bigint {
    return this.balance - this.held + (this.kind === "current" ? prices.overdraft : 0n)
  }

  /** How to make undone what happens from now on, as when a command is refused. */
  remember(): () => void {
    const { fees, interest, through } = this
    const lines = [...this.lines]
    return () => {
      this.lines.splice(0, this.lines.length, ...lines)
      Object.assign(this, { fees, interest, through })
    }
  }

  /** Ends the days up to one, each first of a month with its fees. */
  endDays(through: number): bigint {
    let charged = 0n
    for (let day = this.through + 1; day <= through; day++) {
      if (this.kind === "current" && beginsMonth(day) && day > this.opened) {
        this.lines.push({ day, amount: -prices.month })
        charged += prices.month
      }
      this.through = day
    }
    this.interest = interestThrough(this.kind, this.lines, this.opened, this.through)
    this.fees += charged
    return charged
  }
}

interface TallyCustomer {
  state: "active" | "restricted" | "closed"
  readonly reasons: Set<string>
  knownUntil: number
  erased: boolean
}

interface TallyHold {
  readonly account: TallyAccount
  readonly amount: bigint
  readonly endsAt: number
  ended: boolean
}

/** Money that a deposit, withdrawal or transfer moved, which may be taken back once. */
interface TallyMove {
  readonly from: TallyAccount | undefined
  readonly to: TallyAccount | undefined
  readonly amount: bigint
  readonly day: number
  reversed: boolean
}

type Of<Name extends Act["act"]> = Extract<Act, { readonly act: Name }>

/** The paper. */
export class Tally {
  readonly customers = new Map<number, TallyCustomer>()
  readonly accounts = new Map<number, TallyAccount>()
  readonly moves = new Map<number, TallyMove>()
  /** What the bank's own accounts hold, by their purpose. */
  readonly bank = { cash: 0n, fees: 0n, cards: 0n, unapplied: 0n }
  /** How many entries of each kind there must be. */
  readonly booked = new Map<string, number>()
  private readonly holds = new Map<number, TallyHold>()

  /** Notes entries of a kind. */
  book(code: string, count = 1): void {
    this.booked.set(code, (this.booked.get(code) ?? 0) + count)
  }

  /** Whether a customer may do business. */
  isActive(customer: number, now: number): boolean {
    const one = this.customers.get(customer)
    return one !== undefined && one.state === "active" && now < one.knownUntil
  }

  /** A customer of the bank who joins: registered, documents, verified, active, two accounts. */
  join({ customer, knownFor }: Of<"join">, day: number): ReadonlyArray<Outcome> {
    const knownUntil = (LocalDate.toEpochDay(dateOf(day)) + knownFor + 1) * dayMs
    this.customers.set(customer, { state: "active", reasons: new Set(), knownUntil, erased: false })
    for (const number of [2 * customer, 2 * customer + 1]) this.accounts.set(number, new TallyAccount(number, day))
    return ["done", "done", "done", "done", "done", "done"]
  }

  renew({ customer, knownFor }: Of<"renew">, day: number): ReadonlyArray<Outcome> | undefined {
    const one = this.customers.get(customer)
    if (one === undefined) return undefined
    if (one.state === "closed") return ["CustomerStateUnfit", "CustomerStateUnfit"]
    // Of two passports the one that is valid longer counts.
    one.knownUntil = Math.max(one.knownUntil, (LocalDate.toEpochDay(dateOf(day)) + knownFor + 1) * dayMs)
    one.reasons.delete("kyc-expired")
    if (one.reasons.size === 0) one.state = "active"
    return ["done", "done"]
  }

  restrict({ act, customer }: Of<"restrict" | "lift">, now: number): ReadonlyArray<Outcome> | undefined {
    const one = this.customers.get(customer)
    if (one === undefined) return undefined
    if (one.state === "closed") return ["CustomerStateUnfit"]
    if (act === "restrict") {
      one.state = "restricted"
      one.reasons.add("complaint")
      return ["done"]
    }
    if (one.state === "active") return ["CustomerStateUnfit"]
    if (!one.reasons.has("complaint")) return ["RestrictionNotFound"]
    if (one.reasons.size === 1 && now >= one.knownUntil) return ["KycNotApproved"]
    one.reasons.delete("complaint")
    if (one.reasons.size === 0) one.state = "active"
    return ["done"]
  }

  deposit({ account, amount }: Of<"deposit" | "withdraw">, number: number, day: number, now: number) {
    const to = this.accounts.get(account)
    if (to === undefined) return undefined
    if (to.state === "closed") return ["DepositAccountNotOpen"]
    if (!this.isActive(to.owner, now)) return ["AccountHolderUnsuitable"]
    if (to.kind === "savings" && amount < prices.opening && !to.begun) return ["OpeningDepositTooSmall"]
    to.begun = true
    this.move({ from: undefined, to, amount, day, reversed: false }, number, "deposit")
    return ["done"]
  }

  withdraw({ account, amount }: Of<"deposit" | "withdraw">, number: number, day: number, now: number) {
    const from = this.accounts.get(account)
    if (from === undefined) return undefined
    if (from.state === "closed") return ["DepositAccountNotOpen"]
    if (!this.isActive(from.owner, now)) return ["AccountHolderUnsuitable"]
    const fees = [...(from.kind === "current" ? [cashFee(amount)] : []), ...this.extra(from, day)]
    return this.spend({ from, to: undefined, amount, day, reversed: false }, number, "withdrawal", fees)
  }

  transfer({ amount, by, from: source, to: target }: Of<"transfer">, number: number, day: number, now: number) {
    const [from, to] = [this.accounts.get(source), this.accounts.get(target)]
    if (from === undefined || to === undefined || !this.customers.has(by)) return undefined
    if (by !== from.owner) return ["DepositAccountNotFound"]
    if (from === to) return ["DestinationUnsuitable"]
    if (from.state === "closed" || to.state === "closed") return ["DepositAccountNotOpen"]
    if (!this.isActive(from.owner, now)) return ["AccountHolderUnsuitable"]
    if (to.kind === "savings" && amount < prices.opening && !to.begun) return ["OpeningDepositTooSmall"]
    const fees = [
      ...(from.kind === "current" && from.owner !== to.owner ? [prices.transfer] : []),
      ...this.extra(from, day)
    ]
    const outcome = this.spend({ from, to, amount, day, reversed: false }, number, "transfer", fees)
    if (outcome[0] === "done") to.begun = true
    return outcome
  }

  private extra({ kind, withdrawals }: TallyAccount, day: number): ReadonlyArray<bigint> {
    const month = dateOf(day).slice(0, 7)
    const used = withdrawals.filter((other) => dateOf(other).startsWith(month)).length
    return kind === "savings" && used >= prices.free ? [prices.extra] : []
  }

  private spend(
    move: TallyMove & { readonly from: TallyAccount },
    number: number,
    code: string,
    fees: ReadonlyArray<bigint>
  ): ReadonlyArray<Outcome> {
    const { amount, day, from } = move
    const fee = fees.reduce((sum, one) => sum + one, 0n)
    if (from.available < amount + fee) return ["InsufficientFunds"]
    from.withdrawals.push(day)
    if (fee > 0n) from.lines.push({ day, amount: -fee })
    from.fees += fee
    this.bank.fees += fee
    this.book("fee", fees.length)
    this.move(move, number, code)
    return ["done"]
  }

  private move(move: TallyMove, number: number, code: string): void {
    const { amount, day, from, to } = move
    from?.lines.push({ day, amount: -amount })
    to?.lines.push({ day, amount })
    if (from === undefined) this.bank.cash += amount
    if (to === undefined) this.bank.cash -= amount
    this.moves.set(number, move)
    this.book(code)
  }

  reverse({ backdated, of }: Of<"reverse">, today: number): ReadonlyArray<Outcome> | undefined {
    const move = this.moves.get(of)
    if (move === undefined) return undefined
    const { amount, from, to } = move
    if (move.reversed) return ["AlreadyReversed"]
    if (from?.state === "closed" || to?.state === "closed") return ["AccountUnavailable"]
    if (to !== undefined && to.available < amount) return ["InsufficientFunds"]
    const day = backdated ? move.day : today
    from?.lines.push({ day, amount })
    to?.lines.push({ day, amount: -amount })
    if (from === undefined) this.bank.cash -= amount
    if (to === undefined) this.bank.cash += amount
    move.reversed = true
    return ["done"]
  }

  reserve({ account, amount, days }: Of<"reserve">, number: number, now: number): ReadonlyArray<Outcome> | undefined {
    const one = this.accounts.get(account)
    if (one === undefined) return undefined
    if (one.state === "closed") return ["AccountUnavailable"]
    if (one.available < amount) return ["InsufficientFunds"]
    one.held += amount
    this.holds.set(number, { account: one, amount, endsAt: now + days * dayMs, ended: false })
    return ["done"]
  }

  /** The end of a reservation, by a capture of so many per cent or none. */
  settle(of: number, percent: number | undefined, day: number, now: number): ReadonlyArray<Outcome> {
    const hold = this.holds.get(of)
    if (hold === undefined) return ["HoldNotFound"]
    if (hold.ended) return ["HoldEnded"]
    if (percent !== undefined && now >= hold.endsAt) return ["HoldTimeMismatch"]
    this.end(hold, percent === undefined ? 0n : captured(hold.amount, percent), day)
    return ["done"]
  }

  private end(hold: TallyHold, amount: bigint, day: number): void {
    hold.ended = true
    hold.account.held -= hold.amount
    if (amount > 0n) hold.account.lines.push({ day, amount: -amount })
    this.bank.cards += amount
  }

  /** Both accounts are closed, then the customer, who is forgotten in the end; each if it can be. */
  leave({ customer, to }: Of<"leave">, day: number, owesPayments: boolean): ReadonlyArray<Outcome> | undefined {
    const one = this.customers.get(customer)
    const [current, savings, target] = [2 * customer, 2 * customer + 1, to].map((each) => this.accounts.get(each))
    if (one === undefined || current === undefined || savings === undefined || target === undefined) return undefined
    const closings = [this.close(savings, target, day), this.close(current, target, day)]
    if (one.state === "closed") return [...closings, "CustomerStateUnfit", "CustomerErased"]
    if (current.state === "open" || savings.state === "open" || owesPayments) {
      return [...closings, "ObligationsOpen", "CustomerStateUnfit"]
    }
    one.state = "closed"
    one.erased = true
    return [...closings, "done", "done"]
  }

  private close(account: TallyAccount, to: TallyAccount, day: number): Outcome {
    if (account === to) return "DestinationUnsuitable"
    if (account.state === "closed" || to.state === "closed") return "DepositAccountNotOpen"
    if (account.held > 0n) return "AccountNotEmpty"
    const undo = account.remember()
    const charged = account.endDays(Math.max(day - 1, account.through))
    const { earned, owed } = account.interest
    account.interest = { earned, owed, earnedPosted: earned, owedPosted: owed }
    const { balance } = account
    if (balance < 0n) {
      undo()
      return "OverdraftNotRepaid"
    }
    if (charged > 0n) this.charge(charged)
    if (balance > 0n) {
      account.lines.push({ day, amount: -balance })
      to.lines.push({ day, amount: balance })
      this.book("closing")
    }
    account.state = "closed"
    return "done"
  }

  private charge(amount: bigint): void {
    this.bank.fees += amount
    this.book("fee", Number(amount / prices.month))
  }

  /** What the bank does by the clock: overdue reservations end, and who is no longer known is restricted. */
  work(day: number, now: number): void {
    for (const hold of this.holds.values()) if (!hold.ended && hold.endsAt <= now) this.end(hold, 0n, day)
    for (const one of this.customers.values()) {
      if (one.state !== "closed" && one.knownUntil <= now) {
        one.state = "restricted"
        one.reasons.add("kyc-expired")
      }
    }
  }

  /** The end of a day, and of those before it that were left out. */
  endDay(day: number): void {
    for (const account of this.accounts.values()) {
      if (account.state === "open") {
        const charged = account.endDays(day)
        if (charged > 0n) this.charge(charged)
      }
    }
  }

  /** The accounts of a customer. */
  accountsOf(customer: number): ReadonlyArray<TallyAccount> {
    return [...this.accounts.values()].filter(({ owner }) => owner === customer % customerCount)
  }
}

/** What a capture of so many per cent takes. */
export const captured = (amount: bigint, percent: number): bigint => (amount * BigInt(percent) + 99n) / 100n
