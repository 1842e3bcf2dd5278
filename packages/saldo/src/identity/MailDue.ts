/**
 * That somebody is to get a mail. It says neither the address nor a token: both are found and made when the mail is.
 */
import * as Schema from "effect/Schema"
import * as DomainEvent from "../core/DomainEvent.ts"
import { UserId } from "./User.ts"

/** What a mail is about: a link to follow, or news that its reader may want to act on. */
export const MailKind = Schema.Literals([
  "verify-email",
  "reset-password",
  "accept-invitation",
  "address-in-use",
  "password-changed",
  "second-factor-added",
  "second-factor-removed",
  "change-email",
  "email-change-asked",
  "email-changed",
  "address-wanted"
])

/** What a mail is about. */
export type MailKind = typeof MailKind.Type

/** To whom: a user, or whoever has the address of a keyed digest, if anybody has. */
export const Recipient = Schema.Union([
  Schema.TaggedStruct("User", { userId: UserId }),
  Schema.TaggedStruct("Address", { emailIndex: Schema.String })
])

/** To whom a mail goes. */
export type Recipient = typeof Recipient.Type

/** A mail is due. `IdentityMail` delivers it. */
export const MailDue = DomainEvent.define("identity.MailDue", Schema.Struct({ kind: MailKind, to: Recipient }))

/** The standing order that `IdentityMail` fulfils; start the outbox with it. */
export const mailSubscription = { name: "identity.mails", events: [MailDue] } as const
