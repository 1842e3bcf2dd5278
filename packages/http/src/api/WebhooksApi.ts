/**
 * The addresses outside that are told of what happens.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { NotPermitted } from "saldo/core/Actor"
import * as Page from "saldo/core/Page"
import { redacted } from "saldo/core/RedactedSchema"
import {
  NothingToSkip,
  WebhookDelivery,
  WebhookDeliveryId,
  WebhookDeliveryNotFound
} from "saldo/notifications/WebhookDelivery"
import {
  TooManyWebhooks,
  WebhookEndpoint,
  WebhookEndpointId,
  WebhookNotFound,
  WebhookStanding,
  WebhookStateUnfit,
  WebhookTerms,
  WebhookUrlRefused
} from "saldo/notifications/WebhookEndpoint"
import { Authentication } from "./Authentication.ts"
import { problems } from "./Problem.ts"
import { notFoundPage, pageQuery } from "./Read.ts"
import { guardedHeaders, notExecuted, VersionMismatch, writeHeaders } from "./Write.ts"

/** The host of this interface tells nobody of anything. */
export class WebhooksNotOffered extends Schema.TaggedError<WebhooksNotOffered>()(
  "WebhooksNotOffered",
  {},
  { httpApiStatus: 501 }
) {
  override get message(): string {
    return "This server offers no webhooks; its operator has to add them"
  }
}

/** An endpoint as it is shown. */
export const WebhookView = Schema.Struct({
  ...WebhookEndpoint.mapFields(Struct.omit(["tenant"])).mapFields(Struct.map(Schema.toType)).fields
}).annotate({ identifier: "Webhook" })

/** An endpoint and how far it has been told. */
export const WebhookStatusView = Schema.Struct({
  ...WebhookView.fields,
  ...WebhookStanding.mapFields(Struct.map(Schema.toType)).fields
}).annotate({ identifier: "WebhookStatus" })

/** An endpoint and the secret that signs what it gets, which is shown in this answer alone. */
export const WebhookSecretView = Schema.Struct({
  webhook: WebhookView,
  secret: redacted(Schema.String, "webhook secret")
}).annotate({ identifier: "WebhookWithSecret" })

/** One attempt to tell an endpoint of an event. */
export const WebhookDeliveryView = Schema.Struct({
  ...WebhookDelivery.mapFields(Struct.omit(["tenant"])).mapFields(Struct.map(Schema.toType)).fields
}).annotate({ identifier: "WebhookDelivery" })

const params = { webhookId: WebhookEndpointId }
const onWebhook = { params, headers: writeHeaders, success: WebhookView } as const
const acting = [...problems(NotPermitted, WebhookNotFound, WebhooksNotOffered), ...notExecuted] as const

/** The endpoints of webhooks. */
export class WebhooksApi extends HttpApiGroup.make("webhooks")
  .add(
    HttpApiEndpoint.post("register", "/", {
      headers: writeHeaders,
      payload: WebhookTerms,
      success: WebhookSecretView.pipe(HttpApiSchema.status(201)),
      error: [...problems(NotPermitted, WebhookUrlRefused, TooManyWebhooks, WebhooksNotOffered), ...notExecuted]
    }).annotate(OpenApi.Summary, "Register an address to be told of events, and get the secret that signs them"),
    HttpApiEndpoint.get("list", "/", {
      query: pageQuery,
      success: Page.schema(WebhookStatusView),
      error: [...problems(NotPermitted, WebhooksNotOffered), ...notFoundPage]
    }).annotate(OpenApi.Summary, "List webhooks"),
    HttpApiEndpoint.get("find", "/:webhookId", {
      params,
      success: WebhookStatusView,
      error: problems(NotPermitted, WebhookNotFound, WebhooksNotOffered)
    }).annotate(OpenApi.Summary, "Show a webhook and how far it has been told"),
    HttpApiEndpoint.put("change", "/:webhookId", {
      ...onWebhook,
      headers: guardedHeaders,
      payload: WebhookTerms,
      error: [...acting, ...problems(WebhookUrlRefused, VersionMismatch)]
    }).annotate(OpenApi.Summary, "Put other terms in place of the webhook's"),
    HttpApiEndpoint.post("rotateSecret", "/:webhookId/secret", {
      params,
      headers: writeHeaders,
      payload: Schema.Struct({
        /** For how long the secret before goes on signing as well. */
        overlapHours: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 168 }))
      }),
      success: WebhookSecretView,
      error: acting
    }).annotate(OpenApi.Summary, "Make a new secret"),
    HttpApiEndpoint.post("pause", "/:webhookId/pause", {
      ...onWebhook,
      error: [...acting, ...problems(WebhookStateUnfit)]
    }).annotate(OpenApi.Summary, "Tell the webhook nothing until it is resumed"),
    HttpApiEndpoint.post("resume", "/:webhookId/resumption", {
      ...onWebhook,
      error: [...acting, ...problems(WebhookStateUnfit)]
    }).annotate(OpenApi.Summary, "Tell the webhook again, from where it stopped"),
    HttpApiEndpoint.post("skip", "/:webhookId/skip", {
      ...onWebhook,
      error: [...acting, ...problems(NothingToSkip)]
    }).annotate(OpenApi.Summary, "Pass over the event that the webhook does not take"),
    HttpApiEndpoint.delete("remove", "/:webhookId", {
      params,
      headers: writeHeaders,
      success: HttpApiSchema.NoContent,
      error: acting
    }).annotate(OpenApi.Summary, "Remove a webhook and its log"),
    HttpApiEndpoint.get("deliveries", "/:webhookId/deliveries", {
      params,
      query: pageQuery,
      success: Page.schema(WebhookDeliveryView),
      error: [...problems(NotPermitted, WebhookNotFound, WebhooksNotOffered), ...notFoundPage]
    }).annotate(OpenApi.Summary, "List the attempts of a webhook, the latest first"),
    HttpApiEndpoint.post("redeliver", "/:webhookId/deliveries/:deliveryId/redelivery", {
      params: { ...params, deliveryId: WebhookDeliveryId },
      headers: writeHeaders,
      success: WebhookDeliveryView.pipe(HttpApiSchema.status(202)),
      error: [...acting, ...problems(WebhookDeliveryNotFound, WebhookStateUnfit)]
    }).annotate(OpenApi.Summary, "Tell the event of a delivery once more")
  )
  .middleware(Authentication)
  .prefix("/api/v1/webhooks")
  .annotateMerge(
    OpenApi.annotations({ title: "Webhooks", description: "Addresses outside that are told of what happens" })
  ) {}
