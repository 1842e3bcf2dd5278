import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { Atomic } from "../core/Atomic.ts"
import { newSecret, seal, type Secret, unseal } from "../internal/sealing.ts"
import { DataKeyStore, type KeptKey, type KeySubject } from "./DataKeyStore.ts"
import { DataKeyMissing, SealedDataAltered } from "./PersonalData.ts"
import { WrappingKeys } from "./WrappingKeys.ts"

/** Puts texts under the seal of one subject, each for its label. */
export type Sealing = (label: string, text: string) => Effect.Effect<string>

/** Takes texts out of the seal of one subject, at once. One that was altered is a defect: nobody can do anything about it. */
export type Opening = (label: string, sealed: string) => Result.Result<string, SealedDataAltered>

/** How keys are remembered. */
export interface LastingDataOptions {
  /** How many; the one that was looked up first makes room. 10,000 when left out. */
  readonly keysAtMost?: number
}

/**
 * Use case: what must stay readable for as long as a bank keeps its books, under a key of the tenant's own for each purpose,
 * wrapped by the host's.
 *
 * Unlike the keys of `PersonalData` such a key is never destroyed: vouchers outlive whom they are about. So a process
 * remembers it once it has been committed, and sealing and opening ask no store again. Sealed data is bound to its subject
 * and label, so that it opens nowhere else. In a transaction all of this is part of it.
 *
 * Nonces are random, so one key is good for 2^32 texts (NIST SP 800-38D, 8.3): seal what never changes once, and not again
 * with whatever changes beside it.
 */
export class LastingData extends Context.Service<
  LastingData,
  {
    /** Gives the subject its key, if it has none yet: of two who do so at once one wins, and the other finds it. */
    readonly sealing: (subject: KeySubject) => Effect.Effect<Sealing>
    /** Dies with `DataKeyMissing` when nothing was ever sealed for the subject. */
    readonly opening: (subject: KeySubject) => Effect.Effect<Opening>
    /** A keyed digest of a text, the same for the subject, by which a repeated command is known. */
    readonly digest: (subject: KeySubject, text: string) => Effect.Effect<string>
  }
>()("saldo/banking/LastingData") {
  /** Lasting data under the keys of a store and of the host, remembered on terms of the host's own. */
  static readonly layerWith = (
    options: LastingDataOptions
  ): Layer.Layer<LastingData, never, Atomic | DataKeyStore | WrappingKeys> =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        return make(yield* DataKeyStore, yield* WrappingKeys, yield* makeMemory(options))
      })
    )

  /** Lasting data under the keys of a store and of the host. */
  static readonly layer: Layer.Layer<LastingData, never, Atomic | DataKeyStore | WrappingKeys> = this.layerWith({})
}

const nameOf = ({ subjectId, tenant }: KeySubject, ...label: ReadonlyArray<string>): string =>
  JSON.stringify(["lasting-data", tenant, subjectId, ...label])

/** The keys that this process has unwrapped. One that is seen in a transaction may yet be rolled back with it. */
const makeMemory = Effect.fnUntraced(function* ({ keysAtMost = 10_000 }: LastingDataOptions) {
  const atomic = yield* Atomic
  const keys = new Map<string, Secret>()
  return {
    get: (subject: KeySubject): Secret | undefined => keys.get(nameOf(subject)),
    keep: (subject: KeySubject, key: Secret): Effect.Effect<void> =>
      atomic.afterCommit(
        Effect.sync(() => {
          for (const oldest of keys.keys()) {
            if (keys.size < keysAtMost) break
            keys.delete(oldest)
          }
          keys.set(nameOf(subject), key)
        })
      )
  }
})

const make = (
  store: DataKeyStore["Service"],
  wrapping: WrappingKeys["Service"],
  memory: Effect.Success<ReturnType<typeof makeMemory>>
): LastingData["Service"] => {
  const unwrapped = Effect.fnUntraced(function* (subject: KeySubject, found: Option.Option<KeptKey>) {
    if (Option.isNone(found) || found.value._tag !== "Present") {
      return yield* Effect.die(new DataKeyMissing({ subjectId: subject.subjectId }))
    }
    const key = yield* wrapping.unwrap(subject, found.value)
    yield* memory.keep(subject, key)
    return key
  })

  const begin = Effect.fnUntraced(function* (subject: KeySubject) {
    const found = yield* store.find(subject)
    if (Option.isSome(found)) return yield* unwrapped(subject, found)
    const key = yield* newSecret
    const won = yield* store.insert(subject, yield* wrapping.wrap(subject, key))
    if (!won) return yield* unwrapped(subject, yield* store.find(subject))
    yield* memory.keep(subject, key)
    return key
  })

  const remembered = (subject: KeySubject, look: Effect.Effect<Secret>): Effect.Effect<Secret> =>
    Effect.suspend(() => {
      const held = memory.get(subject)
      return held === undefined ? look : Effect.succeed(held)
    })

  return LastingData.of({
    digest: ({ subjectId, tenant }, text) => wrapping.digest(tenant, `lasting ${subjectId}`, text),
    sealing: (subject) =>
      Effect.map(
        remembered(subject, begin(subject)),
        (key): Sealing =>
          (label, text) =>
            seal(key, nameOf(subject, label), text)
      ),
    opening: (subject) =>
      Effect.map(
        remembered(
          subject,
          Effect.flatMap(store.find(subject), (found) => unwrapped(subject, found))
        ),
        (key): Opening =>
          (label, sealed) => {
            const opened = unseal(key, nameOf(subject, label), sealed)
            return Result.mapError(opened, () => new SealedDataAltered({ subjectId: subject.subjectId, label }))
          }
      )
  })
}
