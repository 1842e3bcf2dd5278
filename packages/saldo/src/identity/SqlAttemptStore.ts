import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Dialect from "../sql/Dialect.ts"
import { type AttemptKey, AttemptStore } from "./AttemptStore.ts"
import { type Attempts, noAttempts } from "./attempts.ts"

/** The table of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0003_create_attempts": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE saldo_identity_attempts (
        tenant ${text} NOT NULL,
        attempt_key ${text} NOT NULL,
        failures BIGINT NOT NULL,
        last_at BIGINT NOT NULL,
        open_at BIGINT NOT NULL,
        refused BIGINT NOT NULL CHECK (refused IN (0, 1)),
        PRIMARY KEY (tenant, attempt_key)
      )`
    yield* sql`CREATE INDEX saldo_identity_attempts_age ON saldo_identity_attempts (last_at)`
  })
}

interface AttemptRow {
  readonly failures: bigint
  readonly last_at: bigint
  readonly open_at: bigint
  readonly refused: bigint
}

const attemptsOf = (row: AttemptRow): Attempts => ({
  failures: Number(row.failures),
  lastAt: Number(row.last_at),
  openAt: Number(row.open_at),
  refused: Number(row.refused) === 1
})

const rowOf = (attempts: Attempts) => ({
  failures: BigInt(attempts.failures),
  last_at: BigInt(attempts.lastAt),
  open_at: BigInt(attempts.openAt),
  refused: attempts.refused ? 1n : 0n
})

type Service = AttemptStore["Service"]

const make = (sql: SqlClient.SqlClient): Service => {
  const at = ({ key, tenant }: AttemptKey) => sql`tenant = ${tenant} AND attempt_key = ${key}`
  const columns = sql.literal("failures, last_at, open_at, refused")

  return {
    lock: Effect.fn("SqlAttemptStore.lock")(function* (given) {
      const { key, tenant } = given
      // A row that is not there cannot be locked. Another transaction that makes it at the same time is waited for.
      while (true) {
        yield* sql`
          INSERT INTO saldo_identity_attempts ${sql.insert({ tenant, attempt_key: key, ...rowOf(noAttempts) })}
          ON CONFLICT DO NOTHING`
        const [row] = yield* sql<AttemptRow>`
          SELECT ${columns} FROM saldo_identity_attempts WHERE ${at(given)} ${Dialect.forUpdate(sql)}`
        if (row !== undefined) return attemptsOf(row)
      }
    }, Effect.orDie),
    find: Effect.fn("SqlAttemptStore.find")(function* (key) {
      const rows = yield* sql<AttemptRow>`SELECT ${columns} FROM saldo_identity_attempts WHERE ${at(key)}`
      return rows[0] === undefined ? noAttempts : attemptsOf(rows[0])
    }, Effect.orDie),
    save: Effect.fn("SqlAttemptStore.save")(function* ({ key, tenant }, attempts) {
      const row = rowOf(attempts)
      yield* sql`
        INSERT INTO saldo_identity_attempts ${sql.insert({ tenant, attempt_key: key, ...row })}
        ON CONFLICT (tenant, attempt_key) DO UPDATE SET ${sql.update(row)}`
    }, Effect.orDie),
    purge: Effect.fn("SqlAttemptStore.purge")(function* (lastAt, limit) {
      const old = sql`last_at <= ${BigInt(lastAt.epochMilliseconds)}`
      const rows = yield* sql`
        DELETE FROM saldo_identity_attempts WHERE ${old} AND (tenant, attempt_key) IN (
          SELECT tenant, attempt_key FROM saldo_identity_attempts WHERE ${old} ORDER BY last_at LIMIT ${limit}
        ) RETURNING attempt_key`
      return rows.length
    }, Effect.orDie)
  }
}

/** Tries in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<AttemptStore, never, SqlClient.SqlClient> = Layer.effect(
  AttemptStore,
  Effect.map(SqlClient.SqlClient, (sql) => AttemptStore.of(make(sql)))
)
