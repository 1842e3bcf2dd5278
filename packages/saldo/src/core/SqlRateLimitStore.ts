import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Dialect from "../sql/Dialect.ts"
import { RateLimitStore } from "./RateLimitStore.ts"

/** The table of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0003_create_rate_limits": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      CREATE TABLE saldo_core_rate_limits (
        limit_key ${Dialect.textType(sql)} PRIMARY KEY,
        taken BIGINT NOT NULL,
        ends_at BIGINT NOT NULL
      )`
    yield* sql`CREATE INDEX saldo_core_rate_limits_age ON saldo_core_rate_limits (ends_at)`
  })
}

interface WindowRow {
  readonly taken: bigint
  readonly ends_at: bigint
}

const make = (sql: SqlClient.SqlClient): RateLimitStore["Service"] => ({
  // One statement, so that the row's own lock puts those at the same time in an order.
  take: Effect.fn("SqlRateLimitStore.take")(function* (key, windowMs, at) {
    const now = BigInt(at.epochMilliseconds)
    const row = { limit_key: key, taken: 1n, ends_at: now + BigInt(windowMs) }
    const [window] = yield* sql<WindowRow>`
      INSERT INTO saldo_core_rate_limits ${sql.insert(row)}
      ON CONFLICT (limit_key) DO UPDATE SET
        taken = CASE WHEN saldo_core_rate_limits.ends_at <= ${now} THEN 1 ELSE saldo_core_rate_limits.taken + 1 END,
        ends_at = CASE WHEN saldo_core_rate_limits.ends_at <= ${now}
          THEN excluded.ends_at ELSE saldo_core_rate_limits.ends_at END
      RETURNING taken, ends_at`
    const { ends_at, taken } = window ?? row
    return { count: Number(taken), endsAt: DateTime.makeUnsafe(Number(ends_at)) }
  }, Effect.orDie),
  purge: Effect.fn("SqlRateLimitStore.purge")(function* (at, limit) {
    const over = sql`ends_at <= ${BigInt(at.epochMilliseconds)}`
    const rows = yield* sql`
      DELETE FROM saldo_core_rate_limits WHERE ${over} AND limit_key IN (
        SELECT limit_key FROM saldo_core_rate_limits WHERE ${over} ORDER BY ends_at LIMIT ${limit}
      ) RETURNING limit_key`
    return rows.length
  }, Effect.orDie)
})

/** Counts that any number of processes share; needs its migrations to have run. */
export const layer: Layer.Layer<RateLimitStore, never, SqlClient.SqlClient> = Layer.effect(
  RateLimitStore,
  Effect.map(SqlClient.SqlClient, (sql) => RateLimitStore.of(make(sql)))
)
