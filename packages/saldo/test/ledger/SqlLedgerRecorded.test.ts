/** Commits by one statement: they must keep every promise of the store, and give way whenever they cannot. */
import * as LedgerStoreTest from "@saldo/testing/LedgerStoreTest"
import * as PostgresClient from "@saldo/postgres/PostgresClient"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import type { AccountOpening } from "saldo/ledger/AccountOpening"
import * as Id from "saldo/core/Id"
import { fromMicros } from "saldo/ledger/BookingTime"
import { Ledger } from "saldo/ledger/Ledger"
import type { LedgerCommand } from "saldo/ledger/LedgerCommand"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as Migrations from "saldo/sql/Migrations"
import * as SqlStores from "saldo/sql/SqlStores"
import * as LocalDate from "saldo/time/LocalDate"
import { recorderOf } from "../../src/audit/internal/recorders.ts"
import { recordedCommitsOf } from "../../src/ledger/internal/recordedCommits.ts"
import { keeper, key, open, sek, transfer } from "./books.ts"

const found = <A>(value: A | undefined): Effect.Effect<A> =>
  value === undefined ? Effect.die(new TypeError("Commits by one statement are not there")) : Effect.succeed(value)

const parts = Effect.gen(function* () {
  return {
    commits: yield* found(recordedCommitsOf(yield* LedgerStore)),
    recorder: yield* found(recorderOf(yield* AuditTrail))
  }
})

const trail = AuditTrail.layer.pipe(Layer.provideMerge(SqlStores.layer))

/** The store, which commits by one statement wherever it can. */
const alone = Layer.effect(
  LedgerStore,
  Effect.gen(function* () {
    const [store, atomic, { commits, recorder }] = [yield* LedgerStore, yield* Atomic, yield* parts]
    return LedgerStore.of({
      ...store,
      commit: (request) =>
        Effect.flatMap(atomic.inTransaction, (inside) =>
          inside || request.commands.length === 0
            ? store.commit(request)
            : Effect.flatMap(
                commits.commit(request, recorder, () => Effect.succeed([])),
                Option.match({ onNone: () => store.commit(request), onSome: Effect.succeed })
              )
        )
    })
  })
).pipe(Layer.provideMerge(trail))

LedgerStoreTest.suite("postgres, by one statement", alone.pipe(Layer.provide(TestPostgres.layer)))

const books = Ledger.layer.pipe(Layer.provideMerge(trail))

const run = <A, E>(
  program: Effect.Effect<
    A,
    E,
    Ledger | LedgerStore | AuditTrail | AuditStore | Atomic | SqlClient.SqlClient | Actor.Actor
  >
) => program.pipe(Actor.as(keeper), Effect.provide(books.pipe(Layer.provideMerge(TestPostgres.layer))))

const free: Partial<AccountOpening> = { bounds: { minimum: null, maximum: null } }

const opened = (code: string, more: Partial<AccountOpening>) => Effect.map(open(code, more), ({ id }) => id)

const chart = Effect.all({
  anna: opened("anna", free),
  bo: opened("bo", free),
  poor: opened("poor", { bounds: { minimum: 0n, maximum: null } })
})

const now = DateTime.makeUnsafe("2026-03-10T12:00:00Z")

const requestOf = (...commands: ReadonlyArray<LedgerCommand>) => ({
  tenant: keeper.tenant,
  now,
  today: LocalDate.of("2026-03-10"),
  commands
})

/** Everything that a commit writes, by table. */
const counts = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = [
    "ledger_commands",
    "ledger_entries",
    "ledger_postings",
    "ledger_entry_tags",
    "audit_records",
    "audit_waiting"
  ]
  const numbers = yield* Effect.forEach(tables, (table) =>
    Effect.map(sql<{ readonly count: bigint }>`SELECT count(*) AS count FROM ${sql(`saldo_${table}`)}`, ([row]) =>
      Number(row?.count)
    )
  )
  return Object.fromEntries(tables.map((table, index) => [table, numbers[index] ?? 0]))
})

const drafts = (decided: ReadonlyArray<unknown>) =>
  Effect.flatMap(AuditTrail, (audit) =>
    Effect.forEach(decided, (_, index) =>
      audit.draft({ action: "demo.act", subject: { type: "command", id: String(index) } })
    )
  )

/** Commits by one statement alone, and does something between the look at the accounts and the statement. */
const commitAlone = <E = never, R = never>(
  commands: ReadonlyArray<LedgerCommand>,
  between: Effect.Effect<unknown, E, R> = Effect.void
) =>
  Effect.gen(function* () {
    const { commits, recorder } = yield* parts
    const context = yield* Effect.context<R | AuditTrail | Actor.Actor>()
    return yield* commits.commit(requestOf(...commands), recorder, (decided) =>
      Effect.andThen(Effect.orDie(between), drafts(decided)).pipe(Effect.provideContext(context))
    )
  })

const intact = Effect.gen(function* () {
  expect((yield* (yield* Ledger).verify).findings).toEqual([])
})

describe("a commit by one statement", () => {
  it.effect("books, refuses and records each command of a call at once", () =>
    Effect.gen(function* () {
      const { anna, bo, poor } = yield* chart
      const before = yield* counts
      const tagged = transfer("tagged", anna, bo, "1.00")
      const outcomes = yield* commitAlone([
        { ...tagged, operations: tagged.operations.map((each) => ({ ...each, metadata: { order: "7" } })) },
        transfer("too much", poor, bo, "1.00"),
        transfer("plain", bo, anna, "2.00")
      ])
      expect(Option.getOrThrow(outcomes).map(Result.isSuccess)).toEqual([true, false, true])
      const after = yield* counts
      const added = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)])
      expect(Object.fromEntries(added)).toEqual({
        ledger_commands: 3,
        ledger_entries: 2,
        ledger_postings: 4,
        ledger_entry_tags: 1,
        audit_records: 3,
        audit_waiting: 3
      })
      expect((yield* (yield* Ledger).balance(anna)).balance).toEqual(sek("1.00"))
      yield* intact
    }).pipe(run)
  )

  it.effect("gives way when an account was booked, frozen or otherwise changed since it was seen", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, bo, poor } = yield* chart
      const carl = yield* opened("carl", free)
      const refusedAndBooked = (round: string) => [
        transfer(`poor pays ${round}`, poor, bo, "1.00"),
        transfer(`carl pays ${round}`, carl, bo, "1.00")
      ]
      const told = Option.map(yield* commitAlone(refusedAndBooked("first")), (outcomes) =>
        outcomes.map(Result.isSuccess)
      )
      expect(told).toEqual(Option.some([false, true]))
      const cases: ReadonlyArray<
        readonly [ReadonlyArray<LedgerCommand>, Effect.Effect<unknown, unknown, Actor.Actor>]
      > = [
        [[transfer("late", anna, bo, "1.00")], ledger.commit(transfer("first", anna, bo, "1.00"))],
        [[transfer("too late", anna, bo, "1.00")], ledger.changeAccount(anna, { frozen: true })],
        // Read, but not to be changed: a refusal, too, must be true when it is written.
        [refusedAndBooked("second"), ledger.commit(transfer("gift", bo, poor, "9.00"))]
      ]
      for (const [commands, change] of cases) {
        let before = yield* counts
        const changing = Effect.andThen(
          change,
          Effect.map(counts, (now) => (before = now))
        )
        expect(Option.isNone(yield* commitAlone(commands, changing))).toBe(true)
        expect(yield* counts).toEqual(before)
      }
      yield* intact
    }).pipe(run)
  )

  it.effect("gives way, and leaves nothing, when one of its keys was used before or meanwhile", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, bo } = yield* chart
      const others = yield* Effect.all([opened("carl", free), opened("dora", free)])
      const used = transfer("used", others[0], others[1], "1.00")
      let before = yield* counts
      const using = Effect.andThen(
        ledger.commit(used),
        Effect.map(counts, (now) => (before = now))
      )
      const late = [transfer("a", anna, bo, "1.00"), transfer("used", anna, bo, "1.00")]
      expect(Option.isNone(yield* commitAlone(late, using))).toBe(true)
      expect(yield* counts).toEqual(before)
      expect(Option.isNone(yield* commitAlone(late))).toBe(true)
      expect(yield* counts).toEqual(before)
      const again = yield* ledger.commit(used)
      expect(again.replayed).toBe(true)
      expect(yield* counts).toEqual(before)
      yield* intact
    }).pipe(run)
  )

  it.effect("is not tried with commands that name more than accounts", () =>
    Effect.gen(function* () {
      const { anna, bo } = yield* chart
      const plain = transfer("plain", anna, bo, "1.00")
      const [id, holdId] = [yield* Id.make("entry"), yield* Id.make("hold")]
      const more: ReadonlyArray<LedgerCommand> = [
        { ...plain, operations: plain.operations.map((each) => ({ ...each, entryId: id })) },
        { ...plain, operations: [{ _tag: "PlaceHold", holdId, debit: anna, credit: bo, amount: sek("1.00") }] },
        { ...plain, operations: [{ _tag: "Reverse", entryId: id }] },
        { ...plain, importedAt: fromMicros(1) }
      ]
      const before = yield* counts
      for (const command of more) {
        expect(Option.isNone(yield* commitAlone([plain, { ...command, key: key("more") }]))).toBe(true)
      }
      expect(yield* counts).toEqual(before)
    }).pipe(run)
  )

  it.live("has one outcome for a key that two processes use at once, on accounts that many use at once", () =>
    Effect.gen(function* () {
      const url = yield* TestPostgres.url
      const process = yield* Layer.build(
        Layer.fresh(books.pipe(Layer.provideMerge(Migrations.layer), Layer.provideMerge(PostgresClient.layer({ url }))))
      )
      const other = yield* Layer.build(Layer.fresh(books.pipe(Layer.provideMerge(PostgresClient.layer({ url })))))
      const { anna, bo } = yield* Effect.provideContext(chart, process)
      const before = yield* Effect.provideContext(counts, process)
      const commands = Array.from({ length: 60 }, (_, number) =>
        number % 2 === 0 ? transfer(`t${number}`, anna, bo, "1.00") : transfer(`t${number}`, bo, anna, "3.00")
      )
      const both = yield* Effect.forEach(
        [process, other],
        (context) =>
          Effect.forEach(commands, (command) => Effect.flatMap(Ledger, (ledger) => ledger.commit(command)), {
            concurrency: 8
          }).pipe(Effect.provideContext(context)),
        { concurrency: 2 }
      )
      const fresh = both.flat().filter(({ replayed }) => !replayed)
      expect(fresh).toHaveLength(60)
      const after = yield* Effect.provideContext(counts, process)
      expect((after["ledger_commands"] ?? 0) - (before["ledger_commands"] ?? 0)).toBe(60)
      expect((after["audit_records"] ?? 0) - (before["audit_records"] ?? 0)).toBe(60)
      const held = yield* Effect.provideContext(
        Effect.flatMap(Ledger, (ledger) => ledger.balance(anna)),
        other
      )
      expect(held.balance).toEqual(sek("60.00"))
      yield* Effect.provideContext(intact, other)
    }).pipe(Actor.as(keeper), Effect.scoped)
  )
})

describe("a trail, store or transaction of the host's own", () => {
  const dying = (whose: string) => () => Effect.die(`the host's ${whose}`)
  type Services = AuditTrail | AuditStore | LedgerStore | Atomic
  const fresh = Layer.fresh(Ledger.layer)
  const wrapped: ReadonlyArray<readonly [string, Layer.Layer<Ledger, never, Services>]> = [
    [
      "trail",
      Layer.provide(
        fresh,
        Layer.effect(
          AuditTrail,
          Effect.map(AuditTrail, (audit) => AuditTrail.of({ ...audit, append: dying("trail") }))
        )
      )
    ],
    [
      "store of the trail",
      fresh.pipe(
        Layer.provide(Layer.fresh(AuditTrail.layer)),
        Layer.provide(
          Layer.effect(
            AuditStore,
            Effect.map(AuditStore, (store) => AuditStore.of({ ...store, append: dying("store") }))
          )
        )
      )
    ],
    [
      "store",
      Layer.provide(
        fresh,
        Layer.effect(
          LedgerStore,
          Effect.map(LedgerStore, (store) => LedgerStore.of({ ...store, commit: dying("ledger") }))
        )
      )
    ],
    [
      "transaction",
      Layer.provide(
        fresh,
        Layer.effect(
          Atomic,
          Effect.map(Atomic, (atomic) => Atomic.of({ ...atomic, runLocking: dying("transaction") }))
        )
      )
    ]
  ]

  it.effect.each(wrapped)("is never gone past: %s", ([, host]) =>
    Effect.gen(function* () {
      const { anna, bo } = yield* chart
      const before = yield* counts
      const exit = yield* Effect.exit(
        Effect.flatMap(Ledger, (ledger) => ledger.commit(transfer("t", anna, bo, "1.00"))).pipe(Effect.provide(host))
      )
      expect(Exit.hasDies(exit) && JSON.stringify(exit)).toContain("the host's")
      expect(yield* counts).toEqual(before)
    }).pipe(run)
  )
})
