import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { DataKeyStore, type KeySubject } from "./DataKeyStore.ts"
import { newSecret, seal, type Secret, unseal } from "../internal/sealing.ts"
import { WrappingKeys } from "./WrappingKeys.ts"

/** What is sealed was altered or moved to another place. A defect: no caller can do anything about it. */
export class SealedDataAltered extends Schema.TaggedError<SealedDataAltered>()("SealedDataAltered", {
  subjectId: Schema.String,
  label: Schema.String
}) {
  override get message(): string {
    return `The sealed ${this.label} of ${this.subjectId} was altered, or belongs elsewhere`
  }
}

/** A subject was asked to keep something sealed that has no key, or none any more. A defect: check before you seal. */
export class DataKeyMissing extends Schema.TaggedError<DataKeyMissing>()("DataKeyMissing", {
  subjectId: Schema.String
}) {
  override get message(): string {
    return `${this.subjectId} has no data key, so nothing can be sealed for it`
  }
}

/**
 * Use case: personal data under one key per subject, each wrapped by the host's.
 *
 * Sealed data is bound to its subject and label, so that it opens nowhere else. Destroying the key makes everything that
 * was ever sealed for the subject unreadable, in every copy. In a transaction all of this is part of it.
 */
export class PersonalData extends Context.Service<
  PersonalData,
  {
    /** Gives a subject its key, and says whether it did: not twice, and never after the key was destroyed. */
    readonly begin: (subject: KeySubject) => Effect.Effect<boolean>
    readonly seal: (subject: KeySubject, label: string, text: string) => Effect.Effect<string>
    /** What was sealed; `None` once the key is destroyed. Dies with `SealedDataAltered`. */
    readonly open: (subject: KeySubject, label: string, sealed: string) => Effect.Effect<Option.Option<string>>
    /** Destroys the key for ever, and says whether there was one. */
    readonly destroy: (subject: KeySubject) => Effect.Effect<boolean>
    /** A keyed digest of a text, the same in one tenant and purpose, to find what is stored sealed. */
    readonly digest: (tenant: string, purpose: string, text: string) => Effect.Effect<string>
    /**
     * Wraps up to so many keys (100 when left out) of all tenants again, which an earlier key of the host wraps, and says
     * how many. What they sealed stays as it is. At 0 the earlier keys are no longer needed.
     */
    readonly rewrap: (limit?: number) => Effect.Effect<number>
  }
>()("saldo/banking/PersonalData") {
  /** Personal data under the keys of a store and of the host. */
  static readonly layer: Layer.Layer<PersonalData, never, DataKeyStore | WrappingKeys> = Layer.effect(
    this,
    Effect.gen(function* () {
      return make(yield* DataKeyStore, yield* WrappingKeys)
    })
  )
}

const placeOf = ({ subjectId, tenant }: KeySubject, label: string): string =>
  JSON.stringify(["personal-data", tenant, subjectId, label])

const make = (store: DataKeyStore["Service"], wrapping: WrappingKeys["Service"]): PersonalData["Service"] => {
  const keyOf = (subject: KeySubject): Effect.Effect<Option.Option<Secret>> =>
    Effect.flatMap(store.find(subject), (found) =>
      Option.isSome(found) && found.value._tag === "Present"
        ? Effect.asSome(wrapping.unwrap(subject, found.value))
        : Effect.succeedNone
    )

  return PersonalData.of({
    begin: Effect.fn("PersonalData.begin")(function* (subject) {
      return yield* store.insert(subject, yield* wrapping.wrap(subject, yield* newSecret))
    }),
    seal: Effect.fn("PersonalData.seal")(function* (subject, label, text) {
      const key = yield* keyOf(subject)
      if (Option.isNone(key)) return yield* Effect.die(new DataKeyMissing({ subjectId: subject.subjectId }))
      return yield* seal(key.value, placeOf(subject, label), text)
    }),
    open: Effect.fn("PersonalData.open")(function* (subject, label, sealed) {
      const key = yield* keyOf(subject)
      if (Option.isNone(key)) return Option.none<string>()
      const opened = unseal(key.value, placeOf(subject, label), sealed)
      return Result.isSuccess(opened)
        ? Option.some(opened.success)
        : yield* Effect.die(new SealedDataAltered({ subjectId: subject.subjectId, label }))
    }),
    destroy: Effect.fn("PersonalData.destroy")(function* (subject) {
      return yield* store.destroy(subject, yield* DateTime.now)
    }),
    digest: wrapping.digest,
    rewrap: Effect.fn("PersonalData.rewrap")(function* (limit = 100) {
      const old = yield* store.wrappedByOthers(wrapping.currentId, limit)
      const done = yield* Effect.forEach(old, ({ wrapped, wrappingKeyId, ...subject }) =>
        Effect.gen(function* () {
          const before = { wrapped, wrappingKeyId }
          const after = yield* wrapping.wrap(subject, yield* wrapping.unwrap(subject, before))
          // Somebody destroyed it, or another process wrapped it again, in the meantime.
          return (yield* store.replace(subject, before, after)) ? 1 : 0
        })
      )
      return done.reduce<number>((sum, one) => sum + one, 0)
    })
  })
}
