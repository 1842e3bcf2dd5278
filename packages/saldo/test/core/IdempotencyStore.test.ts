import * as IdempotencyStoreTest from "@saldo/testing/IdempotencyStoreTest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { Atomic } from "saldo/core/Atomic"
import { CommandKey } from "saldo/core/Command"
import { fingerprint } from "saldo/core/fingerprint"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as SqlIdempotencyStore from "saldo/core/SqlIdempotencyStore"
import * as Migrations from "saldo/sql/Migrations"

const sql = Layer.mergeAll(SqlAtomic.layer, SqlIdempotencyStore.layer).pipe(
  Layer.provide(Layer.effectDiscard(Migrations.run))
)

IdempotencyStoreTest.suite("memory", Layer.mergeAll(Atomic.layerMemory, IdempotencyStore.layerMemory))
IdempotencyStoreTest.suite("sqlite :memory:", Layer.provide(sql, TestSqlite.layer))
IdempotencyStoreTest.suite("sqlite file", Layer.provide(sql, TestSqlite.layerFile))
IdempotencyStoreTest.suite("postgres", Layer.provide(sql, TestPostgres.layer))

describe("SqlIdempotencyStore on Postgres", () => {
  it.live("answers at once that an open transaction holds the command, rather than wait with a connection", () =>
    Effect.gen(function* () {
      const atomic = yield* Atomic
      const store = yield* IdempotencyStore
      const scope = { tenant: "test", operation: "test.open", key: CommandKey.make("one") }
      const request = Result.getOrThrow(fingerprint(1))
      const wish = { scope, request, now: 1000, leaseUntil: 2000 }
      const reserved = yield* Deferred.make<void>()
      const answered = yield* Deferred.make<void>()
      const holder = yield* Effect.forkChild(
        atomic.run(
          Effect.gen(function* () {
            yield* store.reserve(wish)
            yield* Deferred.succeed(reserved, undefined)
            // The transaction stays open until the other caller has its answer.
            yield* Deferred.await(answered)
            return yield* Effect.fail("changed my mind")
          })
        )
      )
      yield* Deferred.await(reserved)
      expect(yield* store.reserve(wish)).toEqual({ _tag: "Held", request: undefined, until: undefined })
      yield* Deferred.succeed(answered, undefined)
      yield* Fiber.await(holder)
      expect((yield* store.reserve(wish))._tag).toBe("Reserved")
    }).pipe(Effect.timeout("10 seconds"), Effect.provide(Layer.provide(sql, TestPostgres.layer)))
  )
})
