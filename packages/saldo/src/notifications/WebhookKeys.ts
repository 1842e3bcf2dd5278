import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { SealingKeyring } from "../core/SealingKeyring.ts"
import { makeKeyring } from "../internal/keyring.ts"

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
  static readonly layer = (ring: SealingKeyring): Layer.Layer<WebhookKeys> =>
    Layer.effect(
      this,
      Effect.sync(() => make(ring))
    )
}

const make = (ring: SealingKeyring): WebhookKeys["Service"] => {
  const keyring = makeKeyring(ring)
  const contextOf = ({ id, tenant }: SecretPlace) => JSON.stringify(["webhook-secret", tenant, id])

  return WebhookKeys.of({
    seal: (place, secret) => keyring.seal(contextOf(place), secret),
    open: (place, sealed) => {
      const opened = keyring.open(contextOf(place), sealed, "webhook secret")
      return Result.isSuccess(opened)
        ? Effect.succeed(opened.success)
        : Effect.die(new WebhookSecretUnreadable({ endpointId: place.id, reason: opened.failure }))
    }
  })
}
