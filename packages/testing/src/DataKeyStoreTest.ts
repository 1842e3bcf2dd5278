import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { DataKeyStore, type KeySubject, type WrappedKey } from "saldo/banking/DataKeyStore"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Vault {
  readonly keys: DataKeyStore["Service"]
  readonly atomic: Atomic["Service"]
  /** A tenant of this run of this check. */
  readonly tenant: string
}

const check = checksOf<Vault, DataKeyStore | Atomic>(
  Effect.gen(function* () {
    return { keys: yield* DataKeyStore, atomic: yield* Atomic, tenant: yield* Id.make("tenant") }
  })
)

const noon = DateTime.makeUnsafe("2026-03-10T12:00:00Z")
const of = (tenant: string, subjectId = "anna"): KeySubject => ({ tenant, subjectId })
const key = (wrapped: string, wrappingKeyId = "2026"): WrappedKey => ({ wrapped, wrappingKeyId })
const present = (kept: WrappedKey) => Option.some({ _tag: "Present", ...kept })
const destroyed = Option.some({ _tag: "Destroyed", destroyedAt: noon })

/** What every `DataKeyStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<DataKeyStore | Atomic>> = [
  check("insert", "keeps the first key of a subject, and no second one", ({ keys, tenant }) =>
    Effect.gen(function* () {
      expect(yield* keys.find(of(tenant))).toEqual(Option.none())
      expect(yield* keys.insert(of(tenant), key("first"))).toBe(true)
      expect(yield* keys.insert(of(tenant), key("second"))).toBe(false)
      expect(yield* keys.find(of(tenant))).toEqual(present(key("first")))
    })
  ),
  check("apart", "keeps the keys of subjects and tenants apart", ({ keys, tenant }) =>
    Effect.gen(function* () {
      const other = yield* Id.make("tenant")
      expect(yield* keys.insert(of(tenant), key("1"))).toBe(true)
      expect(yield* keys.insert(of(tenant, "bo"), key("2"))).toBe(true)
      expect(yield* keys.insert(of(other), key("3"))).toBe(true)
      yield* keys.destroy(of(tenant), noon)
      expect(yield* keys.find(of(tenant, "bo"))).toEqual(present(key("2")))
      expect(yield* keys.find(of(other))).toEqual(present(key("3")))
    })
  ),
  check("destroy", "destroys a key once, and lets none take its place", ({ keys, tenant }) =>
    Effect.gen(function* () {
      expect(yield* keys.destroy(of(tenant), noon)).toBe(false)
      yield* keys.insert(of(tenant), key("first"))
      expect(yield* keys.destroy(of(tenant), noon)).toBe(true)
      expect(yield* keys.find(of(tenant))).toEqual(destroyed)
      expect(yield* keys.destroy(of(tenant), DateTime.add(noon, { hours: 1 }))).toBe(false)
      expect(yield* keys.insert(of(tenant), key("second"))).toBe(false)
      expect(yield* keys.replace(of(tenant), key("first"), key("second"))).toBe(false)
      expect(yield* keys.find(of(tenant))).toEqual(destroyed)
    })
  ),
  check("replace", "replaces the very wrapping that was read", ({ keys, tenant }) =>
    Effect.gen(function* () {
      yield* keys.insert(of(tenant), key("first"))
      expect(yield* keys.replace(of(tenant), key("other"), key("second", "2027"))).toBe(false)
      expect(yield* keys.replace(of(tenant), key("first", "2025"), key("second", "2027"))).toBe(false)
      expect(yield* keys.replace(of(tenant, "bo"), key("first"), key("second", "2027"))).toBe(false)
      expect(yield* keys.replace(of(tenant), key("first"), key("second", "2027"))).toBe(true)
      expect(yield* keys.find(of(tenant))).toEqual(present(key("second", "2027")))
    })
  ),
  check("wrapped-by-others", "finds what another key wraps, in order, up to a limit", ({ keys, tenant }) =>
    Effect.gen(function* () {
      const [old, current] = [`old of ${tenant}`, `current of ${tenant}`]
      yield* keys.insert(of(tenant, "c"), key("3", old))
      yield* keys.insert(of(tenant, "a"), key("1", old))
      yield* keys.insert(of(tenant, "b"), key("2", current))
      yield* keys.insert(of(tenant, "d"), key("4", old))
      yield* keys.destroy(of(tenant, "d"), noon)
      const found = (yield* keys.wrappedByOthers(current, 100_000)).filter((each) => each.tenant === tenant)
      expect(found).toEqual([
        { ...of(tenant, "a"), ...key("1", old) },
        { ...of(tenant, "c"), ...key("3", old) }
      ])
      expect(yield* keys.wrappedByOthers(current, 1)).toHaveLength(1)
    })
  ),
  check("one-winner", "lets exactly one of concurrent keys win", ({ keys, tenant }) =>
    Effect.gen(function* () {
      const many = Array.from({ length: 6 }, (_, index) => key(`key ${index}`))
      const won = yield* Effect.forEach(many, (each) => keys.insert(of(tenant), each), { concurrency: "unbounded" })
      expect(won.filter(Boolean)).toHaveLength(1)
      expect(yield* keys.find(of(tenant))).toEqual(present(many[won.indexOf(true)] ?? key("none")))
    })
  ),
  check("rollback", "joins a running transaction, and is undone with it", ({ atomic, keys, tenant }) =>
    Effect.gen(function* () {
      yield* keys.insert(of(tenant), key("first"))
      yield* keys
        .destroy(of(tenant), noon)
        .pipe(
          Effect.andThen(keys.insert(of(tenant, "bo"), key("second"))),
          Effect.andThen(Effect.fail("refused")),
          atomic.run,
          Effect.flip
        )
      expect(yield* keys.find(of(tenant))).toEqual(present(key("first")))
      expect(yield* keys.find(of(tenant, "bo"))).toEqual(Option.none())
    })
  )
]

/** Tests a `DataKeyStore` together with the `Atomic` of the same storage. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<DataKeyStore | Atomic, E>,
  options: SuiteOptions = {}
): void => register("DataKeyStore", checks, name, layer, options)
