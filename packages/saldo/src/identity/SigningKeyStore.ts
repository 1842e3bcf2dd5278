import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MemoryTable from "../core/MemoryTable.ts"
import type { SealedSecret, SigningKeyId, StoredSigningKey } from "./SigningKey.ts"

/**
 * Port: keeps the signing keys of an installation, the secret halves under seal.
 *
 * Contract:
 * - `insert` keeps a key unless there is one of its sequence or id, and says whether it did.
 * - `list` gives all keys, by sequence: those that are over, too, until they are purged.
 * - `withdraw` ends a key that has not been withdrawn, and says whether it did.
 * - `reseal` puts another sealing in place of the very one that was read, and says whether it was still there.
 * - `purge` forgets keys that verify nothing any more at an instant, and says which; never the latest, so that no sequence
 *   is given twice.
 *
 * Concurrency: of concurrent `insert`s of one sequence exactly one is told true.
 */
export class SigningKeyStore extends Context.Service<
  SigningKeyStore,
  {
    readonly insert: (key: StoredSigningKey) => Effect.Effect<boolean>
    readonly list: Effect.Effect<ReadonlyArray<StoredSigningKey>>
    readonly withdraw: (id: SigningKeyId, at: DateTime.Utc) => Effect.Effect<boolean>
    readonly reseal: (id: SigningKeyId, from: string, to: SealedSecret) => Effect.Effect<boolean>
    readonly purge: (at: DateTime.Utc) => Effect.Effect<ReadonlyArray<SigningKeyId>>
  }
>()("saldo/identity/SigningKeyStore") {
  /** Signing keys in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<SigningKeyStore> = Layer.effect(
    this,
    Effect.map(MemoryTable.make<number, StoredSigningKey>(), (rows) => memory(rows))
  )
}

const memory = (table: MemoryTable.MemoryTable<number, StoredSigningKey>): SigningKeyStore["Service"] => {
  const change = (
    id: SigningKeyId,
    when: (key: StoredSigningKey) => boolean,
    by: (key: StoredSigningKey) => StoredSigningKey
  ) =>
    table.modify((rows) => {
      const found = [...rows.values()].find((key) => key.id === id)
      if (found === undefined || !when(found)) return false
      rows.set(found.sequence, by(found))
      return true
    })

  return SigningKeyStore.of({
    insert: (key) =>
      table.modify((rows) => {
        if (rows.has(key.sequence) || [...rows.values()].some(({ id }) => id === key.id)) return false
        rows.set(key.sequence, key)
        return true
      }),
    list: Effect.map(table.values, (keys) => keys.toSorted((left, right) => left.sequence - right.sequence)),
    withdraw: (id, at) =>
      change(
        id,
        ({ withdrawnAt }) => withdrawnAt === null,
        (key) => ({ ...key, withdrawnAt: at })
      ),
    reseal: (id, from, to) =>
      change(
        id,
        ({ sealed }) => sealed === from,
        (key) => ({ ...key, ...to })
      ),
    purge: (at) =>
      table.modify((rows) => {
        const last = Math.max(...[...rows.values()].map(({ sequence }) => sequence))
        const over = [...rows.values()].filter(
          (key) =>
            key.sequence !== last &&
            (key.withdrawnAt !== null || key.verifiesUntil.epochMilliseconds <= at.epochMilliseconds)
        )
        for (const { sequence } of over) rows.delete(sequence)
        return over.map(({ id }) => id).toSorted()
      })
  })
}
