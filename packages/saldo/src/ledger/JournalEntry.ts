/**
 * What a ledger has booked. Entries are never changed and never removed.
 */
import * as Schema from "effect/Schema"
import { CommandKey } from "../core/Command.ts"
import * as Id from "../core/Id.ts"
import { MoneySchema } from "../money/MoneySchema.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import { BookingTime } from "./BookingTime.ts"
import { HoldId } from "./Hold.ts"
import { AccountId, Counters, Metadata, Side, text } from "./LedgerAccount.ts"

/** Names one entry of a journal. */
export const EntryId = Id.schema("entry")

/** The id of one entry of a journal. */
export type EntryId = typeof EntryId.Type

/**
 * What an entry does: `posted` moves money; `held` sets money aside; `captured` moves held money and ends or lowers the
 * hold; `voided` and `expired` give back what is still held.
 */
export const EntryKind = Schema.Literals(["posted", "held", "captured", "voided", "expired"])

/** What an entry does. */
export type EntryKind = typeof EntryKind.Type

/** The rate by which an entry of several currencies exchanged, with its date and its source, as the caller gave it. */
export const Exchange = Schema.Struct({
  /** Units of `quote` for one of `base`, as decimal text. */
  rate: Schema.String.check(
    Schema.isPattern(/^(?=.*[1-9])\d{1,18}(?:\.\d{1,18})?$/u, { expected: "a decimal number above zero" })
  ),
  base: Schema.String,
  quote: Schema.String,
  date: LocalDateSchema,
  source: text(100)
})

/** The rate by which an entry of several currencies exchanged. */
export type Exchange = typeof Exchange.Type

/**
 * One line of an entry. `posted` (zero or more) is added to the posted counter of its side, `pending` (of either sign) to
 * the pending one.
 */
export const Line = Schema.Struct({
  accountId: AccountId,
  side: Side,
  posted: MoneySchema,
  pending: MoneySchema
})

/** One line of an entry. */
export type Line = typeof Line.Type

/** What an entry says, before the ledger has given it its place. */
export const EntryContent = Schema.Struct({
  id: EntryId,
  kind: EntryKind,
  /** The date from which the amounts count for interest and for balances by value date. */
  valueOn: LocalDateSchema,
  lines: Schema.Array(Line),
  /** The hold that the entry makes, captures, voids or lets expire. */
  holdId: Schema.NullOr(HoldId),
  /** The entry that this one takes back. */
  reverses: Schema.NullOr(EntryId),
  exchange: Schema.NullOr(Exchange),
  /** A word of the host for what happened, such as the name of the posting template. */
  code: Schema.NullOr(Schema.String),
  description: Schema.NullOr(Schema.String),
  metadata: Metadata
})

/** What an entry says, before the ledger has given it its place. */
export type EntryContent = typeof EntryContent.Type

/** An entry in its place in the journal. */
export const JournalEntry = Schema.Struct({
  ...EntryContent.fields,
  tenant: Schema.String,
  /** Its number in the journal, from 1 without a gap. */
  sequence: Schema.Int,
  bookedAt: BookingTime,
  /** The key of the command that made it. Entries of one key were booked together or not at all. */
  key: CommandKey
})

/** An entry in its place in the journal. */
export type JournalEntry = typeof JournalEntry.Type

/** One line of an account's activity: the entry's line, and the account's counters right after it. */
export const AccountLine = Schema.Struct({
  sequence: Schema.Int,
  entryId: EntryId,
  kind: EntryKind,
  bookedAt: BookingTime,
  valueOn: LocalDateSchema,
  side: Side,
  posted: MoneySchema,
  pending: MoneySchema,
  code: Schema.NullOr(Schema.String),
  description: Schema.NullOr(Schema.String),
  after: Counters
})

/** One line of an account's activity. */
export type AccountLine = typeof AccountLine.Type

/** The end of a journal: how many entries, when the last one was booked (null when there is none), and the last link of the chain. */
export const JournalHead = Schema.Struct({
  tenant: Schema.String,
  sequence: Schema.Int,
  bookedAt: Schema.NullOr(BookingTime),
  /** SHA-256 as 64 hexadecimal digits; 64 zeros for an empty journal. */
  hash: Schema.String
})

/** The end of a journal. */
export type JournalHead = typeof JournalHead.Type

/**
 * A block of the hash chain: the entries that one transaction booked, in order.
 *
 * `hash` is SHA-256 of, joined as bytes: the hash of the block before (32 bytes, zeros for the first), the first sequence,
 * the number of entries and the first booking time in microseconds (each a big-endian signed 64-bit integer), and the
 * SHA-256 of each entry's content (`contentHash`). The entries of a block are booked one microsecond apart.
 */
export interface JournalBlock {
  readonly entries: ReadonlyArray<JournalEntry>
  readonly hash: string
}
