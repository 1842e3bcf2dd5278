import { expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { PaymentRail } from "saldo/banking/PaymentRail"
import { Payments } from "saldo/banking/Payments"
import { RailUnavailable } from "saldo/banking/RailEvent"
import { as } from "saldo/core/Actor"
import { key, sek } from "./depositBank.ts"
import { creditor, memoryStores, opened, payingBank } from "./paymentBank.ts"

/** A rail that is down until it is said to be up, and notes what reached it. */
const makeRail = () => {
  const made = { isUp: false, sent: new Array<string>(), heard: 0 }
  const down = Effect.fail(new RailUnavailable({ rail: "shaky", reason: "down" }))
  const rail = PaymentRail.of({
    name: "shaky",
    inTransit: Duration.hours(6),
    send: ({ endToEndId }) =>
      Effect.suspend(() => {
        made.sent.push(endToEndId)
        return made.isUp ? Effect.succeed({ status: "ACSC" as const, reason: null }) : down
      }),
    query: () => Effect.suspend(() => (made.isUp ? Effect.succeedNone : down)),
    events: (after) =>
      Effect.sync(() => {
        made.heard += 1
        return { events: [], next: after ?? "" }
      })
  })
  return { made, rail }
}

const guarded = (rail: PaymentRail["Service"]) =>
  Layer.build(
    PaymentRail.layerGuarded({ failures: 1, pauseMs: 60_000 }).pipe(Layer.provide(Layer.succeed(PaymentRail, rail)))
  ).pipe(Effect.map((context) => ({ rail: Context.get(context, PaymentRail) })))

it.effect("orders wait where they are while the rail is left alone, and leave when it is back", () =>
  Effect.gen(function* () {
    const { made, rail } = makeRail()
    const way = yield* guarded(rail)
    yield* Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 4, 4, 9))
      const payments = yield* Payments
      const { account, anna } = yield* opened("anna", "1000.00")
      const pay = (wish: string) =>
        payments.create({ key: key(wish), accountId: account.id, amount: sek("100.00"), creditor }).pipe(as(anna))
      const orders = [yield* pay("first"), yield* pay("second"), yield* pay("third")]
      const states = Effect.forEach(orders, ({ id }) => payments.find(id)).pipe(
        as(anna),
        Effect.map((found) => found.map(({ state }) => state).toSorted())
      )
      expect(yield* payments.work()).toMatchObject({ sent: 1 })
      // One is lost, and asked about later; the others were never taken.
      expect(yield* states).toEqual(["approved", "approved", "sent"])
      expect([made.sent.length, made.heard]).toEqual([1, 1])
      expect(yield* payments.work()).toMatchObject({ sent: 0 })
      expect([made.sent.length, made.heard]).toEqual([1, 1])
      made.isUp = true
      yield* TestClock.adjust("1 minute")
      expect(yield* payments.work()).toMatchObject({ sent: 2 })
      expect(yield* states).toEqual(["sent", "settled", "settled"])
      expect(new Set(made.sent).size).toBe(3)
    }).pipe(Effect.provide(Layer.fresh(payingBank(memoryStores, way))))
  })
)

it.effect("a rail that hangs is unavailable, and nobody waits for it in vain for long", () =>
  Effect.gen(function* () {
    const { rail } = makeRail()
    const way = yield* guarded({ ...rail, query: () => Effect.never })
    const asking = yield* Effect.forkChild(Effect.flip(way.rail.query("one")), { startImmediately: true })
    yield* TestClock.adjust("30 seconds")
    expect(yield* Fiber.join(asking)).toEqual(
      new RailUnavailable({ rail: "shaky", reason: "there was no answer within 30 seconds" })
    )
    expect(yield* way.rail.isLeftAlone ?? Effect.succeed(false)).toBe(true)
    expect(yield* Effect.flip(way.rail.query("two"))).toEqual(
      new RailUnavailable({ rail: "shaky", reason: "rail shaky is not asked for 60 seconds, because it failed" })
    )
    yield* TestClock.adjust("1 minute")
    expect(yield* way.rail.isLeftAlone ?? Effect.succeed(true)).toBe(false)
  })
)
