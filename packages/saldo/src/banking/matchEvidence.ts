/** What two items say about each other, in a form that compares. */
import { toEpochDay } from "../time/LocalDate.ts"
import type {
  ReconciliationField,
  ReconciliationItem,
  ReconciliationMatch,
  ReconciliationReview,
  ReconciliationRule,
  ReviewReason
} from "./Reconciliation.ts"

/** An item ready to be compared: texts without what does not count, and the day as a number. */
export interface Candidate {
  readonly id: string
  readonly currency: string
  readonly amount: bigint
  readonly day: number
  readonly reference: string | undefined
  readonly endToEndId: string | undefined
  readonly counterparty: string | undefined
}

/** Items of both sides that may belong together. */
export interface Group {
  readonly lines: ReadonlyArray<Candidate>
  readonly expected: ReadonlyArray<Candidate>
}

const bare = (text: string | undefined): string | undefined => {
  const kept = text
    ?.normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "")
  return kept === "" ? undefined : kept
}

const byDayAndId = (left: Candidate, right: Candidate): number =>
  left.day - right.day || (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)

/** The items in an order that does not depend on how they were given: by day, then by id. */
export const candidatesOf = (items: ReadonlyArray<ReconciliationItem>): ReadonlyArray<Candidate> =>
  items
    .map((item) => {
      const endToEndId = item.endToEndId?.trim()
      return {
        id: item.id,
        currency: item.amount.currency,
        amount: item.amount.amount,
        day: toEpochDay(item.on),
        reference: bare(item.reference)?.replace(/^0+(?=.)/u, ""),
        endToEndId: endToEndId === "" || endToEndId === "NOTPROVIDED" ? undefined : endToEndId,
        counterparty: bare(item.counterparty)
      }
    })
    .toSorted(byDayAndId)

/** The sum of amounts, in minor units. */
export const total = (candidates: ReadonlyArray<Candidate>): bigint =>
  candidates.reduce((sum, { amount }) => sum + amount, 0n)

const weights: Readonly<Record<ReconciliationField, number>> = {
  amount: 30,
  reference: 30,
  endToEndId: 30,
  counterparty: 15,
  date: 10
}

const texts = ["reference", "endToEndId", "counterparty"] as const

/** Whether a field that both know says different things of them. */
export const contradicts = (left: Candidate, right: Candidate, field: "reference" | "endToEndId"): boolean =>
  left[field] !== undefined && right[field] !== undefined && left[field] !== right[field]

/** A match with what agreed in it and what did not. */
export const matchOf = (rule: ReconciliationRule, { expected, lines }: Group): ReconciliationMatch => {
  const agreed: Array<ReconciliationField> = ["amount"]
  const differed: Array<ReconciliationField> = []
  const pairs = lines.flatMap((line) => expected.map((each) => [line, each] as const))
  for (const field of texts) {
    const known = pairs.filter(([line, each]) => line[field] !== undefined && each[field] !== undefined)
    if (known.length === 0) continue
    const same = known.every(([line, each]) => line[field] === each[field])
    ;(same ? agreed : differed).push(field)
  }
  ;(pairs.every(([line, each]) => line.day === each.day) ? agreed : differed).push("date")
  const weigh = (fields: ReadonlyArray<ReconciliationField>) => fields.reduce((sum, field) => sum + weights[field], 0)
  const score = Math.floor((100 * weigh(agreed)) / (weigh(agreed) + weigh(differed)))
  return { rule, lines: lines.map(({ id }) => id), expected: expected.map(({ id }) => id), agreed, differed, score }
}

/** A review of items that may belong together. */
export const reviewOf = (
  reason: ReviewReason,
  rule: ReconciliationRule,
  { expected, lines }: Group
): ReconciliationReview => ({
  reason,
  rule,
  lines: lines.map(({ id }) => id),
  expected: expected.map(({ id }) => id)
})
