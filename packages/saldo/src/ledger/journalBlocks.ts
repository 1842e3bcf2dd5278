import * as Result from "effect/Result"
import type { CommandKey } from "../core/Command.ts"
import { sha256, sha256OfBytes } from "../core/sha256.ts"
import { fromMicros, toMicros } from "./BookingTime.ts"
import type { DecidedCommand } from "./decideAll.ts"
import { entryText } from "./entryText.ts"
import type { JournalEntry, JournalHead } from "./JournalEntry.ts"
import type { DecidedEntry } from "./ledgerDraft.ts"

/** The last link of an empty journal. */
export const noHash = "0".repeat(64)

/** An entry that was decided, with the command that it is of and the hash of its text. */
export interface UnplacedEntry {
  readonly key: CommandKey
  readonly decided: DecidedEntry
  /** SHA-256 of `entryText`, as 64 hexadecimal digits. */
  readonly contentHash: string
}

/** Entries that make one block of the chain, before they have their place in it. */
export interface UnplacedBlock {
  /** When imported history was booked, in microseconds; null for the ledger's own time. */
  readonly importedMicros: number | null
  readonly entries: ReadonlyArray<UnplacedEntry>
}

/** A block in its place. */
export interface PlacedBlock {
  readonly head: JournalHead
  readonly entries: ReadonlyArray<{ readonly entry: JournalEntry; readonly decided: DecidedEntry }>
}

/** The blocks of what was decided: one for each imported command, one for all the others together. */
export const blocksOf = (tenant: string, commands: ReadonlyArray<DecidedCommand>): ReadonlyArray<UnplacedBlock> => {
  const blocks: Array<{ readonly importedMicros: number | null; readonly entries: Array<UnplacedEntry> }> = []
  for (const { importedMicros, key, outcome } of commands) {
    if (Result.isFailure(outcome)) continue
    const entries = outcome.success.map((decided) => ({
      key,
      decided,
      contentHash: sha256(entryText(tenant, key, decided.content))
    }))
    const last = blocks.at(-1)
    if (importedMicros === null && last !== undefined && last.importedMicros === null) last.entries.push(...entries)
    else blocks.push({ importedMicros, entries })
  }
  return blocks
}

const int64 = (value: number): string => value.toString(16).padStart(16, "0")

/** The hash of a block as `JournalBlock` defines it; numbers are not negative. */
export const blockHash = (
  previous: string,
  first: { readonly sequence: number; readonly micros: number },
  contentHashes: ReadonlyArray<string>
): string =>
  sha256OfBytes(
    previous + int64(first.sequence) + int64(contentHashes.length) + int64(first.micros) + contentHashes.join("")
  )

/** Puts a block behind the head of its journal. */
export const place = (head: JournalHead, block: UnplacedBlock, nowMicros: number): PlacedBlock => {
  const { tenant } = head
  const earliest = head.bookedAt === null ? 0 : toMicros(head.bookedAt) + 1
  const first = { sequence: head.sequence + 1, micros: block.importedMicros ?? Math.max(nowMicros, earliest) }
  const entries = block.entries.map(({ decided, key }, index) => ({
    decided,
    entry: {
      ...decided.content,
      tenant,
      sequence: first.sequence + index,
      bookedAt: fromMicros(first.micros + index),
      key
    }
  }))
  const hashes = block.entries.map(({ contentHash }) => contentHash)
  return {
    entries,
    head: {
      tenant,
      sequence: head.sequence + entries.length,
      bookedAt: fromMicros(first.micros + entries.length - 1),
      hash: blockHash(head.hash, first, hashes)
    }
  }
}
