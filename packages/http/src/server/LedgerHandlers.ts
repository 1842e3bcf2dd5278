import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Schema from "effect/Schema"
import { Idempotency } from "saldo/core/Idempotency"
import {
  AccountChange,
  AccountNotEmpty,
  AccountOpening,
  AccountTaken,
  ParentUnsuitable
} from "saldo/ledger/AccountOpening"
import { Ledger } from "saldo/ledger/Ledger"
import { AccountId, LedgerAccount } from "saldo/ledger/LedgerAccount"
import { AccountNotFound, CommandInvalid, VersionConflict } from "saldo/ledger/LedgerRefusal"
import { Api } from "../api/Api.ts"
import { keyed } from "./commands.ts"
import { derivedId } from "./derivedId.ts"
import { expectedVersion, tagged } from "./guarded.ts"
import { linked, parted } from "./paging.ts"
import { remembered } from "./remembered.ts"

const openOnce = remembered({
  operation: "http.open-ledger-account",
  input: AccountOpening,
  success: LedgerAccount,
  refusal: Schema.Union([AccountTaken, ParentUnsuitable, CommandInvalid])
})

const changeOnce = remembered({
  operation: "http.change-ledger-account",
  input: Schema.Struct({ id: AccountId, change: AccountChange }),
  success: LedgerAccount,
  refusal: Schema.Union([AccountNotFound, AccountNotEmpty, ParentUnsuitable, VersionConflict, CommandInvalid])
})

/** Answers from the books. */
export const layer = HttpApiBuilder.group(
  Api,
  "ledger",
  Effect.fnUntraced(function* (handlers) {
    const ledger = yield* Ledger
    const idempotency = yield* Idempotency
    return handlers.handleAll({
      openAccount: ({ headers, payload }) =>
        tagged(keyed(headers, (key) => openOnce(idempotency, key, payload, ledger.openAccount(payload)))),
      accounts: ({ query }) => {
        const { filter, page } = parted(query)
        return linked(ledger.accounts(filter, page))
      },
      account: ({ params }) => tagged(ledger.account(params.id)),
      changeAccount: ({ headers, params: { id }, payload }) =>
        tagged(
          Effect.flatMap(expectedVersion(headers), (expected) => {
            const change = { ...payload, ...expected }
            return keyed(headers, (key) =>
              changeOnce(idempotency, key, { id, change }, ledger.changeAccount(id, change))
            )
          })
        ),
      balance: ({ params, query }) => ledger.balance(params.id, query),
      lines: ({ params, query }) => {
        const { filter, page } = parted(query)
        return linked(ledger.activity(params.id, filter, page))
      },
      post: ({ headers, payload }) => keyed(headers, (key) => ledger.post({ ...payload, key })),
      entries: ({ query }) => {
        const { filter, page } = parted(query)
        return linked(ledger.entries(filter, page))
      },
      entry: ({ params }) => ledger.entry(params.id),
      reverse: ({ headers, params, payload }) =>
        keyed(headers, (key) => ledger.reverse({ ...payload, entryId: params.id, key })),
      commit: ({ headers, payload }) => keyed(headers, (key) => ledger.commit({ ...payload, key })),
      placeHold: ({ headers, payload }) =>
        keyed(headers, (key, digest) => ledger.placeHold({ holdId: derivedId("hold", digest), ...payload, key })),
      holds: ({ query }) => {
        const { filter, page } = parted(query)
        return linked(ledger.holds(filter, page))
      },
      hold: ({ params }) => ledger.hold(params.id),
      capture: ({ headers, params, payload }) =>
        keyed(headers, (key) => ledger.capture({ ...payload, holdId: params.id, key })),
      voidHold: ({ headers, params, payload }) =>
        keyed(headers, (key) => ledger.voidHold({ ...payload, holdId: params.id, key })),
      trialBalance: ({ query }) => ledger.trialBalance(query),
      verify: () => ledger.verify
    })
  })
)
