/**
 * The books: accounts, entries, holds, and the proofs of them.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { NotPermitted } from "saldo/core/Actor"
import { IdempotencyMismatch } from "saldo/core/Command"
import * as Page from "saldo/core/Page"
import {
  AccountChange,
  AccountNotEmpty,
  AccountOpening,
  AccountTaken,
  ParentUnsuitable
} from "saldo/ledger/AccountOpening"
import { Hold, HoldId } from "saldo/ledger/Hold"
import { AccountLine, EntryId, JournalEntry, JournalHead } from "saldo/ledger/JournalEntry"
import { AccountId, Counters, LedgerAccount } from "saldo/ledger/LedgerAccount"
import { Capture, LedgerCommand, PlaceHold, Post, Reverse, VoidHold } from "saldo/ledger/LedgerCommand"
import { AccountFilter, AsOf, EntryFilter, HoldFilter, LineFilter } from "saldo/ledger/LedgerFilter"
import * as Refusal from "saldo/ledger/LedgerRefusal"
import { MoneySchema } from "saldo/money/MoneySchema"
import { Authentication } from "./Authentication.ts"
import { problems } from "./Problem.ts"
import { notFoundPage, pageQuery } from "./Read.ts"
import { guardedHeaders, notExecuted, writeHeaders } from "./Write.ts"

/** An account of the ledger as it is shown. */
const LedgerAccountView = LedgerAccount.mapFields(Struct.omit(["tenant"])).annotate({ identifier: "LedgerAccount" })

/** An entry as it is shown; the command's key stays between the ledger and whoever sent it. */
const EntryView = JournalEntry.mapFields(Struct.omit(["tenant", "key"])).annotate({ identifier: "JournalEntry" })

const HoldView = Hold.mapFields(Struct.omit(["tenant"])).annotate({ identifier: "Hold" })

const LedgerBalanceView = Schema.Struct({
  account: LedgerAccountView,
  counters: Counters,
  balance: MoneySchema,
  available: Schema.NullOr(MoneySchema),
  pendingIn: MoneySchema,
  pendingOut: MoneySchema
}).annotate({ identifier: "LedgerBalance" })

const TrialBalanceView = Schema.Struct({
  lines: Schema.Array(
    Schema.Struct({
      account: LedgerAccountView,
      counters: Counters,
      debit: MoneySchema,
      credit: MoneySchema,
      rolledUp: MoneySchema
    })
  ),
  totals: Schema.Array(Schema.Struct({ currency: Schema.String, debit: MoneySchema, credit: MoneySchema })),
  balanced: Schema.Boolean
}).annotate({ identifier: "TrialBalance" })

const JournalVerdictView = Schema.Struct({
  entries: Schema.Int,
  blocks: Schema.Int,
  accounts: Schema.Int,
  head: JournalHead.mapFields(Struct.omit(["tenant"])),
  findings: Schema.Array(
    Schema.Struct({
      problem: Schema.String,
      sequence: Schema.NullOr(Schema.Int),
      accountId: Schema.NullOr(AccountId),
      detail: Schema.String
    })
  )
}).annotate({ identifier: "JournalVerdict" })

const refusals = problems(
  NotPermitted,
  IdempotencyMismatch,
  Refusal.CommandInvalid,
  Refusal.AccountNotFound,
  Refusal.AccountUnavailable,
  Refusal.WrongCurrency,
  Refusal.LiquidityAccountMissing,
  Refusal.InsufficientFunds,
  Refusal.MaximumExceeded,
  Refusal.NothingAvailable,
  Refusal.LedgerOverflow,
  Refusal.VersionConflict,
  Refusal.ValueDateInFuture,
  Refusal.EntryIdTaken,
  Refusal.EntryNotFound,
  Refusal.EntryNotReversible,
  Refusal.AlreadyReversed,
  Refusal.HoldIdTaken,
  Refusal.HoldNotFound,
  Refusal.HoldEnded,
  Refusal.HoldTimeMismatch,
  Refusal.CaptureTooLarge,
  Refusal.ImportOutOfOrder
)

const booking = { headers: writeHeaders, error: refusals } as const
const booked = EntryView.pipe(HttpApiSchema.status(201))
const account = { id: AccountId }
const findAccount = problems(NotPermitted, Refusal.AccountNotFound)
const pageOfAccount = [...findAccount, ...notFoundPage] as const
const page = [...problems(NotPermitted), ...notFoundPage] as const

class Accounts extends HttpApiGroup.make("ledger").add(
  HttpApiEndpoint.post("openAccount", "/accounts", {
    headers: writeHeaders,
    payload: AccountOpening,
    success: LedgerAccountView.pipe(HttpApiSchema.status(201)),
    error: [...problems(NotPermitted, AccountTaken, ParentUnsuitable, Refusal.CommandInvalid), ...notExecuted]
  }).annotate(OpenApi.Summary, "Open an account of the ledger"),
  HttpApiEndpoint.get("accounts", "/accounts", {
    query: { ...pageQuery, ...AccountFilter.mapFields(Struct.omit(["metadata"])).fields },
    success: Page.schema(LedgerAccountView),
    error: page
  }).annotate(OpenApi.Summary, "List the accounts of the ledger"),
  HttpApiEndpoint.get("account", "/accounts/:id", {
    params: account,
    success: LedgerAccountView,
    error: findAccount
  }).annotate(OpenApi.Summary, "Show an account of the ledger"),
  HttpApiEndpoint.patch("changeAccount", "/accounts/:id", {
    params: account,
    headers: guardedHeaders,
    payload: AccountChange.mapFields(Struct.omit(["expectedVersion"])),
    success: LedgerAccountView,
    error: [
      ...findAccount,
      ...problems(AccountNotEmpty, ParentUnsuitable, Refusal.VersionConflict, Refusal.CommandInvalid),
      ...notExecuted
    ]
  }).annotate(OpenApi.Summary, "Change, freeze, block or close an account of the ledger"),
  HttpApiEndpoint.get("balance", "/accounts/:id/balance", {
    params: account,
    query: AsOf,
    success: LedgerBalanceView,
    error: findAccount
  }).annotate(OpenApi.Summary, "Show what an account holds: now, at a value date, as known at a time"),
  HttpApiEndpoint.get("lines", "/accounts/:id/lines", {
    params: account,
    query: { ...pageQuery, ...LineFilter.fields },
    success: Page.schema(AccountLine),
    error: pageOfAccount
  }).annotate(OpenApi.Summary, "List the lines of an account in booking order")
) {}

class Entries extends Accounts.add(
  HttpApiEndpoint.post("post", "/entries", {
    ...booking,
    payload: Post.mapFields(Struct.omit(["_tag"])),
    success: booked
  }).annotate(OpenApi.Summary, "Post an entry"),
  HttpApiEndpoint.get("entries", "/entries", {
    query: { ...pageQuery, ...EntryFilter.mapFields(Struct.omit(["metadata"])).fields },
    success: Page.schema(EntryView),
    error: page
  }).annotate(OpenApi.Summary, "List entries in booking order"),
  HttpApiEndpoint.get("entry", "/entries/:id", {
    params: { id: EntryId },
    success: EntryView,
    error: problems(NotPermitted, Refusal.EntryNotFound)
  }).annotate(OpenApi.Summary, "Show an entry"),
  HttpApiEndpoint.post("reverse", "/entries/:id/reversal", {
    ...booking,
    params: { id: EntryId },
    payload: Reverse.mapFields(Struct.omit(["_tag", "entryId"])),
    success: booked
  }).annotate(OpenApi.Summary, "Take an entry back by another one"),
  HttpApiEndpoint.post("commit", "/commands", {
    ...booking,
    payload: LedgerCommand.mapFields(Struct.omit(["key"])),
    success: Schema.Struct({ entries: Schema.Array(EntryView) }).pipe(HttpApiSchema.status(201))
  }).annotate(OpenApi.Summary, "Carry out several operations together or not at all")
) {}

/** The endpoints of the ledger. */
export class LedgerApi extends Entries.add(
  HttpApiEndpoint.post("placeHold", "/holds", {
    ...booking,
    payload: PlaceHold.mapFields(Struct.omit(["_tag"])).mapFields((fields) => ({
      ...fields,
      /** Made from the key of the request when left out. */
      holdId: Schema.optionalKey(HoldId)
    })),
    success: booked
  }).annotate(OpenApi.Summary, "Set money aside"),
  HttpApiEndpoint.get("holds", "/holds", {
    query: { ...pageQuery, ...HoldFilter.fields },
    success: Page.schema(HoldView),
    error: page
  }).annotate(OpenApi.Summary, "List holds"),
  HttpApiEndpoint.get("hold", "/holds/:id", {
    params: { id: HoldId },
    success: HoldView,
    error: problems(NotPermitted, Refusal.HoldNotFound)
  }).annotate(OpenApi.Summary, "Show a hold"),
  HttpApiEndpoint.post("capture", "/holds/:id/capture", {
    ...booking,
    params: { id: HoldId },
    payload: Capture.mapFields(Struct.omit(["_tag", "holdId"])),
    success: booked
  }).annotate(OpenApi.Summary, "Move held money"),
  HttpApiEndpoint.post("voidHold", "/holds/:id/void", {
    ...booking,
    params: { id: HoldId },
    payload: VoidHold.mapFields(Struct.omit(["_tag", "holdId"])),
    success: booked
  }).annotate(OpenApi.Summary, "Give held money back"),
  HttpApiEndpoint.get("trialBalance", "/trial-balance", {
    query: AsOf,
    success: TrialBalanceView,
    error: problems(NotPermitted)
  }).annotate(OpenApi.Summary, "Show every account with its balance, and the sums that prove the books"),
  HttpApiEndpoint.get("verify", "/verification", {
    success: JournalVerdictView,
    error: problems(NotPermitted)
  }).annotate(OpenApi.Summary, "Recompute every hash, sum and order of the journal")
)
  .middleware(Authentication)
  .prefix("/api/v1/ledger")
  .annotateMerge(OpenApi.annotations({ title: "Ledger", description: "Double-entry books and the proofs of them" })) {}
