/** When a payment is made: once on a later day, or again and again. */
import * as Schema from "effect/Schema"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"

/** How a payment comes round. */
export const Recurrence = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("once") }),
  /** Every so many weeks, on the weekday of the first day. */
  Schema.Struct({
    kind: Schema.Literal("weeks"),
    every: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 520 }))
  }),
  /**
   * Every so many months (3 is a quarter, 12 a year): on a day of the month, which is the last one where a month has no
   * such day, on the last day, or on the last business day. The first one is on or after the first day.
   */
  Schema.Struct({
    kind: Schema.Literal("months"),
    every: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 120 })),
    day: Schema.Union([
      Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 31 })),
      Schema.Literals(["last", "lastBusinessDay"])
    ])
  })
])

/** How a payment comes round. */
export type Recurrence = typeof Recurrence.Type

/** When a recurring payment ends. Skipped and paused payments count: a pause does not make a plan longer. */
export const ScheduleEnd = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("never") }),
  Schema.Struct({
    kind: Schema.Literal("after"),
    payments: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 }))
  }),
  /** The last day on which one may be scheduled. */
  Schema.Struct({ kind: Schema.Literal("on"), date: LocalDateSchema })
])

/** Days on which no payment is scheduled: from the first to the last one, or until further notice. */
export const SchedulePause = Schema.Struct({ from: LocalDateSchema, through: Schema.NullOr(LocalDateSchema) }).check(
  Schema.makeFilter<{ readonly from: string; readonly through: string | null }>(({ from, through }) =>
    through === null || through >= from
      ? undefined
      : { path: ["through"], issue: `a pause from ${from} cannot end before` }
  )
)

/** When a payment is made. */
export const PaymentSchedule = Schema.Struct({
  /** The first day on which a payment may be scheduled, from which the others are counted. None is due before it. */
  startOn: LocalDateSchema,
  recurrence: Recurrence,
  ends: ScheduleEnd,
  /** Where a payment goes that is scheduled for a day on which the bank is closed. */
  adjustment: Schema.Literals([
    "unadjusted",
    "following",
    "modifiedFollowing",
    "preceding",
    "modifiedPreceding",
    "nearest"
  ]),
  /** Single payments left out, by the day for which they were scheduled. */
  skipped: Schema.Array(LocalDateSchema),
  pauses: Schema.Array(SchedulePause)
})

/** When a payment is made. */
export type PaymentSchedule = typeof PaymentSchedule.Type

/** One payment of a schedule. */
export interface Occurrence {
  /** Counted from 1, skipped and paused ones included: with the schedule's id it names the payment for good. */
  readonly number: number
  /** The day by the rule. */
  readonly scheduledOn: LocalDateSchema["Type"]
  /** The day on which it is made, which the calendar of business days may have moved. */
  readonly dueOn: LocalDateSchema["Type"]
}

/**
 * The calendar of business days does not know a year that a schedule needs, or is closed for a month and more. Payments
 * scheduled before `from` are not concerned.
 */
export class ScheduleBeyondCalendar extends Schema.TaggedError<ScheduleBeyondCalendar>()(
  "ScheduleBeyondCalendar",
  { calendar: Schema.String, from: LocalDateSchema, reason: Schema.String },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `Payments scheduled from ${this.from} on have no known business day: ${this.reason}`
  }
}
