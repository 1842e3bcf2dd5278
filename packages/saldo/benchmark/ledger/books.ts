/** What the ledger's benchmarks have in common: books to post to, transfers to post, and clients that post them. */
import * as PostgresClient from "@saldo/postgres/PostgresClient"
import * as SqliteClient from "@saldo/sqlite/SqliteClient"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { Actor, system } from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import * as Id from "saldo/core/Id"
import { Ledger } from "saldo/ledger/Ledger"
import { AccountCode, type AccountId, noCounters } from "saldo/ledger/LedgerAccount"
import type { LedgerCommand } from "saldo/ledger/LedgerCommand"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as Money from "saldo/money/Money"
import * as SqlStores from "saldo/sql/SqlStores"
import * as LocalDate from "saldo/time/LocalDate"
import { startPostgres } from "../../../testing/src/internal/postgresServer.ts"

export const tenant = "bench"
export const today = LocalDate.of("2026-03-10")
const amount = Money.of("1.00", "SEK")

/** How the clients fared: each call's time in milliseconds, and calls that did not book what they were to. */
export interface Fares {
  readonly latencies: Array<number>
  errors: number
}

/** Such as `p50 1.8 ms, p99 7.2 ms, 0 errors`. */
export const faresText = ({ errors, latencies }: Fares): string => {
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (part: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${errors} errors`
}

/** Open books with so many accounts of unlimited balance. */
export const openBooks = async (
  client: Layer.Layer<SqlClient.SqlClient, SqlError>,
  { accounts = 1000 }: { readonly accounts?: number } = {}
) => {
  const runtime = ManagedRuntime.make(
    Ledger.layer.pipe(
      Layer.provideMerge(AuditTrail.layer),
      Layer.provideMerge(SqlStores.layer),
      Layer.provideMerge(client)
    )
  )
  const [store, ledger, sql] = await runtime.runPromise(Effect.all([LedgerStore, Ledger, SqlClient.SqlClient]))
  const ids: Array<AccountId> = []
  const openOne = Effect.gen(function* () {
    const id = yield* Id.make("acct")
    const bounds = { minimum: null, maximum: null }
    yield* store.openAccount({
      id,
      tenant,
      code: AccountCode.make(`account.${ids.length}`),
      type: "liability",
      currency: "SEK",
      role: "ordinary",
      name: `Account ${ids.length}`,
      parent: null,
      bounds,
      closed: false,
      frozen: false,
      debitsBlocked: false,
      creditsBlocked: false,
      metadata: {},
      counters: noCounters,
      version: 1,
      openedAt: DateTime.makeUnsafe("2026-01-01T00:00:00Z")
    })
    ids.push(id)
  })
  await runtime.runPromise(Effect.replicateEffect(openOne, accounts, { discard: true }))
  // As pgbench does after it has made its tables.
  await runtime.runPromise(sql`ANALYZE`)

  let keys = 0
  let state = 1
  /** Park and Miller's minimal standard generator: fast, and the same accounts in each run. */
  const below = (bound: number): number => {
    state = (state * 48_271) % 2_147_483_647
    return state % bound
  }
  /** A transfer between two random accounts, or from the first one to a random one. */
  const transfer = (hot = false, valueOn?: LocalDate.LocalDate): LedgerCommand => {
    const debit = hot ? 0 : below(accounts)
    const credit = (debit + 1 + below(accounts - 1)) % accounts
    const [from, to] = [ids[debit], ids[credit]]
    if (from === undefined || to === undefined) throw new RangeError("there are no accounts to transfer between")
    return {
      key: CommandKey.make(`transfer ${keys++}`),
      operations: [
        {
          _tag: "Post",
          postings: [
            { accountId: from, side: "debit", amount },
            { accountId: to, side: "credit", amount }
          ],
          ...(valueOn === undefined ? {} : { valueOn })
        }
      ]
    }
  }
  const commitTo = (commands: ReadonlyArray<LedgerCommand>) =>
    store.commit({ tenant, today, now: DateTime.nowUnsafe(), commands })

  /** Posts transfers in calls of so many by the store alone, until there are as many entries as asked. */
  const fill = (entries: number, hot = false, valueOn?: (entry: number) => LocalDate.LocalDate) =>
    runtime.runPromise(
      Effect.gen(function* () {
        let { sequence } = yield* store.head(tenant)
        while (sequence < entries) {
          const size = Math.min(1000, entries - sequence)
          const first = sequence
          yield* commitTo(Array.from({ length: size }, (_, at) => transfer(hot, valueOn?.(first + at))))
          sequence += size
        }
      })
    )

  /** What a database that has been up for a while has done by itself. */
  const settle = () =>
    runtime.runPromise(
      Effect.gen(function* () {
        yield* sql`ANALYZE`
        yield* sql.onDialectOrElse({ pg: () => sql`CHECKPOINT`, orElse: () => sql`PRAGMA wal_checkpoint(TRUNCATE)` })
      })
    )

  const booked = (outcomes: ReadonlyArray<Result.Result<unknown, unknown>>) => outcomes.every(Result.isSuccess)
  /** One call: of the use case or of the store alone, with one transfer or several. */
  const callOf = ({ by, hot = false, size = 1 }: Calls): Effect.Effect<boolean, unknown, Actor> =>
    Effect.suspend(() => {
      const commands = Array.from({ length: size }, () => transfer(hot))
      const [first] = commands
      if (by === "store") return Effect.map(commitTo(commands), booked)
      return size === 1 && first !== undefined
        ? Effect.as(ledger.commit(first), true)
        : Effect.map(ledger.commitAll(commands), booked)
    })

  /** So many clients that call, each once it has its answer, as long as the turn lasts. */
  const work = (calls: Calls, clients: number, fares: Fares, goesOn: () => boolean): Promise<void> =>
    runtime.runPromise(
      Effect.gen(function* () {
        while (goesOn()) {
          const before = performance.now()
          const exit = yield* Effect.exit(callOf(calls))
          fares.latencies.push(performance.now() - before)
          if (exit._tag === "Failure" || !exit.value) fares.errors += 1
        }
      }).pipe(
        Effect.replicateEffect(clients, { concurrency: "unbounded", discard: true }),
        Effect.provideService(Actor, system(tenant))
      )
    )

  return { runtime, store, ledger, sql, ids, transfer, commitTo, fill, settle, work, close: () => runtime.dispose() }
}

/** What a client calls. */
export interface Calls {
  readonly by: "use case" | "store"
  readonly size?: number
  readonly hot?: boolean
}

/** Books in a new SQLite file, in write-ahead mode and synced at each commit. */
export const sqliteBooks = async (options?: { readonly accounts?: number }) => {
  const folder = mkdtempSync(join(tmpdir(), "saldo-bench-"))
  const filename = join(folder, "bench.db")
  const books = await openBooks(SqliteClient.layer({ filename, synchronous: "full" }), options)
  const close = async () => {
    await books.close()
    rmSync(folder, { recursive: true })
  }
  return { ...books, filename, folder, close }
}

/** Books on a new server that waits for the disk at each commit. */
export const postgresBooks = async (clients: number, options?: { readonly accounts?: number }) => {
  const server = await startPostgres({ durable: true })
  const books = await openBooks(PostgresClient.layer({ url: server.url, poolSize: clients }), options)
  const close = async () => {
    await books.close()
    await server.stop()
  }
  return { ...books, url: server.url, close }
}
