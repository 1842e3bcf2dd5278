import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import { Actor } from "saldo/core/Actor"
import { type SignedIn, Sessions } from "saldo/identity/Sessions"
import { SigningKeys } from "saldo/identity/SigningKeys"
import { Users } from "saldo/identity/Users"
import { Api } from "../api/Api.ts"
import { userShown } from "../api/UserView.ts"
import { client } from "./clientAddress.ts"
import { currentSession, offered } from "./identityOffered.ts"
import { SignInTenant } from "./SignInTenant.ts"

const shown = ({ session, ...tokens }: SignedIn) => ({ sessionId: session.id, ...tokens })

const from = Effect.map(client, ({ address }) => (address === null ? {} : { from: address }))

/** Answers about signing in; the tenant is the host's. */
export const layer = HttpApiBuilder.group(
  Api,
  "auth",
  Effect.fnUntraced(function* (handlers) {
    const [users, sessions, keys] = [yield* offered(Users), yield* offered(Sessions), yield* offered(SigningKeys)]
    const tenant = yield* SignInTenant
    const visit = Effect.map(from, (origin) => ({ tenant, ...origin }))
    return handlers.handleAll({
      signup: ({ payload }) =>
        users(({ signUp }) => Effect.flatMap(visit, (origin) => signUp({ ...payload, ...origin }))),
      login: ({ payload }) =>
        sessions(({ signIn }) =>
          Effect.map(
            Effect.flatMap(client, (each) => signIn({ ...payload, tenant, client: each })),
            shown
          )
        ),
      refresh: ({ payload }) =>
        sessions(({ refresh }) =>
          Effect.map(
            Effect.flatMap(client, (each) => refresh(payload.refreshToken, each)),
            shown
          )
        ),
      logout: ({ payload }) => sessions(({ signOut }) => signOut(payload.refreshToken)),
      verifyEmail: ({ payload }) =>
        users(({ verifyEmail }) =>
          Effect.asVoid(Effect.flatMap(visit, (origin) => verifyEmail({ ...payload, ...origin })))
        ),
      resendVerification: ({ payload }) =>
        users(({ resendVerification }) =>
          Effect.flatMap(visit, (origin) => resendVerification({ ...payload, ...origin }))
        ),
      acceptInvitation: ({ payload }) =>
        users(({ acceptInvitation }) =>
          Effect.asVoid(Effect.flatMap(visit, (origin) => acceptInvitation({ ...payload, ...origin })))
        ),
      requestPasswordReset: ({ payload }) =>
        users(({ requestPasswordReset }) =>
          Effect.flatMap(visit, (origin) => requestPasswordReset({ ...payload, ...origin }))
        ),
      confirmPasswordReset: ({ payload }) =>
        users(({ confirmPasswordReset }) =>
          Effect.asVoid(Effect.flatMap(visit, (origin) => confirmPasswordReset({ ...payload, ...origin })))
        ),
      confirmEmailChange: ({ payload }) =>
        users(({ confirmEmailChange }) =>
          Effect.asVoid(Effect.flatMap(visit, (origin) => confirmEmailChange({ ...payload, ...origin })))
        ),
      requestEmailChange: ({ payload }) =>
        users(({ requestEmailChange }) =>
          Effect.flatMap(from, (origin) => requestEmailChange({ ...payload, ...origin }))
        ),
      me: () =>
        users(({ me }) =>
          Effect.map(Effect.all([me, Actor]), ([user, { permissions }]) => ({ ...userShown(user), permissions }))
        ),
      changePassword: ({ payload }) =>
        users(({ changePassword }) =>
          Effect.gen(function* () {
            const keep = yield* currentSession
            yield* changePassword({
              ...payload,
              ...(yield* from),
              ...(Option.isSome(keep) ? { keep: keep.value } : {})
            })
          })
        ),
      beginSecondFactor: ({ payload }) =>
        users(({ beginSecondFactor }) =>
          Effect.flatMap(from, (origin) => beginSecondFactor({ ...payload, ...origin }))
        ),
      confirmSecondFactor: ({ payload }) =>
        users(({ confirmSecondFactor }) =>
          Effect.map(confirmSecondFactor(payload), (recoveryCodes) => ({ recoveryCodes }))
        ),
      renewRecoveryCodes: ({ payload }) =>
        users(({ renewRecoveryCodes }) =>
          Effect.map(
            Effect.flatMap(from, (origin) => renewRecoveryCodes({ ...payload, ...origin })),
            (recoveryCodes) => ({ recoveryCodes })
          )
        ),
      removeSecondFactor: ({ payload }) =>
        users(({ removeSecondFactor }) =>
          Effect.asVoid(Effect.flatMap(from, (origin) => removeSecondFactor({ ...payload, ...origin })))
        ),
      keys: () => keys(({ published }) => published)
    })
  })
)
