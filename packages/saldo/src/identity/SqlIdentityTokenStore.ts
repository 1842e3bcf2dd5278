import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as DateTime from "effect/DateTime"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Dialect from "../sql/Dialect.ts"
import { StoredToken } from "./IdentityToken.ts"
import { IdentityTokenStore, type TokenClaim } from "./IdentityTokenStore.ts"

/** The table of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0002_create_tokens": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE saldo_identity_tokens (
        tenant ${text} NOT NULL,
        user_id ${text} NOT NULL,
        purpose ${text} NOT NULL,
        hash ${text} NOT NULL,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        PRIMARY KEY (tenant, user_id, purpose),
        UNIQUE (tenant, purpose, hash)
      )`
    yield* sql`CREATE INDEX saldo_identity_tokens_expiry ON saldo_identity_tokens (expires_at)`
  })
}

interface TokenRow {
  readonly tenant: string
  readonly user_id: string
  readonly purpose: string
  readonly hash: string
  readonly created_at: bigint
  readonly expires_at: bigint
}

const decodeToken = Schema.decodeUnknownSync(StoredToken)

const one = (rows: ReadonlyArray<TokenRow>): Option.Option<StoredToken> =>
  Option.map(Option.fromNullishOr(rows[0]), (row) =>
    decodeToken({
      tenant: row.tenant,
      userId: row.user_id,
      purpose: row.purpose,
      hash: row.hash,
      createdAt: Number(row.created_at),
      expiresAt: Number(row.expires_at)
    })
  )

type Service = IdentityTokenStore["Service"]

const make = (sql: SqlClient.SqlClient): Service => {
  const claimed = ({ hash, purpose, tenant }: TokenClaim, at: DateTime.Utc) =>
    sql`hash = ${hash} AND purpose = ${purpose} AND tenant = ${tenant} AND expires_at > ${BigInt(at.epochMilliseconds)}`

  return {
    put: Effect.fn("SqlIdentityTokenStore.put")(function* ({ createdAt, expiresAt, hash, purpose, tenant, userId }) {
      const changing = {
        hash,
        created_at: BigInt(createdAt.epochMilliseconds),
        expires_at: BigInt(expiresAt.epochMilliseconds)
      }
      yield* sql`
        INSERT INTO saldo_identity_tokens ${sql.insert({ tenant, user_id: userId, purpose, ...changing })}
        ON CONFLICT (tenant, user_id, purpose) DO UPDATE SET ${sql.update(changing)}`
    }, Effect.orDie),
    find: Effect.fn("SqlIdentityTokenStore.find")(function* (claim, at) {
      return one(yield* sql<TokenRow>`SELECT * FROM saldo_identity_tokens WHERE ${claimed(claim, at)}`)
    }, Effect.orDie),
    take: Effect.fn("SqlIdentityTokenStore.take")(function* (claim, at) {
      return one(yield* sql<TokenRow>`DELETE FROM saldo_identity_tokens WHERE ${claimed(claim, at)} RETURNING *`)
    }, Effect.orDie),
    forget: Effect.fn("SqlIdentityTokenStore.forget")(function* (tenant, userId) {
      const rows = yield* sql`
        DELETE FROM saldo_identity_tokens WHERE tenant = ${tenant} AND user_id = ${userId} RETURNING hash`
      return rows.length
    }, Effect.orDie),
    purge: Effect.fn("SqlIdentityTokenStore.purge")(function* (expiredAt, limit) {
      const expired = sql`expires_at <= ${BigInt(expiredAt.epochMilliseconds)}`
      const rows = yield* sql`
        DELETE FROM saldo_identity_tokens WHERE ${expired} AND (tenant, user_id, purpose) IN (
          SELECT tenant, user_id, purpose FROM saldo_identity_tokens WHERE ${expired} ORDER BY expires_at LIMIT ${limit}
        ) RETURNING hash`
      return rows.length
    }, Effect.orDie)
  }
}

/** Tokens in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<IdentityTokenStore, never, SqlClient.SqlClient> = Layer.effect(
  IdentityTokenStore,
  Effect.map(SqlClient.SqlClient, (sql) => IdentityTokenStore.of(make(sql)))
)
