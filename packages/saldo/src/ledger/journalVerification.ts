import { sha256 } from "../core/sha256.ts"
import { toMicros } from "./BookingTime.ts"
import { entryText } from "./entryText.ts"
import type { JournalBlock, JournalEntry, JournalHead } from "./JournalEntry.ts"
import { blockHash, noHash } from "./journalBlocks.ts"
import { type AccountId, type Counters, noCounters } from "./LedgerAccount.ts"

/** What can be wrong with a journal. */
export type JournalProblem =
  | "sequence"
  | "booking-time"
  | "unbalanced"
  | "reversed-twice"
  | "hash"
  | "head"
  | "counters"
  | "account-missing"

/** One thing that is wrong, and with which entry or account. */
export interface JournalFinding {
  readonly problem: JournalProblem
  readonly sequence: number | null
  readonly accountId: AccountId | null
  readonly detail: string
}

/** What a verification found: nothing, in a journal that nobody went past the ledger to change. */
export interface JournalVerdict {
  readonly tenant: string
  readonly entries: number
  readonly blocks: number
  readonly accounts: number
  readonly head: JournalHead
  /** At most 100; the first one is where to look. */
  readonly findings: ReadonlyArray<JournalFinding>
}

/** How far a verification has come. Changed from block to block; memory grows with accounts and reversals, not with entries. */
export interface JournalWalk {
  readonly tenant: string
  hash: string
  entries: number
  blocks: number
  micros: number
  readonly counters: Map<AccountId, Counters>
  readonly reversed: Set<string>
  readonly findings: Array<JournalFinding>
}

const mostFindings = 100

/** A verification before the first block. */
export const beginWalk = (tenant: string): JournalWalk => ({
  tenant,
  hash: noHash,
  entries: 0,
  blocks: 0,
  micros: -1,
  counters: new Map(),
  reversed: new Set(),
  findings: []
})

const found = (
  walk: JournalWalk,
  problem: JournalProblem,
  at: { readonly sequence?: number; readonly accountId?: AccountId },
  detail: string
): void => {
  if (walk.findings.length >= mostFindings) return
  walk.findings.push({ problem, sequence: at.sequence ?? null, accountId: at.accountId ?? null, detail })
}

const isBalanced = ({ lines }: JournalEntry): boolean => {
  const sums = new Map<string, readonly [posted: bigint, pending: bigint]>()
  for (const { pending, posted, side } of lines) {
    const [postedSum, pendingSum] = sums.get(posted.currency) ?? [0n, 0n]
    const sign = side === "debit" ? 1n : -1n
    sums.set(posted.currency, [postedSum + sign * posted.amount, pendingSum + sign * pending.amount])
  }
  return (
    lines.length >= 2 &&
    lines.every(({ posted }) => posted.amount >= 0n) &&
    [...sums.values()].every(([posted, pending]) => posted === 0n && pending === 0n)
  )
}

const count = (walk: JournalWalk, { lines }: JournalEntry): void => {
  for (const { accountId, pending, posted, side } of lines) {
    const before = walk.counters.get(accountId) ?? noCounters
    walk.counters.set(
      accountId,
      side === "debit"
        ? {
            ...before,
            debitsPosted: before.debitsPosted + posted.amount,
            debitsPending: before.debitsPending + pending.amount
          }
        : {
            ...before,
            creditsPosted: before.creditsPosted + posted.amount,
            creditsPending: before.creditsPending + pending.amount
          }
    )
  }
}

const walkEntry = (walk: JournalWalk, entry: JournalEntry): void => {
  const { sequence } = entry
  const micros = toMicros(entry.bookedAt)
  if (sequence !== walk.entries + 1) {
    found(walk, "sequence", { sequence }, `entry ${walk.entries + 1} was expected, and ${sequence} came`)
  }
  if (micros <= walk.micros) found(walk, "booking-time", { sequence }, "it was not booked after the entry before it")
  if (!isBalanced(entry)) {
    found(walk, "unbalanced", { sequence }, "its debits and credits differ in a currency, or an amount is below zero")
  }
  if (entry.reverses !== null) {
    if (walk.reversed.has(entry.reverses))
      found(walk, "reversed-twice", { sequence }, `it takes back ${entry.reverses} again`)
    walk.reversed.add(entry.reverses)
  }
  count(walk, entry)
  walk.entries = sequence
  walk.micros = micros
}

/** Takes the next block. */
export const walkBlock = (walk: JournalWalk, block: JournalBlock): JournalWalk => {
  const [first] = block.entries
  if (first === undefined) return walk
  for (const entry of block.entries) walkEntry(walk, entry)
  const place = { sequence: first.sequence, micros: toMicros(first.bookedAt) }
  const contents = block.entries.map((entry) => sha256(entryText(walk.tenant, entry.key, entry)))
  const hash = blockHash(walk.hash, place, contents)
  if (hash !== block.hash) {
    found(walk, "hash", { sequence: first.sequence }, `the block of ${block.entries.length} entries has another hash`)
  }
  walk.hash = block.hash
  walk.blocks += 1
  return walk
}

const sameCounters = (a: Counters, b: Counters): boolean =>
  a.debitsPosted === b.debitsPosted &&
  a.creditsPosted === b.creditsPosted &&
  a.debitsPending === b.debitsPending &&
  a.creditsPending === b.creditsPending

/**
 * Ends a verification: by the head that the journal was read up to, and the counters that its accounts had then; an account
 * may be given more than once, where its counters are kept more than once.
 */
export const endWalk = (
  walk: JournalWalk,
  head: JournalHead,
  accounts: ReadonlyArray<{ readonly id: AccountId; readonly counters: Counters }>
): JournalVerdict => {
  if (walk.entries !== head.sequence || walk.hash !== head.hash) {
    found(
      walk,
      "head",
      {},
      `the head says ${head.sequence} entries, and there are ${walk.entries}, or the last hash differs`
    )
  }
  const present = new Set<AccountId>()
  for (const { counters, id } of accounts) {
    present.add(id)
    if (!sameCounters(counters, walk.counters.get(id) ?? noCounters)) {
      found(walk, "counters", { accountId: id }, "its counters are not the sums of its lines")
    }
  }
  for (const id of walk.counters.keys()) {
    if (!present.has(id)) found(walk, "account-missing", { accountId: id }, "entries name it, and it is not there")
  }
  const { blocks, entries, findings, tenant } = walk
  return { tenant, entries, blocks, accounts: present.size, head, findings }
}
