/**
 * What a bank charges for an event on an account, as data: a price, how often it is free, and who never pays it.
 */
import * as Schema from "effect/Schema"
import type { Money } from "../money/Money.ts"
import { MoneySchema } from "../money/MoneySchema.ts"
import { PeriodicRateSchema } from "../money/RateSchema.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import { CalendarPeriod } from "./CalendarPeriod.ts"
import { RoundingModeSchema, type TermsProblem } from "./InterestTerms.ts"
import { problemOf } from "./tiers.ts"

const slug = /^[a-z][a-z0-9-]{0,39}$/u

/** What may be charged for, such as `withdrawal`, `transfer`, `monthly` or `dormancy`; a host may have more. */
export const FeeEvent = Schema.String.check(
  Schema.isPattern(slug, { expected: "a short lower-case word such as withdrawal" })
)

/** Names a fee within its product. */
export const FeeId = Schema.String.check(
  Schema.isPattern(slug, { expected: "a short lower-case word such as cash-withdrawal" })
).pipe(Schema.brand("FeeId"))

/** Names a fee within its product. */
export type FeeId = typeof FeeId.Type

/** The same amount each time. */
export const FlatPrice = Schema.Struct({ kind: Schema.Literal("flat"), amount: MoneySchema })

const bounds = {
  /** The least that is charged, also of nothing. */
  minimum: Schema.optionalKey(MoneySchema),
  /** The most that is charged. */
  maximum: Schema.optionalKey(MoneySchema)
}

/** A share of the amount that the event is about. */
export const PercentPrice = Schema.Struct({ kind: Schema.Literal("percent"), rate: PeriodicRateSchema, ...bounds })

/** One tier of a price: it holds for amounts of `from` and more, up to the next tier. */
export const PriceTier = Schema.Struct({
  from: MoneySchema,
  rate: PeriodicRateSchema,
  flat: Schema.optionalKey(MoneySchema)
})

/**
 * A price by tiers. `whole`: the tier of the amount prices all of it (volume pricing). `band`: each tier prices the part
 * of the amount within it, and its flat part is added once the amount reaches it.
 */
export const TieredPrice = Schema.Struct({
  kind: Schema.Literal("tiers"),
  method: Schema.Literals(["whole", "band"]),
  tiers: Schema.NonEmptyArray(PriceTier),
  ...bounds
})

/** What an event costs. */
export const FeePrice = Schema.Union([FlatPrice, PercentPrice, TieredPrice])

/** What an event costs. */
export type FeePrice = typeof FeePrice.Type

/** So many events of each period cost nothing. */
export const FreeAllowance = Schema.Struct({
  count: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 })),
  per: CalendarPeriod
})

/** A condition under which nothing is charged. */
export const FeeWaiver = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("balanceAtLeast"), amount: MoneySchema }),
  Schema.Struct({ kind: Schema.Literal("amountBelow"), amount: MoneySchema }),
  Schema.Struct({ kind: Schema.Literal("ageBelow"), years: Schema.Int }),
  /** The first months after the account was opened. */
  Schema.Struct({ kind: Schema.Literal("openedWithin"), months: Schema.Int }),
  /** Customers that the host has marked, such as `student`. */
  Schema.Struct({ kind: Schema.Literal("customerTag"), tag: Schema.NonEmptyString }),
  /** A campaign; the date is its last day. */
  Schema.Struct({ kind: Schema.Literal("through"), on: LocalDateSchema })
])

/** A condition under which nothing is charged. */
export type FeeWaiver = typeof FeeWaiver.Type

/** A fee of a product. */
export const Fee = Schema.Struct({
  id: FeeId,
  /** What customers read. */
  label: Schema.NonEmptyString,
  event: FeeEvent,
  price: FeePrice,
  free: Schema.optionalKey(FreeAllowance),
  /** Any one of them is enough. */
  waivers: Schema.Array(FeeWaiver),
  rounding: RoundingModeSchema
})

/** A fee of a product. */
export type Fee = typeof Fee.Type

const amountsOf = (fee: Fee): ReadonlyArray<readonly [path: TermsProblem["path"], amount: Money]> => {
  const { price } = fee
  const waived = fee.waivers.flatMap((waiver, index) =>
    "amount" in waiver ? [[["waivers", index, "amount"], waiver.amount] as const] : []
  )
  if (price.kind === "flat") return [[["price", "amount"], price.amount], ...waived]
  const tiers =
    price.kind === "tiers"
      ? price.tiers.flatMap(({ flat, from }, index) => [
          [["price", "tiers", index, "from"], from] as const,
          ...(flat === undefined ? [] : [[["price", "tiers", index, "flat"], flat] as const])
        ])
      : []
  return [
    ...tiers,
    ...(price.minimum === undefined ? [] : [[["price", "minimum"], price.minimum] as const]),
    ...(price.maximum === undefined ? [] : [[["price", "maximum"], price.maximum] as const]),
    ...waived
  ]
}

/** Everything that contradicts itself in a fee for accounts in a currency; none when it can be charged. */
export const problems = (fee: Fee, currency: string): ReadonlyArray<TermsProblem> => {
  const { price } = fee
  const rates =
    price.kind === "percent" ? [price.rate] : price.kind === "tiers" ? price.tiers.map(({ rate }) => rate) : []
  const tiers = price.kind === "tiers" ? problemOf(price.tiers.map(({ from }) => from.amount)) : undefined
  const crossed = price.kind !== "flat" && price.minimum && price.maximum && price.minimum.amount > price.maximum.amount
  return [
    ...amountsOf(fee).flatMap(([path, amount]): ReadonlyArray<TermsProblem> => {
      if (amount.currency !== currency) {
        return [{ path, issue: `the amount must be in ${currency}, not in ${amount.currency}` }]
      }
      return amount.amount < 0n && path[0] === "price" ? [{ path, issue: "the amount must be zero or more" }] : []
    }),
    ...(rates.some(({ coefficient }) => coefficient < 0n)
      ? [{ path: ["price"], issue: "a rate must be zero or more" }]
      : []),
    ...(tiers === undefined ? [] : [{ path: ["price", "tiers"], issue: tiers }]),
    ...(crossed === true ? [{ path: ["price", "minimum"], issue: "the minimum must not be above the maximum" }] : [])
  ]
}

/** The event or the fee is in another currency than the account, or the amount is below zero. */
export class FeeInputInvalid extends Schema.TaggedError<FeeInputInvalid>()(
  "FeeInputInvalid",
  { field: Schema.String, message: Schema.String },
  { httpApiStatus: 422 }
) {}
