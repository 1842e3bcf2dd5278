/**
 * One record of the listing as a `LoanListing`. Only the id, the title and the amount are
 * required; anything else that cannot be read becomes `null` with a note, and never costs the record.
 */
import type * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { LoanId, LoanListing, PlatformId } from "saldo/lending/LoanListing"
import { RejectedListing } from "saldo/lending/LoanSource"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import { kameoInstant } from "./kameoDates.ts"
import { decimalText, isJsonNumber, jsonType, scaled, wholeNumber } from "./kameoNumbers.ts"
import { type DriftReport, isRecord, type JsonRecord, recordPath } from "./internal/listingKeys.ts"
import { isFunded, listingStatus } from "./listingStatus.ts"

/** Kameo's name in stored rows. */
export const kameoPlatform: PlatformId = PlatformId.make("kameo")

/** What a record cannot tell of itself. */
export interface DecodeContext {
  /** The site's address, for the link of a loan. */
  readonly baseUrl: string
  /** Milliseconds since 1970, for the status. */
  readonly now: number
}

/** Why a record cannot be stored. */
interface Flaw {
  readonly field: string
  readonly problem: string
}

const reject = (field: string, problem: string): Result.Result<never, Flaw> => Result.fail({ field, problem })

// The real key when it is told, else the simplified shape's keys, in their order.
const firstTold = (record: JsonRecord, keys: ReadonlyArray<string>): readonly [key: string, value: unknown] => {
  let present: string | undefined
  for (const key of keys) {
    const value = record[key]
    if (value === undefined) continue
    if (value !== null) return [key, value]
    present ??= key
  }
  return [present ?? keys[0] ?? "", present === undefined ? undefined : null]
}

/** Reads the optional fields of one record; each failure is noted once in the report and gives `null`. */
class OptionalFields {
  readonly #record: JsonRecord
  readonly #report: DriftReport

  constructor(record: JsonRecord, report: DriftReport) {
    this.#record = record
    this.#report = report
  }

  read<A>(keys: ReadonlyArray<string>, parse: (value: unknown) => Result.Result<A, string>): A | null {
    const [key, value] = firstTold(this.#record, keys)
    if (value === undefined || value === null || value === "") return null
    const parsed = parse(value)
    if (Result.isSuccess(parsed)) return parsed.success
    this.#report.add(`${recordPath}.${key}`, "unknownValue", parsed.failure)
    return null
  }

  text(...keys: ReadonlyArray<string>): string | null {
    return this.read(keys, plainText) || null
  }

  instant(...keys: ReadonlyArray<string>): DateTime.Utc | null {
    return this.read(keys, kameoInstant)
  }

  whole(minimum: number, ...keys: ReadonlyArray<string>): number | null {
    return this.read(keys, (value) =>
      Result.flatMap(wholeNumber(value), (whole) =>
        whole >= minimum ? Result.succeed(whole) : Result.fail(`at least ${minimum} is expected`)
      )
    )
  }

  money(currency: string, ...keys: ReadonlyArray<string>): Money.Money | null {
    return this.read(keys, (value) =>
      Result.flatMap(moneyOf(value, currency), (money) =>
        Money.isNegative(money) ? Result.fail("zero or more is expected") : Result.succeed(money)
      )
    )
  }

  rate(...keys: ReadonlyArray<string>): Rate.Rate<"annual"> | null {
    return this.read(keys, (value) =>
      Result.flatMap(decimalText(value), (percent) => {
        const rate = Rate.fromPercent("annual", percent)
        if (rate instanceof Error) return Result.fail("the rate cannot be read")
        const { numerator, denominator } = rate.ratio
        return numerator < 0n || numerator > denominator
          ? Result.fail("a rate from 0 to 100 percent is expected")
          : Result.succeed(rate)
      })
    )
  }
}

const plainText = (value: unknown): Result.Result<string, string> =>
  typeof value === "string" ? Result.succeed(value.trim()) : Result.fail(`text is expected, found ${jsonType(value)}`)

const moneyOf = (value: unknown, currency: string): Result.Result<Money.Money, string> =>
  Result.flatMap(decimalText(value), (text) => {
    // `100.000` states whole units; only decimals that are not zero can be too many for a currency.
    const shortest = text.includes(".") ? text.replace(/\.?0+$/u, "") : text
    const money = Money.fromDecimal(shortest, currency)
    if (money instanceof Error) return Result.fail(`the amount has more decimals than ${currency} has`)
    return Money.isStorable(money) ? Result.succeed(money) : Result.fail("the amount is larger than 64 bits hold")
  })

const requiredId = (record: JsonRecord): Result.Result<LoanId, Flaw> => {
  const [field, value] = firstTold(record, ["loan_application_id", "id"])
  const text = isJsonNumber(value) ? Result.getOrElse(decimalText(value), () => "") : value
  if (typeof text !== "string" || text.trim() === "")
    return reject(field, "an id is required, and it is missing or empty")
  const id = text.trim()
  if (isJsonNumber(value) && !/^\d+$/u.test(id)) return reject(field, "an id is a whole number")
  return isLoanId(id) ? Result.succeed(id) : reject(field, "an id has at most 50 printable characters")
}

const isLoanId = Schema.is(LoanId)

const requiredTitle = (record: JsonRecord): Result.Result<string, Flaw> => {
  const title = record["title"]
  if (typeof title !== "string") return reject("title", `a title is required as text, found ${jsonType(title)}`)
  return title.trim() === "" ? reject("title", "a title is required, and it is blank") : Result.succeed(title.trim())
}

// Kameo lends in Swedish kronor unless it says otherwise.
const currencyOf = (record: JsonRecord): Result.Result<string, Flaw> => {
  const told = record["currency"]
  if (told === undefined || told === null || told === "") return Result.succeed("SEK")
  const code = typeof told === "string" ? told.trim().toUpperCase() : ""
  return Money.tryFromMinor(0n, code) instanceof Error
    ? reject("currency", "a currency is an ISO 4217 code such as SEK, and this one is not known")
    : Result.succeed(code)
}

const requiredAmount = (record: JsonRecord, currency: string): Result.Result<Money.Money, Flaw> => {
  const [field, value] = firstTold(record, ["application_amount", "amount"])
  const amount = moneyOf(value, currency)
  if (Result.isFailure(amount)) return reject(field, `an amount above zero is required: ${amount.failure}`)
  return Money.isPositive(amount.success)
    ? Result.succeed(amount.success)
    : reject(field, "an amount above zero is required, and it is zero or below")
}

// 10,000 × funded / amount, half up, in whole numbers.
const fundedBpsOf = (funded: Money.Money, amount: Money.Money): number | null => {
  const bps = (2n * 10_000n * funded.amount + amount.amount) / (2n * amount.amount)
  return bps <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bps) : null
}

const toldBps = (value: unknown): Result.Result<number, string> =>
  Result.flatMap(decimalText(value), (percent) => {
    const bps = (scaled(percent, 3) + 5n) / 10n
    return bps < 0n || bps > BigInt(Number.MAX_SAFE_INTEGER)
      ? Result.fail("a progress of 0 percent or more is expected")
      : Result.succeed(Number(bps))
  })

// The sheet's languages are the only hint at a market; several leave it open.
const countryOf = (languages: string | null): string | null =>
  languages !== null && /^(?:SE|NO|DK|FI|DE)$/u.test(languages) ? languages : null

const loanUrl = (baseUrl: string, loanId: string): string =>
  `${baseUrl}/listing/investment-option/${encodeURIComponent(loanId)}`

/** The fields without which there is no listing. */
interface Required {
  readonly loanId: LoanId
  readonly title: string
  readonly amount: Money.Money
}

// Written out, because this runs for every record of a listing that may have a million.
const requiredFields = (record: JsonRecord): Result.Result<Required, Flaw> => {
  const loanId = requiredId(record)
  if (Result.isFailure(loanId)) return Result.fail(loanId.failure)
  const title = requiredTitle(record)
  if (Result.isFailure(title)) return Result.fail(title.failure)
  const currency = currencyOf(record)
  if (Result.isFailure(currency)) return Result.fail(currency.failure)
  const amount = requiredAmount(record, currency.success)
  if (Result.isFailure(amount)) return Result.fail(amount.failure)
  return Result.succeed({ loanId: loanId.success, title: title.success, amount: amount.success })
}

const listingOf = (
  record: JsonRecord,
  { loanId, title, amount }: Required,
  raw: string,
  report: DriftReport,
  context: DecodeContext
): LoanListing => {
  const { currency } = amount
  const fields = new OptionalFields(record, report)
  const state = record["subscription_state"]
  const stateFields = new OptionalFields(isRecord(state) ? state : {}, report)
  const fundedAmount = fields.money(currency, "subscribed_amount", "funded_amount")
  const listedAt = fields.instant("listing_date")
  const opensAt = fields.instant("subscription_starts_at", "open_date")
  const closesAt = fields.instant("subscription_ends_at", "close_date")
  const stateId = stateFields.whole(0, "state_id")
  const stateText = stateFields.text("status_text_localized")
  const fullyFundedState = fields.whole(0, "fully_funded_state")
  const status = listingStatus({
    statusText: fields.text("status"),
    stateId,
    stateText,
    listedAt: listedAt?.epochMilliseconds ?? null,
    opensAt: opensAt?.epochMilliseconds ?? null,
    closesAt: closesAt?.epochMilliseconds ?? null,
    funded: isFunded({ funded: fundedAmount?.amount ?? null, amount: amount.amount, fullyFundedState }),
    now: context.now
  })
  const toldProgress = () => fields.read(["funding_progress", "funded_percentage"], toldBps)
  return LoanListing.ofChecked({
    platform: kameoPlatform,
    loanId,
    title,
    status,
    amount,
    fundedAmount,
    fundedBps: fundedAmount === null ? toldProgress() : fundedBpsOf(fundedAmount, amount),
    annualRate: fields.rate("annual_interest_rate", "interest_rate"),
    durationMonths: fields.whole(0, "duration_in_months", "duration_months", "duration"),
    riskGrade: fields.text("risk_score", "risk_grade"),
    country: countryOf(fields.text("available_kiis_languages")),
    minimumAmount: fields.money(currency, "min_amount"),
    ownBidAmount: fields.money(currency, "my_bid_amount"),
    listedAt,
    opensAt,
    closesAt,
    url: loanUrl(context.baseUrl, loanId),
    imageUrl: fields.text("image"),
    description: fields.text("teaser", "description"),
    borrowerType: fields.text("borrower_type"),
    loanType: fields.text("loan_type"),
    stateId,
    stateText,
    fullyFundedState,
    raw
  })
}

/**
 * Decodes one record. A record without a usable id, title, amount or currency is rejected with the field and what would
 * be right; every other flaw is noted in the report.
 */
export const decodeLoan = (
  record: unknown,
  report: DriftReport,
  context: DecodeContext
): Result.Result<LoanListing, RejectedListing> => {
  const raw = JSON.stringify(record) ?? "null"
  if (!isRecord(record)) {
    const problem = `a record is expected, found ${jsonType(record)}`
    return Result.fail(new RejectedListing({ loanId: null, field: "$", problem, raw }))
  }
  const required = requiredFields(record)
  if (Result.isSuccess(required)) return Result.succeed(listingOf(record, required.success, raw, report, context))
  const loanId = Result.getOrElse(requiredId(record), () => null)
  return Result.fail(new RejectedListing({ loanId, ...required.failure, raw }))
}
