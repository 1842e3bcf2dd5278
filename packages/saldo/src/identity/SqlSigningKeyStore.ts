import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Dialect from "../sql/Dialect.ts"
import { SigningKey, SigningKeyId, type StoredSigningKey } from "./SigningKey.ts"
import { SigningKeyStore } from "./SigningKeyStore.ts"

const keysTable = "saldo_identity_signing_keys"

/** The table of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0011_create_signing_keys": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE ${sql(keysTable)} (
        sequence BIGINT NOT NULL PRIMARY KEY,
        key_id ${text} NOT NULL UNIQUE,
        algorithm TEXT NOT NULL,
        public_key TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        signs_from BIGINT NOT NULL,
        signs_until BIGINT NOT NULL,
        verifies_until BIGINT NOT NULL,
        withdrawn_at BIGINT,
        sealed TEXT NOT NULL,
        sealed_by TEXT NOT NULL
      )`
  })
}

interface KeyRow {
  readonly sequence: bigint
  readonly key_id: string
  readonly algorithm: string
  readonly public_key: string
  readonly created_at: bigint
  readonly signs_from: bigint
  readonly signs_until: bigint
  readonly verifies_until: bigint
  readonly withdrawn_at: bigint | null
  readonly sealed: string
  readonly sealed_by: string
}

const instant = (millis: bigint): DateTime.Utc => DateTime.makeUnsafe(Number(millis))
const millis = (at: DateTime.Utc): bigint => BigInt(at.epochMilliseconds)

const decodeKey = Schema.decodeUnknownSync(Schema.toType(SigningKey))

const keyOf = (row: KeyRow): StoredSigningKey => ({
  ...decodeKey({
    id: row.key_id,
    sequence: Number(row.sequence),
    algorithm: row.algorithm,
    publicKey: row.public_key,
    createdAt: instant(row.created_at),
    signsFrom: instant(row.signs_from),
    signsUntil: instant(row.signs_until),
    verifiesUntil: instant(row.verifies_until),
    withdrawnAt: row.withdrawn_at === null ? null : instant(row.withdrawn_at)
  }),
  sealed: row.sealed,
  sealedBy: row.sealed_by
})

const rowOf = (key: StoredSigningKey) => ({
  sequence: BigInt(key.sequence),
  key_id: key.id,
  algorithm: key.algorithm,
  public_key: key.publicKey,
  created_at: millis(key.createdAt),
  signs_from: millis(key.signsFrom),
  signs_until: millis(key.signsUntil),
  verifies_until: millis(key.verifiesUntil),
  withdrawn_at: key.withdrawnAt === null ? null : millis(key.withdrawnAt),
  sealed: key.sealed,
  sealed_by: key.sealedBy
})

/** Signing keys in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<SigningKeyStore, never, SqlClient.SqlClient> = Layer.effect(
  SigningKeyStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const keys = sql(keysTable)

    return SigningKeyStore.of({
      insert: Effect.fn("SqlSigningKeyStore.insert")(function* (key) {
        const inserted = yield* sql`
          INSERT INTO ${keys} ${sql.insert(rowOf(key))} ON CONFLICT DO NOTHING RETURNING key_id`
        return inserted.length === 1
      }, Effect.orDie),
      list: sql<KeyRow>`SELECT * FROM ${keys} ORDER BY sequence`.pipe(
        Effect.map((rows) => rows.map(keyOf)),
        Effect.orDie,
        Effect.withSpan("SqlSigningKeyStore.list")
      ),
      withdraw: Effect.fn("SqlSigningKeyStore.withdraw")(function* (id, at) {
        const withdrawn = yield* sql`
          UPDATE ${keys} SET withdrawn_at = ${millis(at)} WHERE key_id = ${id} AND withdrawn_at IS NULL
          RETURNING key_id`
        return withdrawn.length === 1
      }, Effect.orDie),
      reseal: Effect.fn("SqlSigningKeyStore.reseal")(function* (id, from, { sealed, sealedBy }) {
        const resealed = yield* sql`
          UPDATE ${keys} SET sealed = ${sealed}, sealed_by = ${sealedBy} WHERE key_id = ${id} AND sealed = ${from}
          RETURNING key_id`
        return resealed.length === 1
      }, Effect.orDie),
      purge: Effect.fn("SqlSigningKeyStore.purge")(function* (at) {
        const purged = yield* sql<Pick<KeyRow, "key_id">>`
          DELETE FROM ${keys}
          WHERE (withdrawn_at IS NOT NULL OR verifies_until <= ${millis(at)})
            AND sequence < (SELECT MAX(sequence) FROM ${keys})
          RETURNING key_id`
        return purged.map(({ key_id }) => SigningKeyId.make(key_id)).toSorted()
      }, Effect.orDie)
    })
  })
)
