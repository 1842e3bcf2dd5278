/**
 * Deposit accounts: what customers have at the bank.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { DepositAccount, DepositAccountId, DepositAccountState } from "saldo/banking/DepositAccount"
import { DepositClosing, DepositOpening } from "saldo/banking/DepositAccounts"
import * as Refusal from "saldo/banking/DepositRefusal"
import { Statement } from "saldo/banking/Statement"
import { NotPermitted } from "saldo/core/Actor"
import * as Page from "saldo/core/Page"
import { AccountNotEmpty } from "saldo/ledger/AccountOpening"
import { AccountUnavailable } from "saldo/ledger/LedgerRefusal"
import { MoneySchema } from "saldo/money/MoneySchema"
import { LocalDateSchema } from "saldo/time/LocalDateSchema"
import { Authentication } from "./Authentication.ts"
import { problems } from "./Problem.ts"
import { daysQuery, MoneyText, notFoundPage, pageQuery } from "./Read.ts"
import { notExecuted, writeHeaders } from "./Write.ts"

/** A deposit account as it is shown. */
export const AccountView = Schema.Struct({
  ...DepositAccount.mapFields(Struct.omit(["tenant", "accrual"])).fields,
  /** The last day for which interest has been counted. */
  interestThrough: LocalDateSchema
}).annotate({ identifier: "Account" })

/** What an account has, and what of it may be used. */
const BalanceView = Schema.Struct({
  balance: MoneySchema,
  /** With the overdraft, less what is held; null when nothing bounds it. */
  available: Schema.NullOr(MoneySchema),
  pendingIn: MoneySchema,
  pendingOut: MoneySchema
}).annotate({ identifier: "AccountBalance" })

/** Interest, fees and everything else of a calendar year. */
const YearView = Schema.Struct({
  year: Schema.Int,
  interestReceived: MoneySchema,
  interestPaid: MoneySchema,
  fees: MoneySchema,
  other: MoneySchema,
  opening: MoneySchema,
  closing: MoneySchema
}).annotate({ identifier: "AccountYear" })

const FeeView = Schema.Struct({
  feeId: Schema.String,
  label: Schema.String,
  outcome: Schema.Literals(["charged", "free", "waived"]),
  amount: MoneySchema,
  price: MoneySchema,
  explanation: Schema.String
}).annotate({ identifier: "FeeItem" })

const params = { id: DepositAccountId }
const reading = problems(NotPermitted, Refusal.DepositAccountNotFound)
const blocking = [...problems(NotPermitted, Refusal.DepositAccountNotFound, Refusal.DepositAccountNotOpen)] as const

/** The endpoints of deposit accounts. */
export class AccountsApi extends HttpApiGroup.make("accounts")
  .add(
    HttpApiEndpoint.post("open", "/", {
      headers: writeHeaders,
      payload: DepositOpening,
      success: AccountView.pipe(HttpApiSchema.status(201)),
      error: [...problems(NotPermitted, Refusal.AccountHolderUnsuitable, Refusal.ProductNotOffered), ...notExecuted]
    }).annotate(OpenApi.Summary, "Open an account on a product that is offered today"),
    HttpApiEndpoint.get("list", "/", {
      query: {
        ...pageQuery,
        customerId: Schema.optionalKey(DepositAccount.fields.customerId),
        state: Schema.optionalKey(DepositAccountState)
      },
      success: Page.schema(AccountView),
      error: [...problems(NotPermitted), ...notFoundPage]
    }).annotate(OpenApi.Summary, "List accounts by the order of opening"),
    HttpApiEndpoint.get("find", "/:id", { params, success: AccountView, error: reading }).annotate(
      OpenApi.Summary,
      "Show an account"
    ),
    HttpApiEndpoint.get("balance", "/:id/balance", { params, success: BalanceView, error: reading }).annotate(
      OpenApi.Summary,
      "Show what an account has, and what of it may be used"
    ),
    HttpApiEndpoint.get("statement", "/:id/statement", {
      params,
      query: daysQuery,
      success: Statement,
      error: reading
    }).annotate(OpenApi.Summary, "Show the lines of some days, with the balance after each"),
    HttpApiEndpoint.get("year", "/:id/years/:year", {
      params: { ...params, year: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9998 })) },
      success: YearView,
      error: reading
    }).annotate(OpenApi.Summary, "Show interest, fees and the rest of a calendar year"),
    HttpApiEndpoint.get("quote", "/:id/quote", {
      params,
      query: {
        event: Schema.String.check(Schema.isMaxLength(100)),
        amount: MoneyText
      },
      success: Schema.Array(FeeView),
      error: [...reading, ...problems(Refusal.DepositAmountInvalid)]
    }).annotate(OpenApi.Summary, "Say what an event such as a withdrawal would cost today"),
    HttpApiEndpoint.post("close", "/:id/closing", {
      params,
      headers: writeHeaders,
      payload: DepositClosing.mapFields(Struct.omit(["accountId"])),
      success: AccountView,
      error: [
        ...blocking,
        ...problems(Refusal.DestinationUnsuitable, Refusal.OverdraftNotRepaid, AccountNotEmpty, AccountUnavailable),
        ...notExecuted
      ]
    }).annotate(OpenApi.Summary, "Close an account and move what is left"),
    HttpApiEndpoint.put("block", "/:id/block", {
      params,
      headers: writeHeaders,
      success: AccountView,
      error: blocking
    }).annotate(OpenApi.Summary, "Refuse money in and out"),
    HttpApiEndpoint.delete("unblock", "/:id/block", {
      params,
      headers: writeHeaders,
      success: AccountView,
      error: blocking
    }).annotate(OpenApi.Summary, "Let money in and out again")
  )
  .middleware(Authentication)
  .prefix("/api/v1/accounts")
  .annotateMerge(OpenApi.annotations({ title: "Accounts", description: "What customers have at the bank" })) {}
