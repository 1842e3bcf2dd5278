/**
 * What a ledger can be told to do. A command is all or nothing, and named by a key: the same key and content take effect
 * once and give the same answer for ever.
 */
import * as Schema from "effect/Schema"
import { CommandKey } from "../core/Command.ts"
import { MoneySchema } from "../money/MoneySchema.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import { BookingTime } from "./BookingTime.ts"
import { HoldId } from "./Hold.ts"
import { EntryId, Exchange } from "./JournalEntry.ts"
import { AccountId, Metadata, Side, text } from "./LedgerAccount.ts"

/** How long a hold may last at most: a hundred years, so that its end is an instant that every calendar has. */
export const longestHoldMs = 3_155_760_000_000

const described = {
  /** Today by the ledger's calendar when left out. */
  valueOn: Schema.optionalKey(LocalDateSchema),
  code: Schema.optionalKey(text(100)),
  description: Schema.optionalKey(text(500)),
  metadata: Schema.optionalKey(Metadata)
}

/** One side of an entry: so much, above zero, on one side of one account. */
export const Posting = Schema.Struct({ accountId: AccountId, side: Side, amount: MoneySchema })

/** One side of an entry. */
export type Posting = typeof Posting.Type

/** Books an entry of two or more postings, which balance in each currency. */
export const Post = Schema.TaggedStruct("Post", {
  /** Made by the ledger when left out. */
  entryId: Schema.optionalKey(EntryId),
  postings: Schema.Array(Posting),
  /**
   * Balancing: an entry of two postings moves as much of its amount as is available on this account (one of the two) and
   * as the other may take; refused when that is nothing.
   */
  upToAvailableOn: Schema.optionalKey(AccountId),
  exchange: Schema.optionalKey(Exchange),
  /** Value dates after today are refused unless the caller says that one is meant. */
  allowFutureValue: Schema.optionalKey(Schema.Boolean),
  ...described
})

/** Books an entry. */
export type Post = typeof Post.Type

/** Sets money aside. */
export const PlaceHold = Schema.TaggedStruct("PlaceHold", {
  holdId: HoldId,
  debit: AccountId,
  credit: AccountId,
  amount: MoneySchema,
  /** From the ledger's clock at booking, so that no two clocks need agree. Never expires when left out. */
  expiresAfterMs: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: longestHoldMs }))),
  overCapture: Schema.optionalKey(MoneySchema),
  ...described
})

/** Sets money aside. */
export type PlaceHold = typeof PlaceHold.Type

/** Moves held money. */
export const Capture = Schema.TaggedStruct("Capture", {
  holdId: HoldId,
  /** All that remains when left out. */
  amount: Schema.optionalKey(MoneySchema),
  /** What becomes of the rest: given back at once, which ends the hold (the default), or kept for a further capture. */
  rest: Schema.optionalKey(Schema.Literals(["release", "keep"])),
  ...described
})

/** Moves held money. */
export type Capture = typeof Capture.Type

/** Gives held money back. */
export const VoidHold = Schema.TaggedStruct("VoidHold", { holdId: HoldId, ...described })

/** Gives held money back. */
export type VoidHold = typeof VoidHold.Type

/** Gives back what is held past its time; the ledger's own sweep sends these. */
export const ExpireHold = Schema.TaggedStruct("ExpireHold", { holdId: HoldId })

/** Gives back what is held past its time. */
export type ExpireHold = typeof ExpireHold.Type

/**
 * Takes back a posted or captured entry by one with the sides exchanged, once and for all: a reversal is not taken back,
 * what it undid is booked anew. Bounds hold for it as for any other entry.
 */
export const Reverse = Schema.TaggedStruct("Reverse", { entryId: EntryId, ...described })

/** Takes back an entry. */
export type Reverse = typeof Reverse.Type

/** One thing to do. */
export const Operation = Schema.Union([Post, PlaceHold, Capture, VoidHold, ExpireHold, Reverse])

/** One thing to do. */
export type Operation = typeof Operation.Type

/** An account must be at this version when the command is carried out. */
export const ExpectedVersion = Schema.Struct({ accountId: AccountId, version: Schema.Int })

/**
 * One or more operations that take effect together or not at all, in their order.
 *
 * Account bounds are checked on the net effect of the whole command, not in between its operations.
 */
export const LedgerCommand = Schema.Struct({
  key: CommandKey,
  operations: Schema.Array(Operation).check(Schema.isMinLength(1), Schema.isMaxLength(1000)),
  expectedVersions: Schema.optionalKey(Schema.Array(ExpectedVersion)),
  /**
   * Takes over history of another system: the entries are booked at this time, which must be after everything booked so
   * far and not after now. Each following entry of the command is one microsecond later.
   */
  importedAt: Schema.optionalKey(BookingTime)
})

/** A command to the ledger. */
export type LedgerCommand = typeof LedgerCommand.Type
