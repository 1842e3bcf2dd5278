import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AuditTrail } from "../audit/AuditTrail.ts"
import * as Actor from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import type * as DomainEvent from "../core/DomainEvent.ts"
import { Outbox } from "../core/Outbox.ts"
import { sha256 } from "../core/sha256.ts"
import { IdentityKeys } from "./IdentityKeys.ts"
import { type IdentityPolicy, standardIdentityPolicy } from "./IdentityPolicy.ts"
import { TokenPurpose } from "./IdentityToken.ts"
import { IdentityTokenStore } from "./IdentityTokenStore.ts"
import { makeFiles } from "./internal/userFiles.ts"
import { newToken } from "./internal/userPasswords.ts"
import { about, visitor } from "./internal/userTrail.ts"
import type { MailNotSent } from "./Mail.ts"
import { MailChannel } from "./MailChannel.ts"
import { type MailDue, type MailKind, mailSubscription, type Recipient } from "./MailDue.ts"
import { mailText } from "./mailTexts.ts"
import type { StoredUser, UserFile } from "./User.ts"
import { UserStore } from "./UserStore.ts"

/** Where links lead, and what else a host decides about mails. */
export interface MailOptions extends Partial<Pick<IdentityPolicy, "issuer" | "tokenLifeMs">> {
  /** The page for each kind of link. The token comes behind `#`, so that it is in no log of a server and in no referrer. */
  readonly pages: Readonly<Record<TokenPurpose, string>>
}

/**
 * Use case: the mails that users get.
 *
 * The token of a link is made here, when its mail is, and put into the mail alone: the store has its hash, and neither the
 * outbox nor a dead letter has it. A mail whose sending failed is made anew, with another token; only the latest is good. Who
 * has no address any more, or needs the link no longer, gets none.
 */
export class IdentityMail extends Context.Service<
  IdentityMail,
  {
    /** Delivers one event; `MailNotSent` asks for another delivery. */
    readonly deliver: (event: DomainEvent.EventOf<typeof MailDue>) => Effect.Effect<void, MailNotSent>
  }
>()("saldo/identity/IdentityMail") {
  /** Mails through a channel. */
  static readonly layerWith = (
    options: MailOptions
  ): Layer.Layer<
    IdentityMail,
    never,
    Atomic | AuditTrail | IdentityKeys | IdentityTokenStore | MailChannel | UserStore
  > => Layer.effect(this, make(options))

  /** Delivers as long as the layer lives, in any number of processes. The outbox knows `mailSubscription`. */
  static readonly layerDelivery: Layer.Layer<never, never, IdentityMail | Outbox> = Layer.unwrap(
    Effect.map(this, ({ deliver }) => Outbox.layerSubscriber(mailSubscription, deliver))
  )
}

const isPurpose = (kind: MailKind): kind is TokenPurpose => TokenPurpose.literals.some((each) => each === kind)

/** Whether a user in its state has any use for a mail. */
const isApt = (kind: MailKind, { state }: StoredUser): boolean => {
  switch (kind) {
    case "verify-email":
    case "accept-invitation":
      return state === "unverified"
    case "reset-password":
      return state === "unverified" || state === "active"
    case "change-email":
    case "email-change-asked":
      return state === "active"
    default:
      return state !== "deleted"
  }
}

/** Which of a user's addresses a mail goes to; none when it is too late for it. */
const addressFor = (kind: MailKind, { email, formerEmail, pendingEmail }: UserFile): UserFile["email"] | undefined => {
  switch (kind) {
    case "change-email":
      return pendingEmail
    case "email-change-asked":
      // Once the other address is there, the mail that says so tells all.
      return pendingEmail === undefined ? undefined : email
    case "email-changed":
      return formerEmail
    default:
      return email
  }
}

/** A mail to be written: about whom, to which address, and with which token. */
interface Addressed {
  readonly user: StoredUser
  readonly file: UserFile
  readonly address: UserFile["email"]
  readonly kind: MailKind
  readonly token: Redacted.Redacted | null
}

const make = Effect.fnUntraced(function* ({ pages, ...given }: MailOptions) {
  const [users, tokens, channel] = [yield* UserStore, yield* IdentityTokenStore, yield* MailChannel]
  const [audit, atomic] = [yield* AuditTrail, yield* Atomic]
  const files = makeFiles(yield* IdentityKeys)
  const { issuer, tokenLifeMs } = { ...standardIdentityPolicy, ...given }

  const recipient = (tenant: string, to: Recipient) =>
    to._tag === "User" ? users.find(tenant, to.userId) : users.findByEmail(tenant, to.emailIndex)

  /** A token for a link, of which the store gets the hash. */
  const tokenFor = Effect.fnUntraced(function* (user: StoredUser, purpose: TokenPurpose) {
    const token = yield* newToken
    const createdAt = yield* DateTime.now
    yield* tokens.put({
      tenant: user.tenant,
      userId: user.id,
      purpose,
      hash: sha256(Redacted.value(token)),
      createdAt,
      expiresAt: DateTime.add(createdAt, { milliseconds: tokenLifeMs[purpose] })
    })
    yield* audit.recordSecurity({ action: "identity.mailToken", ...about(user) }).pipe(Actor.as(visitor(user.tenant)))
    return token
  })

  /** The mail to whoever has an address that another user wants; nothing while nobody has it. */
  const toOwner = Effect.fnUntraced(function* (
    { id, tenant }: StoredUser,
    wanted: UserFile["email"]
  ): Effect.fn.Return<Addressed | null> {
    const owner = Option.getOrNull(yield* users.findByEmail(tenant, yield* files.emailIndex(tenant, wanted)))
    const file = owner === null || owner.id === id ? null : yield* files.open(owner)
    return owner === null || file === null
      ? null
      : { user: owner, file, address: file.email, kind: "address-wanted", token: null }
  })

  /** The mail that is to be written; nothing when it is too late for it. */
  const prepare = Effect.fnUntraced(function* (
    tenant: string,
    due: MailKind,
    to: Recipient
  ): Effect.fn.Return<Addressed | null> {
    const known = yield* recipient(tenant, to)
    if (Option.isNone(known)) return null
    const user = Option.getOrNull(yield* users.lock(tenant, known.value.id))
    const file = user === null ? null : yield* files.open(user)
    if (user === null || file === null || !isApt(due, user)) return null
    const address = addressFor(due, file)
    if (address === undefined) return null
    const taken = due === "change-email" ? yield* toOwner(user, address) : null
    if (taken !== null) return taken
    // Somebody who was invited has no password to verify an address with.
    const kind = due === "verify-email" && file.passwordHash === null ? "accept-invitation" : due
    return { user, file, address, kind, token: isPurpose(kind) ? yield* tokenFor(user, kind) : null }
  })

  return IdentityMail.of({
    deliver: Effect.fn("IdentityMail.deliver")(function* ({ id, payload, tenant }) {
      const ready = yield* atomic.runLocking(prepare(tenant, payload.kind, payload.to))
      if (ready === null) return
      const { address, file, kind, token, user } = ready
      const purpose = isPurpose(kind) ? kind : null
      const { subject, text } = mailText(kind, user.locale, {
        issuer,
        name: Redacted.value(file.name),
        link: purpose === null || token === null ? null : `${pages[purpose]}#${Redacted.value(token)}`,
        hours: purpose === null ? 0 : Math.max(1, Math.floor(tokenLifeMs[purpose] / 3_600_000))
      })
      yield* channel.send({
        // A mail with another token is another mail: a carrier must not take it for one that it has carried.
        id: token === null ? id : `${id}.${sha256(Redacted.value(token)).slice(0, 16)}`,
        to: { address, name: file.name },
        locale: user.locale,
        subject,
        text: Redacted.make(text, { label: "mail" })
      })
    })
  })
})
