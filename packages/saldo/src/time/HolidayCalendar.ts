/**
 * Calendars of business days as data: a weekend, and rules that say which days of a year are holidays.
 *
 * A calendar is a plain object, so a host can write its own, store it as JSON, or add to one of ours with `extend` and
 * `union`. What a year holds is worked out once per calendar object and kept for as long as the object lives; do not
 * change a calendar's rules afterwards.
 */
import { easterSunday } from "./easter.ts"
import * as LocalDate from "./LocalDate.ts"

/** The years in which a rule holds: inclusive bounds, and years in which it is set aside. */
export interface Years {
  readonly from?: number
  readonly until?: number
  readonly except?: ReadonlyArray<number>
}

/**
 * Where a holiday goes that falls on the weekend: nowhere (`none`, the default), to Monday when it falls on a Sunday
 * (`sundayToMonday`), to the next weekday that is no holiday (`nextFreeWeekday`), or to the nearer of Friday and Monday
 * (`nearestWeekday`, for a weekend of Saturday and Sunday).
 */
export type Observance = "none" | "sundayToMonday" | "nextFreeWeekday" | "nearestWeekday"

/** The same day of the same month each year. 29 February is left out in common years. */
export interface FixedRule extends Years {
  readonly kind: "fixed"
  readonly name: string
  readonly month: number
  readonly day: number
  readonly observed?: Observance
}

/** A number of days after (or, when negative, before) Western Easter Sunday. */
export interface EasterRule extends Years {
  readonly kind: "easter"
  readonly name: string
  readonly offset: number
}

/** The n-th such weekday of a month; -1 is the last. A month without a fifth one has none. */
export interface NthWeekdayRule extends Years {
  readonly kind: "nthWeekday"
  readonly name: string
  readonly month: number
  readonly weekday: LocalDate.Weekday
  readonly nth: 1 | 2 | 3 | 4 | 5 | -1
}

/** The first such weekday on or after a day of the year. */
export interface WeekdayOnOrAfterRule extends Years {
  readonly kind: "weekdayOnOrAfter"
  readonly name: string
  readonly month: number
  readonly day: number
  readonly weekday: LocalDate.Weekday
}

/** Dates set one by one, such as a jubilee. */
export interface DatesRule {
  readonly kind: "dates"
  readonly name: string
  readonly dates: ReadonlyArray<LocalDate.LocalDate>
}

/** One rule of a calendar. */
export type HolidayRule = FixedRule | EasterRule | NthWeekdayRule | WeekdayOnOrAfterRule | DatesRule

/** A weekend and rules, known from `firstYear` on; with `members`, closed also whenever a member is. */
export interface HolidayCalendar {
  readonly id: string
  readonly name: string
  readonly weekend: ReadonlyArray<LocalDate.Weekday>
  readonly rules: ReadonlyArray<HolidayRule>
  readonly firstYear?: number
  readonly lastYear?: number
  readonly members?: ReadonlyArray<HolidayCalendar>
}

/** A holiday: the date kept free, and the date it is in memory of when that one fell on a weekend. */
export interface Holiday {
  readonly date: LocalDate.LocalDate
  readonly name: string
  readonly insteadOf?: LocalDate.LocalDate
}

/** The calendar's rules are not known for that year. */
export class YearNotCovered extends Error {
  readonly _tag = "YearNotCovered"
  override readonly name = "YearNotCovered"
  readonly calendar: string
  readonly year: number
  constructor(calendar: HolidayCalendar, year: number) {
    const first = calendar.firstYear ?? 1
    const last = calendar.lastYear ?? 9999
    super(`calendar ${calendar.id} knows the years ${first} to ${last}, and was asked about ${year}`)
    this.calendar = calendar.id
    this.year = year
  }
}

/** No business day was found within a month of a date: the calendar closes nearly every day. */
export class NoBusinessDay extends Error {
  readonly _tag = "NoBusinessDay"
  override readonly name = "NoBusinessDay"
  readonly calendar: string
  readonly near: LocalDate.LocalDate
  constructor(calendar: HolidayCalendar, near: LocalDate.LocalDate) {
    super(`calendar ${calendar.id} has no business day within ${longestClosure} days of ${near}`)
    this.calendar = calendar.id
    this.near = near
  }
}

/** The longest run of days without a business day that a search goes through before it gives up. */
export const longestClosure = 31

/** Saturdays and Sundays are free, and nothing else. */
export const weekendsOnly: HolidayCalendar = { id: "weekends", name: "Weekends only", weekend: [6, 7], rules: [] }

/** Every day is a business day. */
export const everyDay: HolidayCalendar = { id: "every-day", name: "Every day", weekend: [], rules: [] }

const holds = (years: Years, year: number): boolean =>
  year >= (years.from ?? 1) && year <= (years.until ?? 9999) && !(years.except?.includes(year) ?? false)

const weekdayOnOrAfter = (date: LocalDate.LocalDate, weekday: LocalDate.Weekday): LocalDate.LocalDate =>
  LocalDate.addDays(date, (weekday - LocalDate.dayOfWeek(date) + 7) % 7)

/** The n-th such weekday of a month, or the last for -1; undefined when the month has no fifth one. */
export const nthWeekdayOfMonth = (
  year: number,
  month: number,
  weekday: LocalDate.Weekday,
  nth: 1 | 2 | 3 | 4 | 5 | -1
): LocalDate.LocalDate | undefined => {
  const length = LocalDate.daysInMonth(year, month)
  if (nth === -1) return weekdayOnOrAfter(LocalDate.of(year, month, length - 6), weekday)
  const first = weekdayOnOrAfter(LocalDate.of(year, month, 1), weekday)
  return LocalDate.day(first) + 7 * (nth - 1) > length ? undefined : LocalDate.addDays(first, 7 * (nth - 1))
}

const datesOf = (rule: HolidayRule, year: number): ReadonlyArray<LocalDate.LocalDate> => {
  if (rule.kind === "dates") return rule.dates.filter((date) => LocalDate.year(date) === year)
  if (!holds(rule, year)) return []
  if (rule.kind === "easter") return [LocalDate.addDays(easterSunday(year), rule.offset)]
  if (rule.kind === "weekdayOnOrAfter") {
    return [weekdayOnOrAfter(LocalDate.of(year, rule.month, rule.day), rule.weekday)]
  }
  if (rule.kind === "nthWeekday") {
    const date = nthWeekdayOfMonth(year, rule.month, rule.weekday, rule.nth)
    return date === undefined ? [] : [date]
  }
  const date = LocalDate.fromParts(year, rule.month, rule.day)
  if (typeof date === "string") return [date]
  if (rule.month === 2 && rule.day === 29) return []
  throw date
}

const observedOn = (
  date: LocalDate.LocalDate,
  observance: Observance,
  weekend: ReadonlyArray<LocalDate.Weekday>,
  taken: ReadonlySet<LocalDate.LocalDate>
): LocalDate.LocalDate => {
  const weekday = LocalDate.dayOfWeek(date)
  if (observance === "none" || !weekend.includes(weekday)) return date
  if (observance === "sundayToMonday") return weekday === 7 ? LocalDate.addDays(date, 1) : date
  if (observance === "nearestWeekday") return LocalDate.addDays(date, weekday === 6 ? -1 : 1)
  let free = date
  while (weekend.includes(LocalDate.dayOfWeek(free)) || taken.has(free)) free = LocalDate.addDays(free, 1)
  return free
}

const holidaysOfRuleYear = (calendar: HolidayCalendar, year: number): ReadonlyArray<Holiday> => {
  const natural = calendar.rules.flatMap((rule) => datesOf(rule, year).map((date) => ({ rule, date })))
  const next = year === 9999 ? [] : calendar.rules.flatMap((rule) => datesOf(rule, year + 1))
  // All holidays are placed before any substitute day, so that a substitute never lands on one of them.
  const taken = new Set([...natural.map(({ date }) => date), ...next])
  return natural.map(({ rule, date }) => {
    const observance = rule.kind === "fixed" ? (rule.observed ?? "none") : "none"
    const observed = observedOn(date, observance, calendar.weekend, taken)
    taken.add(observed)
    return observed === date ? { date, name: rule.name } : { date: observed, name: rule.name, insteadOf: date }
  })
}

/**
 * The holidays of a year in order of date, those of members included; holidays on the weekend that have no substitute
 * are among them. Throws `YearNotCovered`.
 */
export const holidays = (calendar: HolidayCalendar, year: number): ReadonlyArray<Holiday> => {
  requireYear(calendar, year)
  // A substitute day may cross New Year, so the neighbouring years' rules have a say.
  const own = [year - 1, year, year + 1]
    .filter((ruleYear) => ruleYear >= 1 && ruleYear <= 9999)
    .flatMap((ruleYear) => holidaysOfRuleYear(calendar, ruleYear))
    .filter(({ date }) => LocalDate.year(date) === year)
  const all = [...own, ...(calendar.members ?? []).flatMap((member) => holidays(member, year))]
  return all.sort((left, right) => LocalDate.compare(left.date, right.date))
}

/** Says whether a calendar's rules are known for a year: the question to ask before a date from outside is adjusted. */
export const coversYear = (calendar: HolidayCalendar, year: number): boolean =>
  year >= (calendar.firstYear ?? 1) &&
  year <= (calendar.lastYear ?? 9999) &&
  (calendar.members ?? []).every((member) => coversYear(member, year))

const requireYear = (calendar: HolidayCalendar, year: number): void => {
  if (!coversYear(calendar, year)) throw new YearNotCovered(calendar, year)
}

/** A calendar closed whenever any of the given ones is, as for a payment that needs both ends open. */
export const union = (first: HolidayCalendar, ...rest: ReadonlyArray<HolidayCalendar>): HolidayCalendar => {
  const members = [first, ...rest]
  return {
    id: members.map(({ id }) => id).join("+"),
    name: members.map(({ name }) => name).join(" and "),
    weekend: [],
    rules: [],
    firstYear: Math.max(...members.map(({ firstYear }) => firstYear ?? 1)),
    lastYear: Math.min(...members.map(({ lastYear }) => lastYear ?? 9999)),
    members
  }
}

/** A calendar with more rules, such as a bank's own closing days, under an id of its own. */
export const extend = (calendar: HolidayCalendar, id: string, rules: ReadonlyArray<HolidayRule>): HolidayCalendar => ({
  ...calendar,
  id,
  rules: [...calendar.rules, ...rules]
})
