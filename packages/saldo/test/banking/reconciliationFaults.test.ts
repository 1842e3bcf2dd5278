/**
 * A fault before or after any write of reconciliation: what is run again afterwards comes to what it would have come to,
 * once; and whoever works at once never gives an item two matches.
 */
import { expect, it } from "@effect/vitest"
import { everyFault } from "@saldo/testing/FaultInjection"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { StatementReconciliation } from "saldo/banking/StatementReconciliation"
import { as } from "saldo/core/Actor"
import * as SqlStores from "saldo/sql/SqlStores"
import { goTo, key, officer, trialBalance } from "./depositBank.ts"
import { booked, importing, registered, settlingBank } from "./settlementBank.ts"

const sqlite = settlingBank(SqlStores.layer.pipe(Layer.provide(TestSqlite.layer)))

/** Three entries that the other bank will tell of, one that is taken back, and an account that has no statement yet. */
const prepared = Layer.effectDiscard(
  Effect.gen(function* () {
    yield* goTo("2026-03-12")
    yield* registered
    yield* booked("100.00", { reference: "1", on: "2026-03-09" })
    yield* booked("-30.00", { endToEndId: "A", on: "2026-03-09" })
    yield* booked("7.00", { on: "2026-03-09" })
  })
).pipe(Layer.provideMerge(sqlite), Layer.provideMerge(TestClock.layer()))

const statement = {
  id: "S-1",
  opening: "0.00",
  lines: [
    { amount: "100.00", reference: "1" },
    { amount: "-30.00", endToEndId: "A" },
    { amount: "-12.50" },
    { amount: "4.00" },
    { amount: "3.00" }
  ]
}

const only = Effect.gen(function* () {
  const reconciliation = yield* StatementReconciliation
  const [account] = yield* reconciliation.accounts
  if (account === undefined) return yield* Effect.die(new RangeError("the account is gone"))
  const { items } = yield* reconciliation.items(account.id, { state: "open" })
  const lines = items.flatMap(({ facts }) => (facts._tag === "Line" ? [facts] : []))
  const entries = items.flatMap(({ facts }) => (facts._tag === "Entry" ? [facts] : []))
  return { reconciliation, accountId: account.id, lines, entries }
}).pipe(as(officer))

const line = (amount: bigint) =>
  Effect.flatMap(only, ({ lines }) => {
    const found = lines.find((each) => each.amount.amount === amount)
    return found === undefined ? Effect.die(new RangeError("the line is not open")) : Effect.succeed(found.id)
  })

/** What is open, matched and unexplained on both sides, in words. */
const standing = Effect.gen(function* () {
  const { accountId, reconciliation } = yield* only
  const { entries, lines, unexplained } = yield* reconciliation.report(accountId).pipe(as(officer))
  yield* trialBalance
  expect(unexplained.amount).toBe(0n)
  const of = (side: typeof lines) => `${side.open.count} open, ${side.matched.count} matched`
  return `lines: ${of(lines)}; entries: ${of(entries)}`
})

const imported = Layer.effectDiscard(importing(statement)).pipe(Layer.provideMerge(prepared))

it.live(
  "an import, stopped anywhere and run again, takes everything in once",
  () =>
    Effect.gen(function* () {
      const report = yield* everyFault(prepared, importing(statement), (exit) =>
        Effect.gen(function* () {
          const before = yield* standing
          const nothing = "lines: 0 open, 0 matched; entries: 0 open, 0 matched"
          const everything = "lines: 3 open, 2 matched; entries: 1 open, 2 matched"
          expect([nothing, everything]).toContain(before)
          if (exit._tag === "Success") expect(before).toBe(everything)
          const again = yield* importing(statement)
          expect(again.statements.map(({ isNew }) => isNew)).toEqual([before === nothing])
          expect(yield* standing).toBe(everything)
        })
      )
      expect(report.writes).toBeGreaterThan(8)
    }),
  300_000
)

it.live(
  "a write-off and its undoing happen once, or not at all",
  () =>
    Effect.gen(function* () {
      const work = Effect.gen(function* () {
        const { accountId, reconciliation } = yield* only
        const matches = yield* reconciliation.matches(accountId).pipe(as(officer))
        const known = matches.items.find(({ rule }) => rule === "writeOff")
        const lineId = known?.lines[0] ?? (yield* line(-1250n))
        const off = { key: key("off"), accountId, lineId, reason: "a fee" }
        const { id: matchId } = yield* reconciliation.writeOff(off).pipe(as(officer))
        return yield* reconciliation.undo({ key: key("undo"), matchId, reason: "no fee" }).pipe(as(officer))
      })
      yield* everyFault(imported, work, () =>
        Effect.gen(function* () {
          yield* standing
          yield* work
          // The entry of the write-off and its reversal are matched with each other.
          expect(yield* standing).toBe("lines: 3 open, 2 matched; entries: 1 open, 4 matched")
          expect(yield* trialBalance).toMatchObject({ "bank.reconciliation-differences.SEK": "0.00" })
        })
      )
    }),
  300_000
)

it.live(
  "a match by hand and items set aside happen once, or not at all",
  () =>
    Effect.gen(function* () {
      const work = Effect.gen(function* () {
        const { accountId, entries, lines, reconciliation } = yield* only
        const sum = lines.filter(({ amount }) => amount.amount > 0n).map(({ id }) => id)
        const ids = entries.map(({ id }) => id)
        if (ids.length > 0) {
          const match = { key: key("sum"), accountId, lines: sum, entries: ids }
          yield* reconciliation.match(match).pipe(as(officer))
        }
        const fee = lines.filter(({ amount }) => amount.amount < 0n).map(({ id }) => id)
        if (fee.length === 0) return
        const aside = { key: key("aside"), accountId, items: fee, reason: "the bank's mistake" }
        yield* reconciliation.setAside(aside).pipe(as(officer))
      })
      yield* everyFault(imported, work, () =>
        Effect.gen(function* () {
          yield* standing
          yield* work
          expect(yield* standing).toBe("lines: 0 open, 4 matched; entries: 0 open, 3 matched")
        })
      )
    }),
  300_000
)

const postgres = settlingBank(SqlStores.layer.pipe(Layer.provide(TestPostgres.layer), Layer.orDie))

it.live(
  "whoever imports and matches at once, a statement comes once and an item is in one match",
  () =>
    Effect.gen(function* () {
      const { id: accountId } = yield* registered
      const entries = yield* Effect.forEach(Array.from({ length: 6 }), () => booked("5.00"))
      const document = {
        id: "S-1",
        opening: "0.00",
        lines: [{ amount: "5.00" }, { amount: "5.00" }, { amount: "1.00" }]
      }
      const together = { concurrency: "unbounded" } as const
      const imports = yield* Effect.all(
        Array.from({ length: 6 }, () => importing(document)),
        together
      )
      const news = imports.flatMap(({ statements }) => statements.map(({ isNew }) => isNew))
      expect(news.filter((isNew) => isNew)).toHaveLength(1)
      const { lines, reconciliation } = yield* only
      expect(lines).toHaveLength(3)
      const lineIds = lines.flatMap(({ amount, id }) => (amount.amount === 500n ? [id] : []))
      // Six persons want one of two lines for an entry each, while others book, import and reconcile.
      const wanted = entries.map(({ id }, index) =>
        Effect.result(
          reconciliation
            .match({
              key: key(`wanted ${index}`),
              accountId,
              lines: lineIds.slice(index % 2, (index % 2) + 1),
              entries: [id]
            })
            .pipe(as(officer))
        )
      )
      const others = [
        booked("9.00"),
        reconciliation.reconcile(accountId).pipe(as(officer)),
        importing(document),
        reconciliation.report(accountId).pipe(as(officer))
      ]
      const [outcomes] = yield* Effect.all([Effect.all(wanted, together), Effect.all(others, together)], together)
      const refused = outcomes.flatMap((outcome) => (Result.isFailure(outcome) ? [outcome.failure._tag] : []))
      expect(refused).toEqual(Array.from({ length: 4 }, () => "SettlementItemUnfit"))
      yield* reconciliation.reconcile(accountId).pipe(as(officer))
      expect(yield* standing).toBe("lines: 1 open, 2 matched; entries: 5 open, 2 matched")
    }).pipe(Effect.provide(postgres)),
  300_000
)
