/**
 * What customers of a simulated bank would reckon themselves, on paper: sums of what they did and were told. It knows
 * nothing of ledgers.
 */
import { type Act, customerCount } from "./simulationPlan.ts"

/** What a transfer costs its sender, in minor units. */
export const transferFee = 125n

/** Percent a year times a hundred. */
export const basisPoints = 250n

const dayMs = 86_400_000

interface Customer {
  balance: bigint
  held: bigint
  /** Σ of balance × basis points, by days. */
  accrued: bigint
  interestPaid: bigint
  /** Interest that was paid and is still there; it bears none. */
  setApart: bigint
}

interface Reserved {
  readonly from: number
  readonly to: number
  readonly amount: bigint
  readonly endsAt: number
  state: "held" | "ended"
}

/** What comes of an action: `done`, or the tag of the refusal. */
export type Outcome = string

const halfEven = (numerator: bigint, denominator: bigint): bigint => {
  const [whole, rest] = [numerator / denominator, numerator % denominator]
  const twice = rest * 2n
  return twice > denominator || (twice === denominator && whole % 2n === 1n) ? whole + 1n : whole
}

/** The paper. */
export class Tally {
  readonly customers: ReadonlyArray<Customer> = Array.from({ length: customerCount }, () => ({
    balance: 0n,
    held: 0n,
    accrued: 0n,
    interestPaid: 0n,
    setApart: 0n
  }))
  readonly reserved = new Map<number, Reserved>()
  readonly paid = new Map<number, { readonly customer: number; readonly amount: bigint; state: string }>()
  cash = 0n
  fees = 0n

  private of(customer: number): Customer {
    const found = this.customers[customer]
    if (found === undefined) throw new RangeError(`The plan names customer ${customer}, whom nobody knows`)
    return found
  }

  private end(one: Reserved, moved: bigint): void {
    const from = this.of(one.from)
    from.held -= one.amount
    from.balance -= moved
    this.of(one.to).balance += moved
    one.state = "ended"
  }

  /** The interest of a customer so far, rounded. */
  interest(customer: number): bigint {
    return halfEven(this.of(customer).accrued, 365n * 10_000n)
  }

  /** What an action of a customer comes to, now. */
  act(number: number, act: Act, nowMs: number): Outcome {
    switch (act.act) {
      case "rail":
      case "endOfDay":
        return "done"
      case "deposit":
        this.of(act.customer).balance += act.amount
        this.cash += act.amount
        return "done"
      case "withdraw": {
        const one = this.of(act.customer)
        if (one.balance - one.held < act.amount) return "InsufficientFunds"
        one.balance -= act.amount
        this.cash -= act.amount
        return "done"
      }
      case "transfer": {
        const one = this.of(act.from)
        if (one.balance - one.held < act.amount + transferFee) return "InsufficientFunds"
        one.balance -= act.amount + transferFee
        this.of(act.to).balance += act.amount
        this.fees += transferFee
        return "done"
      }
      case "reserve": {
        const one = this.of(act.from)
        if (one.balance - one.held < act.amount) return "InsufficientFunds"
        one.held += act.amount
        const { amount, from, to } = act
        this.reserved.set(number, { from, to, amount, endsAt: nowMs + act.days * dayMs, state: "held" })
        return "done"
      }
      case "capture":
      case "release": {
        const one = this.reserved.get(act.of)
        if (one === undefined) return "HoldNotFound"
        if (one.state === "ended") return "HoldEnded"
        if (act.act === "capture" && nowMs >= one.endsAt) return "HoldTimeMismatch"
        this.end(one, act.act === "capture" ? act.amount : 0n)
        return "done"
      }
      case "pay": {
        const one = this.of(act.customer)
        if (one.balance - one.held < act.amount) return "InsufficientFunds"
        one.held += act.amount
        this.paid.set(number, { customer: act.customer, amount: act.amount, state: "sent" })
        return "done"
      }
    }
  }

  /** A word of the rail about a payment; the second one of a kind means nothing. */
  hear(number: number, word: "settled" | "failed" | "returned"): void {
    const payment = this.paid.get(number)
    if (payment === undefined) return
    const one = this.of(payment.customer)
    if (payment.state === "sent" && word !== "returned") {
      one.held -= payment.amount
      if (word === "settled") one.balance -= payment.amount
      payment.state = word
    } else if (payment.state === "settled" && word === "returned") {
      one.balance += payment.amount
      payment.state = word
    }
  }

  /** The end of a day: what is overdue ends, and what was there bears interest, which the first of a month pays. */
  endDay(firstOfMonth: boolean, nowMs: number): void {
    for (const one of this.reserved.values()) if (one.state === "held" && one.endsAt <= nowMs) this.end(one, 0n)
    for (const [index, one] of this.customers.entries()) {
      if (firstOfMonth) {
        const due = this.interest(index) - one.interestPaid
        one.interestPaid += due
        one.setApart += due
        one.balance += due
      }
      if (one.setApart > one.balance) one.setApart = one.balance
      one.accrued += (one.balance - one.setApart) * basisPoints
    }
  }
}
