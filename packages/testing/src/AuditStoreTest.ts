import { expect } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { AuditFilter, AuditRecord } from "saldo/audit/AuditRecord"
import type { AuditStore } from "saldo/audit/AuditStore"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import * as Page from "saldo/core/Page"
import { type Check, register, type SuiteOptions } from "./Check.ts"
import {
  chainOf,
  changesOf,
  check,
  idsOf,
  later,
  noon,
  onBehalfOf,
  ownedBy,
  recordOf,
  recordsOf,
  sealAll,
  variety
} from "./internal/auditCheck.ts"
import { retentionChecks } from "./internal/auditRetentionChecks.ts"

type Services = Atomic | AuditStore

const awkward = 'Örebro 🏗 \u0000 " \\ </script> {}'

const writing: ReadonlyArray<Check<Services>> = [
  check("append", "keeps a record as it was given", ({ store, tenant }) =>
    Effect.gen(function* () {
      const plain = yield* recordOf(tenant)
      const full = yield* recordOf(tenant, {
        recordedAt: later(1),
        kind: "security",
        actor: { kind: "service", id: "api é" },
        onBehalfOf: onBehalfOf("another tenant", "customer 1"),
        action: "ledger.hold.void",
        outcome: "refused",
        reason: "NotEnough",
        changes: changesOf(awkward),
        requestId: "request",
        causationId: "cause",
        correlationId: "story"
      })
      yield* store.append([])
      yield* store.append([plain, full])
      expect(yield* store.find(tenant, plain.id)).toEqual(Option.some(plain))
      expect(yield* store.find(tenant, full.id)).toEqual(Option.some(full))
      expect(yield* store.find("another tenant", full.id)).toEqual(Option.none())
      expect(yield* store.find(tenant, yield* Id.make("audit"))).toEqual(Option.none())
    })
  ),
  check("append-once", "dies of an id that is there, and keeps nothing of that call", ({ store, tenant }) =>
    Effect.gen(function* () {
      const [first, second] = [yield* recordOf(tenant), yield* recordOf(tenant)]
      yield* store.append([first])
      const exit = yield* Effect.exit(store.append([second, { ...first, reason: "forged" }]))
      expect(Exit.isFailure(exit) && Cause.hasDies(exit.cause)).toBe(true)
      expect(idsOf((yield* store.list({ tenant })).items)).toEqual([first.id])
      expect(yield* store.find(tenant, first.id)).toEqual(Option.some(first))
      expect((yield* store.backlog).find((each) => each.tenant === tenant)?.waiting).toBe(1)
    })
  ),
  check("rollback", "is part of the running transaction, and leaves nothing when that rolls back", (trail) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = trail
      const [lost, kept] = [yield* recordOf(tenant), yield* recordOf(tenant)]
      const seen = yield* store
        .append([lost])
        .pipe(
          Effect.andThen(Effect.flatMap(store.list({ tenant }), ({ items }) => Effect.fail(idsOf(items)))),
          atomic.run,
          Effect.flip
        )
      expect(seen).toEqual([lost.id])
      yield* atomic.run(
        Effect.andThen(
          store.append([kept]),
          Effect.ignore(atomic.run(Effect.andThen(store.append([lost]), Effect.fail("inner"))))
        )
      )
      expect(idsOf((yield* store.list({ tenant })).items)).toEqual([kept.id])
      yield* sealAll(trail)
      expect((yield* chainOf(trail)).map(({ recordId }) => recordId)).toEqual([kept.id])
    })
  ),
  check("backlog", "counts what waits for its seal, by tenant, and says since when", (trail) =>
    Effect.gen(function* () {
      const { store, tenant } = trail
      const mine = Effect.map(store.backlog, (all) => all.filter((each) => each.tenant === tenant))
      expect(yield* mine).toEqual([])
      yield* store.append(yield* recordsOf(tenant, 3))
      expect(yield* mine).toEqual([{ tenant, waiting: 3, oldestAt: noon.epochMilliseconds }])
      yield* sealAll(trail)
      expect(yield* mine).toEqual([])
    })
  )
]

const sealing: ReadonlyArray<Check<Services>> = [
  check("seal", "links waiting records behind the head, so many at most, each once", (trail) =>
    Effect.gen(function* () {
      const { store, tenant } = trail
      expect(yield* store.head(tenant)).toEqual({ sequence: 0, hash: "0".repeat(64) })
      const records = yield* recordsOf(tenant, 5, () => ({ changes: changesOf("Ann") }))
      yield* store.append(records)
      expect(yield* store.seal(tenant, 2)).toBe(2)
      expect(yield* store.seal(tenant, 2)).toBe(2)
      expect(yield* store.seal(tenant, 2)).toBe(1)
      expect(yield* store.seal(tenant, 2)).toBe(0)
      const links = yield* chainOf(trail)
      expect(links.map(({ record }) => record)).toEqual(records)
      expect(yield* Stream.runCollect(store.sealed(tenant, 3))).toEqual(links.slice(3))
      expect(yield* Stream.runCollect(store.sealed(tenant, 5))).toEqual([])
    })
  ),
  check("late", "seals a record that comes late with an early id and time, and skips none", (trail) =>
    Effect.gen(function* () {
      const { store, tenant } = trail
      const [early, ...others] = yield* recordsOf(tenant, 4)
      if (early === undefined) return
      yield* store.append(others)
      yield* sealAll(trail)
      yield* store.append([early])
      yield* sealAll(trail)
      expect((yield* chainOf(trail)).map(({ recordId }) => recordId)).toEqual([...idsOf(others), early.id])
    })
  ),
  check("open-transaction", "seals what a long transaction recorded once that has committed", (trail) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = trail
      const [open, done] = [yield* recordOf(tenant), yield* recordOf(tenant)]
      const written = yield* Deferred.make<void>()
      const finish = yield* Deferred.make<void>()
      const writer = yield* Effect.forkChild(
        atomic.run(
          store
            .append([open])
            .pipe(Effect.andThen(Deferred.succeed(written, undefined)), Effect.andThen(Deferred.await(finish)))
        )
      )
      yield* Deferred.await(written)
      // Others may have to wait for the transaction, so nothing here waits for them.
      const other = yield* Effect.forkChild(Effect.andThen(store.append([done]), store.seal(tenant, 10)))
      yield* Effect.sleep("20 millis")
      yield* Deferred.succeed(finish, undefined)
      yield* Fiber.join(writer)
      yield* Fiber.join(other)
      yield* sealAll(trail)
      expect((yield* chainOf(trail)).map(({ recordId }) => recordId).toSorted()).toEqual([open.id, done.id].toSorted())
    })
  ),
  check("seal-inside", "refuses to seal inside a transaction", ({ atomic, store, tenant }) =>
    Effect.gen(function* () {
      yield* store.append([yield* recordOf(tenant)])
      const exit = yield* Effect.exit(atomic.run(store.seal(tenant, 1)))
      expect(Exit.isFailure(exit) && Cause.hasDies(exit.cause)).toBe(true)
      expect((yield* store.head(tenant)).sequence).toBe(0)
    })
  ),
  check("tenants", "keeps a chain for each tenant", (trail) =>
    Effect.gen(function* () {
      const { store } = trail
      const other = { ...trail, tenant: yield* Id.make("tenant") }
      yield* store.append(yield* recordsOf(trail.tenant, 2))
      yield* store.append(yield* recordsOf(other.tenant, 3))
      yield* sealAll(trail)
      expect(yield* chainOf(trail)).toHaveLength(2)
      expect(yield* chainOf(other)).toHaveLength(0)
      yield* sealAll(other)
      expect(yield* chainOf(other)).toHaveLength(3)
      expect((yield* store.list({ tenant: trail.tenant })).items).toHaveLength(2)
    })
  ),
  check("many", "streams a long chain in order", (trail) =>
    Effect.gen(function* () {
      const records = yield* recordsOf(trail.tenant, 1103)
      yield* trail.store.append(records)
      expect(yield* trail.store.seal(trail.tenant, 1003)).toBe(1003)
      yield* sealAll(trail, 500)
      expect((yield* chainOf(trail)).map(({ recordId }) => recordId)).toEqual(idsOf(records))
    })
  ),
  check("concurrent", "links everything that 16 writers record while two sealers are at work", (trail) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = trail
      const written: Array<string> = []
      const write = Effect.gen(function* () {
        const records = yield* recordsOf(tenant, 2)
        yield* atomic.run(
          Effect.andThen(
            store.append(records.slice(0, 1)),
            Effect.andThen(Effect.yieldNow, store.append(records.slice(1)))
          )
        )
        written.push(...idsOf(records))
      })
      const refused = Effect.gen(function* () {
        const record = yield* recordOf(tenant)
        yield* Effect.ignore(atomic.run(Effect.andThen(store.append([record]), Effect.fail("refused"))))
      })
      const writer = Effect.repeat(Effect.andThen(write, refused), { times: 5 })
      let writing = true
      const sealing = (limit: number) =>
        Effect.repeat(Effect.andThen(store.seal(tenant, limit), Effect.sleep("1 millis")), { while: () => writing })
      const sealers = yield* Effect.forkChild(Effect.all([sealing(5), sealing(3)], { concurrency: "unbounded" }))
      yield* Effect.all(
        Array.from({ length: 16 }, () => writer),
        { concurrency: "unbounded", discard: true }
      )
      writing = false
      yield* Fiber.join(sealers)
      yield* sealAll(trail)
      const links = yield* chainOf(trail)
      expect(links.map(({ recordId }) => recordId).toSorted()).toEqual(written.toSorted())
      expect(written).toHaveLength(16 * 6 * 2)
      expect(yield* store.strays(tenant)).toEqual({ unlinked: null, vanished: null })
    })
  )
]

const filters: ReadonlyArray<readonly [AuditFilter, (record: AuditRecord) => boolean]> = [
  [{}, () => true],
  [{ kind: "security" }, ({ kind }) => kind === "security"],
  [{ action: "ledger.post" }, ({ action }) => action === "ledger.post"],
  [{ action: "ledger.*" }, ({ action }) => action.startsWith("ledger.")],
  [{ action: "*" }, () => true],
  [{ actorId: "actor 1" }, ({ actor }) => actor.id === "actor 1"],
  [{ owner: "actor 1" }, (record) => ownedBy(record, "actor 1")],
  [{ owner: "o-1" }, (record) => ownedBy(record, "o-1")],
  [{ subject: { type: "hold" } }, ({ subject }) => subject.type === "hold"],
  [{ subject: { type: "account", id: "s-2" } }, ({ subject }) => subject.type === "account" && subject.id === "s-2"],
  [{ outcome: "refused" }, ({ outcome }) => outcome === "refused"],
  [{ from: later(3) }, ({ recordedAt }) => recordedAt.epochMilliseconds >= later(3).epochMilliseconds],
  [{ until: later(3) }, ({ recordedAt }) => recordedAt.epochMilliseconds < later(3).epochMilliseconds],
  [{ requestId: "request" }, ({ requestId }) => requestId === "request"],
  [{ correlationId: "story" }, ({ correlationId }) => correlationId === "story"],
  [
    { action: "ledger.*", outcome: "succeeded", actorId: "actor 2" },
    ({ action, actor, outcome }) => action.startsWith("ledger.") && outcome === "succeeded" && actor.id === "actor 2"
  ]
]

const reading: ReadonlyArray<Check<Services>> = [
  check("filters", "gives what a filter asks for, newest or oldest first", ({ store, tenant }) =>
    Effect.gen(function* () {
      const records = yield* variety(tenant)
      yield* store.append(records)
      yield* store.append(yield* variety(yield* Id.make("tenant")))
      for (const [filter, matches] of filters) {
        const expected = idsOf(records.filter(matches))
        expect(expected.length, JSON.stringify(filter)).toBeGreaterThan(0)
        const oldest = yield* store.list({ tenant, filter, order: "oldest-first", limit: 100 })
        expect(idsOf(oldest.items), JSON.stringify(filter)).toEqual(expected)
        const newest = yield* store.list({ tenant, filter, limit: 100 })
        expect(idsOf(newest.items)).toEqual(expected.toReversed())
      }
    })
  ),
  check("pages", "neither repeats nor skips a record on the way through the pages", ({ store, tenant }) =>
    Effect.gen(function* () {
      const records = yield* variety(tenant)
      yield* store.append(records)
      for (const order of ["oldest-first", "newest-first"] as const) {
        const seen: Array<string> = []
        let cursor: Page.Cursor | null = null
        do {
          const page: Page.Page<AuditRecord> = yield* store.list({
            tenant,
            order,
            limit: 5,
            ...(cursor === null ? {} : { cursor })
          })
          expect(page.items.length).toBeLessThanOrEqual(5)
          seen.push(...idsOf(page.items))
          // What comes in meanwhile, before the place reached, moves nothing.
          const recordedAt = order === "oldest-first" ? later(-10) : later(1000)
          yield* store.append([yield* recordOf(tenant, { recordedAt, action: "late.come" })])
          cursor = page.next
        } while (cursor !== null)
        const wanted = new Set(idsOf(records))
        const own = seen.filter((id) => wanted.has(id))
        expect(own).toEqual(order === "oldest-first" ? idsOf(records) : idsOf(records).toReversed())
        expect(new Set(seen).size).toBe(seen.length)
      }
    })
  ),
  check("cursors", "refuses a cursor of another query", ({ store, tenant }) =>
    Effect.gen(function* () {
      yield* store.append(yield* recordsOf(tenant, 3))
      const { next } = yield* store.list({ tenant, limit: 1 })
      const cursor = next ?? Page.Cursor.make("")
      for (const other of [{ filter: { kind: "action" } }, { order: "oldest-first" }] as const) {
        const refusal = yield* Effect.flip(store.list({ tenant, limit: 1, cursor, ...other }))
        expect(refusal._tag).toBe("CursorMismatch")
      }
      const refusal = yield* Effect.flip(store.list({ tenant, cursor: Page.Cursor.make("made up") }))
      expect(refusal._tag).toBe("InvalidCursor")
    })
  )
]

/** What every `AuditStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<Services>> = [...writing, ...sealing, ...reading, ...retentionChecks]

/** Tests an `AuditStore` together with the `Atomic` of the same storage. */
export const suite = <E>(name: string, layer: Layer.Layer<Services, E>, options?: SuiteOptions): void =>
  register("AuditStore", checks, name, layer, options)
