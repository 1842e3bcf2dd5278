/**
 * What every list and every report has in common.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { CursorMismatch, InvalidCursor, PageRequest } from "saldo/core/Page"
import * as Money from "saldo/money/Money"
import { moneyIssue, MoneySchema } from "saldo/money/MoneySchema"
import { LocalDateSchema } from "saldo/time/LocalDateSchema"
import { problems } from "./Problem.ts"

/** The query of every list: how many items at most, and where the page begins, as the page before said in `next`. */
export const pageQuery = PageRequest.fields

/** Why a page cannot be found. */
export const notFoundPage = problems(InvalidCursor, CursorMismatch)

/** The query of a report on days: from `start` on and before `end`. */
export const daysQuery = Schema.Struct({ start: LocalDateSchema, end: LocalDateSchema }).check(
  Schema.makeFilter(({ end, start }) =>
    end < start ? { path: ["end"], issue: `expected ${start} or a later day, as it is not counted itself` } : undefined
  )
)

/** Money in a query: the decimal text, a space and the currency, such as `123.45 SEK`. */
export const MoneyText = Schema.String.check(
  Schema.isPattern(/^-?\d{1,20}(?:\.\d{1,10})? [A-Z]{3}$/u, { expected: "an amount and a currency such as 123.45 SEK" })
)
  .annotate({ identifier: "MoneyText" })
  .pipe(
    Schema.decodeTo(
      MoneySchema,
      SchemaTransformation.transformEffect<Money.Money, string>({
        decode: (text, options) => {
          const [amount = "", currency = ""] = text.split(" ")
          const money = Money.fromDecimal(amount, currency)
          return money instanceof Error
            ? Effect.fail(new SchemaIssue.InvalidValue({ message: moneyIssue(money) }, text, options))
            : Effect.succeed(money)
        },
        encode: (money) => {
          const { amount, currency } = money.toJSON()
          return Effect.succeed(`${amount} ${currency}`)
        }
      })
    )
  )
