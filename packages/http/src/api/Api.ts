/**
 * The whole contract. It imports no handler, so that a client can hold it.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as OpenApi from "effect/http-api/OpenApi"
import { AccountsApi } from "./AccountsApi.ts"
import { ApiKeysApi } from "./ApiKeysApi.ts"
import { AuditApi } from "./AuditApi.ts"
import { AuthApi } from "./AuthApi.ts"
import { CustomersApi } from "./CustomersApi.ts"
import { EventsApi } from "./EventsApi.ts"
import { LedgerApi } from "./LedgerApi.ts"
import { MarketApi } from "./MarketApi.ts"
import { openApiForm } from "./openApiForm.ts"
import { PaymentsApi } from "./PaymentsApi.ts"
import { RequestChecks } from "./RequestProblem.ts"
import { SystemApi } from "./SystemApi.ts"
import { TransactionsApi } from "./TransactionsApi.ts"
import { UsersApi } from "./UsersApi.ts"
import { WebhooksApi } from "./WebhooksApi.ts"

const description = `Customers, accounts, payments, books, the audit trail and the market of a bank.

Money is an object of decimal text and currency. Days are \`YYYY-MM-DD\`, instants ISO 8601. Errors are RFC 9457 problems: \`code\`
never changes, \`detail\` is for people and may, \`context\` holds the facts.

Every write but those that carry a password, a code or a token has an \`Idempotency-Key\`: the same key and content gives the same answer, however often it is sent; the same key
with other content is refused. Lists come in pages: send the \`next\` of a page as the \`cursor\` of the following one.`

/** Every group of Saldo's HTTP interface. */
export class Api extends HttpApi.make("saldo")
  .add(AuthApi)
  .add(UsersApi)
  .add(ApiKeysApi)
  .add(CustomersApi)
  .add(AccountsApi)
  .add(TransactionsApi)
  .add(PaymentsApi)
  .add(LedgerApi)
  .add(AuditApi)
  .add(MarketApi)
  .add(WebhooksApi)
  .add(EventsApi)
  .add(SystemApi)
  .middleware(RequestChecks)
  .annotate(HttpApi.ParseOptions, { errors: "all" })
  .annotate(HttpApi.PayloadParseOptions, { errors: "all", onExcessProperty: "error" })
  .annotateMerge(
    OpenApi.annotations({
      title: "Saldo",
      version: "1.0.0",
      description,
      license: { name: "MIT" },
      transform: openApiForm
    })
  ) {}
