import * as Effect from "effect/Effect"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import { checksOf } from "../Check.ts"
import { opened, sender } from "./ledgerBooks.ts"

/** What a check of a ledger works on: a tenant of its own, with cash and two customers who cannot overdraw. */
export const prepare = Effect.gen(function* () {
  const store = yield* LedgerStore
  const atomic = yield* Atomic
  const tenant = yield* Id.make("tenant")
  const bounds = { minimum: 0n, maximum: null }
  return {
    store,
    atomic,
    tenant,
    cash: yield* opened(store, tenant, "cash", { type: "asset" }),
    anna: yield* opened(store, tenant, "anna", { bounds }),
    bo: yield* opened(store, tenant, "bo", { bounds }),
    ...sender(store, tenant)
  }
})

/** A ledger as a check finds it. */
export type Books = Effect.Success<typeof prepare>

export const check = checksOf<Books, LedgerStore | Atomic>(prepare)
