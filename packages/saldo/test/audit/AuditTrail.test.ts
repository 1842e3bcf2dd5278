import { everyFault } from "@saldo/testing/FaultInjection"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as SqlClient from "effect/sql/SqlClient"
import type { AuditRecord } from "saldo/audit/AuditRecord"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail, metrics } from "saldo/audit/AuditTrail"
import { changes } from "saldo/audit/changes"
import * as SqlAuditStore from "saldo/audit/SqlAuditStore"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import { ContextId, within } from "saldo/core/RequestContext"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Migrations from "saldo/sql/Migrations"

const memory = AuditTrail.layer.pipe(Layer.provideMerge(Layer.merge(AuditStore.layerMemory, Atomic.layerMemory)))

const sql = AuditTrail.layer.pipe(
  Layer.provideMerge(SqlAuditStore.layer),
  Layer.provideMerge(SqlAtomic.layer),
  Layer.provideMerge(Migrations.layer)
)

const identity = (
  id: string,
  permissions: ReadonlyArray<string> = [],
  onBehalfOf?: string,
  of = "bank"
): Actor.Identity =>
  new Actor.Identity({
    kind: "user",
    tenant: "bank",
    id,
    roles: [],
    permissions: permissions.map((permission) => Actor.Permission.make(permission)),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf: new Actor.Subject({ tenant: of, id: onBehalfOf }) })
  })

const account = { type: "account", id: "a-1" }

const rename = (name = "Ann") => ({
  action: "bank.rename" as const,
  subject: account,
  changes: changes(
    { status: "open", name: "Old", pin: "1234", limit: 1 },
    { status: "closed", name, pin: "9876", limit: 2 },
    { "/status": "public", "/name": "personal", "/pin": "secret" }
  )
})

const all = Effect.flatMap(AuditStore, (store) =>
  Effect.map(store.list({ tenant: "bank", order: "oldest-first", limit: 100 }), ({ items }) => items)
)

const shown = (record: AuditRecord | undefined) =>
  Object.fromEntries(
    (record?.changes ?? []).map(({ after, path }) => [
      path,
      after._tag === "Plain" ? after.value : after._tag === "Personal" ? after.disclosure?.value : after._tag
    ])
  )

describe("AuditTrail", () => {
  it.effect("records who acted, for whom, in which request and with what outcome", () =>
    Effect.gen(function* () {
      const trail = yield* AuditTrail
      const ids = {
        requestId: ContextId.make("request"),
        correlationId: ContextId.make("story"),
        causationId: ContextId.make("cause")
      }
      yield* trail.record(rename()).pipe(within(ids), Actor.as(identity("clerk", [], "customer")))
      yield* trail
        .recordSecurity({ action: "bank.signIn", subject: account, outcome: "refused", reason: "WrongPin" })
        .pipe(Actor.as(Actor.system("bank")))
      const owner = new Actor.Subject({ tenant: "bank", id: "owner" })
      yield* trail.record({ ...rename(), onBehalfOf: owner }).pipe(Actor.as(identity("clerk", [], "customer")))
      const [first, second, third] = yield* all
      expect(first).toMatchObject({
        tenant: "bank",
        kind: "action",
        actor: { kind: "user", id: "clerk" },
        onBehalfOf: { tenant: "bank", id: "customer" },
        action: "bank.rename",
        subject: account,
        outcome: "succeeded",
        reason: null,
        ...ids
      })
      expect(second).toMatchObject({
        kind: "security",
        actor: { kind: "system", id: "system" },
        onBehalfOf: null,
        outcome: "refused",
        reason: "WrongPin",
        changes: [],
        requestId: null
      })
      expect(third?.onBehalfOf).toEqual(owner)
      expect(shown(first)).toEqual({ "/status": "closed", "/limit": 2, "/name": "Ann", "/pin": "Secret" })
    }).pipe(Effect.provide(memory))
  )

  it.effect("appends drafts of different actors together, and nothing of a transaction that rolls back", () =>
    Effect.gen(function* () {
      const [atomic, trail] = [yield* Atomic, yield* AuditTrail]
      const drafts = yield* Effect.forEach(["ann", "bo"], (id) => trail.draft(rename()).pipe(Actor.as(identity(id))))
      yield* Effect.ignore(atomic.run(Effect.andThen(trail.append(drafts), Effect.fail("refused"))))
      expect(yield* all).toEqual([])
      yield* atomic.run(trail.append(drafts))
      const records = yield* all
      expect(records.map(({ actor }) => actor.id)).toEqual(["ann", "bo"])
      const salts = records.flatMap(({ changes, salt }) => [
        salt,
        ...changes.flatMap(({ after, before }) =>
          [before, after].flatMap((value) => (value._tag === "Personal" ? [value.disclosure?.salt] : []))
        )
      ])
      expect(new Set(salts).size).toBe(6)
    }).pipe(Effect.provide(memory))
  )

  it.effect("dies of an action without a domain, and writes nothing", () =>
    Effect.gen(function* () {
      const trail = yield* AuditTrail
      const exit = yield* Effect.exit(trail.record({ action: "bank.", subject: account }))
      expect(Exit.isFailure(exit) && Cause.hasDies(exit.cause)).toBe(true)
      expect(yield* all).toEqual([])
    }).pipe(Actor.as(identity("clerk")), Effect.provide(memory))
  )

  for (const [name, layer] of [
    ["memory", memory],
    ["sqlite", sql.pipe(Layer.provide(TestSqlite.layer))],
    ["postgres", sql.pipe(Layer.provide(TestPostgres.layer))]
  ] as const) {
    it.live(`keeps and verifies whatever texts and values come, on ${name}`, () =>
      Effect.gen(function* () {
        const trail = yield* AuditTrail
        const odd = "\u0000 \uD800 🏗"
        yield* trail.record({
          action: "bank.odd",
          subject: { type: odd, id: odd.repeat(200) },
          reason: odd,
          changes: [
            { path: `/${odd}`, redaction: "public", before: Number.POSITIVE_INFINITY, after: -0 },
            { path: "/x", redaction: "personal", before: odd, after: { deep: [odd, 1e21, 0.1] } },
            ...changes(undefined, { [odd]: odd, big: 2n ** 80n })
          ]
        })
        yield* trail.seal("bank")
        expect(yield* trail.verify("bank")).toMatchObject({ _tag: "Intact", records: 1 })
        const exit = yield* Effect.exit(
          trail.record({
            action: "bank.deep",
            subject: account,
            changes: [
              {
                path: "/deep",
                redaction: "public",
                after: Array.from({ length: 70 }).reduce<ReadonlyArray<unknown>>((inner) => [inner], []) as never
              }
            ]
          })
        )
        expect(Exit.isFailure(exit)).toBe(true)
        expect(yield* trail.sealAll).toBe(0)
      }).pipe(Actor.as(identity("clerk")), Effect.provide(layer))
    )
  }

  it.effect("counts committed records by kind and outcome, and what waits", () =>
    Effect.gen(function* () {
      const [atomic, trail] = [yield* Atomic, yield* AuditTrail]
      const refused = { ...rename(), outcome: "refused" as const, reason: "Frozen" }
      yield* Effect.ignore(atomic.run(Effect.andThen(trail.record(rename()), Effect.fail("refused"))))
      yield* atomic.run(Effect.all([trail.record(rename()), trail.record(rename()), trail.record(refused)]))
      yield* trail.recordSecurity(refused)
      const count = (kind: string, outcome: string) =>
        Effect.map(Metric.value(Metric.withAttributes(metrics.records, { kind, outcome })), (state) => state.count)
      expect(yield* count("action", "succeeded")).toBe(2)
      expect(yield* count("action", "refused")).toBe(1)
      expect(yield* count("security", "refused")).toBe(1)
      expect(yield* trail.sealAll).toBe(4)
      expect((yield* Metric.value(metrics.unsealed)).value).toBe(0)
    }).pipe(
      Actor.as(identity("clerk")),
      Effect.provide(memory),
      Effect.provideService(Metric.MetricRegistry, new Map())
    )
  )
})

describe("a query", () => {
  const filled = Effect.gen(function* () {
    const trail = yield* AuditTrail
    yield* trail.record(rename()).pipe(Actor.as(identity("ann")))
    yield* trail.record(rename()).pipe(Actor.as(identity("clerk", [], "ann")))
    yield* trail.record(rename()).pipe(Actor.as(identity("bo")))
    yield* trail.record(rename()).pipe(Actor.as(Actor.system("another bank")))
    return trail
  })

  it.effect("shows the tenant's records to whoever may read the trail, persons only with more", () =>
    Effect.gen(function* () {
      const trail = yield* filled
      const read = yield* trail.query().pipe(Actor.as(identity("auditor", ["audit:read"])))
      expect(read.items.map(({ actor }) => actor.id)).toEqual(["bo", "clerk", "ann"])
      expect(shown(read.items[0])).toEqual({ "/status": "closed", "/limit": 2, "/name": "Masked", "/pin": "Secret" })
      const full = yield* trail.query({ order: "oldest-first" }).pipe(Actor.as(identity("officer", ["audit:*"])))
      expect(full.items).toHaveLength(3)
      expect(shown(full.items[0])).toEqual({ "/status": "closed", "/limit": 2, "/name": "Ann", "/pin": "Secret" })
      const one = yield* trail
        .query({ filter: { owner: "ann" }, limit: 1 })
        .pipe(Actor.as(identity("auditor", ["audit:read"])))
      expect(one.items.map(({ actor }) => actor.id)).toEqual(["clerk"])
      expect(one.next).not.toBeNull()
    }).pipe(Effect.provide(memory))
  )

  it.effect("shows everybody else what concerns them, and nothing of others", () =>
    Effect.gen(function* () {
      const trail = yield* filled
      const own = yield* trail.query({ order: "oldest-first" }).pipe(Actor.as(identity("ann")))
      expect(own.items.map(({ actor }) => actor.id)).toEqual(["ann", "clerk"])
      expect(shown(own.items[0])).toEqual({
        "/status": "closed",
        "/limit": "Masked",
        "/name": "Ann",
        "/pin": "Secret"
      })
      const clerk = yield* trail.query().pipe(Actor.as(identity("clerk", ["ledger:read"], "ann")))
      expect(clerk.items).toHaveLength(2)
      expect(shown(clerk.items[0])).toMatchObject({ "/limit": "Masked", "/name": "Masked" })
      expect((yield* trail.query().pipe(Actor.as(identity("stranger")))).items).toEqual([])
      const foreign = yield* trail.query({ filter: { owner: "bo" } }).pipe(Actor.as(identity("ann")), Effect.flip)
      expect(foreign).toMatchObject({ _tag: "NotPermitted", permission: "audit:read" })
      const elsewhere = identity("ann", [], "system", "another bank")
      expect(yield* trail.query().pipe(Actor.as(elsewhere), Effect.flip)).toMatchObject({ _tag: "NotPermitted" })
    }).pipe(Effect.provide(memory))
  )
})

describe("sealing", () => {
  it.live("happens by itself within seconds, in several processes at once", () =>
    Effect.gen(function* () {
      const trail = yield* AuditTrail
      yield* Effect.forEach([1, 2, 3], () => trail.record(rename()))
      const sealed = Effect.map(trail.head("bank"), ({ sequence }) => sequence)
      yield* Effect.repeat(Effect.andThen(Effect.sleep("50 millis"), sealed), { until: (count) => count === 3 })
      yield* trail.record(rename())
      yield* Effect.repeat(Effect.andThen(Effect.sleep("50 millis"), sealed), { until: (count) => count === 4 })
      expect(yield* trail.verify("bank")).toMatchObject({ _tag: "Intact", records: 4, waiting: 0 })
    }).pipe(
      Actor.as(identity("clerk")),
      Effect.provide(
        Layer.merge(Layer.fresh(AuditTrail.layerSealing), AuditTrail.layerSealing).pipe(
          Layer.provideMerge(sql.pipe(Layer.provide(TestSqlite.layerFile)))
        )
      ),
      Effect.timeout("10 seconds")
    )
  )

  it.live("never makes a serialisable writer on Postgres start over", () =>
    Effect.gen(function* () {
      const [atomic, trail, client] = [yield* Atomic, yield* AuditTrail, yield* SqlClient.SqlClient]
      yield* client`CREATE TABLE rates (id TEXT PRIMARY KEY, value BIGINT NOT NULL)`
      yield* client`INSERT INTO rates VALUES ('rate', 0)`
      let executed = 0
      let writing = true
      // A use case that decides on what another one, which committed before it, has changed meanwhile. A sealer that were
      // serialisable too would come before the writer, and so close the circle for which Postgres aborts somebody.
      const writer = Effect.repeat(
        atomic.run(
          Effect.gen(function* () {
            executed += 1
            yield* client`SELECT value FROM rates WHERE id = 'rate'`
            yield* Effect.sleep("2 millis")
            yield* trail.record(rename())
          })
        ),
        { times: 19 }
      )
      const whileWriting = (effect: Effect.Effect<unknown, unknown>) =>
        Effect.forkChild(Effect.repeat(Effect.andThen(effect, Effect.sleep("1 millis")), { while: () => writing }))
      const changer = yield* whileWriting(atomic.run(client`UPDATE rates SET value = value + 1 WHERE id = 'rate'`))
      const sealer = yield* whileWriting(trail.seal("bank"))
      yield* Effect.all(
        Array.from({ length: 6 }, () => writer),
        { concurrency: "unbounded" }
      )
      writing = false
      yield* Fiber.join(changer)
      yield* Fiber.join(sealer)
      yield* Effect.repeat(trail.sealAll, { until: (count) => count === 0 })
      expect(yield* trail.verify("bank")).toMatchObject({ _tag: "Intact", records: 120, waiting: 0 })
      expect(executed).toBe(120)
    }).pipe(Actor.as(identity("clerk")), Effect.provide(sql.pipe(Layer.provideMerge(TestPostgres.layer))))
  )

  it.live("leaves the act and its record together, or neither, wherever a fault hits", () =>
    Effect.gen(function* () {
      const program = Effect.gen(function* () {
        const [atomic, trail, client] = [yield* Atomic, yield* AuditTrail, yield* SqlClient.SqlClient]
        yield* client`CREATE TABLE IF NOT EXISTS acts (name TEXT NOT NULL)`
        yield* atomic.run(Effect.andThen(client`INSERT INTO acts (name) VALUES ('renamed')`, trail.record(rename())))
        yield* trail.seal("bank")
      }).pipe(Actor.as(identity("clerk")))
      const invariant = () =>
        Effect.gen(function* () {
          const [trail, client] = [yield* AuditTrail, yield* SqlClient.SqlClient]
          yield* client`CREATE TABLE IF NOT EXISTS acts (name TEXT NOT NULL)`
          const acts = yield* client`SELECT name FROM acts`
          expect(yield* all).toHaveLength(acts.length)
          yield* trail.seal("bank")
          expect(yield* trail.verify("bank")).toMatchObject({ _tag: "Intact", records: acts.length, waiting: 0 })
        })
      const report = yield* everyFault(sql.pipe(Layer.provideMerge(TestSqlite.layer)), program, invariant)
      expect(report.writes).toBeGreaterThanOrEqual(6)
    })
  )
})
