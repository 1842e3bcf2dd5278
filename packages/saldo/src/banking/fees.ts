/** What an event on an account costs, fee by fee, with the reckoning in words. */
import * as Result from "effect/Result"
import * as Money from "../money/Money.ts"
import * as Rate from "../money/Rate.ts"
import type { Ratio } from "../money/rounding.ts"
import * as LocalDate from "../time/LocalDate.ts"
import { samePeriod } from "./calendarPeriods.ts"
import { type Fee, FeeInputInvalid, type FeePrice, type FeeWaiver, problems } from "./Fee.ts"
import * as rational from "./rational.ts"
import { price as priceByTiers } from "./tiers.ts"

/** What is known when an event happens. */
export interface FeeFacts {
  readonly event: string
  readonly on: LocalDate.LocalDate
  /** What the event is about, zero or more; nothing of it for an event without an amount, such as a monthly fee. */
  readonly amount: Money.Money
  /** The account's balance before the event. */
  readonly balance: Money.Money
  readonly openedOn: LocalDate.LocalDate
  /** The customer's birthday; a company has none. */
  readonly bornOn?: LocalDate.LocalDate
  readonly customerTags: ReadonlyArray<string>
  /** The events that came before this one, as far back as the longest free allowance counts; any kind and order. */
  readonly earlier: ReadonlyArray<{ readonly event: string; readonly on: LocalDate.LocalDate }>
}

/** What became of one fee. */
export interface FeeItem {
  readonly feeId: string
  readonly label: string
  readonly outcome: "charged" | "free" | "waived"
  /** What is charged: the price, or nothing. Zero or more. */
  readonly amount: Money.Money
  /** What it costs whoever has to pay. */
  readonly price: Money.Money
  /** How the amount came about, in a sentence. */
  readonly explanation: string
}

/** All fees of an event. */
export interface FeeQuote {
  readonly items: ReadonlyArray<FeeItem>
  readonly total: Money.Money
}

interface Reckoned {
  readonly amount: bigint
  readonly words: string
}

const reckonTiers = (
  price: Extract<FeePrice, { readonly kind: "tiers" }>,
  amount: Money.Money
): { readonly exact: Ratio; readonly words: string } => {
  const tiers = price.tiers.map(({ flat, from, rate }) => ({
    from: from.amount,
    rate: rate.ratio,
    flat: flat?.amount ?? 0n
  }))
  const reached = price.tiers.filter(({ from }) => from.amount <= amount.amount)
  const parts = (price.method === "whole" ? reached.slice(-1) : reached).map(({ flat, from, rate }) => {
    const fixed = flat === undefined ? "" : ` and ${String(flat)}`
    return `${Rate.toPercent(rate)} %${fixed} from ${String(from)}`
  })
  const words = `${price.method === "whole" ? "the tier" : "the bands"} of ${String(amount)} (${parts.join(", ")})`
  return { exact: priceByTiers(tiers, price.method, rational.whole(amount.amount)), words }
}

const reckon = (fee: Fee, amount: Money.Money): Reckoned => {
  const { price } = fee
  if (price.kind === "flat") return { amount: price.amount.amount, words: `${String(price.amount)} each time` }
  const { exact, words } =
    price.kind === "percent"
      ? {
          exact: rational.multiply(rational.whole(amount.amount), price.rate.ratio),
          words: `${Rate.toPercent(price.rate)} % of ${String(amount)}`
        }
      : reckonTiers(price, amount)
  const rounded = rational.round(exact, fee.rounding)
  const reckoned = `${words} = ${String(Money.fromMinor(rounded, amount.currency))}`
  if (price.minimum !== undefined && rounded < price.minimum.amount) {
    return { amount: price.minimum.amount, words: `${reckoned}, and the least is ${String(price.minimum)}` }
  }
  if (price.maximum !== undefined && rounded > price.maximum.amount) {
    return { amount: price.maximum.amount, words: `${reckoned}, and the most is ${String(price.maximum)}` }
  }
  return { amount: rounded, words: reckoned }
}

const monthsSince = (start: LocalDate.LocalDate, on: LocalDate.LocalDate): number => LocalDate.monthsBetween(start, on)

/** Why a waiver holds, in words; undefined when it does not. */
const reasonOf = (waiver: FeeWaiver, facts: FeeFacts): string | undefined => {
  switch (waiver.kind) {
    case "balanceAtLeast":
      return facts.balance.amount >= waiver.amount.amount
        ? `the balance is at least ${String(waiver.amount)}`
        : undefined
    case "amountBelow":
      return facts.amount.amount < waiver.amount.amount ? `the amount is below ${String(waiver.amount)}` : undefined
    case "ageBelow":
      return facts.bornOn !== undefined && monthsSince(facts.bornOn, facts.on) < 12 * waiver.years
        ? `the customer is younger than ${waiver.years} years`
        : undefined
    case "openedWithin":
      return monthsSince(facts.openedOn, facts.on) < waiver.months
        ? `the account was opened less than ${waiver.months} months ago`
        : undefined
    case "customerTag":
      return facts.customerTags.includes(waiver.tag) ? `the customer is marked ${waiver.tag}` : undefined
    case "through":
      return facts.on <= waiver.on ? `it is waived through ${waiver.on}` : undefined
  }
}

const itemOf = (fee: Fee, facts: FeeFacts): FeeItem => {
  const { amount, words } = reckon(fee, facts.amount)
  const price = Money.fromMinor(amount, facts.amount.currency)
  const nothing = Money.zero(facts.amount.currency)
  const item = { feeId: fee.id, label: fee.label, price }
  for (const waiver of fee.waivers) {
    const reason = reasonOf(waiver, facts)
    if (reason !== undefined)
      return { ...item, outcome: "waived", amount: nothing, explanation: `Waived, as ${reason}` }
  }
  if (fee.free !== undefined) {
    const { count, per } = fee.free
    const used = facts.earlier.filter(({ event, on }) => event === fee.event && samePeriod(per, on, facts.on)).length
    if (used < count) {
      const explanation = `Number ${used + 1} of ${count} that are free each ${per}`
      return { ...item, outcome: "free", amount: nothing, explanation }
    }
  }
  return { ...item, outcome: "charged", amount: price, explanation: `Charged: ${words}` }
}

/**
 * The fees of a product that an event brings, each with what it costs and why. Every event counts towards a free
 * allowance, also one that another condition waives. A share is rounded once by the fee's own mode, and then brought
 * within the fee's bounds.
 */
export const quote = (fees: ReadonlyArray<Fee>, facts: FeeFacts): Result.Result<FeeQuote, FeeInputInvalid> => {
  const { amount, balance, event } = facts
  const wrong = (field: string, message: string) => Result.fail(new FeeInputInvalid({ field, message }))
  if (amount.amount < 0n)
    return wrong("amount", `A fee is reckoned on an amount of zero or more, not on ${String(amount)}`)
  if (balance.currency !== amount.currency) {
    return wrong("balance", `The balance is in ${balance.currency}, and the amount in ${amount.currency}`)
  }
  const due = fees.filter((fee) => fee.event === event)
  for (const fee of due) {
    const problem = problems(fee, amount.currency)[0]
    if (problem !== undefined)
      return wrong(`${fee.id}.${problem.path.join(".")}`, `The fee ${fee.id}: ${problem.issue}`)
  }
  const items = due.map((fee) => itemOf(fee, facts))
  const total = items.reduce((sum, item) => sum + item.amount.amount, 0n)
  return Result.succeed({ items, total: Money.fromMinor(total, amount.currency) })
}
