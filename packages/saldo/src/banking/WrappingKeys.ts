import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { SealingKeyring } from "../core/SealingKeyring.ts"
import { secretsOf } from "../internal/keyring.ts"
import type { KeySubject, WrappedKey } from "./DataKeyStore.ts"
import { keyedDigest, type Secret, seal, secretOf, unseal } from "../internal/sealing.ts"

/** The keys that a host gives, from its key management or its configuration, and never from the database they protect. */
export interface WrappingKeyring extends SealingKeyring {
  /** What makes registration and account numbers findable without storing them. It stays: another one finds nothing. */
  readonly index: Redacted.Redacted
}

/** The host's key ring has no such key, or the wrapped key was altered. A defect: no caller can do anything about it. */
export class DataKeyUnreadable extends Schema.TaggedError<DataKeyUnreadable>()("DataKeyUnreadable", {
  wrappingKeyId: Schema.String,
  reason: Schema.Literals(["unknown-wrapping-key", "altered"])
}) {
  override get message(): string {
    return this.reason === "altered"
      ? `A data key was altered since ${this.wrappingKeyId} wrapped it`
      : `A data key is wrapped by ${this.wrappingKeyId}, which is not among the host's keys; give it as a previous one`
  }
}

/**
 * The host's keys: they wrap the keys of customers, and make numbers findable that are stored sealed.
 *
 * A host with a key management of its own provides this service itself; keys then never leave that.
 */
export class WrappingKeys extends Context.Service<
  WrappingKeys,
  {
    /** The name of the key that wraps from now on. */
    readonly currentId: string
    readonly wrap: (subject: KeySubject, dataKey: Secret) => Effect.Effect<WrappedKey>
    /** The data key; dies with `DataKeyUnreadable`. */
    readonly unwrap: (subject: KeySubject, wrapped: WrappedKey) => Effect.Effect<Secret>
    /** A digest that says nothing about the text to whoever lacks the key; the same in one tenant and purpose alone. */
    readonly digest: (tenant: string, purpose: string, text: string) => Effect.Effect<string>
  }
>()("saldo/banking/WrappingKeys") {
  /** Keys in the memory of the process. A key that is not 64 hexadecimal digits is a mistake in the host (`RangeError`). */
  static readonly layer = (ring: WrappingKeyring): Layer.Layer<WrappingKeys> =>
    Layer.effect(
      this,
      Effect.sync(() => make(ring))
    )
}

const contextOf = ({ subjectId, tenant }: KeySubject): string => JSON.stringify(["data-key", tenant, subjectId])

const make = (ring: WrappingKeyring): WrappingKeys["Service"] => {
  const { current, index } = ring
  const keys = secretsOf(ring, identity)
  const wrapping = secretOf(Redacted.value(current.key))
  const indexing = secretOf(Redacted.value(index))
  const unreadable = (wrappingKeyId: string, reason: DataKeyUnreadable["reason"]) =>
    Effect.die(new DataKeyUnreadable({ wrappingKeyId, reason }))

  return WrappingKeys.of({
    currentId: current.id,
    wrap: (subject, dataKey) =>
      Effect.map(seal(wrapping, contextOf(subject), Redacted.value(dataKey).toString("hex")), (wrapped) => ({
        wrappingKeyId: current.id,
        wrapped
      })),
    unwrap: (subject, { wrapped, wrappingKeyId }) => {
      const key = keys.get(wrappingKeyId)
      if (key === undefined) return unreadable(wrappingKeyId, "unknown-wrapping-key")
      const opened = unseal(key, contextOf(subject), wrapped)
      return Result.isFailure(opened) ? unreadable(wrappingKeyId, "altered") : Effect.succeed(secretOf(opened.success))
    },
    digest: (tenant, purpose, text) => Effect.succeed(keyedDigest(indexing, JSON.stringify([tenant, purpose, text])))
  })
}
