import { describe, expect, it } from "@effect/vitest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import { LastingData, type LastingDataOptions } from "saldo/banking/LastingData"
import { PersonalData } from "saldo/banking/PersonalData"
import { WrappingKeys } from "saldo/banking/WrappingKeys"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { sha256 } from "saldo/core/sha256"
import * as SqlStores from "saldo/sql/SqlStores"
import { ring } from "./customerBank.ts"

const renewed = {
  ...ring,
  current: { id: "2027", key: Redacted.make(sha256("the wrapping key of 2027")) },
  previous: [ring.current]
}

/** A process that knows nothing of another, on the stores in scope, and how often it asked for a key. */
const started = Effect.fnUntraced(function* (options: LastingDataOptions = {}, keys = ring) {
  const store = yield* DataKeyStore
  let asked = 0
  const counting = Layer.succeed(DataKeyStore, {
    ...store,
    find: (subject) => Effect.suspend(() => ((asked += 1), store.find(subject)))
  })
  const lasting = yield* LastingData.pipe(
    Effect.provide(
      Layer.fresh(LastingData.layerWith(options).pipe(Layer.provide([counting, WrappingKeys.layer(keys)])))
    )
  )
  return {
    asked: () => asked,
    seal: (tenant: string, label: string, text: string) =>
      Effect.flatMap(lasting.sealing({ tenant, subjectId: "payees" }), (seal) => seal(label, text)),
    open: (tenant: string, label: string, sealed: string, subjectId = "payees") =>
      Effect.flatMap(lasting.opening({ tenant, subjectId }), (open) =>
        Effect.orDie(Effect.fromResult(open(label, sealed)))
      )
  }
})

const aTenant = Effect.map(Id.make("tenant"), (id) => `bank ${id}`)

const deathOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.exit(effect), (exit) => (Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined))

const memory = Layer.merge(DataKeyStore.layerMemory, Atomic.layerMemory)
const sqlite = SqlStores.layer.pipe(Layer.provide(TestSqlite.layerFile), Layer.orDie)
const postgres = SqlStores.layer.pipe(Layer.provide(TestPostgres.layer), Layer.orDie)

for (const [name, stores] of [
  ["memory", memory],
  ["sqlite file", sqlite],
  ["postgres", postgres]
] as const) {
  describe(`lasting data (${name})`, () => {
    it.layer(stores, { excludeTestServices: true })((test) => {
      test.effect("has one key, whoever of several processes seals first, in a transaction or without one", () =>
        Effect.gen(function* () {
          const [atomic, tenant] = [yield* Atomic, yield* aTenant]
          const processes = yield* Effect.forEach([1, 2, 3, 4, 5, 6], () => started())
          const texts = yield* Effect.forEach(
            processes,
            ({ seal }, index) => {
              const sealing = Effect.map(seal(tenant, `${index}`, `text ${index}`), (sealed) => [`${index}`, sealed])
              return index % 3 === 0 ? sealing : index % 3 === 1 ? atomic.run(sealing) : atomic.runLocking(sealing)
            },
            { concurrency: "unbounded" }
          )
          for (const { open } of [...processes, yield* started()]) {
            for (const [label = "", sealed = ""] of texts) {
              expect(yield* open(tenant, label, sealed)).toBe(`text ${label}`)
            }
          }
        })
      )

      test.effect("forgets a key that was rolled back with its transaction, or a part of one", () =>
        Effect.gen(function* () {
          const atomic = yield* Atomic
          const refused = <A>(work: Effect.Effect<A>) =>
            Effect.flip(atomic.runLocking(Effect.andThen(work, Effect.fail("refused"))))
          for (const around of [
            refused,
            <A>(work: Effect.Effect<A>) => atomic.runLocking(Effect.asVoid(refused(work)))
          ]) {
            const tenant = yield* aTenant
            const here = yield* started()
            const sealing = Effect.flatMap(here.seal(tenant, "a", "lost"), (sealed) => here.open(tenant, "a", sealed))
            let seen = ""
            yield* around(Effect.tap(sealing, (text) => Effect.sync(() => (seen = text))))
            expect(seen).toBe("lost")
            expect(yield* deathOf(here.open(tenant, "a", "v1."))).toMatchObject({ _tag: "DataKeyMissing" })
            const kept = yield* here.seal(tenant, "b", "kept")
            const elsewhere = yield* started()
            expect(yield* elsewhere.open(tenant, "b", kept)).toBe("kept")
          }
        })
      )

      test.effect("survives that the host's key is renewed, also where its own is remembered", () =>
        Effect.gen(function* () {
          const [tenant, here] = [yield* aTenant, yield* started()]
          const before = yield* here.seal(tenant, "a", "before")
          const rewrap = PersonalData.use((personal) => personal.rewrap(100_000)).pipe(
            Effect.provide(PersonalData.layer.pipe(Layer.provide(WrappingKeys.layer(renewed))))
          )
          expect(yield* rewrap).toBeGreaterThan(0)
          const after = yield* here.seal(tenant, "b", "after")
          const later = yield* started({}, { ...renewed, previous: [] })
          expect([yield* later.open(tenant, "a", before), yield* later.open(tenant, "b", after)]).toEqual([
            "before",
            "after"
          ])
          expect(yield* deathOf((yield* started()).open(tenant, "a", before))).toMatchObject({
            _tag: "DataKeyUnreadable"
          })
        })
      )
    })
  })
}

describe("lasting data", () => {
  it.effect("asks for a key once, and for no more keys than are remembered", () =>
    Effect.gen(function* () {
      const { asked, open, seal } = yield* started({ keysAtMost: 2 })
      const texts = new Map<string, string>()
      for (const tenant of ["a", "b", "c"]) texts.set(tenant, yield* seal(tenant, "label", tenant))
      const began = asked()
      const read = (tenant: string) =>
        Effect.map(open(tenant, "label", texts.get(tenant) ?? ""), (text) => [text, asked() - began])
      for (const tenant of ["c", "b", "b", "c"]) expect(yield* read(tenant)).toEqual([tenant, 0])
      expect(yield* seal("b", "more", "more")).toMatch(/^v1\./u)
      // The first one made room, and takes that of the next.
      expect(yield* read("a")).toEqual(["a", 1])
      expect(yield* read("c")).toEqual(["c", 1])
      expect(yield* read("b")).toEqual(["b", 2])
    }).pipe(Effect.provide(Layer.fresh(memory)))
  )

  it.effect("opens nothing that was altered, moved to another place, or sealed by another key", () =>
    Effect.gen(function* () {
      const { open, seal } = yield* started()
      const [one, other, elsewhere] = [
        yield* seal("bank", "one", "text"),
        yield* seal("bank", "other", "text"),
        yield* seal("another bank", "one", "text")
      ]
      expect(one).not.toBe(yield* seal("bank", "one", "text"))
      const altered = Array.from({ length: one.length - 3 }, (_, index) => {
        const at = index + 3
        return `${one.slice(0, at)}${one.charAt(at) === "A" ? "B" : "A"}${one.slice(at + 1)}`
      }).filter((text) => !Buffer.from(text.slice(3), "base64url").equals(Buffer.from(one.slice(3), "base64url")))
      expect(altered.length).toBeGreaterThan(40)
      for (const wrong of [...altered, other, elsewhere, "", "v1.", "v1.AAAA", one.slice(3), one.slice(0, -4)]) {
        expect(yield* deathOf(open("bank", "one", wrong))).toMatchObject({
          _tag: "SealedDataAltered",
          subjectId: "payees",
          label: "one"
        })
      }
      expect(yield* open("bank", "one", one)).toBe("text")
    }).pipe(Effect.provide(Layer.fresh(memory)))
  )

  it.effect("has nothing to open before anything was sealed, and nothing to seal with once its key is destroyed", () =>
    Effect.gen(function* () {
      const here = yield* started()
      const missing = { _tag: "DataKeyMissing", subjectId: "payees" }
      expect(yield* deathOf(here.open("bank", "one", "v1."))).toMatchObject(missing)
      const sealed = yield* here.seal("bank", "one", "text")
      const subject = { tenant: "bank", subjectId: "payees" }
      yield* DataKeyStore.use((store) => store.destroy(subject, DateTime.makeUnsafe(0)))
      const later = yield* started()
      expect(yield* deathOf(later.open("bank", "one", sealed))).toMatchObject(missing)
      expect(yield* deathOf(later.seal("bank", "one", "text"))).toMatchObject(missing)
    }).pipe(Effect.provide(Layer.fresh(memory)))
  )
})
