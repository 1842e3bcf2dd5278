import { describe, expect, it } from "@effect/vitest"
import * as SqliteClient from "@saldo/sqlite/SqliteClient"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import * as Migrations from "saldo/sql/Migrations"
import { execFile } from "node:child_process"
import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { slowDomains } from "./slowDomains.ts"

const databases = { sqlite: TestSqlite.layer, postgres: TestPostgres.layer } as const
const program = fileURLToPath(new URL("migrateInProcess.ts", import.meta.url))

const [first] = slowDomains
const everything = [
  { domain: "first", id: 1, name: "create" },
  { domain: "first", id: 2, name: "fill" },
  { domain: "second", id: 1, name: "refer" },
  { domain: "second", id: 2, name: "fill" }
]

const execute = (text: string) => Effect.asVoid(Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(text)))

/** Starts four processes at once on an address, and gives what each of them applied. */
const fourProcesses = (address: string) =>
  Effect.promise(() =>
    Promise.all(
      [1, 2, 3, 4].map(async () => {
        const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=saldo-source", program, address])
        const applied: unknown = JSON.parse(stdout)
        return applied
      })
    )
  )

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "saldo-migrations-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true }))
)

for (const [name, layer] of Object.entries(databases)) {
  describe(`Migrations (${name})`, () => {
    it.live("applies each domain once, in order", () =>
      Effect.gen(function* () {
        expect(yield* Migrations.runAll(slowDomains)).toEqual(everything)
        expect(yield* Migrations.runAll(slowDomains)).toEqual([])
        const sql = yield* SqlClient.SqlClient
        expect(yield* sql`SELECT first_id FROM second_rows`).toEqual([{ first_id: 1n }])
        expect(yield* sql`SELECT migration_id, name FROM saldo_second_migrations ORDER BY 1`).toEqual([
          { migration_id: 1, name: "refer" },
          { migration_id: 2, name: "fill" }
        ])
      }).pipe(Effect.provide(layer))
    )

    it.live("applies what came later, and only that", () =>
      Effect.gen(function* () {
        yield* Migrations.runAll(slowDomains)
        const later = {
          domain: "first",
          migrations: { ...first?.migrations, "0003_more": execute("CREATE TABLE more (id BIGINT)") }
        }
        expect(yield* Migrations.runAll([later])).toEqual([{ domain: "first", id: 3, name: "more" }])
      }).pipe(Effect.provide(layer))
    )

    it.live("keeps nothing of a domain whose migration fails, and succeeds when it is mended", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const broken = {
          domain: "first",
          migrations: { ...first?.migrations, "0003_broken": execute("INSERT INTO nowhere VALUES (1)") }
        }
        const error = yield* Effect.flip(Migrations.runAll([broken]))
        expect(error).toMatchObject({ _tag: "MigrationError", kind: "Failed" })
        expect(error.message).toContain("3_broken")
        expect((yield* Effect.flip(sql`SELECT * FROM first_rows`)).reason._tag).toBe("SqlSyntaxError")
        expect(yield* Migrations.runAll(slowDomains)).toEqual(everything)
      }).pipe(Effect.provide(layer))
    )

    it.live("refuses a record that does not fit the code", () =>
      Effect.gen(function* () {
        yield* Migrations.runAll(slowDomains)
        const between = { domain: "second", migrations: { "0001_refer": Effect.void, "0003_fill": Effect.void } }
        expect(yield* Migrations.runAll([between])).toEqual([{ domain: "second", id: 3, name: "fill" }])
        const skipped = yield* Effect.flip(
          Migrations.runAll([{ domain: "third", migrations: { "0002_b": Effect.void } }]).pipe(
            Effect.andThen(
              Migrations.runAll([{ domain: "third", migrations: { "0001_a": Effect.void, "0002_b": Effect.void } }])
            )
          )
        )
        expect(skipped.message).toBe(
          'The database does not fit this version of saldo/third: migration 2 has run and 1 has not, and here 1 is "a"'
        )
        const renamed = yield* Effect.flip(
          Migrations.runAll([{ domain: "second", migrations: { "0001_other": Effect.void } }])
        )
        expect(renamed.message).toContain('migration 1 was "refer", and here 1 is "other"')
        const unnumbered = yield* Effect.flip(Migrations.runAll([{ domain: "x", migrations: { create: Effect.void } }]))
        expect(unnumbered.message).toContain("0001_create")
      }).pipe(Effect.provide(layer))
    )

    it.live("brings up every domain of Saldo, twice", () =>
      Effect.gen(function* () {
        const applied = yield* Migrations.run
        expect(applied.map(({ domain }) => domain)).toEqual(
          Migrations.domains.flatMap(({ domain, migrations }) => Object.keys(migrations).map(() => domain))
        )
        expect(yield* Migrations.run).toEqual([])
        yield* Effect.provide(Effect.void, Migrations.layer)
      }).pipe(Effect.provide(layer))
    )
  })
}

describe("Migrations (several processes)", () => {
  const winners = (results: ReadonlyArray<unknown>) =>
    results.filter((applied) => Array.isArray(applied) && applied.length > 0)

  it.live("one of four processes applies each domain on Postgres, and the others wait for it", () =>
    Effect.gen(function* () {
      const url = Redacted.value(yield* TestPostgres.url)
      const results = yield* fourProcesses(url)
      expect(winners(results).flat().sort(byDomain)).toEqual(everything)
    })
  )

  it.live("one of four processes applies each domain on a new SQLite file, and the others wait for it", () =>
    Effect.gen(function* () {
      const results = yield* fourProcesses(join(yield* folder, "saldo.db"))
      expect(winners(results).flat().sort(byDomain)).toEqual(everything)
    })
  )
})

const byDomain = (a: unknown, b: unknown) => JSON.stringify(a).localeCompare(JSON.stringify(b))

describe("Migrations (a large table on Postgres)", () => {
  it.live("may take longer than a statement may elsewhere", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      expect((yield* Effect.flip(sql`SELECT pg_sleep(0.4)`)).reason._tag).toBe("StatementTimeoutError")
      const slow = { domain: "slow", migrations: { "0001_sleep": execute("SELECT pg_sleep(0.4)") } }
      expect(yield* Migrations.runAll([slow])).toHaveLength(1)
      expect((yield* Effect.flip(sql`SELECT pg_sleep(0.4)`)).reason._tag).toBe("StatementTimeoutError")
    }).pipe(Effect.provide(TestPostgres.layerWith({ statementTimeoutMs: 200 })))
  )
})

describe("Migrations (a database that is up to date)", () => {
  it.live("reads a file that nobody may write", () =>
    Effect.gen(function* () {
      const filename = join(yield* folder, "saldo.db")
      yield* Effect.provide(Migrations.runAll(slowDomains), SqliteClient.layer({ filename }))
      yield* Effect.promise(() => chmod(filename, 0o444))
      const reading = SqliteClient.layer({ filename, readonly: true })
      expect(yield* Effect.provide(Migrations.runAll(slowDomains), reading)).toEqual([])
    })
  )
})
