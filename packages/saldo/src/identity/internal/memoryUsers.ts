/**
 * Users in memory: the contract of their store in its plainest form.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as MemoryTable from "../../core/MemoryTable.ts"
import * as Page from "../../core/Page.ts"
import type { StoredUser, UserFilter } from "../User.ts"
import type { UserStore } from "../UserStore.ts"

const keyOf = (tenant: string, id: string): string => JSON.stringify([tenant, id])

const matches = (user: StoredUser, { party, state }: UserFilter): boolean =>
  (state === undefined || user.state === state) && (party === undefined || user.party === party)

const byTenantAndId = (left: StoredUser, right: StoredUser): number => {
  const [one, other] = [
    left.tenant === right.tenant ? left.id : left.tenant,
    left.tenant === right.tenant ? right.id : right.tenant
  ]
  return one < other ? -1 : one > other ? 1 : 0
}

type Rows = Pick<MemoryTable.Rows<string, StoredUser>, "values">

const addressed = (rows: Rows, tenant: string, index: string | null): StoredUser | undefined =>
  index === null ? undefined : [...rows.values()].find((row) => row.tenant === tenant && row.emailIndex === index)

type Service = UserStore["Service"]

/** A store of users in memory. */
export const makeMemoryUsers: Effect.Effect<Service> = Effect.map(
  MemoryTable.make<string, StoredUser>(),
  (table): Service => ({
    insert: (user) =>
      table.modify((rows) => {
        const key = keyOf(user.tenant, user.id)
        const there = rows.get(key) ?? addressed(rows, user.tenant, user.emailIndex)
        if (there === undefined) rows.set(key, user)
        return Option.fromUndefinedOr(there)
      }),
    find: (tenant, id) => table.get(keyOf(tenant, id)),
    // The writer of a transaction is alone, so everything is locked already.
    lock: (tenant, id) => table.get(keyOf(tenant, id)),
    findByEmail: (tenant, index) => table.read((rows) => Option.fromUndefinedOr(addressed(rows, tenant, index))),
    save: (user) =>
      table.modify((rows) => {
        const key = keyOf(user.tenant, user.id)
        const other = addressed(rows, user.tenant, user.emailIndex)
        const taken = other !== undefined && other.id !== user.id
        if (taken || rows.get(key)?.version !== user.version - 1) return false
        rows.set(key, user)
        return true
      }),
    list: Effect.fnUntraced(function* (tenant, filter, request) {
      const query = { tenant, filter }
      const [start] = (yield* Page.startOf(query, request)) ?? []
      const found = yield* table.read((rows) =>
        [...rows.values()]
          .filter((row) => row.tenant === tenant && matches(row, filter))
          .filter(({ id }) => typeof start !== "string" || id > start)
          .sort(byTenantAndId)
      )
      return Page.pageOf(query, request, found.slice(0, Page.limitOf(request) + 1), ({ id }) => [id])
    }),
    sealedByOthers: (keyId, limit) =>
      table.read((rows) =>
        [...rows.values()]
          .filter(({ sealedBy }) => sealedBy !== null && sealedBy !== keyId)
          .sort(byTenantAndId)
          .slice(0, limit)
      )
  })
)
