import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as MemoryTable from "../core/MemoryTable.ts"
import { type Attempts, noAttempts } from "./attempts.ts"

/** Whose tries are counted: a digest of who or where somebody tries to get in as or from, in one tenant. */
export interface AttemptKey {
  readonly tenant: string
  readonly key: string
}

/**
 * Port: how often somebody tried to get in. Nothing of one tenant shows in another.
 *
 * Contract:
 * - `lock` gives the tries under a key, none when there are none, and keeps the key from others until the transaction
 *   ends, also when it was not there; use it inside `Atomic.runLocking`. Who locks several does so in the order of the keys.
 * - `save` puts the tries of a key in place of those before; `find` gives them without a lock.
 * - `purge` removes up to so many, of any tenant, whose last try was at or before an instant, and says how many.
 */
export class AttemptStore extends Context.Service<
  AttemptStore,
  {
    readonly lock: (key: AttemptKey) => Effect.Effect<Attempts>
    readonly find: (key: AttemptKey) => Effect.Effect<Attempts>
    readonly save: (key: AttemptKey, attempts: Attempts) => Effect.Effect<void>
    readonly purge: (lastAt: DateTime.Utc, limit: number) => Effect.Effect<number>
  }
>()("saldo/identity/AttemptStore") {
  /** Tries in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<AttemptStore> = Layer.effect(
    this,
    Effect.suspend(() => makeMemory)
  )
}

const placeOf = ({ key, tenant }: AttemptKey): string => JSON.stringify([tenant, key])

const makeMemory = Effect.map(MemoryTable.make<string, Attempts>(), (table) => {
  const find = (key: AttemptKey) =>
    Effect.map(
      table.get(placeOf(key)),
      Option.getOrElse(() => noAttempts)
    )
  return AttemptStore.of({
    // The writer of a transaction is alone, so everything is locked already.
    lock: find,
    find,
    save: (key, attempts) => table.set(placeOf(key), attempts),
    purge: (lastAt, limit) =>
      table.modify((rows) => {
        const old = [...rows.entries()].filter(([, each]) => each.lastAt <= lastAt.epochMilliseconds).slice(0, limit)
        for (const [key] of old) rows.delete(key)
        return old.length
      })
  })
})
