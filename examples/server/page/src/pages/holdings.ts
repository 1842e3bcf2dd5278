/** What some accounts held over some days, out of their statements. */
import type { Account, Statement } from "../client/client.ts"
import { type DayAmount, sumOverDays } from "../charts/scales.ts"
import { epochDay } from "../format/epochDay.ts"
import { fromWire } from "../format/money.ts"

/** An account with the lines of some days. */
export interface Held {
  readonly account: Account
  readonly statement: Statement
}

/** A line of one account's statement. */
export interface Movement {
  readonly account: Account
  readonly line: Statement["lines"][number]
}

/** What the accounts held together, for each currency. */
export const balancesOver = (
  held: ReadonlyArray<Held>,
  start: string
): ReadonlyArray<{ readonly currency: string; readonly points: ReadonlyArray<DayAmount> }> => {
  const currencies = [...new Set(held.map(({ account }) => account.currency))]
  return currencies.map((currency) => ({
    currency,
    points: sumOverDays(
      held
        .filter(({ account }) => account.currency === currency)
        .map(({ statement }) => ({
          before: fromWire(statement.opening).amount,
          changes: statement.lines.map(({ balanceAfter, bookedOn }) => ({
            day: epochDay(bookedOn),
            amount: fromWire(balanceAfter).amount
          }))
        })),
      epochDay(start)
    )
  }))
}

/** The latest movements on any of the accounts, the last one first. */
export const latest = (held: ReadonlyArray<Held>, count: number): ReadonlyArray<Movement> =>
  held
    .flatMap(({ account, statement }) =>
      // Within a day the statement's own order holds, so its end comes first.
      statement.lines.toReversed().map((line) => ({ account, line }))
    )
    .sort((a, b) => (a.line.bookedOn < b.line.bookedOn ? 1 : a.line.bookedOn > b.line.bookedOn ? -1 : 0))
    .slice(0, count)
