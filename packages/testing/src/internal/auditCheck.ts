import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { auditContent, disclosureDigest } from "saldo/audit/auditContent"
import type { AuditHold, AuditScope } from "saldo/audit/AuditHold"
import type { AuditRecord, RecordedChange } from "saldo/audit/AuditRecord"
import type { SealedRecord } from "saldo/audit/AuditSeal"
import { AuditStore } from "saldo/audit/AuditStore"
import { Subject } from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { sha256 } from "saldo/core/sha256"
import { checksOf } from "../Check.ts"

/** What a check of the trail works on: a tenant of this run of this check. */
export interface Trail {
  readonly atomic: Atomic["Service"]
  readonly store: AuditStore["Service"]
  readonly tenant: string
}

export const check = checksOf<Trail, Atomic | AuditStore>(
  Effect.gen(function* () {
    return { atomic: yield* Atomic, store: yield* AuditStore, tenant: yield* Id.make("tenant") }
  })
)

export const noon = DateTime.makeUnsafe("2026-03-10T12:00:00Z")
export const later = (seconds: number): DateTime.Utc => DateTime.add(noon, { seconds })

const salt = "00112233445566778899aabbccddeeff"

/** A change that holds one value of every class. */
export const changesOf = (name: string): ReadonlyArray<RecordedChange> => {
  const disclosure = { salt, value: name }
  return [
    { path: "/status", redaction: "public", before: { _tag: "Absent" }, after: { _tag: "Plain", value: "open" } },
    {
      path: "/limit",
      redaction: "internal",
      before: { _tag: "Plain", value: null },
      after: { _tag: "Plain", value: 5 }
    },
    {
      path: "/name",
      redaction: "personal",
      before: { _tag: "Absent" },
      after: { _tag: "Personal", digest: disclosureDigest(disclosure), disclosure }
    },
    { path: "/pin", redaction: "secret", before: { _tag: "Secret" }, after: { _tag: "Secret" } }
  ]
}

/** A record of a tenant, with whatever a check needs to be different. */
export const recordOf = (tenant: string, given: Partial<AuditRecord> = {}): Effect.Effect<AuditRecord> =>
  Effect.map(Id.make("audit"), (id) => ({
    id,
    tenant,
    recordedAt: noon,
    kind: "action",
    actor: { kind: "user", id: "clerk" },
    onBehalfOf: null,
    action: "ledger.post",
    subject: { type: "account", id: "a-1" },
    outcome: "succeeded",
    reason: null,
    changes: [],
    requestId: null,
    causationId: null,
    correlationId: null,
    salt,
    ...given
  }))

/** Records of a tenant, one second after another. */
export const recordsOf = (
  tenant: string,
  count: number,
  given: (index: number) => Partial<AuditRecord> = () => ({})
): Effect.Effect<ReadonlyArray<AuditRecord>> =>
  Effect.forEach(Array.from({ length: count }), (_, index) =>
    recordOf(tenant, { recordedAt: later(index), ...given(index) })
  )

export const onBehalfOf = (tenant: string, id: string) => new Subject({ tenant, id })

export const holdOf = (tenant: string, scope: AuditScope): Effect.Effect<AuditHold> =>
  Effect.map(Id.make("audithold"), (id) => ({ id, tenant, scope, reason: "case 7", placedAt: noon, releasedAt: null }))

export const idsOf = (records: ReadonlyArray<AuditRecord>): ReadonlyArray<string> => records.map(({ id }) => id)

/** Everything that waits, sealed; waits for other sealers at work. */
export const sealAll = ({ store, tenant }: Trail, limit = 7): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (let round = 0; round < 10_000; round++) {
      yield* store.seal(tenant, limit)
      const backlog = yield* store.backlog
      if (backlog.every((each) => each.tenant !== tenant)) return
      yield* Effect.yieldNow
    }
    return yield* Effect.die(new RangeError("10,000 rounds of sealing did not empty the backlog"))
  })

/** The links of a trail, after each was found to follow the one before it and to be the link of its record. */
export const chainOf = ({ store, tenant }: Trail): Effect.Effect<ReadonlyArray<SealedRecord>> =>
  Effect.gen(function* () {
    const links = yield* Stream.runCollect(store.sealed(tenant))
    let previous = "0".repeat(64)
    for (const [index, link] of links.entries()) {
      expect(link).toMatchObject({ tenant, sequence: index + 1, previous })
      if (link.record !== null) {
        expect(link.record.id).toBe(link.recordId)
        expect(sha256(auditContent(link.record, link.sequence))).toBe(link.contentDigest)
      }
      expect(sha256(previous + link.contentDigest)).toBe(link.hash)
      previous = link.hash
    }
    expect(yield* store.head(tenant)).toEqual({ sequence: links.length, hash: previous })
    expect(new Set(links.map(({ recordId }) => recordId)).size).toBe(links.length)
    return links
  })

/** Records that differ in everything that a filter can ask for. */
export const variety = (tenant: string) =>
  recordsOf(tenant, 24, (index) => ({
    recordedAt: later(Math.floor(index / 3)),
    kind: index % 4 === 3 ? "security" : "action",
    actor: { kind: "user", id: `actor ${index % 3}` },
    onBehalfOf:
      index % 4 === 0
        ? null
        : onBehalfOf(index % 4 === 1 ? "another tenant" : tenant, index % 8 === 2 ? "actor 1" : "o-1"),
    action: ["ledger.post", "ledger.post.reverse", "ledgers.open", "ledge.post", "bank.ledger.post"][index % 5] ?? "",
    subject: { type: index % 2 === 0 ? "account" : "hold", id: `s-${index % 4}` },
    outcome: index % 6 === 0 ? "refused" : "succeeded",
    requestId: index % 7 === 0 ? "request" : null,
    correlationId: index % 9 === 0 ? "story" : null
  }))

export const ownedBy = (record: AuditRecord, id: string) =>
  record.onBehalfOf === null
    ? record.actor.id === id
    : record.onBehalfOf.tenant === record.tenant && record.onBehalfOf.id === id
