/**
 * What all acts on users stand on, and the one way in which users are changed.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { AuditEntry, Change } from "../../audit/AuditRecord.ts"
import { AuditTrail } from "../../audit/AuditTrail.ts"
import { Actor } from "../../core/Actor.ts"
import { Atomic } from "../../core/Atomic.ts"
import * as DomainEvent from "../../core/DomainEvent.ts"
import { Idempotency } from "../../core/Idempotency.ts"
import { Outbox } from "../../core/Outbox.ts"
import { AttemptStore } from "../AttemptStore.ts"
import { BreachedPasswordSource } from "../BreachedPasswordSource.ts"
import { IdentityKeys } from "../IdentityKeys.ts"
import type { IdentityPolicy } from "../IdentityPolicy.ts"
import { UserNotFound } from "../IdentityRefusal.ts"
import { IdentityTokenStore } from "../IdentityTokenStore.ts"
import { MailDue, type MailKind, type Recipient } from "../MailDue.ts"
import { OneTimeCodes } from "../OneTimeCodes.ts"
import { PasswordHasher } from "../PasswordHasher.ts"
import { selfPermission } from "../Roles.ts"
import type { SessionEndReason, SessionId } from "../Session.ts"
import { SessionStore } from "../SessionStore.ts"
import { type StoredUser, type UserFile, UserId } from "../User.ts"
import { UserStore } from "../UserStore.ts"
import { makeFiles, storable } from "./userFiles.ts"
import { makePasswords } from "./userPasswords.ts"
import { makeThrottle } from "./userThrottle.ts"
import { about, changed, type OpenUser } from "./userTrail.ts"

/** What a change leaves: facts, and the file; what is left out stays. */
export interface UserChange {
  readonly facts?: Partial<Pick<StoredUser, "state" | "roles" | "party" | "locale" | "emailIndex">>
  readonly file?: UserFile
}

/** A file that is there: who acts on it has made sure that the user is not deleted. */
export const present = ({ file, user }: OpenUser): Effect.Effect<UserFile, UserNotFound> =>
  file === null ? Effect.fail(new UserNotFound({ userId: user.id })) : Effect.succeed(file)

const isUserId = Schema.is(UserId)

/** Everything that acts on users need. */
export const ground = Effect.fnUntraced(function* (policy: IdentityPolicy) {
  const [users, tokens, sessions, outbox] = [
    yield* UserStore,
    yield* IdentityTokenStore,
    yield* SessionStore,
    yield* Outbox
  ]
  const [audit, atomic, keys] = [yield* AuditTrail, yield* Atomic, yield* IdentityKeys]
  const attempts = yield* AttemptStore
  const files = makeFiles(keys)
  const passwords = yield* makePasswords(yield* PasswordHasher, yield* BreachedPasswordSource, policy.password)

  const opened = Effect.fnUntraced(function* (found: Option.Option<StoredUser>, userId: string) {
    if (Option.isNone(found)) return yield* new UserNotFound({ userId })
    return { user: found.value, file: yield* files.open(found.value) } satisfies OpenUser
  })

  /** Locks a user of the tenant. Call it first in a locking transaction. */
  const locked = (tenant: string, id: UserId): Effect.Effect<OpenUser, UserNotFound> =>
    Effect.flatMap(users.lock(tenant, id), (found) => opened(found, id))

  /** Puts the next version of a locked user in its place, and records it; null when another user has its address. */
  const replaced = Effect.fnUntraced(function* (
    action: AuditEntry["action"],
    before: OpenUser,
    { facts = {}, file }: UserChange,
    more: ReadonlyArray<Change> = []
  ) {
    const sealed = file === undefined ? {} : yield* files.seal(before.user, file)
    const user: StoredUser = { ...before.user, ...facts, ...sealed, version: before.user.version + 1 }
    const after: OpenUser = { user, file: file ?? before.file }
    if (!(yield* users.save(yield* storable(user)))) return null
    const entry = changed(action, before, after)
    yield* audit.recordSecurity({ ...entry, changes: [...entry.changes, ...more] })
    return after
  })

  /** The same for changes that leave the address as it is. */
  const replace = (...change: Parameters<typeof replaced>): Effect.Effect<OpenUser, never, Actor> =>
    replaced(...change).pipe(
      Effect.filterOrElse(
        (after) => after !== null,
        () => Effect.die(new RangeError(`The user ${change[1].user.id} was changed by somebody while it was locked`))
      )
    )

  /** In a transaction: a mail is due. */
  const mail = Effect.fnUntraced(function* (tenant: string, kind: MailKind, to: Recipient) {
    const subject = to._tag === "User" ? to.userId : to.emailIndex
    yield* outbox.append(MailDue, yield* DomainEvent.make(MailDue, { tenant, subject, payload: { kind, to } }))
  })

  return {
    policy,
    users,
    tokens,
    attempts,
    audit,
    atomic,
    keys,
    files,
    passwords,
    idempotency: yield* Idempotency,
    codes: yield* OneTimeCodes,
    throttle: makeThrottle({ attempts, atomic, audit, keys, policy }),
    locked,
    replace,
    replaced,
    mail,
    mailTo: ({ user }: OpenUser, kind: MailKind) => mail(user.tenant, kind, { _tag: "User", userId: user.id }),
    /** In a transaction: ends the sessions of a user, but the one to keep. */
    endSessions: ({ user }: OpenUser, reason: SessionEndReason, keep?: SessionId) =>
      Effect.flatMap(DateTime.now, (at) => sessions.endAllOf(user.tenant, user.id, { at, reason }, keep)),
    /** A user of the tenant, unlocked. */
    found: (tenant: string, id: UserId) => Effect.flatMap(users.find(tenant, id), (known) => opened(known, id)),
    /** The user who acts, unlocked. */
    self: Effect.fnUntraced(function* () {
      yield* Actor.require(selfPermission)
      const { id, tenant } = yield* Actor
      return yield* opened(isUserId(id) ? yield* users.find(tenant, id) : Option.none(), id)
    }),
    /** Records that an act on a user was refused. */
    refused: (action: AuditEntry["action"], user: StoredUser, reason: string, more: Partial<AuditEntry> = {}) =>
      audit.recordSecurity({ action, ...about(user), outcome: "refused", reason, ...more })
  }
})

/** What `ground` makes. */
export type Ground = Effect.Success<ReturnType<typeof ground>>

/** Whether two hashes are the same text. */
export const isSame = (left: Redacted.Redacted | null, right: Redacted.Redacted | null): boolean =>
  (left === null ? null : Redacted.value(left)) === (right === null ? null : Redacted.value(right))
