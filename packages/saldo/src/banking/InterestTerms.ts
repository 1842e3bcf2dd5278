/**
 * How an account bears interest, as data: for money on the account (`credit`) and for an overdraft (`debit`).
 */
import * as Schema from "effect/Schema"
import { MoneySchema } from "../money/MoneySchema.ts"
import { AnnualRateSchema } from "../money/RateSchema.ts"
import { DayCountSchema } from "../time/DayCountSchema.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import { problemOf } from "./tiers.ts"

/** Every way to round. */
export const RoundingModeSchema = Schema.Literals(["halfEven", "halfUp", "halfDown", "up", "down", "ceiling", "floor"])

/** How often something regular happens to interest. */
export const InterestFrequency = Schema.Literals(["daily", "monthly", "quarterly", "halfYearly", "yearly"])

/** How often something regular happens to interest. */
export type InterestFrequency = typeof InterestFrequency.Type

/** One rate of a list of tiers: it holds for balances of `from` and more, up to the next tier. */
export const RateTier = Schema.Struct({
  /** Zero in the first tier; for an overdraft, how far the account is below zero. */
  from: MoneySchema,
  rate: AnnualRateSchema
})

/** One rate of a list of tiers. */
export type RateTier = typeof RateTier.Type

/** The rates that hold from a date on, until the next version. Before the first version there is no interest. */
export const RateVersion = Schema.Struct({
  from: LocalDateSchema,
  /** `whole`: the balance decides one rate for all of it. `band`: each tier's rate is for the part of the balance in it. */
  method: Schema.Literals(["whole", "band"]),
  tiers: Schema.NonEmptyArray(RateTier)
})

/** The rates that hold from a date on. */
export type RateVersion = typeof RateVersion.Type

/** The interest of one side of an account. */
export const InterestSide = Schema.Struct({
  rates: Schema.NonEmptyArray(RateVersion),
  /**
   * `daily`: each day's balance bears that day's interest. `average`: the average of the days since the last posting,
   * compounding or change of rate bears interest for all of them, and decides the tier.
   */
  balance: Schema.Literals(["daily", "average"]),
  /** When interest itself starts to bear interest, posted or not; with `none`, it never does. */
  compounding: Schema.Literals(["none", ...InterestFrequency.literals]),
  /** When accrued interest, rounded, becomes part of the account's balance. */
  posting: InterestFrequency,
  /** A smaller balance (or average) bears no interest. */
  minimumBalance: Schema.optionalKey(MoneySchema)
})

/** The interest of one side of an account. */
export type InterestSide = typeof InterestSide.Type

const fields = {
  currency: Schema.String,
  dayCount: DayCountSchema,
  /** Whether money bears interest for the day of its value date, or from the day after. */
  earnsFrom: Schema.Literals(["valueDate", "nextDay"]),
  rounding: RoundingModeSchema,
  /** A date on which periods of every length begin: 1 January for calendar periods, the opening date for a deposit. */
  periodsFrom: LocalDateSchema,
  credit: Schema.NullOr(InterestSide),
  debit: Schema.NullOr(InterestSide)
}

/** What is wrong with a part of a value, for people; `path` leads to the part. */
export interface TermsProblem {
  readonly path: ReadonlyArray<string | number>
  readonly issue: string
}

const problemsOfSide = (side: InterestSide, currency: string): ReadonlyArray<TermsProblem> => {
  const foreign = (path: TermsProblem["path"], found: string): ReadonlyArray<TermsProblem> =>
    found === currency ? [] : [{ path, issue: `the amount must be in ${currency}, not in ${found}` }]
  const minimum = side.minimumBalance
  return [
    ...(minimum === undefined ? [] : foreign(["minimumBalance"], minimum.currency)),
    ...side.rates.flatMap((version, index): ReadonlyArray<TermsProblem> => {
      const previous = side.rates[index - 1]
      const bounds = problemOf(version.tiers.map(({ from }) => from.amount))
      return [
        ...(previous !== undefined && previous.from >= version.from
          ? [
              {
                path: ["rates", index, "from"],
                issue: `rates must be in order of date, and ${previous.from} comes before`
              }
            ]
          : []),
        ...(bounds === undefined ? [] : [{ path: ["rates", index, "tiers"], issue: bounds }]),
        ...version.tiers.flatMap((tier, at) => foreign(["rates", index, "tiers", at, "from"], tier.from.currency))
      ]
    })
  ]
}

/** Everything that contradicts itself in terms whose parts are well formed; none when they can be used. */
export const problems = (terms: typeof Fields.Type): ReadonlyArray<TermsProblem> => [
  ...(typeof terms.dayCount !== "string" && terms.dayCount.convention === "ACT/365L"
    ? [
        {
          path: ["dayCount"],
          issue: "ACT/365L is told one interest period, and the terms of an account go on for many"
        }
      ]
    : []),
  ...(["credit", "debit"] as const).flatMap((side) =>
    terms[side] === null
      ? []
      : problemsOfSide(terms[side], terms.currency).map(({ path, issue }) => ({ path: [side, ...path], issue }))
  )
]

const Fields = Schema.Struct(fields)

/** The interest terms of an account. `null` for a side means that it bears none. */
export const InterestTerms = Fields.check(Schema.makeFilter<typeof Fields.Type>(problems))

/** The interest terms of an account. */
export type InterestTerms = typeof InterestTerms.Type
