/** The commands on webhooks as they are remembered: secrets are in no input, and in an outcome only under seal. */
import * as Schema from "effect/Schema"
import * as Command from "../../core/Command.ts"
import { NothingToSkip, WebhookDelivery, WebhookDeliveryId, WebhookDeliveryNotFound } from "../WebhookDelivery.ts"
import {
  StoredWebhook,
  TooManyWebhooks,
  WebhookEndpointId,
  WebhookNotFound,
  WebhookStateUnfit,
  WebhookTerms,
  WebhookUrlRefused
} from "../WebhookEndpoint.ts"

/** An endpoint registered. */
export const RegisterWebhook = Command.make({
  operation: "notifications.register-webhook",
  input: WebhookTerms,
  success: StoredWebhook,
  refusal: Schema.Union([WebhookUrlRefused, TooManyWebhooks])
})

/** Other terms put in place of an endpoint's. */
export const ChangeWebhook = Command.make({
  operation: "notifications.change-webhook",
  input: Schema.Struct({ endpointId: WebhookEndpointId, terms: WebhookTerms }),
  success: StoredWebhook,
  refusal: Schema.Union([WebhookNotFound, WebhookUrlRefused])
})

/** A new secret put in force. */
export const RotateWebhookSecret = Command.make({
  operation: "notifications.rotate-webhook-secret",
  input: Schema.Struct({ endpointId: WebhookEndpointId, overlapHours: Schema.Int }),
  success: StoredWebhook,
  refusal: WebhookNotFound
})

const onEndpoint = (verb: "pause" | "resume" | "skip") => ({
  operation: `notifications.${verb}-webhook`,
  input: Schema.Struct({ endpointId: WebhookEndpointId }),
  success: StoredWebhook
})

/** An endpoint told nothing for the time being. */
export const PauseWebhook = Command.make({
  ...onEndpoint("pause"),
  refusal: Schema.Union([WebhookNotFound, WebhookStateUnfit])
})

/** An endpoint told again. */
export const ResumeWebhook = Command.make({
  ...onEndpoint("resume"),
  refusal: Schema.Union([WebhookNotFound, WebhookStateUnfit])
})

/** The event that an endpoint does not take passed over. */
export const SkipWebhookEvent = Command.make({
  ...onEndpoint("skip"),
  refusal: Schema.Union([WebhookNotFound, NothingToSkip])
})

/** An endpoint removed. */
export const RemoveWebhook = Command.make({
  operation: "notifications.remove-webhook",
  input: Schema.Struct({ endpointId: WebhookEndpointId }),
  success: Schema.Struct({ removed: Schema.Literal(true) }),
  refusal: WebhookNotFound
})

/** An event to be told once more. */
export const RedeliverWebhook = Command.make({
  operation: "notifications.redeliver-webhook",
  input: Schema.Struct({ endpointId: WebhookEndpointId, deliveryId: WebhookDeliveryId }),
  success: WebhookDelivery,
  refusal: Schema.Union([WebhookNotFound, WebhookDeliveryNotFound, WebhookStateUnfit])
})
