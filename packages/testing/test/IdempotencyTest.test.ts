import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import { broken as brokenChecks } from "@saldo/testing/Check"
import { Cells } from "@saldo/testing/Cells"
import { checks as storeChecks } from "@saldo/testing/IdempotencyStoreTest"
import { broken } from "@saldo/testing/IdempotencyTest"
import { describe, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import { Atomic } from "saldo/core/Atomic"
import { IdempotencyStore, type ReserveRequest } from "saldo/core/IdempotencyStore"
import * as MemoryTransaction from "saldo/core/MemoryTransaction"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as SqlIdempotencyStore from "saldo/core/SqlIdempotencyStore"
import * as Migrations from "saldo/sql/Migrations"

type Store = IdempotencyStore["Service"]

const withBug = (bug: (store: Store) => Partial<Store>) =>
  Layer.mergeAll(
    Atomic.layerMemory,
    Cells.layerMemory,
    Layer.effect(
      IdempotencyStore,
      Effect.map(Layer.build(IdempotencyStore.layerMemory), (context) => {
        const store = Context.get(context, IdempotencyStore)
        return IdempotencyStore.of({ ...store, ...bug(store) })
      })
    )
  )

/** A lock nobody waits for. */
const unlocked = Semaphore.makeUnsafe(1_000)

/** Outside the transaction, as a store with a connection of its own would write. */
const detached = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  effect.pipe(
    Effect.provideService(MemoryTransaction.CurrentLevel, undefined),
    Effect.provideService(MemoryTransaction.WriterLock, unlocked)
  )

/** Looks whether the command is there, and reserves it a moment later without looking again. */
const lookingFirst = Layer.effect(
  IdempotencyStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const store = Context.get(yield* Layer.build(SqlIdempotencyStore.layer), IdempotencyStore)
    const reserve = Effect.fnUntraced(function* (wish: ReserveRequest) {
      const { key, operation, tenant } = wish.scope
      const found = yield* sql`
        SELECT state FROM saldo_core_commands
        WHERE tenant = ${tenant} AND operation = ${operation} AND command_key = ${key}`
      if (found.length > 0) return yield* store.reserve(wish)
      yield* Effect.sleep("20 millis")
      const token = BigInt(wish.now)
      yield* sql`
        INSERT INTO saldo_core_commands (tenant, operation, command_key, digest, request, state, token, at, outcome)
        VALUES (${tenant}, ${operation}, ${key}, ${wish.request.digest}, ${JSON.stringify(wish.request)}, 'held',
          ${token}, ${BigInt(wish.leaseUntil)}, '')
        ON CONFLICT (tenant, operation, command_key) DO UPDATE SET state = 'held', token = excluded.token`
      return { _tag: "Reserved" as const, token }
    }, Effect.orDie)
    return IdempotencyStore.of({ ...store, reserve })
  })
)

describe("IdempotencyTest and IdempotencyStoreTest find", () => {
  const finds = (
    name: string,
    bug: (store: Store) => Partial<Store>,
    expected: { readonly useCase: ReadonlyArray<string>; readonly store: ReadonlyArray<string> }
  ) =>
    it.live(name, () =>
      Effect.gen(function* () {
        const layer = withBug(bug)
        const useCase = yield* broken(layer, { only: expected.useCase, timeout: "500 millis" })
        const store = yield* brokenChecks(storeChecks, layer, { only: expected.store, timeout: "500 millis" })
        expect({ useCase, store }).toEqual(expected)
      })
    )

  it.live("nothing in a store without a bug", () =>
    Effect.gen(function* () {
      const layer = withBug(() => ({}))
      expect(yield* broken(layer)).toEqual([])
      expect(yield* brokenChecks(storeChecks, layer)).toEqual([])
    })
  )

  it.live("nothing on a second run on the same database", () =>
    Effect.gen(function* () {
      const sql = yield* Layer.build(
        Layer.mergeAll(SqlAtomic.layer, SqlIdempotencyStore.layer, Cells.layerSql).pipe(
          Layer.provide(Layer.effectDiscard(Migrations.run)),
          Layer.provide(TestSqlite.layerFile)
        )
      )
      const run = Effect.all([broken(Layer.succeedContext(sql)), brokenChecks(storeChecks, Layer.succeedContext(sql))])
      expect(yield* Effect.all([run, run])).toEqual([
        [[], []],
        [[], []]
      ])
    })
  )

  finds(
    "a store that ignores fingerprints",
    (store) => ({
      reserve: (wish) =>
        Effect.map(store.reserve(wish), (reservation) =>
          reservation._tag === "Reserved" ? reservation : { ...reservation, request: wish.request }
        )
    }),
    { useCase: ["mismatch", "leased-in-progress"], store: ["lease"] }
  )

  finds(
    "a store that reserves for everybody",
    () => ({ reserve: () => Effect.succeed({ _tag: "Reserved", token: 1n }), settle: () => Effect.succeed(true) }),
    {
      useCase: [
        "replay",
        "mismatch",
        "refusal",
        "concurrent",
        "takeover",
        "locking-concurrent",
        "locking-levels",
        "locking-mismatch",
        "locking-refusal"
      ],
      store: ["one-winner", "lease", "release"]
    }
  )

  finds(
    "a store that fences nobody off",
    (store) => ({
      settle: (scope, token, outcome, now) => Effect.as(store.settle(scope, token, outcome, now), true)
    }),
    { useCase: ["takeover"], store: ["lease", "release"] }
  )

  finds("a store that lets no one take over", (store) => ({ reserve: (wish) => store.reserve({ ...wish, now: 0 }) }), {
    useCase: ["takeover"],
    store: ["lease"]
  })

  finds(
    "a store whose leases end at once",
    (store) => ({ reserve: (wish) => store.reserve({ ...wish, leaseUntil: wish.now }) }),
    { useCase: ["leased-in-progress"], store: ["one-winner", "lease"] }
  )

  finds("a store that does not release", () => ({ release: () => Effect.succeed(true) }), {
    useCase: ["leased-failure"],
    store: ["release"]
  })

  finds("a store that purges too much", (store) => ({ purge: () => store.purge(Number.MAX_SAFE_INTEGER) }), {
    useCase: ["retention"],
    store: ["purge"]
  })

  finds(
    "a store outside the transaction",
    (store) => ({
      reserve: (wish) => detached(store.reserve(wish)),
      settle: (scope, token, outcome, now) => detached(store.settle(scope, token, outcome, now))
    }),
    { useCase: ["infrastructure", "interruption", "rollback", "locking-failure"], store: ["rollback"] }
  )

  it.live("a store that only serialisable transactions save from reserving twice", () =>
    Effect.gen(function* () {
      const layer = Layer.mergeAll(SqlAtomic.layer, lookingFirst, Cells.layerSql).pipe(
        Layer.provide(Layer.effectDiscard(Migrations.run)),
        Layer.provide(TestPostgres.layer)
      )
      const only = ["concurrent", "locking-concurrent", "locking-levels", "locking-mismatch"]
      expect(yield* broken(layer, { only })).toEqual(["locking-concurrent", "locking-levels", "locking-mismatch"])
    })
  )
})
