/**
 * One turn of a webhook endpoint: it is told event by event, and each step is noted before the next one.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { AuditRecord } from "../../audit/AuditRecord.ts"
import type { AuditStore } from "../../audit/AuditStore.ts"
import type { AuditTrail } from "../../audit/AuditTrail.ts"
import { asSystem } from "../../core/Actor.ts"
import type { Atomic } from "../../core/Atomic.ts"
import * as Id from "../../core/Id.ts"
import type { WebhookDelivery } from "../WebhookDelivery.ts"
import type { DisabledReason, StoredWebhook, WebhookEndpointId, WebhookStanding } from "../WebhookEndpoint.ts"
import type { WebhookKeys } from "../WebhookKeys.ts"
import { isEventFor, payloadOf } from "../webhookPayload.ts"
import type { WebhookPolicy } from "../WebhookPolicy.ts"
import { asksForPause, pauseMs } from "../webhookRetries.ts"
import type { SendOutcome, WebhookSender } from "../WebhookSender.ts"
import { sign } from "../webhookSignature.ts"
import type { WebhookHolder, WebhookStore } from "../WebhookStore.ts"

/** What the telling counts. */
export const metrics = {
  attempts: Metric.counter("saldo_webhook_attempts", {
    description: "Attempts to tell webhook endpoints of events, by outcome",
    incremental: true
  }),
  duration: Metric.histogram("saldo_webhook_duration_seconds", {
    description: "How long webhook endpoints took to answer, or not to",
    boundaries: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]
  }),
  disabled: Metric.counter("saldo_webhook_disabled", {
    description: "Webhook endpoints that were disabled, by reason",
    incremental: true
  }),
  behind: Metric.gauge("saldo_webhook_behind", {
    description:
      "How many records of the trail the endpoint that is furthest behind has before it, of those that are due"
  })
} as const

/** What turns are made of. */
export interface Ground {
  readonly policy: WebhookPolicy
  readonly store: WebhookStore["Service"]
  readonly keys: WebhookKeys["Service"]
  readonly sender: WebhookSender["Service"]
  readonly trail: AuditStore["Service"]
  readonly audit: AuditTrail["Service"]
  readonly atomic: Atomic["Service"]
}

/** An endpoint in its turn. */
interface Turn {
  readonly ground: Ground
  readonly holder: WebhookHolder
  readonly webhook: StoredWebhook
  readonly endsAt: number
  /** How far the endpoint has come. */
  standing: WebhookStanding
  /** Whether anything waits to be noted. */
  isNoted: boolean
  attempts: number
}

/** How many links of the trail are read at once. */
const batch = 100

/** What happened, in the words of the log and of the retries. */
interface Told {
  readonly delivery: WebhookDelivery
  readonly retryAfterMs: number
}

const isTaken = (outcome: SendOutcome): boolean =>
  outcome._tag === "Answered" && outcome.status >= 200 && outcome.status < 300

/** `Retry-After` (RFC 9110) as milliseconds from now: seconds, or a date. */
const retryAfterOf = (outcome: SendOutcome, now: DateTime.Utc): number => {
  if (outcome._tag === "Unreached" || outcome.retryAfter === null || !asksForPause(outcome.status)) return 0
  const text = outcome.retryAfter.trim()
  if (/^\d{1,9}$/u.test(text)) return Number(text) * 1000
  const date = DateTime.make(text)
  return Option.isSome(date) ? Math.max(0, date.value.epochMilliseconds - now.epochMilliseconds) : 0
}

/** Sends an event once, and says what came of it. */
const tellOnce = Effect.fn("WebhookDispatch.attempt")(function* (
  { ground: { keys, sender }, webhook }: Turn,
  record: AuditRecord,
  delivery: Pick<WebhookDelivery, "attempt" | "id" | "sequence">
) {
  // A trace of the request that caused the event is found by these.
  const { correlationId, requestId } = record
  yield* Effect.annotateCurrentSpan({
    eventId: record.id,
    ...(requestId === null ? {} : { requestId }),
    ...(correlationId === null ? {} : { correlationId })
  })
  const at = yield* DateTime.now
  const inForce = webhook.secrets.filter(({ until }) => until === null || DateTime.isGreaterThan(until, at))
  const secrets = yield* Effect.forEach(inForce, ({ sealed }) => keys.open(webhook, sealed))
  const body = payloadOf(record, DateTime.formatIso(record.recordedAt))
  const timestamp = Math.floor(at.epochMilliseconds / 1000)
  const headers = {
    "webhook-id": record.id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": sign(secrets.map(Redacted.value), { id: record.id, timestamp, body })
  }
  const outcome = yield* sender.send({ url: webhook.url, headers, body })
  const now = yield* DateTime.now
  const durationMs = Math.max(0, now.epochMilliseconds - at.epochMilliseconds)
  const taken = isTaken(outcome)
  yield* Metric.update(Metric.withAttributes(metrics.attempts, { outcome: taken ? "delivered" : "failed" }), 1)
  yield* Metric.update(metrics.duration, durationMs / 1000)
  const told: Told = {
    retryAfterMs: retryAfterOf(outcome, now),
    delivery: {
      ...delivery,
      tenant: webhook.tenant,
      endpointId: webhook.id,
      eventId: record.id,
      type: record.action,
      at,
      outcome: taken ? "delivered" : "failed",
      status: outcome._tag === "Answered" ? outcome.status : null,
      unreached: outcome._tag === "Unreached" ? outcome.reason : null,
      durationMs,
      answer: outcome._tag === "Answered" ? outcome.answer : ""
    }
  }
  return told
})

/** Notes how far the turn has come and what it tried; `false` when the turn is over because somebody else decides now. */
const note = (turn: Turn, standing: WebhookStanding, delivery?: WebhookDelivery) =>
  Effect.gen(function* () {
    const { ground, holder, webhook } = turn
    const leaseUntil = DateTime.add(yield* DateTime.now, { milliseconds: ground.policy.leaseMs })
    const progress = { ...standing, leaseUntil, ...(delivery === undefined ? {} : { delivery }) }
    const noted = yield* ground.store.note(holder, progress)
    turn.standing = standing
    turn.isNoted = true
    return Option.isSome(noted) && noted.value.state === "active" && noted.value.version === webhook.version
  })

/** Notes the last attempt and disables the endpoint, together with the record that says so. */
const disable = (turn: Turn, standing: WebhookStanding, delivery: WebhookDelivery, reason: DisabledReason) =>
  Effect.gen(function* () {
    const { atomic, audit, store } = turn.ground
    const { id, tenant } = turn.holder
    const disabling = Effect.gen(function* () {
      const noted = yield* store.note(turn.holder, { ...standing, leaseUntil: null, delivery })
      const found = yield* store.lock(tenant, id)
      if (Option.isNone(noted) || Option.isNone(found) || found.value.webhook.state !== "active") return
      const { webhook } = found.value
      yield* store.update({
        ...webhook,
        state: "disabled",
        disabledBecause: reason,
        version: webhook.version + 1,
        changedAt: yield* DateTime.now
      })
      yield* audit.recordSecurity({
        action: "notifications.disable-webhook",
        subject: { type: "webhook", id },
        changes: [
          { path: "/state", redaction: "public", before: webhook.state, after: "disabled" },
          { path: "/disabledBecause", redaction: "public", before: null, after: reason }
        ]
      })
      yield* atomic.afterCommit(Metric.update(Metric.withAttributes(metrics.disabled, { reason }), 1))
    })
    yield* atomic.runLocking(disabling).pipe(asSystem(tenant))
    turn.standing = standing
    turn.isNoted = true
  })

/** Says of an event that the endpoint did not take when it is tried next, or that it is not. */
const putOff = Effect.fnUntraced(function* (turn: Turn, { delivery, retryAfterMs }: Told) {
  const { attempt, sequence, status } = delivery
  const now = yield* DateTime.now
  const pause = pauseMs(attempt, yield* Random.next, retryAfterMs, turn.ground.policy.pausesMs)
  const standing = {
    position: sequence - 1,
    attempts: attempt,
    dueAt: DateTime.add(now, { milliseconds: pause ?? 0 })
  }
  if (status === 410) return yield* disable(turn, standing, delivery, "gone")
  if (pause === undefined) return yield* disable(turn, standing, delivery, "failing")
  return yield* note(turn, standing, delivery)
})

/** Tells what was asked for by hand, each once, and says whether the turn goes on. */
const tellPending = Effect.fnUntraced(function* (turn: Turn) {
  const { store, trail } = turn.ground
  const { id, tenant } = turn.holder
  for (const asked of yield* store.pending(tenant, id, batch)) {
    const record = yield* trail.find(tenant, asked.eventId)
    const at = yield* DateTime.now
    // What the trail no longer holds cannot be told.
    const made: WebhookDelivery = Option.isNone(record)
      ? { ...asked, at, outcome: "skipped" }
      : (yield* tellOnce(turn, record.value, asked)).delivery
    turn.attempts += Option.isNone(record) ? 0 : 1
    if (!(yield* note(turn, turn.standing, made))) return false
  }
  return true
})

/** Tells the events behind the position, until one fails, none is left, or it is the turn of others. */
const tellNext = Effect.fnUntraced(function* (turn: Turn) {
  const { policy, trail } = turn.ground
  const { tenant } = turn.holder
  while (true) {
    const links = yield* Stream.runCollect(Stream.take(trail.sealed(tenant, turn.standing.position), batch))
    for (const { record, sequence } of links) {
      const { attempts } = turn.standing
      if (record === null || !isEventFor(turn.webhook.events, record)) {
        turn.standing = { position: sequence, attempts: 0, dueAt: turn.standing.dueAt }
        turn.isNoted = false
        continue
      }
      const isOver = turn.attempts >= policy.turnEvents || (yield* Clock.currentTimeMillis) >= turn.endsAt
      if (isOver && turn.attempts > 0) return
      const told = yield* tellOnce(turn, record, { id: yield* Id.make("delivery"), sequence, attempt: attempts + 1 })
      turn.attempts += 1
      if (told.delivery.outcome !== "delivered") return yield* putOff(turn, told)
      const standing = { position: sequence, attempts: 0, dueAt: yield* DateTime.now }
      if (!(yield* note(turn, standing, told.delivery))) return
    }
    if (links.length < batch) return
    // A long way without an event is noted now and then, so that nobody has to go it twice.
    if (!turn.isNoted && !(yield* note(turn, turn.standing))) return
  }
})

/** Ends a turn, also one that is interrupted, so that the next one need not wait for the lease to end. */
const release = ({ ground, holder, standing }: Turn) =>
  Effect.gen(function* () {
    // Whoever had a turn is due after those who have not, unless it is told when to come back.
    const dueAt = standing.attempts > 0 ? standing.dueAt : yield* DateTime.now
    yield* ground.store.note(holder, { ...standing, dueAt, leaseUntil: null })
  }).pipe(
    Effect.catchCause((cause) =>
      Effect.logWarning("A webhook endpoint was not let go and gets its next turn when the lease is over", cause)
    )
  )

const begin = Effect.fnUntraced(function* (ground: Ground, tenant: string, id: WebhookEndpointId) {
  const { leaseMs, turnMs } = ground.policy
  const at = yield* DateTime.now
  const claimed = yield* ground.store.claim(tenant, id, { at, until: DateTime.add(at, { milliseconds: leaseMs }) })
  return Option.map(claimed, ({ holder, standing, webhook }): Turn => ({
    ground,
    holder,
    webhook,
    endsAt: at.epochMilliseconds + turnMs,
    standing,
    isNoted: true,
    attempts: 0
  }))
})

/** Gives an endpoint its turn unless another process does, and says how many attempts it made. */
export const takeTurn = (ground: Ground, tenant: string, id: WebhookEndpointId) =>
  Effect.acquireUseRelease(
    begin(ground, tenant, id),
    Option.match({
      onNone: () => Effect.succeed(0),
      onSome: (turn) =>
        Effect.gen(function* () {
          if (yield* tellPending(turn)) yield* tellNext(turn)
          return turn.attempts
        })
    }),
    Option.match({ onNone: () => Effect.void, onSome: release })
  )
