import { describe, expect, it } from "@effect/vitest"
import { everyFault } from "@saldo/testing/FaultInjection"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as SqlAuditStore from "saldo/audit/SqlAuditStore"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { Ledger } from "saldo/ledger/Ledger"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import * as Migrations from "saldo/sql/Migrations"
import { chart, inBooks, keeper, key, open, sek, transfer } from "./books.ts"

const sql = Ledger.layer.pipe(
  Layer.provideMerge(AuditTrail.layer),
  Layer.provideMerge(Layer.merge(SqlLedgerStore.layer, SqlAuditStore.layer)),
  Layer.provideMerge(SqlAtomic.layer),
  Layer.provideMerge(Migrations.layer)
)
const sqlite = sql.pipe(Layer.provideMerge(TestSqlite.layer))
const postgres = sql.pipe(Layer.provideMerge(TestPostgres.layer))

const records = AuditTrail.use((audit) =>
  Effect.map(audit.query({ order: "oldest-first", limit: 100 }), ({ items }) => items)
)

const ids = Effect.all({
  cash: Id.make("acct"),
  anna: Id.make("acct"),
  hold: Id.make("hold"),
  lost: Id.make("hold"),
  entry: Id.make("entry")
})

type Ids = Effect.Success<typeof ids>

/** Every act that writes, with the records that it leaves; each can be tried again and takes effect once. */
const acts = ({ anna, cash, entry, hold, lost }: Ids) =>
  Effect.map(Ledger, (ledger) => {
    const holding = (holdId: typeof hold) => ({ holdId, debit: cash, credit: anna, amount: sek("5.00") })
    const postings = [
      { accountId: cash, side: "debit", amount: sek("9.00") },
      { accountId: anna, side: "credit", amount: sek("9.00") }
    ] as const
    const list: ReadonlyArray<readonly [ReadonlyArray<string>, Effect.Effect<unknown, unknown, Ledger | Actor.Actor>]> =
      [
        [["ledger.open-account"], open("cash", { id: cash, type: "asset" })],
        [["ledger.open-account"], open("anna", { id: anna, bounds: { minimum: 0n, maximum: null } })],
        [["ledger.change-account"], ledger.changeAccount(anna, { name: "Anna" })],
        [["ledger.post"], ledger.post({ key: key("post"), entryId: entry, postings })],
        [["ledger.post InsufficientFunds"], Effect.flip(ledger.commit(transfer("poor", anna, cash, "100.00")))],
        [["ledger.hold"], ledger.placeHold({ key: key("hold"), ...holding(hold) })],
        [["ledger.capture"], ledger.capture({ key: key("take"), holdId: hold, amount: sek("1.00"), rest: "keep" })],
        [["ledger.void"], ledger.voidHold({ key: key("void"), holdId: hold })],
        [["ledger.reverse"], ledger.reverse({ key: key("back"), entryId: entry })],
        [
          ["ledger.post", "ledger.post InsufficientFunds", "ledger.commit"],
          ledger.commitAll([
            transfer("one", cash, anna, "2.00"),
            transfer("two", anna, cash, "50.00"),
            {
              key: key("three"),
              operations: [
                { _tag: "Post", postings },
                { _tag: "PlaceHold", ...holding(lost), expiresAfterMs: 1 }
              ]
            }
          ])
        ],
        [["ledger.expire"], Effect.delay(ledger.expireHolds(), "3 millis")]
      ]
    return list
  })

const named = Effect.map(records, (all) =>
  all.map(({ action, outcome, reason }) => (outcome === "refused" ? `${action} ${reason}` : action))
)

describe("what the ledger writes", () => {
  it.live("is in the trail with one record for each command, and once however often it is sent", () =>
    Effect.gen(function* () {
      const all = yield* acts(yield* ids)
      for (const round of ["first", "second"]) {
        for (const [expected, act] of all) {
          const before = (yield* records).length
          yield* act
          expect((yield* named).slice(before)).toEqual(round === "first" ? expected : [])
        }
      }
    }).pipe(inBooks)
  )

  it.live.each([
    { name: "SQLite", layer: sqlite, writes: 30 },
    { name: "Postgres", layer: postgres, writes: 20 }
  ])(
    "is there with its record or not at all, whatever fails between two statements: $name",
    ({ layer, writes }) =>
      Effect.gen(function* () {
        const own = yield* ids
        const program = Effect.gen(function* () {
          for (const [, act] of yield* acts(own)) yield* act
        }).pipe(
          Actor.as(keeper),
          // A sweep that fails says so in the log, which this test makes it do many times.
          Effect.provideService(References.MinimumLogLevel, "None")
        )

        /** Whether the trail tells of exactly the entries and accounts that are there. */
        const isTold = Effect.gen(function* () {
          const ledger = yield* Ledger
          const all = yield* records
          const told = all.flatMap(({ changes }) =>
            changes.flatMap(({ after, path }) => (path.endsWith("/id") && after._tag === "Plain" ? [after.value] : []))
          )
          expect(told).toEqual((yield* ledger.entries()).items.map(({ id }) => id))
          const opened = all.filter(({ action }) => action === "ledger.open-account").map(({ subject }) => subject.id)
          expect(opened.toSorted()).toEqual((yield* ledger.accounts()).items.map(({ id }) => id).toSorted())
        })
        const invariant = (exit: Exit.Exit<void, unknown>) =>
          Effect.gen(function* () {
            yield* isTold
            // Everything is tried again, as a caller does who has no answer.
            for (const [, act] of yield* acts(own)) yield* act
            yield* isTold
            const expected = (yield* acts(own)).flatMap(([names]) => names)
            expect(yield* named).toEqual(expected)
            expect((yield* (yield* Ledger).verify).findings).toEqual([])
            return Exit.isSuccess(exit)
          }).pipe(Actor.as(keeper), Effect.asVoid)
        const report = yield* everyFault(layer, program, invariant, { kinds: ["error", "interrupt"] })
        expect(report.writes).toBeGreaterThanOrEqual(writes)
      }),
    120_000
  )

  it.effect("is not there when its record cannot be written", () =>
    Effect.gen(function* () {
      let broken = false
      const failing = Layer.effect(
        AuditStore,
        Effect.map(AuditStore, (store) => ({
          ...store,
          append: (all: Parameters<typeof store.append>[0]) =>
            broken ? Effect.die(new RangeError("the trail is full")) : store.append(all)
        }))
      ).pipe(Layer.provide(AuditStore.layerMemory))
      yield* Effect.gen(function* () {
        const ledger = yield* Ledger
        const { anna, cash } = yield* chart
        const deposit = transfer("deposit", cash.id, anna.id, "1.00")
        broken = true
        const exits = yield* Effect.forEach(
          [
            ledger.commit(deposit),
            ledger.commitAll([deposit]),
            ledger.changeAccount(anna.id, { frozen: true }),
            open("new")
          ],
          (act) => Effect.exit<unknown, unknown, Ledger | Actor.Actor>(act)
        )
        expect(exits.map(({ _tag }) => _tag)).toEqual(["Failure", "Failure", "Failure", "Failure"])
        broken = false
        expect(yield* ledger.entries()).toMatchObject({ items: [] })
        expect((yield* ledger.accounts()).items.map(({ code, frozen }) => [code, frozen])).toEqual([
          ["anna", false],
          ["bo", false],
          ["cash", false]
        ])
        expect((yield* ledger.commit(deposit)).replayed).toBe(false)
      }).pipe(
        Actor.as(keeper),
        Effect.provide(
          Ledger.layer.pipe(
            Layer.provideMerge(AuditTrail.layer),
            Layer.provideMerge(Layer.mergeAll(LedgerStore.layerMemory, failing, Atomic.layerMemory))
          )
        )
      )
    })
  )

  it.effect("tells of refused openings and changes, with their reason and nothing else", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, bo, cash } = yield* chart
      yield* ledger.commit(transfer("deposit", cash.id, anna.id, "1.00"))
      const before = (yield* named).length
      yield* Effect.flip(open("anna"))
      yield* Effect.flip(ledger.changeAccount(anna.id, { closed: true }))
      yield* Effect.flip(ledger.changeAccount(bo.id, { parent: bo.id }))
      expect((yield* named).slice(before)).toEqual([
        "ledger.open-account AccountTaken",
        "ledger.change-account AccountNotEmpty",
        "ledger.change-account ParentUnsuitable"
      ])
    }).pipe(inBooks)
  )
})
