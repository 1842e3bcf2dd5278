import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as SqlClient from "effect/sql/SqlClient"
import { comparePositions, type KeyColumn } from "saldo/core/keyset"
import * as Page from "saldo/core/Page"
import * as SqlKeyset from "saldo/core/SqlKeyset"

interface Row {
  readonly name: string | null
  readonly amount: bigint | null
  readonly id: number
}

const columnsOf = (name: KeyColumn["direction"], amount: KeyColumn["direction"]): ReadonlyArray<KeyColumn> => [
  { column: "name", direction: name },
  { column: "amount", direction: amount },
  { column: "id", direction: "ascending" }
]

const positionOf = (row: Row): Page.Position => [row.name, row.amount, row.id]

const readPage = Effect.fnUntraced(function* (columns: ReadonlyArray<KeyColumn>, request: Page.PageRequest) {
  const sql = yield* SqlClient.SqlClient
  const start = yield* Page.startOf(columns, request)
  const after = start === undefined ? sql`1 = 1` : SqlKeyset.after(sql, columns, start)
  const rows = yield* sql<Row>`
    SELECT name, amount, id FROM keyset_rows WHERE ${after}
    ORDER BY ${SqlKeyset.orderBy(sql, columns)} LIMIT ${Page.limitOf(request) + 1}`
  return Page.pageOf(columns, request, rows, positionOf)
})

/** All rows, page by page. */
const readAll = Effect.fnUntraced(function* (columns: ReadonlyArray<KeyColumn>, limit: number) {
  const rows: Array<Row> = []
  let request: Page.PageRequest = { limit }
  while (true) {
    const page: Page.Page<Row> = yield* readPage(columns, request)
    rows.push(...page.items)
    if (page.next === null) return rows
    request = { limit, cursor: page.next }
  }
})

const anyRow = (id: number) =>
  Effect.gen(function* (): Effect.fn.Return<Row> {
    return {
      id,
      name: yield* Random.choice(["a", "b", "é", "", null] as const),
      amount: yield* Random.choice([1n, -5n, 2n ** 60n, null] as const)
    }
  })

for (const [database, layer] of [
  ["sqlite", TestSqlite.layer],
  ["postgres", TestPostgres.layer]
] as const) {
  describe(`SqlKeyset (${database})`, () => {
    it.live("reads every row once, in order, with nulls last, for any size of page", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const text = sql.onDialectOrElse({ pg: () => sql`TEXT COLLATE "C"`, orElse: () => sql`TEXT` })
        yield* sql`CREATE TABLE keyset_rows (name ${text}, amount BIGINT, id INTEGER NOT NULL)`
        const rows = yield* Effect.forEach([...Array(60).keys()], anyRow).pipe(Random.withSeed("keyset"))
        yield* Effect.forEach(rows, (row) => sql`INSERT INTO keyset_rows ${sql.insert({ ...row })}`)
        for (const name of ["ascending", "descending"] as const) {
          for (const amount of ["ascending", "descending"] as const) {
            const columns = columnsOf(name, amount)
            const compare = comparePositions(columns)
            const sorted = [...rows].sort((a, b) => compare(positionOf(a), positionOf(b)))
            for (const limit of [1, 7, 59, 60, 500]) {
              expect((yield* readAll(columns, limit)).map((row) => row.id)).toEqual(sorted.map((row) => row.id))
            }
          }
        }
      }).pipe(Effect.provide(layer))
    )
  })
}
