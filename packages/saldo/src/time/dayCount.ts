/**
 * Day counts: how many days of interest lie between two dates, and which part of a year they are, as an exact ratio.
 *
 * The first day counts and the last does not. When `end` is earlier than `start`, the result is the negative of the
 * opposite direction.
 */
import { actActAfb, actActIcma, actActIsda, act365L } from "./internal/actualDayCount.ts"
import * as LocalDate from "./LocalDate.ts"
import type * as internal from "./internal/ratio.ts"
import { ratio } from "./internal/ratio.ts"
import { days30 } from "./internal/thirty360.ts"

/** An exact ratio of integers in lowest terms with a positive denominator; `Money.multiplyByRatio` takes it as it is. */
export type Ratio = internal.Ratio

/** Conventions that need the two dates only. */
export type SimpleConvention =
  | "30/360 Bond Basis"
  | "30E/360"
  | "30/360 US"
  | "ACT/360"
  | "ACT/365 Fixed"
  | "ACT/ACT ISDA"
  | "ACT/ACT AFB"

/** 30E/360 ISDA, where the end of February is the 30th unless it is the day the contract ends. */
export interface Thirty360Isda {
  readonly convention: "30E/360 ISDA"
  readonly terminationDate: LocalDate.LocalDate
}

/**
 * ACT/ACT ICMA, where interest is reckoned in coupon periods: any regular coupon date and the coupons a year give all
 * reference periods. Give the coupon date with the greatest day of the month (31 August rather than 28 February); set
 * `endOfMonth` when all coupons fall on the last day of a month.
 */
export interface ActActIcma {
  readonly convention: "ACT/ACT ICMA"
  readonly couponDate: LocalDate.LocalDate
  readonly frequency: 1 | 2 | 3 | 4 | 6 | 12
  readonly endOfMonth?: boolean
}

/** ACT/365L, where the length of the year is taken from the interest period that holds the two dates. */
export interface Act365L {
  readonly convention: "ACT/365L"
  readonly frequency: "annual" | "other"
  readonly period: { readonly start: LocalDate.LocalDate; readonly end: LocalDate.LocalDate }
}

/**
 * A day count with all it needs, so that a missing termination date or coupon date does not compile.
 *
 * | convention | days | year | source |
 * | --- | --- | --- | --- |
 * | `30/360 Bond Basis` | months of 30 days; an end on the 31st counts as the 30th only from a 30th | 360 | ISDA 2006 §4.16(f), ISO 20022 A001 |
 * | `30E/360` | months of 30 days; any 31st counts as the 30th | 360 | ISDA 2006 §4.16(g) |
 * | `30E/360 ISDA` | the same, and the end of February counts as the 30th, except the termination date | 360 | ISDA 2006 §4.16(h) |
 * | `30/360 US` | Bond Basis, and February from its end counts to a 30th, with the end-of-month rule | 360 | SIA, Standard Securities Calculation Methods |
 * | `ACT/360` | actual | 360 | ISDA 2006 §4.16(e), A004 |
 * | `ACT/365 Fixed` | actual | 365, in leap years too | ISDA 2006 §4.16(d), A005 |
 * | `ACT/ACT ISDA` | actual | 366 for days in a leap year, 365 for others | ISDA 2006 §4.16(b), A008 |
 * | `ACT/ACT ICMA` | actual | coupons a year × days of the coupon period | ICMA rule 251.1(iii), ISDA 2006 §4.16(c), A006 |
 * | `ACT/ACT AFB` | actual | whole years back from the end; the rest over 366 if it holds 29 February | AFB Master Agreement 1994, A010 |
 * | `ACT/365L` | actual | 366 if the annual period holds 29 February, or a shorter one ends in a leap year | ICMA rule 251.1(i), A009 |
 */
export type DayCount = SimpleConvention | Thirty360Isda | ActActIcma | Act365L

/** Names of all conventions, for schemas, menus and tests that go through each. */
export const conventions = [
  "30/360 Bond Basis",
  "30E/360",
  "30E/360 ISDA",
  "30/360 US",
  "ACT/360",
  "ACT/365 Fixed",
  "ACT/ACT ISDA",
  "ACT/ACT ICMA",
  "ACT/ACT AFB",
  "ACT/365L"
] as const

/**
 * The days of interest between two dates: actual ones, or those of the 30-day months of a 30/360 convention.
 *
 * @example
 * import { days } from "saldo/time/dayCount"
 * import * as LocalDate from "saldo/time/LocalDate"
 *
 * days("30E/360", LocalDate.of("2026-01-31"), LocalDate.of("2026-02-28")) // => 28
 * days("ACT/360", LocalDate.of("2026-01-31"), LocalDate.of("2026-02-28")) // => 28
 */
export const days = (dayCount: DayCount, start: LocalDate.LocalDate, end: LocalDate.LocalDate): number => {
  // No time has no days, also where a convention moves the same day of February at the start and not at the end.
  if (start === end) return 0
  if (end < start) return 0 - days(dayCount, end, start)
  if (typeof dayCount !== "string") {
    return dayCount.convention === "30E/360 ISDA"
      ? days30("30E/360 ISDA", start, end, dayCount.terminationDate)
      : LocalDate.daysBetween(start, end)
  }
  return dayCount === "30/360 Bond Basis" || dayCount === "30E/360" || dayCount === "30/360 US"
    ? days30(dayCount, start, end)
    : LocalDate.daysBetween(start, end)
}

/**
 * The part of a year between two dates as an exact ratio in lowest terms, so that interest is rounded once, at the end.
 *
 * @example
 * import { yearFraction } from "saldo/time/dayCount"
 * import * as LocalDate from "saldo/time/LocalDate"
 *
 * yearFraction("ACT/360", LocalDate.of("2026-01-01"), LocalDate.of("2026-01-31")) // => { numerator: 1n, denominator: 12n }
 */
export const yearFraction = (dayCount: DayCount, start: LocalDate.LocalDate, end: LocalDate.LocalDate): Ratio => {
  if (end < start) {
    const opposite = yearFraction(dayCount, end, start)
    return { numerator: -opposite.numerator, denominator: opposite.denominator }
  }
  if (dayCount === "ACT/ACT ISDA") return actActIsda(start, end)
  if (dayCount === "ACT/ACT AFB") return actActAfb(start, end)
  if (dayCount === "ACT/365 Fixed") return ratio(LocalDate.daysBetween(start, end), 365)
  if (typeof dayCount !== "string") {
    if (dayCount.convention === "ACT/ACT ICMA") return actActIcma(dayCount, start, end)
    if (dayCount.convention === "ACT/365L") return act365L(dayCount, start, end)
  }
  return ratio(days(dayCount, start, end), 360)
}
