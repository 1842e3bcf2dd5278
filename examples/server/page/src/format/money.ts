/**
 * Money between the wire, the eye and the hand, by the same exact arithmetic that the bank uses.
 */
import { formatMoney } from "saldo/money/formatMoney"
import * as Money from "saldo/money/Money"
import { AmbiguousAmount } from "saldo/money/MoneyError"
import { parseMoney } from "saldo/money/parseMoney"

/** Money in JSON. */
interface MoneyText {
  readonly amount: string
  readonly currency: string
}

/** Reads money from JSON; text that is no money is a fault of the server, and throws. */
export const fromWire = ({ amount, currency }: MoneyText): Money.Money => {
  const money = Money.fromDecimal(amount, currency)
  if (money instanceof Error) throw money
  return money
}

/** Writes money for people. */
export const showMoney = (money: MoneyText, locale: string): string => formatMoney(fromWire(money), { locale })

/** Writes minor units of a currency without its name, as the labels of an axis, cut to whole units where they are whole. */
export const showShort = (amount: bigint, currency: string, locale: string): string => {
  const decimal = Money.toDecimal(Money.fromMinor(amount, currency))
  return new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }).format(
    decimal as Intl.StringNumericLiteral
  )
}

/** What somebody typed as an amount: it may be missing, no amount, have two meanings, or not be above zero. */
export type TypedAmount =
  | { readonly _tag: "Amount"; readonly money: MoneyText }
  | { readonly _tag: "Missing" | "Unreadable" | "Ambiguous" | "NotPositive" }

/** Reads an amount as people type it in a locale. */
export const readAmount = (text: string, currency: string, locale: string): TypedAmount => {
  if (text.trim() === "") return { _tag: "Missing" }
  const money = parseMoney(text, { currency, locale })
  if (money instanceof AmbiguousAmount) return { _tag: "Ambiguous" }
  if (money instanceof Error) return { _tag: "Unreadable" }
  return Money.isPositive(money) ? { _tag: "Amount", money: money.toJSON() } : { _tag: "NotPositive" }
}

/** The sums of amounts by currency, in the order in which currencies first occur. */
export const sumByCurrency = (amounts: ReadonlyArray<MoneyText>): ReadonlyArray<Money.Money> => {
  const sums = new Map<string, bigint>()
  for (const money of amounts.map(fromWire)) {
    sums.set(money.currency, (sums.get(money.currency) ?? 0n) + money.amount)
  }
  return [...sums].map(([currency, amount]) => Money.fromMinor(amount, currency))
}
