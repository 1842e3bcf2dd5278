/**
 * Ways of planting a bug in a store of the ledger.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { CommandKey } from "saldo/core/Command"
import type { AccountId, AccountSettings } from "saldo/ledger/LedgerAccount"
import type { LedgerCommand, Operation } from "saldo/ledger/LedgerCommand"
import type { CommitOutcome, CommitRequest, LedgerStore } from "saldo/ledger/LedgerStore"

export type Store = LedgerStore["Service"]
export type Bug = (store: Store) => Partial<Store>

/** Carries out other operations than were asked for. */
export const altered =
  (change: (operation: Operation) => Operation): Bug =>
  (store) => ({
    commit: (request) =>
      store.commit({
        ...request,
        commands: request.commands.map((command) => ({ ...command, operations: command.operations.map(change) }))
      })
  })

export const commandAltered =
  (change: (command: LedgerCommand) => LedgerCommand): Bug =>
  (store) => ({ commit: (request) => store.commit({ ...request, commands: request.commands.map(change) }) })

/** Carries commands out one by one, and gives a second chance to those that were refused for a reason. */
export const forgiving =
  (
    tag: string,
    second: (
      store: Store,
      request: CommitRequest,
      command: LedgerCommand,
      refused: CommitOutcome
    ) => Effect.Effect<CommitOutcome>
  ): Bug =>
  (store) => ({
    commit: (request) =>
      Effect.forEach(request.commands, (command) =>
        Effect.flatMap(store.commit({ ...request, commands: [command] }), ([outcome]): Effect.Effect<CommitOutcome> => {
          if (outcome === undefined) return Effect.die(new RangeError("no outcome"))
          const refused = Result.isFailure(outcome) && outcome.failure.reason._tag === tag
          return refused ? second(store, request, command, outcome) : Effect.succeed(outcome)
        })
      )
  })

let tries = 0
export const renamed = (command: LedgerCommand): LedgerCommand => {
  tries += 1
  return { ...command, key: CommandKey.make(`${command.key} again ${tries}`) }
}

export const once = (store: Store, request: CommitRequest, command: LedgerCommand): Effect.Effect<CommitOutcome> =>
  Effect.flatMap(store.commit({ ...request, commands: [renamed(command)] }), ([outcome]) =>
    outcome === undefined ? Effect.die(new RangeError("no outcome")) : Effect.succeed(outcome)
  )

/** Tries again while the accounts of a command have other settings. */
export const lifting =
  (settings: Partial<AccountSettings>) => (store: Store, request: CommitRequest, command: LedgerCommand) =>
    Effect.gen(function* () {
      const ids = new Set(
        command.operations.flatMap((operation): ReadonlyArray<AccountId> => {
          if (operation._tag === "Post") return operation.postings.map(({ accountId }) => accountId)
          return operation._tag === "PlaceHold" ? [operation.debit, operation.credit] : []
        })
      )
      const { tenant } = request
      const found = yield* Effect.forEach(ids, (id) => store.findAccount(tenant, id))
      const before = found.filter(Option.isSome).map(({ value }) => value)
      yield* Effect.forEach(before, ({ id }) =>
        store.changeAccount(tenant, id, (account) => Result.succeed({ ...account, ...settings }))
      )
      const outcome = yield* once(store, request, command)
      yield* Effect.forEach(before, (account) => store.changeAccount(tenant, account.id, () => Result.succeed(account)))
      return outcome
    })

export const without = <A extends object>(value: A, ...names: ReadonlyArray<string>): A =>
  // The same kind of value, less what is optional in it.
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name))) as A
