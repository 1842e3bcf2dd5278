import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { seal, secretOf, unseal } from "../internal/sealing.ts"

/** A key of 32 bytes as 64 hexadecimal digits, with the name by which what it sealed remembers it. */
export interface WebhookKey {
  readonly id: string
  readonly key: Redacted.Redacted
}

/** The keys that a host gives, from its key management or its configuration, and never from the database they protect. */
export interface WebhookKeyring {
  /** What seals from now on. */
  readonly current: WebhookKey
  /** What sealed earlier, until the secrets of that time have been rotated. */
  readonly previous?: ReadonlyArray<WebhookKey>
}

/** The key ring has no such key, or a sealed secret was altered or moved. A defect: no caller can act on it. */
export class WebhookSecretUnreadable extends Schema.TaggedError<WebhookSecretUnreadable>()("WebhookSecretUnreadable", {
  endpointId: Schema.String,
  reason: Schema.Literals(["unknown-key", "altered"])
}) {
  override get message(): string {
    return this.reason === "altered"
      ? `A secret of the webhook endpoint ${this.endpointId} was altered, or belongs elsewhere`
      : `A secret of the webhook endpoint ${this.endpointId} is sealed by an unknown key; give it as a previous one`
  }
}

/** Whose secret it is; it opens nowhere else. */
export interface SecretPlace {
  readonly tenant: string
  readonly id: string
}

/** Seals the secrets by which webhooks are signed. A host with a key management of its own provides this service itself. */
export class WebhookKeys extends Context.Service<
  WebhookKeys,
  {
    /** Seals a secret; what comes back is safe to store and names its key. */
    readonly seal: (place: SecretPlace, secret: Redacted.Redacted) => Effect.Effect<string>
    /** Opens a secret, by any key of the ring; dies with `WebhookSecretUnreadable`. */
    readonly open: (place: SecretPlace, sealed: string) => Effect.Effect<Redacted.Redacted>
  }
>()("saldo/notifications/WebhookKeys") {
  /** Keys in the memory of the process. A key that is not 64 hexadecimal digits is a mistake in the host (`RangeError`). */
  static readonly layer = (ring: WebhookKeyring): Layer.Layer<WebhookKeys> =>
    Layer.effect(
      this,
      Effect.sync(() => make(ring))
    )
}

/** The name of a key in front of what it sealed; names may hold anything, their code holds no full stop. */
const named = (id: string): string => Buffer.from(id, "utf8").toString("base64url")

const make = ({ current, previous = [] }: WebhookKeyring): WebhookKeys["Service"] => {
  const keys = new Map([...previous, current].map(({ id, key }) => [named(id), secretOf(Redacted.value(key))]))
  const sealing = secretOf(Redacted.value(current.key))
  const contextOf = ({ id, tenant }: SecretPlace) => JSON.stringify(["webhook-secret", tenant, id])
  const unreadable = ({ id }: SecretPlace, reason: WebhookSecretUnreadable["reason"]) =>
    Effect.die(new WebhookSecretUnreadable({ endpointId: id, reason }))

  return WebhookKeys.of({
    seal: (place, secret) =>
      Effect.map(seal(sealing, contextOf(place), Redacted.value(secret)), (text) => `${named(current.id)}.${text}`),
    open: (place, sealed) => {
      const end = sealed.indexOf(".")
      const key = keys.get(sealed.slice(0, end))
      if (key === undefined) return unreadable(place, "unknown-key")
      const opened = unseal(key, contextOf(place), sealed.slice(end + 1))
      return Result.isFailure(opened)
        ? unreadable(place, "altered")
        : Effect.succeed(Redacted.make(opened.success, { label: "webhook secret" }))
    }
  })
}
