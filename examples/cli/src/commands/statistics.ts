/**
 * `saldo loans stats` and `saldo loans analyze`.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Command from "effect/cli/Command"
import type { CurrencyStatistics } from "saldo/lending/currencyStatistics"
import { type FieldInventory, makeFieldInventory } from "saldo/lending/fieldInventory"
import { LoanListingStatus } from "saldo/lending/LoanListing"
import type { LoanListingFilter } from "saldo/lending/LoanListingQuery"
import { LoanListingStore } from "saldo/lending/LoanListingStore"
import { makePortfolioStatistics, type PortfolioStatistics } from "saldo/lending/portfolioStatistics"
import type * as Money from "saldo/money/Money"
import { bar, plain, shorten, sparkline, table } from "../chart.ts"
import { layerReading } from "../database.ts"
import { amountText, listingTable, percentText, rateText } from "../listings.ts"
import { collected } from "../desk/collected.ts"
import { Listings } from "../desk/Listings.ts"
import { Output, presenting } from "../Output.ts"
import { filterFlags, filterOf } from "./filters.ts"

/** How many listings were listed in a month, `YYYY-MM`. */
export interface MonthCount {
  readonly month: string
  readonly listings: number
}

/** The portfolio's statistics, and how many listings came in each month from the first to the last. */
export interface Statistics extends PortfolioStatistics {
  readonly listedByMonth: ReadonlyArray<MonthCount>
}

const monthAfter = (month: string): string => {
  const [year = 0, number = 0] = month.split("-").map(Number)
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`
}

// Nothing before the first crowdlending platforms is a listing's month; a date such as 1970 is a hole in the data.
const earliestMonth = "2005-01"

const monthsOf = (counts: ReadonlyMap<string, number>): ReadonlyArray<MonthCount> => {
  const known = [...counts.keys()].filter((month) => month >= earliestMonth).sort()
  const last = known.at(-1) ?? ""
  const months: Array<MonthCount> = []
  for (let month = known[0]; month !== undefined && month <= last; month = monthAfter(month)) {
    months.push({ month, listings: counts.get(month) ?? 0 })
  }
  return months
}

/** The statistics of all listings that pass the filter, in one pass with flat memory. */
export const statisticsOf = Effect.fnUntraced(function* (filter: LoanListingFilter) {
  const store = yield* Listings
  const fold = makePortfolioStatistics(yield* DateTime.now)
  const months = new Map<string, number>()
  yield* Stream.runForEach(store.all(filter), ({ listing }) =>
    Effect.sync(() => {
      fold.add(listing)
      if (listing.listedAt === null) return
      const month = DateTime.formatIso(listing.listedAt).slice(0, 7)
      months.set(month, (months.get(month) ?? 0) + 1)
    })
  )
  return { ...fold.result(), listedByMonth: monthsOf(months) } satisfies Statistics
})

const monthLine = (months: ReadonlyArray<MonthCount>): string => {
  const shown = months.slice(-36)
  return `${shown[0]?.month} ${sparkline(shown.map(({ listings }) => listings))} ${shown.at(-1)?.month}`
}

const counted = (rows: ReadonlyArray<readonly [string, number]>, width = 30): string => {
  const most = Math.max(...rows.map(([, count]) => count), 1)
  return table(
    [{ heading: "" }, { heading: "", align: "right" }, { heading: "" }],
    rows.map(([name, count]) => [name, String(count), bar(count / most, width)])
  ).trimStart()
}

const share = (money: Money.Money, of: Money.Money): number => Number((money.amount * 1000n) / (of.amount || 1n)) / 1000

const spread = ({ sought }: CurrencyStatistics): string =>
  sparkline(
    [sought.minimum, sought.p10, sought.p25, sought.median, sought.p75, sought.p90, sought.maximum].map((money) =>
      share(money, sought.maximum)
    )
  )

const currencyLines = (one: CurrencyStatistics): ReadonlyArray<ReadonlyArray<string>> => [
  ["sought in all", amountText(one.sought.total)],
  ["funded in all", one.funded === null ? "–" : `${amountText(one.funded.total)} (${percentText(one.fundedBps)})`],
  ["mean", amountText(one.sought.mean)],
  ["median", amountText(one.sought.median)],
  ["smallest to largest", `${amountText(one.sought.minimum)} to ${amountText(one.sought.maximum)}  ${spread(one)}`],
  ["weighted interest", one.rate === null ? "–" : rateText(one.rate.weighted)],
  ["interest from, to", one.rate === null ? "–" : `${rateText(one.rate.minimum)} to ${rateText(one.rate.maximum)}`],
  ["funded per day", one.velocity === null ? "–" : amountText(one.velocity.perDay)]
]

/** Statistics as a person reads them. */
export const statisticsText = (statistics: Statistics, strong: (text: string) => string): string => {
  const parts = [strong(`${statistics.listings} listings`)]
  parts.push(
    strong("By status"),
    counted(
      LoanListingStatus.literals
        .map((status) => [status, statistics.byStatus[status]] as const)
        .filter(([, count]) => count > 0)
    )
  )
  if (statistics.listedByMonth.length > 1) parts.push(strong("Listed by month"), monthLine(statistics.listedByMonth))
  for (const one of statistics.currencies) {
    parts.push(
      strong(`${one.currency} (${one.listings} listings)`),
      table([{ heading: "" }, { heading: "" }], currencyLines(one)).trimStart()
    )
  }
  if (statistics.duration !== null) {
    const { classes, mean, median } = statistics.duration
    parts.push(
      strong(`Months (mean ${mean}, median ${median})`),
      counted(
        classes.map(({ fromMonths, listings, toMonths }) => [
          toMonths === null ? `${fromMonths}+` : `${fromMonths}–${toMonths}`,
          listings
        ])
      )
    )
  }
  parts.push(
    strong("By risk"),
    counted(statistics.byRiskGrade.map(({ listings, value }) => [value === null ? "not told" : plain(value), listings]))
  )
  return parts.join("\n\n")
}

/** `stats`: counts, amounts, rates, and the newest listings. */
export const stats = Command.make("stats", filterFlags, (chosen) =>
  Effect.gen(function* () {
    const output = yield* Output
    const store = yield* Listings
    const filter = yield* filterOf(chosen)
    const statistics = yield* statisticsOf(filter)
    const newest = yield* store.list({ filter, limit: 5 })
    yield* output.result(
      () => statistics,
      () =>
        `${statisticsText(statistics, output.paint.strong)}\n\n${output.paint.strong("Newest")}\n\n${listingTable(newest.items, output.width)}`
    )
  }).pipe(Effect.provide(collected), presenting)
).pipe(
  Command.withDescription("Count and measure what was collected; amounts in different currencies stay apart"),
  Command.withExamples([
    { command: "saldo loans stats --status open --country SE", description: "What is open in Sweden" }
  ])
)

const inventoryText = ({ fields, records, unreadable }: FieldInventory, width: number | null): string =>
  `${records} records${unreadable > 0 ? `, ${unreadable} of them unreadable` : ""}, ${fields.length} fields\n\n` +
  table(
    [
      { heading: "Field" },
      { heading: "In", align: "right" },
      { heading: "" },
      { heading: "Types", flexible: true },
      { heading: "Example", flexible: true }
    ],
    fields.map((field) => [
      field.path,
      String(field.present),
      bar(field.present / Math.max(records, 1), 10),
      Object.keys(field.types).join(", "),
      // An example shows what a field is like; a text of a megabyte shows no more than its beginning does.
      shorten(plain(field.example ?? "–"), 60)
    ]),
    width
  )

/** `analyze`: which fields the platform really sends. */
export const analyze = Command.make("analyze", filterFlags, (chosen) =>
  Effect.gen(function* () {
    const output = yield* Output
    const store = yield* LoanListingStore
    const fold = makeFieldInventory()
    yield* Stream.runForEach(store.all(yield* filterOf(chosen)), ({ listing }) =>
      Effect.sync(() => fold.add(listing.raw))
    )
    yield* output.result(fold.result, () => inventoryText(fold.result(), output.width))
  }).pipe(Effect.provide(layerReading), presenting)
).pipe(Command.withDescription("Show which fields the stored records hold, with their types and an example"))
