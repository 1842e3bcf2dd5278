/** Finds one item of one side for several of the other, whose amounts add up to it. */
import type { ReconciliationMatch, ReconciliationReview } from "./Reconciliation.ts"
import { type Candidate, type Group, matchOf, reviewOf, total } from "./matchEvidence.ts"
import { type Findings, groupsBy } from "./matchPairs.ts"
import { subsetSums } from "./subsetSums.ts"

/** How far to look. */
export interface SumLimits {
  readonly windowDays: number
  readonly maximumParts: number
  readonly maximumCandidates: number
}

/** Also the items that were left out because they have too many candidates. */
export interface SumFindings extends Findings {
  readonly unsearched: ReadonlySet<Candidate>
}

/** One line with several payments of the same reference, or the reverse, where all of them together come to it. */
export const matchReferenceSums = (group: Group): Findings => {
  const matches: Array<ReconciliationMatch> = []
  const spokenFor = new Set<Candidate>()
  const keyOf = ({ currency, reference }: Candidate) =>
    reference === undefined ? undefined : `${currency} ${reference}`
  for (const part of groupsBy(group, keyOf)) {
    const { expected, lines } = part
    if (Math.min(lines.length, expected.length) !== 1 || Math.max(lines.length, expected.length) === 1) continue
    if (total(lines) !== total(expected)) continue
    matches.push(matchOf("referenceSum", part))
    for (const each of [...lines, ...expected]) spokenFor.add(each)
  }
  return { matches, reviews: [], spokenFor }
}

/** A choice of items that add up; `certain` when a counterparty speaks for it too, and all other choices are known. */
interface Proposal extends Group {
  readonly certain: boolean
}

const isNegative = (candidate: Candidate): boolean => candidate.amount < 0n

const sizeOf = ({ amount }: Candidate): bigint => (amount < 0n ? -amount : amount)

/** Over a whole run, so that its time has a bound whatever the items; and for one item, so that none takes it all. */
const allSteps = 4_000_000
const stepsForOne = 200_000
const choicesForOne = 20

/** The first index at or behind which the day is not before `day`; candidates are in the order of their days. */
const firstFrom = (candidates: ReadonlyArray<Candidate>, day: number): number => {
  let low = 0
  let high = candidates.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((candidates[middle]?.day ?? 0) < day) low = middle + 1
    else high = middle
  }
  return low
}

const bucketsOf = (candidates: ReadonlyArray<Candidate>): ReadonlyMap<string, ReadonlyArray<Candidate>> => {
  const buckets = new Map<string, Array<Candidate>>()
  for (const each of candidates) {
    if (each.amount === 0n) continue
    for (const key of [bucketKey(each, each.counterparty), bucketKey(each, undefined)].slice(
      each.counterparty === undefined ? 1 : 0
    )) {
      const bucket = buckets.get(key)
      if (bucket === undefined) buckets.set(key, [each])
      else bucket.push(each)
    }
  }
  return buckets
}

const bucketKey = (candidate: Candidate, counterparty: string | undefined): string =>
  `${candidate.currency} ${isNegative(candidate)} ${counterparty ?? ""}`

/** What adds up to each of some items among those of the other side. */
const proposalsFor = (
  wholes: ReadonlyArray<Candidate>,
  parts: ReadonlyArray<Candidate>,
  limits: SumLimits,
  group: (whole: Candidate, chosen: ReadonlyArray<Candidate>) => Group,
  unsearched: Set<Candidate>
): ReadonlyArray<Proposal> => {
  const buckets = bucketsOf(parts)
  const proposals: Array<Proposal> = []
  let steps = allSteps
  for (const whole of wholes) {
    const bucket = buckets.get(bucketKey(whole, whole.counterparty)) ?? []
    const [from, to] = [
      firstFrom(bucket, whole.day - limits.windowDays),
      firstFrom(bucket, whole.day + limits.windowDays + 1)
    ]
    if (whole.amount === 0n || to - from < 2) continue
    if (to - from > limits.maximumCandidates || steps < stepsForOne) {
      unsearched.add(whole)
      continue
    }
    const candidates = bucket.slice(from, to)
    const search = { maximumParts: limits.maximumParts, maximumFound: choicesForOne, maximumSteps: stepsForOne }
    const { complete, found, steps: used } = subsetSums(sizeOf(whole), candidates.map(sizeOf), search)
    steps -= used
    if (!complete) unsearched.add(whole)
    const certain = complete && whole.counterparty !== undefined
    for (const choice of found) {
      const chosen = choice.flatMap((index) => candidates[index] ?? [])
      proposals.push({ ...group(whole, chosen), certain })
    }
  }
  return proposals
}

/**
 * One item with several of the same counterparty within the window, in either direction. It is a match when no other choice
 * adds up and none of its items is in another choice. Everything else that adds up goes to review, and so does what has
 * nothing but its sum to speak for it, because among many amounts some add up by chance. Those whose counterparty is known
 * are to be asked first, so that chance cannot get in their way.
 */
export const matchCounterpartySums = (
  { expected, lines }: Group,
  limits: SumLimits,
  counterparty: "known" | "unknown"
): SumFindings => {
  const unsearched = new Set<Candidate>()
  const asked = (wholes: ReadonlyArray<Candidate>) =>
    wholes.filter((whole) => (whole.counterparty === undefined) === (counterparty === "unknown"))
  const proposals = [
    ...proposalsFor(
      asked(lines),
      expected,
      limits,
      (line, chosen) => ({ lines: [line], expected: chosen }),
      unsearched
    ),
    ...proposalsFor(asked(expected), lines, limits, (each, chosen) => ({ lines: chosen, expected: [each] }), unsearched)
  ]
  const matches: Array<ReconciliationMatch> = []
  const reviews: Array<ReconciliationReview> = []
  const spokenFor = new Set<Candidate>()
  for (const cluster of clustersOf(proposals)) {
    const [first] = cluster
    if (first === undefined) continue
    const items = {
      lines: [...new Set(cluster.flatMap((each) => each.lines))],
      expected: [...new Set(cluster.flatMap((each) => each.expected))]
    }
    if (cluster.length === 1 && first.certain) matches.push(matchOf("counterpartySum", first))
    else reviews.push(reviewOf(cluster.length === 1 ? "sumOnly" : "severalCandidates", "counterpartySum", items))
    for (const each of [...items.lines, ...items.expected]) spokenFor.add(each)
  }
  return { matches, reviews, spokenFor, unsearched }
}

/** Proposals together with all that they share an item with, in the order of their first. */
const clustersOf = (proposals: ReadonlyArray<Proposal>): ReadonlyArray<ReadonlyArray<Proposal>> => {
  const byItem = Map.groupBy(
    proposals.flatMap((proposal) => [...proposal.lines, ...proposal.expected].map((item) => ({ item, proposal }))),
    ({ item }) => item
  )
  const seen = new Set<Proposal>()
  const clusters: Array<ReadonlyArray<Proposal>> = []
  for (const start of proposals) {
    if (seen.has(start)) continue
    seen.add(start)
    const cluster = [start]
    // The list grows while it is walked, until nothing is left that shares an item.
    for (const proposal of cluster) {
      for (const item of [...proposal.lines, ...proposal.expected]) {
        for (const { proposal: other } of byItem.get(item) ?? []) {
          if (seen.has(other)) continue
          seen.add(other)
          cluster.push(other)
        }
      }
    }
    clusters.push(cluster)
  }
  return clusters
}
