import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { SigningKeyId, StoredSigningKey } from "saldo/identity/SigningKey"
import { SigningKeyStore } from "saldo/identity/SigningKeyStore"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Subject {
  readonly store: SigningKeyStore["Service"]
  readonly atomic: Atomic["Service"]
}

const check = checksOf<Subject, SigningKeyStore | Atomic>(
  Effect.gen(function* () {
    return { store: yield* SigningKeyStore, atomic: yield* Atomic }
  })
)

const noon = DateTime.makeUnsafe("2026-03-10T12:00:00.123Z")
const later = (days: number) => DateTime.add(noon, { days })

/** The next key; all installations begin at 1, and a check may find keys of the one before it. */
const next = ({ store }: Subject, more: Partial<StoredSigningKey> = {}) =>
  Effect.gen(function* () {
    const last = (yield* store.list).at(-1)?.sequence ?? 0
    const key: StoredSigningKey = {
      id: yield* Id.make("sigkey"),
      sequence: last + 1,
      algorithm: "EdDSA",
      publicKey: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
      createdAt: noon,
      signsFrom: later(1),
      signsUntil: later(90),
      verifiesUntil: later(91),
      withdrawnAt: null,
      sealed: "v1.sealed",
      sealedBy: "2026",
      ...more
    }
    return key
  })

const kept = (subject: Subject, more: Partial<StoredSigningKey> = {}) =>
  Effect.gen(function* () {
    const key = yield* next(subject, more)
    expect(yield* subject.store.insert(key)).toBe(true)
    return key
  })

const found = ({ store }: Subject, id: SigningKeyId) =>
  Effect.map(store.list, (keys) => keys.find((key) => key.id === id))

/** What every `SigningKeyStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<SigningKeyStore | Atomic>> = [
  check("insert", "keeps a key under its sequence and id, each of them once", (subject) =>
    Effect.gen(function* () {
      const key = yield* kept(subject)
      const again = yield* next(subject)
      expect(yield* subject.store.insert({ ...again, sequence: key.sequence })).toBe(false)
      expect(yield* subject.store.insert({ ...again, id: key.id })).toBe(false)
      expect(yield* found(subject, key.id)).toEqual(key)
      expect(yield* found(subject, again.id)).toBe(undefined)
    })
  ),
  check("list", "gives all keys by sequence", (subject) =>
    Effect.gen(function* () {
      const first = yield* kept(subject)
      const second = yield* kept(subject)
      yield* subject.store.withdraw(first.id, noon)
      const keys = yield* subject.store.list
      expect(keys.slice(-2)).toEqual([{ ...first, withdrawnAt: noon }, second])
      expect(keys.map(({ sequence }) => sequence)).toEqual(
        keys.map(({ sequence }) => sequence).toSorted((a, b) => a - b)
      )
    })
  ),
  check("withdraw", "withdraws a key once", (subject) =>
    Effect.gen(function* () {
      const key = yield* kept(subject)
      expect(yield* subject.store.withdraw((yield* next(subject)).id, later(2))).toBe(false)
      expect(yield* subject.store.withdraw(key.id, later(2))).toBe(true)
      expect(yield* subject.store.withdraw(key.id, later(3))).toBe(false)
      expect(yield* found(subject, key.id)).toEqual({ ...key, withdrawnAt: later(2) })
    })
  ),
  check("reseal", "puts another sealing in place of the very one that was read", (subject) =>
    Effect.gen(function* () {
      const key = yield* kept(subject)
      const to = { sealed: "v1.other", sealedBy: "2027" }
      expect(yield* subject.store.reseal(key.id, "v1.never", to)).toBe(false)
      expect(yield* subject.store.reseal(key.id, key.sealed, to)).toBe(true)
      expect(yield* subject.store.reseal(key.id, key.sealed, { ...to, sealed: "v1.late" })).toBe(false)
      expect(yield* found(subject, key.id)).toEqual({ ...key, ...to })
    })
  ),
  check("purge", "forgets what verifies nothing any more, but not the latest", (subject) =>
    Effect.gen(function* () {
      const over = yield* kept(subject, { verifiesUntil: later(-1) })
      const withdrawn = yield* kept(subject)
      yield* subject.store.withdraw(withdrawn.id, noon)
      const verifying = yield* kept(subject)
      const latest = yield* kept(subject, { verifiesUntil: later(-1) })
      const purged = yield* subject.store.purge(later(-1))
      expect(purged).toEqual(expect.arrayContaining([over.id, withdrawn.id]))
      expect(purged).not.toContain(verifying.id)
      expect((yield* subject.store.list).slice(-2)).toEqual([verifying, latest])
      expect(yield* found(subject, over.id)).toBe(undefined)
      expect(yield* subject.store.purge(later(-1))).toEqual([])
    })
  ),
  check("one-wins", "takes one of the keys that come with one sequence at the same time", (subject) =>
    Effect.gen(function* () {
      const { sequence } = yield* next(subject)
      const keys = yield* Effect.forEach([1, 2, 3, 4, 5, 6], () => next(subject, { sequence }))
      const told = yield* Effect.forEach(keys, (key) => subject.store.insert(key), { concurrency: "unbounded" })
      expect(told.filter(Boolean).length).toBe(1)
      expect((yield* subject.store.list).at(-1)).toEqual(keys[told.indexOf(true)])
    })
  ),
  check("rollback", "joins a running transaction, and is undone with it", (subject) =>
    Effect.gen(function* () {
      const { atomic, store } = subject
      const key = yield* kept(subject)
      const draft = yield* next(subject)
      yield* store
        .insert(draft)
        .pipe(
          Effect.andThen(store.withdraw(key.id, noon)),
          Effect.andThen(Effect.fail("refused")),
          atomic.run,
          Effect.flip
        )
      expect(yield* found(subject, key.id)).toEqual(key)
      expect(yield* found(subject, draft.id)).toBe(undefined)
    })
  )
]

/** Tests a `SigningKeyStore` together with the `Atomic` of the same storage. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<SigningKeyStore | Atomic, E>,
  options: SuiteOptions = {}
): void => register("SigningKeyStore", checks, name, layer, options)
