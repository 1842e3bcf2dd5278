import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { keyedDigest, seal, secretOf, unseal } from "../internal/sealing.ts"

/** A key of 32 bytes as 64 hexadecimal digits, with the name by which it is remembered. */
export interface IdentityKey {
  readonly id: string
  readonly key: Redacted.Redacted
}

/** The keys that a host gives, from its key management or its configuration, and never from the database they protect. */
export interface IdentityKeyring {
  /** What seals from now on. */
  readonly current: IdentityKey
  /** What sealed earlier, until nothing is sealed by it any more. */
  readonly previous?: ReadonlyArray<IdentityKey>
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

/** The name of the key in front of what it sealed; names may hold anything, their code holds no full stop. */
const named = (id: string): string => Buffer.from(id, "utf8").toString("base64url")

const make = ({ current, index, previous = [] }: IdentityKeyring): IdentityKeys["Service"] => {
  const keys = new Map([...previous, current].map(({ id, key }) => [named(id), secretOf(Redacted.value(key))]))
  const sealing = secretOf(Redacted.value(current.key))
  const indexing = secretOf(Redacted.value(index))
  const contextOf = (place: SealedPlace) => JSON.stringify(["identity", ...place])
  const unreadable = (place: SealedPlace, reason: IdentityDataUnreadable["reason"]) =>
    Effect.die(new IdentityDataUnreadable({ place: place.join("/"), reason }))

  return IdentityKeys.of({
    currentId: current.id,
    seal: (place, text) =>
      Effect.map(seal(sealing, contextOf(place), Redacted.value(text)), (sealed) => `${named(current.id)}.${sealed}`),
    open: (place, sealed) => {
      const end = sealed.indexOf(".")
      const key = keys.get(sealed.slice(0, end))
      if (key === undefined) return unreadable(place, "unknown-key")
      const opened = unseal(key, contextOf(place), sealed.slice(end + 1))
      return Result.isFailure(opened)
        ? unreadable(place, "altered")
        : Effect.succeed(Redacted.make(opened.success, { label: "sealed" }))
    },
    digest: (purpose, text) => Effect.succeed(keyedDigest(indexing, JSON.stringify([...purpose, text])))
  })
}
