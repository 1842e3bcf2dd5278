/**
 * The books behind a server.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Id from "saldo/core/Id"
import { AccountNotFound } from "saldo/ledger/LedgerRefusal"
import { Books } from "./Books.ts"
import { asking, freshKey, keyed, Server } from "./server.ts"

/** The books of the server in scope. */
export const layer = Layer.effect(
  Books,
  Effect.map(Server, (server) => {
    const ask = asking(server)
    return {
      openAccount: (payload) =>
        Effect.flatMap(Id.make("cli"), (key) =>
          ask(({ ledger }) => ledger.openAccount({ headers: freshKey(key), payload })).pipe(
            // Nobody else has sent anything under this key.
            Effect.catchTags({ CommandInProgress: Effect.die, IdempotencyMismatch: Effect.die })
          )
        ),
      accounts: ({ metadata: _metadata, ...filter } = {}, page = {}) =>
        ask(({ ledger }) => ledger.accounts({ query: { ...filter, ...page } })),
      // Of all codes that begin with this one, it comes first itself.
      accountByCode: (code) =>
        Effect.flatMap(
          ask(({ ledger }) => ledger.accounts({ query: { codePrefix: code, limit: 1 } })).pipe(Effect.orDie),
          ({ items: [first] }) =>
            first?.code === code ? Effect.succeed(first) : Effect.fail(new AccountNotFound({ accountId: code }))
        ),
      balance: (id, query = {}) => ask(({ ledger }) => ledger.balance({ params: { id }, query })),
      trialBalance: (query = {}) => ask(({ ledger }) => ledger.trialBalance({ query })),
      commit: ({ key, ...payload }) =>
        Effect.flatMap(keyed(key), (headers) =>
          Effect.map(
            ask(({ ledger }) => ledger.commit({ headers, payload })),
            ({ entries }) => ({ entries, replayed: null })
          )
        ),
      verify: ask(({ ledger }) => ledger.verify({}))
    }
  })
)
