/**
 * The webhooks of an open Saldo.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Actor } from "../../core/Actor.ts"
import { CommandKey } from "../../core/Command.ts"
import { Idempotency } from "../../core/Idempotency.ts"
import { WebhookDeliveryId } from "../../notifications/WebhookDelivery.ts"
import { WebhookDispatch } from "../../notifications/WebhookDispatch.ts"
import { WebhookEndpointId, WebhookTerms } from "../../notifications/WebhookEndpoint.ts"
import { WebhookKeys } from "../../notifications/WebhookKeys.ts"
import { webhooksPermission } from "../../notifications/WebhookPolicy.ts"
import { Webhooks as WebhooksUseCase } from "../../notifications/Webhooks.ts"
import { WebhookSender } from "../../notifications/WebhookSender.ts"
import { WebhooksMissing } from "./callOptions.ts"
import type { Calls } from "./calls.ts"
import { sealingRing } from "./keyRing.ts"
import { inWhole, pageOf, reader } from "./reading.ts"
import type { Webhooks, WebhooksOptions } from "./webhooks.ts"

const Count = Schema.Int.check(Schema.isGreaterThan(0))

const readPolicy = reader(
  Schema.Struct({
    allowHttp: Schema.optionalKey(Schema.Boolean),
    allowedRanges: Schema.optionalKey(Schema.Array(Schema.String)),
    maxEndpoints: Schema.optionalKey(Count),
    keepLogDays: Schema.optionalKey(Count)
  })
)

/** Webhooks by the options of a host, on the stores of an open Saldo. */
export const webhooksLayer = ({ keys, ...rules }: WebhooksOptions) =>
  Layer.unwrap(
    Effect.map(readPolicy(rules).pipe(inWhole("/webhooks")), (policy) =>
      Layer.merge(WebhooksUseCase.layerWith(policy), WebhookDispatch.layerWith(policy)).pipe(
        Layer.provide(WebhookSender.layerHttp({ allowedRanges: policy.allowedRanges ?? [] })),
        Layer.provide([WebhookKeys.layer(sealingRing(keys)), Idempotency.layer])
      )
    )
  )

const onEndpoint = { key: CommandKey, endpointId: WebhookEndpointId }

const read = {
  terms: reader(Schema.Struct({ key: CommandKey, ...WebhookTerms.fields })),
  change: reader(Schema.Struct({ ...onEndpoint, terms: WebhookTerms })),
  rotation: reader(
    Schema.Struct({
      ...onEndpoint,
      overlapHours: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 7 * 24 })))
    })
  ),
  onEndpoint: reader(Schema.Struct(onEndpoint)),
  redelivery: reader(Schema.Struct({ ...onEndpoint, deliveryId: WebhookDeliveryId })),
  id: reader(WebhookEndpointId)
}

const offered = <A>(service: Option.Option<A>) =>
  Effect.mapError(Effect.fromOption(service), () => new WebhooksMissing())

const use = <A, E, R>(act: (webhooks: WebhooksUseCase["Service"]) => Effect.Effect<A, E, R>) =>
  Effect.serviceOption(WebhooksUseCase).pipe(Effect.flatMap(offered), Effect.flatMap(act))

/** What the clock does for all tenants, and a person may do who manages webhooks. */
const dispatching = <A, E, R>(act: (dispatch: WebhookDispatch["Service"]) => Effect.Effect<A, E, R>) =>
  Effect.andThen(
    Actor.require(webhooksPermission),
    Effect.serviceOption(WebhookDispatch).pipe(Effect.flatMap(offered), Effect.flatMap(act))
  )

/** The webhooks of an open Saldo. */
export const makeWebhooks = (calls: Calls): Webhooks => ({
  register: calls.reading(read.terms, (known) => use((one) => one.register(known))),
  change: calls.reading(read.change, (known) => use((one) => one.change(known))),
  rotateSecret: calls.reading(read.rotation, (known) => use((one) => one.rotateSecret(known))),
  pause: calls.reading(read.onEndpoint, (known) => use((one) => one.pause(known))),
  resume: calls.reading(read.onEndpoint, (known) => use((one) => one.resume(known))),
  skip: calls.reading(read.onEndpoint, (known) => use((one) => one.skip(known))),
  remove: calls.reading(read.onEndpoint, (known) => use((one) => one.remove(known))),
  redeliver: calls.reading(read.redelivery, (known) => use((one) => one.redeliver(known))),
  find: calls.reading(read.id, (id) => use((one) => one.find(id))),
  list: (options = {}) =>
    calls.run(
      Effect.flatMap(pageOf(options), (page) => use((one) => one.list(page))),
      options
    ),
  deliveries: (id, options = {}) =>
    calls.run(
      Effect.flatMap(Effect.all([read.id(id), pageOf(options)]), (known) => use((one) => one.deliveries(...known))),
      options
    ),
  tell: (options) =>
    calls.run(
      dispatching(({ tellAll }) => tellAll),
      options
    ),
  forget: (options) =>
    calls.run(
      dispatching(({ forget }) => forget),
      options
    )
})
