import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DepositStatements } from "saldo/banking/DepositStatements"
import { Api } from "../api/Api.ts"
import { keyed } from "./commands.ts"
import { linked } from "./paging.ts"

/** Answers about deposit accounts. */
export const layer = HttpApiBuilder.group(
  Api,
  "accounts",
  Effect.fnUntraced(function* (handlers) {
    const accounts = yield* DepositAccounts
    const statements = yield* DepositStatements
    return handlers.handleAll({
      open: ({ headers, payload }) => keyed(headers, (key) => accounts.open({ ...payload, key })),
      list: ({ query: { cursor, limit, ...filter } }) =>
        linked(accounts.list(filter, { ...(cursor && { cursor }), ...(limit && { limit }) })),
      find: ({ params }) => accounts.find(params.id),
      statement: ({ params, query }) => statements.statement(params.id, query)
    })
  })
)
