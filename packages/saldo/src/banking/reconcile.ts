/**
 * Matches the lines of a bank statement with the payments that were expected, or with the movements of a ledger.
 */
import * as Result from "effect/Result"
import {
  ItemRepeated,
  type Reconciliation,
  type ReconciliationItem,
  type ReconciliationMatch,
  type ReconciliationOptions,
  type ReconciliationReview,
  type ReconciliationRule
} from "./Reconciliation.ts"
import { type Candidate, candidatesOf, type Group, reviewOf } from "./matchEvidence.ts"
import { type Findings, groupsBy, pairUp, reachOf, withAmount } from "./matchPairs.ts"
import { matchCounterpartySums, matchReferenceSums, type SumLimits } from "./matchSums.ts"

const repeatedId = (side: "lines" | "expected", items: ReadonlyArray<ReconciliationItem>): ItemRepeated | undefined => {
  const seen = new Set<string>()
  for (const { id } of items) {
    if (seen.has(id)) return new ItemRepeated({ side, id })
    seen.add(id)
  }
  return undefined
}

/** Items of one id whose amounts do not come to each other: somebody took a fee, paid in part, or mistyped. */
const amountsDiffer = (rule: "reference" | "endToEndId", group: Group): Findings => {
  const keyOf = (candidate: Candidate) =>
    candidate[rule] === undefined ? undefined : `${candidate.currency} ${candidate[rule]}`
  const groups = groupsBy(group, keyOf)
  return {
    matches: [],
    reviews: groups.map((each) => reviewOf("amountDiffers", rule, each)),
    spokenFor: new Set(groups.flatMap(({ expected, lines }) => [...lines, ...expected]))
  }
}

/**
 * Tries the rules one after the other, from the surest to the least, on what the rules before have left. A rule matches
 * only what has one reading; where there are several, all candidates go to review, and no weaker rule decides over them.
 * No item is used twice, and each match has the same sum on both sides.
 *
 * The outcome does not depend on the order of the items, and is itself ordered by rule, then by day and id of the line. It
 * takes time in proportion to the number of items, and a bounded search for sums. Sums with amounts of both signs, and
 * several lines for several payments, are not looked for.
 *
 * @example
 * ```ts
 * import { reconcile } from "saldo/banking/reconcile"
 * import * as Money from "saldo/money/Money"
 * import * as LocalDate from "saldo/time/LocalDate"
 * import * as Result from "effect/Result"
 *
 * const on = LocalDate.of("2026-03-10")
 * const lines = [{ id: "line", amount: Money.of("1250.00", "SEK"), on, reference: "12 3067" }]
 * const expected = [{ id: "invoice", amount: Money.of("1250.00", "SEK"), on, reference: "00123067" }]
 * const { matches } = Result.getOrThrow(reconcile(lines, expected))
 * console.log(matches.map(({ rule, score }) => `${rule} ${score}`).join()) // => reference 100
 * ```
 */
export const reconcile = (
  lines: ReadonlyArray<ReconciliationItem>,
  expected: ReadonlyArray<ReconciliationItem>,
  options: ReconciliationOptions = {}
): Result.Result<Reconciliation, ItemRepeated> => {
  const repeated = repeatedId("lines", lines) ?? repeatedId("expected", expected)
  return repeated === undefined
    ? Result.succeed(reconciled({ lines: candidatesOf(lines), expected: candidatesOf(expected) }, options))
    : Result.fail(repeated)
}

const reconciled = (all: Group, options: ReconciliationOptions): Reconciliation => {
  const { maximumCandidates = 24, maximumParts = 8, windowDays = 5 } = options
  const limits: SumLimits = { maximumCandidates, maximumParts, windowDays }
  const unsearched = new Set<Candidate>()
  const byField = (rule: ReconciliationRule & ("reference" | "endToEndId")) => (group: Group) =>
    pairUp(rule, groupsBy(group, withAmount(rule)))
  const sums = (counterparty: "known" | "unknown") => (group: Group) => {
    const findings = matchCounterpartySums(group, limits, counterparty)
    for (const each of findings.unsearched) unsearched.add(each)
    return findings
  }
  const rules: ReadonlyArray<(group: Group) => Findings> = [
    byField("reference"),
    byField("endToEndId"),
    matchReferenceSums,
    (group) => pairUp("counterparty", groupsBy(group, withAmount("counterparty")), reachOf(windowDays)),
    sums("known"),
    sums("unknown"),
    (group) => amountsDiffer("endToEndId", group),
    (group) => amountsDiffer("reference", group)
  ]
  const matches: Array<ReconciliationMatch> = []
  const reviews: Array<ReconciliationReview> = []
  let open = all
  for (const rule of rules) {
    const findings = rule(open)
    matches.push(...findings.matches)
    reviews.push(...findings.reviews)
    const left = (candidates: ReadonlyArray<Candidate>) => candidates.filter((each) => !findings.spokenFor.has(each))
    open = { lines: left(open.lines), expected: left(open.expected) }
  }
  const matchedLines = new Set(matches.flatMap((match) => match.lines))
  const matchedExpected = new Set(matches.flatMap((match) => match.expected))
  const unmatched = (candidates: ReadonlyArray<Candidate>, matched: ReadonlySet<string>) =>
    candidates.flatMap(({ id }) => (matched.has(id) ? [] : [id]))
  const without = (candidates: ReadonlyArray<Candidate>, matched: ReadonlySet<string>) =>
    candidates.flatMap((each) => (unsearched.has(each) && !matched.has(each.id) ? [each.id] : []))
  return {
    matches,
    reviews,
    unmatchedLines: unmatched(all.lines, matchedLines),
    unmatchedExpected: unmatched(all.expected, matchedExpected),
    unsearchedLines: without(all.lines, matchedLines),
    unsearchedExpected: without(all.expected, matchedExpected)
  }
}
