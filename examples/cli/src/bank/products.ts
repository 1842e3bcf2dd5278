/**
 * What the bank offers to keep money on: two products to begin with, or those of the file that `SALDO_PRODUCTS` names.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { DepositProduct, ProductId } from "saldo/banking/DepositProduct"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import * as LocalDate from "saldo/time/LocalDate"
import { CliFailure } from "../CliFailure.ts"

const begin = LocalDate.of("2020-01-01")
const nothing = Money.of("0.00", "SEK")

const plain = {
  version: 1,
  currency: "SEK",
  offeredFrom: begin,
  overdraft: null,
  fees: [],
  minimumOpening: nothing,
  noticeDays: 0,
  withdrawals: null,
  dormantAfterMonths: null
} as const

/** A current account without interest, and a savings account with 2 % a year. */
const standard: ReadonlyArray<DepositProduct> = [
  new DepositProduct({
    ...plain,
    id: ProductId.make("current"),
    name: "Current account",
    kind: "current",
    interest: null
  }),
  new DepositProduct({
    ...plain,
    id: ProductId.make("savings"),
    name: "Savings account",
    kind: "savings",
    interest: {
      currency: "SEK",
      dayCount: "ACT/365 Fixed",
      earnsFrom: "valueDate",
      rounding: "halfEven",
      periodsFrom: LocalDate.of("2000-01-01"),
      credit: {
        rates: [{ from: begin, method: "band", tiers: [{ from: nothing, rate: Rate.annualPercent("2") }] }],
        balance: "daily",
        compounding: "yearly",
        posting: "yearly"
      },
      debit: null
    }
  })
]

/** Products as the file has them: a JSON array, each product's versions in order. */
export const ProductFile = Schema.toCodecJson(Schema.Array(DepositProduct))

const readProducts = Schema.decodeUnknownEffect(Schema.fromJsonString(ProductFile))

const failing = (happened: string, remedy: string) => new CliFailure({ happened, remedy, exitCode: 1 })

/** Every version of every product, in the order of the file. */
export const offered = Effect.gen(function* () {
  const named = yield* Effect.orDie(Config.option(Config.NonEmptyString("SALDO_PRODUCTS")))
  if (Option.isNone(named)) return standard
  const files = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(files.readFileString(named.value), () =>
    failing(`The products in ${named.value} cannot be read.`, "Correct SALDO_PRODUCTS, or take it away.")
  )
  return yield* Effect.mapError(readProducts(text), (error) =>
    failing(
      `The products in ${named.value} are not as they must be: ${error.message.replace(/\s+/gu, " ").trim()}.`,
      "`saldo bank products --json` without SALDO_PRODUCTS prints an example."
    )
  )
})
