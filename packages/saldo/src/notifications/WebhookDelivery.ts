import * as Schema from "effect/Schema"
import { AuditRecordId } from "../audit/AuditRecord.ts"
import * as Id from "../core/Id.ts"
import { WebhookEndpointId } from "./WebhookEndpoint.ts"

/** The id of one attempt to tell an endpoint of an event. */
export const WebhookDeliveryId = Id.schema("delivery")

/** The id of one attempt to tell an endpoint of an event. */
export type WebhookDeliveryId = typeof WebhookDeliveryId.Type

/**
 * What came of an attempt: `pending` was asked for by hand and waits, `delivered` was answered with 2xx, `failed` was not,
 * and `skipped` was passed over by hand or because the trail no longer holds the record.
 */
export const DeliveryOutcome = Schema.Literals(["pending", "delivered", "failed", "skipped"])

/** What came of an attempt. */
export type DeliveryOutcome = typeof DeliveryOutcome.Type

/**
 * Why there is no answer: no address was found, all that were found are refused, the connection failed, nothing came in time,
 * or what came is no HTTP.
 */
export const Unreached = Schema.Literals(["unresolved", "forbidden", "unconnected", "timeout", "garbled"])

/** Why there is no answer. */
export type Unreached = typeof Unreached.Type

/** One attempt to tell an endpoint of an event, as its log shows it. */
export const WebhookDelivery = Schema.Struct({
  id: WebhookDeliveryId,
  tenant: Schema.String,
  endpointId: WebhookEndpointId,
  /** The id of the event, which the receiver sees as `webhook-id`. */
  eventId: AuditRecordId,
  /** The event's number in the tenant's trail. */
  sequence: Schema.Int,
  type: Schema.String,
  /** 1 for the first attempt for the event; 0 for one that was asked for by hand. */
  attempt: Schema.Int,
  /** When it was tried, or asked for. */
  at: Schema.DateTimeUtcFromMillis,
  outcome: DeliveryOutcome,
  /** The status of the answer, if there was one. */
  status: Schema.NullOr(Schema.Int),
  unreached: Schema.NullOr(Unreached),
  durationMs: Schema.Int,
  /** How the answer began: a kilobyte of it at most. */
  answer: Schema.String
})

/** One attempt to tell an endpoint of an event. */
export type WebhookDelivery = typeof WebhookDelivery.Type

/** There is no such attempt in the log of the endpoint. */
export class WebhookDeliveryNotFound extends Schema.TaggedError<WebhookDeliveryNotFound>()(
  "WebhookDeliveryNotFound",
  { endpointId: WebhookEndpointId, deliveryId: WebhookDeliveryId },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `The webhook endpoint ${this.endpointId} has no delivery ${this.deliveryId}, or it is no longer kept`
  }
}

/** Nothing stands in the way of the endpoint, so there is nothing to pass over. */
export class NothingToSkip extends Schema.TaggedError<NothingToSkip>()(
  "NothingToSkip",
  { endpointId: WebhookEndpointId },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `No event of the webhook endpoint ${this.endpointId} has failed, so there is none to pass over`
  }
}
