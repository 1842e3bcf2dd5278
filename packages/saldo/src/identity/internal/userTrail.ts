/**
 * What the trail says about users: that something personal or secret changed, never what; and of whoever has not signed in, only where
 * it came from.
 */
import * as Redacted from "effect/Redacted"
import type { AuditEntry } from "../../audit/AuditRecord.ts"
import { changes, type RedactionClasses } from "../../audit/changes.ts"
import { Identity, Subject } from "../../core/Actor.ts"
import type { StoredUser, UserFile } from "../User.ts"

/** A user together with what is sealed of it; null once deleted. */
export interface OpenUser {
  readonly user: StoredUser
  readonly file: UserFile | null
}

const classes: RedactionClasses = {
  "": "internal",
  "/state": "public",
  "/roles": "public",
  "/profile": "secret",
  "/password": "secret",
  "/secondFactor/secret": "secret",
  "/secondFactor/lastStep": "secret",
  "/secondFactor/recoveryCodes": "secret"
}

const traced = ({ file, user }: OpenUser) => ({
  id: user.id,
  state: user.state,
  roles: user.roles,
  party: user.party,
  locale: user.locale,
  version: user.version,
  ...(file === null
    ? {}
    : {
        profile: {
          email: Redacted.value(file.email),
          name: Redacted.value(file.name),
          ...(file.pendingEmail === undefined ? {} : { pendingEmail: Redacted.value(file.pendingEmail) })
        },
        password: file.passwordHash === null ? null : Redacted.value(file.passwordHash),
        secondFactor:
          file.secondFactor === null
            ? null
            : {
                confirmed: file.secondFactor.confirmed,
                secret: Redacted.value(file.secondFactor.secret),
                lastStep: file.secondFactor.lastStep,
                recoveryCodes: file.secondFactor.recoveryCodes.join(" ")
              }
      })
})

/** Whose data an act on a user concerns: the party's, or else the user's. */
export const ownerOf = ({ id, party, tenant }: StoredUser): Subject => new Subject({ tenant, id: party ?? id })

/** About a user. */
export const about = (user: StoredUser) => ({ subject: { type: "user", id: user.id }, onBehalfOf: ownerOf(user) })

/** What the trail says of a user's change; `before` is null for one that is new. */
export const changed = (action: AuditEntry["action"], before: OpenUser | null, after: OpenUser) => ({
  action,
  ...about(after.user),
  changes: changes(before === null ? null : traced(before), traced(after), classes)
})

/** Where a visitor came from, and what only the trail may know about a refusal. */
export const circumstances = (from: string | undefined, cause?: string) => ({
  changes: changes(
    {},
    { ...(from === undefined ? {} : { from }), ...(cause === undefined ? {} : { cause }) },
    { "/from": "personal", "/cause": "internal" }
  )
})

/** Whoever has not signed in: somebody of the tenant who may do nothing. */
export const visitor = (tenant: string): Identity =>
  new Identity({ kind: "service", tenant, id: "visitor", roles: [], permissions: [] })
