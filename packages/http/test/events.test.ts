import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fc from "fast-check"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { TrailFeed } from "saldo/notifications/TrailFeed"
import { changesOf, listenTo, type Told } from "./eventStreams.ts"
import { activeCustomer, bank, Served, servedOver, tenant } from "./world.ts"

const sek = (amount: string) => ({ amount, currency: "SEK" })

/** A feed that looks often, and a bank whose trail is sealed when a test says so. */
const listened = TrailFeed.layerWith({ every: "10 millis" }).pipe(Layer.provideMerge(bank))

const sealed = Effect.flatMap(AuditTrail, ({ seal }) => seal(tenant))

/** A customer with an account that has something on it, none of it told yet. */
const holder = Effect.fnUntraced(function* (name: string, number: string) {
  const { call } = yield* Served
  const customerId = yield* activeCustomer(name, number)
  const opening = { as: "officer", key: `open-${name}`, body: { customerId, productId: "current" } }
  const { body } = yield* call("POST", "/api/v1/accounts", opening)
  const accountId = body.id as string
  const deposit = (amount: string, key: string) =>
    call("POST", "/api/v1/transactions/deposits", {
      as: "teller",
      key: `${name}-${key}`,
      body: { accountId, amount: sek(amount) }
    })
  yield* deposit("900.00", "first")
  yield* sealed
  return { accountId, customerId, deposit, as: `customer:${customerId}` }
})

type Holder = Effect.Success<ReturnType<typeof holder>>

const transfer = (from: Holder, to: Holder, key: string, amount = "12.34") =>
  Effect.flatMap(Served, ({ call }) =>
    call("POST", "/api/v1/transactions/transfers", {
      as: from.as,
      key,
      body: { from: from.accountId, to: to.accountId, amount: sek(amount) }
    })
  )

const hears = (count: number) => (events: ReadonlyArray<Told>) => changesOf(events).length >= count
const ready = (events: ReadonlyArray<Told>) => events.some(({ data }) => data._tag === "Ready")

layer(servedOver({}, listened), { excludeTestServices: true })("changes over HTTP", (it) => {
  it.effect("are told to whom they concern, by name alone, and to nobody else", () =>
    Effect.gen(function* () {
      const { url } = yield* Served
      const [anna, bo] = [yield* holder("anna", "19900118-9803"), yield* holder("bo", "19900118-9811")]
      const toAnna = yield* listenTo(url, anna)
      const toBo = yield* listenTo(url, bo)
      const toBooks = yield* listenTo(url, { as: "machine" })
      expect(toAnna.status).toBe(200)
      expect(toAnna.headers.get("content-type")).toBe("text/event-stream")
      expect(toAnna.headers.get("x-accel-buffering")).toBe("no")
      yield* Effect.all([toAnna.until(ready), toBo.until(ready), toBooks.until(ready)])

      yield* anna.deposit("1.00", "second")
      yield* transfer(anna, bo, "to-bo")
      yield* bo.deposit("2.00", "second")
      yield* sealed
      const [ofAnna, ofBo] = [`account ${anna.accountId}`, `account ${bo.accountId}`]
      // A movement is a command of the ledger and an act of the bank.
      expect(changesOf(yield* toAnna.until(hears(4)))).toEqual([[ofAnna], [ofAnna], [ofAnna], [ofAnna]])
      expect(changesOf(yield* toBo.until(hears(3)))).toEqual([[ofBo], [ofBo], [ofBo]])
      const entries = (yield* toBooks.until((events) => changesOf(events).flat().length >= 4)).flatMap(
        ({ data }) => data.changes ?? []
      )
      expect(new Set(entries.map(({ kind }) => kind))).toEqual(new Set(["ledger-entry", "ledger-account"]))
      for (const text of [toAnna.text(), toBo.text(), toBooks.text()]) {
        expect(text).not.toMatch(/12[.]?34|900|Quirina|SEK/u)
      }
      expect(toAnna.text()).not.toContain(bo.customerId)
      expect(toAnna.text()).not.toContain(bo.accountId)
      // The ids say nothing of what others did meanwhile: all have one length, and none is like another.
      const ids = [...toAnna.events, ...toBo.events].map(({ id }) => id)
      expect(new Set(ids.map(({ length }) => length)).size).toBe(1)
      expect(new Set(ids.map((id) => id.slice(0, 8))).size).toBe(ids.length)
    })
  )

  it.effect("are told to staff by what it may read", () =>
    Effect.gen(function* () {
      const { call, url } = yield* Served
      const cleo = yield* holder("cleo", "19900118-9829")
      const streams = yield* Effect.all({
        customer: listenTo(url, cleo),
        teller: listenTo(url, { as: "teller" }),
        officer: listenTo(url, { as: "officer" }),
        machine: listenTo(url, { as: "machine" })
      })
      yield* Effect.forEach(Object.values(streams), ({ until }) => until(ready))
      const creditor = { name: "Ottokar Payeeson", account: { scheme: "Iban", number: "SE4550000000058398257466" } }
      const paying = (amount: string, key: string) =>
        call("POST", "/api/v1/payments", {
          ...cleo,
          key,
          body: { accountId: cleo.accountId, amount: sek(amount), creditor }
        })
      const payment = yield* paying("10.00", "pay")
      expect(payment.status).toBe(201)
      const terms = { url: "http://127.0.0.1:9/events", description: "", events: ["*"] }
      yield* call("POST", "/api/v1/webhooks", { as: "machine", key: "hook", body: terms })
      const opening = { code: "extra", name: "Extra", type: "asset", currency: "SEK" }
      yield* call("POST", "/api/v1/ledger/accounts", { as: "machine", key: "extra", body: opening })
      yield* call("PUT", `/api/v1/customers/${cleo.customerId}/restrictions/review`, { as: "officer", key: "restrict" })
      yield* sealed
      const kinds = (events: ReadonlyArray<Told>) =>
        new Set(
          changesOf(events)
            .flat()
            .map((each) => each.split(" ")[0])
        )
      const done = (kind: string) => (events: ReadonlyArray<Told>) => kinds(events).has(kind)
      expect(kinds(yield* streams.machine.until(done("ledger-account")))).toEqual(
        new Set(["ledger-entry", "ledger-account", "webhook"])
      )
      expect(kinds(yield* streams.officer.until(done("customer")))).toEqual(new Set(["account", "payment", "customer"]))
      expect(kinds(yield* streams.teller.until(done("customer")))).toEqual(new Set(["account", "payment", "customer"]))
      const events = yield* streams.customer.until(done("customer"))
      expect(kinds(events)).toEqual(new Set(["account", "payment", "customer"]))
      const order = events.flatMap(({ data }) => data.changes ?? []).find(({ kind }) => kind === "payment")
      expect(order).toMatchObject({ id: payment.body.id, version: 1 })
    })
  )

  it.effect("are resumed behind any event, with nothing lost and nothing told twice", () =>
    Effect.gen(function* () {
      const { url } = yield* Served
      const [dan, eva] = [yield* holder("dan", "19900118-9837"), yield* holder("eva", "19900118-9845")]
      const whole = yield* listenTo(url, dan)
      yield* whole.until(ready)
      for (let nth = 0; nth < 12; nth++) {
        yield* nth % 3 === 2 ? eva.deposit("1.00", `more-${nth}`) : dan.deposit("1.00", `more-${nth}`)
        yield* sealed
      }
      const all = yield* whole.until(hears(16))
      const order = all.map(({ data }) => JSON.stringify([data._tag, data.changes]))
      const cuts = fc.uniqueArray(fc.integer({ min: 0, max: all.length - 1 }), { maxLength: 4 })
      const run = Effect.runPromiseWith(yield* Effect.context())
      yield* Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(cuts, async (given) => {
            const ends = [...given.toSorted((a, b) => a - b), all.length - 1]
            const heard: Array<string> = []
            let last = all[0]
            for (const end of ends) {
              // A client that was cut off here, after it had heard so much.
              const part = await run(
                Effect.scoped(
                  Effect.flatMap(listenTo(url, { ...dan, lastId: last?.id ?? "", seconds: 0 }), ({ over }) => over)
                )
              )
              expect(part.at(-1)?.data).toMatchObject({ _tag: "Ended", reason: "finished" })
              const rest = part.filter(({ data }) => data._tag === "Changed")
              const upTo = rest.slice(0, end - heard.length)
              heard.push(...upTo.map(({ data }) => JSON.stringify([data._tag, data.changes])))
              last = upTo.at(-1) ?? last
            }
            expect(heard).toEqual(order.slice(1))
          }),
          { numRuns: 15 }
        )
      )
      // What ended without an event is resumed behind its end.
      const idle = yield* listenTo(url, { ...dan, seconds: 0 })
      const end = (yield* idle.over).at(-1)
      yield* dan.deposit("1.00", "while-away")
      yield* sealed
      const back = yield* listenTo(url, { ...dan, lastId: end?.id ?? "", seconds: 0 })
      expect(changesOf(yield* back.over)).toEqual([[`account ${dan.accountId}`], [`account ${dan.accountId}`]])
    })
  )

  it.effect("are not resumed behind what somebody else was told, or nobody", () =>
    Effect.gen(function* () {
      const { call, url } = yield* Served
      const stream = yield* listenTo(url, { as: "officer", seconds: 0 })
      const id = (yield* stream.over).at(-1)?.id ?? ""
      for (const lastId of [id.slice(1), `${id.slice(0, -2)}AA`, "7", "", "x".repeat(200)]) {
        const answer = yield* call("GET", "/api/v1/events?seconds=0", {
          as: "officer",
          headers: { "last-event-id": lastId }
        })
        expect([answer.status, answer.body?.code]).toEqual([400, "EventIdUnknown"])
      }
      const other = yield* call("GET", "/api/v1/events?seconds=0", { as: "teller", headers: { "last-event-id": id } })
      expect([other.status, other.body?.code]).toEqual([400, "EventIdUnknown"])
      const own = yield* call("GET", "/api/v1/events?seconds=0", { as: "officer", headers: { "last-event-id": id } })
      expect(own.status).toBe(200)
    })
  )

  it.effect("are followed on so many streams at a time, and by nobody who may read nothing", () =>
    Effect.gen(function* () {
      const { call, url } = yield* Served
      const as = "officer:busy"
      const streams = yield* Effect.forEach(Array.from({ length: 10 }), () => listenTo(url, { as }))
      expect(streams.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
      const asked = call("GET", "/api/v1/events?seconds=0", { as })
      const refused = yield* asked
      expect(refused.body).toMatchObject({ status: 429, code: "TooManyStreams", context: { limit: 10 } })
      yield* streams[0]?.close ?? Effect.void
      const free = yield* Effect.repeat(asked, { until: ({ status }) => status === 200 })
      expect(free.status).toBe(200)
    })
  )
})
