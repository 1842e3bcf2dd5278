import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Page from "../core/Page.ts"
import { jsonText } from "../core/JsonText.ts"
import * as Dialect from "../sql/Dialect.ts"
import { RoleName, StoredUser } from "./User.ts"
import { UserStore } from "./UserStore.ts"

/** The table of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0001_create_users": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE saldo_identity_users (
        tenant ${text} NOT NULL,
        user_id ${text} NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('unverified', 'active', 'locked', 'deleted')),
        roles TEXT NOT NULL,
        party TEXT,
        locale TEXT NOT NULL,
        sealed TEXT,
        sealed_by ${text},
        email_index TEXT,
        created_at BIGINT NOT NULL,
        version BIGINT NOT NULL,
        PRIMARY KEY (tenant, user_id),
        UNIQUE (tenant, email_index),
        CHECK ((sealed IS NULL) = (state = 'deleted')),
        CHECK ((sealed_by IS NULL) = (state = 'deleted')),
        CHECK ((email_index IS NULL) = (state = 'deleted'))
      )`
    yield* sql`
      CREATE INDEX saldo_identity_users_party ON saldo_identity_users (tenant, party, user_id) WHERE party IS NOT NULL`
    yield* sql`
      CREATE INDEX saldo_identity_users_sealed_by ON saldo_identity_users (sealed_by) WHERE sealed_by IS NOT NULL`
  })
}

interface UserRow {
  readonly tenant: string
  readonly user_id: string
  readonly state: string
  readonly roles: string
  readonly party: string | null
  readonly locale: string
  readonly sealed: string | null
  readonly sealed_by: string | null
  readonly email_index: string | null
  readonly created_at: bigint
  readonly version: bigint
}

const RolesText = jsonText(Schema.Array(RoleName))
const encodeRoles = Schema.encodeSync(RolesText)
const decodeRoles = Schema.decodeSync(RolesText)
const decodeUser = Schema.decodeUnknownSync(StoredUser)

const userOfRow = (row: UserRow): StoredUser =>
  decodeUser({
    id: row.user_id,
    tenant: row.tenant,
    state: row.state,
    roles: decodeRoles(row.roles),
    party: row.party,
    locale: row.locale,
    sealed: row.sealed,
    sealedBy: row.sealed_by,
    emailIndex: row.email_index,
    createdAt: Number(row.created_at),
    version: Number(row.version)
  })

const rowOfUser = (user: StoredUser) => ({
  tenant: user.tenant,
  user_id: user.id,
  state: user.state,
  roles: encodeRoles(user.roles),
  party: user.party,
  locale: user.locale,
  sealed: user.sealed,
  sealed_by: user.sealedBy,
  email_index: user.emailIndex,
  created_at: BigInt(user.createdAt.epochMilliseconds),
  version: BigInt(user.version)
})

type Service = UserStore["Service"]

const one = (rows: ReadonlyArray<UserRow>) => Option.map(Option.fromNullishOr(rows[0]), userOfRow)

const makeWrites = (sql: SqlClient.SqlClient) => {
  const at = (tenant: string, id: string) => sql`tenant = ${tenant} AND user_id = ${id}`

  const insert: Service["insert"] = Effect.fn("SqlUserStore.insert")(function* (user) {
    const { emailIndex, id, tenant } = user
    // A row that came between the insert and the reading was taken back by its transaction, so the insert is tried again.
    while (true) {
      const inserted = yield* sql`
        INSERT INTO saldo_identity_users ${sql.insert(rowOfUser(user))} ON CONFLICT DO NOTHING RETURNING user_id`
      if (inserted.length === 1) return Option.none<StoredUser>()
      const there = one(
        yield* sql<UserRow>`
        SELECT * FROM saldo_identity_users
        WHERE tenant = ${tenant} AND (user_id = ${id} OR email_index = ${emailIndex})
        ORDER BY CASE WHEN user_id = ${id} THEN 0 ELSE 1 END LIMIT 1`
      )
      if (Option.isSome(there)) return there
    }
  }, Effect.orDie)

  const save: Service["save"] = Effect.fn("SqlUserStore.save")(function* (user) {
    const { tenant: _tenant, user_id: _id, ...columns } = rowOfUser(user)
    const { emailIndex: index, id, tenant } = user
    const [holder] = yield* sql<{ readonly user_id: string }>`
      SELECT user_id FROM saldo_identity_users WHERE tenant = ${tenant} AND email_index = ${index}`
    if (holder !== undefined && holder.user_id !== id) return false
    const saving = sql`
      UPDATE saldo_identity_users SET ${sql.update(columns)}
      WHERE ${at(tenant, id)} AND version = ${BigInt(user.version - 1)} RETURNING user_id`
    // Of those who take an address at the same time the index lets one; for the others the transaction goes on without it.
    const saved = yield* holder !== undefined || index === null
      ? saving
      : Effect.catchIf(
          sql.withTransaction(saving),
          ({ reason }) => reason._tag === "UniqueViolation",
          () => Effect.succeed([])
        )
    return saved.length === 1
  }, Effect.orDie)

  const lock: Service["lock"] = Effect.fn("SqlUserStore.lock")(function* (tenant, id) {
    return one(
      yield* sql<UserRow>`SELECT * FROM saldo_identity_users WHERE ${at(tenant, id)} ${Dialect.forUpdate(sql)}`
    )
  }, Effect.orDie)

  return { insert, lock, save }
}

const makeReads = (sql: SqlClient.SqlClient) => {
  const list: Service["list"] = Effect.fn("SqlUserStore.list")(function* (tenant, filter, page) {
    const query = { tenant, filter }
    const [start] = (yield* Page.startOf(query, page)) ?? []
    const all = [
      sql`tenant = ${tenant}`,
      ...(filter.state === undefined ? [] : [sql`state = ${filter.state}`]),
      ...(filter.party === undefined ? [] : [sql`party = ${filter.party}`]),
      ...(typeof start === "string" ? [sql`user_id > ${start}`] : [])
    ]
    const rows = yield* Effect.orDie(sql<UserRow>`
      SELECT * FROM saldo_identity_users WHERE ${sql.and(all)} ORDER BY user_id LIMIT ${Page.limitOf(page) + 1}`)
    return Page.pageOf(query, page, rows.map(userOfRow), ({ id }) => [id])
  })

  return {
    list,
    find: Effect.fn("SqlUserStore.find")(function* (tenant, id) {
      return one(yield* sql<UserRow>`SELECT * FROM saldo_identity_users WHERE tenant = ${tenant} AND user_id = ${id}`)
    }, Effect.orDie) satisfies Service["find"],
    findByEmail: Effect.fn("SqlUserStore.findByEmail")(function* (tenant, index) {
      return one(
        yield* sql<UserRow>`SELECT * FROM saldo_identity_users WHERE tenant = ${tenant} AND email_index = ${index}`
      )
    }, Effect.orDie) satisfies Service["findByEmail"],
    sealedByOthers: Effect.fn("SqlUserStore.sealedByOthers")(function* (keyId, limit) {
      // Two ranges, which an index serves, in place of an inequality, which none does.
      const rows = yield* sql<UserRow>`
        SELECT * FROM saldo_identity_users WHERE sealed_by IS NOT NULL AND (sealed_by < ${keyId} OR sealed_by > ${keyId})
        ORDER BY tenant, user_id LIMIT ${limit}`
      return rows.map(userOfRow)
    }, Effect.orDie) satisfies Service["sealedByOthers"]
  }
}

/** Users in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<UserStore, never, SqlClient.SqlClient> = Layer.effect(
  UserStore,
  Effect.map(SqlClient.SqlClient, (sql) => UserStore.of({ ...makeWrites(sql), ...makeReads(sql) }))
)
