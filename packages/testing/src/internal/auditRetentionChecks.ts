import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AuditScope, PurgeRequest } from "saldo/audit/AuditHold"
import type { AuditRecord } from "saldo/audit/AuditRecord"
import type { AuditStore } from "saldo/audit/AuditStore"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { Check } from "../Check.ts"
import {
  chainOf,
  changesOf,
  check,
  holdOf,
  idsOf,
  later,
  ownedBy,
  recordOf,
  recordsOf,
  sealAll,
  variety
} from "./auditCheck.ts"

const purgeAll = (tenant: string, given: Partial<PurgeRequest> = {}): PurgeRequest => ({
  tenant,
  matching: { action: "*" },
  except: [],
  before: later(1000).epochMilliseconds,
  limit: 100,
  ...given
})

const scopes = (tenant: string): ReadonlyArray<readonly [AuditScope, (record: AuditRecord) => boolean]> => [
  [{ _tag: "Owner", id: "actor 1" }, (record) => ownedBy(record, "actor 1")],
  [
    { _tag: "Subject", type: "account", id: "s-2" },
    ({ subject }) => subject.type === "account" && subject.id === "s-2"
  ],
  [{ _tag: "Tenant" }, (record) => record.tenant === tenant]
]

/** The checks of what removes and keeps records. */
export const retentionChecks: ReadonlyArray<Check<Atomic | AuditStore>> = [
  check("purge", "removes what matches and was sealed, and leaves the chain whole", (trail) =>
    Effect.gen(function* () {
      const { store, tenant } = trail
      const other = yield* recordOf(yield* Id.make("tenant"))
      const records = yield* variety(tenant)
      yield* store.append([...records, other])
      expect(yield* store.purge(purgeAll(tenant))).toEqual([])
      yield* sealAll(trail)
      yield* store.append([yield* recordOf(tenant, { action: "waits.still" })])
      const before = later(6).epochMilliseconds
      const found = records.flatMap(({ action, kind, recordedAt }, index) =>
        action === "ledger.post" && kind === "action" && recordedAt.epochMilliseconds < before ? [index + 1] : []
      )
      expect(found.length).toBeGreaterThan(2)
      const matching = { action: "ledger.*", kind: "action" as const }
      const request = purgeAll(tenant, { matching, except: [{ action: "ledger.post.reverse" }], before })
      expect(yield* store.purge({ ...request, limit: 2 })).toEqual(found.slice(0, 2))
      expect(yield* store.purge(request)).toEqual(found.slice(2))
      expect(yield* store.purge(request)).toEqual([])
      const links = yield* chainOf(trail)
      expect(links.flatMap(({ record, sequence }) => (record === null ? [sequence] : []))).toEqual(found)
      expect(idsOf((yield* store.list({ tenant, limit: 100 })).items)).toHaveLength(25 - found.length)
      expect(yield* store.find(other.tenant, other.id)).toEqual(Option.some(other))
    })
  ),
  check("purge-rollback", "undoes a purge with its transaction", (trail) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = trail
      yield* store.append(yield* recordsOf(tenant, 2))
      yield* sealAll(trail)
      yield* Effect.ignore(atomic.run(Effect.andThen(store.purge(purgeAll(tenant)), Effect.fail("refused"))))
      expect((yield* chainOf(trail)).every(({ record }) => record !== null)).toBe(true)
    })
  ),
  check("holds", "purges and erases nothing that an active hold keeps", (trail) =>
    Effect.gen(function* () {
      const { store } = trail
      for (const index of [0, 1, 2]) {
        const tenant = yield* Id.make("tenant")
        const [scope, keeps] = scopes(tenant)[index] ?? [{ _tag: "Tenant" } as const, () => true]
        const records = (yield* variety(tenant)).map((record) => ({ ...record, changes: changesOf("Ann") }))
        yield* store.append(records)
        yield* sealAll({ ...trail, tenant })
        const hold = yield* holdOf(tenant, scope)
        yield* store.hold(hold)
        yield* store.hold(yield* holdOf(yield* Id.make("tenant"), { _tag: "Tenant" }))
        expect(yield* store.holds(tenant)).toEqual([hold])
        const kept = records.filter(keeps)
        const free = records.length - kept.length
        expect(yield* store.erase(tenant, { _tag: "Tenant" })).toEqual({ erased: free, held: kept.length })
        expect(yield* store.purge(purgeAll(tenant))).toHaveLength(free)
        const left = yield* store.list({ tenant, order: "oldest-first", limit: 100 })
        expect(left.items).toEqual(kept)
        expect(yield* store.release("another tenant", hold.id, later(1))).toBe(false)
        expect(yield* store.release(tenant, hold.id, later(1))).toBe(true)
        expect(yield* store.release(tenant, hold.id, later(2))).toBe(false)
        expect(yield* store.holds(tenant)).toEqual([{ ...hold, releasedAt: later(1) }])
        expect(yield* store.purge(purgeAll(tenant))).toHaveLength(kept.length)
        expect(yield* chainOf({ ...trail, tenant })).toHaveLength(records.length)
      }
    })
  ),
  check("erase", "blanks the personal values of a scope and of nothing else, and leaves the chain whole", (trail) =>
    Effect.gen(function* () {
      const { store } = trail
      for (const index of [0, 1, 2]) {
        const tenant = yield* Id.make("tenant")
        const [scope, matches] = scopes(tenant)[index] ?? [{ _tag: "Tenant" } as const, () => true]
        const records = (yield* variety(tenant)).map((record) => ({ ...record, changes: changesOf("Ann") }))
        const foreign = yield* recordOf(yield* Id.make("tenant"), { changes: changesOf("Ann") })
        yield* store.append([...records.slice(0, 12), foreign])
        yield* sealAll({ ...trail, tenant })
        yield* store.append(records.slice(12))
        const gone = records.filter(matches).length
        expect(yield* store.erase(tenant, scope)).toEqual({ erased: gone, held: 0 })
        expect(yield* store.erase(tenant, scope)).toEqual({ erased: 0, held: 0 })
        yield* sealAll({ ...trail, tenant })
        const links = yield* chainOf({ ...trail, tenant })
        for (const { record } of links) {
          const [, , personal] = record?.changes ?? []
          const erased = record !== null && matches(record)
          expect(personal?.after).toMatchObject({ disclosure: erased ? null : { value: "Ann" } })
          expect(record?.changes.toSpliced(2, 1)).toEqual(changesOf("Ann").toSpliced(2, 1))
        }
        expect(yield* store.find(foreign.tenant, foreign.id)).toEqual(Option.some(foreign))
      }
    })
  )
]
