import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"
import { type AuditKind, type AuditRecord, ownerOf } from "./AuditRecord.ts"
import { Text } from "../core/Text.ts"

/** The id of a legal hold. */
export const AuditHoldId = Id.schema("audithold")

/** The id of a legal hold. */
export type AuditHoldId = typeof AuditHoldId.Type

/** Some records of a tenant: all, those that concern an owner, or those about one thing. */
export const AuditScope = Schema.Union([
  Schema.TaggedStruct("Tenant", {}),
  Schema.TaggedStruct("Owner", { id: Text }),
  Schema.TaggedStruct("Subject", { type: Text, id: Text })
])

/** Some records of a tenant. */
export type AuditScope = typeof AuditScope.Type

/** An order to keep records whatever the retention rules say, until it is released. */
export const AuditHold = Schema.Struct({
  id: AuditHoldId,
  tenant: Schema.String,
  scope: AuditScope,
  /** Why, such as the number of a court's file. */
  reason: Text.check(Schema.isMinLength(1), Schema.isMaxLength(500)),
  placedAt: Schema.DateTimeUtcFromMillis,
  releasedAt: Schema.NullOr(Schema.DateTimeUtcFromMillis)
})

/** An order to keep records. */
export type AuditHold = typeof AuditHold.Type

/** A kind of record, or all; and an action, the actions of a domain as `ledger.*`, or all as `*`. */
export const AuditPattern = Schema.Struct({
  kind: Schema.optionalKey(Schema.Literals(["action", "security"])),
  action: Schema.String.check(
    Schema.isPattern(/^(?:\*|[a-z][a-zA-Z0-9-]*(?:\.[a-z][a-zA-Z0-9-]*)*(?:\.\*)?)$/u, {
      expected: "an action such as ledger.post, ledger.* or *"
    })
  )
})

/** A kind of record and an action. */
export type AuditPattern = typeof AuditPattern.Type

/**
 * How long records of a pattern are kept, in days of 24 hours. Of the rules of a list the first that matches decides; what
 * none matches is kept for ever.
 */
export const RetentionRule = Schema.Struct({
  ...AuditPattern.fields,
  keepDays: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
})

/** How long records of a pattern are kept. */
export type RetentionRule = typeof RetentionRule.Type

/** Records to purge: of one pattern and of none of the others, recorded before an instant, so many at most. */
export interface PurgeRequest {
  readonly tenant: string
  readonly matching: AuditPattern
  readonly except: ReadonlyArray<AuditPattern>
  /** In epoch milliseconds. */
  readonly before: number
  readonly limit: number
}

/** What came of an erasure: of how many records personal values were blanked, and how many a legal hold kept. */
export interface Erasure {
  readonly erased: number
  readonly held: number
}

/** The purges and erasures themselves, which no rule purges: they say why something is gone. */
export const trailActions = { purge: "audit.purge", erase: "audit.erase" } as const

/** A legal hold keeps the records that were to be erased. */
export class HeldByLaw extends Schema.TaggedError<HeldByLaw>()(
  "HeldByLaw",
  { tenant: Schema.String, scope: AuditScope, records: Schema.Int },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `Legal holds keep ${this.records} of the records; nothing was erased, and can be once they are released`
  }
}

/** There is no such legal hold, or it was released before. */
export class HoldNotActive extends Schema.TaggedError<HoldNotActive>()(
  "HoldNotActive",
  { tenant: Schema.String, holdId: AuditHoldId },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no legal hold ${this.holdId}, or it was released before; list the holds to see which are active`
  }
}

/** Whether an action is the pattern's: equal, below `domain.*`, or any for `*`. */
export const matchesAction = (pattern: string, action: string): boolean =>
  pattern === "*" || (pattern.endsWith(".*") ? action.startsWith(pattern.slice(0, -1)) : action === pattern)

/** Whether a record is one of a pattern. */
export const matchesPattern = (pattern: AuditPattern, record: Pick<AuditRecord, "action" | "kind">): boolean =>
  (pattern.kind === undefined || pattern.kind === (record.kind satisfies AuditKind)) &&
  matchesAction(pattern.action, record.action)

/** Whether a record of the scope's tenant is in the scope. */
export const inScope = (scope: AuditScope, record: AuditRecord): boolean => {
  switch (scope._tag) {
    case "Tenant":
      return true
    case "Owner": {
      const owner = ownerOf(record)
      return owner.tenant === record.tenant && owner.id === scope.id
    }
    case "Subject":
      return record.subject.type === scope.type && record.subject.id === scope.id
  }
}

/** A scope as one text, by which an audited purge or erasure names it. */
export const scopeText = (scope: AuditScope): string => {
  switch (scope._tag) {
    case "Tenant":
      return "tenant"
    case "Owner":
      return `owner:${scope.id}`
    case "Subject":
      // The type's own colons must not look like the one that ends it.
      return `subject:${scope.type.replaceAll("%", "%25").replaceAll(":", "%3A")}:${scope.id}`
  }
}

/** The texts of all scopes that a record is in. */
export const scopesOf = (record: AuditRecord): ReadonlyArray<string> => {
  const owner = ownerOf(record)
  return [
    scopeText({ _tag: "Tenant" }),
    scopeText({ _tag: "Subject", ...record.subject }),
    ...(owner.tenant === record.tenant ? [scopeText({ _tag: "Owner", id: owner.id })] : [])
  ]
}
