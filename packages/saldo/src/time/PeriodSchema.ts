import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Period from "./Period.ts"

const unit = Schema.Int

/** Codec between ISO 8601 text, `P1Y6M`, and a `Period`. Decoding fails with the form that would be right. */
export const PeriodSchema = Schema.String.annotate({
  description: "ISO 8601 duration of years, months, weeks and days, such as P1Y6M"
}).pipe(
  Schema.decodeTo(
    Schema.Struct({ years: unit, months: unit, weeks: unit, days: unit }),
    SchemaTransformation.transformEffect<Period.Period, string>({
      decode: (text, options) => {
        const period = Period.parse(text)
        return period instanceof Error
          ? Effect.fail(new SchemaIssue.InvalidValue({ message: period.message }, text, options))
          : Effect.succeed(period)
      },
      encode: (period, options) => {
        const checked = Period.fromParts(period)
        return checked instanceof Error
          ? Effect.fail(new SchemaIssue.InvalidValue({ message: checked.message }, period, options))
          : Effect.succeed(Period.format(checked))
      }
    })
  )
)
