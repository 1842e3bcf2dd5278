/**
 * The books of a small bank in memory, for tests of what is built on the ledger.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import { CommandKey } from "saldo/core/Command"
import type { AccountOpening } from "saldo/ledger/AccountOpening"
import { Ledger } from "saldo/ledger/Ledger"
import { AccountCode, type AccountId } from "saldo/ledger/LedgerAccount"
import type { LedgerCommand } from "saldo/ledger/LedgerCommand"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as Money from "saldo/money/Money"

export const stores = Layer.mergeAll(LedgerStore.layerMemory, AuditStore.layerMemory, Atomic.layerMemory)
export const books = Ledger.layer.pipe(Layer.provideMerge(AuditTrail.layer), Layer.provideMerge(stores))

export const sek = (text: string) => Money.of(text, "SEK")
export const key = (text: string) => CommandKey.make(text)
export const keeper = Actor.system("bank")

export type Services = Ledger | AuditTrail | AuditStore | Atomic | LedgerStore

export const inBooks = <A, E>(program: Effect.Effect<A, E, Services | Actor.Actor>) =>
  program.pipe(Actor.as(keeper), Effect.provide(Layer.fresh(books)))

export const open = (code: string, more: Partial<AccountOpening> = {}) =>
  Ledger.use((ledger) =>
    ledger.openAccount({ code: AccountCode.make(code), name: code, type: "liability", currency: "SEK", ...more })
  )

export const chart = Effect.all({
  cash: open("cash", { type: "asset" }),
  anna: open("anna", { bounds: { minimum: 0n, maximum: null } }),
  bo: open("bo", { bounds: { minimum: 0n, maximum: null } })
})

export const transfer = (name: string, from: AccountId, to: AccountId, amount: string): LedgerCommand => ({
  key: key(name),
  operations: [
    {
      _tag: "Post",
      postings: [
        { accountId: from, side: "debit", amount: sek(amount) },
        { accountId: to, side: "credit", amount: sek(amount) }
      ]
    }
  ]
})
