import { describe, expect, it } from "@effect/vitest"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as fc from "fast-check"
import { parameterOf } from "../../src/internal/parameters.ts"

const stored = (value: unknown) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<{ readonly value: unknown; readonly type: string }>`
      SELECT ${value} AS value, typeof(${value}) AS type`
    return [row?.value, row?.type]
  })

const refused = (value: unknown) => Effect.map(Effect.flip(stored(value)), (error) => error.message)

describe("parameters", () => {
  it.effect("are stored as Postgres would: whole numbers as integers, booleans as 1 and 0, nothing as NULL", () =>
    Effect.gen(function* () {
      const instant = new Date(Date.UTC(2026, 10, 20, 12, 30, 0, 5))
      const values = [
        1,
        -0,
        1.5,
        2 ** 53,
        1e300,
        true,
        false,
        undefined,
        null,
        "å",
        instant,
        2n ** 63n - 1n,
        -(2n ** 63n)
      ]
      expect(yield* Effect.forEach(values, stored)).toEqual([
        [1, "integer"],
        [0, "integer"],
        [1.5, "real"],
        [2 ** 53, "real"],
        [1e300, "real"],
        [1, "integer"],
        [0, "integer"],
        [null, "null"],
        [null, "null"],
        ["å", "text"],
        ["2026-11-20T12:30:00.005Z", "text"],
        [2n ** 63n - 1n, "integer"],
        [-(2n ** 63n), "integer"]
      ])
    }).pipe(Effect.provide(TestSqlite.layer))
  )

  it.effect("may be bytes, in any of their shapes", () =>
    Effect.gen(function* () {
      const bytes = new Uint8Array([1, 2, 255])
      for (const value of [bytes, Buffer.from(bytes), bytes.buffer, new DataView(bytes.buffer), new Int8Array(bytes)]) {
        expect(yield* stored(value)).toEqual([bytes, "blob"])
      }
      expect(yield* stored(new Uint8Array([9, 1, 2, 255, 9]).subarray(1, 4))).toEqual([bytes, "blob"])
    }).pipe(Effect.provide(TestSqlite.layer))
  )

  it.effect("that SQLite cannot hold, or would quietly turn into NULL, are refused by position", () =>
    Effect.gen(function* () {
      expect(yield* refused({ a: 1 })).toBe("Parameter 1 is an object; bind its JSON text instead")
      expect(yield* refused([1])).toBe("Parameter 1 is an object; bind its JSON text instead")
      expect(yield* refused(Number.NaN)).toBe("Parameter 1 is NaN, which SQLite would store as NULL")
      expect(yield* refused(2n ** 63n)).toBe("Parameter 1 (9223372036854775808) does not fit in 64 bits")
      expect(yield* refused(new Date(Number.NaN))).toBe("Parameter 1 is an invalid Date")
      expect(yield* refused(Symbol("s"))).toBe("Parameter 1 is a symbol, which SQLite cannot hold")
      expect(yield* refused(() => 1)).toBe("Parameter 1 is a function, which SQLite cannot hold")
    }).pipe(Effect.provide(TestSqlite.layer))
  )

  it("keep the value of every whole number", () => {
    fc.assert(fc.property(fc.maxSafeInteger(), (value) => parameterOf(value, 0) === BigInt(value)))
    fc.assert(fc.property(fc.double({ noNaN: true }), (value) => Number(parameterOf(value, 0)) === value))
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => parameterOf(value, 0) === value)
    )
  })
})
