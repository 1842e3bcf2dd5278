import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { CommandScope } from "./Command.ts"
import type { Fingerprint } from "./fingerprint.ts"
import { IdempotencyStore, isFree, nextToken, type Reservation, type ReserveRequest } from "./IdempotencyStore.ts"
import { jsonText } from "./JsonText.ts"

/** The table of commands; `at` is the end of the lease, or when the command was settled, in epoch milliseconds. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0001_create_commands": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      CREATE TABLE saldo_core_commands (
        tenant TEXT NOT NULL,
        operation TEXT NOT NULL,
        command_key TEXT NOT NULL,
        digest TEXT NOT NULL,
        request TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('held', 'released', 'settled')),
        token BIGINT NOT NULL,
        at BIGINT NOT NULL,
        outcome TEXT NOT NULL,
        PRIMARY KEY (tenant, operation, command_key)
      )`
    yield* sql`CREATE INDEX saldo_core_commands_at ON saldo_core_commands (at)`
  })
}

const Row = Schema.Struct({
  request: jsonText(
    Schema.Struct({ digest: Schema.String, depth: Schema.Int, outline: Schema.Record(Schema.String, Schema.String) })
  ),
  state: Schema.Literals(["held", "released", "settled"]),
  token: Schema.BigInt,
  at: Schema.BigInt,
  outcome: Schema.String
})

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))
const encodeRequest = (request: Fingerprint): string => JSON.stringify(request)

const make = (sql: SqlClient.SqlClient): IdempotencyStore["Service"] => {
  const own = ({ key, operation, tenant }: CommandScope) =>
    sql`tenant = ${tenant} AND operation = ${operation} AND command_key = ${key}`

  /**
   * On Postgres a second insert of the same key waits for the first transaction's end. Clients that repeat themselves
   * quickly would fill the pool that way, so reserving takes the command's advisory lock first, which lasts as long as
   * the transaction, and does not wait for it. On SQLite there is one writer, who has waited already.
   */
  const tryLock = sql.onDialectOrElse({
    pg:
      () =>
      ({ key, operation, tenant }: CommandScope): Effect.Effect<boolean, SqlError> =>
        Effect.map(
          sql<{ readonly locked: boolean }>`
            SELECT pg_try_advisory_xact_lock(
              hashtextextended(current_schema() || ${JSON.stringify(["saldo.command", tenant, operation, key])}, 0)
            ) AS locked`,
          (rows) => rows[0]?.locked === true
        ),
    orElse: () => () => Effect.succeed(true)
  })

  const insert = ({ leaseUntil, now, request, scope }: ReserveRequest) => {
    const token = nextToken(0n, now)
    return Effect.map(
      sql`
        INSERT INTO saldo_core_commands
          (tenant, operation, command_key, digest, request, state, token, at, outcome)
        VALUES
          (${scope.tenant}, ${scope.operation}, ${scope.key}, ${request.digest}, ${encodeRequest(request)},
           'held', ${token}, ${BigInt(leaseUntil)}, '')
        ON CONFLICT (tenant, operation, command_key) DO NOTHING
        RETURNING state`,
      (rows): Reservation | undefined => (rows.length === 1 ? { _tag: "Reserved", token } : undefined)
    )
  }

  const find = (scope: CommandScope) =>
    sql`SELECT request, state, token, at, outcome FROM saldo_core_commands WHERE ${own(scope)}`.pipe(
      Effect.flatMap(decodeRows),
      Effect.map((rows) => rows[0])
    )

  const takeOver = ({ leaseUntil, now, request, scope }: ReserveRequest, previous: bigint) => {
    const token = nextToken(previous, now)
    return Effect.map(
      sql`
        UPDATE saldo_core_commands
        SET digest = ${request.digest}, request = ${encodeRequest(request)}, state = 'held', token = ${token},
          at = ${BigInt(leaseUntil)}
        WHERE ${own(scope)} AND token = ${previous} AND state <> 'settled'
        RETURNING state`,
      (rows): Reservation | undefined => (rows.length === 1 ? { _tag: "Reserved", token } : undefined)
    )
  }

  /** `undefined` means that the row changed between two statements, and that it is worth looking again. */
  const attempt = Effect.fnUntraced(function* (wish: ReserveRequest) {
    const inserted = yield* insert(wish)
    if (inserted !== undefined) return inserted
    const row = yield* find(wish.scope)
    if (row === undefined) return undefined
    if (row.state === "settled") {
      return { _tag: "Settled", request: row.request, outcome: row.outcome } satisfies Reservation
    }
    const until = Number(row.at)
    if (!isFree({ state: row.state, digest: row.request.digest, until }, wish)) {
      return { _tag: "Held", request: row.request, until } satisfies Reservation
    }
    return yield* takeOver(wish, row.token)
  })

  const held: Reservation = { _tag: "Held", request: undefined, until: undefined }

  return IdempotencyStore.of({
    reserve: Effect.fn("SqlIdempotencyStore.reserve")(function* (wish) {
      if (!(yield* tryLock(wish.scope))) return held
      while (true) {
        const reservation = yield* attempt(wish)
        if (reservation !== undefined) return reservation
      }
    }, Effect.orDie),
    renew: Effect.fn("SqlIdempotencyStore.renew")(function* (scope, token, leaseUntil) {
      const rows = yield* sql`
        UPDATE saldo_core_commands SET at = ${BigInt(leaseUntil)}
        WHERE ${own(scope)} AND token = ${token} AND state = 'held'
        RETURNING state`
      return rows.length === 1
    }, Effect.orDie),
    settle: Effect.fn("SqlIdempotencyStore.settle")(function* (scope, token, outcome, now) {
      const rows = yield* sql`
        UPDATE saldo_core_commands SET state = 'settled', outcome = ${outcome}, at = ${BigInt(now)}
        WHERE ${own(scope)} AND token = ${token} AND state = 'held'
        RETURNING state`
      return rows.length === 1
    }, Effect.orDie),
    release: Effect.fn("SqlIdempotencyStore.release")(function* (scope, token) {
      const rows = yield* sql`
        UPDATE saldo_core_commands SET state = 'released'
        WHERE ${own(scope)} AND token = ${token} AND state = 'held'
        RETURNING state`
      return rows.length === 1
    }, Effect.orDie),
    purge: Effect.fn("SqlIdempotencyStore.purge")(function* (before) {
      const rows = yield* sql`DELETE FROM saldo_core_commands WHERE at < ${BigInt(before)} RETURNING state`
      return rows.length
    }, Effect.orDie)
  })
}

/** Commands in the host's database, beside the data they change; needs its migrations to have run. */
export const layer: Layer.Layer<IdempotencyStore, never, SqlClient.SqlClient> = Layer.effect(
  IdempotencyStore,
  Effect.map(SqlClient.SqlClient, make)
)
