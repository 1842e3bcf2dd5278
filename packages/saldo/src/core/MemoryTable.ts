import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as MemoryTransaction from "./MemoryTransaction.ts"

/** What a `MemoryTable` can be keyed by: values that compare by identity. Join compound keys into one string. */
export type Key = string | number | bigint

/** The rows of a table as one transaction sees them, for synchronous reading and writing. */
export interface Rows<K extends Key, V> {
  readonly size: number
  readonly get: (key: K) => V | undefined
  readonly has: (key: K) => boolean
  readonly set: (key: K, value: V) => void
  readonly delete: (key: K) => boolean
  readonly entries: () => IterableIterator<[K, V]>
  readonly values: () => IterableIterator<V>
}

/**
 * A table in memory that takes part in `Atomic.layerMemory`: the building block of every `layerMemory` of a store.
 *
 * Values must be immutable, as a rolled-back transaction drops them and does not repair them. Reads see the running
 * transaction's own writes and otherwise only what was committed. A write outside a transaction is a transaction of
 * its own and waits for a running one, as it would on SQLite. Iteration follows the order of first insertion.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Atomic } from "saldo/core/Atomic"
 * import * as MemoryTable from "saldo/core/MemoryTable"
 *
 * const program = Effect.gen(function*() {
 *   const atomic = yield* Atomic
 *   const balances = yield* MemoryTable.make<string, bigint>()
 *   yield* balances.insert("a", 100n)
 *   yield* balances.update("a", (balance) => balance - 40n).pipe(
 *     Effect.andThen(Effect.fail("the other half went wrong")),
 *     atomic.run,
 *     Effect.ignore
 *   )
 *   return yield* balances.values
 * })
 * await Effect.runPromise(Effect.provide(program, Atomic.layerMemory)) // => [100n]
 * ```
 */
export interface MemoryTable<K extends Key, V> {
  readonly get: (key: K) => Effect.Effect<Option.Option<V>>
  /** Writes whether or not the key is there. */
  readonly set: (key: K, value: V) => Effect.Effect<void>
  /** Writes only when the key is not there, and says whether it did. Exactly one of concurrent callers wins. */
  readonly insert: (key: K, value: V) => Effect.Effect<boolean>
  /** Replaces the value of a key by a function of it; `None` when the key is not there. */
  readonly update: (key: K, change: (value: V) => V) => Effect.Effect<Option.Option<V>>
  /** Says whether there was something to delete. */
  readonly delete: (key: K) => Effect.Effect<boolean>
  readonly values: Effect.Effect<ReadonlyArray<V>>
  readonly size: Effect.Effect<number>
  /** Reads any rows in one step. The function must not write. */
  readonly read: <A>(f: (rows: Omit<Rows<K, V>, "set" | "delete">) => A) => Effect.Effect<A>
  /** Reads and writes any rows in one step. When the function throws, none of its writes stay and it is a defect. */
  readonly modify: <A>(f: (rows: Rows<K, V>) => A) => Effect.Effect<A>
}

interface Overlay<K extends Key, V> extends Rows<K, V>, MemoryTransaction.PendingWrites {}

const committedRows = <K extends Key, V>(map: Map<K, V>): Rows<K, V> => ({
  get size() {
    return map.size
  },
  get: (key) => map.get(key),
  has: (key) => map.has(key),
  set: (key, value) => void map.set(key, value),
  delete: (key) => map.delete(key),
  entries: () => map.entries(),
  values: () => map.values()
})

const overlayOn = <K extends Key, V>(below: Rows<K, V>): Overlay<K, V> => {
  const written = new Map<K, Option.Option<V>>()
  let grown = 0

  function* entries(): Generator<[K, V], undefined> {
    for (const [key, value] of below.entries()) {
      const write = written.get(key)
      if (write === undefined) yield [key, value]
      else if (write._tag === "Some") yield [key, write.value]
    }
    for (const [key, write] of written) {
      if (write._tag === "Some" && !below.has(key)) yield [key, write.value]
    }
    return undefined
  }
  function* values(): Generator<V, undefined> {
    for (const [, value] of entries()) yield value
    return undefined
  }
  const has = (key: K): boolean => {
    const write = written.get(key)
    return write === undefined ? below.has(key) : write._tag === "Some"
  }

  return {
    get size() {
      return below.size + grown
    },
    get: (key) => {
      const write = written.get(key)
      return write === undefined ? below.get(key) : Option.getOrUndefined(write)
    },
    has,
    set: (key, value) => {
      if (!has(key)) grown++
      written.set(key, Option.some(value))
    },
    delete: (key) => {
      if (!has(key)) return false
      grown--
      written.set(key, Option.none())
      return true
    },
    entries,
    values,
    settle: () => {
      for (const [key, write] of written) {
        if (write._tag === "Some") below.set(key, write.value)
        else below.delete(key)
      }
    }
  }
}

/** Makes an empty table. One per kind of row, in the effect that builds a store's `layerMemory`. */
export const make = <K extends Key, V>(): Effect.Effect<MemoryTable<K, V>> =>
  Effect.sync(() => {
    const committed = committedRows(new Map<K, V>())
    const participant: MemoryTransaction.Participant<Overlay<K, V>> = {
      begin: (enclosing) => overlayOn(enclosing ?? committed)
    }

    const inOneStep = <A>(rows: Rows<K, V>, f: (rows: Rows<K, V>) => A): Effect.Effect<A> =>
      Effect.sync(() => {
        const step = overlayOn(rows)
        const result = f(step)
        step.settle()
        return result
      })

    const modify = <A>(f: (rows: Rows<K, V>) => A): Effect.Effect<A> =>
      Effect.withFiber((fiber) => {
        const level = fiber.getRef(MemoryTransaction.CurrentLevel)
        if (level === undefined) return fiber.getRef(MemoryTransaction.WriterLock).withPermit(inOneStep(committed, f))
        if (!MemoryTransaction.isOpen(level)) return MemoryTransaction.ended
        return inOneStep(MemoryTransaction.pendingOf(level, participant), f)
      })

    const read = <A>(f: (rows: Rows<K, V>) => A): Effect.Effect<A> =>
      Effect.withFiber((fiber) => {
        const level = fiber.getRef(MemoryTransaction.CurrentLevel)
        if (level === undefined) return Effect.sync(() => f(committed))
        if (!MemoryTransaction.isOpen(level)) return MemoryTransaction.ended
        return Effect.sync(() => f(MemoryTransaction.pendingOf(level, participant)))
      })

    return {
      get: (key) => read((rows) => (rows.has(key) ? Option.some(rows.get(key) as V) : Option.none())),
      set: (key, value) => modify((rows) => rows.set(key, value)),
      insert: (key, value) =>
        modify((rows) => {
          if (rows.has(key)) return false
          rows.set(key, value)
          return true
        }),
      update: (key, change) =>
        modify((rows) => {
          if (!rows.has(key)) return Option.none()
          const changed = change(rows.get(key) as V)
          rows.set(key, changed)
          return Option.some(changed)
        }),
      delete: (key) => modify((rows) => rows.delete(key)),
      values: read((rows) => [...rows.values()]),
      size: read((rows) => rows.size),
      read,
      modify
    }
  })
