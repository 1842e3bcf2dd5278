import type * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import type { AuditPattern, AuditScope } from "./AuditHold.ts"
import type { AuditFilter } from "./AuditRecord.ts"

/** Conditions on the columns of `saldo_audit_records`: of a query's filter, a retention rule's pattern, and a scope. */
export const makeConditions = (sql: SqlClient.SqlClient) => {
  /** From `ledger.` up to but without `ledger/`, which is the next text that does not begin so. */
  const actions = (pattern: string): ReadonlyArray<Fragment> => {
    if (pattern === "*") return []
    if (!pattern.endsWith(".*")) return [sql`action = ${pattern}`]
    const domain = pattern.slice(0, -2)
    return [sql`action >= ${`${domain}.`}`, sql`action < ${`${domain}/`}`]
  }
  const pattern = ({ action, kind }: AuditPattern): Fragment =>
    sql.and([sql`1 = 1`, ...actions(action), ...(kind === undefined ? [] : [sql`kind = ${kind}`])])

  const owner = (id: string) => sql`
    ((on_behalf_of_id = ${id} AND on_behalf_of_tenant = saldo_audit_records.tenant)
      OR (actor_id = ${id} AND on_behalf_of_id IS NULL))`

  const filter = (given: AuditFilter): ReadonlyArray<Fragment> => [
    ...(given.kind === undefined ? [] : [sql`kind = ${given.kind}`]),
    ...(given.action === undefined ? [] : actions(given.action)),
    ...(given.actorId === undefined ? [] : [sql`actor_id = ${given.actorId}`]),
    ...(given.owner === undefined ? [] : [owner(given.owner)]),
    ...(given.subject === undefined ? [] : [sql`subject_type = ${given.subject.type}`]),
    ...(given.subject?.id === undefined ? [] : [sql`subject_id = ${given.subject.id}`]),
    ...(given.outcome === undefined ? [] : [sql`outcome = ${given.outcome}`]),
    ...(given.from === undefined ? [] : [sql`recorded_at >= ${BigInt(given.from.epochMilliseconds)}`]),
    ...(given.until === undefined ? [] : [sql`recorded_at < ${BigInt(given.until.epochMilliseconds)}`]),
    ...(given.requestId === undefined ? [] : [sql`request_id = ${given.requestId}`]),
    ...(given.correlationId === undefined ? [] : [sql`correlation_id = ${given.correlationId}`])
  ]

  const scope = (given: AuditScope): Fragment => {
    switch (given._tag) {
      case "Tenant":
        return sql`1 = 1`
      case "Owner":
        return owner(given.id)
      case "Subject":
        return sql`subject_type = ${given.type} AND subject_id = ${given.id}`
    }
  }
  return { filter, pattern, scope }
}

/** The condition that an active hold keeps a row of `saldo_audit_records`. */
export const held = (sql: SqlClient.SqlClient): Fragment => sql`
  EXISTS (
    SELECT 1 FROM saldo_audit_holds AS hold
    WHERE hold.tenant = saldo_audit_records.tenant AND hold.released_at IS NULL AND (
      hold.scope = 'Tenant'
      OR (hold.scope = 'Subject' AND hold.subject_type = saldo_audit_records.subject_type
        AND hold.target_id = saldo_audit_records.subject_id)
      OR (hold.scope = 'Owner' AND (
        (hold.target_id = saldo_audit_records.on_behalf_of_id
          AND saldo_audit_records.on_behalf_of_tenant = saldo_audit_records.tenant)
        OR (hold.target_id = saldo_audit_records.actor_id AND saldo_audit_records.on_behalf_of_id IS NULL)
      ))
    )
  )`
