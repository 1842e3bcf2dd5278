import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import type { Atomic } from "saldo/core/Atomic"
import { type Listening, TrailFeed, type TrailFeedOptions } from "saldo/notifications/TrailFeed"
import { asBank, happened, inMemory, inPostgres, inSqlite, tenant } from "./webhookWorld.ts"

const stores = { memory: inMemory, SQLite: inSqlite, Postgres: inPostgres }

const over = (store: Layer.Layer<AuditStore | Atomic, unknown>, options: TrailFeedOptions = {}) =>
  TrailFeed.layerWith({ every: "10 millis", ...options }).pipe(
    Layer.provideMerge(AuditTrail.layer),
    Layer.provideMerge(store)
  )

/** The acts that a listener hears behind a position, until it has so many. */
const heardFrom = (listening: Listening, after: number, count: number) =>
  Effect.gen(function* () {
    const subjects: Array<string> = []
    let position = after
    while (subjects.length < count) {
      const heard = yield* listening.next(position)
      if (heard._tag !== "Sealed") return [...subjects, heard._tag]
      subjects.push(...heard.links.map(({ record }) => record?.subject.id ?? "gone"))
      position = heard.links.at(-1)?.sequence ?? position
    }
    return subjects
  })

const things = (count: number) => Array.from({ length: count }, (_, nth) => `thing ${nth + 1}`)

describe("TrailFeed", () => {
  for (const [name, store] of Object.entries(stores)) {
    it.live(`gives all who listen what is sealed, in order and without a gap (${name})`, () =>
      Effect.gen(function* () {
        const { listen } = yield* TrailFeed
        yield* happened(3)
        const { sequence } = yield* AuditStore.use(({ head }) => head(tenant))
        const listeners = yield* Effect.forEach([1, 2, 3], () => listen(tenant))
        const hearing = yield* Effect.forkChild(
          Effect.forEach(listeners, (each) => heardFrom(each, sequence, 250), { concurrency: "unbounded" })
        )
        for (let batch = 0; batch < 5; batch++) yield* happened(50)
        const expected = Array.from({ length: 5 }, () => things(50)).flat()
        expect(yield* Fiber.join(hearing)).toEqual([expected, expected, expected])
        // Who asks again with an earlier position gets the same again.
        expect(yield* heardFrom(yield* listen(tenant), sequence, 250)).toEqual(expected)
      }).pipe(asBank, Effect.scoped, Effect.provide(over(store)))
    )
  }

  it.live("keeps the latest alone, and says so to who falls behind", () =>
    Effect.gen(function* () {
      const { listen } = yield* TrailFeed
      const [slow, quick] = [yield* listen(tenant), yield* listen(tenant)]
      for (let nth = 0; nth < 10; nth++) {
        yield* happened(2)
        expect(yield* heardFrom(quick, nth * 2, 2)).toEqual(things(2))
      }
      expect(yield* slow.next(0)).toEqual({ _tag: "Behind" })
      expect(yield* heardFrom(slow, 16, 4)).toHaveLength(4)
    }).pipe(asBank, Effect.scoped, Effect.provide(over(inMemory, { keep: 4 })))
  )

  it.live("loses nothing to an interruption, and nothing to a database that was away", () => {
    const plight = { away: false }
    const failing = Layer.effect(
      AuditStore,
      Effect.map(AuditStore, (store) => ({
        ...store,
        sealed: (of: string, after?: number) =>
          plight.away ? Stream.die(new Error("The database is away")) : store.sealed(of, after)
      }))
    ).pipe(Layer.provideMerge(inMemory))
    return Effect.gen(function* () {
      const { listen } = yield* TrailFeed
      const listening = yield* listen(tenant)
      plight.away = true
      yield* happened(2)
      for (let nth = 0; nth < 5; nth++) {
        expect(yield* Effect.timeoutOption(listening.next(0), "15 millis")).toMatchObject({ _tag: "None" })
      }
      plight.away = false
      expect(yield* heardFrom(listening, 0, 2)).toEqual(things(2))
    }).pipe(asBank, Effect.scoped, Effect.provide(over(failing)))
  })

  it.live("hears one tenant and not another, and reads for nobody when nobody listens", () => {
    const reads: Array<string> = []
    const counting = Layer.effect(
      AuditStore,
      Effect.map(AuditStore, (store) => ({
        ...store,
        sealed: (of: string, after?: number) => {
          reads.push(of)
          return store.sealed(of, after)
        }
      }))
    ).pipe(Layer.provideMerge(inMemory))
    return Effect.gen(function* () {
      const { listen } = yield* TrailFeed
      yield* happened(1)
      expect(reads).toEqual([])
      const other = yield* listen("other")
      const own = yield* listen(tenant)
      yield* happened(1)
      expect(yield* heardFrom(own, 1, 1)).toEqual(["thing 1"])
      expect(yield* Effect.timeoutOption(other.next(0), "30 millis")).toMatchObject({ _tag: "None" })
      expect(new Set(reads)).toEqual(new Set(["other", tenant]))
    }).pipe(asBank, Effect.scoped, Effect.provide(over(counting)))
  })

  it.live("ends for who waits and for who comes, and when its layer does", () =>
    Effect.gen(function* () {
      const { end, listen } = yield* TrailFeed
      const listening = yield* listen(tenant)
      const waiting = yield* Effect.forkChild(listening.next(0))
      yield* end
      expect(yield* Fiber.join(waiting)).toEqual({ _tag: "Ended" })
      expect(yield* (yield* listen(tenant)).next(0)).toEqual({ _tag: "Ended" })
    }).pipe(Effect.scoped, Effect.provide(over(inMemory)))
  )
})
