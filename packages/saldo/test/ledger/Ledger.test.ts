import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { Ledger } from "saldo/ledger/Ledger"
import type { AccountId } from "saldo/ledger/LedgerAccount"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { chart, inBooks, keeper, key, open, sek, stores, transfer } from "./books.ts"

const trail = Effect.gen(function* () {
  const audit = yield* AuditTrail
  const { items } = yield* audit.query({ order: "oldest-first" })
  return items.map(({ action, outcome, reason }) => (outcome === "refused" ? `${action} ${reason}` : action))
})

describe("a ledger's accounts", () => {
  it.effect("are opened once for their id, and their codes are their own", () =>
    Effect.gen(function* () {
      const id = yield* Id.make("acct")
      const first = yield* open("1930", { id })
      expect(yield* open("1930", { id, name: "another name" })).toEqual(first)
      expect(yield* Effect.flip(open("1930"))).toMatchObject({ _tag: "AccountTaken", accountId: id })
      expect(yield* Effect.flip(open("1931", { id }))).toMatchObject({ _tag: "AccountTaken", code: "1930" })
      const refusal = "ledger.open-account AccountTaken"
      expect(yield* trail).toEqual(["ledger.open-account", refusal, refusal])
    }).pipe(inBooks)
  )

  it.effect("roll up into accounts of their type and currency, never into themselves", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const top = yield* open("1")
      const middle = yield* open("12", { parent: top.id })
      const leaf = yield* open("123", { parent: middle.id })
      const euro = yield* open("eur", { currency: "EUR" })
      const asset = yield* open("asset", { type: "asset" })
      const why = (parent: AccountId) =>
        Effect.map(Effect.flip(ledger.changeAccount(top.id, { parent })), (error) =>
          error._tag === "ParentUnsuitable" ? error.reason : error._tag
        )
      expect(yield* why(leaf.id)).toBe("cycle")
      expect(yield* why(top.id)).toBe("cycle")
      expect(yield* why(euro.id)).toBe("other-currency")
      expect(yield* why(asset.id)).toBe("other-type")
      expect(yield* why(yield* Id.make("acct"))).toBe("missing")
      expect((yield* ledger.account(top.id)).parent).toBe(null)
      yield* ledger.commit(transfer("1", middle.id, leaf.id, "10.00"))
      const { lines } = yield* ledger.trialBalance()
      expect(lines.map(({ account, rolledUp }) => [account.code, String(rolledUp)]).slice(0, 3)).toEqual([
        ["1", "0.00 SEK"],
        ["12", "0.00 SEK"],
        ["123", "10.00 SEK"]
      ])
    }).pipe(inBooks)
  )

  it.effect("close when they are empty, and open again", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, bo, cash } = yield* chart
      yield* ledger.commit(transfer("in", cash.id, anna.id, "10.00"))
      expect(yield* Effect.flip(ledger.changeAccount(anna.id, { closed: true }))).toMatchObject({ reason: "balance" })
      yield* ledger.commit(transfer("over", anna.id, bo.id, "10.00"))
      yield* ledger.changeAccount(anna.id, { closed: true })
      const refused = yield* Effect.flip(ledger.commit(transfer("back", bo.id, anna.id, "1.00")))
      expect(refused).toMatchObject({ _tag: "AccountUnavailable", reason: "closed" })
      const { version } = yield* ledger.changeAccount(anna.id, { closed: false })
      yield* ledger.commit(transfer("again", bo.id, anna.id, "1.00"))
      const stale = yield* Effect.flip(ledger.changeAccount(anna.id, { frozen: true, expectedVersion: version }))
      expect(stale).toMatchObject({ _tag: "VersionConflict", actual: version + 1 })
      const swapped = { minimum: 2n, maximum: 1n }
      expect(yield* Effect.flip(ledger.changeAccount(anna.id, { bounds: swapped }))).toMatchObject({ path: "/bounds" })
    }).pipe(inBooks)
  )
})

describe("commands", () => {
  it.effect("take effect once, with one record each, and refusals are remembered", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, bo, cash } = yield* chart
      const before = (yield* trail).length
      const deposit = transfer("deposit", cash.id, anna.id, "100.00")
      const first = yield* ledger.commit(deposit)
      const again = yield* ledger.commit(deposit)
      expect(again).toEqual({ ...first, replayed: true })
      const tooMuch = transfer("too much", anna.id, bo.id, "100.01")
      expect(yield* Effect.flip(ledger.commit(tooMuch))).toMatchObject({ _tag: "InsufficientFunds" })
      yield* ledger.commit(transfer("more", cash.id, anna.id, "50.00"))
      expect(yield* Effect.flip(ledger.commit(tooMuch))).toMatchObject({ _tag: "InsufficientFunds" })
      const other = yield* Effect.flip(ledger.commit(transfer("deposit", cash.id, anna.id, "100.01")))
      expect(other).toMatchObject({ _tag: "IdempotencyMismatch", path: "/operations/0/postings/0/amount/amount" })
      expect((yield* trail).slice(before)).toEqual(["ledger.post", "ledger.post InsufficientFunds", "ledger.post"])
    }).pipe(inBooks)
  )

  it.effect("are part of the host's transaction where there is one", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, cash } = yield* chart
      const before = yield* trail
      const deposit = transfer("deposit", cash.id, anna.id, "100.00")
      const failed = Effect.andThen(ledger.commit(deposit), Effect.fail("the host's own trouble"))
      yield* Effect.flip((yield* Atomic).runLocking(failed))
      expect(yield* trail).toEqual(before)
      expect(String((yield* ledger.balance(anna.id)).balance)).toBe("0.00 SEK")
      expect((yield* ledger.commit(deposit)).replayed).toBe(false)
    }).pipe(inBooks)
  )

  it.effect("that come together share a transaction, and each has its own outcome", () =>
    Effect.gen(function* () {
      const counted = yield* Deferred.make<void>()
      let batches = 0
      const slow = Layer.effect(
        LedgerStore,
        Effect.map(LedgerStore, (store) => ({
          ...store,
          commit: (request: Parameters<typeof store.commit>[0]) => {
            batches += 1
            return batches === 1
              ? Effect.andThen(Deferred.await(counted), store.commit(request))
              : store.commit(request)
          }
        }))
      ).pipe(Layer.provide(LedgerStore.layerMemory))
      yield* Effect.gen(function* () {
        const ledger = yield* Ledger
        const { anna, bo, cash } = yield* chart
        const commands = Array.from({ length: 40 }, (_, count) => (count === 39 ? 1 : count)).map((index) =>
          index === 20
            ? transfer("poor", anna.id, bo.id, "1000000.00")
            : transfer(`c${index}`, cash.id, index % 2 === 0 ? anna.id : bo.id, "1.00")
        )
        const fibers = yield* Effect.forEach(commands, (command) =>
          Effect.forkChild(Effect.result(ledger.commit(command)), { startImmediately: true })
        )
        const [given] = fibers.slice(10, 11)
        if (given !== undefined) yield* Effect.forkChild(Fiber.interrupt(given))
        yield* Effect.yieldNow
        yield* Deferred.succeed(counted, undefined)
        const exits = yield* Effect.forEach(fibers, (fiber) => Fiber.await(fiber))
        const outcomes = exits.flatMap((exit) => (exit._tag === "Success" ? [exit.value] : []))
        expect(outcomes).toHaveLength(39)
        expect(outcomes.filter(Result.isFailure).map(({ failure }) => failure._tag)).toEqual(["InsufficientFunds"])
        expect(batches).toBeLessThan(10)
        const { balanced, totals } = yield* ledger.trialBalance()
        expect(balanced).toBe(true)
        expect(Number(Money.toDecimal(totals[0]?.debit ?? sek("0")))).toBeGreaterThanOrEqual(37)
        // Nobody holds a place any longer: the next command goes straight through.
        yield* ledger.commit(transfer("after", cash.id, anna.id, "1.00"))
      }).pipe(
        Actor.as(keeper),
        Effect.provide(
          Ledger.layer.pipe(
            Layer.provideMerge(AuditTrail.layer),
            Layer.provideMerge(Layer.mergeAll(slow, AuditStore.layerMemory, Atomic.layerMemory))
          )
        )
      )
    })
  )

  it.effect("are tried each by itself when together they break", () =>
    Effect.gen(function* () {
      const poison = Layer.effect(
        LedgerStore,
        Effect.map(LedgerStore, (store) => ({
          ...store,
          commit: (request: Parameters<typeof store.commit>[0]) =>
            request.commands.some((command) => command.key === "poison")
              ? Effect.andThen(Effect.yieldNow, Effect.die(new RangeError("a broken command")))
              : Effect.andThen(Effect.yieldNow, store.commit(request))
        }))
      ).pipe(Layer.provide(LedgerStore.layerMemory))
      yield* Effect.gen(function* () {
        const ledger = yield* Ledger
        const { anna, cash } = yield* chart
        const names = ["a", "b", "poison", "c", "d", "e"]
        const exits = yield* Effect.forEach(
          names,
          (name) => Effect.exit(ledger.commit(transfer(name, cash.id, anna.id, "1.00"))),
          { concurrency: "unbounded" }
        )
        expect(exits.map(({ _tag }) => _tag)).toEqual(names.map((name) => (name === "poison" ? "Failure" : "Success")))
        expect(String((yield* ledger.balance(anna.id)).balance)).toBe("5.00 SEK")
      }).pipe(
        Actor.as(keeper),
        Effect.provide(
          Ledger.layer.pipe(
            Layer.provideMerge(AuditTrail.layer),
            Layer.provideMerge(Layer.mergeAll(poison, AuditStore.layerMemory, Atomic.layerMemory))
          )
        )
      )
    })
  )

  it.effect("of one call have different keys, and an invalid one stops all", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, bo, cash } = yield* chart
      const good = transfer("1", cash.id, anna.id, "1.00")
      expect(yield* Effect.flip(ledger.commitAll([good, good]))).toMatchObject({ path: "/1/key" })
      const bad = { ...good, key: key("2"), operations: [] }
      expect(yield* Effect.flip(ledger.commitAll([good, bad]))).toMatchObject({ path: "/1/operations" })
      const outcomes = yield* ledger.commitAll([
        good,
        transfer("2", bo.id, anna.id, "1.00"),
        transfer("3", anna.id, bo.id, "1.00")
      ])
      expect(outcomes.map(({ _tag }) => _tag)).toEqual(["Success", "Failure", "Success"])
    }).pipe(inBooks)
  )

  it.effect("can be planned, which changes nothing", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, bo, cash } = yield* chart
      yield* ledger.commit(transfer("1", cash.id, anna.id, "10.00"))
      const head = yield* (yield* LedgerStore).head("bank")
      const plan = yield* ledger.plan(transfer("2", anna.id, bo.id, "4.00"))
      expect(
        plan._tag === "Accepted"
          ? plan.effects.map(({ after, before }) => [
              before.account.code,
              String(before.balance),
              String(after.balance)
            ])
          : plan
      ).toEqual([
        ["anna", "10.00 SEK", "6.00 SEK"],
        ["bo", "0.00 SEK", "4.00 SEK"]
      ])
      const refused = yield* ledger.plan(transfer("2", anna.id, bo.id, "40.00"))
      expect(refused).toMatchObject({ _tag: "Refused", refusal: { _tag: "InsufficientFunds" } })
      expect(yield* (yield* LedgerStore).head("bank")).toEqual(head)
    }).pipe(inBooks)
  )
})

describe("holds", () => {
  it.effect("are captured in parts, and end by the clock", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, bo, cash } = yield* chart
      yield* ledger.commit(transfer("1", cash.id, anna.id, "100.00"))
      const holdId = yield* Id.make("hold")
      yield* ledger.placeHold({
        key: key("2"),
        holdId,
        debit: anna.id,
        credit: bo.id,
        amount: sek("60.00"),
        expiresAfterMs: 60_000
      })
      const held = yield* ledger.balance(anna.id)
      expect([held.balance, held.available, held.pendingOut].map(String)).toEqual([
        "100.00 SEK",
        "40.00 SEK",
        "60.00 SEK"
      ])
      yield* ledger.capture({ key: key("3"), holdId, amount: sek("25.00"), rest: "keep" })
      expect(yield* ledger.expireHolds()).toBe(0)
      yield* TestClock.adjust("1 minute")
      expect(yield* Effect.flip(ledger.capture({ key: key("4"), holdId }))).toMatchObject({ _tag: "HoldTimeMismatch" })
      expect(yield* ledger.expireHolds()).toBe(1)
      expect(yield* ledger.expireHolds()).toBe(0)
      expect((yield* ledger.hold(holdId)).state).toBe("partly-captured")
      const after = yield* ledger.balance(anna.id)
      expect([after.balance, after.available].map(String)).toEqual(["75.00 SEK", "75.00 SEK"])
    }).pipe(inBooks)
  )
})

describe("reading", () => {
  it.effect("gives balances as they were known and statements by days of the ledger's calendar", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, cash } = yield* chart
      yield* TestClock.setTime(Date.parse("2026-03-09T22:30:00Z"))
      yield* ledger.commit(transfer("1", cash.id, anna.id, "10.00"))
      yield* TestClock.setTime(Date.parse("2026-03-10T12:00:00Z"))
      yield* ledger.commit(transfer("2", cash.id, anna.id, "5.00"))
      yield* TestClock.setTime(Date.parse("2026-03-11T12:00:00Z"))
      yield* ledger.post({
        key: key("3"),
        valueOn: LocalDate.of("2026-03-09"),
        postings: [
          { accountId: anna.id, side: "debit", amount: sek("2.00") },
          { accountId: cash.id, side: "credit", amount: sek("2.00") }
        ]
      })
      const at = (asOf: Parameters<typeof ledger.balance>[1]) =>
        Effect.map(ledger.balance(anna.id, asOf), ({ balance }) => Money.toDecimal(balance))
      expect(yield* at({})).toBe("13.00")
      expect(yield* at({ valueOn: LocalDate.of("2026-03-09") })).toBe("8.00")
      const entries = yield* ledger.entries()
      const known = entries.items[1]?.bookedAt
      if (known === undefined) throw new RangeError("expected three entries")
      expect(yield* at({ valueOn: LocalDate.of("2026-03-09"), knownAt: known })).toBe("10.00")
      const day = LocalDate.of("2026-03-10")
      const statement = yield* ledger.statement(anna.id, { from: day, to: day })
      expect([statement.opening, statement.closing].map(String)).toEqual(["10.00 SEK", "15.00 SEK"])
      expect(statement.items.map(({ amount, balance }) => [amount, balance].map(String))).toEqual([
        ["5.00 SEK", "15.00 SEK"]
      ])
    }).pipe(inBooks)
  )

  it.effect("follows the calendar of the time zone that was chosen", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, cash } = yield* chart
      yield* TestClock.setTime(Date.parse("2026-03-09T23:30:00Z"))
      const { entries } = yield* ledger.commit(transfer("1", cash.id, anna.id, "10.00"))
      expect(entries[0]?.valueOn).toBe("2026-03-10")
      const day = (text: string) => ({ from: LocalDate.of(text), to: LocalDate.of(text) })
      expect((yield* ledger.statement(anna.id, day("2026-03-09"))).items).toEqual([])
      expect((yield* ledger.statement(anna.id, day("2026-03-10"))).items).toHaveLength(1)
    }).pipe(
      Actor.as(keeper),
      Effect.provide(
        Ledger.layerWith({ timeZone: "Europe/Stockholm" }).pipe(
          Layer.provideMerge(AuditTrail.layer),
          Layer.provideMerge(stores)
        )
      )
    )
  )

  it.effect("is for those who may, within their tenant", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, bo, cash } = yield* chart
      yield* ledger.commit(transfer("1", cash.id, anna.id, "10.00"))
      const eve = new Actor.Identity({ kind: "user", tenant: "bank", id: "eve", roles: [], permissions: [] })
      const tries: ReadonlyArray<Effect.Effect<unknown, { readonly _tag: string }, Actor.Actor>> = [
        ledger.account(anna.id),
        ledger.balance(anna.id),
        ledger.entries(),
        ledger.trialBalance(),
        ledger.plan(transfer("2", anna.id, bo.id, "1.00")),
        ledger.commit(transfer("2", anna.id, bo.id, "1.00")),
        ledger.changeAccount(anna.id, { frozen: true })
      ]
      for (const attempt of tries) {
        expect(yield* attempt.pipe(Actor.as(eve), Effect.flip)).toMatchObject({ _tag: "NotPermitted" })
      }
      const elsewhere = Actor.as(Actor.system("another bank"))
      expect(yield* ledger.account(anna.id).pipe(elsewhere, Effect.flip)).toMatchObject({ _tag: "AccountNotFound" })
      const foreign = yield* ledger.commit(transfer("2", anna.id, bo.id, "1.00")).pipe(elsewhere, Effect.flip)
      expect(foreign).toMatchObject({ _tag: "AccountNotFound" })
    }).pipe(inBooks)
  )
})
