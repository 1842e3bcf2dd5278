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
import { DepositOpening } from "saldo/banking/DepositAccounts"
import { AccountHolderUnsuitable, DepositAccountNotFound, ProductNotOffered } from "saldo/banking/DepositRefusal"
import { Statement } from "saldo/banking/Statement"
import { NotPermitted } from "saldo/core/Actor"
import * as Page from "saldo/core/Page"
import { LocalDateSchema } from "saldo/time/LocalDateSchema"
import { Authentication } from "./Authentication.ts"
import { problems } from "./Problem.ts"
import { notFoundPage, pageQuery } from "./Read.ts"
import { notExecuted, writeHeaders } from "./Write.ts"

/** A deposit account as it is shown. */
export const AccountView = DepositAccount.mapFields(Struct.omit(["tenant", "accrual"])).annotate({
  identifier: "Account"
})

const params = { id: DepositAccountId }

/** The endpoints of deposit accounts. */
export class AccountsApi extends HttpApiGroup.make("accounts")
  .add(
    HttpApiEndpoint.post("open", "/", {
      headers: writeHeaders,
      payload: DepositOpening,
      success: AccountView.pipe(HttpApiSchema.status(201)),
      error: [...problems(NotPermitted, AccountHolderUnsuitable, ProductNotOffered), ...notExecuted]
    }).annotateMerge(OpenApi.annotations({ summary: "Open an account" })),
    HttpApiEndpoint.get("list", "/", {
      query: {
        ...pageQuery,
        customerId: Schema.optionalKey(DepositAccount.fields.customerId),
        state: Schema.optionalKey(DepositAccountState)
      },
      success: Page.schema(AccountView),
      error: [...problems(NotPermitted), ...notFoundPage]
    }).annotateMerge(OpenApi.annotations({ summary: "List accounts" })),
    HttpApiEndpoint.get("find", "/:id", {
      params,
      success: AccountView,
      error: problems(NotPermitted, DepositAccountNotFound)
    }).annotateMerge(OpenApi.annotations({ summary: "Show an account" })),
    HttpApiEndpoint.get("statement", "/:id/statement", {
      params,
      query: { start: LocalDateSchema, end: LocalDateSchema },
      success: Statement,
      error: problems(NotPermitted, DepositAccountNotFound)
    }).annotateMerge(OpenApi.annotations({ summary: "The lines of some days, with the balance after each" }))
  )
  .middleware(Authentication)
  .prefix("/api/v1/accounts")
  .annotateMerge(OpenApi.annotations({ title: "Accounts", description: "What customers have at the bank" })) {}
