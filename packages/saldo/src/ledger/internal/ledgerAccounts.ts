/**
 * Opening and changing the accounts of a ledger.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { AuditEntry } from "../../audit/AuditRecord.ts"
import { changes } from "../../audit/changes.ts"
import type { AuditTrail } from "../../audit/AuditTrail.ts"
import { Actor, type Permission } from "../../core/Actor.ts"
import type { Atomic } from "../../core/Atomic.ts"
import * as Id from "../../core/Id.ts"
import * as Currency from "../../money/Currency.ts"
import {
  AccountNotEmpty,
  AccountTaken,
  type AccountChange,
  type AccountOpening,
  ParentUnsuitable
} from "../AccountOpening.ts"
import { type AccountId, type AccountSettings, type Bounds, type LedgerAccount, noCounters } from "../LedgerAccount.ts"
import { AccountNotFound, CommandInvalid, VersionConflict } from "../LedgerRefusal.ts"
import type { LedgerStore } from "../LedgerStore.ts"

const settingsOf = (account: AccountSettings): AccountSettings => ({
  name: account.name,
  parent: account.parent,
  bounds: account.bounds,
  closed: account.closed,
  frozen: account.frozen,
  debitsBlocked: account.debitsBlocked,
  creditsBlocked: account.creditsBlocked,
  metadata: account.metadata
})

const actions = { open: "ledger.open-account", change: "ledger.change-account" } as const

const fits = (bound: bigint | null): boolean => bound === null || BigInt.asIntN(64, bound) === bound

const boundsStorable = ({ maximum, minimum }: Bounds): Effect.Effect<void, CommandInvalid> => {
  const invalid = (problem: string) => Effect.fail(new CommandInvalid({ path: "/bounds", problem }))
  if (!fits(minimum) || !fits(maximum)) return invalid("expected bounds that fit 64 bits")
  return minimum === null || maximum === null || minimum <= maximum
    ? Effect.void
    : invalid("expected a minimum that is not above the maximum")
}

/** Accounts with the record of what was done to them. */
export const makeAccounts = ({
  atomic,
  audit,
  permission,
  store
}: {
  readonly store: LedgerStore["Service"]
  readonly audit: AuditTrail["Service"]
  readonly atomic: Atomic["Service"]
  readonly permission: Permission
}) => {
  /** An account rolls up into one of its type and currency, and never, over however many others, into itself. */
  const parentSuits = Effect.fnUntraced(function* (
    account: Pick<LedgerAccount, "id" | "tenant" | "type" | "currency">,
    parent: AccountId
  ) {
    const unsuitable = (reason: ParentUnsuitable["reason"]) => new ParentUnsuitable({ parent, reason })
    const found = yield* store.findAccount(account.tenant, parent)
    if (Option.isNone(found)) return yield* unsuitable("missing")
    if (found.value.type !== account.type) return yield* unsuitable("other-type")
    if (found.value.currency !== account.currency) return yield* unsuitable("other-currency")
    // In a host's transaction that is not serialisable, two changes at once could have closed a ring; it must not catch this.
    const passed = new Set<AccountId>([account.id])
    let above: AccountId | null = parent
    while (above !== null) {
      if (passed.has(above)) return yield* unsuitable("cycle")
      passed.add(above)
      const next: Option.Option<LedgerAccount> = yield* store.findAccount(account.tenant, above)
      above = Option.isSome(next) ? next.value.parent : null
    }
  })

  /** A refusal takes the transaction back, and a record within, so it is recorded behind it; the host's own may enclose both. */
  const recordingRefusals = <A, E extends { readonly _tag: string }>(
    action: AuditEntry["action"],
    id: AccountId,
    act: Effect.Effect<A, E, Actor>
  ): Effect.Effect<A, E, Actor> =>
    Effect.tapError(act, ({ _tag: reason }) =>
      audit.record({ action, subject: { type: "ledger-account", id }, outcome: "refused", reason })
    )

  const open = Effect.fn("Ledger.openAccount")(function* (opening: AccountOpening) {
    yield* Actor.require(permission)
    const { tenant } = yield* Actor
    const { bounds = { minimum: null, maximum: null }, code, currency, name, role = "ordinary", type } = opening
    yield* boundsStorable(bounds)
    if (!Currency.isKnown(currency)) {
      return yield* new CommandInvalid({ path: "/currency", problem: `expected a known currency, not ${currency}` })
    }
    const account: LedgerAccount = {
      id: opening.id ?? (yield* Id.make("acct")),
      tenant,
      code,
      type,
      currency,
      role,
      name,
      parent: opening.parent ?? null,
      bounds,
      closed: false,
      frozen: false,
      debitsBlocked: false,
      creditsBlocked: false,
      metadata: opening.metadata ?? {},
      counters: noCounters,
      version: 1,
      openedAt: yield* DateTime.now
    }
    // The store's insert decides, and of a parent only what never changes: nothing here needs a serialisable snapshot.
    const opened = atomic.runLocking(
      Effect.gen(function* () {
        const there = yield* store.openAccount(account)
        if (Option.isSome(there)) {
          const { value } = there
          const same =
            value.id === opening.id &&
            value.code === code &&
            value.type === type &&
            value.currency === currency &&
            value.role === role
          return same ? value : yield* new AccountTaken({ code: value.code, accountId: value.id })
        }
        if (account.parent !== null) yield* parentSuits(account, account.parent)
        yield* audit.record({
          action: actions.open,
          subject: { type: "ledger-account", id: account.id },
          changes: changes(null, { code, type, currency, role, ...settingsOf(account) })
        })
        return account
      })
    )
    return yield* recordingRefusals(actions.open, account.id, opened)
  })

  const change = Effect.fn("Ledger.changeAccount")(function* (id: AccountId, wanted: AccountChange) {
    yield* Actor.require(permission)
    const { tenant } = yield* Actor
    const { expectedVersion, ...given } = wanted
    if (given.bounds !== undefined) yield* boundsStorable(given.bounds)
    const changing = Effect.gen(function* () {
      let before: LedgerAccount | undefined
      const changed = yield* store.changeAccount(
        tenant,
        id,
        (account): Result.Result<AccountSettings, AccountNotEmpty | VersionConflict> => {
          before = account
          const { creditsPending, creditsPosted, debitsPending, debitsPosted } = account.counters
          if (expectedVersion !== undefined && expectedVersion !== account.version) {
            const versions = { expected: expectedVersion, actual: account.version }
            return Result.fail(new VersionConflict({ accountId: id, ...versions }))
          }
          if (given.closed === true && !account.closed) {
            if (debitsPending !== 0n || creditsPending !== 0n) {
              return Result.fail(new AccountNotEmpty({ accountId: id, reason: "pending" }))
            }
            if (debitsPosted !== creditsPosted) {
              return Result.fail(new AccountNotEmpty({ accountId: id, reason: "balance" }))
            }
          }
          return Result.succeed({ ...settingsOf(account), ...given })
        }
      )
      if (Option.isNone(changed)) return yield* new AccountNotFound({ accountId: id })
      const account = yield* Effect.fromResult(changed.value)
      if (before === undefined || account.version === before.version) return account
      // Checked behind the lock; a failure takes the change back.
      if (account.parent !== null && account.parent !== before.parent) yield* parentSuits(account, account.parent)
      yield* audit.record({
        action: actions.change,
        subject: { type: "ledger-account", id },
        changes: changes(settingsOf(before), settingsOf(account))
      })
      return account
    })
    // A busy account must be frozen at once, so the lock decides. Only the way up over parents needs a serialisable view.
    const changed = given.parent === undefined ? atomic.runLocking(changing) : atomic.run(changing)
    return yield* recordingRefusals(actions.change, id, changed)
  })

  return { openAccount: open, changeAccount: change }
}
