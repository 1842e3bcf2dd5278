import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import { Api } from "../api/Api.ts"
import { keyed } from "./commands.ts"

/** Answers about transactions. */
export const layer = HttpApiBuilder.group(
  Api,
  "transactions",
  Effect.fnUntraced(function* (handlers) {
    const transactions = yield* DepositTransactions
    return handlers.handleAll({
      deposit: ({ headers, payload }) => keyed(headers, (key) => transactions.deposit({ ...payload, key })),
      withdraw: ({ headers, payload }) => keyed(headers, (key) => transactions.withdraw({ ...payload, key })),
      transfer: ({ headers, payload }) => keyed(headers, (key) => transactions.transfer({ ...payload, key })),
      announce: ({ headers, payload }) => keyed(headers, (key) => transactions.announce({ ...payload, key }))
    })
  })
)
