/**
 * What administrators do with users, and what workers do for the host.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { AuditEntry } from "../../audit/AuditRecord.ts"
import { makeOnce } from "../../audit/internal/commandOnce.ts"
import { Actor, asSystem, type Identity, NotPermitted } from "../../core/Actor.ts"
import * as Command from "../../core/Command.ts"
import { ActOnOneself, EmailTaken, RoleUnknown, UserNotFound, UserStateUnfit } from "../IdentityRefusal.ts"
import { managePermission, permissionsOf, type RolePolicy } from "../Roles.ts"
import { RoleName, type StoredUser, UserId } from "../User.ts"
import type { Invitation, OnUser, Users } from "../Users.ts"
import { addressOf, newUser } from "./userEntrance.ts"
import type { Ground, UserChange } from "./userGround.ts"
import { about, changed, type OpenUser } from "./userTrail.ts"

type Service = Users["Service"]

/** What is remembered of a command that was carried out: of whom, and nothing that a deletion would have to find here. */
const Done = Schema.Struct({ userId: UserId })

const onUser = <const Fields extends Schema.Struct.Fields>(verb: string, fields: Fields) => ({
  operation: `identity.${verb}`,
  input: Schema.Struct({ userId: UserId, ...fields }),
  success: Done,
  refusal: Schema.Union([UserNotFound, UserStateUnfit, ActOnOneself])
})

/** A user invited. `content` is the keyed digest of what the invitation says. */
const InviteUser = Command.make({
  operation: "identity.invite",
  input: Schema.Struct({ content: Schema.String }),
  success: Done,
  refusal: EmailTaken
})
const SetRoles = Command.make(onUser("setRoles", { roles: Schema.Array(RoleName) }))
const SetParty = Command.make(onUser("setParty", { party: Schema.NullOr(Schema.String) }))
const LockUser = Command.make(onUser("lock", {}))
const UnlockUser = Command.make(onUser("unlock", {}))

type OnUserRefusal = UserNotFound | UserStateUnfit | ActOnOneself

/** One administrator's act on one user. */
interface AdminAct<Input extends { readonly userId: UserId }> {
  readonly command: Command.Command<Input, typeof Done.Type, OnUserRefusal>
  readonly action: AuditEntry["action"]
  readonly key: OnUser["key"]
  readonly input: Input
  /** What becomes of the user; nothing when it is so already. */
  readonly decide: (
    user: StoredUser,
    actor: Identity
  ) => Effect.Effect<UserChange | null, UserStateUnfit | NotPermitted>
  readonly also?: (after: OpenUser) => Effect.Effect<unknown>
}

const unfit = ({ id, state }: StoredUser) => new UserStateUnfit({ userId: id, state })

/** Roles that are in the policy. */
const known = (policy: RolePolicy, roles: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>, RoleUnknown> => {
  const unknown = roles.find((role) => !Object.hasOwn(policy, role))
  return unknown === undefined ? Effect.succeed([...new Set(roles)]) : Effect.fail(new RoleUnknown({ role: unknown }))
}

/** Nobody gives or takes what it may not do itself. */
const within = (
  actor: Identity,
  policy: RolePolicy,
  roles: ReadonlyArray<string>
): Effect.Effect<void, NotPermitted> => {
  const beyond = permissionsOf(policy, roles).find((permission) => !actor.may(permission))
  return beyond === undefined
    ? Effect.void
    : Effect.fail(new NotPermitted({ actor: `${actor.tenant}/${actor.id}`, permission: beyond }))
}

const makeAct = (base: Ground) => {
  const { files, found, locked, replace } = base
  const once = makeOnce(base)
  return Effect.fnUntraced(function* <Input extends { readonly userId: UserId }>({
    action,
    command,
    decide,
    input,
    key,
    also = () => Effect.void
  }: AdminAct<Input>) {
    yield* Actor.require(managePermission)
    const actor = yield* Actor
    const { userId } = input
    const acting = Effect.gen(function* () {
      if (actor.id === userId) return yield* new ActOnOneself({ userId })
      const before = yield* locked(actor.tenant, userId)
      if (before.user.state === "deleted") return yield* unfit(before.user)
      const change = yield* decide(before.user, actor)
      if (change === null) return { userId }
      yield* also(yield* replace(action, before, change))
      return { userId }
    })
    const subject = { type: "user", id: userId }
    yield* once(command, { key, input, action, subject, act: acting, kind: "security" })
    const { file, user } = yield* found(actor.tenant, userId)
    return files.read(user, file)
  })
}

const makeInvite = (base: Ground) => {
  const { audit, files, found, keys, mailTo, policy, users } = base
  const once = makeOnce(base)
  const action = "identity.invite"
  return Effect.fn("Users.invite")(function* (invitation: Invitation) {
    yield* Actor.require(managePermission)
    const actor = yield* Actor
    const { tenant } = actor
    const { key, locale = policy.locale, name, party } = invitation
    const email = yield* addressOf(invitation.email)
    const roles = yield* known(policy.roles, invitation.roles)
    yield* within(actor, policy.roles, roles)
    const inviting = Effect.gen(function* () {
      const made = yield* newUser(
        base,
        tenant,
        { roles, party, locale },
        {
          email,
          name,
          passwordHash: null,
          secondFactor: null
        }
      )
      const other = yield* users.insert(made.user)
      if (Option.isSome(other)) return yield* new EmailTaken({ userId: other.value.id })
      yield* audit.recordSecurity(changed(action, null, made))
      yield* mailTo(made, "accept-invitation")
      return { userId: made.user.id }
    })
    const text = JSON.stringify([Redacted.value(email), Redacted.value(name), locale, party, roles])
    const input = { content: yield* keys.digest(["invitation", tenant], text) }
    const subject = { type: "invitation", id: yield* files.emailIndex(tenant, email) }
    const { userId } = yield* once(InviteUser, { key, input, action, subject, act: inviting, kind: "security" })
    const { file, user } = yield* Effect.orDie(found(tenant, userId))
    return files.read(user, file)
  })
}

const makeReseal = ({ atomic, audit, files, keys, locked, users }: Ground): Service["reseal"] => {
  const resealed = Effect.fnUntraced(function* (known: StoredUser) {
    const { file, user } = yield* Effect.orDie(locked(known.tenant, known.id))
    // Somebody changed it in the meantime, and so sealed it by the new key, or deleted it.
    if (file === null || user.sealedBy === keys.currentId) return 0
    const saved = yield* users.save({ ...user, ...(yield* files.seal(user, file)), version: user.version + 1 })
    if (!saved) return yield* Effect.die(new RangeError(`The user ${user.id} was changed while it was locked`))
    yield* audit.recordSecurity({ action: "identity.reseal", ...about(user) }).pipe(asSystem(user.tenant))
    return 1
  })
  return Effect.fn("Users.reseal")(function* (limit = 100) {
    const old = yield* users.sealedByOthers(keys.currentId, limit)
    const done = yield* Effect.forEach(old, (user) => atomic.runLocking(resealed(user)))
    return done.reduce<number>((sum, one) => sum + one, 0)
  })
}

/** What administrators do with users. */
export const makeAdmin = (base: Ground) => {
  const { endSessions, files, found, policy, users } = base
  const act = makeAct(base)

  return {
    invite: makeInvite(base) satisfies Service["invite"],
    reseal: makeReseal(base),
    find: Effect.fn("Users.find")(function* (id) {
      yield* Actor.require(managePermission)
      const { file, user } = yield* found((yield* Actor).tenant, id)
      return files.read(user, file)
    }) satisfies Service["find"],
    list: Effect.fn("Users.list")(function* (filter = {}, page = {}) {
      yield* Actor.require(managePermission)
      const { items, next } = yield* users.list((yield* Actor).tenant, filter, page)
      const read = (user: StoredUser) => Effect.map(files.open(user), (file) => files.read(user, file))
      return { items: yield* Effect.forEach(items, read), next }
    }) satisfies Service["list"],
    setRoles: Effect.fn("Users.setRoles")(function* ({ key, roles: wanted, userId }) {
      const roles = yield* known(policy.roles, wanted)
      return yield* act({
        command: SetRoles,
        action: "identity.setRoles",
        key,
        input: { userId, roles },
        decide: (user, actor) =>
          Effect.as(within(actor, policy.roles, [...user.roles, ...roles]), {
            facts: { roles }
          })
      })
    }) satisfies Service["setRoles"],
    setParty: Effect.fn("Users.setParty")(({ key, party, userId }) =>
      act({
        command: SetParty,
        action: "identity.setParty",
        key,
        input: { userId, party },
        decide: (user) => Effect.succeed(user.party === party ? null : { facts: { party } })
      })
    ) satisfies Service["setParty"],
    lock: Effect.fn("Users.lock")(({ key, userId }: OnUser) =>
      act({
        command: LockUser,
        action: "identity.lock",
        key,
        input: { userId },
        decide: (user, actor) => {
          if (user.state === "unverified") return Effect.fail(unfit(user))
          const change = user.state === "locked" ? null : { facts: { state: "locked" as const } }
          return Effect.as(within(actor, policy.roles, user.roles), change)
        },
        also: (after) => endSessions(after, "user-locked")
      })
    ) satisfies Service["lock"],
    unlock: Effect.fn("Users.unlock")(({ key, userId }: OnUser) =>
      act({
        command: UnlockUser,
        action: "identity.unlock",
        key,
        input: { userId },
        decide: (user, actor) => {
          if (user.state === "unverified") return Effect.fail(unfit(user))
          const change = user.state === "active" ? null : { facts: { state: "active" as const } }
          return Effect.as(within(actor, policy.roles, user.roles), change)
        }
      })
    ) satisfies Service["unlock"]
  }
}
