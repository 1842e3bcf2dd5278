/**
 * Why a ledger refuses a command. A refusal leaves everything as it was, is remembered under the command's key, and is
 * final: whoever wants another try sends a new key.
 */
import * as Schema from "effect/Schema"
import { BookingTime } from "./BookingTime.ts"
import { HoldId, HoldState } from "./Hold.ts"
import { EntryId } from "./JournalEntry.ts"
import { AccountId } from "./LedgerAccount.ts"
import { MoneySchema } from "../money/MoneySchema.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"

/** The ledger of the tenant has no such account. */
export class AccountNotFound extends Schema.TaggedError<AccountNotFound>()(
  "AccountNotFound",
  { accountId: Schema.String },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no ledger account ${this.accountId}`
  }
}

/** The account is closed, frozen, or blocked on the side that was asked for. */
export class AccountUnavailable extends Schema.TaggedError<AccountUnavailable>()(
  "AccountUnavailable",
  { accountId: AccountId, reason: Schema.Literals(["closed", "frozen", "debits-blocked", "credits-blocked"]) },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The ledger account ${this.accountId} takes no such posting: ${this.reason.replace("-", " are ")}`
  }
}

/** A posting names another currency than its account has. */
export class WrongCurrency extends Schema.TaggedError<WrongCurrency>()(
  "WrongCurrency",
  { accountId: AccountId, expected: Schema.String, given: Schema.String },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The ledger account ${this.accountId} is in ${this.expected}, and the amount in ${this.given}`
  }
}

/** An entry of several currencies must pass a liquidity account in each of them, and say its rate. */
export class LiquidityAccountMissing extends Schema.TaggedError<LiquidityAccountMissing>()(
  "LiquidityAccountMissing",
  { currency: Schema.String },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `An entry of several currencies needs a posting to a liquidity account in ${this.currency}`
  }
}

/** The account would go below its minimum, counting what is held. `available` is what could be taken, above that minimum. */
export class InsufficientFunds extends Schema.TaggedError<InsufficientFunds>()(
  "InsufficientFunds",
  { accountId: AccountId, available: MoneySchema, requested: MoneySchema },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The ledger account ${this.accountId} has ${this.available.toString()} available, and ${this.requested.toString()} was asked for`
  }
}

/** The account would go above its maximum, counting what is announced. `room` is what it could still take. */
export class MaximumExceeded extends Schema.TaggedError<MaximumExceeded>()(
  "MaximumExceeded",
  { accountId: AccountId, room: MoneySchema, requested: MoneySchema },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The ledger account ${this.accountId} may take ${this.room.toString()} more, and ${this.requested.toString()} was asked for`
  }
}

/** A balancing entry found nothing to move. */
export class NothingAvailable extends Schema.TaggedError<NothingAvailable>()(
  "NothingAvailable",
  { accountId: AccountId },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `Nothing can be moved up to what is available on the ledger account ${this.accountId}`
  }
}

/** A sum would not fit a signed 64-bit integer. */
export class LedgerOverflow extends Schema.TaggedError<LedgerOverflow>()(
  "LedgerOverflow",
  { accountId: AccountId },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `A counter of the ledger account ${this.accountId} would no longer fit 64 bits`
  }
}

/** The account has changed since the caller looked. */
export class VersionConflict extends Schema.TaggedError<VersionConflict>()(
  "VersionConflict",
  { accountId: AccountId, expected: Schema.Int, actual: Schema.Int },
  { httpApiStatus: 412 }
) {
  override get message(): string {
    return `The ledger account ${this.accountId} is at version ${this.actual}, not ${this.expected}; read it again`
  }
}

/** The value date lies after today and the caller did not say that this is meant. */
export class ValueDateInFuture extends Schema.TaggedError<ValueDateInFuture>()(
  "ValueDateInFuture",
  { valueOn: LocalDateSchema, today: LocalDateSchema },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The value date ${this.valueOn} is after today, ${this.today}; say allowFutureValue if that is meant`
  }
}

/** Another entry has this id already. */
export class EntryIdTaken extends Schema.TaggedError<EntryIdTaken>()(
  "EntryIdTaken",
  { entryId: EntryId },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `Another command made the entry ${this.entryId}`
  }
}

/** The ledger of the tenant has no such entry. */
export class EntryNotFound extends Schema.TaggedError<EntryNotFound>()(
  "EntryNotFound",
  { entryId: Schema.String },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no journal entry ${this.entryId}`
  }
}

/** Entries that move no money (holds, voids, expiries) have nothing to reverse, and a reversal itself stays. */
export class EntryNotReversible extends Schema.TaggedError<EntryNotReversible>()(
  "EntryNotReversible",
  { entryId: EntryId, kind: Schema.String },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return this.kind === "reversal"
      ? `The journal entry ${this.entryId} takes another one back itself; book a new entry instead`
      : `The journal entry ${this.entryId} is ${this.kind} and moved no money, so there is nothing to take back`
  }
}

/** An entry is taken back once. */
export class AlreadyReversed extends Schema.TaggedError<AlreadyReversed>()(
  "AlreadyReversed",
  { entryId: EntryId, reversedBy: EntryId },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The journal entry ${this.entryId} was taken back by ${this.reversedBy} already`
  }
}

/** Another hold has this id already. */
export class HoldIdTaken extends Schema.TaggedError<HoldIdTaken>()(
  "HoldIdTaken",
  { holdId: HoldId },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `Another command made the hold ${this.holdId}`
  }
}

/** The ledger of the tenant has no such hold, also because its command was refused. */
export class HoldNotFound extends Schema.TaggedError<HoldNotFound>()(
  "HoldNotFound",
  { holdId: Schema.String },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no hold ${this.holdId}`
  }
}

/** The hold has ended. */
export class HoldEnded extends Schema.TaggedError<HoldEnded>()(
  "HoldEnded",
  { holdId: HoldId, state: HoldState },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The hold ${this.holdId} has ended: it is ${this.state}`
  }
}

/** The hold's time has run out, or, for an expiry, has not. */
export class HoldTimeMismatch extends Schema.TaggedError<HoldTimeMismatch>()(
  "HoldTimeMismatch",
  { holdId: HoldId, reason: Schema.Literals(["expired", "not-yet-expired"]) },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return this.reason === "expired"
      ? `The time of the hold ${this.holdId} has run out`
      : `The time of the hold ${this.holdId} has not run out`
  }
}

/** More was to be captured than remains and than the hold's over-capture allows. */
export class CaptureTooLarge extends Schema.TaggedError<CaptureTooLarge>()(
  "CaptureTooLarge",
  { holdId: HoldId, allowed: MoneySchema, requested: MoneySchema },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `At most ${this.allowed.toString()} can be captured of the hold ${this.holdId}, not ${this.requested.toString()}`
  }
}

/** Imported history must come in order, after everything booked and not after now. */
export class ImportOutOfOrder extends Schema.TaggedError<ImportOutOfOrder>()(
  "ImportOutOfOrder",
  { importedAt: BookingTime, after: Schema.NullOr(BookingTime), now: BookingTime },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `An imported entry must be booked after ${this.after ?? "the beginning"} and not after ${this.now}, not at ${this.importedAt}`
  }
}

/** Every refusal of a command. */
export const LedgerRefusal = Schema.Union([
  AccountNotFound,
  AccountUnavailable,
  WrongCurrency,
  LiquidityAccountMissing,
  InsufficientFunds,
  MaximumExceeded,
  NothingAvailable,
  LedgerOverflow,
  VersionConflict,
  ValueDateInFuture,
  EntryIdTaken,
  EntryNotFound,
  EntryNotReversible,
  AlreadyReversed,
  HoldIdTaken,
  HoldNotFound,
  HoldEnded,
  HoldTimeMismatch,
  CaptureTooLarge,
  ImportOutOfOrder
])

/** A refusal of a command. */
export type LedgerRefusal = typeof LedgerRefusal.Type

/** A command that can never be carried out, whatever the ledger holds; nothing of it is remembered. */
export class CommandInvalid extends Schema.TaggedError<CommandInvalid>()(
  "CommandInvalid",
  {
    /** Where, as a JSON pointer into the command, such as `/operations/0/postings/1/amount`. */
    path: Schema.String,
    problem: Schema.String
  },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The command is invalid at ${this.path === "" ? "its top" : this.path}: ${this.problem}`
  }
}
