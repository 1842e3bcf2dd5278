import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const dumpWithout = (left: (table: string) => boolean) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const tables = yield* sql<{ readonly name: string }>`
      SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'saldo_%' ORDER BY name`
    const rows = yield* Effect.forEach(
      tables.filter(({ name }) => !left(name)),
      ({ name }) =>
        Effect.map(
          sql.unsafe(`SELECT * FROM ${name} ${name === "saldo_core_commands" ? "WHERE state = 'settled'" : ""}`),
          (found) => [name, found] as const
        )
    )
    return JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))
  })

/**
 * Every row of every table, but the trail's own, keys that a command claims before it asks somebody outside, how far a
 * rail has been read, and tries, which are counted before they are judged.
 */
export const dump = dumpWithout((table) =>
  ["saldo_audit_records", "saldo_banking_rail_places", "saldo_identity_attempts"].includes(table)
)

/** What there is, without what is remembered of calls that were refused. */
export const substance = dumpWithout((table) =>
  /^saldo_(?:audit_\w+|core_commands|identity_attempts|ledger_commands)$/u.test(table)
)
