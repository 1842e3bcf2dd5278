import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type { CursorMismatch, InvalidCursor, Page, PageRequest } from "../core/Page.ts"
import { makeMemoryUsers } from "./internal/memoryUsers.ts"
import type { StoredUser, UserFilter, UserId } from "./User.ts"

/**
 * Port: users, with everything personal under seal. Nothing of one tenant shows in another.
 *
 * Contract:
 * - `insert` keeps a user unless one of the tenant has its id or its address, which it then gives.
 * - `save` puts the next version in place of the one before it and says whether that one was there; an address that
 *   another user of the tenant has keeps it from being saved.
 * - `lock` gives the user and keeps it from being written by others until the transaction ends; use it inside
 *   `Atomic.runLocking`, before anything is decided on the user.
 * - `list` goes by id. `sealedByOthers` gives users of all tenants that another key than the named one seals, by tenant and id.
 *
 * Concurrency: of concurrent `insert`s of one address, and `save`s of one version, exactly one wins.
 */
export class UserStore extends Context.Service<
  UserStore,
  {
    readonly insert: (user: StoredUser) => Effect.Effect<Option.Option<StoredUser>>
    readonly find: (tenant: string, id: UserId) => Effect.Effect<Option.Option<StoredUser>>
    readonly findByEmail: (tenant: string, index: string) => Effect.Effect<Option.Option<StoredUser>>
    readonly lock: (tenant: string, id: UserId) => Effect.Effect<Option.Option<StoredUser>>
    readonly save: (user: StoredUser) => Effect.Effect<boolean>
    readonly list: (
      tenant: string,
      filter: UserFilter,
      page: PageRequest
    ) => Effect.Effect<Page<StoredUser>, InvalidCursor | CursorMismatch>
    readonly sealedByOthers: (keyId: string, limit: number) => Effect.Effect<ReadonlyArray<StoredUser>>
  }
>()("saldo/identity/UserStore") {
  /** Users in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<UserStore> = Layer.effect(this, makeMemoryUsers)
}
