import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { isThere, KeyRing, keyFiles, newKeyRing } from "saldo/core/KeyFile"

const rings = keyFiles(KeyRing)

/** A folder for the life of a test, and a file in it that is not there yet. */
const place = Effect.map(
  Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "saldo-keys-"))),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  ),
  (folder) => ({ folder, file: join(folder, "bank.keys") })
)

const plain = ({ current, index }: KeyRing) => [current.id, Redacted.value(current.key), Redacted.value(index)]

const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

it.live("gives back the keys that were put into a file for its owner's eyes", () =>
  Effect.gen(function* () {
    const { file, folder } = yield* place
    const ring = yield* newKeyRing
    expect(yield* isThere(file)).toBe(false)
    expect(plain(yield* rings.make(file, ring))).toEqual(plain(ring))
    expect(yield* isThere(file)).toBe(true)
    expect(plain(yield* rings.read(file))).toEqual(plain(ring))
    expect((yield* Effect.promise(() => stat(file))).mode & 0o777).toBe(0o600)
    const held = yield* Effect.promise(() => readFile(file, "utf8"))
    expect(JSON.parse(held)).toMatchObject({ current: { key: expect.stringMatching(/^[0-9a-f]{64}$/u) } })
    expect(JSON.stringify(ring)).not.toContain(Redacted.value(ring.current.key))
    expect(yield* Effect.promise(() => readdir(folder))).toEqual(["bank.keys"])
  })
)

it.live("has one of many make a file, whose keys all of them get", () =>
  Effect.gen(function* () {
    const { file, folder } = yield* place
    const all = yield* Effect.forEach(
      Array.from({ length: 20 }, (_, index) => index),
      () => Effect.flatMap(newKeyRing, (ring) => rings.make(file, ring)),
      { concurrency: "unbounded" }
    )
    expect(new Set(all.map((ring) => JSON.stringify(plain(ring)))).size).toBe(1)
    expect(plain(yield* rings.read(file))).toEqual(plain(all[0] ?? (yield* newKeyRing)))
    expect(yield* Effect.promise(() => readdir(folder))).toEqual(["bank.keys"])
  })
)

it.live("gives whoever reads the keys before or those after, while others are put in their place", () =>
  Effect.gen(function* () {
    const { file } = yield* place
    const made = yield* Effect.replicateEffect(newKeyRing, 30)
    const [first = yield* newKeyRing, ...others] = made
    yield* rings.make(file, first)
    const replacing = Effect.forEach(others, (ring) => rings.replace(file, ring), { discard: true })
    const reading = Effect.replicateEffect(rings.read(file), 100)
    const [, seen] = yield* Effect.all([replacing, reading], { concurrency: "unbounded" })
    const known = new Set(made.map(({ current }) => current.id))
    expect(seen.filter(({ current }) => !known.has(current.id))).toEqual([])
    expect(plain(yield* rings.read(file))).toEqual(plain(others.at(-1) ?? first))
  })
)

it.live("says what is wrong with a file, and never what is in it", () =>
  Effect.gen(function* () {
    const { file, folder } = yield* place
    expect(yield* tagOf(rings.read(file))).toBe("KeyFileUnreadable")
    const ring = yield* newKeyRing
    const planted = Redacted.value(ring.index)
    for (const text of [
      "",
      "{",
      planted,
      JSON.stringify({ current: { id: "1", key: planted.slice(1) }, index: planted })
    ]) {
      yield* Effect.promise(() => writeFile(file, text, { mode: 0o600 }))
      const unfit = yield* Effect.flip(rings.read(file))
      expect(unfit._tag).toBe("KeyFileUnfit")
      expect(`${String(unfit)} ${JSON.stringify(unfit)}`).not.toContain(planted.slice(1))
    }
    yield* rings.replace(file, ring)
    yield* Effect.promise(() => chmod(file, 0o640))
    expect(yield* tagOf(rings.read(file))).toBe("KeyFileExposed")
    const nowhere = join(folder, "missing", "bank.keys")
    expect(yield* tagOf(rings.make(nowhere, ring))).toBe("KeyFileUnwritten")
    expect(yield* tagOf(rings.replace(nowhere, ring))).toBe("KeyFileUnwritten")
    expect(yield* isThere(nowhere)).toBe(false)
    // What is behind a file cannot be told of, so nobody makes another in its place.
    expect(yield* isThere(join(file, "behind"))).toBe(true)
    expect(yield* Effect.promise(() => readdir(folder))).toEqual(["bank.keys"])
  })
)
