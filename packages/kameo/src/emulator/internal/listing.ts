import type { ListedLoan, Origin } from "../LoanBook.ts"
import type { Language } from "../loanLife.ts"
import { distortLoan } from "./distort.ts"
import type { Exchange } from "./exchange.ts"

/** A listing answer before it is written: the API's body, or its validation error. */
export interface ListingAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

type Errors = Record<string, Array<string>>

const originNames: ReadonlyArray<readonly [string, Origin, "0" | "1"]> = [
  ["subscription_origin_sweden", "SE", "1"],
  ["subscription_origin_norway", "NO", "0"],
  ["subscription_origin_denmark", "DK", "1"]
]

const wholeNumber = (text: string | null, fallback: number): number => {
  if (text === null || text === "") return fallback
  return /^-?\d{1,9}$/u.test(text) ? Number(text) : Number.NaN
}

const languages: Readonly<Record<string, Language>> = { sv: "sv", da: "da", nb: "nb", no: "nb", nn: "nb", en: "en" }

/** The status texts' language: the first known one of Accept-Language, else Swedish. */
export const languageOf = (exchange: Exchange): Language => {
  if (exchange.faults.language !== undefined) return exchange.faults.language
  for (const part of (exchange.request.headers["accept-language"] ?? "").split(",")) {
    const language = languages[part.trim().slice(0, 2).toLowerCase()]
    if (language !== undefined) return language
  }
  return "sv"
}

/** One loan as this request sees it. */
export const seenLoan = (exchange: Exchange, loan: ListedLoan): ListedLoan =>
  distortLoan(exchange.world.withBids(loan), exchange.faults, languageOf(exchange), exchange.world.clock.now())

const clampedLimit = (limit: number): number => Math.min(100, Math.max(1, limit))

const pageOf = (exchange: Exchange, origins: ReadonlySet<Origin>, page: number, limit: number) => {
  const { faults, world } = exchange
  const now = world.clock.now()
  const shift = faults.shiftPages === undefined ? 0 : page - 1
  const total = world.loans.count(origins, now) + shift
  const offset = (page - 1) * limit - shift
  const loans = world.loans.slice(origins, offset, limit, now)
  const repeats = faults.duplicateAcrossPages !== undefined && page > 1 && loans.length > 0
  const repeated = repeats ? world.loans.slice(origins, offset - 1, 1, now) : []
  return { total, loans: [...repeated, ...loans].map((loan) => seenLoan(exchange, loan)) }
}

const paging = (exchange: Exchange, total: number, limit: number): Readonly<Record<string, unknown>> => {
  const lastPage = Math.max(1, Math.ceil(total / limit))
  switch (exchange.faults.dropPaging) {
    case "missing":
      return {}
    case "strings":
      return { total: String(total), last_page: String(lastPage) }
    default:
      return { total, last_page: lastPage }
  }
}

const shaped = (
  exchange: Exchange,
  loans: ReadonlyArray<ListedLoan>,
  rest: Readonly<Record<string, unknown>>
): Readonly<Record<string, unknown>> => {
  switch (exchange.faults.shape) {
    case "list":
      return {
        data: loans,
        pagination: { current_page: rest["current_page"], total_pages: rest["last_page"], total_items: rest["total"] }
      }
    case "loans":
      return { data: { loans, ...rest } }
    case "unknown":
      return { data: { investments: loans, ...rest } }
    default:
      return { data: { investment_options: loans, ...rest } }
  }
}

/** Answers a listing request of either host from its query, with the faults that concern pages. */
export const listing = (exchange: Exchange): ListingAnswer => {
  const { faults, url, world } = exchange
  const errors: Errors = {}
  const origins = new Set<Origin>()
  for (const [name, origin, fallback] of originNames) {
    const value = url.searchParams.get(name) ?? fallback
    if (value === "1") origins.add(origin)
    else if (value !== "0") errors[name] = [`The ${name.replaceAll("_", " ")} field must be true or false.`]
  }
  const asked = wholeNumber(url.searchParams.get("page"), 1)
  if (Number.isNaN(asked)) errors["page"] = ["The page must be an integer."]
  else if (asked < 1) errors["page"] = ["The page must be at least 1."]
  const limit = wholeNumber(url.searchParams.get("limit"), 12)
  if (Number.isNaN(limit)) errors["limit"] = ["The limit must be an integer."]
  if (Object.keys(errors).length > 0) {
    return { status: 422, body: { message: "The given data was invalid.", errors } }
  }
  const failing = faults.failOnPage
  if (failing !== undefined && failing.page === asked && world.strikes("failOnPage", failing.times, false)) {
    return { status: 500, body: { message: "Server Error" } }
  }
  const perPage = clampedLimit(limit)
  const page = faults.ignorePage === undefined ? asked : 1
  const { loans, total } = pageOf(exchange, origins, page, perPage)
  const rest = {
    result_count: loans.length,
    current_page: page,
    per_page: perPage,
    ...paging(exchange, total, perPage)
  }
  return { status: 200, body: shaped(exchange, loans, rest) }
}
