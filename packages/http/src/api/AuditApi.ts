/**
 * The trail of what was done.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { AuditKind, AuditOutcome, AuditRecord, RecordedChange } from "saldo/audit/AuditRecord"
import { AuditVerdict } from "saldo/audit/AuditSeal"
import { NotPermitted } from "saldo/core/Actor"
import * as Page from "saldo/core/Page"
import { Authentication } from "./Authentication.ts"
import { problems } from "./Problem.ts"
import { notFoundPage, pageQuery } from "./Read.ts"
import { Text } from "saldo/core/Text"

/** A record as it is shown: values that the caller may not see are masked. */
export const AuditRecordView = Schema.Struct({
  ...AuditRecord.mapFields(Struct.omit(["tenant", "salt", "changes"])).mapFields(Struct.map(Schema.toType)).fields,
  changes: Schema.Array(RecordedChange)
}).annotate({ identifier: "AuditRecord" })

const text = Schema.optionalKey(Text.check(Schema.isMinLength(1), Schema.isMaxLength(255)))

const filter = {
  kind: Schema.optionalKey(AuditKind),
  /** An action, or the actions of a domain as `ledger.*`. */
  action: text,
  actorId: text,
  owner: text,
  subjectType: text,
  subjectId: text,
  outcome: Schema.optionalKey(AuditOutcome),
  from: Schema.optionalKey(Schema.DateTimeUtc),
  until: Schema.optionalKey(Schema.DateTimeUtc),
  requestId: text,
  correlationId: text
} as const

/** What records are asked for by; all parts that are given must hold. */
export type AuditQuery = Schema.Struct<typeof filter>["Type"]

const auditQuery = {
  ...pageQuery,
  ...filter,
  order: Schema.optionalKey(Schema.Literals(["newest-first", "oldest-first"]))
}

/** The endpoints of the trail. */
export class AuditApi extends HttpApiGroup.make("audit")
  .add(
    HttpApiEndpoint.get("query", "/records", {
      query: auditQuery,
      success: Page.schema(AuditRecordView),
      error: [...problems(NotPermitted), ...notFoundPage]
    }).annotate(OpenApi.Summary, "List the records that the caller may see"),
    HttpApiEndpoint.get("verify", "/verification", {
      success: AuditVerdict,
      error: problems(NotPermitted)
    }).annotate(OpenApi.Summary, "Recompute the whole chain of hashes")
  )
  .middleware(Authentication)
  .prefix("/api/v1/audit")
  .annotateMerge(OpenApi.annotations({ title: "Audit", description: "Who did what, for whom, and what it changed" })) {}
