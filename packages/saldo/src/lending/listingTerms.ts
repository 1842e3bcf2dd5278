import { isKnown } from "../money/Currency.ts"
import { isStorable, type Money } from "../money/Money.ts"
import { type IndexedListing, indexedText, ratePpm } from "./listingIndex.ts"
import type { LoanListingFilter } from "./LoanListingQuery.ts"
import { searchQuery } from "./searchText.ts"

/** The columns that hold text, and those that hold whole numbers. */
type TextColumn = "platform" | "status" | "currency" | "riskGrade" | "country"
type NumberColumn =
  | "amount"
  | "ratePpm"
  | "fundedBps"
  | "durationMonths"
  | "listedAt"
  | "opensAt"
  | "closesAt"
  | "lastSeenAt"

/** One condition of a filter. All of them must hold; a null passes none. Memory and SQL both read these. */
export type Term =
  | { readonly operator: "in"; readonly column: TextColumn; readonly values: ReadonlyArray<string> }
  | { readonly operator: ">=" | "<=" | "<"; readonly column: NumberColumn; readonly value: bigint }
  | { readonly operator: "contains"; readonly column: "searchText"; readonly value: string }

/** Why a filter cannot be used, and which part of it is at fault. */
export interface FilterProblem {
  readonly field: keyof LoanListingFilter
  readonly message: string
}

interface Bounds<A> {
  readonly minimum?: A
  readonly maximum?: A
}

const maximum64 = 2n ** 63n - 1n

const rangeTerms = (column: NumberColumn, low: bigint | undefined, high: bigint | undefined): ReadonlyArray<Term> => [
  ...(low === undefined ? [] : [{ operator: ">=", column, value: low } as const]),
  ...(high === undefined ? [] : [{ operator: "<=", column, value: high } as const])
]

const crossed = (field: keyof LoanListingFilter, low: unknown, high: unknown): FilterProblem => ({
  field,
  message: `The smallest ${field} (${String(low)}) is above the largest (${String(high)}): swap them`
})

const numberRange = (
  field: "fundedBps" | "durationMonths",
  range: Bounds<number> | undefined
): ReadonlyArray<Term> | FilterProblem => {
  if (range === undefined) return []
  const { maximum: high, minimum: low } = range
  if ([low, high].some((bound) => bound !== undefined && !Number.isSafeInteger(bound))) {
    return { field, message: `The bounds of ${field} must be whole numbers` }
  }
  if (low !== undefined && high !== undefined && low > high) return crossed(field, low, high)
  return rangeTerms(field, low === undefined ? undefined : BigInt(low), high === undefined ? undefined : BigInt(high))
}

const rateRange = (range: LoanListingFilter["rate"]): ReadonlyArray<Term> | FilterProblem => {
  if (range === undefined) return []
  const { maximum: high, minimum: low } = range
  for (const bound of [low, high]) {
    if (bound === undefined) continue
    if (ratePpm(bound) > maximum64 || ratePpm(bound) < -maximum64) {
      return { field: "rate", message: "A rate bound beyond 64-bit parts per million means nothing: leave it out" }
    }
  }
  const [lowPpm, highPpm] = [low, high].map((bound) => (bound === undefined ? undefined : ratePpm(bound)))
  if (lowPpm !== undefined && highPpm !== undefined && lowPpm > highPpm) return crossed("rate", low, high)
  return rangeTerms("ratePpm", lowPpm, highPpm)
}

const currencyTerm = (currency: string | undefined): ReadonlyArray<Term> | FilterProblem => {
  if (currency === undefined) return []
  return isKnown(currency)
    ? [{ operator: "in", column: "currency", values: [currency] }]
    : {
        field: "currency",
        message: `Unknown currency ${JSON.stringify(currency)}: give an upper-case code such as SEK`
      }
}

const amountRange = (filter: LoanListingFilter): ReadonlyArray<Term> | FilterProblem => {
  if (filter.amount === undefined) return []
  const { maximum: high, minimum: low } = filter.amount
  const bounds: ReadonlyArray<Money> = [low, high].filter((bound) => bound !== undefined)
  const currency = bounds[0]?.currency
  if (currency === undefined) return []
  if (bounds.some((bound) => bound.currency !== currency)) {
    return {
      field: "amount",
      message: "Both bounds of an amount must be in one currency, as amounts in two do not compare"
    }
  }
  if (filter.currency !== undefined && filter.currency !== currency) {
    return {
      field: "amount",
      message: `The bounds are in ${currency} but the filter asks for ${filter.currency}: use one`
    }
  }
  if (!bounds.every(isStorable)) {
    return { field: "amount", message: `A bound beyond 64-bit minor units of ${currency} means nothing: leave it out` }
  }
  if (low !== undefined && high !== undefined && low.amount > high.amount) return crossed("amount", low, high)
  return [
    { operator: "in", column: "currency", values: [currency] },
    ...rangeTerms("amount", low?.amount, high?.amount)
  ]
}

const spanTerms = (
  field: "listed" | "opens" | "closes" | "seen",
  column: NumberColumn,
  span: LoanListingFilter["listed"]
): ReadonlyArray<Term> | FilterProblem => {
  if (span === undefined) return []
  const [from, before] = [span.from, span.before].map((at) =>
    at === undefined ? undefined : BigInt(Math.trunc(at.epochMilliseconds))
  )
  if (from !== undefined && before !== undefined && from >= before) {
    return { field, message: `The span of ${field} ends before it starts: "before" must be later than "from"` }
  }
  return [
    ...(from === undefined ? [] : [{ operator: ">=", column, value: from } as const]),
    ...(before === undefined ? [] : [{ operator: "<", column, value: before } as const])
  ]
}

const oneOf = (column: TextColumn, values: ReadonlyArray<string> | undefined): ReadonlyArray<Term> =>
  values === undefined ? [] : [{ operator: "in", column, values: values.map(indexedText) }]

const textTerm = (text: string | undefined): ReadonlyArray<Term> => {
  const value = text === undefined ? "" : searchQuery(text)
  return value === "" ? [] : [{ operator: "contains", column: "searchText", value }]
}

/** A filter as a list of conditions, or what is wrong with it. */
export const filterTerms = (filter: LoanListingFilter): ReadonlyArray<Term> | FilterProblem => {
  const terms: Array<Term> = []
  for (const found of [
    oneOf("platform", filter.platform === undefined ? undefined : [filter.platform]),
    oneOf("status", filter.statuses),
    currencyTerm(filter.currency),
    amountRange(filter),
    rateRange(filter.rate),
    numberRange("fundedBps", filter.fundedBps),
    numberRange("durationMonths", filter.durationMonths),
    oneOf("riskGrade", filter.riskGrades),
    oneOf("country", filter.countries),
    spanTerms("listed", "listedAt", filter.listed),
    spanTerms("opens", "opensAt", filter.opens),
    spanTerms("closes", "closesAt", filter.closes),
    spanTerms("seen", "lastSeenAt", filter.seen),
    textTerm(filter.text)
  ]) {
    if ("message" in found) return found
    terms.push(...found)
  }
  return terms
}

const holds = (term: Term, listing: IndexedListing): boolean => {
  switch (term.operator) {
    case "in": {
      const value = listing[term.column]
      return value !== null && term.values.includes(value)
    }
    case "contains":
      return listing[term.column].includes(term.value)
    case ">=":
    case "<=":
    case "<": {
      const value = listing[term.column]
      if (value === null) return false
      if (term.operator === ">=") return value >= term.value
      return term.operator === "<=" ? value <= term.value : value < term.value
    }
  }
}

/** Whether a listing passes all conditions. */
export const matchesTerms = (terms: ReadonlyArray<Term>, listing: IndexedListing): boolean =>
  terms.every((term) => holds(term, listing))
