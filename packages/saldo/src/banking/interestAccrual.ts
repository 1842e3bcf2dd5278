/**
 * Interest day by day on the balances at the end of each day by value date. The interest of day d is
 *
 *     balance × rate × yearFraction(d, d + 1)
 *
 * on the balance at the end of d, or of d − 1 when money earns from the next day. It is added up as an exact ratio; what
 * is booked for a day is round(Σ0..d) − round(Σ0..d−1), so that the total is never off by more than half a minor unit,
 * and what is posted is Σ of what was booked. A day belongs to the side on which the account stands: `credit` at zero and
 * above, `debit` below. Each side has its own rates, periods and sum, and is rounded as an amount that it owes.
 *
 * Day counts that are not additive (30/360 Bond Basis and US, ACT/ACT AFB) are taken a day at a time as well, except for
 * an average, which is taken over its days at once.
 */
import * as Result from "effect/Result"
import * as Money from "../money/Money.ts"
import type { Ratio } from "../money/rounding.ts"
import * as LocalDate from "../time/LocalDate.ts"
import { AccrualInputInvalid, type AccountSide, type AccrualSide, type AccrualState } from "./AccrualState.ts"
import { accrueDay, baseOf, beginsOn, fresh, open, settle } from "./interestSide.ts"
import type { InterestTerms } from "./InterestTerms.ts"
import * as rational from "./rational.ts"

/**
 * The balance from the end of a date on, until the next one: of everything but the interest that this accrual posts,
 * which it adds itself. Below zero is an overdraft.
 */
export interface DayBalance {
  readonly on: LocalDate.LocalDate
  readonly balance: Money.Money
}

/** The interest of one day on one side. */
export interface DayInterest {
  readonly on: LocalDate.LocalDate
  readonly side: AccountSide
  /** What bore interest, in minor units, above zero on both sides. */
  readonly base: Ratio
  /** The exact interest in minor units, above zero on both sides unless the rate is below zero. */
  readonly interest: Ratio
  /** The rounded difference to book for the day: above zero when the customer gets it, below when the customer pays. */
  readonly booked: Money.Money
}

/** Accrued interest that becomes part of the balance on a date: above zero when the customer gets it. */
export interface InterestPosting {
  readonly on: LocalDate.LocalDate
  readonly side: AccountSide
  readonly amount: Money.Money
}

/** What a run of days gave. Days without anything to bear interest are left out. */
export interface Accrual {
  readonly state: AccrualState
  readonly days: ReadonlyArray<DayInterest>
  readonly postings: ReadonlyArray<InterestPosting>
}

/** What a run of days needs. */
export interface AccrualRequest {
  readonly terms: InterestTerms
  readonly state: AccrualState
  /** In order of date, each date once; before the first one the balance is zero. */
  readonly balances: ReadonlyArray<DayBalance>
  /** The last day to accrue. A day that lies before `state.nextOn` asks for nothing. */
  readonly through: LocalDate.LocalDate
  /** From this day on nothing accrues any more; what has accrued is still posted when it is due. */
  readonly stopsOn?: LocalDate.LocalDate
}

/** The state before the first day. */
export const start = (on: LocalDate.LocalDate): AccrualState => ({ nextOn: on, credit: fresh, debit: fresh })

const sides = ["credit", "debit"] as const

const first = LocalDate.of("0002-01-01")
const last = LocalDate.of("9998-12-31")

const problemOf = ({ balances, state, terms, through }: AccrualRequest): AccrualInputInvalid | undefined => {
  const wrong = (field: string, message: string) => new AccrualInputInvalid({ field, message })
  if (state.nextOn < first || through > last) {
    return wrong("through", `Interest accrues from ${first} to ${last}, not from ${state.nextOn} to ${through}`)
  }
  for (const [index, { balance, on }] of balances.entries()) {
    if (balance.currency !== terms.currency) {
      return wrong("balances", `The balance of ${on} is in ${balance.currency}, and the terms are in ${terms.currency}`)
    }
    const previous = balances[index - 1]
    if (previous !== undefined && previous.on >= on) {
      return wrong("balances", `Balances must be in order of date, and ${on} follows ${previous.on}`)
    }
  }
  return undefined
}

/** Tells the balance that bears the interest of a day, for days that are asked for in order. */
const balancesInOrder = ({ balances, terms }: AccrualRequest) => {
  let next = 0
  let current = 0n
  return (on: LocalDate.LocalDate): bigint => {
    for (let point = balances[next]; point !== undefined; point = balances[++next]) {
      if (terms.earnsFrom === "nextDay" ? point.on >= on : point.on > on) break
      current = point.balance.amount
    }
    return current
  }
}

const signed = (terms: InterestTerms, side: AccountSide, amount: bigint): Money.Money =>
  Money.fromMinor(side === "credit" ? amount : -amount, terms.currency)

/** Posts what is due on a date and lets interest bear interest from it on. */
const openDay = (
  terms: InterestTerms,
  now: Record<AccountSide, AccrualSide>,
  on: LocalDate.LocalDate,
  everything = false
): ReadonlyArray<InterestPosting> =>
  sides.flatMap((name): ReadonlyArray<InterestPosting> => {
    const own = terms[name]
    if (own === null) return []
    const begins = (frequency: Parameters<typeof beginsOn>[0]) => beginsOn(frequency, terms.periodsFrom, on)
    const due = { posting: everything || begins(own.posting), compounding: begins(own.compounding) }
    const { posted, side } = open(own, now[name], due, terms.rounding)
    now[name] = side
    return posted === 0n ? [] : [{ on, side: name, amount: signed(terms, name, posted) }]
  })

/**
 * Accrues the days from `state.nextOn` to `through`, both included. Interest is posted at the start of the day that
 * begins a posting period, for the days before it. The same request always gives the same answer, and one run gives what
 * any division of it into several gives.
 */
export const accrue = (request: AccrualRequest): Result.Result<Accrual, AccrualInputInvalid> => {
  const problem = problemOf(request)
  if (problem !== undefined) return Result.fail(problem)
  const { state, stopsOn, terms, through } = request
  const balanceOn = balancesInOrder(request)
  const now = { credit: state.credit, debit: state.debit }
  const days: Array<DayInterest> = []
  const postings: Array<InterestPosting> = []
  let on = state.nextOn
  for (; on <= through; on = LocalDate.addDays(on, 1)) {
    postings.push(...openDay(terms, now, on))
    const balance = balanceOn(on) + now.credit.posted - now.debit.posted
    const standsOn = balance >= 0n ? "credit" : "debit"
    for (const name of sides) {
      const own = terms[name]
      if (own === null || (stopsOn !== undefined && on >= stopsOn)) continue
      const before = settle(now[name], name === "credit" ? balance : -balance)
      const base = name === standsOn ? baseOf(before, balance < 0n ? -balance : balance) : rational.zero
      const after = accrueDay(own, terms.dayCount, on, before, base)
      now[name] = after
      const interest = rational.subtract(after.accrued, before.accrued)
      if (base.numerator === 0n && interest.numerator === 0n) continue
      const booked = rational.round(after.accrued, terms.rounding) - rational.round(before.accrued, terms.rounding)
      days.push({ on, side: name, base, interest, booked: signed(terms, name, booked) })
    }
  }
  return Result.succeed({ state: { nextOn: on, ...now }, days, postings })
}

/** Posts everything that has accrued at the start of `state.nextOn`, as when an account is closed. */
export const postAll = (terms: InterestTerms, state: AccrualState): Omit<Accrual, "days"> => {
  const now = { credit: state.credit, debit: state.debit }
  const postings = openDay(terms, now, state.nextOn, true)
  return { state: { nextOn: state.nextOn, ...now }, postings }
}
