import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { noCounters } from "saldo/ledger/LedgerAccount"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import { makeSumsAsOf } from "saldo/ledger/SqlLedgerBalances"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import * as Money from "saldo/money/Money"
import * as Migrations from "saldo/sql/Migrations"
import * as LocalDate from "saldo/time/LocalDate"
import { account, accountId, key, tenant } from "./randomCommits.ts"

const sqlStore = SqlLedgerStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))
const one = Money.of("1.00", "SEK")
const firstDay = LocalDate.of("2020-01-01")
const lines = 4000

const gaps = [1, 3, 10, 50, 200, 1000, 2000]

/** Ten entries a day; every seventh is dated a few days or years back, and every eleventh ahead. */
const valueOf = (entry: number): LocalDate.LocalDate => {
  const gap = gaps[Math.floor(entry / 3) % gaps.length] ?? 0
  return LocalDate.addDays(firstDay, Math.floor(entry / 10) + (entry % 7 === 0 ? -gap : entry % 11 === 0 ? gap : 0))
}

const fill = Effect.fnUntraced(function* (store: LedgerStore["Service"]) {
  for (let number = 0; number < 4; number++) {
    yield* store.openAccount(account(number, { bounds: { minimum: null, maximum: null }, creditsBlocked: false }))
  }
  for (let first = 0; first < lines; first += 10) {
    const day = LocalDate.addDays(firstDay, first / 10)
    yield* store.commit({
      tenant,
      today: day,
      now: DateTime.makeUnsafe(`${day}T12:00:00Z`),
      commands: Array.from({ length: 10 }, (_, at) => ({
        key: key(`${first + at}`),
        operations: [
          {
            _tag: "Post",
            postings: [
              { accountId: accountId(0), side: "debit", amount: one },
              { accountId: accountId(1 + ((first + at) % 3)), side: "credit", amount: one }
            ],
            valueOn: valueOf(first + at),
            allowFutureValue: true
          }
        ]
      }))
    })
  }
})

/** What the database says it would do for the sums of one account. */
const planOf = Effect.fnUntraced(function* (explain: string) {
  const sql = yield* SqlClient.SqlClient
  const condition = sql`account.tenant = ${tenant} AND account.account_id = ${accountId(0)}`
  const [text, parameters] = makeSumsAsOf(sql)(condition, { valueOn: valueOf(lines / 2) }, 3_000n).compile()
  const rows = yield* sql.unsafe<Record<string, unknown>>(`${explain} ${text}`, parameters)
  return rows.map((row) => String(row["detail"] ?? row["QUERY PLAN"]))
})

const databases = [
  ["sqlite", TestSqlite.layer, "EXPLAIN QUERY PLAN", /SCAN (?:line|later|taken|account)\b/u],
  ["postgres", TestPostgres.layer, "EXPLAIN", /Seq Scan on saldo_ledger_postings|Bitmap Heap Scan/u]
] as const

for (const [name, database, explain, readsAll] of databases) {
  describe(`balances as of a time on ${name}`, () => {
    it.live(
      "are the sums of all lines that count, and read few of them",
      () =>
        Effect.gen(function* () {
          const store = yield* LedgerStore
          const sql = yield* SqlClient.SqlClient
          yield* fill(store)
          for (const valueOn of [0, 7, 14, 21, 1500, 1507, 2222, 2233, 3003, 3999, 5000].map(valueOf)) {
            const counted = Array.from({ length: lines }, (_, entry) => valueOf(entry)).filter(
              (each) => each <= valueOn
            )
            expect(yield* store.counters(tenant, accountId(0), { valueOn })).toEqual(
              Option.some({ ...noCounters, debitsPosted: 100n * BigInt(counted.length) })
            )
          }
          for (const statistics of [false, true]) {
            if (statistics) yield* sql`ANALYZE`
            const plan = yield* planOf(explain)
            expect(plan.filter((line) => readsAll.test(line))).toEqual([])
            for (const index of ["account", "dates", "astray"]) {
              expect(plan.join("\n")).toContain(`saldo_ledger_postings_${index}`)
            }
          }
        }).pipe(Effect.provide(sqlStore.pipe(Layer.provideMerge(database)))),
      60_000
    )
  })
}
