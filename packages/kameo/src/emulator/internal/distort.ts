import type { Faults } from "../Fault.ts"
import type { ListedLoan } from "../LoanBook.ts"
import { type Language, statusText } from "../loanLife.ts"
import { stateOf } from "./loanFields.ts"
import * as Stockholm from "../stockholmTime.ts"

const dateKeys = ["listing_date", "subscription_starts_at", "subscription_ends_at"] as const

const legacyNames: Readonly<Record<string, string>> = {
  loan_application_id: "id",
  application_amount: "amount",
  annual_interest_rate: "interest_rate",
  subscription_starts_at: "open_date",
  subscription_ends_at: "close_date",
  subscribed_amount: "funded_amount",
  duration_in_months: "duration_months",
  risk_score: "risk_grade"
}

const camelCase = (key: string): string => key.replace(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase())

/** The instant of a date text that carries its offset; undefined for anything else. */
const instantOf = (value: unknown): number | undefined => {
  if (typeof value !== "string" || !/(?:Z|[+-]\d\d:\d\d)$/u.test(value)) return undefined
  const instant = Date.parse(value)
  return Number.isNaN(instant) ? undefined : instant
}

const writeDate = (format: NonNullable<Faults["dateFormat"]>, instant: number): unknown => {
  switch (format) {
    case "utc":
      return Stockholm.formatUtcMicros(instant)
    case "local":
      return Stockholm.formatLocal(instant)
    case "compact":
      return Stockholm.format(instant).replace(/:(\d\d)$/u, "$1")
    case "fraction":
      return Stockholm.format(instant).replace(/(\d\d:\d\d:\d\d)/u, "$1.000")
    case "unix":
      return Math.floor(instant / 1000)
    case "invalid":
      return "31/02/2026 kl. 25:61"
  }
}

const lateSubscription = (loan: ListedLoan, now: number): ListedLoan => {
  const end = instantOf(loan["subscription_ends_at"])
  const subscribed = loan["subscribed_amount"]
  const state = stateOf(loan)?.id
  if (end === undefined || now <= end || typeof subscribed !== "number" || (state !== 30 && state !== 40)) return loan
  const hours = Math.min(72, Math.floor((now - end) / 3_600_000))
  return { ...loan, subscribed_amount: subscribed + hours * 500 }
}

const relabel = (loan: ListedLoan, faults: Faults, language: Language): ListedLoan => {
  const state = stateOf(loan)?.id
  if (state === undefined) return loan
  const id = faults.stateId ?? state
  if (id === state && language === "sv") return loan
  return { ...loan, subscription_state: { state_id: id, status_text_localized: statusText(id, language) } }
}

const rename = (loan: ListedLoan, names: "camel" | "legacy"): ListedLoan =>
  Object.fromEntries(
    Object.entries(loan).map(([key, value]) => [names === "camel" ? camelCase(key) : (legacyNames[key] ?? key), value])
  )

/** A loan as a request sees it: in its language, and with the faults that concern single records. */
export const distortLoan = (loan: ListedLoan, faults: Faults, language: Language, now: number): ListedLoan => {
  let seen = relabel(loan, faults, language)
  if (faults.lateSubscriptions !== undefined) seen = lateSubscription(seen, now)
  if (faults.fundedFlagLies !== undefined && "fully_funded_state" in seen) seen = { ...seen, fully_funded_state: 0 }
  if (faults.currency !== undefined) seen = { ...seen, currency: faults.currency }
  const format = faults.dateFormat
  if (format !== undefined) {
    const dates = dateKeys.flatMap((key) => {
      const instant = instantOf(seen[key])
      return instant === undefined ? [] : [[key, writeDate(format, instant)] as const]
    })
    seen = { ...seen, ...Object.fromEntries(dates) }
  }
  return faults.renameKeys === undefined ? seen : rename(seen, faults.renameKeys)
}
