/**
 * The ledger of an open Saldo.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Opening from "../../ledger/AccountOpening.ts"
import * as Holds from "../../ledger/Hold.ts"
import * as Journal from "../../ledger/JournalEntry.ts"
import { Ledger as LedgerUseCase } from "../../ledger/Ledger.ts"
import * as Accounts from "../../ledger/LedgerAccount.ts"
import * as Commands from "../../ledger/LedgerCommand.ts"
import * as Filter from "../../ledger/LedgerFilter.ts"
import type { CommitOutcome } from "../../ledger/LedgerStore.ts"
import { LocalDateSchema } from "../../time/LocalDateSchema.ts"
import type { Calls } from "./calls.ts"
import type { Ledger } from "./ledger.ts"
import { pageOf, reader, readLimit } from "./reading.ts"

const keyed = {
  key: Commands.LedgerCommand.fields.key,
  expectedVersions: Commands.LedgerCommand.fields.expectedVersions
}
const { _tag: _post, ...post } = Commands.Post.fields
const { _tag: _placeHold, ...placeHold } = Commands.PlaceHold.fields
const { _tag: _capture, ...capture } = Commands.Capture.fields
const { _tag: _voidHold, ...voidHold } = Commands.VoidHold.fields
const { _tag: _reverse, ...reverse } = Commands.Reverse.fields

const read = {
  post: reader(Schema.Struct({ ...keyed, ...post })),
  placeHold: reader(Schema.Struct({ ...keyed, ...placeHold })),
  capture: reader(Schema.Struct({ ...keyed, ...capture })),
  voidHold: reader(Schema.Struct({ ...keyed, ...voidHold })),
  reverse: reader(Schema.Struct({ ...keyed, ...reverse })),
  opening: reader(Opening.AccountOpening),
  change: reader(Opening.AccountChange),
  command: reader(Commands.LedgerCommand),
  commands: reader(Schema.Array(Commands.LedgerCommand)),
  accountId: reader(Accounts.AccountId),
  code: reader(Accounts.AccountCode),
  entryId: reader(Journal.EntryId),
  holdId: reader(Holds.HoldId),
  asOf: reader(Filter.AsOf),
  accounts: reader(Filter.AccountFilter),
  entries: reader(Filter.EntryFilter),
  lines: reader(Filter.LineFilter),
  holds: reader(Filter.HoldFilter),
  period: reader(Schema.Struct({ from: LocalDateSchema, to: LocalDateSchema }))
}

const outcomeOf = (outcome: CommitOutcome) =>
  Result.isSuccess(outcome) ? { ok: true as const, ...outcome.success } : { ok: false as const, ...outcome.failure }

/** The ledger of an open Saldo. */
export const makeLedger = (calls: Calls): Ledger => {
  const use = <A, E, R>(f: (ledger: LedgerUseCase["Service"]) => Effect.Effect<A, E, R>) => LedgerUseCase.use(f)
  return {
    openAccount: calls.reading(read.opening, (known) => use((ledger) => ledger.openAccount(known))),
    changeAccount: (id, change, options) =>
      calls.run(
        Effect.flatMap(Effect.all([read.accountId(id), read.change(change)]), (known) =>
          use((ledger) => ledger.changeAccount(...known))
        ),
        options
      ),
    account: calls.reading(read.accountId, (known) => use((ledger) => ledger.account(known))),
    accountByCode: calls.reading(read.code, (known) => use((ledger) => ledger.accountByCode(known))),
    accounts: calls.paging(read.accounts, (known, page) => use((ledger) => ledger.accounts(known, page))),
    commit: calls.reading(read.command, (known) => use((ledger) => ledger.commit(known))),
    commitAll: (commands, options) =>
      calls.run(
        Effect.flatMap(read.commands(commands), (known) =>
          use((ledger) => Effect.map(ledger.commitAll(known), (outcomes) => outcomes.map(outcomeOf)))
        ),
        options
      ),
    plan: calls.reading(read.command, (known) => use((ledger) => ledger.plan(known))),
    post: calls.reading(read.post, (known) => use((ledger) => ledger.post(known))),
    placeHold: calls.reading(read.placeHold, (known) => use((ledger) => ledger.placeHold(known))),
    capture: calls.reading(read.capture, (known) => use((ledger) => ledger.capture(known))),
    voidHold: calls.reading(read.voidHold, (known) => use((ledger) => ledger.voidHold(known))),
    reverse: calls.reading(read.reverse, (known) => use((ledger) => ledger.reverse(known))),
    expireHolds: calls.reading(readLimit, (limit) => use((ledger) => ledger.expireHolds(limit))),
    balance: (id, asOf = {}, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.accountId(id), read.asOf(asOf)]), (known) =>
          use((ledger) => ledger.balance(...known))
        ),
        options
      ),
    statement: (id, period, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.accountId(id), read.period(period), pageOf(options)]), (known) =>
          use((ledger) => ledger.statement(...known))
        ),
        options
      ),
    activity: (id, filter = {}, options = {}) =>
      calls.run(
        Effect.flatMap(Effect.all([read.accountId(id), read.lines(filter), pageOf(options)]), (known) =>
          use((ledger) => ledger.activity(...known))
        ),
        options
      ),
    trialBalance: (asOf = {}, options = {}) =>
      calls.run(
        Effect.flatMap(read.asOf(asOf), (known) => use((ledger) => ledger.trialBalance(known))),
        options
      ),
    entry: calls.reading(read.entryId, (known) => use((ledger) => ledger.entry(known))),
    entries: calls.paging(read.entries, (known, page) => use((ledger) => ledger.entries(known, page))),
    hold: calls.reading(read.holdId, (known) => use((ledger) => ledger.hold(known))),
    holds: calls.paging(read.holds, (known, page) => use((ledger) => ledger.holds(known, page))),
    verify: (options) =>
      calls.run(
        use((ledger) => ledger.verify),
        options
      ),
    exportLines: (options) =>
      calls.iterate(Stream.unwrap(Effect.map(LedgerUseCase, (ledger) => ledger.exportLines)), options)
  }
}
