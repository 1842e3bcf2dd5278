/**
 * Money against dinero.js (its bigint build) and against `Intl.NumberFormat` alone. Both sides of a comparison work on
 * the same amounts, made beforehand.
 */
import type { Comparison } from "@saldo/house/Comparison"
import * as dinero from "dinero.js/bigint"
import { formatMoney } from "../src/money/formatMoney.ts"
import * as Money from "../src/money/Money.ts"
import { parseMoney } from "../src/money/parseMoney.ts"

const count = 1000

/** Amounts from 0.07 to about 12 million, so that no side can profit from one shape of number. */
const amounts = Array.from({ length: count }, (_, index) => BigInt(index * index * 1217 + 7))

const sek = { code: "SEK", base: 10n, exponent: 2n } as const
const ours = amounts.map((amount) => Money.fromMinor(amount, "SEK"))
const theirs = amounts.map((amount) => dinero.dinero({ amount, currency: sek }))
const weights = [50n, 30n, 20n] as const

const format = () => {
  const formatter = new Intl.NumberFormat("sv-SE", { style: "currency", currency: "SEK" })
  const texts = ours.map((money) => Money.toDecimal(money) as Intl.StringNumericLiteral)
  return { operations: count, run: () => texts.reduce((length, text) => length + formatter.format(text).length, 0) }
}

const comparisons: ReadonlyArray<Comparison> = [
  {
    id: "money.add",
    subject: {
      name: "Money.add",
      prepare: () => ({
        operations: count,
        run: () => ours.reduce((total, money) => Money.add(total, money), Money.zero("SEK"))
      })
    },
    anchor: {
      name: "dinero.js/bigint add",
      prepare: () => {
        const zero = dinero.dinero({ amount: 0n, currency: sek })
        return { operations: count, run: () => theirs.reduce((total, money) => dinero.add(total, money), zero) }
      }
    },
    goal: 5
  },
  {
    id: "money.allocate",
    subject: {
      name: "Money.allocate by 50:30:20",
      prepare: () => ({
        operations: count,
        run: () => ours.reduce((parts, money) => parts + Money.allocate(money, weights).length, 0)
      })
    },
    anchor: {
      name: "dinero.js/bigint allocate by 50:30:20",
      prepare: () => ({
        operations: count,
        run: () => theirs.reduce((parts, money) => parts + dinero.allocate(money, [...weights]).length, 0)
      })
    },
    goal: 5
  },
  {
    id: "money.parse",
    subject: {
      name: "parseMoney, sv-SE, SEK",
      prepare: () => {
        const texts = ours.map((money) => formatMoney(money, { locale: "sv-SE" }))
        const options = { locale: "sv-SE", currency: "SEK" } as const
        return {
          operations: count,
          run: () =>
            texts.reduce((parsed, text) => parsed + Number(parseMoney(text, options) instanceof Money.Money), 0)
        }
      }
    },
    anchor: { name: "Intl.NumberFormat.format of the same amounts", prepare: format },
    goal: 0.5
  },
  {
    id: "money.format",
    subject: {
      name: "formatMoney, sv-SE, SEK",
      prepare: () => ({
        operations: count,
        run: () => ours.reduce((length, money) => length + formatMoney(money, { locale: "sv-SE" }).length, 0)
      })
    },
    anchor: { name: "Intl.NumberFormat.format of the same amounts", prepare: format },
    goal: 0.5
  }
]

export default comparisons
