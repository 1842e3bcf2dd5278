/**
 * Everything that identity has over any stores, with real access tokens, and what tests do with sessions.
 */
import * as JoseAccessTokens from "@saldo/identity/JoseAccessTokens"
import * as ScryptPasswordHasher from "@saldo/testing/ScryptPasswordHasher"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as TotpCodes from "@saldo/testing/TotpCodes"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AuditStore } from "saldo/audit/AuditStore"
import * as Actor from "saldo/core/Actor"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { IdempotencyStore } from "saldo/core/IdempotencyStore"
import type { Outbox } from "saldo/core/Outbox"
import * as SqlOutbox from "saldo/core/SqlOutbox"
import { ApiKeyStore } from "saldo/identity/ApiKeyStore"
import type { AttemptStore } from "saldo/identity/AttemptStore"
import { BreachedPasswordSource } from "saldo/identity/BreachedPasswordSource"
import { IdentityKeys } from "saldo/identity/IdentityKeys"
import type { IdentityTokenStore } from "saldo/identity/IdentityTokenStore"
import * as IdentityUseCases from "saldo/identity/IdentityUseCases"
import { mailSubscription } from "saldo/identity/MailDue"
import { identityOf, standardRoles } from "saldo/identity/Roles"
import { Sessions } from "saldo/identity/Sessions"
import type { SessionStore } from "saldo/identity/SessionStore"
import { SigningKeyStore } from "saldo/identity/SigningKeyStore"
import type { StoredUser } from "saldo/identity/User"
import { Users } from "saldo/identity/Users"
import { UserStore } from "saldo/identity/UserStore"
import * as SqlStores from "saldo/sql/SqlStores"
import { memoryStores, redact, ring, secrets } from "./userWorld.ts"

/** The stores that identity stands on. */
export type IdentityStores =
  | ApiKeyStore
  | Atomic
  | AttemptStore
  | AuditStore
  | IdempotencyStore
  | IdentityTokenStore
  | Outbox
  | SessionStore
  | SigningKeyStore
  | UserStore

const memory = Layer.mergeAll(ApiKeyStore.layerMemory, SigningKeyStore.layerMemory).pipe(
  Layer.provideMerge(memoryStores)
)

const inSql = SqlOutbox.layer([mailSubscription]).pipe(Layer.provideMerge(SqlStores.layer))

/** Stores of every kind, each of them empty. */
export const storages = {
  memory,
  "sqlite file": inSql.pipe(Layer.provide(TestSqlite.layerFile)),
  postgres: inSql.pipe(Layer.provide(TestPostgres.layer))
}

/** What comes from elsewhere, quick where that is no matter. */
export const adapters = Layer.mergeAll(
  BreachedPasswordSource.layerList([]),
  IdentityKeys.layer(ring),
  ScryptPasswordHasher.layer(),
  TotpCodes.layer
)

/** All of identity; two of them over the same stores are two processes. */
export const identity = (options: Partial<IdentityUseCases.IdentityOptions> = {}) =>
  IdentityUseCases.layer({
    accessTokens: JoseAccessTokens.layer({ issuer: "https://bank.example" }),
    ...options
  }).pipe(Layer.provideMerge(adapters))

/** What a program about sessions may use. */
export type World = IdentityStores | Layer.Success<ReturnType<typeof identity>>

/** Runs a program in a world of its own, in memory. */
export const inMemory =
  (options: Partial<IdentityUseCases.IdentityOptions> = {}) =>
  <A, E>(program: Effect.Effect<A, E, World>) =>
    Effect.provide(program, Layer.fresh(Layer.provideMerge(identity(options), memory)))

/** From where people come. */
export const client = { address: "192.0.2.1", agent: "Firefox 140" }

/** Another client, at another place. */
export const stranger = { address: "198.51.100.7", agent: "curl 8" }

/** Somebody who has signed up, and whose address is verified. */
export const somebodyIn = Effect.fnUntraced(function* (tenant: string, email: string) {
  const [users, store] = [yield* Users, yield* UserStore]
  const credentials = { tenant, email: redact(email), password: redact(secrets.password) }
  yield* users.signUp({ ...credentials, name: redact(secrets.name) })
  const { items } = yield* store.list(tenant, { state: "unverified" }, {})
  const [there] = items
  if (there === undefined) return yield* Effect.die(new RangeError("nobody signed up"))
  const user: StoredUser = { ...there, state: "active", version: there.version + 1 }
  yield* store.save(user)
  return { tenant, credentials, user }
})

/** Somebody in a tenant of its own. */
export const somebody = Effect.flatMap(Id.make("tenant"), (tenant) => somebodyIn(tenant, secrets.email))

/** Somebody who has signed up and in. */
export const signedIn = Effect.gen(function* () {
  const { credentials, tenant, user } = yield* somebody
  const tokens = yield* Sessions.use((sessions) => sessions.signIn({ ...credentials, client }))
  return { credentials, tenant, user, ...tokens }
})

/** As a user. */
export const as = (user: StoredUser) => Actor.as(identityOf(standardRoles, user))

/** As an administrator of a tenant. */
export const asAdmin = (tenant: string) =>
  Actor.as(
    new Actor.Identity({ kind: "user", tenant, id: "admin", roles: ["admin"], permissions: standardRoles.admin })
  )

/** What the trail of a tenant says, oldest first. */
export const recordsOf = (tenant: string, action: string) =>
  Effect.map(
    AuditStore.use((store) => store.list({ tenant, limit: 500, order: "oldest-first", filter: { action } })),
    ({ items }) => items
  )
