import { describe, expect, it } from "@effect/vitest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as SqlAuditStore from "saldo/audit/SqlAuditStore"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { Ledger } from "saldo/ledger/Ledger"
import type { CommitRequest } from "saldo/ledger/LedgerStore"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import * as Migrations from "saldo/sql/Migrations"
import { chart, keeper, transfer } from "./books.ts"

/** Books in memory that note every batch, and write none before the gate opens. */
const gated = (batches: Array<ReadonlyArray<string>>, gate: Deferred.Deferred<void>) =>
  Ledger.layer.pipe(
    Layer.provideMerge(AuditTrail.layer),
    Layer.provideMerge(
      Layer.mergeAll(
        Layer.effect(
          LedgerStore,
          Effect.map(LedgerStore, (store) => ({
            ...store,
            commit: (request: CommitRequest) => {
              batches.push(request.commands.map(({ key }) => key))
              return Effect.andThen(Deferred.await(gate), store.commit(request))
            }
          }))
        ).pipe(Layer.provide(LedgerStore.layerMemory)),
        AuditStore.layerMemory,
        Atomic.layerMemory
      )
    )
  )

describe("commands that come at the same time", () => {
  it.effect("never meet one with their key, go a hundred at a time, and are all answered", () =>
    Effect.gen(function* () {
      const batches: Array<ReadonlyArray<string>> = []
      const gate = yield* Deferred.make<void>()
      yield* Effect.gen(function* () {
        const ledger = yield* Ledger
        const { anna, cash } = yield* chart
        const names = [
          "same",
          "same",
          "same",
          "same",
          ...Array.from({ length: 250 }, (_, index) => `c${index}`),
          "same",
          "c0",
          "c249"
        ]
        const fibers = yield* Effect.forEach(names, (name) =>
          Effect.forkChild(ledger.commit(transfer(name, cash.id, anna.id, "1.00")), { startImmediately: true })
        )
        yield* Deferred.succeed(gate, undefined)
        const all = yield* Effect.forEach(fibers, Fiber.join)
        expect(all.filter(({ replayed }) => !replayed)).toHaveLength(251)
        expect(new Set(all.map(({ entries }) => entries[0]?.id)).size).toBe(251)
        for (const batch of batches) {
          expect(new Set(batch).size).toBe(batch.length)
          expect(batch.length).toBeLessThanOrEqual(100)
        }
        expect(batches.length).toBeLessThan(15)
        expect(String((yield* ledger.balance(anna.id)).balance)).toBe("251.00 SEK")
      }).pipe(Actor.as(keeper), Effect.provide(gated(batches, gate)))
    })
  )

  it.effect("go on when those who lead or wait are interrupted, and nothing half is left", () =>
    Effect.gen(function* () {
      const batches: Array<ReadonlyArray<string>> = []
      const gate = yield* Deferred.make<void>()
      yield* Effect.gen(function* () {
        const ledger = yield* Ledger
        const { anna, cash } = yield* chart
        const fibers = yield* Effect.forEach(
          Array.from({ length: 60 }, (_, index) => index),
          (index) =>
            Effect.forkChild(ledger.commit(transfer(`c${index}`, cash.id, anna.id, "1.00")), {
              startImmediately: true
            })
        )
        const interrupted = fibers.filter((_, index) => index % 3 === 0)
        yield* Effect.forEach(interrupted, (fiber) => Effect.forkChild(Fiber.interrupt(fiber)))
        yield* Effect.yieldNow
        yield* Deferred.succeed(gate, undefined)
        const exits = yield* Effect.forEach(fibers, (fiber) => Fiber.await(fiber))
        exits.forEach((exit, index) => {
          if (index % 3 !== 0) expect(exit._tag).toBe("Success")
        })
        const { items } = yield* ledger.entries({}, { limit: 100 })
        expect(items.length).toBeGreaterThanOrEqual(40)
        expect(String((yield* ledger.balance(anna.id)).balance)).toBe(`${items.length}.00 SEK`)
        const { items: told } = yield* (yield* AuditTrail).query({ filter: { action: "ledger.post" }, limit: 100 })
        expect(told).toHaveLength(items.length)
        yield* ledger.commit(transfer("after", cash.id, anna.id, "1.00"))
      }).pipe(Actor.as(keeper), Effect.provide(gated(batches, gate)))
    })
  )

  it.effect("of different tenants never share a transaction", () =>
    Effect.gen(function* () {
      const batches: Array<ReadonlyArray<string>> = []
      const gate = yield* Deferred.make<void>()
      yield* Effect.gen(function* () {
        const ledger = yield* Ledger
        const inTenant = (tenant: string) =>
          Effect.gen(function* () {
            const { anna, cash } = yield* chart
            yield* Effect.forEach(
              [1, 2, 3],
              (index) => ledger.commit(transfer(`${tenant} ${index}`, cash.id, anna.id, "1.00")),
              { concurrency: "unbounded" }
            )
          }).pipe(Actor.as(Actor.system(tenant)))
        yield* Deferred.succeed(gate, undefined)
        yield* Effect.all([inTenant("north"), inTenant("south")], { concurrency: "unbounded" })
        for (const batch of batches) expect(new Set(batch.map((name) => name.split(" ")[0])).size).toBeLessThan(2)
        expect(batches.flat()).toHaveLength(6)
      }).pipe(Effect.provide(gated(batches, gate)))
    })
  )

  it.live("keep nobody waiting for one that was interrupted, whenever that was", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      yield* Deferred.succeed(gate, undefined)
      yield* Effect.gen(function* () {
        const ledger = yield* Ledger
        const { anna, cash } = yield* chart
        const post = (name: string) => ledger.commit(transfer(name, cash.id, anna.id, "1.00"))
        // Each fibre stops after every few steps, so that interruptions meet it nearly everywhere.
        const stepwise = Effect.provideService(References.MaxOpsBeforeYield, 3)
        for (let steps = 0; steps < 100; steps++) {
          const fibers = yield* Effect.forEach(["a", "b", "c"], (name) =>
            Effect.forkChild(stepwise(post(`${name} ${steps}`)))
          )
          yield* Effect.replicateEffect(Effect.yieldNow, steps)
          yield* Effect.forEach(fibers.slice(0, 1 + (steps % 3)), Fiber.interrupt)
          for (const fiber of fibers.slice(1 + (steps % 3))) {
            expect((yield* Fiber.await(fiber))._tag).toBe("Success")
          }
        }
        yield* post("after")
      }).pipe(Effect.timeout("20 seconds"), Actor.as(keeper), Effect.provide(gated([], gate)))
    })
  )

  it.live("do not make a change of a busy account on Postgres start over", () =>
    Effect.gen(function* () {
      let changes = 0
      const counting = Layer.effect(
        LedgerStore,
        Effect.map(LedgerStore, (store): LedgerStore["Service"] => ({
          ...store,
          changeAccount: (tenant, id, change) => {
            changes += 1
            return store.changeAccount(tenant, id, change)
          }
        }))
      ).pipe(Layer.provide(SqlLedgerStore.layer))
      yield* Effect.gen(function* () {
        const ledger = yield* Ledger
        const { anna, cash } = yield* chart
        let count = 0
        const writer = Effect.suspend(() => ledger.commit(transfer(`c${(count += 1)}`, cash.id, anna.id, "1.00")))
        const writers = yield* Effect.forEach(Array.from({ length: 8 }), () =>
          Effect.forkChild(Effect.flip(Effect.forever(writer)))
        )
        yield* Effect.sleep("100 millis")
        for (let index = 0; index < 10; index++) yield* ledger.changeAccount(anna.id, { name: `Anna ${index}` })
        const frozen = yield* ledger.changeAccount(anna.id, { frozen: true })
        expect(changes).toBe(11)
        for (const fiber of writers) {
          expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "AccountUnavailable", reason: "frozen" })
        }
        const { account, balance } = yield* ledger.balance(anna.id)
        expect(count).toBeGreaterThan(20)
        expect(balance.amount).toBe(frozen.counters.creditsPosted)
        expect(account.version).toBe(frozen.version)
        expect((yield* ledger.verify).findings).toEqual([])
      }).pipe(
        Actor.as(keeper),
        Effect.provide(
          Ledger.layer.pipe(
            Layer.provideMerge(AuditTrail.layer),
            Layer.provideMerge(Layer.merge(counting, SqlAuditStore.layer)),
            Layer.provideMerge(SqlAtomic.layer),
            Layer.provideMerge(Migrations.layer),
            Layer.provideMerge(TestPostgres.layer)
          )
        )
      )
    })
  )
})
