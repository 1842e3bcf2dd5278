import { expect, it } from "@effect/vitest"
import * as RateLimitStoreTest from "@saldo/testing/RateLimitStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { RateLimitStore } from "saldo/core/RateLimitStore"
import * as SqlRateLimitStore from "saldo/core/SqlRateLimitStore"
import * as Migrations from "saldo/sql/Migrations"

const sqlStore = SqlRateLimitStore.layer.pipe(Layer.provideMerge(Migrations.layer))

RateLimitStoreTest.suite("memory", RateLimitStore.layerMemory)
RateLimitStoreTest.suite("sqlite :memory:", sqlStore.pipe(Layer.provide(TestSqlite.layer)))
RateLimitStoreTest.suite("sqlite file", sqlStore.pipe(Layer.provide(TestSqlite.layerFile)))
RateLimitStoreTest.suite("postgres", sqlStore.pipe(Layer.provide(TestPostgres.layer)))

it.effect("memory forgets the oldest window rather than to grow without end", () =>
  Effect.gen(function* () {
    const store = yield* RateLimitStore
    const now = yield* DateTime.now
    for (const key of ["a", "b", "c"]) yield* store.take(key, 1000, now)
    expect((yield* store.take("c", 1000, now)).count).toBe(2)
    expect((yield* store.take("b", 1000, now)).count).toBe(2)
    expect((yield* store.take("a", 1000, now)).count).toBe(1)
  }).pipe(Effect.provide(RateLimitStore.layerMemoryOf(2)))
)

it.effect("what is over is purged by the minute", () =>
  Effect.gen(function* () {
    const store = yield* RateLimitStore
    const begun = yield* DateTime.now
    yield* store.take("old", 30_000, begun)
    yield* store.take("new", 300_000, begun)
    yield* TestClock.adjust("61 seconds")
    // As if no time had passed: what was forgotten begins anew.
    expect((yield* store.take("old", 30_000, begun)).count).toBe(1)
    expect((yield* store.take("new", 300_000, begun)).count).toBe(2)
  }).pipe(Effect.provide(RateLimitStore.layerPurge.pipe(Layer.provideMerge(RateLimitStore.layerMemory))))
)
