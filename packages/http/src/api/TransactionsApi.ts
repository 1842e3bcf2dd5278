/**
 * Money in and out of deposit accounts, and between them.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Refusal from "saldo/banking/DepositRefusal"
import { CashTransaction, DepositReceipt, DepositTransfer } from "saldo/banking/DepositTransactions"
import { NotPermitted } from "saldo/core/Actor"
import { AccountUnavailable, InsufficientFunds, LedgerOverflow } from "saldo/ledger/LedgerRefusal"
import { Authentication } from "./Authentication.ts"
import { problems } from "./Problem.ts"
import { notExecuted, writeHeaders } from "./Write.ts"

/** A receipt as it is shown. */
const ReceiptView = DepositReceipt.annotate({ identifier: "Receipt" })

const moving = {
  headers: writeHeaders,
  error: [
    ...problems(
      NotPermitted,
      Refusal.DepositAccountNotFound,
      Refusal.DepositAccountNotOpen,
      Refusal.DepositAmountInvalid,
      Refusal.AccountHolderUnsuitable,
      Refusal.OpeningDepositTooSmall,
      Refusal.WithdrawalsUsedUp,
      Refusal.WithdrawalNotAnnounced,
      Refusal.DestinationUnsuitable,
      InsufficientFunds,
      AccountUnavailable,
      LedgerOverflow
    ),
    ...notExecuted
  ]
} as const

const booked = { ...moving, success: ReceiptView.pipe(HttpApiSchema.status(201)) } as const

/** The endpoints of transactions. */
export class TransactionsApi extends HttpApiGroup.make("transactions")
  .add(
    HttpApiEndpoint.post("deposit", "/deposits", { ...booked, payload: CashTransaction }).annotate(
      OpenApi.Summary,
      "Take cash in"
    ),
    HttpApiEndpoint.post("withdraw", "/withdrawals", { ...booked, payload: CashTransaction }).annotate(
      OpenApi.Summary,
      "Give cash out"
    ),
    HttpApiEndpoint.post("transfer", "/transfers", { ...booked, payload: DepositTransfer }).annotate(
      OpenApi.Summary,
      "Move money to another account of the bank"
    ),
    HttpApiEndpoint.post("announce", "/announcements", { ...moving, payload: CashTransaction }).annotate(
      OpenApi.Summary,
      "Announce a withdrawal from an account with notice"
    )
  )
  .middleware(Authentication)
  .prefix("/api/v1/transactions")
  .annotateMerge(
    OpenApi.annotations({ title: "Transactions", description: "Money in and out of accounts, and between them" })
  ) {}
