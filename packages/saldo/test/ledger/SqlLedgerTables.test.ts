import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import * as Money from "saldo/money/Money"
import * as Migrations from "saldo/sql/Migrations"
import * as LocalDate from "saldo/time/LocalDate"
import { account, accountId, holdId, key, tenant } from "./randomCommits.ts"

const sqlStore = SqlLedgerStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provideMerge(Migrations.layer))

const nonsense: ReadonlyArray<readonly [table: string, column: string, value: string]> = [
  ["accounts", "type", "'gift'"],
  ["accounts", "role", "'owner'"],
  ["accounts", "debits_posted", "-1"],
  ["accounts", "credits_posted", "-1"],
  ["accounts", "debits_pending", "-1"],
  ["accounts", "credits_pending", "-1"],
  ["accounts", "debits_posted", "NULL"],
  ["commands", "refusal", "'{}'"],
  ["commands", "first_entry_id", "NULL"],
  ["entries", "kind", "'guessed'"],
  ["entries", "kind", "NULL"],
  ["postings", "side", "'left'"],
  ["postings", "posted", "-1"],
  ["postings", "value_order", "'late'"],
  ["holds", "amount", "0"],
  ["holds", "captured", "-1"],
  ["holds", "remaining", "-1"],
  ["holds", "over_capture", "-1"],
  ["holds", "state", "'lost'"]
]

for (const [name, database] of [
  ["sqlite", TestSqlite.layer],
  ["postgres", TestPostgres.layer]
] as const) {
  describe(`the ledger's tables on ${name}`, () => {
    it.live("refuse what cannot be, whoever writes it", () =>
      Effect.gen(function* () {
        const store = yield* LedgerStore
        const sql = yield* SqlClient.SqlClient
        for (const number of [0, 1]) {
          yield* store.openAccount(
            account(number, { bounds: { minimum: null, maximum: null }, creditsBlocked: false, debitsBlocked: false })
          )
        }
        const amount = Money.of("1.00", "SEK")
        const [outcome] = yield* store.commit({
          tenant,
          today: LocalDate.of("2026-03-10"),
          now: DateTime.makeUnsafe("2026-03-10T12:00:00Z"),
          commands: [
            {
              key: key("a hold"),
              operations: [{ _tag: "PlaceHold", holdId: holdId(1), debit: accountId(0), credit: accountId(1), amount }]
            }
          ]
        })
        expect(outcome === undefined || Result.isFailure(outcome)).toBe(false)
        for (const [table, column, value] of nonsense) {
          const written = yield* Effect.result(sql.unsafe(`UPDATE saldo_ledger_${table} SET ${column} = ${value}`))
          expect([table, column, value, Result.isFailure(written)]).toEqual([table, column, value, true])
        }
        expect(yield* sql.unsafe("UPDATE saldo_ledger_accounts SET debits_posted = 0 RETURNING 1 AS one")).toHaveLength(
          2
        )
      }).pipe(Effect.provide(sqlStore.pipe(Layer.provideMerge(database))))
    )
  })
}
