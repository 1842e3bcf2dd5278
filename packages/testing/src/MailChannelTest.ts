import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Id from "saldo/core/Id"
import type { Mail } from "saldo/identity/Mail"
import { MailChannel } from "saldo/identity/MailChannel"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

/** A mail as it arrived. */
export interface ArrivedMail {
  readonly to: string
  readonly subject: string
  /** Lines that end in `\n`. */
  readonly text: string
}

/** The mails that arrived for an address, the first one first; how to look is up to whoever tests a channel. */
export type Look<R> = (address: string) => Effect.Effect<ReadonlyArray<ArrivedMail>, unknown, R>

const mailOf = (id: string, given: { readonly subject?: string; readonly text?: string } = {}): Mail => ({
  id,
  to: {
    address: Redacted.make(`${id}@example.test`, { label: "e-mail address" }),
    name: Redacted.make("Quirina Å. Testsson", { label: "name" })
  },
  locale: "sv",
  subject: given.subject ?? "Välkommen",
  text: Redacted.make(given.text ?? "Hej!\n\nhttps://bank.example/#planted-token\n", { label: "mail" })
})

/** What every `MailChannel` promises, by a way to look at what arrived; see the doc comment of the port. */
export const checksWith = <R>(look: Look<R>): ReadonlyArray<Check<MailChannel | R>> => {
  const check = checksOf<
    {
      readonly send: MailChannel["Service"]["send"]
      readonly id: string
      readonly arrived: Effect.Effect<ReadonlyArray<ArrivedMail>, unknown>
    },
    MailChannel | R
  >(
    Effect.gen(function* () {
      const id = yield* Id.make("mail")
      const context = yield* Effect.context<R>()
      return {
        id,
        send: (yield* MailChannel).send,
        arrived: Effect.provide(look(`${id}@example.test`), context)
      }
    })
  )
  return [
    check("carried", "carries a mail as it was given", ({ arrived, id, send }) =>
      Effect.gen(function* () {
        yield* send(mailOf(id))
        expect(yield* arrived).toEqual([
          { to: `${id}@example.test`, subject: "Välkommen", text: "Hej!\n\nhttps://bank.example/#planted-token\n" }
        ])
      })
    ),
    check("repeated", "carries a mail once that is sent again under its id", ({ arrived, id, send }) =>
      Effect.gen(function* () {
        yield* send(mailOf(id))
        yield* send(mailOf(id))
        expect(yield* arrived).toHaveLength(1)
      })
    ),
    check("exact", "carries long lines, lone full stops and every script unchanged", ({ arrived, id, send }) =>
      Effect.gen(function* () {
        const text = `.\n..\nFrom here\n=20 %20\n${"länk".repeat(400)}\nžluťoučký 😀\n\n`
        const subject = `Årets ${"långa ".repeat(20)}rubrik 😀`
        yield* send(mailOf(id, { text, subject }))
        expect(yield* arrived).toEqual([{ to: `${id}@example.test`, subject, text }])
      })
    ),
    check("at-once", "carries mails that are sent at the same time", ({ arrived, id, send }) =>
      Effect.gen(function* () {
        const mails = [1, 2, 3, 4, 5, 6].map((each): Mail => ({
          ...mailOf(id, { subject: `${each}` }),
          id: `${id}.${each}`
        }))
        yield* Effect.forEach(mails, send, { concurrency: "unbounded" })
        expect((yield* arrived).map(({ subject }) => subject).toSorted()).toEqual(["1", "2", "3", "4", "5", "6"])
      })
    )
  ]
}

/** Tests a `MailChannel`, given how to look at what arrived. */
export const suite = <R, E>(
  name: string,
  layer: Layer.Layer<MailChannel | R, E>,
  look: Look<R>,
  options: SuiteOptions = {}
): void => register("MailChannel", checksWith(look), name, layer, options)
