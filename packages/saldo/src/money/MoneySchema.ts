/**
 * Codecs of money for JSON and for SQL.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Money from "./Money.ts"

const MoneyJson = Schema.Struct({
  amount: Schema.String.annotate({ description: "Decimal text with at most the currency's decimals, such as 123.45" }),
  currency: Schema.String.annotate({ description: "ISO 4217 code" })
})

/** Why text is no money, without the text: what a schema says reaches logs, and the text may be anything. */
export const moneyIssue = ({ message }: Error): string => message.replace(/ "(?:[^"\\]|\\.)*"/u, "")

const fromJson = SchemaTransformation.transformEffect<Money.Money, typeof MoneyJson.Type>({
  decode: (json, options) => {
    const money = Money.fromDecimal(json.amount, json.currency)
    return money instanceof Error
      ? Effect.fail(new SchemaIssue.InvalidValue({ message: moneyIssue(money) }, json, options))
      : Effect.succeed(money)
  },
  encode: (money) => Effect.succeed(money.toJSON())
})

/**
 * Money as a value of a schema. In JSON (`Schema.toCodecJson`, and everything that derives it, such as an HTTP API) it
 * is `{ "amount": "123.45", "currency": "SEK" }`; reading checks the currency and refuses more decimals than it has.
 */
export const MoneySchema = Schema.declare<Money.Money>((value) => value instanceof Money.Money, {
  identifier: "Money",
  expected: "Money",
  toCodecJson: () => Schema.link<Money.Money>()(MoneyJson, fromJson),
  toFormatter: () => String
})

/** Money from its JSON object, as a codec on its own: `{ amount: "123.45", currency: "SEK" }` ⇄ `Money`. */
export const MoneyFromJson = MoneyJson.pipe(Schema.decodeTo(MoneySchema, fromJson))

/**
 * Money as two columns: minor units in a signed 64-bit integer, and the currency code. Encoding an amount that does
 * not fit fails with an issue that names `AmountOutOfRange`; reading accepts a bigint, or a number that is exact.
 */
export const MoneyColumns = Schema.Struct({
  amount: Schema.Union([Schema.BigInt, Schema.Int]),
  currency: Schema.String
}).pipe(
  Schema.decodeTo(
    MoneySchema,
    SchemaTransformation.transformEffect<Money.Money, { readonly amount: bigint | number; readonly currency: string }>({
      decode: ({ amount, currency }, options) => {
        const money = Money.tryFromMinor(BigInt(amount), currency)
        return money instanceof Error
          ? Effect.fail(new SchemaIssue.InvalidValue({ message: moneyIssue(money) }, currency, options))
          : Effect.succeed(money)
      },
      encode: (money, options) => {
        const amount = Money.toStorable(money)
        return typeof amount === "bigint"
          ? Effect.succeed({ amount, currency: money.currency })
          : Effect.fail(new SchemaIssue.InvalidValue({ message: amount.message }, money, options))
      }
    })
  )
)
