import { describe, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import { Outbox } from "saldo/core/Outbox"
import { IdentityMail } from "saldo/identity/IdentityMail"
import { type Mail, MailNotSent } from "saldo/identity/Mail"
import { MailChannel, MailsSent } from "saldo/identity/MailChannel"
import { MailKind, mailSubscription } from "saldo/identity/MailDue"
import { mailText } from "saldo/identity/mailTexts"
import { Users } from "saldo/identity/Users"
import { active, admin, deliver, email, inbox, inWorld, key, latestLink, redact, signUp, tenant } from "./userWorld.ts"

const using = <A, E, R>(call: (users: Users["Service"]) => Effect.Effect<A, E, R>) => Users.use(call)

/** A carrier that turns the first mails away, after it has seen them. */
const stubborn = (refusals: number) => {
  const seen: Array<Mail> = []
  const layer = Layer.succeedContext(
    Context.make(MailsSent, MailsSent.of({ all: Effect.succeed(seen) })).pipe(
      Context.add(
        MailChannel,
        MailChannel.of({
          send: (mail) =>
            Effect.suspend(() => {
              seen.push(mail)
              return seen.length <= refusals
                ? Effect.fail(new MailNotSent({ mailId: mail.id, reason: "busy" }))
                : Effect.void
            })
        })
      )
    )
  )
  return layer
}

describe("the mails of users", () => {
  it.effect("are tried again with another token, of which the last is good", () =>
    inWorld({ mails: stubborn(2) })(
      Effect.gen(function* () {
        yield* signUp
        yield* deliver(1)
        yield* TestClock.adjust("1 minute")
        yield* deliver(1)
        yield* TestClock.adjust("1 minute")
        yield* deliver(1)
        const mails = yield* inbox
        expect(mails).toHaveLength(3)
        expect(new Set(mails.map(({ id }) => id)).size).toBe(3)
        const tokens = mails.map(({ text }) => redact(/#(\S+)/u.exec(Redacted.value(text))?.[1] ?? ""))
        const results = yield* Effect.forEach(tokens, (token) =>
          Effect.result(using((users) => users.verifyEmail({ tenant, token })))
        )
        expect(results.map(Result.isSuccess)).toEqual([false, false, true])
      })
    )
  )

  it.effect("say nothing in a dead letter by which somebody gets in", () =>
    inWorld({ mails: stubborn(1000) })(
      Effect.gen(function* () {
        yield* signUp
        for (let attempt = 0; attempt < 10; attempt++) {
          yield* deliver(1)
          yield* TestClock.adjust("10 minutes")
        }
        const { items } = yield* Outbox.use((outbox) => outbox.deadLetters(mailSubscription.name, {}))
        expect(items).toHaveLength(1)
        const text = JSON.stringify(items)
        for (const { text: sent } of yield* inbox) {
          expect(text).not.toContain(/#(\S+)/u.exec(Redacted.value(sent))?.[1])
        }
        expect(text).not.toMatch(/quirina/iu)
      })
    )
  )

  it.effect("are not sent to whoever has no use for them any more", () =>
    inWorld()(
      Effect.gen(function* () {
        const user = yield* active
        yield* using((users) => users.requestPasswordReset({ tenant, email }))
        yield* using((users) => users.resendVerification({ tenant, email }))
        yield* using(({ lock }) => lock({ key: key("lock"), userId: user.id })).pipe(admin)
        yield* deliver(2)
        expect(yield* inbox).toHaveLength(1)
      })
    )
  )

  it.effect("leave on their own where delivery runs", () =>
    inWorld()(
      Effect.gen(function* () {
        yield* signUp
        yield* Effect.yieldNow.pipe(Effect.repeat({ times: 200 }))
        expect(yield* latestLink).toContain("https://bank.example/verify#")
      }).pipe(Effect.provide(IdentityMail.layerDelivery))
    )
  )
})

describe("mailText", () => {
  const facts = { issuer: "Quick Bank", name: "Quirina", link: "https://bank.example/#token", hours: 24 }

  for (const kind of MailKind.literals) {
    it(`greets, says what it is about and shows the link there is (${kind})`, () => {
      const hasLink = ["verify-email", "reset-password", "accept-invitation", "change-email"].includes(kind)
      const [english, swedish] = [mailText(kind, "en-GB", facts), mailText(kind, "sv-FI", facts)]
      for (const { subject, text } of [english, swedish]) {
        expect(subject).toContain("Quick Bank")
        expect(subject).toMatch(/^\P{Cc}{1,200}$/u)
        expect(text.split("\n").includes(facts.link)).toBe(hasLink)
        expect(text.endsWith("\n\nQuick Bank\n")).toBe(true)
      }
      expect(english.text).toMatch(/^Hello Quirina,\n\n/u)
      expect(swedish.text).toMatch(/^Hej Quirina!\n\n/u)
      expect(mailText(kind, "de", facts)).toEqual(english)
    })
  }
})
