/**
 * The listing as this version knows it, and how what arrived differs from it.
 */
import * as Result from "effect/Result"
import { SchemaDrift } from "saldo/lending/LoanSource"
import { jsonType, wholeNumber } from "../kameoNumbers.ts"

/** A JSON object. */
export type JsonRecord = Readonly<Record<string, unknown>>

/** Where the records of a page stand, as drift reports name it. */
export const recordPath = "data.investment_options[]"

/** Whether a value is a JSON object: not null, not a list, not a number kept as text. */
export const isRecord = (value: unknown): value is JsonRecord => jsonType(value) === "object"

const text = ["string", "null"]
const number = ["number", "null"]

// The 22 keys of the only record ever seen, with the JSON types that count as unchanged.
const knownKeys: ReadonlyMap<string, ReadonlyArray<string>> = new Map(
  Object.entries({
    title: ["string"],
    teaser: text,
    image: text,
    loan_application_id: ["number"],
    application_amount: ["number"],
    annual_interest_rate: number,
    duration_in_months: number,
    is_listed: number,
    available_kiis_languages: text,
    risk_score: text,
    subscribed_amount: number,
    subscription_state: ["object", "null"],
    listing_date: text,
    subscription_starts_at: text,
    subscription_ends_at: text,
    allocation_type_id: number,
    book_building_duration: number,
    currency: text,
    min_amount: number,
    underwriter_state: number,
    fully_funded_state: number,
    my_bid_amount: number
  })
)

const stateKeys: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["state_id", number],
  ["status_text_localized", text]
])

// The simplified record shape: read when the real key is absent, so not news to us.
const fallbackKeys = new Set([
  "id",
  "amount",
  "interest_rate",
  "status",
  "open_date",
  "close_date",
  "funded_amount",
  "funding_progress",
  "funded_percentage",
  "url",
  "description",
  "risk_grade",
  "duration_months",
  "duration",
  "borrower_type",
  "loan_type"
])

const knownStates: ReadonlySet<number> = new Set([10, 11, 20, 30, 40, 50, 60, 90])
const knownCurrencies: ReadonlySet<string> = new Set(["SEK", "NOK", "DKK"])

/** Collects differences, each once, however many records of a page show it. */
export class DriftReport {
  readonly #found = new Map<string, SchemaDrift>()

  /** Notes one difference; `found` is cut to 60 characters, so that no content travels into reports. */
  add(path: string, kind: SchemaDrift["kind"], found: string): void {
    const key = `${kind} ${path} ${found}`
    // A hostile page could carry a million different keys; a report of a hundred says enough.
    if (this.#found.size < 100 && !this.#found.has(key)) {
      this.#found.set(key, new SchemaDrift({ path: shorten(path), kind, found: shorten(found) }))
    }
  }

  get entries(): ReadonlyArray<SchemaDrift> {
    return [...this.#found.values()]
  }
}

// What a stranger's server names must not steer a terminal or break a log line.
const shorten = (value: string): string => {
  const plain = value.slice(0, 60).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "�")
  return value.length > 60 ? `${plain.slice(0, 59)}…` : plain
}

/** Keys with the types that each may have. */
type KnownKeys = ReadonlyMap<string, ReadonlyArray<string>>

const compareKeys = (report: DriftReport, path: string, record: JsonRecord, known: KnownKeys): void => {
  for (const key of Object.keys(record)) {
    if (!known.has(key) && !(known === knownKeys && fallbackKeys.has(key))) {
      report.add(`${path}.${key}`, "unknownKey", jsonType(record[key]))
    }
  }
  for (const [key, types] of known) {
    const type = jsonType(record[key])
    if (types.includes(type)) continue
    report.add(`${path}.${key}`, type === "missing" ? "missingKey" : "typeChanged", type)
  }
}

/** Notes how one record differs from the known listing: keys, types, state numbers and currencies. */
export const compareRecord = (report: DriftReport, record: unknown): void => {
  if (!isRecord(record)) return report.add(recordPath, "typeChanged", jsonType(record))
  compareKeys(report, recordPath, record, knownKeys)
  const currency = record["currency"]
  if (typeof currency === "string" && !knownCurrencies.has(currency)) {
    report.add(`${recordPath}.currency`, "unknownValue", currency)
  }
  const state = record["subscription_state"]
  if (!isRecord(state)) return
  const statePath = `${recordPath}.subscription_state`
  compareKeys(report, statePath, state, stateKeys)
  const stateId = wholeNumber(state["state_id"])
  if (Result.isSuccess(stateId) && !knownStates.has(stateId.success)) {
    report.add(`${statePath}.state_id`, "unknownValue", `state_id ${stateId.success}`)
  }
}
