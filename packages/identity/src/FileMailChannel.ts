import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Id from "saldo/core/Id"
import { sha256 } from "saldo/core/sha256"
import { type Mail, MailNotSent } from "saldo/identity/Mail"
import { MailChannel } from "saldo/identity/MailChannel"
import { link, mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"

/** Where mails go, and from whom they are. */
export interface FileMailOptions {
  /** Made when it is not there. What it holds lets its reader in, so it is for the process's own user alone. */
  readonly folder: string
  /** An address without a name. */
  readonly from: string
}

/** A text as one or more encoded words of a header (RFC 2047), each short enough for its line. */
const encodedWords = (text: string): string => {
  const words: Array<string> = []
  let word = ""
  for (const character of text) {
    if (Buffer.byteLength(word + character, "utf8") > 42) {
      words.push(word)
      word = ""
    }
    word += character
  }
  return [...words, word].map((each) => `=?UTF-8?B?${Buffer.from(each, "utf8").toString("base64")}?=`).join("\r\n ")
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

const two = (number: number): string => String(number).padStart(2, "0")

/** An instant as the header of a mail has it (RFC 5322, section 3.3). */
const mailDate = (at: DateTime.Utc): string => {
  const { day, hour, minute, month, second, weekDay, year } = DateTime.toPartsUtc(at)
  const date = `${days[weekDay]}, ${two(day)} ${months[month - 1]} ${year}`
  return `${date} ${two(hour)}:${two(minute)}:${two(second)} +0000`
}

/** A mail as servers exchange it (RFC 5322, RFC 2045), its text in base64 so that nothing on the way changes it. */
const messageOf = (mail: Mail, from: string, at: DateTime.Utc): string => {
  const text = Buffer.from(Redacted.value(mail.text).replaceAll(/\r?\n/gu, "\r\n"), "utf8").toString("base64")
  return [
    `Date: ${mailDate(at)}`,
    `From: <${from}>`,
    `To: ${encodedWords(Redacted.value(mail.to.name))}\r\n <${Redacted.value(mail.to.address)}>`,
    `Message-ID: <${sha256(mail.id).slice(0, 32)}@${from.slice(from.lastIndexOf("@") + 1)}>`,
    `Subject: ${encodedWords(mail.subject)}`,
    `Content-Language: ${mail.locale}`,
    "Auto-Submitted: auto-generated",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    ...(text.match(/.{1,76}/gu) ?? []),
    ""
  ].join("\r\n")
}

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown"

/** Puts a message under its name, whole or not at all, and leaves one that is there as it is. */
const place = async (folder: string, name: string, temporary: string, message: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const written = join(folder, temporary)
  try {
    await writeFile(written, message, { mode: 0o600, flag: "wx" })
    await link(written, join(folder, name))
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error
  } finally {
    await rm(written, { force: true })
  }
}

/**
 * Mails as files that any mail program opens: one `.eml` each, named by the digest of its id, so that one that is sent again
 * is there once. For development, demonstrations, and hosts whose mail server picks them up.
 */
export const layer = ({ folder, from }: FileMailOptions): Layer.Layer<MailChannel> =>
  Layer.succeed(
    MailChannel,
    MailChannel.of({
      send: Effect.fn("FileMailChannel.send")(function* (mail) {
        const message = messageOf(mail, from, yield* DateTime.now)
        const temporary = `${yield* Id.make("mail")}.part`
        yield* Effect.tryPromise({
          try: () => place(folder, `${sha256(mail.id)}.eml`, temporary, message),
          catch: (error) => new MailNotSent({ mailId: mail.id, reason: codeOf(error) })
        })
      })
    })
  )
