import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { Atomic } from "../core/Atomic.ts"
import { IdempotencyMismatch } from "../core/Command.ts"
import * as Dialect from "../sql/Dialect.ts"
import { toMicros } from "./BookingTime.ts"
import { commandDifference } from "./commandDifference.ts"
import { commandText } from "./commandText.ts"
import { commitsRecorded } from "./internal/recordedCommits.ts"
import { blocksOf, noHash } from "./journalBlocks.ts"
import type { AccountId, LedgerAccount } from "./LedgerAccount.ts"
import type { LedgerCommand } from "./LedgerCommand.ts"
import { type CommitOutcome, type CommitRequest, LedgerStore } from "./LedgerStore.ts"
import { settingsText } from "./settingsText.ts"
import { refusalOf } from "./SqlLedgerBlock.ts"
import { makeReads } from "./SqlLedgerReads.ts"
import { makeBalances } from "./SqlLedgerBalances.ts"
import { type AccountRow, accountOfRow, rowOfAccount, settingsColumns, tagsOf } from "./SqlLedgerRows.ts"
import { decideOn, microsOf, outcomesOf } from "./SqlLedgerDecision.ts"
import { makeRecordedCommits } from "./SqlLedgerRecorded.ts"
import { makeEntriesBy, makeRowsBy, makeState } from "./SqlLedgerState.ts"
import { headOfRow, makeWriteBlocks } from "./SqlLedgerWrite.ts"

/** How often a call begins again because somebody used one of its keys meanwhile. */
const maximumAttempts = 100

interface CommandRow {
  readonly command_key: string
  readonly request: string
  readonly first_sequence: bigint | number | null
  readonly entry_count: bigint | number
  readonly refusal: string | null
}

const makeAccounts = (sql: SqlClient.SqlClient, atomic: Atomic["Service"]) => {
  const tag = (tenant: string, id: AccountId, tags: ReadonlyArray<string>) =>
    Effect.forEach(
      tags,
      (each) => sql`INSERT INTO saldo_ledger_account_tags ${sql.insert({ tenant, tag: each, account_id: id })}`,
      { discard: true }
    )

  const open: (account: LedgerAccount) => Effect.Effect<Option.Option<LedgerAccount>, SqlError> = Effect.fnUntraced(
    function* (account) {
      const { code, id, tenant } = account
      // Whoever has an account has a head, so that no commit needs to make one. Looked for first, because an insert would
      // wait for whoever is booking.
      yield* sql`
        INSERT INTO saldo_ledger_heads (tenant, sequence, booked_at, hash)
        SELECT ${tenant}, 0, -1, ${noHash} WHERE NOT EXISTS (SELECT 1 FROM saldo_ledger_heads WHERE tenant = ${tenant})
        ON CONFLICT DO NOTHING`
      const inserted = yield* sql`
        INSERT INTO saldo_ledger_accounts ${sql.insert({ ...rowOfAccount(account) })}
        ON CONFLICT DO NOTHING RETURNING account_id`
      if (inserted.length === 1) {
        yield* tag(tenant, id, tagsOf(account.metadata))
        return Option.none()
      }
      const there = yield* sql<AccountRow>`
        SELECT * FROM saldo_ledger_accounts WHERE tenant = ${tenant} AND (account_id = ${id} OR code = ${code})`
      const row = there.find(({ account_id }) => account_id === id) ?? there[0]
      return Option.map(Option.fromUndefinedOr(row), accountOfRow)
    }
  )

  const change: LedgerStore["Service"]["changeAccount"] = (tenant, id, decide) =>
    Effect.gen(function* () {
      const [row] = yield* sql<AccountRow>`
        SELECT * FROM saldo_ledger_accounts WHERE tenant = ${tenant} AND account_id = ${id} ${Dialect.forUpdate(sql)}`
      if (row === undefined) return Option.none()
      const account = accountOfRow(row)
      const decided = decide(account)
      if (Result.isFailure(decided)) return Option.some(Result.fail(decided.failure))
      const changed = { ...account, ...decided.success }
      if (settingsText(changed) === settingsText(account)) return Option.some(Result.succeed(account))
      const next = { ...changed, version: account.version + 1 }
      yield* sql`
        UPDATE saldo_ledger_accounts SET ${sql.update({ ...settingsColumns(next), version: BigInt(next.version) })}
        WHERE tenant = ${tenant} AND account_id = ${id}`
      yield* sql`DELETE FROM saldo_ledger_account_tags WHERE tenant = ${tenant} AND account_id = ${id}`
      yield* tag(tenant, id, tagsOf(next.metadata))
      return Option.some(Result.succeed(next))
    }).pipe(atomic.runLocking, Effect.orDie)

  return {
    openAccount: Effect.fn("SqlLedgerStore.openAccount")(
      (account: LedgerAccount) => atomic.runLocking(open(account)),
      Effect.orDie
    ),
    changeAccount: change
  }
}

const makeReplay = (sql: SqlClient.SqlClient) => {
  const rowsBy = makeRowsBy(sql)
  const { entriesBy } = makeEntriesBy(sql)

  /** What was remembered under any of the keys. */
  const remembered = (tenant: string, keys: ReadonlyArray<string>) =>
    sql<CommandRow>`
      SELECT found.*, (
        SELECT first.sequence FROM saldo_ledger_entries AS first
        WHERE first.tenant = found.tenant AND first.entry_id = found.first_entry_id
      ) AS first_sequence
      FROM ${rowsBy("saldo_ledger_commands", "command_key", tenant, keys)}`

  /** The outcomes of then, of the commands whose keys were used before. */
  const outcomes = Effect.fnUntraced(function* (tenant: string, commands: ReadonlyArray<LedgerCommand>) {
    const replayed = new Map<string, CommitOutcome>()
    const rows = yield* remembered(
      tenant,
      commands.map(({ key }) => key)
    )
    if (rows.length === 0) return replayed
    const byKey = new Map(rows.map((row) => [row.command_key, row]))
    const numbers = rows.flatMap(({ entry_count, first_sequence }) =>
      first_sequence === null
        ? []
        : Array.from({ length: Number(entry_count) }, (_, index) => Number(first_sequence) + index)
    )
    const entries = Map.groupBy(yield* entriesBy("sequence", tenant, numbers), ({ key }) => key)
    for (const command of commands) {
      const { key } = command
      const row = byKey.get(key)
      if (row === undefined) continue
      const text = commandText(command)
      if (text !== row.request) {
        const path = commandDifference(row.request, text)
        const reason = new IdempotencyMismatch({ tenant, operation: "ledger.commit", key, path })
        replayed.set(key, Result.fail({ reason, replayed: true }))
      } else if (row.refusal === null) {
        replayed.set(key, Result.succeed({ entries: entries.get(key) ?? [], replayed: true }))
      } else replayed.set(key, Result.fail({ reason: refusalOf(row.refusal), replayed: true }))
    }
    return replayed
  })

  return { outcomes }
}

const makeCommit = (sql: SqlClient.SqlClient, atomic: Atomic["Service"]) => {
  const state = makeState(sql)
  const replay = makeReplay(sql)
  const writeBlocks = makeWriteBlocks(sql)
  /** Where locks are taken row by row, the keys' own index decides on them; a first look would be another round trip. */
  const looksFirst = sql.onDialectOrElse({ pg: () => false, orElse: () => true })
  /** One statement that fails has written nothing. */
  const writesAtOnce = !looksFirst

  /** When the journal's last entry was booked; from here on nobody else books. */
  const lockHead = (tenant: string) =>
    Effect.map(
      sql<{ readonly sequence: bigint; readonly booked_at: bigint; readonly hash: string }>`
        SELECT sequence, booked_at, hash FROM saldo_ledger_heads WHERE tenant = ${tenant} ${Dialect.forUpdate(sql)}`,
      ([row]) => headOfRow(tenant, row)
    )

  const carryOut = Effect.fnUntraced(function* (request: CommitRequest, commands: ReadonlyArray<LedgerCommand>) {
    const { tenant, today } = request
    const lookup = yield* state.read(tenant, commands)
    const imports = commands.some(({ importedAt }) => importedAt !== undefined)
    const bookedAt = imports ? (yield* lockHead(tenant)).bookedAt : null
    const decision = yield* decideOn(lookup, commands, request, bookedAt === null ? null : toMicros(bookedAt))
    const blocks = blocksOf(tenant, decision.commands)
    const writing = { tenant, today, commands, decision, state: lookup, highs: new Map(lookup.valueHighs) }
    const places = yield* writeBlocks(writing, blocks, microsOf(request))
    return places === undefined ? undefined : outcomesOf(tenant, decision, blocks, places)
  })

  const attempt: (request: CommitRequest, number: number) => Effect.Effect<ReadonlyArray<CommitOutcome>, SqlError> =
    Effect.fnUntraced(function* (request, number) {
      const { commands, tenant } = request
      if (commands.length === 0) return []
      const replayed =
        looksFirst || number > 1 ? yield* replay.outcomes(tenant, commands) : new Map<string, CommitOutcome>()
      const fresh = commands.filter(({ key }) => !replayed.has(key))
      const outcomes = fresh.length === 0 ? new Map<string, CommitOutcome>() : yield* carryOut(request, fresh)
      if (outcomes === undefined) {
        if (number < maximumAttempts) return yield* attempt(request, number + 1)
        return yield* Effect.die(new RangeError(`A commit of ${tenant} lost ${number} races for its keys`))
      }
      return commands.flatMap(({ key }) => replayed.get(key) ?? outcomes.get(key) ?? [])
    })

  return Effect.fn("SqlLedgerStore.commit")((request: CommitRequest) => {
    const isOneStatement = writesAtOnce && request.commands.every(({ importedAt }) => importedAt === undefined)
    return Effect.flatMap(atomic.inTransaction, (open) =>
      open && isOneStatement ? attempt(request, 1) : atomic.runLocking(attempt(request, 1))
    )
  }, Effect.orDie)
}

/**
 * The ledger in any SQL database of which Effect has a client. Run `Migrations` first.
 *
 * On Postgres a transaction that commits to one journal holds its head until it ends, so that others wait for it: let it be
 * the last thing that a transaction does, and do it once, with all commands in one call. Two transactions that each commit
 * twice can wait for each other; Postgres then ends one of them, and it is tried again.
 */
export const layer: Layer.Layer<LedgerStore, never, SqlClient.SqlClient | Atomic> = Layer.effect(
  LedgerStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const atomic = yield* Atomic
    const store = LedgerStore.of({
      ...makeAccounts(sql, atomic),
      ...makeReads(sql),
      ...makeBalances(sql),
      commit: makeCommit(sql, atomic)
    })
    sql.onDialectOrElse({ pg: () => commitsRecorded(store, makeRecordedCommits(sql, atomic)), orElse: () => undefined })
    return store
  })
)
