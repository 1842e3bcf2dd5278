/**
 * What sessions are made on, and how the trail tells of them.
 */
import type { AuditEntry } from "../../audit/AuditRecord.ts"
import type { AuditTrail } from "../../audit/AuditTrail.ts"
import { changes } from "../../audit/changes.ts"
import type { Atomic } from "../../core/Atomic.ts"
import type { AccessTokens } from "../AccessTokens.ts"
import type { Session } from "../Session.ts"
import type { SessionStore } from "../SessionStore.ts"
import type { Terms } from "../SessionTerms.ts"
import type { Users } from "../Users.ts"
import type { UserStore } from "../UserStore.ts"
import type { makeRefusals } from "../../audit/internal/refusals.ts"

/** What sessions are made on. */
export interface SessionGround {
  readonly atomic: Atomic["Service"]
  readonly audit: AuditTrail["Service"]
  readonly store: SessionStore["Service"]
  readonly users: Users["Service"]
  readonly userStore: UserStore["Service"]
  readonly accessTokens: AccessTokens["Service"]
  readonly terms: Terms
  readonly operator: string
  readonly refused: ReturnType<typeof makeRefusals>
}

/** A session as the subject of a record. */
export const subjectOf = ({ id }: Pick<Session, "id">) => ({ type: "session", id })

/** The record of what became of a session. */
export const recordOf = (
  action: `${string}.${string}`,
  before: Session | null,
  { tenant: _tenant, ...after }: Session
): AuditEntry => {
  const { tenant: _then, ...earlier } = before ?? { tenant: null }
  return {
    action,
    subject: subjectOf(after),
    changes: changes(before === null ? null : earlier, after, {
      "": "internal",
      "/address": "personal",
      "/agent": "personal"
    })
  }
}
