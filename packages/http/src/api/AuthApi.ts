/**
 * Signing up, signing in, staying and leaving, and by what somebody signs in.
 *
 * These writes take no `Idempotency-Key`: what is remembered of a password, a code or a token could be used to guess it.
 * Each of them changes what it is judged by, so that none happens twice.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { NotPermitted } from "saldo/core/Actor"
import { redacted } from "saldo/core/RedactedSchema"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import * as Refusal from "saldo/identity/IdentityRefusal"
import { SessionId } from "saldo/identity/Session"
import { JsonWebKeySet } from "saldo/identity/SigningKey"
import { LocaleTag, UserName } from "saldo/identity/User"
import { Authentication } from "./Authentication.ts"
import { IdentityNotOffered } from "./IdentityNotOffered.ts"
import { problems } from "./Problem.ts"
import { CodeText, EmailText, MeView, PasswordText, ProofGiven, TokenText } from "./UserView.ts"

/** What a client gets that was let in: a token to act with, and one to get the next pair with. */
export const TokensView = Schema.Struct({
  sessionId: SessionId,
  accessToken: redacted(Schema.String, "access token"),
  accessExpiresAt: Schema.DateTimeUtc,
  refreshToken: redacted(Schema.String, "refresh token"),
  refreshExpiresAt: Schema.DateTimeUtc
}).annotate({ identifier: "Tokens" })

/** A second factor that was begun: the secret for an authenticator, and the address that holds it for a picture. */
const SecondFactorView = Schema.Struct({
  secret: redacted(Schema.String, "secret"),
  uri: redacted(Schema.String, "secret")
}).annotate({ identifier: "SecondFactor" })

/** Codes that each let their owner in once without the authenticator; they are shown in this answer alone. */
const RecoveryView = Schema.Struct({ recoveryCodes: Schema.Array(redacted(Schema.String, "recovery code")) }).annotate({
  identifier: "RecoveryCodes"
})

const RefreshGiven = Schema.Struct({ refreshToken: TokenText })
const EmailGiven = Schema.Struct({ email: EmailText })
const TokenGiven = Schema.Struct({ token: TokenText })
const TokenAndPassword = Schema.Struct({ token: TokenText, password: PasswordText })

const accepted = HttpApiSchema.Accepted
const absent = problems(IdentityNotOffered)
const byMail = [...problems(Refusal.EmailInvalid, Refusal.TooManyAttempts), ...absent] as const
const byToken = [...problems(Refusal.TokenRejected, Refusal.TooManyAttempts), ...absent] as const
const proving = [
  ...problems(
    NotPermitted,
    Refusal.CredentialsRejected,
    Refusal.SecondFactorRequired,
    Refusal.TooManyAttempts,
    Refusal.UserNotFound
  ),
  ...absent
] as const
const onFactor = [...proving, ...problems(Refusal.SecondFactorUnfit)] as const

/** The endpoints of signing in. */
export class AuthApi extends HttpApiGroup.make("auth")
  .add(
    HttpApiEndpoint.get("me", "/me", {
      success: MeView,
      error: [...problems(NotPermitted, Refusal.UserNotFound), ...absent]
    }).annotate(OpenApi.Summary, "Show who is signed in, and what that one may do"),
    HttpApiEndpoint.post("changePassword", "/password", {
      payload: Schema.Struct({ ...ProofGiven.fields, next: PasswordText }),
      success: HttpApiSchema.NoContent,
      error: [...proving, ...problems(Refusal.PasswordUnsuitable)]
    }).annotate(OpenApi.Summary, "Change the password, and end all other sessions"),
    HttpApiEndpoint.post("requestEmailChange", "/email", {
      payload: Schema.Struct({ email: EmailText, ...ProofGiven.fields }),
      success: accepted,
      error: [...proving, ...problems(Refusal.EmailInvalid)]
    }).annotate(OpenApi.Summary, "Ask for another e-mail address; the link in a mail to it makes it the address"),
    HttpApiEndpoint.post("beginSecondFactor", "/second-factor", {
      payload: ProofGiven,
      success: SecondFactorView,
      error: onFactor
    }).annotate(OpenApi.Summary, "Get a secret for an authenticator"),
    HttpApiEndpoint.post("confirmSecondFactor", "/second-factor/confirmation", {
      payload: Schema.Struct({ code: CodeText }),
      success: RecoveryView,
      error: onFactor
    }).annotate(OpenApi.Summary, "Ask for a second factor from now on, as a code shows that the authenticator works"),
    HttpApiEndpoint.post("renewRecoveryCodes", "/second-factor/recovery-codes", {
      payload: ProofGiven,
      success: RecoveryView,
      error: onFactor
    }).annotate(OpenApi.Summary, "Make new recovery codes in place of those that are left"),
    HttpApiEndpoint.post("removeSecondFactor", "/second-factor/removal", {
      payload: ProofGiven,
      success: HttpApiSchema.NoContent,
      error: onFactor
    }).annotate(OpenApi.Summary, "Ask for no second factor any more")
  )
  .middleware(Authentication)
  .add(
    HttpApiEndpoint.post("signup", "/signup", {
      payload: Schema.Struct({
        email: EmailText,
        name: UserName,
        locale: Schema.optionalKey(LocaleTag),
        password: PasswordText
      }),
      success: accepted,
      error: [...byMail, ...problems(Refusal.PasswordUnsuitable, Refusal.SignUpClosed)]
    }).annotate(OpenApi.Summary, "Become a user; a mail has the link that verifies the address"),
    HttpApiEndpoint.post("login", "/login", {
      payload: Schema.Struct({ email: EmailText, ...ProofGiven.fields }),
      success: TokensView,
      error: [
        ...problems(
          Refusal.CredentialsRejected,
          Refusal.SecondFactorRequired,
          Refusal.EmailUnverified,
          Refusal.TooManyAttempts
        ),
        ...absent
      ]
    }).annotate(OpenApi.Summary, "Sign in by password, and by a code where there is a second factor"),
    HttpApiEndpoint.post("refresh", "/refresh", {
      payload: RefreshGiven,
      success: TokensView,
      error: [...problems(CredentialsInvalid), ...absent]
    }).annotate(OpenApi.Summary, "Get the next pair of tokens; a refresh token is good once"),
    HttpApiEndpoint.post("logout", "/logout", {
      payload: RefreshGiven,
      success: HttpApiSchema.NoContent,
      error: absent
    }).annotate(OpenApi.Summary, "End the session of a refresh token, if there is one"),
    HttpApiEndpoint.post("verifyEmail", "/verify-email", {
      payload: TokenGiven,
      success: HttpApiSchema.NoContent,
      error: byToken
    }).annotate(OpenApi.Summary, "Verify an address by the token of a mail"),
    HttpApiEndpoint.post("resendVerification", "/verify-email-request", {
      payload: EmailGiven,
      success: accepted,
      error: byMail
    }).annotate(OpenApi.Summary, "Send the link that verifies an address again, if somebody waits for it"),
    HttpApiEndpoint.post("acceptInvitation", "/invitation-acceptance", {
      payload: TokenAndPassword,
      success: HttpApiSchema.NoContent,
      error: [...byToken, ...problems(Refusal.PasswordUnsuitable)]
    }).annotate(OpenApi.Summary, "Choose a password by the token of an invitation"),
    HttpApiEndpoint.post("confirmEmailChange", "/email-confirmation", {
      payload: TokenGiven,
      success: HttpApiSchema.NoContent,
      error: byToken
    }).annotate(OpenApi.Summary, "Change the address by the token of a mail, and end all sessions"),
    HttpApiEndpoint.post("requestPasswordReset", "/password-reset-request", {
      payload: EmailGiven,
      success: accepted,
      error: byMail
    }).annotate(OpenApi.Summary, "Send a link to choose another password, if somebody has the address"),
    HttpApiEndpoint.post("confirmPasswordReset", "/password-reset-confirm", {
      payload: TokenAndPassword,
      success: HttpApiSchema.NoContent,
      error: [...byToken, ...problems(Refusal.PasswordUnsuitable)]
    }).annotate(OpenApi.Summary, "Choose another password by the token of a mail, and end all sessions")
  )
  .prefix("/api/auth")
  .add(
    HttpApiEndpoint.get("keys", "/.well-known/jwks.json", { success: JsonWebKeySet, error: absent }).annotate(
      OpenApi.Summary,
      "Show the public keys by which access tokens are verified"
    )
  )
  .annotateMerge(
    OpenApi.annotations({ title: "Sign-in", description: "Signing up, signing in, staying and leaving" })
  ) {}
