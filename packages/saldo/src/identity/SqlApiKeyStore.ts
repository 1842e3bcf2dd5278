import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { Permission } from "../core/Actor.ts"
import * as Page from "../core/Page.ts"
import { jsonText } from "../core/JsonText.ts"
import * as Dialect from "../sql/Dialect.ts"
import { ApiKey } from "./ApiKey.ts"
import { apiKeysQuery, ApiKeyStore } from "./ApiKeyStore.ts"

const keysTable = "saldo_identity_api_keys"

/** The table of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0012_create_api_keys": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE ${sql(keysTable)} (
        tenant ${text} NOT NULL,
        key_id ${text} NOT NULL,
        user_id ${text} NOT NULL,
        name TEXT NOT NULL,
        prefix ${text} NOT NULL UNIQUE,
        hash TEXT NOT NULL,
        scopes TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        expires_at BIGINT,
        last_used_at BIGINT,
        revoked_at BIGINT,
        PRIMARY KEY (tenant, key_id)
      )`
    yield* sql`CREATE INDEX saldo_identity_api_keys_users ON ${sql(keysTable)} (tenant, user_id, key_id)`
  })
}

interface KeyRow {
  readonly tenant: string
  readonly key_id: string
  readonly user_id: string
  readonly name: string
  readonly prefix: string
  readonly hash: string
  readonly scopes: string
  readonly created_at: bigint
  readonly expires_at: bigint | null
  readonly last_used_at: bigint | null
  readonly revoked_at: bigint | null
}

const ScopesText = jsonText(Schema.Array(Permission))
const encodeScopes = Schema.encodeSync(ScopesText)
const decodeScopes = Schema.decodeSync(ScopesText)
const decodeKey = Schema.decodeUnknownSync(Schema.toType(ApiKey))

const instant = (millis: bigint | null): DateTime.Utc | null =>
  millis === null ? null : DateTime.makeUnsafe(Number(millis))
const millis = (at: DateTime.Utc | null): bigint | null => (at === null ? null : BigInt(at.epochMilliseconds))

const keyOf = (row: KeyRow): ApiKey =>
  decodeKey({
    id: row.key_id,
    tenant: row.tenant,
    userId: row.user_id,
    name: row.name,
    prefix: row.prefix,
    scopes: decodeScopes(row.scopes),
    createdAt: instant(row.created_at),
    expiresAt: instant(row.expires_at),
    lastUsedAt: instant(row.last_used_at),
    revokedAt: instant(row.revoked_at)
  })

const rowOf = (key: ApiKey, hash: string) => ({
  tenant: key.tenant,
  key_id: key.id,
  user_id: key.userId,
  name: key.name,
  prefix: key.prefix,
  hash,
  scopes: encodeScopes(key.scopes),
  created_at: millis(key.createdAt),
  expires_at: millis(key.expiresAt),
  last_used_at: millis(key.lastUsedAt),
  revoked_at: millis(key.revokedAt)
})

/** API keys in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<ApiKeyStore, never, SqlClient.SqlClient> = Layer.effect(
  ApiKeyStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const keys = sql(keysTable)
    const at = (tenant: string, id: string) => sql`tenant = ${tenant} AND key_id = ${id}`

    return ApiKeyStore.of({
      insert: Effect.fn("SqlApiKeyStore.insert")(function* (key, hash) {
        const inserted = yield* sql`
          INSERT INTO ${keys} ${sql.insert(rowOf(key, hash))} ON CONFLICT (prefix) DO NOTHING RETURNING key_id`
        return inserted.length === 1
      }, Effect.orDie),
      findByPrefix: Effect.fn("SqlApiKeyStore.findByPrefix")(function* (prefix) {
        const [row] = yield* sql<KeyRow>`SELECT * FROM ${keys} WHERE prefix = ${prefix}`
        return Option.map(Option.fromNullishOr(row), (found) => ({ key: keyOf(found), hash: found.hash }))
      }, Effect.orDie),
      find: Effect.fn("SqlApiKeyStore.find")(function* (tenant, id) {
        const [row] = yield* sql<KeyRow>`SELECT * FROM ${keys} WHERE ${at(tenant, id)}`
        return Option.map(Option.fromNullishOr(row), keyOf)
      }, Effect.orDie),
      list: Effect.fn("SqlApiKeyStore.list")(function* (tenant, filter, page) {
        const query = apiKeysQuery(tenant, filter)
        const [before] = (yield* Page.startOf(query, page)) ?? []
        const all = [
          sql`tenant = ${tenant}`,
          ...(filter.userId === undefined ? [] : [sql`user_id = ${filter.userId}`]),
          ...(typeof before === "string" ? [sql`key_id < ${before}`] : [])
        ]
        const rows = yield* Effect.orDie(sql<KeyRow>`
          SELECT * FROM ${keys} WHERE ${sql.and(all)} ORDER BY key_id DESC LIMIT ${Page.limitOf(page) + 1}`)
        return Page.pageOf(query, page, rows.map(keyOf), ({ id }) => [id])
      }),
      revoke: Effect.fn("SqlApiKeyStore.revoke")(function* (tenant, id, when) {
        const revoked = yield* sql`
          UPDATE ${keys} SET revoked_at = ${millis(when)} WHERE ${at(tenant, id)} AND revoked_at IS NULL
          RETURNING key_id`
        return revoked.length === 1
      }, Effect.orDie),
      touch: Effect.fn("SqlApiKeyStore.touch")(function* (tenant, id, when) {
        const touched = yield* sql`
          UPDATE ${keys} SET last_used_at = ${millis(when)}
          WHERE ${at(tenant, id)} AND (last_used_at IS NULL OR last_used_at < ${millis(when)})
          RETURNING key_id`
        return touched.length === 1
      }, Effect.orDie)
    })
  })
)
