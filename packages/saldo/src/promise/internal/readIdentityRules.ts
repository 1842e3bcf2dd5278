/**
 * What a host decides about its users, as the use cases take it.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Permission } from "../../core/Actor.ts"
import { type IdentityPolicy, standardIdentityPolicy } from "../../identity/IdentityPolicy.ts"
import { type Terms, usualTerms } from "../../identity/SessionTerms.ts"
import { LocaleTag, RoleName } from "../../identity/User.ts"
import type { IdentityOptions, IdentityRules, SessionRules, SigningKeyRules } from "./identity.ts"
import { inWhole, reader } from "./reading.ts"

const Milliseconds = Schema.Int.check(Schema.isGreaterThan(0))
const Delay = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const Attempts = Schema.Struct({
  free: Schema.optionalKey(Delay),
  firstWaitMs: Schema.optionalKey(Milliseconds),
  longestWaitMs: Schema.optionalKey(Milliseconds),
  forgetAfterMs: Schema.optionalKey(Milliseconds)
})

const readRules = reader(
  Schema.Struct({
    issuer: Schema.optionalKey(Schema.NonEmptyString),
    roles: Schema.optionalKey(Schema.Record(RoleName, Schema.Array(Permission))),
    signUpRoles: Schema.optionalKey(Schema.NullOr(Schema.Array(RoleName))),
    locale: Schema.optionalKey(LocaleTag),
    password: Schema.optionalKey(
      Schema.Struct({
        minimumLength: Schema.optionalKey(Milliseconds),
        maximumLength: Schema.optionalKey(Milliseconds),
        minimumSubstance: Schema.optionalKey(Delay),
        words: Schema.optionalKey(Schema.Array(Schema.String))
      })
    ),
    tokenLifeMs: Schema.optionalKey(
      Schema.Struct({
        "verify-email": Schema.optionalKey(Milliseconds),
        "reset-password": Schema.optionalKey(Milliseconds),
        "accept-invitation": Schema.optionalKey(Milliseconds),
        "change-email": Schema.optionalKey(Milliseconds)
      })
    ),
    userAttempts: Schema.optionalKey(Attempts),
    originAttempts: Schema.optionalKey(Attempts),
    mailAttempts: Schema.optionalKey(Attempts)
  })
)

const standard = standardIdentityPolicy

/** The policy of a host: where it says nothing, the standard one. */
export const policyOf = (given: IdentityRules) =>
  Effect.map(
    readRules(given).pipe(inWhole("/identity/rules")),
    ({ mailAttempts, originAttempts, password, tokenLifeMs, userAttempts, ...plain }): IdentityPolicy => ({
      ...standard,
      ...plain,
      password: { ...standard.password, ...password },
      tokenLifeMs: { ...standard.tokenLifeMs, ...tokenLifeMs },
      userAttempts: { ...standard.userAttempts, ...userAttempts },
      originAttempts: { ...standard.originAttempts, ...originAttempts },
      mailAttempts: { ...standard.mailAttempts, ...mailAttempts }
    })
  )

const readSessions = reader(
  Schema.Struct({
    accessForMs: Schema.optionalKey(Milliseconds),
    unusedForMs: Schema.optionalKey(Milliseconds),
    atMostMs: Schema.optionalKey(Milliseconds),
    askAgainForMs: Schema.optionalKey(Delay),
    rememberedForMs: Schema.optionalKey(Delay)
  })
)

const lasting = (milliseconds: number | undefined, usual: Duration.Duration) =>
  milliseconds === undefined ? usual : Duration.millis(milliseconds)

/** How long people stay, and for how long it is remembered who is there. */
export const termsOf = (given: SessionRules) =>
  Effect.map(
    readSessions(given).pipe(inWhole("/identity/sessions")),
    ({ accessForMs, askAgainForMs, atMostMs, rememberedForMs, unusedForMs }) => ({
      terms: {
        accessFor: lasting(accessForMs, usualTerms.accessFor),
        unusedFor: lasting(unusedForMs, usualTerms.unusedFor),
        atMost: lasting(atMostMs, usualTerms.atMost),
        askAgainFor: lasting(askAgainForMs, usualTerms.askAgainFor)
      } satisfies Terms,
      presence: rememberedForMs === undefined ? {} : { rememberedFor: Duration.millis(rememberedForMs) }
    })
  )

const readSigning = reader(
  Schema.Struct({
    signsForMs: Schema.optionalKey(Milliseconds),
    announcedForMs: Schema.optionalKey(Milliseconds),
    rememberedForMs: Schema.optionalKey(Delay),
    operatorTenant: Schema.optionalKey(Schema.NonEmptyString)
  })
)

/** How signing keys come and go, and whose administrators may change them. */
export const signingOf = (given: SigningKeyRules) =>
  Effect.map(
    readSigning(given).pipe(inWhole("/identity/signingKeys")),
    ({ announcedForMs, operatorTenant = "system", rememberedForMs, signsForMs }) => ({
      operatorTenant,
      options: {
        ...(signsForMs === undefined ? {} : { signsFor: Duration.millis(signsForMs) }),
        ...(announcedForMs === undefined ? {} : { announcedFor: Duration.millis(announcedForMs) }),
        ...(rememberedForMs === undefined ? {} : { rememberedFor: Duration.millis(rememberedForMs) })
      }
    })
  )

const Page = Schema.String.check(
  Schema.isPattern(/^https?:\/\/[^#\s]+$/u, { expected: "the address of a page without #" })
)

const readPages = reader(
  Schema.Struct({ "verify-email": Page, "reset-password": Page, "accept-invitation": Page, "change-email": Page })
)

/** Where links lead. */
export const pagesOf = (given: IdentityOptions["pages"]) => readPages(given).pipe(inWhole("/identity/pages"))
