import * as Schema from "effect/Schema"
import type { HolidayCalendar } from "./HolidayCalendar.ts"
import * as LocalDate from "./LocalDate.ts"
import { LocalDateSchema } from "./LocalDateSchema.ts"

const Year = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9999 }))
const Month = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 }))
const Day = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 31 }))
const Weekday = Schema.Literals([1, 2, 3, 4, 5, 6, 7])

const years = {
  from: Schema.optionalKey(Year),
  until: Schema.optionalKey(Year),
  except: Schema.optionalKey(Schema.Array(Year))
}

/** 29 February is a day of some years; 30 February and 31 April are days of none. */
const dayOfSomeYear = Schema.makeFilter<{ readonly month: number; readonly day: number }>(({ month, day }) => {
  const last = LocalDate.daysInMonth(2000, month)
  return day <= last ? undefined : { path: ["day"], issue: `month ${month} has ${last} days at most` }
})

const FixedRule = Schema.Struct({
  kind: Schema.Literal("fixed"),
  name: Schema.String,
  month: Month,
  day: Day,
  observed: Schema.optionalKey(Schema.Literals(["none", "sundayToMonday", "nextFreeWeekday", "nearestWeekday"])),
  ...years
}).check(dayOfSomeYear)

const EasterRule = Schema.Struct({
  kind: Schema.Literal("easter"),
  name: Schema.String,
  // From Shrovetide to well after Corpus Christi, and never out of the year of its Easter.
  offset: Schema.Int.check(Schema.isBetween({ minimum: -80, maximum: 200 })),
  ...years
})

const NthWeekdayRule = Schema.Struct({
  kind: Schema.Literal("nthWeekday"),
  name: Schema.String,
  month: Month,
  weekday: Weekday,
  nth: Schema.Literals([1, 2, 3, 4, 5, -1]),
  ...years
})

const WeekdayOnOrAfterRule = Schema.Struct({
  kind: Schema.Literal("weekdayOnOrAfter"),
  name: Schema.String,
  month: Month,
  day: Day,
  weekday: Weekday,
  ...years
}).check(
  Schema.makeFilter<{ readonly month: number; readonly day: number }>(({ month, day }) => {
    const last = LocalDate.daysInMonth(2001, month)
    return day <= last ? undefined : { path: ["day"], issue: `month ${month} has only ${last} days in every year` }
  })
)

const DatesRule = Schema.Struct({
  kind: Schema.Literal("dates"),
  name: Schema.String,
  dates: Schema.Array(LocalDateSchema)
})

const HolidayRule = Schema.Union([FixedRule, EasterRule, NthWeekdayRule, WeekdayOnOrAfterRule, DatesRule])

/** The JSON of a calendar: the calendar itself, with its dates as plain text. */
export interface HolidayCalendarJson extends Omit<HolidayCalendar, "rules" | "members"> {
  readonly rules: ReadonlyArray<typeof HolidayRule.Encoded>
  readonly members?: ReadonlyArray<HolidayCalendarJson>
}

/** A calendar of business days as data, so that a host can keep its own in a file or a database. */
export const HolidayCalendarSchema = Schema.Struct({
  id: Schema.NonEmptyString,
  name: Schema.String,
  weekend: Schema.Array(Weekday).check(
    Schema.makeFilter<ReadonlyArray<number>>((days) => new Set(days).size < 7, {
      expected: "a weekend that leaves at least one day of the week"
    })
  ),
  rules: Schema.Array(HolidayRule),
  firstYear: Schema.optionalKey(Year),
  lastYear: Schema.optionalKey(Year),
  members: Schema.optionalKey(
    Schema.Array(Schema.suspend((): Schema.Codec<HolidayCalendar, HolidayCalendarJson> => HolidayCalendarSchema))
  )
})
