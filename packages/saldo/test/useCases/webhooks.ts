/** The endpoints of a tenant, and what they are told. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { AuditTrail } from "saldo/audit/AuditTrail"
import type { WebhookEndpointId } from "saldo/notifications/WebhookEndpoint"
import { WebhookDispatch } from "saldo/notifications/WebhookDispatch"
import { Webhooks } from "saldo/notifications/Webhooks"
import { anew, type Call, inner, key, own, type UseCase } from "./everything.ts"

const tenant = "bank"
const terms = { url: "https://example.com/events", description: "Accounting", events: ["*"] }

const using = <A, E, R>(call: (webhooks: Webhooks["Service"]) => Effect.Effect<A, E, R>) => Webhooks.use(call)

const registering = using(({ register }) => register({ key: key("registered"), ...terms }))

const registered = Effect.map(registering, ({ endpoint }) => endpoint.id)

const seal = AuditTrail.use((trail) => trail.seal(tenant))

/** An endpoint that an event waits for: that of its own registration. */
const due = Effect.tap(registered, () => seal)

/** An endpoint that has been told of an event, and the attempt. */
const told = Effect.gen(function* () {
  const endpointId = yield* due
  yield* WebhookDispatch.use(({ tell }) => tell(tenant, endpointId))
  const { items } = yield* using(({ deliveries }) => deliveries(endpointId))
  const [delivery] = items
  return { endpointId, deliveryId: Option.getOrThrow(Option.fromNullishOr(delivery)).id }
})

const paused = Effect.tap(registered, (endpointId) => using(({ pause }) => pause({ key: key("paused"), endpointId })))

/** An endpoint that has not taken an event, which the sender in memory never brings about. */
const failing = Effect.tap(due, (endpointId) =>
  using(({ change }) =>
    change({ key: key("broken"), endpointId, terms: { ...terms, url: "https://failing.example/events" } })
  ).pipe(Effect.andThen(seal), Effect.andThen(WebhookDispatch.use(({ tell }) => tell(tenant, endpointId))))
)

/** What is done with an endpoint. */
const on = (call: (webhooks: Webhooks["Service"], endpointId: WebhookEndpointId) => Call) =>
  own(registered, (id) => using((all) => call(all, id)))

export const webhooks: UseCase = {
  methods: Webhooks.useSync(Object.keys),
  reads: {
    find: on(({ find }, id) => find(id)),
    list: own(registered, () => using(({ list }) => list())),
    deliveries: own(told, ({ endpointId }) => using(({ deliveries }) => deliveries(endpointId)))
  },
  writes: {
    register: anew(registering),
    change: on(({ change }, endpointId) =>
      change({ key: key("1"), endpointId, terms: { ...terms, events: ["banking.*"] } })
    ),
    rotateSecret: on(({ rotateSecret }, endpointId) => rotateSecret({ key: key("1"), endpointId })),
    pause: on(({ pause }, endpointId) => pause({ key: key("1"), endpointId })),
    resume: own(paused, (endpointId) => using(({ resume }) => resume({ key: key("1"), endpointId }))),
    skip: own(failing, (endpointId) => using(({ skip }) => skip({ key: key("1"), endpointId }))),
    remove: on(({ remove }, endpointId) => remove({ key: key("1"), endpointId })),
    redeliver: own(told, (about) => using(({ redeliver }) => redeliver({ key: key("1"), ...about })))
  }
}

export const webhookDispatch: UseCase = {
  methods: WebhookDispatch.useSync(Object.keys),
  reads: {
    due: inner(due, () => WebhookDispatch.use((dispatch) => dispatch.due(10))),
    // How far an endpoint has been told is no act, and stands in its log; what disables one is an act, and is recorded with it.
    tell: inner(due, (id) => WebhookDispatch.use(({ tell }) => tell(tenant, id))),
    tellAll: inner(due, () => WebhookDispatch.use((dispatch) => dispatch.tellAll)),
    forget: inner(told, () => WebhookDispatch.use(({ forget }) => forget))
  },
  writes: {}
}
