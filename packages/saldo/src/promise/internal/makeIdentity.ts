/**
 * Identity in an open Saldo.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Actor from "../../core/Actor.ts"
import { Idempotency } from "../../core/Idempotency.ts"
import * as SqlOutbox from "../../core/SqlOutbox.ts"
import { workerTurn } from "../../core/WorkerTurn.ts"
import { Authentication } from "../../identity/Authentication.ts"
import { BreachedPasswordSource } from "../../identity/BreachedPasswordSource.ts"
import { IdentityKeys } from "../../identity/IdentityKeys.ts"
import { IdentityMail } from "../../identity/IdentityMail.ts"
import { IdentityTools } from "../../identity/IdentityTools.ts"
import * as IdentityUseCases from "../../identity/IdentityUseCases.ts"
import { MailNotSent } from "../../identity/Mail.ts"
import { MailChannel } from "../../identity/MailChannel.ts"
import { mailSubscription } from "../../identity/MailDue.ts"
import { OperatorTenant } from "../../identity/OperatorTenant.ts"
import { Sessions } from "../../identity/Sessions.ts"
import { SessionTerms } from "../../identity/SessionTerms.ts"
import { SigningKeys } from "../../identity/SigningKeys.ts"
import { Users } from "../../identity/Users.ts"
import { asked } from "./asked.ts"
import type { Identity, IdentityOptions, SignedInActor } from "./identity.ts"
import type { IdentityCalls } from "./identityCalls.ts"
import { keyRing } from "./keyRing.ts"
import { makeApiKeys, makeSessions, makeSigningKeys, readSecret } from "./makeIdentitySessions.ts"
import { makeUsers } from "./makeIdentityUsers.ts"
import { toPlain } from "./plain.ts"
import { concealed, reader, withParts } from "./reading.ts"
import { pagesOf, policyOf, signingOf, termsOf } from "./readIdentityRules.ts"
import { Secret } from "./secret.ts"

const read = {
  anything: reader(Schema.Unknown),
  occurrences: reader(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  credential: withParts({ "/text": concealed("credential") })(
    reader(Schema.Struct({ scheme: Schema.Literals(["bearer", "apiKey"]), text: Schema.Redacted(Schema.String) }))
  ),
  accessToken: readSecret("access token")
}

const mailLayer = (carry: IdentityOptions["mail"]) =>
  Layer.succeed(
    MailChannel,
    MailChannel.of({
      send: (mail) =>
        asked(
          async (asking) => {
            await carry(toPlain(mail), asking)
          },
          read.anything,
          (reason) => new MailNotSent({ mailId: mail.id, reason })
        ).pipe(Effect.asVoid)
    })
  )

const breachedLayer = (given: NonNullable<IdentityOptions["breachedPasswords"]>) =>
  typeof given === "function"
    ? Layer.succeed(
        BreachedPasswordSource,
        BreachedPasswordSource.of({
          occurrences: (password) =>
            asked(
              (asking) => given(new Secret(Redacted.value(password), "password"), asking),
              read.occurrences,
              (reason) => ({ reason })
            ).pipe(
              Effect.catch(({ reason }) =>
                Effect.as(Effect.logWarning(`It was not asked whether a password has leaked: ${reason}`), 0)
              )
            )
        })
      )
    : BreachedPasswordSource.layerList(given)

/** The use cases of identity and its mails, on the stores and the database of an open Saldo. */
export const identityLayer = (options: IdentityOptions) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { breachedPasswords = [], keys, mail, rules = {}, sessions = {}, signingKeys = {}, tools } = options
      const policy = yield* policyOf(rules)
      const { presence, terms } = yield* termsOf(sessions)
      const signing = yield* signingOf(signingKeys)
      const pages = yield* pagesOf(options.pages)
      const { accessTokens, oneTimeCodes, passwordHasher } = IdentityTools.layers(tools)
      const { issuer, tokenLifeMs } = policy
      return IdentityMail.layerWith({ pages, issuer, tokenLifeMs }).pipe(
        Layer.provideMerge(IdentityUseCases.layer({ accessTokens, policy, presence, signingKeys: signing.options })),
        Layer.provide([passwordHasher, oneTimeCodes, mailLayer(mail), breachedLayer(breachedPasswords)]),
        Layer.provide([IdentityKeys.layer(keyRing(keys))]),
        Layer.provide([Layer.succeed(SessionTerms, terms), Layer.succeed(OperatorTenant, signing.operatorTenant)]),
        Layer.provideMerge(SqlOutbox.layer([mailSubscription]))
      )
    })
  )

const purging = Layer.effectDiscard(
  Effect.flatMap(Users, (users) =>
    users.purge().pipe(
      workerTurn("token-purge"),
      Effect.catchCause((cause) => Effect.logWarning("Old tokens were not purged and will be next time", cause)),
      Effect.repeat(Schedule.spaced("1 hour")),
      Effect.forkScoped
    )
  )
)

/** What the clock does for identity. */
export const identityWorkers = Layer.mergeAll(
  Idempotency.layerPurge,
  IdentityMail.layerDelivery,
  Sessions.layerPurge,
  SigningKeys.layerKeeping,
  purging
)

const actorOf = ({ id, kind, onBehalfOf, permissions, roles, tenant }: Actor.Identity): SignedInActor => ({
  kind,
  tenant,
  id,
  roles,
  permissions,
  ...(onBehalfOf === undefined ? {} : { onBehalfOf: onBehalfOf.id })
})

/** Identity in an open Saldo. */
export const makeIdentity = (calls: IdentityCalls): Identity => ({
  users: makeUsers(calls),
  sessions: makeSessions(calls),
  apiKeys: makeApiKeys(calls),
  signingKeys: makeSigningKeys(calls),
  authenticate: calls.reading(read.credential, ({ scheme, text }) =>
    Effect.map(
      Authentication.use((one) => one[scheme](text)),
      actorOf
    )
  ),
  authenticateSession: calls.reading(read.accessToken, (token) =>
    Effect.map(
      Authentication.use((one) => one.session(token)),
      ({ expiresAt, identity, sessionId }) => ({ actor: actorOf(identity), sessionId, expiresAt })
    )
  )
})
