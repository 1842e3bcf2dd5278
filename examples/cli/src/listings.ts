/**
 * How listings are written in tables and as data. Pure.
 */
import * as DateTime from "effect/DateTime"
import type { LoanListing } from "saldo/lending/LoanListing"
import { formatMoney } from "saldo/money/formatMoney"
import type * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import { type Column, plain, table, wrap } from "./chart.ts"
import type { ShownListing } from "./desk/Listings.ts"

const none = "–"

/** An amount with its currency code, grouped; a dash where there is none. */
export const amountText = (money: Money.Money | null): string =>
  money === null ? none : formatMoney(money, { locale: "sv-SE", currency: "code" }).replace(/,00(?=\s)/u, "")

/** A rate as `9.5 %`. */
export const rateText = (rate: Rate.Rate | null): string => (rate === null ? none : `${Rate.toPercent(rate)} %`)

/** Basis points as a percentage with two decimals. */
export const percentText = (bps: number | null): string => (bps === null ? none : `${(bps / 100).toFixed(2)} %`)

/** An instant as a date and a time, in UTC. */
export const instantText = (instant: DateTime.Utc | null): string =>
  instant === null ? none : DateTime.formatIso(instant).slice(0, 16).replace("T", " ")

/** Text as the platform sent it, safe to print. */
export const text = (value: string | null): string => (value === null ? none : plain(value))

const columns: ReadonlyArray<Column> = [
  { heading: "Loan" },
  { heading: "Title", flexible: true },
  { heading: "Status" },
  { heading: "Amount", align: "right" },
  { heading: "Funded", align: "right" },
  { heading: "Rate", align: "right" },
  { heading: "Months", align: "right" },
  { heading: "Risk" }
]

/** Listings, a line each; titles are shortened to the width of the terminal, where there is one. */
export const listingTable = (listings: ReadonlyArray<ShownListing>, width: number | null): string =>
  table(
    columns,
    listings.map(({ listing }) => [
      listing.loanId,
      plain(listing.title),
      listing.status,
      amountText(listing.amount),
      percentText(listing.fundedBps),
      rateText(listing.annualRate),
      listing.durationMonths === null ? none : String(listing.durationMonths),
      text(listing.riskGrade)
    ]),
    width
  )

/** One listing, a line for each field that is known. */
export const listingDetails = (
  { firstSeenAt, lastSeenAt, listing, updatedAt, version }: ShownListing,
  width: number | null
): string => {
  const fields: ReadonlyArray<readonly [string, string]> = [
    ["Title", text(listing.title)],
    ["Loan", `${listing.platform} ${listing.loanId}`],
    ["Status", listing.stateText === null ? listing.status : `${listing.status} (${plain(listing.stateText)})`],
    ["Amount", amountText(listing.amount)],
    ["Funded", `${amountText(listing.fundedAmount)}, ${percentText(listing.fundedBps)}`],
    ["Interest", rateText(listing.annualRate)],
    ["Months", listing.durationMonths === null ? none : String(listing.durationMonths)],
    ["Risk", text(listing.riskGrade)],
    ["Country", text(listing.country)],
    ["Smallest bid", amountText(listing.minimumAmount)],
    ["Own bid", amountText(listing.ownBidAmount)],
    ["Listed", instantText(listing.listedAt)],
    ["Opens", instantText(listing.opensAt)],
    ["Closes", instantText(listing.closesAt)],
    ["About", text(listing.description)],
    ["Address", text(listing.url)],
    ["First seen", instantText(firstSeenAt)],
    ["Last changed", `${instantText(updatedAt)} (version ${version})`],
    ["Last seen", instantText(lastSeenAt)]
  ]
  const known = fields.filter(([, value]) => value !== none)
  const indent = Math.max(...known.map(([name]) => name.length)) + 2
  return known.map(([name, value]) => name.padEnd(indent) + wrap(value, width, indent)).join("\n")
}

const iso = (instant: DateTime.Utc | null): string | null => (instant === null ? null : DateTime.formatIso(instant))

/** A listing as flat data: amounts as decimal text beside one currency code, rates as percent text, instants as ISO 8601. */
export const listingRecord = ({ listing, ...times }: ShownListing) => ({
  platform: listing.platform,
  loanId: listing.loanId,
  title: listing.title,
  status: listing.status,
  currency: listing.amount.currency,
  amount: listing.amount.toJSON().amount,
  fundedAmount: listing.fundedAmount?.toJSON().amount ?? null,
  fundedPercent: listing.fundedBps === null ? null : (listing.fundedBps / 100).toFixed(2),
  annualRatePercent: listing.annualRate === null ? null : Rate.toPercent(listing.annualRate),
  durationMonths: listing.durationMonths,
  riskGrade: listing.riskGrade,
  country: listing.country,
  minimumAmount: listing.minimumAmount?.toJSON().amount ?? null,
  ownBidAmount: listing.ownBidAmount?.toJSON().amount ?? null,
  listedAt: iso(listing.listedAt),
  opensAt: iso(listing.opensAt),
  closesAt: iso(listing.closesAt),
  url: listing.url,
  description: listing.description,
  stateId: listing.stateId,
  stateText: listing.stateText,
  version: times.version,
  firstSeenAt: iso(times.firstSeenAt),
  updatedAt: iso(times.updatedAt),
  lastSeenAt: iso(times.lastSeenAt)
})

/** The names of {@link listingRecord}'s fields, in its order. */
export const listingColumns = [
  "platform",
  "loanId",
  "title",
  "status",
  "currency",
  "amount",
  "fundedAmount",
  "fundedPercent",
  "annualRatePercent",
  "durationMonths",
  "riskGrade",
  "country",
  "minimumAmount",
  "ownBidAmount",
  "listedAt",
  "opensAt",
  "closesAt",
  "url",
  "description",
  "stateId",
  "stateText",
  "version",
  "firstSeenAt",
  "updatedAt",
  "lastSeenAt"
] as const satisfies ReadonlyArray<keyof ReturnType<typeof listingRecord>>

/** A field's value before or after a change, for people. */
export const fieldText = (value: LoanListing[keyof LoanListing]): string => {
  if (value === null || value === undefined) return none
  if (typeof value === "string") return plain(value)
  if (typeof value === "number") return String(value)
  if (value instanceof Rate.Rate) return rateText(value)
  return "amount" in value && "currency" in value ? amountText(value) : instantText(value)
}
