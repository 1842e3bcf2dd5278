/**
 * Everything that identity has, in memory, with real hashes, tokens and codes; hashes at a cost that tests can pay.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { Atomic } from "saldo/core/Atomic"
import { Idempotency } from "saldo/core/Idempotency"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"
import { Outbox } from "saldo/core/Outbox"
import { ApiKeys } from "saldo/identity/ApiKeys"
import { ApiKeyStore } from "saldo/identity/ApiKeyStore"
import { AttemptStore } from "saldo/identity/AttemptStore"
import { Authentication } from "saldo/identity/Authentication"
import { BreachedPasswordSource } from "saldo/identity/BreachedPasswordSource"
import { IdentityKeys } from "saldo/identity/IdentityKeys"
import { IdentityTokenStore } from "saldo/identity/IdentityTokenStore"
import { mailSubscription } from "saldo/identity/MailDue"
import { Presence } from "saldo/identity/Presence"
import { Sessions } from "saldo/identity/Sessions"
import { SessionStore } from "saldo/identity/SessionStore"
import { SigningKeys } from "saldo/identity/SigningKeys"
import { SigningKeyStore } from "saldo/identity/SigningKeyStore"
import type { UserState } from "saldo/identity/User"
import { Users } from "saldo/identity/Users"
import { UserStore } from "saldo/identity/UserStore"
import * as Argon2PasswordHasher from "../src/Argon2PasswordHasher.ts"
import * as JoseAccessTokens from "../src/JoseAccessTokens.ts"
import * as TotpOneTimeCodes from "../src/TotpOneTimeCodes.ts"

/** Where tokens come from. */
export const issuer = "https://bank.example"

const stores = Layer.mergeAll(
  ApiKeyStore.layerMemory,
  AttemptStore.layerMemory,
  AuditStore.layerMemory,
  IdempotencyStore.layerMemory,
  IdentityTokenStore.layerMemory,
  Outbox.layerMemory([mailSubscription]),
  SessionStore.layerMemory,
  SigningKeyStore.layerMemory,
  UserStore.layerMemory
).pipe(Layer.provideMerge(Atomic.layerMemory))

const adapters = Layer.mergeAll(
  BreachedPasswordSource.layerList([]),
  IdentityKeys.layer({
    current: { id: "1", key: Redacted.make("1".repeat(64)) },
    index: Redacted.make("2".repeat(64))
  }),
  Argon2PasswordHasher.layerWith({ cost: { memoryKiB: 64, passes: 1, lanes: 1 } }),
  TotpOneTimeCodes.layer
)

const ground = Layer.mergeAll(AuditTrail.layer, Idempotency.layer, Presence.layer).pipe(
  Layer.provideMerge(stores),
  Layer.provideMerge(adapters)
)

/** All of identity. */
export const world = Authentication.layer.pipe(
  Layer.provideMerge(Layer.mergeAll(Sessions.layer, ApiKeys.layer)),
  Layer.provideMerge(Layer.mergeAll(Users.layer, JoseAccessTokens.layer({ issuer }))),
  Layer.provideMerge(SigningKeys.layer),
  Layer.provideMerge(ground)
)

/** By what quirina signs in. */
export const credentials = {
  tenant: "bank",
  email: Redacted.make("quirina@example.org"),
  password: Redacted.make("correct horse battery staple")
}

/** From where quirina signs in. */
export const client = { address: "192.0.2.1", agent: "Firefox" }

/** Puts a user into a state, as if by an administrator. */
export const put = (state: UserState) =>
  Effect.gen(function* () {
    const users = yield* UserStore
    const { items } = yield* users.list("bank", {}, {})
    const user = yield* Effect.fromOption(Option.fromNullishOr(items[0]))
    yield* users.save({ ...user, state, version: user.version + 1 })
    return user
  })

/** A user who has signed up and whose address is verified. */
export const quirina = Effect.gen(function* () {
  const users = yield* Users
  yield* users.signUp({ ...credentials, name: Redacted.make("Quirina Ek") })
  return yield* put("active")
})

/** Somebody who has signed in. */
export const signedIn = Effect.flatMap(quirina, () => Sessions.use((all) => all.signIn({ ...credentials, client })))
