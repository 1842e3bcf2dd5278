/**
 * What the ledger's tables hold, and what it means.
 *
 * Rows are trusted to be of this store: what somebody else wrote into them is for the verification of the chain to find.
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type { CommandKey } from "../core/Command.ts"
import { jsonText } from "../core/JsonText.ts"
import { sha256 } from "../core/sha256.ts"
import * as Money from "../money/Money.ts"
import type { LocalDate } from "../time/LocalDate.ts"
import { fromMicros } from "./BookingTime.ts"
import type { Hold, HoldId, HoldState } from "./Hold.ts"
import {
  type AccountLine,
  type EntryId,
  type EntryKind,
  Exchange,
  type JournalEntry,
  type Line
} from "./JournalEntry.ts"
import {
  type AccountCode,
  type AccountId,
  type AccountSettings,
  type AccountType,
  type Counters,
  type LedgerAccount,
  type Metadata,
  type Side
} from "./LedgerAccount.ts"

/** Integers come as bigint from columns of 64 bits, and as number from narrower ones. */
type Whole = bigint | number

/** The four sums of an account, as columns. */
export interface CounterColumns {
  readonly debits_posted: bigint
  readonly credits_posted: bigint
  readonly debits_pending: bigint
  readonly credits_pending: bigint
}

/** A row of `saldo_ledger_accounts`. */
export interface AccountRow extends CounterColumns {
  readonly tenant: string
  readonly account_id: string
  readonly code: string
  readonly type: string
  readonly currency: string
  readonly role: string
  readonly name: string
  readonly parent: string | null
  readonly minimum: bigint | null
  readonly maximum: bigint | null
  readonly closed: Whole
  readonly frozen: Whole
  readonly debits_blocked: Whole
  readonly credits_blocked: Whole
  readonly metadata: string
  /** The latest value date of the account's lines that were not ahead of their day; empty at first. */
  readonly value_high: string
  readonly version: bigint
  readonly opened_at: bigint
}

/** A row of `saldo_ledger_entries`. */
export interface EntryRow {
  readonly tenant: string
  readonly sequence: bigint
  readonly entry_id: string
  readonly booked_at: bigint
  readonly command_key: string
  readonly kind: string
  readonly value_on: string
  readonly hold_id: string | null
  readonly reverses: string | null
  readonly exchange: string | null
  readonly code: string | null
  readonly description: string | null
  readonly metadata: string
  readonly block_hash: string | null
}

/** The columns of `saldo_ledger_postings` that say what a line says. */
export interface LineRow {
  readonly sequence: bigint
  readonly line: Whole
  readonly account_id: string
  readonly side: string
  readonly currency: string
  readonly posted: bigint
  readonly pending: bigint
}

/** A line with its entry and the account's sums after it. */
export interface ActivityRow extends LineRow, CounterColumns {
  readonly entry_id: string
  readonly kind: string
  readonly booked_at: bigint
  readonly value_on: string
  readonly code: string | null
  readonly description: string | null
}

/** A row of `saldo_ledger_holds`. */
export interface HoldRow {
  readonly tenant: string
  readonly hold_id: string
  readonly debit: string
  readonly credit: string
  readonly currency: string
  readonly amount: bigint
  readonly captured: bigint
  readonly remaining: bigint
  readonly over_capture: bigint
  readonly state: string
  readonly expires_at: bigint | null
}

const decodeMetadata = Schema.decodeUnknownSync(jsonText(Schema.Record(Schema.String, Schema.String)))
const decodeExchange = Schema.decodeUnknownSync(jsonText(Exchange))

/** Metadata as it is stored. */
export const metadataText = (metadata: Metadata): string => JSON.stringify(metadata)

const metadataOf = (text: string): Metadata => (text === "{}" ? {} : decodeMetadata(text))

/** What an index has of a name and value of metadata; names have no `=` in them. */
export const tagOf = (name: string, value: string): string => sha256(`${name}=${value}`)

/** The tags of metadata. */
export const tagsOf = (metadata: Metadata): ReadonlyArray<string> =>
  Object.entries(metadata).map(([name, value]) => tagOf(name, value))

/** The sums of columns. */
export const countersOf = (row: CounterColumns): Counters => ({
  debitsPosted: row.debits_posted,
  creditsPosted: row.credits_posted,
  debitsPending: row.debits_pending,
  creditsPending: row.credits_pending
})

/** The columns of sums. */
export const counterColumns = (counters: Counters): CounterColumns => ({
  debits_posted: counters.debitsPosted,
  credits_posted: counters.creditsPosted,
  debits_pending: counters.debitsPending,
  credits_pending: counters.creditsPending
})

/** The account of a row. */
export const accountOfRow = (row: AccountRow): LedgerAccount => ({
  id: row.account_id as AccountId,
  tenant: row.tenant,
  code: row.code as AccountCode,
  type: row.type as AccountType,
  currency: row.currency,
  role: row.role as LedgerAccount["role"],
  name: row.name,
  parent: row.parent as AccountId | null,
  bounds: { minimum: row.minimum, maximum: row.maximum },
  closed: Number(row.closed) === 1,
  frozen: Number(row.frozen) === 1,
  debitsBlocked: Number(row.debits_blocked) === 1,
  creditsBlocked: Number(row.credits_blocked) === 1,
  metadata: metadataOf(row.metadata),
  counters: countersOf(row),
  version: Number(row.version),
  openedAt: DateTime.makeUnsafe(Number(row.opened_at))
})

/** The columns of an account, in the order of `accountOfValues`. */
export const accountColumnNames = `tenant, account_id, code, type, currency, role, name, parent, minimum, maximum, closed,
  frozen, debits_blocked, credits_blocked, metadata, debits_posted, credits_posted, debits_pending, credits_pending,
  value_high, version, opened_at`

/** The account of a row that was read as values: of thousands of accounts, half of the time goes into rows with names. */
export const accountOfValues = (values: ReadonlyArray<unknown>): LedgerAccount =>
  accountOfRow({
    tenant: values[0] as string,
    account_id: values[1] as string,
    code: values[2] as string,
    type: values[3] as string,
    currency: values[4] as string,
    role: values[5] as string,
    name: values[6] as string,
    parent: values[7] as string | null,
    minimum: values[8] as bigint | null,
    maximum: values[9] as bigint | null,
    closed: values[10] as Whole,
    frozen: values[11] as Whole,
    debits_blocked: values[12] as Whole,
    credits_blocked: values[13] as Whole,
    metadata: values[14] as string,
    debits_posted: values[15] as bigint,
    credits_posted: values[16] as bigint,
    debits_pending: values[17] as bigint,
    credits_pending: values[18] as bigint,
    value_high: values[19] as string,
    version: values[20] as bigint,
    opened_at: values[21] as bigint
  })

/** The last value date of a row that was read as values. */
export const valueHighOfValues = (values: ReadonlyArray<unknown>): string => values[19] as string

/** The columns of an account's settings. */
export const settingsColumns = (settings: AccountSettings) => ({
  name: settings.name,
  parent: settings.parent,
  minimum: settings.bounds.minimum,
  maximum: settings.bounds.maximum,
  closed: Number(settings.closed),
  frozen: Number(settings.frozen),
  debits_blocked: Number(settings.debitsBlocked),
  credits_blocked: Number(settings.creditsBlocked),
  metadata: metadataText(settings.metadata)
})

/** The row of an account to which nothing was posted. */
export const rowOfAccount = (account: LedgerAccount): AccountRow => ({
  tenant: account.tenant,
  account_id: account.id,
  code: account.code,
  type: account.type,
  currency: account.currency,
  role: account.role,
  ...settingsColumns(account),
  ...counterColumns(account.counters),
  value_high: "",
  version: BigInt(account.version),
  opened_at: BigInt(account.openedAt.epochMilliseconds)
})

/** The line of a row. */
export const lineOfRow = (row: LineRow): Line => ({
  accountId: row.account_id as AccountId,
  side: row.side as Side,
  posted: Money.fromMinor(row.posted, row.currency),
  pending: Money.fromMinor(row.pending, row.currency)
})

/** The entry of a row and of its lines' rows, which are in their order. */
export const entryOfRows = (row: EntryRow, lines: ReadonlyArray<LineRow>): JournalEntry => ({
  id: row.entry_id as EntryId,
  kind: row.kind as EntryKind,
  valueOn: row.value_on as LocalDate,
  lines: lines.map(lineOfRow),
  holdId: row.hold_id as HoldId | null,
  reverses: row.reverses as EntryId | null,
  exchange: row.exchange === null ? null : decodeExchange(row.exchange),
  code: row.code,
  description: row.description,
  metadata: metadataOf(row.metadata),
  tenant: row.tenant,
  sequence: Number(row.sequence),
  bookedAt: fromMicros(Number(row.booked_at)),
  key: row.command_key as CommandKey
})

/** The line of an account's activity. */
export const activityOfRow = (row: ActivityRow): AccountLine => ({
  sequence: Number(row.sequence),
  entryId: row.entry_id as EntryId,
  kind: row.kind as EntryKind,
  bookedAt: fromMicros(Number(row.booked_at)),
  valueOn: row.value_on as LocalDate,
  side: row.side as Side,
  posted: Money.fromMinor(row.posted, row.currency),
  pending: Money.fromMinor(row.pending, row.currency),
  code: row.code,
  description: row.description,
  after: countersOf(row)
})

/** The hold of a row. */
export const holdOfRow = (row: HoldRow): Hold => {
  const money = (amount: bigint) => Money.fromMinor(amount, row.currency)
  return {
    id: row.hold_id as HoldId,
    tenant: row.tenant,
    debit: row.debit as AccountId,
    credit: row.credit as AccountId,
    amount: money(row.amount),
    captured: money(row.captured),
    remaining: money(row.remaining),
    state: row.state as HoldState,
    expiresAt: row.expires_at === null ? null : DateTime.makeUnsafe(Number(row.expires_at)),
    overCapture: money(row.over_capture)
  }
}

/** The row of a hold. */
export const rowOfHold = (hold: Hold): HoldRow => ({
  tenant: hold.tenant,
  hold_id: hold.id,
  debit: hold.debit,
  credit: hold.credit,
  currency: hold.amount.currency,
  amount: hold.amount.amount,
  captured: hold.captured.amount,
  remaining: hold.remaining.amount,
  over_capture: hold.overCapture.amount,
  state: hold.state,
  expires_at: hold.expiresAt === null ? null : BigInt(hold.expiresAt.epochMilliseconds)
})
