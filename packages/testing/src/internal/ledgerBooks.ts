/**
 * What the checks of a ledger's store work on: a tenant of its own with a few accounts.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { CommandKey } from "saldo/core/Command"
import * as Id from "saldo/core/Id"
import type { HoldId } from "saldo/ledger/Hold"
import { AccountCode, type AccountId, type LedgerAccount, noCounters, type Side } from "saldo/ledger/LedgerAccount"
import type { LedgerCommand, Operation, PlaceHold, Post } from "saldo/ledger/LedgerCommand"
import type { CommitOutcome, LedgerStore } from "saldo/ledger/LedgerStore"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"

export const noon = DateTime.makeUnsafe("2026-03-10T12:00:00Z")
export const today = LocalDate.of("2026-03-10")

export const sek = (minor: bigint | number) => Money.fromMinor(BigInt(minor), "SEK")
export const eur = (minor: bigint | number) => Money.fromMinor(BigInt(minor), "EUR")

export const key = (text: string) => CommandKey.make(text)

/** Opens an account of a tenant, an unbounded liability in kronor unless told otherwise. */
export const opened = (
  store: LedgerStore["Service"],
  tenant: string,
  code: string,
  more: Partial<LedgerAccount> = {}
): Effect.Effect<LedgerAccount> =>
  Effect.gen(function* () {
    const account: LedgerAccount = {
      id: yield* Id.make("acct"),
      tenant,
      code: AccountCode.make(code),
      type: "liability",
      currency: "SEK",
      role: "ordinary",
      name: code,
      parent: null,
      bounds: { minimum: null, maximum: null },
      closed: false,
      frozen: false,
      debitsBlocked: false,
      creditsBlocked: false,
      metadata: {},
      counters: noCounters,
      version: 1,
      openedAt: noon,
      ...more
    }
    const there = yield* store.openAccount(account)
    return Option.isSome(there) ? there.value : account
  })

export const transfer = (debit: AccountId, credit: AccountId, amount: Money.Money, more: Partial<Post> = {}): Post => ({
  _tag: "Post",
  postings: [
    { accountId: debit, side: "debit", amount },
    { accountId: credit, side: "credit", amount }
  ],
  ...more
})

export const hold = (
  holdId: HoldId,
  debit: AccountId,
  credit: AccountId,
  amount: Money.Money,
  more: Partial<PlaceHold> = {}
): PlaceHold => ({ _tag: "PlaceHold", holdId, debit, credit, amount, ...more })

/** What came of a command in one word: ok, or the tag of why not. */
export const tagOf = (outcome: CommitOutcome | undefined): string => {
  if (outcome === undefined) return "no outcome"
  return Result.isSuccess(outcome) ? "ok" : outcome.failure.reason._tag
}

/** A sender of commands to one tenant of a store. */
export const sender = (store: LedgerStore["Service"], tenant: string, now = noon) => {
  const commitAll = (commands: ReadonlyArray<LedgerCommand>, at = now) =>
    store.commit({ tenant, commands, now: at, today: LocalDate.of(DateTime.formatIsoDate(at)) })
  const commit = (name: string, ...operations: ReadonlyArray<Operation>) =>
    Effect.map(commitAll([{ key: key(name), operations }]), ([outcome]) => outcome)
  const commitAt = (at: DateTime.Utc, name: string, ...operations: ReadonlyArray<Operation>) =>
    Effect.map(commitAll([{ key: key(name), operations }], at), ([outcome]) => outcome)
  return { commitAll, commit, commitAt }
}

/** The sum of both counters on each side, as a check writes them down. */
export const countersText = (account: Pick<LedgerAccount, "counters">): string => {
  const { creditsPending, creditsPosted, debitsPending, debitsPosted } = account.counters
  return [debitsPosted, creditsPosted, debitsPending, creditsPending].join(" ")
}

export const otherSide = (side: Side): Side => (side === "debit" ? "credit" : "debit")

/** The settings that random programs change, as one text. */
export const knownSettings = ({ bounds, closed, creditsBlocked, debitsBlocked, frozen }: LedgerAccount): string =>
  [bounds.minimum, bounds.maximum, closed, frozen, debitsBlocked, creditsBlocked].join()
