import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { Atomic } from "../core/Atomic.ts"
import * as Page from "../core/Page.ts"
import * as Dialect from "../sql/Dialect.ts"
import { type RefreshToken, Session, type SessionEnding } from "./Session.ts"
import { overAt } from "./sessionLife.ts"
import { sessionsQuery, SessionStore } from "./SessionStore.ts"

const sessionsTable = "saldo_identity_sessions"
const tokensTable = "saldo_identity_refresh_tokens"

/** The tables of this store, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0010_create_sessions": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE ${sql(sessionsTable)} (
        tenant ${text} NOT NULL,
        session_id ${text} NOT NULL,
        user_id ${text} NOT NULL,
        address TEXT,
        agent TEXT,
        started_at BIGINT NOT NULL,
        refreshed_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        ends_at BIGINT NOT NULL,
        ended_at BIGINT,
        end_reason TEXT,
        over_at BIGINT NOT NULL,
        PRIMARY KEY (tenant, session_id),
        CHECK ((ended_at IS NULL) = (end_reason IS NULL))
      )`
    yield* sql`
      CREATE INDEX saldo_identity_sessions_users ON ${sql(sessionsTable)} (tenant, user_id, session_id)
      WHERE ended_at IS NULL`
    yield* sql`CREATE INDEX saldo_identity_sessions_over ON ${sql(sessionsTable)} (over_at)`
    yield* sql`
      CREATE TABLE ${sql(tokensTable)} (
        hash ${text} NOT NULL PRIMARY KEY,
        tenant ${text} NOT NULL,
        session_id ${text} NOT NULL,
        used_at BIGINT,
        salt TEXT,
        FOREIGN KEY (tenant, session_id) REFERENCES ${sql(sessionsTable)} (tenant, session_id) ON DELETE CASCADE,
        CHECK (salt IS NULL OR used_at IS NOT NULL)
      )`
    yield* sql`CREATE INDEX saldo_identity_refresh_tokens_sessions ON ${sql(tokensTable)} (tenant, session_id)`
  })
}

interface SessionRow {
  readonly tenant: string
  readonly session_id: string
  readonly user_id: string
  readonly address: string | null
  readonly agent: string | null
  readonly started_at: bigint
  readonly refreshed_at: bigint
  readonly expires_at: bigint
  readonly ends_at: bigint
  readonly ended_at: bigint | null
  readonly end_reason: string | null
}

interface TokenRow {
  readonly hash: string
  readonly used_at: bigint | null
  readonly salt: string | null
}

const instant = (millis: bigint): DateTime.Utc => DateTime.makeUnsafe(Number(millis))
const millis = (at: DateTime.Utc): bigint => BigInt(at.epochMilliseconds)

const decodeSession = Schema.decodeUnknownSync(Schema.toType(Session))

const sessionOf = (row: SessionRow): Session =>
  decodeSession({
    id: row.session_id,
    tenant: row.tenant,
    userId: row.user_id,
    address: row.address,
    agent: row.agent,
    startedAt: instant(row.started_at),
    refreshedAt: instant(row.refreshed_at),
    expiresAt: instant(row.expires_at),
    endsAt: instant(row.ends_at),
    ended: row.ended_at === null ? null : { at: instant(row.ended_at), reason: row.end_reason }
  })

const tokenOf = ({ hash, salt, used_at }: TokenRow): RefreshToken => ({
  hash,
  usedAt: used_at === null ? null : instant(used_at),
  salt
})

/** What a refresh changes. */
const changing = (session: Session) => ({
  address: session.address,
  agent: session.agent,
  refreshed_at: millis(session.refreshedAt),
  expires_at: millis(session.expiresAt),
  over_at: BigInt(overAt(session))
})

const rowOf = (session: Session) => ({
  tenant: session.tenant,
  session_id: session.id,
  user_id: session.userId,
  started_at: millis(session.startedAt),
  ends_at: millis(session.endsAt),
  ended_at: session.ended === null ? null : millis(session.ended.at),
  end_reason: session.ended?.reason ?? null,
  ...changing(session)
})

type Service = SessionStore["Service"]

const makeTokens = (sql: SqlClient.SqlClient, atomic: Atomic["Service"]) => {
  const [sessions, tokens] = [sql(sessionsTable), sql(tokensTable)]
  const at = (tenant: string, id: string) => sql`tenant = ${tenant} AND session_id = ${id}`

  const locked = Effect.fnUntraced(function* (tenant: string, id: string) {
    const [row] = yield* sql<SessionRow>`
      SELECT * FROM ${sessions} WHERE ${at(tenant, id)} ${Dialect.forUpdate(sql)}`
    return Option.map(Option.fromNullishOr(row), sessionOf)
  })

  const lock: Service["lock"] = Effect.fn("SqlSessionStore.lock")(function* (hash) {
    const [place] = yield* sql<{ readonly tenant: string; readonly session_id: string }>`
      SELECT tenant, session_id FROM ${tokens} WHERE hash = ${hash}`
    const session = place === undefined ? Option.none<Session>() : yield* locked(place.tenant, place.session_id)
    if (Option.isNone(session)) return Option.none()
    // Read after the lock was taken: what another rotation did meanwhile shows only now.
    const [token] = yield* sql<TokenRow>`SELECT hash, used_at, salt FROM ${tokens} WHERE hash = ${hash}`
    return Option.map(Option.fromNullishOr(token), (row) => ({ session: session.value, token: tokenOf(row) }))
  }, Effect.orDie)

  const keep = (session: Session, hash: string) =>
    sql`INSERT INTO ${tokens} ${sql.insert({ hash, tenant: session.tenant, session_id: session.id })}`

  const insert: Service["insert"] = Effect.fn("SqlSessionStore.insert")(function* (session, hash) {
    yield* atomic.runLocking(
      Effect.andThen(sql`INSERT INTO ${sessions} ${sql.insert(rowOf(session))}`, keep(session, hash))
    )
  }, Effect.orDie)

  const rotate: Service["rotate"] = Effect.fn("SqlSessionStore.rotate")(function* ({ salt, session, successor, used }) {
    const here = at(session.tenant, session.id)
    const rotating = Effect.gen(function* () {
      const there = yield* locked(session.tenant, session.id)
      if (Option.isNone(there) || there.value.ended !== null) return false
      const marked = yield* sql`
        UPDATE ${tokens} SET used_at = ${millis(session.refreshedAt)}, salt = ${salt}
        WHERE hash = ${used} AND ${here} AND used_at IS NULL RETURNING hash`
      if (marked.length !== 1) return false
      yield* sql`UPDATE ${tokens} SET salt = NULL WHERE ${here} AND salt IS NOT NULL AND hash <> ${used}`
      yield* keep(session, successor)
      yield* sql`UPDATE ${sessions} SET ${sql.update(changing(session))} WHERE ${here}`
      return true
    })
    return yield* atomic.runLocking(rotating)
  }, Effect.orDie)

  return { lock, insert, rotate }
}

const makeEnds = (sql: SqlClient.SqlClient) => {
  const sessions = sql(sessionsTable)
  // One that was over before it ended stays over since then.
  const ending = ({ at, reason }: SessionEnding) => sql`
    ended_at = ${millis(at)}, end_reason = ${reason},
    over_at = CASE WHEN over_at < ${millis(at)} THEN over_at ELSE ${millis(at)} END`

  const end: Service["end"] = Effect.fn("SqlSessionStore.end")(function* (tenant, id, why) {
    const ended = yield* sql`
      UPDATE ${sessions} SET ${ending(why)}
      WHERE tenant = ${tenant} AND session_id = ${id} AND ended_at IS NULL RETURNING session_id`
    return ended.length === 1
  }, Effect.orDie)

  const endAllOf: Service["endAllOf"] = Effect.fn("SqlSessionStore.endAllOf")(function* (tenant, userId, why, keep) {
    const ended = yield* sql<Pick<SessionRow, "session_id">>`
      UPDATE ${sessions} SET ${ending(why)}
      WHERE tenant = ${tenant} AND user_id = ${userId} AND ended_at IS NULL AND session_id <> ${keep ?? ""}
      RETURNING session_id`
    return ended.map(({ session_id }) => Session.fields.id.make(session_id)).toSorted()
  }, Effect.orDie)

  const purge: Service["purge"] = Effect.fn("SqlSessionStore.purge")(function* (before, limit) {
    const purged = yield* sql`
      DELETE FROM ${sessions} WHERE (tenant, session_id) IN (
        SELECT tenant, session_id FROM ${sessions} WHERE over_at < ${millis(before)} ORDER BY over_at LIMIT ${limit}
      ) RETURNING session_id`
    return purged.length
  }, Effect.orDie)

  return { end, endAllOf, purge }
}

const makeReads = (sql: SqlClient.SqlClient) => {
  const sessions = sql(sessionsTable)

  const find: Service["find"] = Effect.fn("SqlSessionStore.find")(function* (tenant, id) {
    const [row] = yield* sql<SessionRow>`
      SELECT * FROM ${sessions} WHERE tenant = ${tenant} AND session_id = ${id}`
    return Option.map(Option.fromNullishOr(row), sessionOf)
  }, Effect.orDie)

  const list: Service["list"] = Effect.fn("SqlSessionStore.list")(function* (tenant, userId, at, page) {
    const query = sessionsQuery(tenant, userId)
    const [before] = (yield* Page.startOf(query, page)) ?? []
    const earlier = typeof before === "string" ? sql`AND session_id < ${before}` : sql``
    const rows = yield* Effect.orDie(sql<SessionRow>`
      SELECT * FROM ${sessions}
      WHERE tenant = ${tenant} AND user_id = ${userId} AND ended_at IS NULL AND over_at > ${millis(at)} ${earlier}
      ORDER BY session_id DESC LIMIT ${Page.limitOf(page) + 1}`)
    return Page.pageOf(query, page, rows.map(sessionOf), ({ id }) => [id])
  })

  return { find, list }
}

/** Sessions in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<SessionStore, never, SqlClient.SqlClient | Atomic> = Layer.effect(
  SessionStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    return SessionStore.of({ ...makeTokens(sql, yield* Atomic), ...makeEnds(sql), ...makeReads(sql) })
  })
)
