import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as MemoryTable from "../core/MemoryTable.ts"

/** Whose key it is: one subject of one tenant, such as a customer. */
export interface KeySubject {
  readonly tenant: string
  readonly subjectId: string
}

/** A data key as it is stored: wrapped by a key that is kept elsewhere. */
export interface WrappedKey {
  readonly wrappingKeyId: string
  /** Opaque text of whoever wrapped it. */
  readonly wrapped: string
}

/** A key that is there, or the trace of one that was destroyed. */
export type KeptKey =
  | ({ readonly _tag: "Present" } & WrappedKey)
  | { readonly _tag: "Destroyed"; readonly destroyedAt: DateTime.Utc }

/**
 * Port: the wrapped data keys, one per subject.
 *
 * Whatever else a database and its backups hold, a subject's data is readable only as long as its key is here. So keep
 * this table out of long-lived backups, or in a storage of its own: a copy of the key undoes its destruction.
 *
 * Contract:
 * - `insert` wins once per subject for ever: not again after the key was destroyed.
 * - `destroy` removes the wrapped key itself, keeps the fact and the time, and says whether there was a key.
 * - `replace` puts another wrapping in place of the very one that was read, and says whether it was still there.
 * - `wrappedByOthers` gives keys that another wrapping key wraps, of all tenants, by tenant and subject, destroyed ones never.
 *
 * Concurrency: of concurrent `insert`s of one subject, and of a `replace` and a `destroy`, the store decides an order; a
 * destroyed key never comes back.
 */
export class DataKeyStore extends Context.Service<
  DataKeyStore,
  {
    readonly insert: (subject: KeySubject, key: WrappedKey) => Effect.Effect<boolean>
    readonly find: (subject: KeySubject) => Effect.Effect<Option.Option<KeptKey>>
    readonly replace: (subject: KeySubject, from: WrappedKey, to: WrappedKey) => Effect.Effect<boolean>
    readonly destroy: (subject: KeySubject, at: DateTime.Utc) => Effect.Effect<boolean>
    readonly wrappedByOthers: (
      wrappingKeyId: string,
      limit: number
    ) => Effect.Effect<ReadonlyArray<KeySubject & WrappedKey>>
  }
>()("saldo/banking/DataKeyStore") {
  /** Data keys in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<DataKeyStore> = Layer.effect(
    this,
    Effect.suspend(() => makeMemory)
  )
}

const rowKey = ({ subjectId, tenant }: KeySubject): string => JSON.stringify([tenant, subjectId])

const byOwner = (left: KeySubject, right: KeySubject): number => {
  const [a, b] = [left, right].map(({ subjectId, tenant }) => `${tenant}\u0000${subjectId}`)
  return (a ?? "") < (b ?? "") ? -1 : 1
}

const makeMemory: Effect.Effect<DataKeyStore["Service"]> = Effect.gen(function* () {
  const keys = yield* MemoryTable.make<string, { readonly subject: KeySubject; readonly kept: KeptKey }>()

  return DataKeyStore.of({
    insert: (subject, key) => keys.insert(rowKey(subject), { subject, kept: { _tag: "Present", ...key } }),
    find: (subject) => Effect.map(keys.get(rowKey(subject)), (row) => Option.map(row, ({ kept }) => kept)),
    replace: (subject, from, to) =>
      keys.modify((rows) => {
        const kept = rows.get(rowKey(subject))?.kept
        if (kept?._tag !== "Present" || kept.wrapped !== from.wrapped || kept.wrappingKeyId !== from.wrappingKeyId) {
          return false
        }
        rows.set(rowKey(subject), { subject, kept: { _tag: "Present", ...to } })
        return true
      }),
    destroy: (subject, destroyedAt) =>
      keys.modify((rows) => {
        if (rows.get(rowKey(subject))?.kept._tag !== "Present") return false
        rows.set(rowKey(subject), { subject, kept: { _tag: "Destroyed", destroyedAt } })
        return true
      }),
    wrappedByOthers: (wrappingKeyId, limit) =>
      keys.read((rows) =>
        [...rows.values()]
          .flatMap(({ kept, subject }) =>
            kept._tag === "Present" && kept.wrappingKeyId !== wrappingKeyId
              ? [{ ...subject, wrappingKeyId: kept.wrappingKeyId, wrapped: kept.wrapped }]
              : []
          )
          .sort(byOwner)
          .slice(0, limit)
      )
  })
})
