/**
 * What users do with themselves.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { changes } from "../../audit/changes.ts"
import { makeOnce } from "../../audit/internal/commandOnce.ts"
import * as Command from "../../core/Command.ts"
import { UserStateUnfit } from "../IdentityRefusal.ts"
import { type StoredUser, UserId } from "../User.ts"
import type { Proof, Users } from "../Users.ts"
import { withoutPendingEmail } from "./userEmail.ts"
import { type Ground, present } from "./userGround.ts"
import { makeProving } from "./userSignIn.ts"
import { about, type OpenUser } from "./userTrail.ts"

type Service = Users["Service"]

/** A profile changed. `content` is the keyed digest of what it says. */
const ChangeProfile = Command.make({
  operation: "identity.change-profile",
  input: Schema.Struct({ userId: UserId, content: Schema.String }),
  success: Schema.Struct({ userId: UserId }),
  refusal: UserStateUnfit
})

/** What users do with themselves, but for the second factor. */
export const makeSelf = (base: Ground) => {
  const { endSessions, files, found, keys, locked, mailTo, passwords, policy, replace, self, tokens } = base
  const once = makeOnce(base)
  const prove = makeProving(base)

  return {
    me: Effect.map(self(), ({ file, user }) => files.read(user, file)).pipe(Effect.withSpan("Users.me")),
    changeProfile: Effect.fn("Users.changeProfile")(function* ({ key, locale, name }) {
      const { user } = yield* self()
      const action = "identity.changeProfile"
      const changing = Effect.gen(function* () {
        const before = yield* locked(user.tenant, user.id)
        const file = yield* present(before)
        if (before.user.state !== "active") {
          return yield* new UserStateUnfit({ userId: user.id, state: before.user.state })
        }
        yield* replace(action, before, { facts: { locale }, file: { ...file, name } })
        return { userId: user.id }
      })
      const content = yield* keys.digest(["profile", user.tenant], JSON.stringify([Redacted.value(name), locale]))
      const subject = { type: "user", id: user.id }
      const input = { userId: user.id, content }
      yield* once(ChangeProfile, { key, input, action, subject, act: changing, kind: "security" })
      const after = yield* found(user.tenant, user.id)
      return files.read(after.user, after.file)
    }) satisfies Service["changeProfile"],
    changePassword: Effect.fn("Users.changePassword")(function* ({ keep, next, ...proof }) {
      const before = yield* self()
      const action = "identity.changePassword"
      const { email, name } = yield* present(before)
      const passwordHash = yield* passwords.choose(next, [email, name, Redacted.make(policy.issuer)])
      const after = yield* prove(
        action,
        before,
        proof,
        Effect.fnUntraced(function* (there, { file }) {
          const changed = yield* replace(action, there, { file: { ...withoutPendingEmail(file), passwordHash } })
          yield* tokens.forget(changed.user.tenant, changed.user.id)
          yield* endSessions(changed, "credentials-changed", keep)
          yield* mailTo(changed, "password-changed")
          return changed
        })
      )
      return files.read(after.user, after.file)
    }) satisfies Service["changePassword"],
    delete: Effect.fn("Users.delete")(function* (proof: Proof) {
      const before = yield* self()
      const action = "identity.delete"
      return yield* prove(action, before, proof, (there) => remove(base, action, there))
    }) satisfies Service["delete"]
  }
}

/** Takes everything personal from a locked user. The trail says only that it is gone. */
const remove = Effect.fnUntraced(function* (
  { audit, endSessions, files, tokens, users }: Ground,
  action: "identity.delete",
  before: OpenUser
) {
  const { state, version } = before.user
  const gone = { sealed: null, sealedBy: null, emailIndex: null, roles: [], party: null } as const
  const user: StoredUser = { ...before.user, ...gone, state: "deleted", version: version + 1 }
  if (!(yield* users.save(user))) {
    return yield* Effect.die(new RangeError(`The user ${user.id} was changed by somebody while it was locked`))
  }
  yield* tokens.forget(user.tenant, user.id)
  yield* endSessions(before, "user-deleted")
  yield* audit.recordSecurity({
    action,
    ...about(before.user),
    changes: changes({ state }, { state: user.state }, { "/state": "public" })
  })
  return files.read(user, null)
})
