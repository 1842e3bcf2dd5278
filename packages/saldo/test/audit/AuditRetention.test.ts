import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { AuditPattern, type HeldByLaw, type HoldNotActive, matchesPattern, scopeText } from "saldo/audit/AuditHold"
import { AuditRetention } from "saldo/audit/AuditRetention"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { changes } from "saldo/audit/changes"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"

const layer = AuditRetention.layer.pipe(
  Layer.provideMerge(AuditTrail.layer),
  Layer.provideMerge(Layer.merge(AuditStore.layerMemory, Atomic.layerMemory))
)

const person = (name: string) => changes(undefined, { name }, { "/name": "personal" })

const record = (action: `${string}.${string}`, id: string, onBehalfOf?: string) =>
  Effect.flatMap(AuditTrail, (trail) =>
    trail.record({
      action,
      subject: { type: "account", id },
      changes: person(`Ann of ${id}`),
      ...(onBehalfOf === undefined ? {} : { onBehalfOf: new Actor.Subject({ tenant: "bank", id: onBehalfOf }) })
    })
  )

const actions = Effect.flatMap(AuditStore, (store) =>
  Effect.map(store.list({ tenant: "bank", order: "oldest-first", limit: 500 }), ({ items }) =>
    items.map(({ action }) => action)
  )
)

const officer = Actor.as(Actor.system("bank"))
const nobody = Actor.as(new Actor.Identity({ kind: "user", tenant: "bank", id: "ann", roles: [], permissions: [] }))

describe("AuditRetention", () => {
  it.effect("purges by the first rule that matches, and says so in the trail", () =>
    Effect.gen(function* () {
      const [retention, trail] = [yield* AuditRetention, yield* AuditTrail]
      yield* record("ledger.post", "1")
      yield* record("ledger.hold", "2")
      yield* record("bank.open", "3")
      yield* trail.recordSecurity({ action: "bank.signIn", subject: { type: "user", id: "ann" } })
      yield* trail.seal("bank")
      yield* TestClock.adjust("10 days")
      const rules = [
        { action: "ledger.hold", keepDays: 30 },
        { action: "ledger.*", keepDays: 10 },
        { kind: "security" as const, action: "*", keepDays: 5 }
      ]
      // Ten days are not more than ten days.
      expect(yield* retention.purge("bank", rules)).toBe(1)
      yield* TestClock.adjust("1 millis")
      expect(yield* retention.purge("bank", rules)).toBe(1)
      expect(yield* retention.purge("bank", rules)).toBe(0)
      expect(yield* actions).toEqual(["ledger.hold", "bank.open", "audit.purge", "audit.purge"])
      yield* trail.seal("bank")
      expect(yield* trail.verify("bank")).toMatchObject({ _tag: "Intact", records: 6, purged: 2 })
      yield* TestClock.adjust("100 days")
      expect(yield* retention.purge("bank", [{ action: "*", keepDays: 0 }])).toBe(2)
      yield* trail.seal("bank")
      yield* TestClock.adjust("100 days")
      // What tells why the others are gone stays for ever.
      expect(yield* retention.purge("bank", [{ action: "*", keepDays: 0 }])).toBe(0)
      expect(yield* actions).toEqual(["audit.purge", "audit.purge", "audit.purge"])
      expect(yield* trail.verify("bank")).toMatchObject({ _tag: "Intact", records: 7, purged: 4 })
    }).pipe(officer, Effect.provide(layer))
  )

  it.effect("purges more than one transaction's worth, and leaves the other tenants alone", () =>
    Effect.gen(function* () {
      const [retention, store, trail] = [yield* AuditRetention, yield* AuditStore, yield* AuditTrail]
      const draft = yield* trail.draft({ action: "bank.open", subject: { type: "account", id: "1" } })
      yield* trail.append(Array.from({ length: 2300 }, () => draft))
      yield* trail.append([{ ...draft, tenant: "other" }])
      yield* trail.sealAll
      yield* TestClock.adjust("2 days")
      expect(yield* retention.purge("bank", [{ action: "bank.open", keepDays: 1 }])).toBe(2300)
      expect(yield* actions).toEqual(["audit.purge", "audit.purge", "audit.purge"])
      expect((yield* store.list({ tenant: "other" })).items).toHaveLength(1)
      yield* trail.seal("bank")
      expect(yield* trail.verify("bank")).toMatchObject({ _tag: "Intact", records: 2303, purged: 2300 })
    }).pipe(officer, Effect.provide(layer))
  )

  it.effect("keeps what is under a legal hold until that is released, all of it recorded", () =>
    Effect.gen(function* () {
      const [retention, trail] = [yield* AuditRetention, yield* AuditTrail]
      yield* record("bank.open", "1", "ann")
      yield* record("bank.open", "2", "bo")
      yield* trail.seal("bank")
      yield* TestClock.adjust("2 days")
      const hold = yield* retention.hold({ scope: { _tag: "Owner", id: "ann" }, reason: "case 7" })
      expect(yield* retention.holds).toEqual([hold])
      const refusal = yield* Effect.flip(retention.erase({ _tag: "Tenant" }))
      expect(refusal).toMatchObject({ _tag: "HeldByLaw", records: 1 })
      // All or nothing: the other record still has its values.
      expect(yield* retention.erase({ _tag: "Owner", id: "bo" })).toBe(1)
      const rules = [{ action: "bank.*", keepDays: 1 }]
      expect(yield* retention.purge("bank", rules)).toBe(1)
      yield* retention.release(hold.id)
      expect(yield* Effect.flip(retention.release(hold.id))).toMatchObject({ _tag: "HoldNotActive" })
      expect(yield* retention.erase({ _tag: "Owner", id: "ann" })).toBe(1)
      expect(yield* retention.purge("bank", rules)).toBe(1)
      expect(yield* actions).toEqual([
        "audit.hold",
        "audit.erase",
        "audit.purge",
        "audit.release",
        "audit.erase",
        "audit.purge"
      ])
      yield* trail.seal("bank")
      expect(yield* trail.verify("bank")).toMatchObject({ _tag: "Intact", records: 8, purged: 2 })
    }).pipe(officer, Effect.provide(layer))
  )

  it.effect("erases what is recorded about somebody, and the chain verifies as before", () =>
    Effect.gen(function* () {
      const [retention, trail] = [yield* AuditRetention, yield* AuditTrail]
      yield* record("bank.open", "1", "ann")
      yield* record("bank.open", "2", "ann")
      yield* record("bank.open", "3", "bo")
      yield* trail.seal("bank")
      const before = yield* trail.head("bank")
      yield* record("bank.close", "4", "ann")
      expect(yield* retention.erase({ _tag: "Owner", id: "ann" })).toBe(3)
      yield* trail.seal("bank")
      expect(yield* trail.verify("bank", before)).toMatchObject({ _tag: "Intact", records: 5, erased: 3 })
      const { items } = yield* trail.query({ filter: { action: "bank.*" } })
      expect(JSON.stringify(items)).not.toMatch(/Ann of [124]/u)
      expect(JSON.stringify(items)).toMatch(/Ann of 3/u)
    }).pipe(officer, Effect.provide(layer))
  )

  it.effect("asks for its permissions, and records nothing for who lacks them", () =>
    Effect.gen(function* () {
      const retention = yield* AuditRetention
      const hold = yield* retention.hold({ scope: { _tag: "Tenant" }, reason: "case 7" }).pipe(officer)
      const before = yield* actions
      const scope = { _tag: "Tenant" } as const
      const refused = yield* Effect.forEach(
        [
          Effect.asVoid(retention.hold({ scope, reason: "x" })),
          retention.release(hold.id),
          Effect.asVoid(retention.holds),
          Effect.asVoid(retention.erase(scope))
        ],
        (attempt: Effect.Effect<void, HeldByLaw | HoldNotActive | Actor.NotPermitted, Actor.Actor>) =>
          Effect.flip(attempt)
      )
      expect(refused.map((error) => ("permission" in error ? error.permission : error._tag))).toEqual([
        "audit:hold",
        "audit:hold",
        "audit:hold",
        "audit:erase"
      ])
      expect(yield* actions).toEqual(before)
    }).pipe(nobody, Effect.provide(layer))
  )

  it.effect("purges by itself once a day", () =>
    Effect.gen(function* () {
      const trail = yield* AuditTrail
      yield* record("bank.open", "1")
      yield* trail.seal("bank")
      yield* TestClock.adjust("3 days")
      expect(yield* actions).toEqual(["audit.purge"])
    }).pipe(
      officer,
      Effect.provide(
        AuditRetention.layerPurging(Effect.succeed(["bank"]), [{ action: "bank.*", keepDays: 1 }]).pipe(
          Layer.provideMerge(layer)
        )
      )
    )
  )
})

describe("patterns and scopes", () => {
  it("match an action, a domain, or all", () => {
    const post = { action: "ledger.post", kind: "action" } as const
    const matching = ["ledger.post", "ledger.*", "*"].map((action) => matchesPattern({ action }, post))
    expect(matching).toEqual([true, true, true])
    const others = ["ledger", "ledger.pos", "ledge.*", "ledger.post.*"].map((action) =>
      matchesPattern({ action }, post)
    )
    expect(others).toEqual([false, false, false, false])
    expect(matchesPattern({ action: "*", kind: "security" }, post)).toBe(false)
    const valid = Schema.is(AuditPattern)
    expect(["*", "ledger.*", "ledger.post"].every((action) => valid({ action }))).toBe(true)
    expect(["", "ledger*", "*.post", "Ledger.post", "ledger."].some((action) => valid({ action }))).toBe(false)
  })

  it("of scopes no two have the same text", () => {
    const text = (type: string, id: string) => scopeText({ _tag: "Subject", type, id })
    expect(text("a:b", "c")).not.toBe(text("a", "b:c"))
    expect(text("a%3Ab", "c")).not.toBe(text("a:b", "c"))
  })
})
