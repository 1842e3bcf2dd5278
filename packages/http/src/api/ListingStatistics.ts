/**
 * What there is to say about a set of listings, as it is shown.
 */
import * as Schema from "effect/Schema"
import { LoanListingStatus } from "saldo/lending/LoanListing"
import { MoneySchema } from "saldo/money/MoneySchema"
import { AnnualRateSchema } from "saldo/money/RateSchema"

const listings = Schema.Int

const Amounts = Schema.Struct({
  listings,
  total: MoneySchema,
  mean: MoneySchema,
  minimum: MoneySchema,
  p10: MoneySchema,
  p25: MoneySchema,
  median: MoneySchema,
  p75: MoneySchema,
  p90: MoneySchema,
  maximum: MoneySchema
}).annotate({ identifier: "AmountStatistics" })

const Rates = Schema.Struct({
  listings,
  mean: AnnualRateSchema,
  weighted: AnnualRateSchema,
  minimum: AnnualRateSchema,
  median: AnnualRateSchema,
  maximum: AnnualRateSchema
}).annotate({ identifier: "RateStatistics" })

const Durations = Schema.Struct({
  listings,
  minimum: Schema.Finite,
  mean: Schema.Finite,
  median: Schema.Finite,
  maximum: Schema.Finite,
  classes: Schema.Array(Schema.Struct({ fromMonths: Schema.Int, toMonths: Schema.NullOr(Schema.Int), listings }))
}).annotate({ identifier: "DurationStatistics" })

const group = { listings, sought: MoneySchema, funded: MoneySchema }

const Currency = Schema.Struct({
  currency: Schema.String,
  listings,
  sought: Amounts,
  funded: Schema.NullOr(Amounts),
  fundedBps: Schema.NullOr(Schema.Int),
  rate: Schema.NullOr(Rates),
  velocity: Schema.NullOr(Schema.Struct({ listings, perDay: MoneySchema })),
  byStatus: Schema.Record(Schema.String, Schema.Struct(group)),
  byRiskGrade: Schema.Array(Schema.Struct({ ...group, riskGrade: Schema.NullOr(Schema.String) }))
}).annotate({ identifier: "CurrencyStatistics" })

const Counted = Schema.Array(Schema.Struct({ value: Schema.NullOr(Schema.String), listings }))

/** What there is to say about a set of listings. Amounts in different currencies stay apart. */
export const ListingStatistics = Schema.Struct({
  listings,
  byStatus: Schema.Record(LoanListingStatus, Schema.Int),
  byCountry: Counted,
  byRiskGrade: Counted,
  duration: Schema.NullOr(Durations),
  currencies: Schema.Array(Currency)
}).annotate({ identifier: "ListingStatistics" })
