/**
 * What the commands of `saldo ledger` need of books, whether they are in a database of one's own or behind a server.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { JournalEntry } from "saldo/ledger/JournalEntry"
import { Ledger } from "saldo/ledger/Ledger"
import type { LedgerAccount } from "saldo/ledger/LedgerAccount"
import type { Balance, TrialBalance, TrialBalanceLine } from "saldo/ledger/LedgerReport"
import type { Page } from "saldo/core/Page"

/** An account of the ledger as both know it. */
export type ShownLedgerAccount = Omit<LedgerAccount, "tenant">

/** What an account holds, as both know it. */
export interface ShownBalance extends Omit<Balance, "account"> {
  readonly account: ShownLedgerAccount
}

/** A trial balance as both know it. */
export interface ShownTrialBalance extends Omit<TrialBalance, "lines"> {
  readonly lines: ReadonlyArray<Omit<TrialBalanceLine, "account"> & { readonly account: ShownLedgerAccount }>
}

/** An entry as both know it. */
export type ShownEntry = Omit<JournalEntry, "tenant" | "key">

type Use = Ledger["Service"]

/** The same function with another answer. */
type Giving<F, A> = F extends (...args: infer Given) => Effect.Effect<infer _, infer E, infer R>
  ? (...args: Given) => Effect.Effect<A, E, R>
  : F extends Effect.Effect<infer _, infer E, infer R>
    ? Effect.Effect<A, E, R>
    : never

type Verdict = Effect.Success<Use["verify"]>

/**
 * The books.
 *
 * @effect-expect-leaking Actor
 */
export class Books extends Context.Service<
  Books,
  {
    readonly openAccount: Giving<Use["openAccount"], ShownLedgerAccount>
    readonly accounts: Giving<Use["accounts"], Page<ShownLedgerAccount>>
    readonly accountByCode: Giving<Use["accountByCode"], ShownLedgerAccount>
    readonly balance: Giving<Use["balance"], ShownBalance>
    readonly trialBalance: Giving<Use["trialBalance"], ShownTrialBalance>
    /** `replayed` is null where a server does not say whether it did so before. */
    readonly commit: Giving<
      Use["commit"],
      { readonly entries: ReadonlyArray<ShownEntry>; readonly replayed: boolean | null }
    >
    readonly verify: Giving<
      Use["verify"],
      Pick<Verdict, "accounts" | "blocks" | "entries"> & {
        readonly head: { readonly hash: string }
        readonly findings: ReadonlyArray<{
          readonly problem: string
          readonly sequence: number | null
          readonly accountId: string | null
          readonly detail: string
        }>
      }
    >
  }
>()("saldo-cli/desk/Books") {
  /** The books of a database of one's own. */
  static readonly layerLedger: Layer.Layer<Books, never, Ledger> = Layer.effect(
    this,
    Effect.map(Ledger, ({ commit, ...ledger }) => ({
      ...ledger,
      commit: (command) =>
        Effect.map(commit(command), ({ entries, replayed }) => ({
          entries: entries.map(({ key: _key, tenant: _tenant, ...entry }) => entry),
          replayed
        }))
    }))
  )
}
