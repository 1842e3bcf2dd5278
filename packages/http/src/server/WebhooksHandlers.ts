import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import { Actor } from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import { webhooksPermission } from "saldo/notifications/WebhookPolicy"
import { Webhooks, type WebhookWithSecret } from "saldo/notifications/Webhooks"
import { Api } from "../api/Api.ts"
import { WebhooksNotOffered } from "../api/WebhooksApi.ts"
import { keyed } from "./commands.ts"
import { guarded, tagged } from "./guarded.ts"
import { linked } from "./paging.ts"

const shown = ({ endpoint, secret }: WebhookWithSecret) => ({ webhook: endpoint, secret })

/** Answers about webhooks, which a host without them leaves out. */
export const layer = HttpApiBuilder.group(
  Api,
  "webhooks",
  Effect.fnUntraced(function* (handlers) {
    const found = yield* Effect.serviceOption(Webhooks)
    const atomic = yield* Atomic
    const using = <A, E, R>(call: (webhooks: Webhooks["Service"]) => Effect.Effect<A, E, R>) =>
      Effect.andThen(
        Actor.require(webhooksPermission),
        Effect.suspend((): Effect.Effect<A, E | WebhooksNotOffered, R> =>
          Option.isNone(found) ? Effect.fail(new WebhooksNotOffered()) : call(found.value)
        )
      )
    return handlers.handleAll({
      register: ({ headers, payload }) =>
        using(({ register }) =>
          Effect.map(
            keyed(headers, (key) => register({ ...payload, key })),
            shown
          )
        ),
      list: ({ query }) => using(({ list }) => linked(list(query))),
      find: ({ params }) => using(({ find }) => tagged(find(params.webhookId))),
      change: ({ headers, params, payload }) =>
        using(({ change, find }) =>
          guarded(
            { atomic, find: find(params.webhookId) },
            headers,
            keyed(headers, (key) => change({ key, endpointId: params.webhookId, terms: payload }))
          )
        ),
      rotateSecret: ({ headers, params, payload }) =>
        using(({ rotateSecret }) =>
          Effect.map(
            keyed(headers, (key) => rotateSecret({ ...payload, key, endpointId: params.webhookId })),
            shown
          )
        ),
      pause: ({ headers, params }) =>
        using(({ pause }) => tagged(keyed(headers, (key) => pause({ key, endpointId: params.webhookId })))),
      resume: ({ headers, params }) =>
        using(({ resume }) => tagged(keyed(headers, (key) => resume({ key, endpointId: params.webhookId })))),
      skip: ({ headers, params }) =>
        using(({ skip }) => tagged(keyed(headers, (key) => skip({ key, endpointId: params.webhookId })))),
      remove: ({ headers, params }) =>
        using(({ remove }) => keyed(headers, (key) => remove({ key, endpointId: params.webhookId }))),
      deliveries: ({ params, query }) => using(({ deliveries }) => linked(deliveries(params.webhookId, query))),
      redeliver: ({ headers, params }) =>
        using(({ redeliver }) =>
          keyed(headers, (key) => redeliver({ key, endpointId: params.webhookId, deliveryId: params.deliveryId }))
        )
    })
  })
)
