import * as Result from "effect/Result"
import * as ExchangeRate from "../money/ExchangeRate.ts"
import * as Money from "../money/Money.ts"
import type { RoundingMode } from "../money/rounding.ts"
import * as LocalDate from "../time/LocalDate.ts"
import type { Exchange } from "./JournalEntry.ts"
import { type Leg, type PostingDraft, PostingUnsuitable } from "./PostingTemplate.ts"
import { draftOf, type Drafted, type TemplateLeg } from "./postingTemplates.ts"

const unsuitable = (template: string, part: string, problem: string) =>
  Result.fail(new PostingUnsuitable({ template, part, problem }))

const scale = 10n ** 18n

/** Decimal text of a rate; undefined when it has more than 18 decimals, or none that end. */
const decimalText = ({ denominator, numerator }: ExchangeRate.ExchangeRate["rate"]): string | undefined => {
  const scaled = numerator * scale
  if (scaled % denominator !== 0n) return undefined
  const digits = scaled / denominator
  const fraction = String(digits % scale)
    .padStart(18, "0")
    .replace(/0+$/u, "")
  return fraction === "" ? String(digits / scale) : `${digits / scale}.${fraction}`
}

const recorded = (rate: ExchangeRate.ExchangeRate): Exchange | undefined => {
  const { base, date, quote, source } = rate
  const text = decimalText(rate.rate)
  const storable = text !== undefined && text.split(".", 1).join("").length <= 18 && source.length <= 100
  return !storable || !LocalDate.is(date) ? undefined : { rate: text, base, quote, date, source }
}

/** An exchange for a customer. */
export interface ExchangeEvent {
  /** The customer's account that is debited, and the one that is credited. */
  readonly from: Leg
  readonly to: Leg
  /** The bank's two liquidity accounts, where the currencies meet. */
  readonly liquidity: { readonly from: Leg; readonly to: Leg }
  /** What the customer gives, in the currency of `from`. */
  readonly amount: Money.Money
  /** The rate as it was published, whichever of the two currencies is its base. */
  readonly rate: ExchangeRate.ExchangeRate
  /** How the amount that the customer gets is rounded to a minor unit. */
  readonly rounding: RoundingMode
  /** What the bank takes beside the amount, in the currency of `from`; never hidden in the rate. */
  readonly fee?: { readonly income: Leg; readonly amount: Money.Money }
}

/**
 * A customer exchanges currencies at a rate. Each currency balances in itself: what `from` gives goes to the liquidity
 * account of its currency, and what `to` gets comes from the other one. The amount that `to` gets is rounded once; what
 * rounding cut off or added, less than one minor unit, is part of the bank's position and comes out as gain or loss when it
 * is revalued. The entry keeps the rate with date and source, and the metadata the rounding mode.
 */
export const exchange = (event: ExchangeEvent): Drafted => {
  const { amount, from, liquidity, rate, rounding, to } = event
  const template = "exchange"
  const exact = rate.base === amount.currency ? rate : ExchangeRate.invert(rate)
  const bought = ExchangeRate.tryConvert(amount, exact, rounding)
  if (bought instanceof Error || bought.currency !== to.currency) {
    return unsuitable(template, "rate", `expected a rate between ${from.currency} and ${to.currency}`)
  }
  if (!Money.isPositive(bought))
    return unsuitable(template, "amount", "expected an amount that does not round to nothing")
  const kept = recorded(rate)
  if (kept === undefined) {
    return unsuitable(template, "rate", "expected a rate of at most 18 decimals with a calendar date, as published")
  }
  for (const part of ["from", "to"] as const) {
    if (liquidity[part].role !== "liquidity") {
      return unsuitable(template, `liquidity/${part}`, "expected an account of the role liquidity")
    }
  }
  const given = event.fee === undefined ? amount : Money.tryAdd(amount, event.fee.amount)
  if (given instanceof Error) return unsuitable(template, "fee", `expected a fee in ${amount.currency}`)
  const legs: Array<TemplateLeg> = [
    { part: "from", account: from, side: "debit", amount: given },
    { part: "liquidity/from", account: liquidity.from, side: "credit", amount },
    { part: "liquidity/to", account: liquidity.to, side: "debit", amount: bought },
    { part: "to", account: to, side: "credit", amount: bought }
  ]
  if (event.fee !== undefined) {
    const { amount: charged, income } = event.fee
    legs.push({ part: "fee", account: income, side: "credit", amount: charged, types: ["income"] })
  }
  return draftOf(template, legs, { exchange: kept, metadata: { rounding } })
}

/** A currency position to be valued at a new rate. */
export interface RevaluationEvent {
  /** How much of the foreign currency the bank is long: the credit balance of its liquidity account; negative when short. */
  readonly position: Money.Money
  /** What the position stands at in the books: the debit balance of the liquidity account in the home currency. */
  readonly book: Money.Money
  /** The liquidity account in the home currency, and where gains and losses go. */
  readonly liquidity: Leg
  readonly gain: Leg
  readonly loss: Leg
  /** From the foreign to the home currency, or as published the other way. */
  readonly rate: ExchangeRate.ExchangeRate
  readonly rounding: RoundingMode
}

/**
 * Values a position at a new rate and books the difference as gain or loss, in the home currency alone, so that no currency
 * is left unbalanced; the liquidity account then stands at the value. Null when it stands there already.
 */
export const revalue = (event: RevaluationEvent): Result.Result<PostingDraft | null, PostingUnsuitable> => {
  const { book, gain, liquidity, loss, position, rate, rounding } = event
  const template = "revaluation"
  const exact = rate.base === position.currency ? rate : ExchangeRate.invert(rate)
  const value = ExchangeRate.tryConvert(position, exact, rounding)
  const difference = value instanceof Error ? value : Money.trySubtract<string>(value, book)
  const kept = recorded(rate)
  if (difference instanceof Error || kept === undefined) {
    return unsuitable(template, "rate", `expected a published rate between ${position.currency} and ${book.currency}`)
  }
  if (Money.isZero(difference)) return Result.succeed(null)
  const amount = Money.abs(difference)
  const metadata = {
    rate: kept.rate,
    base: kept.base,
    quote: kept.quote,
    date: kept.date,
    source: kept.source,
    rounding
  }
  return draftOf(
    template,
    Money.isPositive(difference)
      ? [
          { part: "liquidity", account: liquidity, side: "debit", amount },
          { part: "gain", account: gain, side: "credit", amount, types: ["income"] }
        ]
      : [
          { part: "loss", account: loss, side: "debit", amount, types: ["expense"] },
          { part: "liquidity", account: liquidity, side: "credit", amount }
        ],
    { metadata }
  )
}
