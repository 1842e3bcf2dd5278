import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as MemoryTable from "../core/MemoryTable.ts"
import * as Page from "../core/Page.ts"
import type { ApiKey, ApiKeyId } from "./ApiKey.ts"

/** Whose keys a list holds: those of one user, or of all of the tenant when left out. */
export interface ApiKeyFilter {
  readonly userId?: ApiKey["userId"]
}

/** A key together with the SHA-256 of its text. */
export interface KeptApiKey {
  readonly key: ApiKey
  readonly hash: string
}

/**
 * Port: keeps API keys, by hash, never the keys themselves.
 *
 * Contract:
 * - `insert` keeps a key unless one has its prefix, which is in use once in all tenants, and says whether it did; an id that
 *   is there already is a defect.
 * - `findByPrefix` sees all tenants; all others see one.
 * - `list` gives keys that were revoked or are over, too; the latest first.
 * - `revoke` ends a key that has not been revoked, and says whether it did.
 * - `touch` moves the last use forward, never back, and says whether it did.
 */
export class ApiKeyStore extends Context.Service<
  ApiKeyStore,
  {
    readonly insert: (key: ApiKey, hash: string) => Effect.Effect<boolean>
    readonly findByPrefix: (prefix: string) => Effect.Effect<Option.Option<KeptApiKey>>
    readonly find: (tenant: string, id: ApiKeyId) => Effect.Effect<Option.Option<ApiKey>>
    readonly list: (
      tenant: string,
      filter: ApiKeyFilter,
      page: Page.PageRequest
    ) => Effect.Effect<Page.Page<ApiKey>, Page.InvalidCursor | Page.CursorMismatch>
    readonly revoke: (tenant: string, id: ApiKeyId, at: DateTime.Utc) => Effect.Effect<boolean>
    readonly touch: (tenant: string, id: ApiKeyId, at: DateTime.Utc) => Effect.Effect<boolean>
  }
>()("saldo/identity/ApiKeyStore") {
  /** API keys in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<ApiKeyStore> = Layer.effect(
    this,
    Effect.map(MemoryTable.make<string, KeptApiKey>(), (rows) => memory(rows))
  )
}

/** What a cursor of a list of keys stands for. */
export const apiKeysQuery = (tenant: string, filter: ApiKeyFilter) => ({ list: "api-keys", tenant, filter })

const keyOf = (tenant: string, id: string): string => `${id} ${tenant}`

const memory = (table: MemoryTable.MemoryTable<string, KeptApiKey>): ApiKeyStore["Service"] => {
  const change = (tenant: string, id: ApiKeyId, by: (key: ApiKey) => ApiKey | undefined) =>
    table.modify((rows) => {
      const row = rows.get(keyOf(tenant, id))
      const key = row === undefined ? undefined : by(row.key)
      if (row === undefined || key === undefined) return false
      rows.set(keyOf(tenant, id), { ...row, key })
      return true
    })

  return ApiKeyStore.of({
    insert: (key, hash) =>
      table.modify((rows) => {
        if (rows.has(keyOf(key.tenant, key.id))) throw new RangeError(`The API key ${key.id} is there already`)
        if ([...rows.values()].some((row) => row.key.prefix === key.prefix)) return false
        rows.set(keyOf(key.tenant, key.id), { key, hash })
        return true
      }),
    findByPrefix: (prefix) =>
      table.read((rows) => Option.fromNullishOr([...rows.values()].find(({ key }) => key.prefix === prefix))),
    find: (tenant, id) => Effect.map(table.get(keyOf(tenant, id)), (row) => Option.map(row, ({ key }) => key)),
    list: Effect.fnUntraced(function* (tenant, filter, page) {
      const query = apiKeysQuery(tenant, filter)
      const [before] = (yield* Page.startOf(query, page)) ?? []
      const found = (yield* table.values)
        .map(({ key }) => key)
        .filter((key) => key.tenant === tenant && (filter.userId ?? key.userId) === key.userId)
        .filter(({ id }) => typeof before !== "string" || id < before)
        .sort((left, right) => (left.id < right.id ? 1 : -1))
      return Page.pageOf(query, page, found, ({ id }) => [id])
    }),
    revoke: (tenant, id, at) =>
      change(tenant, id, (key) => (key.revokedAt === null ? { ...key, revokedAt: at } : undefined)),
    touch: (tenant, id, at) =>
      change(tenant, id, (key) =>
        at.epochMilliseconds > (key.lastUsedAt?.epochMilliseconds ?? -Infinity) ? { ...key, lastUsedAt: at } : undefined
      )
  })
}
