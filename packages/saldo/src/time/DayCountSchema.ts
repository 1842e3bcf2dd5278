import * as Schema from "effect/Schema"
import type { DayCount } from "./dayCount.ts"
import { LocalDateSchema } from "./LocalDateSchema.ts"

/**
 * A day count as data, for the terms of a stored loan: a bare name, or an object where the convention needs more. A
 * missing termination date, coupon date or period is an issue at its path.
 */
export const DayCountSchema = Schema.Union([
  Schema.Literals([
    "30/360 Bond Basis",
    "30E/360",
    "30/360 US",
    "ACT/360",
    "ACT/365 Fixed",
    "ACT/ACT ISDA",
    "ACT/ACT AFB"
  ]),
  Schema.Struct({ convention: Schema.Literal("30E/360 ISDA"), terminationDate: LocalDateSchema }),
  Schema.Struct({
    convention: Schema.Literal("ACT/ACT ICMA"),
    couponDate: LocalDateSchema,
    frequency: Schema.Literals([1, 2, 3, 4, 6, 12]),
    endOfMonth: Schema.optionalKey(Schema.Boolean)
  }),
  Schema.Struct({
    convention: Schema.Literal("ACT/365L"),
    frequency: Schema.Literals(["annual", "other"]),
    period: Schema.Struct({ start: LocalDateSchema, end: LocalDateSchema })
  })
]) satisfies Schema.Codec<DayCount, unknown>
