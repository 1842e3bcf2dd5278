/**
 * What reconciliation should come to, in the most obvious way: every line and every entry in a list, with how it stands.
 */
import type { SettlementItem } from "saldo/banking/SettlementItem"
import type { SettlementMatch } from "saldo/banking/SettlementMatch"

/** A line or an entry. */
export interface Known {
  readonly side: "line" | "entry"
  readonly amount: bigint
  state: SettlementItem["state"]
  matchId: string | null
  automatic: boolean
}

/** Everything that is known, in minor units. */
export interface Oracle {
  readonly items: Map<string, Known>
  readonly matches: Map<string, { readonly ids: ReadonlyArray<string>; readonly rule: string; undone: boolean }>
  /** Entries of the ledger that nobody has taken over yet. */
  readonly untaken: Array<{ readonly id: string; readonly amount: bigint }>
  closing: bigint
  ledger: bigint
  statements: number
}

export const make = (opening: bigint): Oracle => ({
  items: new Map(),
  matches: new Map(),
  untaken: [],
  closing: opening,
  ledger: 0n,
  statements: 0
})

export const add = (oracle: Oracle, side: Known["side"], id: string, amount: bigint): void => {
  oracle.items.set(id, { side, amount, state: "open", matchId: null, automatic: true })
}

export const takeOver = (oracle: Oracle): void => {
  for (const { amount, id } of oracle.untaken.splice(0)) add(oracle, "entry", id, amount)
}

const get = (oracle: Oracle, id: string): Known => {
  const item = oracle.items.get(id)
  if (item === undefined) throw new RangeError(`${id} came from nowhere`)
  return item
}

/** The ids of a side, in the order in which they came. */
export const idsOf = (oracle: Oracle, side: Known["side"]): ReadonlyArray<string> =>
  [...oracle.items].flatMap(([id, item]) => (item.side === side ? [id] : []))

export const sum = (oracle: Oracle, ids: ReadonlyArray<string>): bigint =>
  ids.reduce((total, id) => total + get(oracle, id).amount, 0n)

/** What should come of an act on items that have to stand in one way. */
export const standing = (oracle: Oracle, ids: ReadonlyArray<string>, state: Known["state"]): string =>
  ids.every((id) => get(oracle, id).state === state) ? "ok" : "SettlementItemUnfit"

/** What should come of matching these by hand. */
export const matching = (oracle: Oracle, lines: ReadonlySet<string>, entries: ReadonlySet<string>): string => {
  const stands = standing(oracle, [...lines, ...entries], "open")
  if (stands !== "ok") return stands
  const manyToMany = lines.size > 1 && entries.size > 1
  if (manyToMany || lines.size + entries.size < 2) return "MatchShapeInvalid"
  return sum(oracle, [...lines]) === sum(oracle, [...entries]) ? "ok" : "MatchUnbalanced"
}

/** The pairs of a list. */
const pairs = (ids: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  ids.flatMap((id, at) => ids.slice(at + 1).map((other) => [id, other]))

/** Everything that may be matched by hand now: one with one, one with two, two of one side. */
export const possible = (oracle: Oracle): ReadonlyArray<readonly [ReadonlyArray<string>, ReadonlyArray<string>]> => {
  const open = (side: Known["side"]) => idsOf(oracle, side).filter((id) => get(oracle, id).state === "open")
  const choices = (ids: ReadonlyArray<string>) => [[], ...ids.map((id) => [id]), ...pairs(ids)]
  const [lines, entries] = [choices(open("line")), choices(open("entry"))]
  return lines.flatMap((ours) =>
    entries.flatMap((theirs) =>
      matching(oracle, new Set(ours), new Set(theirs)) === "ok" ? [[ours, theirs] as const] : []
    )
  )
}

/** Takes a match in, which must be of open items and come to the same on both sides; by a rule only of what rules may match. */
export const keep = (oracle: Oracle, match: SettlementMatch): void => {
  const ids = [...match.lines, ...match.entries]
  if (oracle.matches.has(match.id) || new Set(ids).size !== ids.length || ids.length < 2) {
    throw new RangeError(`${match.id} is no match`)
  }
  if (sum(oracle, match.lines) !== sum(oracle, match.entries)) throw new RangeError(`${match.id} does not balance`)
  for (const id of ids) {
    const item = get(oracle, id)
    const allowed = item.automatic || match.byPerson || match.rule === "reversal"
    if (item.state !== "open" || !allowed) throw new RangeError(`${id} was not free for ${match.id}`)
    item.state = "matched"
    item.matchId = match.id
  }
  oracle.matches.set(match.id, { ids, rule: match.rule, undone: false })
}

const free = (item: Known): void => {
  item.state = "open"
  item.matchId = null
  item.automatic = false
}

export const undo = (oracle: Oracle, matchId: string): void => {
  const match = oracle.matches.get(matchId)
  if (match === undefined) throw new RangeError(`${matchId} came from nowhere`)
  match.undone = true
  for (const id of match.ids) free(get(oracle, id))
}

export const setAside = (oracle: Oracle, ids: ReadonlyArray<string>): void => {
  for (const id of ids) get(oracle, id).state = "setAside"
}

export const takeBack = (oracle: Oracle, ids: ReadonlyArray<string>): void => {
  for (const id of ids) free(get(oracle, id))
}

/** What the items of a side come to, in one state or in all. */
export const total = (oracle: Oracle, side: Known["side"], state?: Known["state"]): bigint =>
  [...oracle.items.values()].reduce(
    (all, item) => (item.side === side && (state ?? item.state) === item.state ? all + item.amount : all),
    0n
  )
