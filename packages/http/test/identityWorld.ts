/**
 * The bank of `world` with users of its own: real hashes, tokens and codes, and mails that are kept.
 */
import * as Argon2PasswordHasher from "@saldo/identity/Argon2PasswordHasher"
import * as JoseAccessTokens from "@saldo/identity/JoseAccessTokens"
import * as TotpOneTimeCodes from "@saldo/identity/TotpOneTimeCodes"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlOutbox from "saldo/core/SqlOutbox"
import { BreachedPasswordSource } from "saldo/identity/BreachedPasswordSource"
import { IdentityKeys } from "saldo/identity/IdentityKeys"
import { IdentityMail } from "saldo/identity/IdentityMail"
import * as IdentityUseCases from "saldo/identity/IdentityUseCases"
import { MailChannel, MailsSent } from "saldo/identity/MailChannel"
import { mailSubscription } from "saldo/identity/MailDue"
import type { HttpOptions } from "../src/http.ts"
import { Authenticator } from "../src/server/Authenticator.ts"
import { bank, Served, servedOver, tenant } from "./world.ts"

const pages = {
  "verify-email": "https://bank.example/verify",
  "reset-password": "https://bank.example/reset",
  "accept-invitation": "https://bank.example/welcome",
  "change-email": "https://bank.example/new-address"
}

const adapters = Layer.mergeAll(
  Argon2PasswordHasher.layerWith({ cost: { memoryKiB: 64, passes: 1, lanes: 1 } }),
  BreachedPasswordSource.layerList(["staple-battery-ragnarok"]),
  IdentityKeys.layer({
    current: { id: "1", key: Redacted.make("1".repeat(64)) },
    index: Redacted.make("2".repeat(64))
  }),
  TotpOneTimeCodes.layer,
  MailChannel.layerMemory,
  SqlOutbox.layer([mailSubscription])
)

/** The users of the bank, and the bank. */
export const users = IdentityMail.layerDelivery.pipe(
  Layer.provideMerge(IdentityMail.layerWith({ pages })),
  Layer.provideMerge(
    IdentityUseCases.layer({ accessTokens: JoseAccessTokens.layer({ issuer: "https://bank.example" }) })
  ),
  Layer.provideMerge(adapters),
  Layer.provideMerge(bank)
)

/** The interface of the bank, whose users sign in there. */
export const servedWithUsers = (options: HttpOptions = {}) =>
  servedOver({ tenant, ...options }, Authenticator.layerIdentity.pipe(Layer.provideMerge(users)))

/** The same, where callers are told by the tokens of `world`. */
export const servedWithUsersAndTokens = servedOver({ tenant }, users)

/** The token of the mail with a link to a page, once somebody has got it. */
export const mailedToken = (email: string, page: keyof typeof pages): Effect.Effect<string, never, MailsSent> =>
  Effect.gen(function* () {
    const all = yield* MailsSent.use((sent) => sent.all)
    const link = `${pages[page]}#`
    const text = all
      .filter(({ to }) => Redacted.value(to.address) === email)
      .map((mail) => Redacted.value(mail.text))
      .findLast((each) => each.includes(link))
    const token = text?.split(link)[1]?.split(/\s/u)[0]
    return token ?? (yield* Effect.delay(mailedToken(email, page), "20 millis"))
  })

/** What somebody signs up with. */
export const person = (name: string) => ({
  email: `${name}@example.test`,
  name: "Quirina Testsson",
  password: "four random wombats sing"
})

/** Somebody who has signed up and verified the address, and signed in. */
export const signedIn = (name: string) =>
  Effect.gen(function* () {
    const { call } = yield* Served
    const { email, password, ...rest } = person(name)
    yield* call("POST", "/api/auth/signup", { body: { email, password, ...rest } })
    yield* call("POST", "/api/auth/verify-email", { body: { token: yield* mailedToken(email, "verify-email") } })
    const { body } = yield* call("POST", "/api/auth/login", { body: { email, password } })
    const { accessToken: access, refreshToken: refresh, sessionId } = body as Record<string, string>
    return { email, password, access: access ?? "", refresh: refresh ?? "", sessionId: sessionId ?? "" }
  })
