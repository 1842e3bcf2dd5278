/**
 * Finds what of the open lines and entries of a settlement account is the same money, by rules alone.
 */
import * as Result from "effect/Result"
import { candidatesOf, type Group, matchOf } from "./matchEvidence.ts"
import { reconcile } from "./reconcile.ts"
import type {
  ItemRepeated,
  ReconciliationItem,
  ReconciliationMatch,
  ReconciliationOptions,
  ReconciliationReview
} from "./Reconciliation.ts"

/** A line of a statement with the single payments that it sums up, none when it is one payment. */
export interface MatchingLine extends ReconciliationItem {
  readonly parts: ReadonlyArray<{ readonly endToEndId: string | null; readonly amount: bigint }>
}

/** An entry of the ledger, with the one that it takes back. */
export interface MatchingEntry extends ReconciliationItem {
  readonly reverses: string | null
}

/** A match by one of the rules; see `SettlementMatch.rule`. */
export interface FoundMatch extends Omit<ReconciliationMatch, "rule" | "score"> {
  readonly rule: ReconciliationMatch["rule"] | "batch" | "reversal"
  readonly score: number | null
}

/** What the rules found. Each item is in one match or one review at most. */
export interface Found {
  readonly matches: ReadonlyArray<FoundMatch>
  readonly reviews: ReadonlyArray<ReconciliationReview>
}

/** Entries that were taken back before anything happened at the other bank: the two of them are nothing together. */
const reversals = (entries: ReadonlyArray<MatchingEntry>): ReadonlyArray<FoundMatch> => {
  const open = new Map(entries.map((entry) => [entry.id, entry]))
  const found: Array<FoundMatch> = []
  for (const entry of entries) {
    const original = entry.reverses === null ? undefined : open.get(entry.reverses)
    if (original === undefined || !open.has(entry.id)) continue
    const sameMoney = original.amount.currency === entry.amount.currency
    if (!sameMoney || original.amount.amount + entry.amount.amount !== 0n) continue
    open.delete(original.id)
    open.delete(entry.id)
    found.push({
      rule: "reversal",
      lines: [],
      expected: [original.id, entry.id],
      agreed: [],
      differed: [],
      score: null
    })
  }
  return found
}

const partKey = (currency: string, endToEndId: string | null | undefined, amount: bigint): string | undefined =>
  endToEndId === null || endToEndId === undefined ? undefined : `${currency} ${amount} ${endToEndId}`

const countOf = (keys: ReadonlyArray<string | undefined>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const key of keys) if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

/** Lines whose single payments are all there as entries, each by its own end-to-end id and amount and without a rival. */
const batches = (
  lines: ReadonlyArray<MatchingLine>,
  entries: ReadonlyArray<MatchingEntry>
): ReadonlyArray<FoundMatch> => {
  const keyOf = ({ amount, endToEndId }: ReconciliationItem) => partKey(amount.currency, endToEndId, amount.amount)
  const partsOf = ({ amount, parts }: MatchingLine) =>
    parts.map((part) => partKey(amount.currency, part.endToEndId, part.amount))
  const wanted = countOf(lines.flatMap((line) => [keyOf(line), ...partsOf(line)]))
  const there = countOf(entries.map(keyOf))
  const byKey = new Map(entries.map((entry) => [keyOf(entry), entry]))
  return lines.flatMap((line) => {
    const sum = line.parts.reduce((total, { amount }) => total + amount, 0n)
    if (line.parts.length < 2 || sum !== line.amount.amount) return []
    const chosen = partsOf(line).flatMap((key) => {
      const entry = key === undefined ? undefined : byKey.get(key)
      return key !== undefined && entry !== undefined && wanted.get(key) === 1 && there.get(key) === 1 ? [entry] : []
    })
    if (chosen.length !== line.parts.length) return []
    const group: Group = { lines: candidatesOf([line]), expected: candidatesOf(chosen) }
    const { agreed, differed, score, ...match } = matchOf("endToEndId", group)
    return [{ ...match, rule: "batch", agreed: [...agreed, "endToEndId"], differed, score }]
  })
}

/**
 * Tries entries that were taken back first, then lines that sum up single payments, then the rules of `reconcile` on what
 * is left. The outcome does not depend on the order of the items.
 */
export const matchSettlement = (
  lines: ReadonlyArray<MatchingLine>,
  entries: ReadonlyArray<MatchingEntry>,
  options: ReconciliationOptions = {}
): Result.Result<Found, ItemRepeated> => {
  const cancelled = reversals(entries)
  const gone = new Set(cancelled.flatMap(({ expected }) => expected))
  const standing = entries.filter(({ id }) => !gone.has(id))
  const summed = batches(lines, standing)
  for (const { expected, lines: whole } of summed) for (const id of [...whole, ...expected]) gone.add(id)
  const left = <Item extends ReconciliationItem>(items: ReadonlyArray<Item>) => items.filter(({ id }) => !gone.has(id))
  return Result.map(reconcile(left(lines), left(standing), options), ({ matches, reviews }) => ({
    matches: [...cancelled, ...summed, ...matches],
    reviews
  }))
}
