import { expect, it } from "@effect/vitest"
import { sqlite } from "@saldo/sqlite/sqlite"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { Storage } from "saldo/core/Storage"

it.effect("names itself, and opens the database", () =>
  Effect.gen(function* () {
    const storage = sqlite({ filename: ":memory:", busyTimeoutMs: 10 })
    expect(storage.name).toBe("sqlite")
    const rows = SqlClient.SqlClient.use((sql) => sql`SELECT 1 AS one`)
    expect(yield* Effect.provide(rows, Storage.client(storage))).toEqual([{ one: 1 }])
  })
)
