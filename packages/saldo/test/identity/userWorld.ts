/**
 * Users over any stores, with an inbox for their mails, and what tests do with them.
 */
import * as ScryptPasswordHasher from "@saldo/testing/ScryptPasswordHasher"
import * as TotpCodes from "@saldo/testing/TotpCodes"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import { CommandKey } from "saldo/core/Command"
import { Idempotency } from "saldo/core/Idempotency"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"
import { Outbox } from "saldo/core/Outbox"
import { sha256 } from "saldo/core/sha256"
import * as SqlOutbox from "saldo/core/SqlOutbox"
import { AttemptStore } from "saldo/identity/AttemptStore"
import { BreachedPasswordSource } from "saldo/identity/BreachedPasswordSource"
import { IdentityKeys, type IdentityKeyring } from "saldo/identity/IdentityKeys"
import { IdentityMail } from "saldo/identity/IdentityMail"
import type { IdentityPolicy } from "saldo/identity/IdentityPolicy"
import { IdentityTokenStore } from "saldo/identity/IdentityTokenStore"
import { MailChannel, MailsSent } from "saldo/identity/MailChannel"
import { mailSubscription } from "saldo/identity/MailDue"
import { identityOf, standardRoles } from "saldo/identity/Roles"
import { SessionStore } from "saldo/identity/SessionStore"
import type { User } from "saldo/identity/User"
import { Users } from "saldo/identity/Users"
import { UserStore } from "saldo/identity/UserStore"
import * as SqlStores from "saldo/sql/SqlStores"

export const ring: IdentityKeyring = {
  current: { id: "2026", key: Redacted.make(sha256("the identity key of 2026")) },
  index: Redacted.make(sha256("the identity index key"))
}

export const memoryStores = Layer.mergeAll(
  UserStore.layerMemory,
  IdentityTokenStore.layerMemory,
  AttemptStore.layerMemory,
  SessionStore.layerMemory,
  AuditStore.layerMemory,
  IdempotencyStore.layerMemory,
  Outbox.layerMemory([mailSubscription])
).pipe(Layer.provideMerge(Atomic.layerMemory))

export const breached = "staple-battery-ragnarok"

/** What a test wants to be different. */
export interface WorldOptions {
  readonly policy?: Partial<IdentityPolicy>
  readonly keyring?: IdentityKeyring
  readonly mails?: Layer.Layer<MailChannel | MailsSent>
  readonly hasher?: ReturnType<typeof ScryptPasswordHasher.layer>
}

const issuer = "Quick Bank"

export const pages = {
  "verify-email": "https://bank.example/verify",
  "reset-password": "https://bank.example/reset",
  "accept-invitation": "https://bank.example/welcome",
  "change-email": "https://bank.example/new-address"
}

/** Users over any stores. */
export const usersOn = ({
  hasher = ScryptPasswordHasher.layer(),
  keyring = ring,
  mails = MailChannel.layerMemory,
  policy = {}
}: WorldOptions = {}) =>
  Layer.merge(Users.layerWith({ issuer, ...policy }), IdentityMail.layerWith({ issuer, pages })).pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        AuditTrail.layer,
        Idempotency.layer,
        IdentityKeys.layer(keyring),
        mails,
        TotpCodes.layer,
        hasher,
        BreachedPasswordSource.layerList([breached])
      )
    )
  )

/** What a program about users may use. */
export type World = Layer.Success<ReturnType<typeof usersOn>> | Layer.Success<typeof memoryStores>

/** Every store in an empty database. */
export const sqlStores = SqlOutbox.layer([mailSubscription]).pipe(Layer.provideMerge(SqlStores.layer))

export const inWorld =
  (options?: WorldOptions) =>
  <A, E>(program: Effect.Effect<A, E, World>) =>
    Effect.andThen(begin, program).pipe(
      Effect.provide(Layer.fresh(usersOn(options).pipe(Layer.provideMerge(memoryStores))))
    )

export const start = DateTime.makeUnsafe("2026-03-10T12:00:00Z")
export const begin = TestClock.setTime(start.epochMilliseconds)

export const tenant = "bank"
export const key = (text: string) => CommandKey.make(text)
export const redact = (text: string) => Redacted.make(text)

export const secrets = {
  email: "Quirina.Testsson@example.test",
  name: "Quirina Testsson",
  password: "four random wombats sing",
  next: "seven purple herons dance"
}

export const email = redact(secrets.email)
export const password = redact(secrets.password)
export const next = redact(secrets.next)

/** Delivers the mails that are due. */
export const deliver = (count: number) =>
  Effect.gen(function* () {
    const [outbox, mail] = [yield* Outbox, yield* IdentityMail]
    for (let left = count; left > 0; left--) yield* outbox.handleNext(mailSubscription, mail.deliver)
  })

export const inbox = MailsSent.use(({ all }) => all)

/** The link in the latest mail. */
export const latestLink = Effect.map(inbox, (all) => {
  const text = all.at(-1)?.text
  return text === undefined ? "" : (/https:\S+/u.exec(Redacted.value(text))?.[0] ?? "")
})

/** The token in the latest mail, after it was delivered. */
export const mailedToken = Effect.andThen(
  deliver(1),
  Effect.map(latestLink, (link) => redact(link.split("#")[1] ?? ""))
)

export const signUp = Users.use((users) => users.signUp({ tenant, email, name: redact(secrets.name), password }))

/** A user who has signed up and verified the address. */
export const active = Effect.gen(function* () {
  yield* signUp
  const token = yield* mailedToken
  return yield* Users.use((users) => users.verifyEmail({ tenant, token }))
})

export const signIn = (given: Partial<Parameters<Users["Service"]["authenticate"]>[0]> = {}) =>
  Users.use((users) => users.authenticate({ tenant, email, password, ...given }))

/** As the user itself. */
export const asUser = (user: User) => Actor.as(identityOf(standardRoles, user))

export const admin = Actor.as(
  new Actor.Identity({ kind: "user", tenant, id: "admin", roles: ["admin"], permissions: standardRoles.admin })
)

/** Every record of the trail, oldest first. */
export const records = Effect.map(
  Effect.orDie(AuditStore.use((store) => store.list({ tenant, limit: 500, order: "oldest-first" }))),
  ({ items }) => items
)
