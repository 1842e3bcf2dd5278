/**
 * What of a ledger is asked for.
 */
import * as Schema from "effect/Schema"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import { BookingTime } from "./BookingTime.ts"
import { HoldId, HoldState } from "./Hold.ts"
import { EntryKind } from "./JournalEntry.ts"
import { AccountId, AccountType } from "./LedgerAccount.ts"
import { Text } from "../core/Text.ts"

const metadata = Schema.optionalKey(Schema.Record(Text, Text))

/**
 * As of when a balance is meant; both parts may be left out and must hold together when given.
 *
 * `valueOn` counts what has that value date or an earlier one; `knownAt` counts what was booked by then, so that a report
 * can be made again as it was.
 */
export const AsOf = Schema.Struct({
  valueOn: Schema.optionalKey(LocalDateSchema),
  knownAt: Schema.optionalKey(BookingTime)
})

/** As of when a balance is meant. */
export type AsOf = typeof AsOf.Type

/** Which accounts to give; every part is optional, and all parts must hold. Metadata must be equal, name by name. */
export const AccountFilter = Schema.Struct({
  type: Schema.optionalKey(AccountType),
  currency: Schema.optionalKey(Text),
  parent: Schema.optionalKey(AccountId),
  closed: Schema.optionalKey(Schema.Boolean),
  codePrefix: Schema.optionalKey(Text),
  metadata
})

/** Which accounts to give. */
export type AccountFilter = typeof AccountFilter.Type

/** Which entries to give; every part is optional, and all parts must hold. Days and times are counted, first and last. */
export const EntryFilter = Schema.Struct({
  accountId: Schema.optionalKey(AccountId),
  kind: Schema.optionalKey(EntryKind),
  code: Schema.optionalKey(Text),
  holdId: Schema.optionalKey(HoldId),
  valueFrom: Schema.optionalKey(LocalDateSchema),
  valueTo: Schema.optionalKey(LocalDateSchema),
  bookedFrom: Schema.optionalKey(BookingTime),
  bookedTo: Schema.optionalKey(BookingTime),
  metadata
})

/** Which entries to give. */
export type EntryFilter = typeof EntryFilter.Type

/** Which lines of an account to give, by booking order. */
export const LineFilter = Schema.Struct({
  valueFrom: Schema.optionalKey(LocalDateSchema),
  valueTo: Schema.optionalKey(LocalDateSchema),
  bookedFrom: Schema.optionalKey(BookingTime),
  bookedTo: Schema.optionalKey(BookingTime),
  /** Leaves out what only moved pending amounts. */
  postedOnly: Schema.optionalKey(Schema.Boolean)
})

/** Which lines of an account to give. */
export type LineFilter = typeof LineFilter.Type

/** Which holds to give; an account may be on either side. */
export const HoldFilter = Schema.Struct({
  accountId: Schema.optionalKey(AccountId),
  state: Schema.optionalKey(HoldState)
})

/** Which holds to give. */
export type HoldFilter = typeof HoldFilter.Type
