/**
 * Mails as files in a folder, for a server that has nobody who carries them: whoever runs it finds there what users would
 * find in their mail.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import { sha256 } from "saldo/core/sha256"
import { type Mail, MailNotSent } from "saldo/identity/Mail"
import { MailChannel } from "saldo/identity/MailChannel"

const textOf = ({ locale, subject, text, to }: Mail): string =>
  [
    `To: ${Redacted.value(to.name)} <${Redacted.value(to.address)}>`,
    `Subject: ${subject}`,
    `Content-Language: ${locale}`,
    "",
    Redacted.value(text)
  ].join("\n")

/** Writes each mail into a file of its own, which only its owner may read. The folder is made with the first one. */
export const layer = (folder: string) =>
  Layer.effect(
    MailChannel,
    Effect.gen(function* () {
      const [files, path] = [yield* FileSystem.FileSystem, yield* Path.Path]
      return MailChannel.of({
        send: Effect.fnUntraced(function* (mail) {
          // Ids are not made for file names, and a mail that comes again takes the place of the one that is there.
          const file = path.join(folder, `${sha256(mail.id).slice(0, 24)}.txt`)
          yield* files.makeDirectory(folder, { recursive: true, mode: 0o700 }).pipe(
            Effect.andThen(files.writeFileString(`${file}.part`, textOf(mail), { mode: 0o600 })),
            Effect.andThen(files.rename(`${file}.part`, file)),
            // What a failure of a file system says has the file's name in it and nothing of the mail.
            Effect.mapError(({ reason }) => new MailNotSent({ mailId: mail.id, reason: reason._tag }))
          )
        })
      })
    })
  )
