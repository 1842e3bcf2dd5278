import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { WebhookDelivery } from "saldo/notifications/WebhookDelivery"
import type { StoredWebhook } from "saldo/notifications/WebhookEndpoint"
import { type ClaimedWebhook, WebhookStore } from "saldo/notifications/WebhookStore"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Subject {
  readonly store: WebhookStore["Service"]
  readonly atomic: Atomic["Service"]
  /** A tenant of this run of this check. */
  readonly tenant: string
}

const check = checksOf<Subject, Atomic | WebhookStore>(
  Effect.gen(function* () {
    return { store: yield* WebhookStore, atomic: yield* Atomic, tenant: yield* Id.make("tenant") }
  })
)

const noon = DateTime.makeUnsafe("2026-03-10T12:00:00.123Z")
const later = (seconds: number) => DateTime.add(noon, { seconds })
const standing = { position: 7, attempts: 0, dueAt: noon }
const lease = { at: later(1), until: later(61) }

const webhookOf = (tenant: string, more: Partial<StoredWebhook> = {}) =>
  Effect.map(Id.make("webhook"), (id): StoredWebhook => ({
    id,
    tenant,
    url: "https://example.com/händelser?token=1",
    description: "Bokföring 🏗",
    events: ["banking.*", "ledger.post"],
    state: "active",
    disabledBecause: null,
    version: 1,
    createdAt: noon,
    changedAt: later(1),
    secrets: [
      { sealed: "key.v1.new", until: null },
      { sealed: "key.v1.old", until: later(60) }
    ],
    ...more
  }))

const kept = ({ store, tenant }: Subject, more: Partial<StoredWebhook> = {}) =>
  Effect.tap(webhookOf(tenant, more), (webhook) => store.insert(webhook, standing))

const deliveryOf = ({ id: endpointId, tenant }: StoredWebhook, more: Partial<WebhookDelivery> = {}) =>
  Effect.gen(function* () {
    const delivery: WebhookDelivery = {
      id: yield* Id.make("delivery"),
      tenant,
      endpointId,
      eventId: yield* Id.make("audit"),
      sequence: 8,
      type: "banking.create-payment",
      attempt: 1,
      at: noon,
      outcome: "failed",
      status: 500,
      unreached: null,
      durationMs: 12,
      answer: "Fel på servern ☹",
      ...more
    }
    return delivery
  })

const appended = ({ store }: Subject, webhook: StoredWebhook, more: Partial<WebhookDelivery> = {}) =>
  Effect.tap(deliveryOf(webhook, more), store.append)

const claimed = ({ store }: Subject, { id, tenant }: StoredWebhook): Effect.Effect<ClaimedWebhook> =>
  Effect.map(store.claim(tenant, id, lease), Option.getOrThrow)

const own = (subject: Subject, at: DateTime.Utc) =>
  Effect.map(subject.store.due(at), (all) => all.filter(({ tenant }) => tenant === subject.tenant))

const keeping: ReadonlyArray<Check<Atomic | WebhookStore>> = [
  check("insert", "keeps an endpoint with its standing, in its tenant", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const webhook = yield* kept(subject)
      const disabled = yield* kept(subject, { state: "disabled", disabledBecause: "gone", secrets: [], events: ["*"] })
      expect(yield* store.find(tenant, webhook.id)).toEqual(Option.some({ webhook, standing }))
      expect(yield* store.lock(tenant, disabled.id)).toEqual(Option.some({ webhook: disabled, standing }))
      expect(yield* store.find("elsewhere", webhook.id)).toEqual(Option.none())
      expect(yield* store.lock("elsewhere", webhook.id)).toEqual(Option.none())
      expect(yield* store.count(tenant)).toBe(2)
      expect(Exit.hasDies(yield* Effect.exit(store.insert(webhook, standing)))).toBe(true)
    })
  ),
  check("list", "gives the endpoints of a tenant, the first one first, page by page", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const three = yield* Effect.all([kept(subject), kept(subject), kept(subject)])
      yield* kept({ ...subject, tenant: `${tenant} b` })
      const first = yield* store.list(tenant, { limit: 2 })
      expect(first.items.map(({ webhook }) => webhook)).toEqual(three.slice(0, 2))
      const cursor = yield* Effect.fromOption(Option.fromNullishOr(first.next))
      expect(yield* store.list(tenant, { limit: 2, cursor })).toEqual({
        items: [{ webhook: three[2], standing }],
        next: null
      })
      expect((yield* Effect.flip(store.list(`${tenant} b`, { cursor })))._tag).toBe("CursorMismatch")
    })
  ),
  check("update", "changes what its owner decides, and not how far it has been told", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const webhook = yield* kept(subject)
      const other = yield* kept(subject)
      const { holder } = yield* claimed(subject, webhook)
      const after: StoredWebhook = {
        ...webhook,
        url: "https://example.org/",
        description: "",
        events: ["*"],
        state: "paused",
        version: 2,
        changedAt: later(5),
        secrets: []
      }
      yield* store.update(after)
      expect(yield* store.find(tenant, webhook.id)).toEqual(Option.some({ webhook: after, standing }))
      expect(yield* store.find(tenant, other.id)).toEqual(Option.some({ webhook: other, standing }))
      const noted = yield* store.note(holder, { ...standing, position: 8, leaseUntil: null })
      expect(noted).toEqual(Option.some({ state: "paused", version: 2 }))
    })
  ),
  check("remove", "takes an endpoint away with its log, and says whether it was there", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const [webhook, other] = yield* Effect.all([kept(subject), kept(subject)])
      const gone = yield* appended(subject, webhook)
      const stays = yield* appended(subject, other)
      const { holder } = yield* claimed(subject, webhook)
      expect(yield* store.remove("elsewhere", webhook.id)).toBe(false)
      expect(yield* store.remove(tenant, webhook.id)).toBe(true)
      expect(yield* store.remove(tenant, webhook.id)).toBe(false)
      expect(yield* store.find(tenant, webhook.id)).toEqual(Option.none())
      expect(yield* store.findDelivery(tenant, webhook.id, gone.id)).toEqual(Option.none())
      expect(yield* store.findDelivery(tenant, other.id, stays.id)).toEqual(Option.some(stays))
      expect(yield* store.note(holder, { ...standing, leaseUntil: null, delivery: gone })).toEqual(Option.none())
      expect((yield* store.deliveries(tenant, webhook.id, {})).items).toEqual([])
    })
  )
]

const telling: ReadonlyArray<Check<Atomic | WebhookStore>> = [
  check("due", "finds who is due: active, at the time, held by nobody; the longest due first", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const late = yield* webhookOf(tenant)
      yield* store.insert(late, { position: 3, attempts: 2, dueAt: later(10) })
      const early = yield* kept(subject)
      yield* kept(subject, { state: "paused" })
      yield* kept(subject, { state: "disabled", disabledBecause: "failing" })
      yield* appended(subject, early, { outcome: "pending" })
      yield* appended(subject, late)
      expect(yield* own(subject, later(-1))).toEqual([])
      const first = { tenant, id: early.id, position: 7, hasPending: true }
      expect(yield* own(subject, noon)).toEqual([first])
      expect(yield* own(subject, later(10))).toEqual([first, { tenant, id: late.id, position: 3, hasPending: false }])
      yield* claimed(subject, early)
      expect((yield* own(subject, later(10))).map(({ id }) => id)).toEqual([late.id])
      expect((yield* own(subject, lease.until)).map(({ id }) => id)).toEqual([early.id, late.id])
    })
  ),
  check("claim", "lets one hold an endpoint that is due until the lease ends", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const webhook = yield* kept(subject)
      const paused = yield* kept(subject, { state: "paused" })
      const claim = (at: DateTime.Utc, id = webhook.id) => store.claim(tenant, id, { at, until: lease.until })
      expect(yield* claim(later(-1))).toEqual(Option.none())
      expect(yield* claim(later(1), paused.id)).toEqual(Option.none())
      expect(yield* store.claim("elsewhere", webhook.id, lease)).toEqual(Option.none())
      const first = Option.getOrThrow(yield* claim(later(1)))
      expect(first).toMatchObject({ webhook, standing, holder: { tenant, id: webhook.id } })
      expect(yield* claim(later(60))).toEqual(Option.none())
      const second = Option.getOrThrow(yield* claim(later(61)))
      expect(second.holder.fence).toBeGreaterThan(first.holder.fence)
      expect(yield* store.note(first.holder, { ...standing, position: 9, leaseUntil: null })).toEqual(Option.none())
      expect(Option.isSome(yield* store.note(second.holder, { ...standing, leaseUntil: null }))).toBe(true)
      expect(Option.isSome(yield* claim(later(2)))).toBe(true)
    })
  ),
  check("one-wins", "gives an endpoint to one of those who claim it at the same time", (subject) =>
    Effect.gen(function* () {
      const { id, tenant } = yield* kept(subject)
      const won = yield* Effect.forEach([1, 2, 3, 4, 5, 6], () => subject.store.claim(tenant, id, lease), {
        concurrency: "unbounded"
      })
      expect(won.filter(Option.isSome).length).toBe(1)
    })
  ),
  check(
    "note",
    "notes how far the holder came together with what it tried, again in place of what was pending",
    (subject) =>
      Effect.gen(function* () {
        const { store, tenant } = subject
        const webhook = yield* kept(subject)
        const { holder } = yield* claimed(subject, webhook)
        const pending = yield* appended(subject, webhook, { outcome: "pending", attempt: 0, status: null, answer: "" })
        expect(yield* store.pending(tenant, webhook.id, 10)).toEqual([pending])
        const made: WebhookDelivery = { ...pending, outcome: "failed", unreached: "timeout", durationMs: 15_000 }
        const at = { position: 8, attempts: 3, dueAt: later(300) }
        const noted = yield* store.note(holder, { ...at, leaseUntil: later(120), delivery: made })
        expect(noted).toEqual(Option.some({ state: "active", version: 1 }))
        expect(yield* store.find(tenant, webhook.id)).toEqual(Option.some({ webhook, standing: at }))
        expect(yield* store.findDelivery(tenant, webhook.id, made.id)).toEqual(Option.some(made))
        expect(yield* store.pending(tenant, webhook.id, 10)).toEqual([])
        const stale = yield* deliveryOf(webhook)
        const former = { ...holder, fence: holder.fence - 1 }
        expect(yield* store.note(former, { ...standing, leaseUntil: null, delivery: stale })).toEqual(Option.none())
        expect(yield* store.findDelivery(tenant, webhook.id, stale.id)).toEqual(Option.none())
        expect(yield* store.find(tenant, webhook.id)).toEqual(Option.some({ webhook, standing: at }))
      })
  ),
  check("restart", "sets the standing and takes the endpoint from whoever holds it", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const webhook = yield* kept(subject)
      const { holder } = yield* claimed(subject, webhook)
      const at = { position: 20, attempts: 0, dueAt: later(1) }
      yield* store.restart(tenant, webhook.id, at)
      expect(yield* store.find(tenant, webhook.id)).toEqual(Option.some({ webhook, standing: at }))
      expect(yield* store.note(holder, { ...standing, leaseUntil: null })).toEqual(Option.none())
      expect(Option.isSome(yield* store.claim(tenant, webhook.id, lease))).toBe(true)
    })
  )
]

const logging: ReadonlyArray<Check<Atomic | WebhookStore>> = [
  check("log", "gives the log of an endpoint, the latest first, page by page", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const [webhook, other] = yield* Effect.all([kept(subject), kept(subject)])
      const three = yield* Effect.all([
        appended(subject, webhook),
        appended(subject, webhook, { outcome: "delivered", status: 204, answer: "" }),
        appended(subject, webhook, { outcome: "pending", attempt: 0, status: null, unreached: "forbidden" })
      ])
      yield* appended(subject, other)
      const first = yield* store.deliveries(tenant, webhook.id, { limit: 2 })
      expect(first.items).toEqual(three.toReversed().slice(0, 2))
      const cursor = yield* Effect.fromOption(Option.fromNullishOr(first.next))
      expect(yield* store.deliveries(tenant, webhook.id, { limit: 2, cursor })).toEqual({
        items: three.slice(0, 1),
        next: null
      })
      expect((yield* Effect.flip(store.deliveries(tenant, other.id, { cursor })))._tag).toBe("CursorMismatch")
      expect(yield* store.findDelivery(tenant, other.id, three[0].id)).toEqual(Option.none())
      expect(yield* store.findDelivery("elsewhere", webhook.id, three[0].id)).toEqual(Option.none())
      expect((yield* store.deliveries("elsewhere", webhook.id, {})).items).toEqual([])
    })
  ),
  check("forget", "removes old attempts from the log, so many at once, and none that waits", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const webhook = yield* kept(subject)
      // Older than what any other check keeps.
      const at = (hours: number) => DateTime.add(DateTime.makeUnsafe("1999-01-01T00:00:00Z"), { hours })
      const waits = yield* appended(subject, webhook, { at: at(0), outcome: "pending" })
      yield* appended(subject, webhook, { at: at(1) })
      yield* appended(subject, webhook, { at: at(2) })
      const young = yield* appended(subject, webhook, { at: at(3) })
      expect(yield* store.forget(at(3), 1)).toBe(1)
      expect(yield* store.forget(at(3), 10)).toBe(1)
      expect(yield* store.forget(at(3), 10)).toBe(0)
      expect((yield* store.deliveries(tenant, webhook.id, {})).items).toEqual([young, waits])
      yield* store.remove(tenant, webhook.id)
    })
  ),
  check("rollback", "joins a running transaction, and is undone with it", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const [webhook, other] = yield* Effect.all([kept(subject), kept(subject)])
      const draft = yield* webhookOf(tenant)
      const delivery = yield* deliveryOf(webhook)
      const { holder } = yield* claimed(subject, webhook)
      yield* Effect.gen(function* () {
        yield* store.lock(tenant, webhook.id)
        yield* store.insert(draft, standing)
        yield* store.update({ ...webhook, state: "paused" })
        yield* store.note(holder, { ...standing, position: 9, leaseUntil: null, delivery })
        yield* store.remove(tenant, other.id)
        return yield* Effect.fail("refused")
      }).pipe(atomic.runLocking, Effect.flip)
      expect(yield* store.find(tenant, webhook.id)).toEqual(Option.some({ webhook, standing }))
      expect(yield* store.find(tenant, other.id)).toEqual(Option.some({ webhook: other, standing }))
      expect(yield* store.find(tenant, draft.id)).toEqual(Option.none())
      expect(yield* store.findDelivery(tenant, webhook.id, delivery.id)).toEqual(Option.none())
    })
  )
]

/** What every `WebhookStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<Atomic | WebhookStore>> = [...keeping, ...telling, ...logging]

/** Runs the conformance suite against one store. */
export const suite = <E>(name: string, layer: Layer.Layer<Atomic | WebhookStore, E>, options?: SuiteOptions): void =>
  register("WebhookStore", checks, name, layer, options)
