/** Sessions, the keys that sign their tokens, and keys for programs. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import * as Actor from "saldo/core/Actor"
import { ApiKeys } from "saldo/identity/ApiKeys"
import { Authentication } from "saldo/identity/Authentication"
import { Sessions } from "saldo/identity/Sessions"
import { SigningKeys } from "saldo/identity/SigningKeys"
import type { User } from "saldo/identity/User"
import { email, password } from "../identity/userWorld.ts"
import { anew, inner, own, type UseCase } from "./everything.ts"
import { active, asUser } from "./users.ts"

const client = { address: "192.0.2.1", agent: "Firefox 140" }

const signIn = Sessions.use((all) => all.signIn({ tenant: "bank", email, password, client }))

/** Somebody who has signed in. */
const signedIn = Effect.flatMap(active, (user) => Effect.map(signIn, (tokens) => ({ user, ...tokens })))

const byUser = { by: ({ user }: { readonly user: User }) => asUser(user) }

export const sessions: UseCase = {
  methods: Sessions.useSync(Object.keys),
  reads: {
    list: own(signedIn, () => Sessions.use(({ list }) => list()), byUser),
    listOf: own(signedIn, ({ user }) => Sessions.use(({ listOf }) => listOf(user.id)))
  },
  writes: {
    // Whoever signs in, stays or leaves by a token acts as nobody.
    signIn: inner(active, () => signIn),
    refresh: inner(signedIn, ({ refreshToken }) => Sessions.use(({ refresh }) => refresh(refreshToken, client))),
    signOut: inner(signedIn, ({ refreshToken }) => Sessions.use(({ signOut }) => signOut(refreshToken))),
    revoke: own(signedIn, ({ session }) => Sessions.use(({ revoke }) => revoke(session.id)), byUser),
    revokeAll: own(signedIn, () => Sessions.use(({ revokeAll }) => revokeAll()), byUser),
    revokeAllOf: own(signedIn, ({ user }) => Sessions.use(({ revokeAllOf }) => revokeAllOf(user.id))),
    purge: inner(Effect.andThen(signedIn, TestClock.adjust("40 days")), () => Sessions.use(({ purge }) => purge))
  }
}

const read = Actor.Permission.make("bank:read")

const make = ApiKeys.use((all) => all.make({ name: "Nightly", scopes: [read], expiresAt: null }))

/** A user with a key. */
const holding = Effect.flatMap(active, (user) =>
  Effect.map(make.pipe(Actor.as(asUser(user))), (made) => ({ user, ...made }))
)

export const apiKeys: UseCase = {
  methods: ApiKeys.useSync(Object.keys),
  reads: {
    list: own(holding, () => ApiKeys.use(({ list }) => list()), byUser),
    listAll: own(holding, () => ApiKeys.use(({ listAll }) => listAll())),
    // That a key was used is noted once an hour, and told by the key itself.
    identify: inner(holding, ({ text }) => ApiKeys.use(({ identify }) => identify(text)))
  },
  writes: {
    make: own(active, () => make, { by: asUser, reach: "new" }),
    revoke: own(holding, ({ key }) => ApiKeys.use(({ revoke }) => revoke(key.id)), byUser)
  }
}

export const authentication: UseCase = {
  methods: Authentication.useSync(Object.keys),
  reads: {
    bearer: inner(signedIn, ({ accessToken }) => Authentication.use(({ bearer }) => bearer(accessToken))),
    session: inner(signedIn, ({ accessToken }) => Authentication.use(({ session }) => session(accessToken))),
    apiKey: inner(holding, ({ text }) => Authentication.use(({ apiKey }) => apiKey(text)))
  },
  writes: {}
}

const signing = SigningKeys.use((all) => all.signing)

/** A key that an earlier key of the host seals, as far as the store knows. */
const outdated = Effect.andThen(
  signing,
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql`UPDATE saldo_identity_signing_keys SET sealed_by = 'earlier'`)
)

export const signingKeys: UseCase = {
  methods: SigningKeys.useSync(Object.keys),
  reads: {
    verifying: inner(signing, ({ key }) => SigningKeys.use(({ verifying }) => verifying(key.id))),
    published: inner(signing, () => SigningKeys.use(({ published }) => published))
  },
  writes: {
    signing: inner(Effect.void, () => signing),
    keep: inner(Effect.void, () => SigningKeys.use(({ keep }) => keep)),
    reseal: inner(outdated, () => SigningKeys.use(({ reseal }) => reseal)),
    rotate: anew(SigningKeys.use(({ rotate }) => rotate)),
    withdraw: own(signing, ({ key }) => SigningKeys.use(({ withdraw }) => withdraw(key.id)))
  }
}
