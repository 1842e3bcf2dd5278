import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type { DepositAccount } from "saldo/banking/DepositAccount"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DepositStatements } from "saldo/banking/DepositStatements"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import * as LocalDate from "saldo/time/LocalDate"
import { Api } from "../api/Api.ts"
import { keyed } from "./commands.ts"
import { linked, parted } from "./paging.ts"

const shown = ({ accrual, ...account }: DepositAccount) => ({
  ...account,
  interestThrough: LocalDate.addDays(accrual.state.nextOn, -1)
})

const showing = Effect.map(shown)

/** Answers about deposit accounts. */
export const layer = HttpApiBuilder.group(
  Api,
  "accounts",
  Effect.fnUntraced(function* (handlers) {
    const accounts = yield* DepositAccounts
    const statements = yield* DepositStatements
    const transactions = yield* DepositTransactions
    return handlers.handleAll({
      open: ({ headers, payload }) => showing(keyed(headers, (key) => accounts.open({ ...payload, key }))),
      list: ({ query }) => {
        const { filter, page } = parted(query)
        return linked(Effect.map(accounts.list(filter, page), ({ items, next }) => ({ items: items.map(shown), next })))
      },
      find: ({ params }) => showing(accounts.find(params.id)),
      balance: ({ params }) => accounts.balance(params.id),
      statement: ({ params, query }) => statements.statement(params.id, query),
      year: ({ params }) => statements.year(params.id, params.year),
      quote: ({ params, query }) => transactions.quote(params.id, query.event, query.amount),
      close: ({ headers, params, payload }) =>
        showing(keyed(headers, (key) => accounts.close({ ...payload, accountId: params.id, key }))),
      // Blocking twice changes nothing, so these two need no memory of their key.
      block: ({ params }) => showing(accounts.block(params.id)),
      unblock: ({ params }) => showing(accounts.unblock(params.id))
    })
  })
)
