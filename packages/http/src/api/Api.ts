/**
 * The whole contract. It imports no handler, so that a client can hold it.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as OpenApi from "effect/http-api/OpenApi"
import { AccountsApi } from "./AccountsApi.ts"
import { AuditApi } from "./AuditApi.ts"
import { CustomersApi } from "./CustomersApi.ts"
import { LedgerApi } from "./LedgerApi.ts"
import { MarketApi } from "./MarketApi.ts"
import { PaymentsApi } from "./PaymentsApi.ts"
import { RequestChecks } from "./RequestProblem.ts"
import { SystemApi } from "./SystemApi.ts"
import { TransactionsApi } from "./TransactionsApi.ts"

/** Every group of Saldo's HTTP interface. */
export class Api extends HttpApi.make("saldo")
  .add(CustomersApi)
  .add(AccountsApi)
  .add(TransactionsApi)
  .add(PaymentsApi)
  .add(LedgerApi)
  .add(AuditApi)
  .add(MarketApi)
  .add(SystemApi)
  .middleware(RequestChecks)
  .annotate(HttpApi.ParseOptions, { errors: "all" })
  .annotate(HttpApi.PayloadParseOptions, { errors: "all", onExcessProperty: "error" })
  .annotateMerge(
    OpenApi.annotations({
      title: "Saldo",
      version: "1.0.0",
      description: "Accounts, payments, books and markets. Errors are RFC 9457 problems with stable codes."
    })
  ) {}
