/** Statements, yearly summaries and balances by value date, from the lines of an account. */
import * as Result from "effect/Result"
import * as Money from "../money/Money.ts"
import type { DateRange } from "../time/DateRange.ts"
import * as LocalDate from "../time/LocalDate.ts"
import type { DayBalance } from "./interestAccrual.ts"
import { type Statement, StatementInconsistent, type StatementLine, type StatementTotal } from "./Statement.ts"

const problemOf = (
  opening: Money.Money,
  lines: ReadonlyArray<StatementLine>,
  range: DateRange
): StatementInconsistent | undefined => {
  let balance = opening.amount
  for (const [index, { amount, balanceAfter, bookedOn }] of lines.entries()) {
    const wrong = (field: string, message: string) => new StatementInconsistent({ line: index, field, message })
    const foreign = [amount, balanceAfter].find(({ currency }) => currency !== opening.currency)
    if (foreign !== undefined) {
      return wrong("currency", `Line ${index} is in ${foreign.currency}, and the account in ${opening.currency}`)
    }
    if (bookedOn < range.start || bookedOn >= range.end) {
      return wrong("bookedOn", `Line ${index} is of ${bookedOn}, not from ${range.start} and before ${range.end}`)
    }
    const previous = lines[index - 1]
    if (previous !== undefined && previous.bookedOn > bookedOn) {
      return wrong("bookedOn", `Line ${index} is of ${bookedOn}, and follows one of ${previous.bookedOn}`)
    }
    balance += amount.amount
    if (balanceAfter.amount !== balance) {
      const expected = String(Money.fromMinor(balance, opening.currency))
      return wrong(
        "balanceAfter",
        `After line ${index} the balance is ${expected}, and the line says ${String(balanceAfter)}`
      )
    }
  }
  return undefined
}

const totalOf = (lines: ReadonlyArray<StatementLine>, currency: string): StatementTotal => {
  let [credits, debits] = [0n, 0n]
  for (const { amount } of lines) {
    if (amount.amount > 0n) credits += amount.amount
    else debits += amount.amount
  }
  const money = (amount: bigint) => Money.fromMinor(amount, currency)
  return { lines: lines.length, credits: money(credits), debits: money(debits), net: money(credits + debits) }
}

/**
 * The statement of a range of days from the balance before it and its lines in booking order. Each line's balance must
 * follow from the one before, so that opening + Σ = closing; if it does not, nothing is printed.
 */
export const statement = (
  opening: Money.Money,
  lines: ReadonlyArray<StatementLine>,
  range: DateRange
): Result.Result<Statement, StatementInconsistent> => {
  const problem = problemOf(opening, lines, range)
  if (problem !== undefined) return Result.fail(problem)
  const byKind = [...Map.groupBy(lines, ({ kind }) => kind)]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([kind, own]) => ({ kind, ...totalOf(own, opening.currency) }))
  return Result.succeed({
    start: range.start,
    end: range.end,
    opening,
    lines,
    total: totalOf(lines, opening.currency),
    byKind,
    closing: lines.at(-1)?.balanceAfter ?? opening
  })
}

/**
 * The balance at the end of each day on which it changed, by value date, from `opening` on the day before the first one
 * on; what interest is reckoned on. Lines come in any order. Leave out the interest that an accrual posted, which it
 * adds itself: that is what `without` is for.
 */
export const balancesByValueDate = (
  opening: DayBalance,
  lines: ReadonlyArray<StatementLine>,
  without: ReadonlySet<string> = new Set()
): Result.Result<ReadonlyArray<DayBalance>, StatementInconsistent> => {
  const { currency } = opening.balance
  const changes = new Map<LocalDate.LocalDate, bigint>([[opening.on, opening.balance.amount]])
  for (const [line, { amount, kind, valueOn }] of lines.entries()) {
    if (without.has(kind)) continue
    if (amount.currency !== currency) {
      const message = `Line ${line} is in ${amount.currency}, and the account in ${currency}`
      return Result.fail(new StatementInconsistent({ line, field: "currency", message }))
    }
    if (valueOn < opening.on) {
      const message = `Line ${line} counts from ${valueOn}, before the opening balance of ${opening.on}`
      return Result.fail(new StatementInconsistent({ line, field: "valueOn", message }))
    }
    changes.set(valueOn, (changes.get(valueOn) ?? 0n) + amount.amount)
  }
  let balance = 0n
  return Result.succeed(
    [...changes]
      .sort(([left], [right]) => LocalDate.compare(left, right))
      .map(([on, change]) => ({ on, balance: Money.fromMinor((balance += change), currency) }))
  )
}

/** The kinds of lines that a yearly summary tells apart. */
export interface SummaryKinds {
  readonly interest: ReadonlySet<string>
  readonly fees: ReadonlySet<string>
}

/** What a bank tells customers, and the tax authority, of a year. */
export interface YearlySummary {
  readonly year: number
  /** Interest that the customer got, zero or more: each line by itself, so that interest paid does not hide it. */
  readonly interestReceived: Money.Money
  /** Interest that the customer paid, zero or more. */
  readonly interestPaid: Money.Money
  /** Fees less those given back; below zero when more were given back. */
  readonly fees: Money.Money
  /** Everything else that came in less what went out. */
  readonly other: Money.Money
  readonly opening: Money.Money
  /** opening + received − paid − fees + other. */
  readonly closing: Money.Money
}

/**
 * The summary of a calendar year (1 to 9998) by booking date, from the balance before 1 January and the lines of the year.
 * Throws `InvalidDate` for another year.
 */
export const yearlySummary = (
  year: number,
  opening: Money.Money,
  lines: ReadonlyArray<StatementLine>,
  kinds: SummaryKinds
): Result.Result<YearlySummary, StatementInconsistent> => {
  const range = { start: LocalDate.of(year, 1, 1), end: LocalDate.of(year + 1, 1, 1) }
  return Result.map(statement(opening, lines, range), ({ byKind, closing, total }) => {
    const sum = (part: "credits" | "debits" | "net", which: ReadonlySet<string>): bigint =>
      byKind.reduce((amount, own) => (which.has(own.kind) ? amount + own[part].amount : amount), 0n)
    const [received, paid, fees] = [
      sum("credits", kinds.interest),
      -sum("debits", kinds.interest),
      -sum("net", kinds.fees)
    ]
    const money = (amount: bigint) => Money.fromMinor(amount, opening.currency)
    return {
      year,
      interestReceived: money(received),
      interestPaid: money(paid),
      fees: money(fees),
      other: money(total.net.amount - received + paid + fees),
      opening,
      closing
    }
  })
}
