import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as TestClock from "effect/testing/TestClock"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { HoldId } from "saldo/ledger/Hold"
import { Ledger } from "saldo/ledger/Ledger"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import { chart, inBooks, keeper, key, sek, stores, transfer } from "./books.ts"

const hold = Effect.gen(function* () {
  const ledger = yield* Ledger
  const holdId = yield* Id.make("hold")
  const [cash, anna] = [yield* ledger.accounts({ codePrefix: "cash" }), yield* ledger.accounts({ codePrefix: "anna" })]
  const [debit, credit] = [cash.items[0]?.id, anna.items[0]?.id]
  if (debit === undefined || credit === undefined) return yield* Effect.die("the chart has cash and anna")
  const fields = { holdId, debit, credit, amount: sek("1.00"), expiresAfterMs: 60_000 }
  yield* ledger.placeHold({ key: key(`place ${holdId}`), ...fields })
  return holdId
})

const stateOf = (id: HoldId) => Ledger.use((ledger) => Effect.map(ledger.hold(id), ({ state }) => state))

describe("holds whose time has run out", () => {
  it.effect("are ended in the background, by the clock, however many there are", () =>
    Effect.gen(function* () {
      yield* chart
      const ids = yield* Effect.replicateEffect(hold, 250)
      yield* TestClock.adjust("59 seconds")
      expect(yield* Effect.forEach(ids.slice(0, 3), stateOf)).toEqual(["held", "held", "held"])
      yield* TestClock.adjust("2 seconds")
      expect(new Set(yield* Effect.forEach(ids, stateOf))).toEqual(new Set(["expired"]))
      const { items } = yield* (yield* AuditTrail).query({ filter: { action: "ledger.expire" }, limit: 1 })
      expect(items[0]?.actor.kind).toBe("system")
    }).pipe(
      Actor.as(keeper),
      Effect.provide(
        Ledger.layerExpiry.pipe(
          Layer.provideMerge(Ledger.layer),
          Layer.provideMerge(AuditTrail.layer),
          Layer.provideMerge(Layer.fresh(stores))
        )
      )
    )
  )

  it.effect("are ended though somebody used the key of the sweep", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, cash } = yield* chart
      const [early, other, free] = [yield* hold, yield* hold, yield* hold]
      const end = { key: key(`expire ${early}`), operations: [{ _tag: "ExpireHold", holdId: early } as const] }
      expect(yield* Effect.flip(ledger.commit(end))).toMatchObject({ reason: "not-yet-expired" })
      yield* ledger.commit(transfer(`expire ${other}`, cash.id, anna.id, "1.00"))
      yield* TestClock.adjust("1 minute")
      expect(yield* ledger.expireHolds()).toBe(3)
      expect(yield* Effect.forEach([early, other, free], stateOf)).toEqual(["expired", "expired", "expired"])
    }).pipe(inBooks)
  )

  it.effect("do not wait for one that cannot be ended, unless the host's transaction is at stake", () =>
    Effect.gen(function* () {
      const bad = { id: "" }
      const broken = Layer.effect(
        LedgerStore,
        Effect.map(LedgerStore, (store) => ({
          ...store,
          commit: (request: Parameters<typeof store.commit>[0]) =>
            request.commands.some((command) => command.key === `expire ${bad.id}`)
              ? Effect.die(new RangeError("a broken row"))
              : store.commit(request)
        }))
      ).pipe(Layer.provide(LedgerStore.layerMemory))
      yield* Effect.gen(function* () {
        const ledger = yield* Ledger
        yield* chart
        const [first, second] = [yield* hold, yield* hold]
        bad.id = first
        yield* TestClock.adjust("1 minute")
        const sweep = ledger.expireHolds()
        const inside = yield* Effect.exit((yield* Atomic).runLocking(sweep))
        expect(Exit.isFailure(inside)).toBe(true)
        expect(yield* Effect.forEach([first, second], stateOf)).toEqual(["held", "held"])
        expect(yield* sweep).toBe(1)
        expect(yield* Effect.forEach([first, second], stateOf)).toEqual(["held", "expired"])
      }).pipe(
        Actor.as(keeper),
        Effect.provideService(References.MinimumLogLevel, "None"),
        Effect.provide(
          Ledger.layer.pipe(
            Layer.provideMerge(AuditTrail.layer),
            Layer.provideMerge(Layer.mergeAll(broken, AuditStore.layerMemory, Atomic.layerMemory))
          )
        )
      )
    })
  )
})
