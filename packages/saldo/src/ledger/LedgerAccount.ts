/**
 * The accounts of a ledger: what they are, what they may hold, what they hold.
 */
import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"

/** Names one account of a ledger. */
export const AccountId = Id.schema("acct")

/** The id of one account of a ledger. */
export type AccountId = typeof AccountId.Type

/** The five types of account. Assets and expenses grow on the debit side, the others on the credit side. */
export const AccountType = Schema.Literals(["asset", "liability", "equity", "income", "expense"])

/** One of the five types of account. */
export type AccountType = typeof AccountType.Type

/** One of the two sides of a posting. */
export const Side = Schema.Literals(["debit", "credit"])

/** One of the two sides of a posting. */
export type Side = typeof Side.Type

/** The side on which accounts of a type grow. */
export const normalSide = (type: AccountType): Side => (type === "asset" || type === "expense" ? "debit" : "credit")

/** A code of the chart of accounts, unique in its ledger, such as `1930` or `customers.anna.savings`. */
export const AccountCode = Schema.String.check(
  Schema.isPattern(/^[\p{L}\p{N}][\p{L}\p{N}._:/-]{0,99}$/u, {
    expected: "1 to 100 letters, digits and . _ : / -, beginning with a letter or digit"
  })
).pipe(Schema.brand("saldo/ledger/AccountCode"))

/** A code of the chart of accounts. */
export type AccountCode = typeof AccountCode.Type

/** Text of 1 to so many characters that every store keeps to the letter: without NUL and without halves of characters. */
export const text = (maxLength: number) =>
  Schema.String.check(
    Schema.isMinLength(1),
    Schema.isMaxLength(maxLength),
    Schema.isPattern(/^[^\0\p{Cs}]*$/u, { expected: "text without NUL and without halves of characters" })
  )

/** Facts of the host's own beside an account or entry: at most 50 of them, by names such as `order` or `customer.segment`. */
export const Metadata = Schema.Record(
  Schema.String,
  Schema.String.check(Schema.isMaxLength(500), Schema.isPattern(/^\P{Cs}*$/u), Schema.isPattern(/^[^\0]*$/u))
).check(
  Schema.makeFilter((record) => Object.keys(record).length <= 50, { expected: "at most 50 names" }),
  // A name that broke a rule of the record's keys would be left out in silence.
  Schema.makeFilter((record) => Object.keys(record).every((name) => /^[A-Za-z][A-Za-z0-9._-]{0,63}$/u.test(name)), {
    expected: "names of up to 64 letters, digits and . _ -, beginning with a letter"
  })
)

/** Facts of the host's own beside an account or entry. */
export type Metadata = typeof Metadata.Type

/**
 * Bounds of what is available, in minor units of the account's currency and on its normal side; null is no bound.
 *
 * `minimum` holds against posted and pending outflow: 0 forbids an overdraft, −50000 allows one of 500.00. `maximum` holds
 * against posted and pending inflow.
 */
export const Bounds = Schema.Struct({
  minimum: Schema.NullOr(Schema.BigInt),
  maximum: Schema.NullOr(Schema.BigInt)
})

/** Bounds of what is available. */
export type Bounds = typeof Bounds.Type

/** Everything of an account that its keeper may change; each change is audited. */
export const AccountSettings = Schema.Struct({
  name: text(200),
  /** The account that this one rolls up into; null at the top. Of the same type and currency. */
  parent: Schema.NullOr(AccountId),
  bounds: Bounds,
  /** A closed account takes nothing but the end of its holds; it may be opened again. */
  closed: Schema.Boolean,
  /** A frozen account takes nothing but the end of its holds. */
  frozen: Schema.Boolean,
  /** Refuses new debits (or new credits) alone. */
  debitsBlocked: Schema.Boolean,
  creditsBlocked: Schema.Boolean,
  metadata: Metadata
})

/** Everything of an account that its keeper may change. */
export type AccountSettings = typeof AccountSettings.Type

/** The four sums of an account in minor units. The posted ones only grow. Balances are derived from them, never stored. */
export const Counters = Schema.Struct({
  debitsPosted: Schema.BigInt,
  creditsPosted: Schema.BigInt,
  debitsPending: Schema.BigInt,
  creditsPending: Schema.BigInt
})

/** The four sums of an account. */
export type Counters = typeof Counters.Type

/** Of an account nothing was posted to. */
export const noCounters: Counters = { debitsPosted: 0n, creditsPosted: 0n, debitsPending: 0n, creditsPending: 0n }

/** An account of a ledger. */
export const LedgerAccount = Schema.Struct({
  id: AccountId,
  tenant: Schema.String,
  code: AccountCode,
  type: AccountType,
  /** ISO 4217, or registered by the host. An account has one currency for life. */
  currency: Schema.String,
  /** A liquidity account is where currencies meet: an entry of several currencies passes one in each of them. */
  role: Schema.Literals(["ordinary", "liquidity"]),
  ...AccountSettings.fields,
  counters: Counters,
  /** Counts every change of settings and every entry that touched the account; 1 when it was opened. */
  version: Schema.Int,
  openedAt: Schema.DateTimeUtc
})

/** An account of a ledger. */
export type LedgerAccount = typeof LedgerAccount.Type
