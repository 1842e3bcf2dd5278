/**
 * The sessions, API keys and signing keys of an open Saldo.
 */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Permission } from "../../core/Actor.ts"
import * as Programs from "../../identity/ApiKey.ts"
import { ApiKeys as ApiKeysUseCase } from "../../identity/ApiKeys.ts"
import type { Client } from "../../identity/clientText.ts"
import { SessionId } from "../../identity/Session.ts"
import { Sessions as SessionsUseCase } from "../../identity/Sessions.ts"
import { SigningKeyId } from "../../identity/SigningKey.ts"
import { SigningKeys as SigningKeysUseCase } from "../../identity/SigningKeys.ts"
import { UserId } from "../../identity/User.ts"
import { type IdentityCalls, inTenant, managing } from "./identityCalls.ts"
import type { ApiKeys, Sessions, SigningKeys } from "./identitySessions.ts"
import { concealed, pageOf, type Reader, reader, withParts } from "./reading.ts"

const Text = Schema.Redacted(Schema.String)
const GivenClient = Schema.Struct({
  address: Schema.optionalKey(Schema.String),
  agent: Schema.optionalKey(Schema.String)
})

const clientOf = ({ address, agent }: typeof GivenClient.Type): Client => ({
  address: address ?? null,
  agent: agent ?? null
})

const concealedText = reader(Text)

/** Reads a token or the text of a key; no failure quotes it. */
export const readSecret =
  (label: string): Reader<Redacted.Redacted> =>
  (given) =>
    Effect.flatMap(concealed(label)(given), concealedText)

const refreshToken = readSecret("refresh token")

const read = {
  signIn: withParts({
    "/email": concealed("email"),
    "/password": concealed("password"),
    "/code": concealed("code")
  })(
    reader(
      Schema.Struct({
        email: Text,
        password: Text,
        code: Schema.optionalKey(Text),
        client: Schema.optionalKey(GivenClient)
      })
    )
  ),
  client: reader(GivenClient),
  sessionId: reader(SessionId),
  userId: reader(UserId),
  keeping: reader(Schema.Struct({ keep: Schema.optionalKey(SessionId) })),
  newKey: reader(
    Schema.Struct({
      name: Programs.ApiKeyName,
      scopes: Schema.Array(Permission),
      expiresAt: Schema.NullOr(Schema.DateTimeUtc)
    })
  ),
  keyFilter: reader(Schema.Struct({ userId: Schema.optionalKey(UserId) })),
  apiKeyId: reader(Programs.ApiKeyId),
  signingKeyId: reader(SigningKeyId)
}

/** The sessions of an open Saldo. */
export const makeSessions = (calls: IdentityCalls): Sessions => {
  const use = <A, E, R>(act: (sessions: SessionsUseCase["Service"]) => Effect.Effect<A, E, R>) =>
    SessionsUseCase.use(act)
  return {
    signIn: calls.reading(read.signIn, ({ client = {}, ...credentials }) =>
      inTenant((tenant) => use((one) => one.signIn({ ...credentials, tenant, client: clientOf(client) })))
    ),
    refresh: (token, client = {}, options) =>
      calls.run(
        Effect.flatMap(Effect.all([refreshToken(token), read.client(client)]), ([known, from]) =>
          use((one) => one.refresh(known, clientOf(from)))
        ),
        options
      ),
    signOut: calls.reading(refreshToken, (known) => use((one) => one.signOut(known))),
    list: (options = {}) =>
      calls.run(
        Effect.flatMap(pageOf(options), (page) => use((one) => one.list(page))),
        options
      ),
    listOf: calls.paging(read.userId, (known, page) => use((one) => one.listOf(known, page))),
    revoke: calls.reading(read.sessionId, (known) => use((one) => one.revoke(known))),
    revokeAll: (request = {}, options) =>
      calls.run(
        Effect.flatMap(read.keeping(request), (known) => use((one) => one.revokeAll(known))),
        options
      ),
    revokeAllOf: calls.reading(read.userId, (known) => use((one) => one.revokeAllOf(known))),
    purge: (options) => calls.run(managing(use((one) => one.purge)), options)
  }
}

/** The API keys of an open Saldo. */
export const makeApiKeys = (calls: IdentityCalls): ApiKeys => {
  const use = <A, E, R>(act: (keys: ApiKeysUseCase["Service"]) => Effect.Effect<A, E, R>) => ApiKeysUseCase.use(act)
  return {
    make: calls.reading(read.newKey, (known) => use((one) => one.make(known))),
    list: (options = {}) =>
      calls.run(
        Effect.flatMap(pageOf(options), (page) => use((one) => one.list(page))),
        options
      ),
    listAll: calls.paging(read.keyFilter, (known, page) => use((one) => one.listAll(known, page))),
    revoke: calls.reading(read.apiKeyId, (known) => use((one) => one.revoke(known)))
  }
}

/** The signing keys of an open Saldo. */
export const makeSigningKeys = (calls: IdentityCalls): SigningKeys => {
  const use = <A, E, R>(act: (keys: SigningKeysUseCase["Service"]) => Effect.Effect<A, E, R>) =>
    SigningKeysUseCase.use(act)
  return {
    published: (options) =>
      calls.run(
        use((one) => one.published),
        options
      ),
    rotate: (options) =>
      calls.run(
        use((one) => one.rotate),
        options
      ),
    withdraw: calls.reading(read.signingKeyId, (known) => use((one) => one.withdraw(known))),
    keep: (options) => calls.run(managing(use((one) => one.keep)), options),
    reseal: (options) => calls.run(managing(use((one) => one.reseal)), options)
  }
}
