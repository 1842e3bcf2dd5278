/**
 * Interest by brute force: from the first day again each time, day by day, on sums of lines by their value date.
 */
import * as LocalDate from "saldo/time/LocalDate"
import { firstDay } from "../SimulationBank.ts"

/** What moved a balance, and as of which day, counted from the first simulated one. */
export interface TallyLine {
  readonly day: number
  readonly amount: bigint
}

/** What an account has earned and owes, rounded, and how much of it became part of the balance. */
export interface TallyInterest {
  readonly earned: bigint
  readonly owed: bigint
  readonly earnedPosted: bigint
  readonly owedPosted: bigint
}

/** No interest. */
export const noInterest: TallyInterest = { earned: 0n, owed: 0n, earnedPosted: 0n, owedPosted: 0n }

/** A day of the simulation as a date. */
export const dateOf = (day: number): LocalDate.LocalDate => LocalDate.addDays(firstDay, day)

/** Whether a month begins on a day. */
export const beginsMonth = (day: number): boolean => LocalDate.day(dateOf(day)) === 1

/** The nearest whole number, the even one of two. */
export const halfEven = (numerator: bigint, denominator: bigint): bigint => {
  const [whole, rest] = [numerator / denominator, numerator % denominator]
  const twice = rest * 2n
  return twice > denominator || (twice === denominator && whole % 2n === 1n) ? whole + 1n : whole
}

const least = (left: bigint, right: bigint): bigint => (left < right ? left : right)
const most = (left: bigint, right: bigint): bigint => (left > right ? left : right)

/** A year's interest of a day's balance in hundredths of a per cent of a minor unit. */
const yearly = {
  current: { earned: () => 0n, owed: (balance: bigint) => balance * 1200n },
  savings: {
    earned: (balance: bigint, day: number) =>
      least(balance, 50_000n) * 100n + most(balance - 50_000n, 0n) * (dateOf(day) < "2026-07-01" ? 250n : 300n),
    owed: () => 0n
  }
} as const

const rounded = (sum: bigint) => halfEven(sum, 365n * 10_000n)

/**
 * The interest of an account that was opened on one day and taken through another one. Interest that was posted bears none
 * as long as it is there, and is the last of the money to leave.
 */
export const interestThrough = (
  kind: "current" | "savings",
  lines: ReadonlyArray<TallyLine>,
  opened: number,
  through: number
): TallyInterest => {
  const perDay = new Map<number, bigint>()
  for (const { amount, day } of lines) perDay.set(day, (perDay.get(day) ?? 0n) + amount)
  let [own, earned, owed, earnedPosted, owedPosted, earnedApart, owedApart] = [0n, 0n, 0n, 0n, 0n, 0n, 0n]
  for (let day = opened; day <= through; day++) {
    own += perDay.get(day) ?? 0n
    if (beginsMonth(day)) {
      const [earnedDue, owedDue] = [rounded(earned) - earnedPosted, rounded(owed) - owedPosted]
      earnedPosted += earnedDue
      earnedApart += earnedDue
      owedPosted += owedDue
      owedApart += owedDue
    }
    const balance = own + earnedPosted - owedPosted
    earnedApart = least(earnedApart, most(balance, 0n))
    owedApart = least(owedApart, most(-balance, 0n))
    if (balance >= 0n) earned += yearly[kind].earned(balance - earnedApart, day)
    else owed += yearly[kind].owed(-balance - owedApart)
  }
  return { earned: rounded(earned), owed: rounded(owed), earnedPosted, owedPosted }
}
