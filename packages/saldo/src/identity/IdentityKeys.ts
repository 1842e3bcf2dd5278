import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { SealingKeyring } from "../core/SealingKeyring.ts"
import { makeKeyring } from "../internal/keyring.ts"
import { keyedDigest, secretOf } from "../internal/sealing.ts"

/** The keys that a host gives, from its key management or its configuration, and never from the database they protect. */
export interface IdentityKeyring extends SealingKeyring {
  /** What makes addresses findable without storing them. It stays: another one finds nobody. */
  readonly index: Redacted.Redacted
}

/** The host's key ring has no such key, or what is sealed was altered or moved. A defect: no caller can act on it. */
export class IdentityDataUnreadable extends Schema.TaggedError<IdentityDataUnreadable>()("IdentityDataUnreadable", {
  place: Schema.String,
  reason: Schema.Literals(["unknown-key", "altered"])
}) {
  override get message(): string {
    return this.reason === "altered"
      ? `What is sealed at ${this.place} was altered, or belongs elsewhere`
      : `What is sealed at ${this.place} is sealed by a key that is not among the host's keys; give it as a previous one`
  }
}

/** Where something sealed belongs, such as its kind, tenant and id; it opens nowhere else. */
export type SealedPlace = ReadonlyArray<string>

/**
 * The host's keys for what identity keeps secret: users' files, second factors, signing keys.
 *
 * A host with a key management of its own provides this service itself; keys then never leave that.
 */
export class IdentityKeys extends Context.Service<
  IdentityKeys,
  {
    /** The name of the key that seals from now on. */
    readonly currentId: string
    /** Seals a text for a place; what comes back is safe to store and names its key. */
    readonly seal: (place: SealedPlace, text: Redacted.Redacted) => Effect.Effect<string>
    /** Opens what was sealed for the place, by any key of the ring; dies with `IdentityDataUnreadable`. */
    readonly open: (place: SealedPlace, sealed: string) => Effect.Effect<Redacted.Redacted>
    /** A digest that says nothing about the text to whoever lacks the key; the same for one purpose alone. */
    readonly digest: (purpose: SealedPlace, text: string) => Effect.Effect<string>
  }
>()("saldo/identity/IdentityKeys") {
  /** Keys in the memory of the process. A key that is not 64 hexadecimal digits is a mistake in the host (`RangeError`). */
  static readonly layer = (ring: IdentityKeyring): Layer.Layer<IdentityKeys> =>
    Layer.effect(
      this,
      Effect.sync(() => make(ring))
    )
}

const make = (ring: IdentityKeyring): IdentityKeys["Service"] => {
  const keyring = makeKeyring(ring)
  const indexing = secretOf(Redacted.value(ring.index))
  const contextOf = (place: SealedPlace) => JSON.stringify(["identity", ...place])

  return IdentityKeys.of({
    currentId: ring.current.id,
    seal: (place, text) => keyring.seal(contextOf(place), text),
    open: (place, sealed) => {
      const opened = keyring.open(contextOf(place), sealed, "sealed")
      return Result.isSuccess(opened)
        ? Effect.succeed(opened.success)
        : Effect.die(new IdentityDataUnreadable({ place: place.join("/"), reason: opened.failure }))
    },
    digest: (purpose, text) => Effect.succeed(keyedDigest(indexing, JSON.stringify([...purpose, text])))
  })
}
