/** Finds one line for one payment, by what both have in common. */
import type { ReconciliationMatch, ReconciliationReview, ReconciliationRule } from "./Reconciliation.ts"
import { type Candidate, contradicts, type Group, matchOf, reviewOf } from "./matchEvidence.ts"

/** What a rule found, and the items that are thereby spoken for, matched or in review. */
export interface Findings {
  readonly matches: ReadonlyArray<ReconciliationMatch>
  readonly reviews: ReadonlyArray<ReconciliationReview>
  readonly spokenFor: ReadonlySet<Candidate>
}

/** What gives items that belong together the same text; undefined for an item that the rule does not speak of. */
export type KeyOf = (candidate: Candidate) => string | undefined

/** The items of both sides by a key, only where both sides have some. */
export const groupsBy = ({ expected, lines }: Group, keyOf: KeyOf): ReadonlyArray<Group> => {
  const groups = new Map<string, { lines: Array<Candidate>; expected: Array<Candidate> }>()
  for (const line of lines) {
    const key = keyOf(line)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { lines: [line], expected: [] })
    else group.lines.push(line)
  }
  for (const each of expected) {
    const key = keyOf(each)
    if (key !== undefined) groups.get(key)?.expected.push(each)
  }
  return groups
    .values()
    .filter((group) => group.expected.length > 0)
    .toArray()
}

/** A key of a field and the amount. */
export const withAmount =
  (field: "reference" | "endToEndId" | "counterparty"): KeyOf =>
  (candidate) =>
    candidate[field] === undefined ? undefined : `${candidate.currency} ${candidate.amount} ${candidate[field]}`

/**
 * Divides a group into those parts that the window of days holds together: each line with the payments that are at most so
 * many days away, and lines that share a payment together. Both sides are in the order of their days.
 */
const within = (days: number, { expected, lines }: Group): ReadonlyArray<Group> => {
  const parts: Array<{ lines: Array<Candidate>; from: number; to: number }> = []
  let from = 0
  let to = 0
  for (const line of lines) {
    while (from < expected.length && (expected[from]?.day ?? 0) < line.day - days) from++
    while (to < expected.length && (expected[to]?.day ?? 0) <= line.day + days) to++
    if (from >= to) continue
    const last = parts.at(-1)
    if (last !== undefined && from < last.to) {
      last.lines.push(line)
      last.to = to
    } else parts.push({ lines: [line], from, to })
  }
  return parts.map((part) => ({ lines: part.lines, expected: expected.slice(part.from, part.to) }))
}

const refinements: ReadonlyArray<KeyOf> = [
  ({ endToEndId }) => endToEndId,
  ({ reference }) => reference,
  ({ counterparty }) => counterparty,
  ({ day }) => String(day)
]

const contradictory = ([line]: ReadonlyArray<Candidate>, [each]: ReadonlyArray<Candidate>): boolean =>
  line !== undefined &&
  each !== undefined &&
  (contradicts(line, each, "endToEndId") || contradicts(line, each, "reference"))

/** Which pairs of a group can belong together at all, and how the rest of a group falls into parts by that. */
export interface Reach {
  readonly joins: (line: Candidate, each: Candidate) => boolean
  readonly divide: (group: Group) => ReadonlyArray<Group>
}

/** The reach of a rule by which every line of a group can belong to every payment of it. */
export const unlimited: Reach = { joins: () => true, divide: (group) => [group] }

/** The reach of a rule that looks so many days around. */
export const reachOf = (days: number): Reach => ({
  joins: (line, each) => Math.abs(line.day - each.day) <= days,
  divide: (group) => within(days, group)
})

/**
 * Pairs the items of groups. A group of one and one is a pair. In a larger one, those are pairs whom another field that
 * they share sets apart from all others; where one and one are left over, so are they; more go to review. A pair that an id
 * contradicts goes to review where the rule rests on an id, and is no pair otherwise.
 */
export const pairUp = (rule: ReconciliationRule, groups: ReadonlyArray<Group>, reach: Reach = unlimited): Findings => {
  const matches: Array<ReconciliationMatch> = []
  const reviews: Array<ReconciliationReview> = []
  const spokenFor = new Set<Candidate>()

  const free = ({ expected, lines }: Group): Group => ({
    lines: lines.filter((each) => !spokenFor.has(each)),
    expected: expected.filter((each) => !spokenFor.has(each))
  })
  const speakFor = ({ expected, lines }: Group): void => {
    for (const each of [...lines, ...expected]) spokenFor.add(each)
  }
  const isPair = ({ expected: [each, ...others], lines: [line, ...more] }: Group): boolean =>
    line !== undefined && each !== undefined && more.length + others.length === 0 && reach.joins(line, each)

  const take = (group: Group): void => {
    if (!contradictory(group.lines, group.expected)) {
      matches.push(matchOf(rule, group))
      speakFor(group)
    } else if (rule !== "counterparty") {
      reviews.push(reviewOf("idsDiffer", rule, group))
      speakFor(group)
    }
  }

  for (const group of groups.flatMap(reach.divide)) {
    if (!isPair(group)) {
      for (const refine of refinements) {
        for (const part of groupsBy(free(group), refine)) {
          if (isPair(part) && !contradictory(part.lines, part.expected)) take(part)
        }
      }
    }
    // Who was between two others may have been taken, so that what is left falls into parts anew.
    for (const part of reach.divide(free(group))) {
      if (part.lines.length === 0 || part.expected.length === 0) continue
      if (isPair(part)) take(part)
      else {
        reviews.push(reviewOf("severalCandidates", rule, part))
        speakFor(part)
      }
    }
  }
  return { matches, reviews, spokenFor }
}
