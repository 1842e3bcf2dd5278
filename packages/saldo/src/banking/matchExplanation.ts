/**
 * Whether lines and entries make a match, and what speaks for one in words.
 */
import * as Result from "effect/Result"
import * as Money from "../money/Money.ts"
import type { SettlementMatch } from "./SettlementMatch.ts"
import { MatchShapeInvalid, MatchUnbalanced } from "./SettlementRefusal.ts"

const total = (amounts: ReadonlyArray<Money.Money>): bigint => amounts.reduce((sum, { amount }) => sum + amount, 0n)

/** What lines of one currency come to less what entries come to. */
export const differenceOf = (
  currency: string,
  lines: ReadonlyArray<Money.Money>,
  entries: ReadonlyArray<Money.Money>
): Money.Money => Money.fromMinor(total(lines) - total(entries), currency)

/** One with one or several of the other side, or several of one side that cancel each other; the sums are equal. */
export const checkMatch = (
  currency: string,
  lines: ReadonlyArray<Money.Money>,
  entries: ReadonlyArray<Money.Money>
): Result.Result<void, MatchShapeInvalid | MatchUnbalanced> => {
  const [fewer, more] = [Math.min(lines.length, entries.length), Math.max(lines.length, entries.length)]
  if (fewer > 1 || fewer + more < 2) {
    return Result.fail(new MatchShapeInvalid({ lines: lines.length, entries: entries.length }))
  }
  const difference = differenceOf(currency, lines, entries)
  if (Money.isZero(difference)) return Result.succeed(undefined)
  const sums = { lines: Money.fromMinor(total(lines), currency), entries: Money.fromMinor(total(entries), currency) }
  return Result.fail(new MatchUnbalanced({ ...sums, difference }))
}

const reasons: Readonly<Record<SettlementMatch["rule"], string>> = {
  reference: "the reference and the amount are the same, and no other has them",
  endToEndId: "the end-to-end id and the amount are the same, and no other has them",
  referenceSum: "all of one reference come to the amount",
  counterparty: "the other party and the amount are the same within the days looked at, and no other has them",
  counterpartySum: "some of one other party come to the amount, and no other choice does",
  batch: "each single payment of the line is an entry, by its end-to-end id and amount",
  reversal: "an entry and the one that takes it back are nothing together",
  byHand: "a person says so",
  writeOff: "the entry was made to write the line off"
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

/**
 * Why a match was made, in a sentence.
 *
 * @example
 * ```ts
 * import { explainMatch } from "saldo/banking/matchExplanation"
 *
 * const match = { rule: "endToEndId", lines: ["a"], entries: ["b"], differed: ["date"], byPerson: false } as const
 * explainMatch(match)
 * // => "1 line = 1 entry: the end-to-end id and the amount are the same, and no other has them; not the same: date"
 * ```
 */
export const explainMatch = ({
  byPerson,
  differed,
  entries,
  lines,
  rule
}: {
  readonly rule: SettlementMatch["rule"]
  readonly lines: ReadonlyArray<string>
  readonly entries: ReadonlyArray<string>
  readonly differed: SettlementMatch["differed"]
  readonly byPerson: boolean
}): string => {
  const sides = [
    ...(lines.length === 0 ? [] : [counted(lines.length, "line", "lines")]),
    ...(entries.length === 0 ? [] : [counted(entries.length, "entry", "entries")])
  ].join(" = ")
  const accepted = byPerson && rule !== "byHand" && rule !== "writeOff" ? ", accepted by a person" : ""
  const but = differed.length === 0 ? "" : `; not the same: ${differed.join(", ")}`
  return `${sides}: ${reasons[rule]}${accepted}${but}`
}
