/**
 * Signing in over HTTP, by the use cases of identity.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { problems, problemType } from "@saldo/http/api/Problem"
import { RequestInvalid } from "@saldo/http/api/RequestProblem"
import * as Actor from "saldo/core/Actor"
import { Authentication } from "saldo/identity/Authentication"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import {
  CredentialsRejected,
  EmailUnverified,
  SecondFactorRequired,
  TooManyAttempts,
  UserNotFound
} from "saldo/identity/IdentityRefusal"
import { type SignedIn, Sessions } from "saldo/identity/Sessions"
import type { User } from "saldo/identity/User"
import { Users } from "saldo/identity/Users"
import { tenant } from "./offer.ts"

const secret = (maximum: number) => Schema.RedactedFromValue(Schema.String.check(Schema.isMaxLength(maximum)))

const Login = Schema.Struct({
  email: secret(320),
  password: secret(1024),
  code: Schema.optionalKey(secret(64))
})

const Refresh = Schema.Struct({ refreshToken: secret(512) })

const failures = [
  CredentialsInvalid,
  CredentialsRejected,
  EmailUnverified,
  RequestInvalid,
  SecondFactorRequired,
  TooManyAttempts,
  UserNotFound,
  Actor.NotPermitted
] as const

const Failure = Schema.Union(problems(...failures))
type Failure = typeof Failure.Type
const toBody = Schema.encodeSync(Failure)

const refused = (failure: Failure) => {
  const body = toBody(failure)
  return HttpServerResponse.jsonUnsafe(body, { status: body.status, contentType: problemType })
}

const unfit = new RequestInvalid({
  errors: [{ in: "body", path: [], message: "Expected an object as the description of this address has it" }]
})

const bodyOf = <A>(schema: Schema.Codec<A, unknown>) =>
  Effect.mapError(HttpServerRequest.schemaBodyJson(schema, { onExcessProperty: "error" }), () => unfit)

const client = Effect.map(HttpServerRequest.HttpServerRequest, ({ headers, remoteAddress }) => ({
  address: Option.getOrElse(remoteAddress, () => "unknown"),
  agent: headers["user-agent"] ?? "unknown"
}))

/** What a client gets to stay with. */
const tokens = ({ accessExpiresAt, accessToken, refreshExpiresAt, refreshToken }: SignedIn) =>
  HttpServerResponse.jsonUnsafe({
    accessToken: Redacted.value(accessToken),
    accessExpiresAt: DateTime.formatIso(accessExpiresAt),
    refreshToken: Redacted.value(refreshToken),
    refreshExpiresAt: DateTime.formatIso(refreshExpiresAt)
  })

const profileOf = ({ profile }: User) =>
  profile === null ? {} : { name: Redacted.value(profile.name), email: Redacted.value(profile.email) }

const answering = <R>(served: Effect.Effect<HttpServerResponse.HttpServerResponse, Failure, R>) =>
  served.pipe(Effect.catch((failure) => Effect.succeed(refused(failure))))

const routes = Effect.gen(function* () {
  const [sessions, users, authentication] = [yield* Sessions, yield* Users, yield* Authentication]

  const login = Effect.gen(function* () {
    const credentials = yield* bodyOf(Login)
    return tokens(yield* sessions.signIn({ ...credentials, tenant, client: yield* client }))
  })
  const refresh = Effect.gen(function* () {
    const { refreshToken } = yield* bodyOf(Refresh)
    return tokens(yield* sessions.refresh(refreshToken, yield* client))
  })
  const logout = Effect.gen(function* () {
    const { refreshToken } = yield* bodyOf(Refresh)
    yield* sessions.signOut(refreshToken)
    return HttpServerResponse.empty()
  })
  const me = Effect.gen(function* () {
    const { headers } = yield* HttpServerRequest.HttpServerRequest
    const token = /^bearer (\S+)$/iu.exec(headers["authorization"] ?? "")?.[1]
    if (token === undefined) return yield* new CredentialsInvalid()
    const identity = yield* authentication.bearer(Redacted.make(token))
    const user = yield* users.me.pipe(Actor.as(identity))
    return HttpServerResponse.jsonUnsafe({
      id: user.id,
      tenant: user.tenant,
      ...profileOf(user),
      locale: user.locale,
      roles: user.roles,
      permissions: identity.permissions,
      party: user.party,
      hasSecondFactor: user.hasSecondFactor
    })
  })
  return Layer.mergeAll(
    HttpRouter.add("POST", "/api/auth/login", answering(login)),
    HttpRouter.add("POST", "/api/auth/refresh", answering(refresh)),
    HttpRouter.add("POST", "/api/auth/logout", answering(logout)),
    HttpRouter.add("GET", "/api/auth/me", answering(me))
  )
})

/** The routes of the sign-in. */
export const layer = Layer.unwrap(routes)
