import { describe, expect, it } from "@effect/vitest"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as Statement from "effect/sql/Statement"
import * as fc from "fast-check"
import { makeCompiler } from "../../src/internal/compiler.ts"

const upper = (name: string) => name.toUpperCase()
const name = fc.string({ minLength: 1, maxLength: 6 })
const value = fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.constant(undefined), fc.bigInt(), fc.boolean())
type Row = Record<string, unknown>
const recordOf = (columns: ReadonlyArray<string>): fc.Arbitrary<Row> =>
  fc.record(Object.fromEntries(columns.map((column) => [column, value])))
const records = fc
  .uniqueArray(name, { minLength: 1, maxLength: 4 })
  .chain((columns) =>
    fc
      .tuple(recordOf(columns), fc.array(recordOf(columns), { maxLength: 3 }))
      .map(([first, others]): readonly [Row, ...Array<Row>] => [first, ...others])
  )

describe("the compiler", () => {
  it.effect("gives what Effect's compiler gives, with and without a transform of names", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const fragment: fc.Arbitrary<Statement.Fragment> = fc.oneof(
        fc.string().map((text) => sql.literal(text)),
        value.map((parameter) => sql`${parameter}`),
        name.map((identifier) => sql`${sql(identifier)}`),
        fc.array(value, { maxLength: 4 }).map((list) => sql`x IN ${sql.in(list)}`),
        fc.array(value, { maxLength: 4 }).map((list) => sql`${sql.in("column", list)}`),
        records.map((rows) => sql`INSERT INTO t ${sql.insert(rows)}`),
        records.map((rows) => sql`INSERT INTO t ${sql.insert(rows).returning("*")}`),
        records.map((rows) => sql`INSERT INTO t ${sql.insert(rows).returning(sql`a, ${1}`)}`),
        records.map((rows) => sql`INSERT INTO t ${sql.insert({ ...rows[0], inner: sql`${7}` })}`),
        records.map((rows) => sql`UPDATE t SET ${sql.update(rows[0])} WHERE id = ${1}`),
        fc.array(name, { maxLength: 3 }).map((columns) => sql.csv("ORDER BY", columns)),
        fc.constant(sql.unsafe("SELECT ?, ?", [1, "two"]))
      )
      for (const transform of [undefined, upper]) {
        const [ours, theirs] = [makeCompiler(transform), Statement.makeCompilerSqlite(transform)]
        // undefined inserted as it is becomes NULL in the driver; Effect's compiler says so earlier.
        const same = ([text, params]: readonly [string, ReadonlyArray<unknown>]) => [
          text,
          params.map((param) => param ?? null)
        ]
        fc.assert(
          fc.property(fc.array(fragment, { maxLength: 4 }), fc.boolean(), (fragments, plain) => {
            const statement = Statement.fragment(fragments.flatMap(({ segments }) => segments))
            const expected = same(theirs.compile(statement, plain))
            for (let times = 0; times < 2; times++) {
              expect(same(ours.compile(statement, plain))).toEqual(expected)
            }
            expect(same(ours.withoutTransform.compile(statement, false))).toEqual(
              same(theirs.withoutTransform.compile(statement, false))
            )
          })
        )
      }
    }).pipe(Effect.provide(TestSqlite.layer))
  )
})
