import { describe, expect, it } from "@effect/vitest"
import * as MailChannelTest from "@saldo/testing/MailChannelTest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as FileMailChannel from "@saldo/identity/FileMailChannel"
import type { Mail } from "saldo/identity/Mail"
import { MailChannel } from "saldo/identity/MailChannel"
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** The folder that mails go to. */
class Folder extends Context.Service<Folder, { readonly path: string }>()("test/Folder") {}

const folder = Layer.effect(
  Folder,
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "saldo-mails-"))),
      (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
    ),
    (path) => Folder.of({ path })
  )
)

const channel = Layer.unwrap(
  Folder.use(({ path }) =>
    Effect.succeed(FileMailChannel.layer({ folder: join(path, "out"), from: "no-reply@bank.example" }))
  )
).pipe(Layer.provideMerge(folder))

/** The words of a header that stand for other text (RFC 2047), put together. */
const decoded = (header: string): string =>
  header
    .replaceAll(/\?=\s+=\?/gu, "?==?")
    .replaceAll(/=\?UTF-8\?B\?([^?]*)\?=/gu, (_, word: string) => Buffer.from(word, "base64").toString("utf8"))

/** A message taken apart as a mail program does. */
const read = (message: string) => {
  const end = message.indexOf("\r\n\r\n")
  const lines = message
    .slice(0, end)
    .replaceAll(/\r\n[ \t]/gu, " ")
    .split("\r\n")
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)])
  )
  const text = Buffer.from(message.slice(end + 4), "base64")
    .toString("utf8")
    .replaceAll("\r\n", "\n")
  return {
    headers,
    text,
    to: /<([^>]*)>$/u.exec(headers["to"] ?? "")?.[1] ?? "",
    subject: decoded(headers["subject"] ?? "")
  }
}

const messages = Folder.use(({ path }) =>
  Effect.promise(async () => {
    const names = await readdir(join(path, "out"))
    return Promise.all(names.map((name) => readFile(join(path, "out", name), "utf8")))
  })
)

const look: MailChannelTest.Look<Folder> = (address) =>
  Effect.map(messages, (all) =>
    all
      .map(read)
      .filter(({ to }) => to === address)
      .map(({ subject, text, to }) => ({ to, subject, text }))
  )

MailChannelTest.suite("files", channel, look)

const mail: Mail = {
  id: "event_1",
  to: { address: Redacted.make("anna@example.test"), name: Redacted.make('Anna "Å" Ek <x@y>') },
  locale: "sv",
  subject: "Hej, 世界",
  text: Redacted.make("Hej!\n")
}

describe("a mail in a file", () => {
  it.effect("is a message by the standard, for the process's own user alone", () =>
    Effect.gen(function* () {
      yield* MailChannel.use(({ send }) => send(mail))
      const [message = ""] = yield* messages
      for (const line of message.split("\r\n")) expect(line.length).toBeLessThanOrEqual(78)
      expect(message).not.toMatch(/[^\r]\n/u)
      expect(message).toMatch(/^[\x20-\x7e\r\n]*$/u)
      const { headers } = read(message)
      expect(headers["date"]).toBe("Thu, 01 Jan 1970 00:00:00 +0000")
      expect(headers["from"]).toBe("<no-reply@bank.example>")
      expect(decoded(headers["to"] ?? "")).toBe('Anna "Å" Ek <x@y> <anna@example.test>')
      const { path } = yield* Folder
      const [name = ""] = yield* Effect.promise(() => readdir(join(path, "out")))
      const modes = yield* Effect.promise(() => Promise.all([stat(join(path, "out")), stat(join(path, "out", name))]))
      expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o600])
    }).pipe(Effect.provide(Layer.fresh(channel)))
  )

  it.effect("says that it was not sent, and neither to whom nor what", () =>
    Effect.gen(function* () {
      const { path } = yield* Folder
      yield* Effect.promise(() => writeFile(join(path, "out"), "no folder"))
      const failure = yield* Effect.flip(MailChannel.use(({ send }) => send(mail)))
      expect(failure).toMatchObject({ _tag: "MailNotSent", mailId: "event_1" })
      expect(JSON.stringify(failure)).not.toMatch(/anna|Hej/u)
    }).pipe(Effect.provide(Layer.fresh(channel)))
  )
})
