import * as Schema from "effect/Schema"
import * as Id from "../core/Id.ts"

/** The id of a webhook endpoint. */
export const WebhookEndpointId = Id.schema("webhook")

/** The id of a webhook endpoint. */
export type WebhookEndpointId = typeof WebhookEndpointId.Type

/** The events that an endpoint wants: an action such as `banking.create-payment`, a domain as `banking.*`, or all as `*`. */
export const EventPattern = Schema.String.check(
  Schema.isPattern(/^(?:\*|[a-z][a-zA-Z0-9-]*(?:\.[a-z][a-zA-Z0-9-]*)*(?:\.\*|\.[a-z][a-zA-Z0-9-]*))$/u, {
    expected: "an action such as banking.create-payment, banking.* or *"
  }),
  Schema.isMaxLength(100)
)

/** An address as somebody gives it; whether it will do, `webhookUrl` says. */
export const WebhookUrlText = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(2048))

/** What an endpoint is told, and where: what its owner may change. */
export const WebhookTerms = Schema.Struct({
  url: WebhookUrlText,
  /** What people call it; may be empty. */
  description: Schema.String.check(
    Schema.isPattern(/^[^\p{Cc}\p{Cs}]{0,200}$/u, { expected: "at most 200 characters without control characters" })
  ),
  events: Schema.Array(EventPattern).check(Schema.isMinLength(1), Schema.isMaxLength(50))
})

/** What an endpoint is told, and where. */
export type WebhookTerms = typeof WebhookTerms.Type

/**
 * `active` is told of events; `paused` waits because its owner wants so, and `disabled` because it failed for days or said
 * that it is gone. Whatever happens meanwhile is told when it is resumed.
 */
export const WebhookState = Schema.Literals(["active", "paused", "disabled"])

/** Whether an endpoint is told of events. */
export type WebhookState = typeof WebhookState.Type

/** Why an endpoint was disabled: all attempts for one event failed, or it answered 410. */
export const DisabledReason = Schema.Literals(["failing", "gone"])

/** Why an endpoint was disabled. */
export type DisabledReason = typeof DisabledReason.Type

/** An address of somebody else's that is told of what happens in a tenant. */
export const WebhookEndpoint = Schema.Struct({
  id: WebhookEndpointId,
  tenant: Schema.String,
  ...WebhookTerms.fields,
  state: WebhookState,
  /** Null unless it is disabled. */
  disabledBecause: Schema.NullOr(DisabledReason),
  /** Grows with each change. */
  version: Schema.Int,
  createdAt: Schema.DateTimeUtcFromMillis,
  changedAt: Schema.DateTimeUtcFromMillis
})

/** An address of somebody else's that is told of what happens in a tenant. */
export type WebhookEndpoint = typeof WebhookEndpoint.Type

/** A secret under seal; `until` is when it signs no more, and null for the one in force. */
export const SealedWebhookSecret = Schema.Struct({
  sealed: Schema.String,
  until: Schema.NullOr(Schema.DateTimeUtcFromMillis)
})

/** A secret under seal. */
export type SealedWebhookSecret = typeof SealedWebhookSecret.Type

/** An endpoint with the secrets that sign what it gets, the one in force first. */
export const StoredWebhook = Schema.Struct({
  ...WebhookEndpoint.fields,
  secrets: Schema.Array(SealedWebhookSecret)
})

/** An endpoint with the secrets that sign what it gets. */
export type StoredWebhook = typeof StoredWebhook.Type

/**
 * How far an endpoint has been told: everything up to the sequence number `position` of its tenant's trail. `attempts` is how
 * often the event behind that has failed, and `dueAt` when it is tried next.
 */
export const WebhookStanding = Schema.Struct({
  position: Schema.Int,
  attempts: Schema.Int,
  dueAt: Schema.DateTimeUtcFromMillis
})

/** How far an endpoint has been told. */
export type WebhookStanding = typeof WebhookStanding.Type

/** There is no such endpoint. */
export class WebhookNotFound extends Schema.TaggedError<WebhookNotFound>()(
  "WebhookNotFound",
  { endpointId: WebhookEndpointId },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no webhook endpoint ${this.endpointId}`
  }
}

/** Why an address will not do. */
export const UrlProblem = Schema.Literals(["unreadable", "scheme", "credentials", "fragment", "private"])

/** Why an address will not do. */
export type UrlProblem = typeof UrlProblem.Type

const urlRules: Readonly<Record<UrlProblem, string>> = {
  unreadable: "it is no absolute URL",
  scheme: "it does not begin with https://",
  credentials: "it holds a user name or a password",
  fragment: "it holds a fragment, which is never sent",
  private: "it names an address that is not of the public internet"
}

/** The address will not do. */
export class WebhookUrlRefused extends Schema.TaggedError<WebhookUrlRefused>()(
  "WebhookUrlRefused",
  { problem: UrlProblem },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The address cannot be told of events: ${urlRules[this.problem]}; give one such as https://example.com/events`
  }
}

/** The tenant has as many endpoints as it may have. */
export class TooManyWebhooks extends Schema.TaggedError<TooManyWebhooks>()(
  "TooManyWebhooks",
  { limit: Schema.Int },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `There are ${this.limit} webhook endpoints, and there may be no more; remove one first`
  }
}

/** What was asked for does not fit the state that the endpoint is in. */
export class WebhookStateUnfit extends Schema.TaggedError<WebhookStateUnfit>()(
  "WebhookStateUnfit",
  { endpointId: WebhookEndpointId, state: WebhookState },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The webhook endpoint ${this.endpointId} is ${this.state}, which does not allow this`
  }
}
