import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import * as MemoryTable from "saldo/core/MemoryTable"
import * as Dialect from "saldo/sql/Dialect"

/** A store as small as can be: numbers by name. */
export interface Cell {
  readonly get: (key: string) => Effect.Effect<number | undefined>
  /** Reads, and on a storage that locks rows keeps everybody else from changing the cell until the transaction ends. */
  readonly lock: (key: string) => Effect.Effect<number | undefined>
  readonly put: (key: string, value: number) => Effect.Effect<void>
}

/**
 * Two independent stores on the storage whose `Atomic` is under test, standing for two domains.
 *
 * `get` reads and `put` writes at once; neither locks more than its storage does by itself, unlike `lock`.
 */
export class Cells extends Context.Service<Cells, { readonly left: Cell; readonly right: Cell }>()(
  "@saldo/testing/Cells"
) {
  /** Cells in memory, for `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<Cells> = Layer.effect(
    this,
    Effect.gen(function* () {
      const make = Effect.map(MemoryTable.make<string, number>(), (table): Cell => {
        const get = (key: string) => Effect.map(table.get(key), Option.getOrUndefined)
        return { get, lock: get, put: (key, value) => table.set(key, value) }
      })
      return { left: yield* make, right: yield* make }
    })
  )

  /** Cells in two tables of their own, for `SqlAtomic` over any `SqlClient`. */
  static readonly layerSql: Layer.Layer<Cells, never, SqlClient.SqlClient> = Layer.effect(
    this,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const make = Effect.fnUntraced(function* (table: string) {
        const name = sql(table)
        yield* sql`CREATE TABLE IF NOT EXISTS ${name} (cell TEXT PRIMARY KEY, value INTEGER NOT NULL)`
        const read = (lock: Fragment) => (key: string) =>
          sql<{ readonly value: number }>`SELECT value FROM ${name} WHERE cell = ${key} ${lock}`.pipe(
            Effect.map((rows) => rows[0]?.value),
            Effect.orDie
          )
        return {
          get: read(sql.literal("")),
          lock: read(Dialect.forUpdate(sql)),
          put: (key, value) =>
            sql`
              INSERT INTO ${name} (cell, value) VALUES (${key}, ${value})
              ON CONFLICT (cell) DO UPDATE SET value = excluded.value
            `.pipe(Effect.orDie, Effect.asVoid)
        } satisfies Cell
      }, Effect.orDie)
      return { left: yield* make("saldo_testing_left"), right: yield* make("saldo_testing_right") }
    })
  )
}
