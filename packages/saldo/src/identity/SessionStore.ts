import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as MemoryTable from "../core/MemoryTable.ts"
import * as Page from "../core/Page.ts"
import type { RefreshToken, Session, SessionEnding, SessionId } from "./Session.ts"
import { isInForce, overAt } from "./sessionLife.ts"

/** A session together with the refresh token by which it was found. */
export interface HeldSession {
  readonly session: Session
  readonly token: RefreshToken
}

/** One refresh: the token that was used, what comes in its place, and what the session is then. */
export interface Rotation {
  readonly used: string
  readonly successor: string
  readonly salt: string
  /** The session as it is after the refresh; `refreshedAt` is when the token was used. */
  readonly session: Session
}

/**
 * Port: keeps sessions, and the hashes of every refresh token that was ever given for them.
 *
 * Contract:
 * - `insert` keeps a session and its first token; a session or a token that is there already is a defect.
 * - `lock` finds a session by the hash of any of its tokens, used ones too, whatever the tenant, and gives both as nobody
 *   else can change them until the transaction ends; call it inside `Atomic.runLocking`.
 * - `rotate` notes the use of a token with the salt of its successor, takes the salt away from every other token of the
 *   session, and keeps the successor and the changed session. It says whether it did: a token is used once, and a session
 *   that has ended keeps no successor.
 * - `end` and `endAllOf` end sessions that have not ended, and say which; an ending is never replaced by another.
 * - `endAllOf` ends those of one user of one tenant, but not `keep` if that is given.
 * - `list` gives a user's sessions that are live at an instant, the latest first.
 * - `purge` forgets up to so many sessions, of all tenants, that were over before an instant, with their tokens.
 * - Only `lock` and `purge` see the rows of more than one tenant.
 *
 * Concurrency: of concurrent `rotate`s of one token exactly one is told true.
 */
export class SessionStore extends Context.Service<
  SessionStore,
  {
    readonly insert: (session: Session, tokenHash: string) => Effect.Effect<void>
    readonly lock: (tokenHash: string) => Effect.Effect<Option.Option<HeldSession>>
    readonly rotate: (rotation: Rotation) => Effect.Effect<boolean>
    readonly end: (tenant: string, id: SessionId, ending: SessionEnding) => Effect.Effect<boolean>
    readonly endAllOf: (
      tenant: string,
      userId: Session["userId"],
      ending: SessionEnding,
      keep?: SessionId
    ) => Effect.Effect<ReadonlyArray<SessionId>>
    readonly find: (tenant: string, id: SessionId) => Effect.Effect<Option.Option<Session>>
    readonly list: (
      tenant: string,
      userId: Session["userId"],
      at: DateTime.Utc,
      page: Page.PageRequest
    ) => Effect.Effect<Page.Page<Session>, Page.InvalidCursor | Page.CursorMismatch>
    readonly purge: (before: DateTime.Utc, limit: number) => Effect.Effect<number>
  }
>()("saldo/identity/SessionStore") {
  /** Sessions in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<SessionStore> = Layer.effect(
    this,
    Effect.suspend(() => makeMemory)
  )
}

/** What a cursor of a user's sessions stands for. */
export const sessionsQuery = (tenant: string, userId: string) => ({ list: "sessions", tenant, userId })

interface MemoryRow {
  readonly session: Session
  readonly tokens: ReadonlyArray<RefreshToken>
}

const holds = (hash: string) => (row: MemoryRow) => row.tokens.some((token) => token.hash === hash)

const keyOf = (tenant: string, id: string): string => `${id} ${tenant}`

const newestFirst = (left: Session, right: Session): number => (left.id < right.id ? 1 : -1)

const rotated = (tokens: ReadonlyArray<RefreshToken>, { salt, session, successor, used }: Rotation) => [
  ...tokens.map((token) =>
    token.hash === used ? { ...token, usedAt: session.refreshedAt, salt } : { ...token, salt: null }
  ),
  { hash: successor, usedAt: null, salt: null }
]

const makeMemory = Effect.gen(function* () {
  const table = yield* MemoryTable.make<string, MemoryRow>()

  const endWhere = (ending: SessionEnding, concerned: (session: Session) => boolean) =>
    table.modify((rows) => {
      const ended = [...rows.entries()].filter(([, { session }]) => session.ended === null && concerned(session))
      for (const [key, row] of ended) rows.set(key, { ...row, session: { ...row.session, ended: ending } })
      return ended.map(([, { session }]) => session.id).toSorted()
    })

  return SessionStore.of({
    insert: (session, hash) =>
      table.modify((rows) => {
        const key = keyOf(session.tenant, session.id)
        if (rows.has(key) || [...rows.values()].some(holds(hash))) {
          throw new RangeError(`The session ${session.id} or its token is there already`)
        }
        rows.set(key, { session, tokens: [{ hash, usedAt: null, salt: null }] })
      }),
    lock: (hash) =>
      table.read((rows) => {
        const row = [...rows.values()].find(holds(hash))
        const token = row?.tokens.find((each) => each.hash === hash)
        return row === undefined || token === undefined ? Option.none() : Option.some({ session: row.session, token })
      }),
    rotate: (rotation) =>
      table.modify((rows) => {
        const key = keyOf(rotation.session.tenant, rotation.session.id)
        const row = rows.get(key)
        const token = row?.tokens.find(({ hash }) => hash === rotation.used)
        if (row === undefined || row.session.ended !== null || token === undefined || token.usedAt !== null)
          return false
        rows.set(key, { session: rotation.session, tokens: rotated(row.tokens, rotation) })
        return true
      }),
    end: (tenant, id, ending) =>
      Effect.map(
        endWhere(ending, (session) => session.tenant === tenant && session.id === id),
        (ended) => ended.length === 1
      ),
    endAllOf: (tenant, userId, ending, keep) =>
      endWhere(ending, (session) => session.tenant === tenant && session.userId === userId && session.id !== keep),
    find: (tenant, id) => Effect.map(table.get(keyOf(tenant, id)), (row) => Option.map(row, ({ session }) => session)),
    list: Effect.fnUntraced(function* (tenant, userId, at, page) {
      const query = sessionsQuery(tenant, userId)
      const [before] = (yield* Page.startOf(query, page)) ?? []
      const found = (yield* table.values)
        .map(({ session }) => session)
        .filter((session) => session.tenant === tenant && session.userId === userId && isInForce(session, at))
        .filter(({ id }) => typeof before !== "string" || id < before)
        .sort(newestFirst)
      return Page.pageOf(query, page, found, ({ id }) => [id])
    }),
    purge: (before, limit) =>
      table.modify((rows) => {
        const over = [...rows.entries()]
          .filter(([, { session }]) => overAt(session) < before.epochMilliseconds)
          .slice(0, limit)
        for (const [key] of over) rows.delete(key)
        return over.length
      })
  })
})
