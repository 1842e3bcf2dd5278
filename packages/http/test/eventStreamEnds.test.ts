import { expect, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { PersonalData } from "saldo/banking/PersonalData"
import * as Actor from "saldo/core/Actor"
import { TrailFeed } from "saldo/notifications/TrailFeed"
import { make } from "../src/client.ts"
import { Authenticator } from "../src/server/Authenticator.ts"
import { eventIdsOf } from "../src/server/eventIds.ts"
import * as http from "../src/http.ts"
import { changesOf, listenTo, type Told } from "./eventStreams.ts"
import { servedWithUsers, signedIn } from "./identityWorld.ts"
import { bank, Served, servedOver, tenant } from "./world.ts"

const sealed = Effect.flatMap(AuditTrail, ({ seal }) => seal(tenant))
const ready = (events: ReadonlyArray<Told>) => events.some(({ data }) => data._tag === "Ready")

/** Something that whoever reads the books hears of. */
const happens = (nth: number | string) =>
  Effect.gen(function* () {
    const { call } = yield* Served
    const body = { code: `extra.${nth}`, name: "Extra", type: "asset", currency: "SEK" }
    const answer = yield* call("POST", "/api/v1/ledger/accounts", { as: "machine:writer", key: `extra-${nth}`, body })
    expect(answer.status).toBe(201)
    yield* sealed
    return `ledger-account ${answer.body.id}`
  })

const ending = (events: ReadonlyArray<Told>) => events.at(-1)?.data

/** What a test lets happen to the server. */
const plight = { loses: false, breaks: false }

/**
 * A feed that keeps little, over a bank whose tokens end a moment after they were shown when their holder says so, or lose
 * what they allow, and whose trail cannot be read for a while.
 */
const listened = Layer.effect(
  Authenticator,
  Effect.map(Authenticator, ({ authenticate }) => ({
    authenticate: (scheme, credential) =>
      authenticate(
        scheme,
        plight.loses && Redacted.value(credential).includes("losing") ? Redacted.make("customer:losing") : credential
      ),
    expiresAt: (_, credential) =>
      Redacted.value(credential).includes("passing")
        ? Effect.map(DateTime.now, (now) => Option.some(DateTime.add(now, { milliseconds: 100 })))
        : Effect.succeedNone
  }))
).pipe(
  Layer.provideMerge(TrailFeed.layerWith({ every: "10 millis", keep: 4 })),
  Layer.provideMerge(
    Layer.effect(
      AuditStore,
      Effect.map(AuditStore, (store) => ({
        ...store,
        sealed: (of: string, after?: number) =>
          plight.breaks ? Stream.die(new RangeError("a word from within")) : store.sealed(of, after)
      }))
    )
  ),
  Layer.provideMerge(bank)
)

layer(servedOver({ liveChanges: { idleSeconds: 0.05, recheckSeconds: 0.02 } }, listened), {
  excludeTestServices: true
})("a stream of changes", (it) => {
  it.effect("is one of a hundred, and all are told", () =>
    Effect.gen(function* () {
      const { call, url } = yield* Served
      const callers = Array.from({ length: 100 }, (_, nth) => `machine:reader-${nth % 10}`)
      const streams = yield* Effect.forEach(callers, (as) => listenTo(url, { as }), { concurrency: 20 })
      yield* Effect.forEach(streams, ({ until }) => until(ready))
      const metrics = yield* call("GET", "/metrics", { as: "machine" })
      expect(metrics.text).toMatch(/^saldo_http_event_streams 100$/mu)
      const what = yield* happens("of-all")
      for (const { until } of streams) {
        expect(changesOf(yield* until((events) => changesOf(events).length > 0))).toEqual([[what]])
      }
      yield* Effect.forEach(streams, ({ close }) => close)
      const closed = call("GET", "/metrics", { as: "machine" })
      const text = yield* Effect.repeat(closed, { until: (each) => /^saldo_http_event_streams 0$/mu.test(each.text) })
      expect(text.text).toMatch(/^saldo_http_events\{kind="Changed"\} \d{3,}$/mu)
    })
  )

  it.effect("says that it is there while nothing happens, under an id that it can be resumed from", () =>
    Effect.gen(function* () {
      const { url } = yield* Served
      const stream = yield* listenTo(url, { as: "machine" })
      const events = yield* stream.until((told) => told.filter(({ data }) => data._tag === "Idle").length > 1)
      yield* stream.close
      const what = yield* happens("after-idle")
      const back = yield* listenTo(url, { as: "machine", lastId: events.at(-1)?.id ?? "", seconds: 0 })
      expect(changesOf(yield* back.over)).toEqual([[what]])
    })
  )

  it.effect("ends for a reader who is too slow, who hears the rest when it comes again", () =>
    Effect.gen(function* () {
      const needed = yield* Effect.context<Layer.Success<typeof listened>>()
      const { dispose, handler } = http.toWebHandler(Layer.succeedContext(needed))
      const gate = Promise.withResolvers<void>()
      const stream = yield* listenTo("http://localhost", {
        as: "machine",
        send: async (url, init) => {
          const response = await handler(new Request(url, init))
          const reader = response.body?.getReader()
          // Reads the first event, and then nothing until it is let.
          let chunks = 0
          const body = new ReadableStream<Uint8Array>(
            {
              pull: async (controller) => {
                if (chunks++ === 1) await gate.promise
                const next = await reader?.read()
                if (next === undefined || next.done) controller.close()
                else controller.enqueue(next.value)
              }
            },
            { highWaterMark: 0 }
          )
          return new Response(body, { status: response.status, headers: response.headers })
        }
      })
      yield* stream.until(ready)
      const whole: Array<string> = []
      for (let nth = 0; nth < 20; nth++) whole.push(yield* happens(`slow-${nth}`))
      const other = yield* listenTo((yield* Served).url, { as: "machine:other", seconds: 0 })
      yield* other.over
      gate.resolve()
      const told = yield* stream.over
      expect(ending(told)).toMatchObject({ _tag: "Ended", reason: "slow" })
      expect(changesOf(told).length).toBeLessThan(20)
      const back = yield* listenTo((yield* Served).url, { as: "machine", lastId: told.at(-1)?.id ?? "", seconds: 0 })
      expect([...changesOf(told), ...changesOf(yield* back.over)].flat()).toEqual(whole)
      yield* Effect.promise(() => dispose())
    })
  )

  it.effect("ends with the credential, and when it has gone on for as long as it was asked to", () =>
    Effect.gen(function* () {
      const { url } = yield* Served
      const passing = yield* listenTo(url, { as: "machine:passing" })
      expect(ending(yield* passing.over)).toMatchObject({ _tag: "Ended", reason: "expired" })
      const begun = yield* Clock.currentTimeMillis
      const short = yield* listenTo(url, { as: "machine", seconds: 1 })
      expect(ending(yield* short.over)).toMatchObject({ _tag: "Ended", reason: "finished" })
      expect((yield* Clock.currentTimeMillis) - begun).toBeGreaterThanOrEqual(1000)
    })
  )

  it.effect("tells only what its caller may hear by now", () =>
    Effect.gen(function* () {
      const { url } = yield* Served
      const losing = yield* listenTo(url, { as: "machine:losing" })
      yield* losing.until(ready)
      const before = yield* happens("before-losing")
      yield* losing.until((events) => changesOf(events).length > 0)
      plight.loses = true
      // The credential is asked for again while nothing happens; a sign of life says that it was.
      const idle = losing.events.length
      yield* losing.until((events) => events.length > idle + 1)
      yield* happens("after-losing")
      const other = yield* listenTo(url, { as: "machine:keeping", seconds: 0 })
      yield* other.over
      const quiet = losing.events.length
      yield* losing.until((events) => events.length > quiet + 1)
      expect(changesOf(losing.events)).toEqual([[before]])
      plight.loses = false
    })
  )

  it.effect("ends when the trail cannot be read, without a word of why, and is resumed when it can", () =>
    Effect.gen(function* () {
      const { url } = yield* Served
      const first = yield* listenTo(url, { as: "machine", seconds: 0 })
      const lastId = (yield* first.over).at(-1)?.id ?? ""
      const what = yield* happens("before-break")
      plight.breaks = true
      const broken = yield* listenTo(url, { as: "machine", lastId })
      const told = yield* broken.over
      plight.breaks = false
      expect(ending(told)).toMatchObject({ _tag: "Ended", reason: "failed" })
      expect(broken.text()).not.toContain("a word from within")
      const back = yield* listenTo(url, { as: "machine", lastId: told.at(-1)?.id ?? "", seconds: 0 })
      expect(changesOf(yield* back.over)).toEqual([[what]])
    })
  )

  it.effect("says that something may be missing behind an id that is too old, or of a trail that was longer", () =>
    Effect.gen(function* () {
      const { url } = yield* Served
      const listener = new Actor.Identity({ kind: "user", tenant, id: "machine", roles: [], permissions: [] })
      const { idOf } = yield* Effect.flatMap(PersonalData, (personal) => eventIdsOf(personal, listener))
      const now = yield* Clock.currentTimeMillis
      const old = { sequence: 1, at: now - 2 * 3_600_000 }
      const beyond = { sequence: 1_000_000, at: now }
      for (const position of [old, beyond]) {
        const stream = yield* listenTo(url, { as: "machine", lastId: idOf(position), seconds: 0 })
        expect((yield* stream.over).map(({ data }) => data._tag)).toEqual(["Ready", "Missed", "Ended"])
      }
    })
  )

  it.effect("is read by the client as values", () =>
    Effect.gen(function* () {
      const { url } = yield* Served
      const credential = { scheme: "bearer", token: Redacted.make("machine") } as const
      const client = yield* make({ baseUrl: url, credential })
      const events = yield* client.events.follow({ headers: {}, query: { seconds: 0 } })
      const [first, last] = yield* Stream.runCollect(events)
      const what = yield* happens("for-client")
      expect([first?.data, last?.data]).toMatchObject([{ _tag: "Ready" }, { _tag: "Ended", reason: "finished" }])
      const headers = { "last-event-id": last?.id ?? "" }
      const more = yield* Stream.runCollect(yield* client.events.follow({ headers, query: { seconds: 0 } }))
      expect(more[1]?.data).toMatchObject({ _tag: "Changed", changes: [{ id: what.split(" ")[1], version: null }] })
      const refused = yield* Effect.flip(client.events.follow({ headers: { "last-event-id": "7" }, query: {} }))
      expect(refused).toMatchObject({ _tag: "EventIdUnknown" })
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )

  it.effect("ends when the feed does, as a server asks for that shuts down", () =>
    Effect.gen(function* () {
      const { url } = yield* Served
      const stream = yield* listenTo(url, { as: "machine" })
      yield* stream.until(ready)
      yield* TrailFeed.use(({ end }) => end)
      expect(ending(yield* stream.over)).toMatchObject({ _tag: "Ended", reason: "closing" })
      const late = yield* listenTo(url, { as: "machine" })
      expect(ending(yield* late.over)).toMatchObject({ _tag: "Ended", reason: "closing" })
    })
  )
})

layer(servedWithUsers({ liveChanges: { recheckSeconds: 0.02 } }), { excludeTestServices: true })(
  "a stream of somebody who signed in",
  (it) => {
    it.effect("ends when the session does, and when the API key is revoked", () =>
      Effect.gen(function* () {
        const { call, url } = yield* Served
        const { access, refresh } = yield* signedIn("listener")
        const as = { as: access }
        const made = yield* call("POST", "/api/v1/api-keys", {
          ...as,
          body: { name: "Listener", scopes: ["bank:read"], expiresAt: null }
        })
        const byKey = yield* listenTo(url, {
          send: (address, init) => fetch(address, { ...init, headers: { "x-api-key": made.body.text as string } })
        })
        expect(byKey.status).toBe(200)
        yield* byKey.until(ready)
        const stream = yield* listenTo(url, as)
        yield* stream.until(ready)
        const revoked = yield* call("DELETE", `/api/v1/api-keys/${made.body.key.id}`, { ...as, key: "revoke" })
        expect(revoked.status).toBeLessThan(300)
        expect(ending(yield* byKey.over)).toMatchObject({ _tag: "Ended", reason: "revoked" })
        yield* call("POST", "/api/auth/logout", { body: { refreshToken: refresh } })
        expect(ending(yield* stream.over)).toMatchObject({ _tag: "Ended", reason: "revoked" })
        expect((yield* listenTo(url, as)).status).toBe(401)
      })
    )
  }
)
