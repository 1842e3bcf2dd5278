import { describe, expect, it } from "@effect/vitest"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { filename, using } from "./files.ts"

const MAX = 2n ** 63n - 1n
const MIN = -(2n ** 63n)
const safe = Effect.provideService(SqlClient.SafeIntegers, true)

const createAmounts = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE amounts (id INTEGER PRIMARY KEY, amount BIGINT, weight REAL, note TEXT, flag BOOLEAN)`
  return sql
})

describe("integers", () => {
  it.live("come back as bigint from BIGINT columns, as numbers from others, and never rounded", () =>
    Effect.gen(function* () {
      const sql = yield* createAmounts
      yield* sql`INSERT INTO amounts VALUES (1, ${MAX}, 1.5, '1', 1), (2, ${MIN}, 2, '2', 0)`
      const rows = [
        { id: 1, amount: MAX, weight: 1.5, note: "1", flag: 1 },
        { id: 2, amount: MIN, weight: 2, note: "2", flag: 0 }
      ]
      expect(yield* sql`SELECT * FROM amounts`).toEqual(rows)
      expect(yield* Stream.runCollect(sql`SELECT * FROM amounts`.stream)).toEqual(rows)
      expect(yield* sql.withTransaction(Stream.runCollect(sql`SELECT * FROM amounts`.stream))).toEqual(rows)
      expect(yield* sql`SELECT amount, id FROM amounts`.values).toEqual([
        [MAX, 1],
        [MIN, 2]
      ])
      expect(yield* sql`SELECT amount AS renamed FROM amounts WHERE amount = ${MAX}`).toEqual([{ renamed: MAX }])
      expect(yield* sql`UPDATE amounts SET note = 'x' RETURNING id, amount`).toEqual([
        { id: 1, amount: MAX },
        { id: 2, amount: MIN }
      ])
    }).pipe(Effect.provide(TestSqlite.layerFile))
  )

  it.live("without a declared type are numbers while that is exact, and bigint beyond", () =>
    Effect.gen(function* () {
      const sql = yield* createAmounts
      yield* sql`INSERT INTO amounts (id, amount) VALUES (1, ${2n ** 53n - 1n}), (2, 2)`
      expect(yield* sql`SELECT count(*) AS n FROM amounts`).toEqual([{ n: 2 }])
      expect(yield* sql`SELECT sum(amount) AS total FROM amounts`).toEqual([{ total: 2n ** 53n + 1n }])
      expect(yield* sql`SELECT sum(id) AS total FROM amounts`).toEqual([{ total: 3 }])
      yield* sql`INSERT INTO amounts (id) VALUES (${MAX})`
      expect(yield* sql`SELECT id FROM amounts ORDER BY id`).toEqual([{ id: 1 }, { id: 2 }, { id: MAX }])
      expect(yield* Stream.runCollect(sql`SELECT id FROM amounts ORDER BY id DESC LIMIT 1`.stream)).toEqual([
        { id: MAX }
      ])
    }).pipe(Effect.provide(TestSqlite.layerFile))
  )

  it.live("are all bigint where safe integers are asked for", () =>
    Effect.gen(function* () {
      const sql = yield* createAmounts
      yield* sql`INSERT INTO amounts VALUES (1, 2, 1.5, 'x', 1)`
      expect(yield* safe(sql`SELECT id, amount, weight, count(*) AS n FROM amounts`)).toEqual([
        { id: 1n, amount: 2n, weight: 1.5, n: 1n }
      ])
      expect(yield* safe(sql`SELECT id FROM amounts`.values)).toEqual([[1n]])
      expect(yield* safe(Stream.runCollect(sql`SELECT id FROM amounts`.stream))).toEqual([{ id: 1n }])
      expect(yield* sql`SELECT id FROM amounts`).toEqual([{ id: 1 }])
    }).pipe(Effect.provide(TestSqlite.layerFile))
  )

  it.live("are bigint in the types that the host names", () =>
    Effect.gen(function* () {
      const sql = yield* createAmounts
      yield* sql`INSERT INTO amounts (id, amount) VALUES (1, 2)`
      expect(yield* sql`SELECT id, amount FROM amounts`).toEqual([{ id: 1n, amount: 2 }])
    }).pipe(using({ filename: ":memory:", bigintTypes: ["integer"] }))
  )

  it.live("can be rowids beyond 2^53, after which writing goes on", () =>
    Effect.provide(writesBeyond2To53, TestSqlite.layer)
  )

  it.live("can be rowids beyond 2^53 on Node 26 too, which throws where Node 24 rounds", (context) =>
    Effect.gen(function* () {
      const node26 = fileURLToPath(new URL("../../../examples/node-26/node_modules/.bin/node", import.meta.url))
      if (!existsSync(node26)) return context.skip("Node 26 is not installed in examples/node-26")
      const program = fileURLToPath(new URL("largeRowids.ts", import.meta.url))
      const path = yield* filename
      const { stdout } = yield* Effect.promise(() =>
        promisify(execFile)(node26, ["--conditions=saldo-source", "--no-warnings", program, path])
      )
      expect(stdout).toBe("v26 9007199254740993,9223372036854775807")
    })
  )
})

/** Node 26's `run()` throws after the write has happened when the last rowid is beyond 2^53, and at every write thereafter. */
const writesBeyond2To53 = Effect.gen(function* () {
  const sql = yield* createAmounts
  for (const id of [2n ** 53n + 1n, MAX]) {
    yield* sql`INSERT INTO amounts (id) VALUES (${id})`
    expect(yield* sql`UPDATE amounts SET note = 'seen' WHERE id = ${id}`.raw).toMatchObject({ changes: 1 })
    expect(yield* sql`INSERT INTO amounts (note) VALUES ('x')`.raw.pipe(Effect.ignore)).toBeUndefined()
  }
  expect(yield* sql`SELECT count(*) AS n FROM amounts WHERE note = 'seen'`).toEqual([{ n: 2 }])
})
