/**
 * Mails, as they are handed over to be sent.
 */
import * as Schema from "effect/Schema"
import { redacted } from "../core/RedactedSchema.ts"
import { LocaleTag, UserEmail, UserName } from "./User.ts"

/** A mail in plain text. What it says may hold a link that lets its reader in, so it is as secret as a password. */
export const Mail = Schema.Struct({
  /** The same for every try to send one mail, by which a channel knows a repetition. */
  id: Schema.String,
  to: Schema.Struct({ address: UserEmail, name: UserName }),
  locale: LocaleTag,
  /** One line. */
  subject: Schema.String.check(
    Schema.isPattern(/^[^\p{Cc}\p{Cs}]{1,200}$/u, { expected: "one line of 1 to 200 characters" })
  ),
  /** Lines that end in `\n`. */
  text: redacted(Schema.String, "mail")
})

/** A mail. */
export type Mail = typeof Mail.Type

/** A mail was not handed over. The same may be sent again. */
export class MailNotSent extends Schema.TaggedError<MailNotSent>()(
  "MailNotSent",
  { mailId: Schema.String, reason: Schema.String },
  { httpApiStatus: 503 }
) {
  override get message(): string {
    return `The mail ${this.mailId} was not sent (${this.reason}); try again later`
  }
}
