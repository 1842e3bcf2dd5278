/**
 * Webhooks in an open Saldo: what they need from its host, and what they do.
 */
import type * as Deliveries from "../../notifications/WebhookDelivery.ts"
import type * as Endpoints from "../../notifications/WebhookEndpoint.ts"
import type * as Acts from "../../notifications/Webhooks.ts"
import type { BankKeys } from "./bank.ts"
import type { CallOptions, Keyed, Page, PageOptions } from "./callOptions.ts"
import type { Plain } from "./plain.ts"

/** What webhooks need from their host; what is left out is as usual. */
export interface WebhooksOptions {
  /** What seals the secrets that sign messages: from your key management, and never from the database. */
  readonly keys: Omit<BankKeys, "index">
  /** Whether addresses may begin with `http://`, for tests and closed networks; they may not when left out. */
  readonly allowHttp?: boolean
  /** Ranges that may be called although they are not public, such as `10.2.0.0/16`; none when left out. */
  readonly allowedRanges?: ReadonlyArray<string>
  /** How many endpoints a tenant may have; 50 when left out. */
  readonly maxEndpoints?: number
  /** How long attempts are kept in the log; 30 days when left out. */
  readonly keepLogDays?: number
}

/** What an endpoint is told, and where. */
export type WebhookTerms = Plain<Endpoints.WebhookTerms>
/** An address outside that is told of what happens in a tenant. */
export type WebhookEndpoint = Plain<Endpoints.WebhookEndpoint>
/** An endpoint, and how far it has been told. */
export type WebhookStatus = Plain<Acts.WebhookStatus>
/** An endpoint and the secret that signs what it gets, which is shown in this answer alone. */
export type WebhookWithSecret = Plain<Acts.WebhookWithSecret>
/** One attempt to tell an endpoint of an event. */
export type WebhookDelivery = Plain<Deliveries.WebhookDelivery>
/** An act on an endpoint. */
export type OnWebhook = Keyed<{ readonly endpointId: string }>

/**
 * The addresses outside that are told of what happens in the actor's tenant, with `webhooks:manage`.
 *
 * All reject with `WebhooksMissing` unless `createSaldo` got the option `webhooks`, with `InputInvalid` for what cannot be read,
 * and those on an endpoint with `WebhookNotFound`. What has a `key` happens once for it.
 */
export interface Webhooks {
  /** Registers an endpoint, and shows its secret. Rejects with `WebhookUrlRefused`, `TooManyWebhooks`. */
  readonly register: (webhook: Keyed<WebhookTerms>, options?: CallOptions) => Promise<WebhookWithSecret>
  /** Puts other terms in place of the endpoint's. Rejects with `WebhookUrlRefused`. */
  readonly change: (
    act: OnWebhook & { readonly terms: WebhookTerms },
    options?: CallOptions
  ) => Promise<WebhookEndpoint>
  /** Makes a new secret, and shows it; the one before signs beside it for 24 hours, or as long as is said. */
  readonly rotateSecret: (
    act: OnWebhook & { readonly overlapHours?: number },
    options?: CallOptions
  ) => Promise<WebhookWithSecret>
  /** Tells the endpoint nothing until it is resumed. Rejects with `WebhookStateUnfit`. */
  readonly pause: (act: OnWebhook, options?: CallOptions) => Promise<WebhookEndpoint>
  /** Tells a paused or disabled endpoint again, from where it stopped. Rejects with `WebhookStateUnfit`. */
  readonly resume: (act: OnWebhook, options?: CallOptions) => Promise<WebhookEndpoint>
  /** Passes over the event that the endpoint does not take. Rejects with `NothingToSkip`. */
  readonly skip: (act: OnWebhook, options?: CallOptions) => Promise<WebhookEndpoint>
  /** Takes the endpoint away, with its log. */
  readonly remove: (act: OnWebhook, options?: CallOptions) => Promise<void>
  /** Has the event of a delivery told once more. Rejects with `WebhookDeliveryNotFound`, `WebhookStateUnfit`. */
  readonly redeliver: (
    act: OnWebhook & { readonly deliveryId: string },
    options?: CallOptions
  ) => Promise<WebhookDelivery>
  readonly find: (id: string, options?: CallOptions) => Promise<WebhookStatus>
  /** The endpoints of the tenant, the first one first. */
  readonly list: (options?: PageOptions) => Promise<Page<WebhookStatus>>
  /** The attempts of an endpoint, the latest first. */
  readonly deliveries: (id: string, options?: PageOptions) => Promise<Page<WebhookDelivery>>
  /** Gives all endpoints that are due a turn, of all tenants, and says how many attempts were made; workers do so each second. */
  readonly tell: (options?: CallOptions) => Promise<number>
  /** Takes away what has been in the log for long enough, of all tenants, and says how much; workers do so each hour. */
  readonly forget: (options?: CallOptions) => Promise<number>
}
