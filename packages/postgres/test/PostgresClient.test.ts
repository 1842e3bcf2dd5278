import { describe, expect, it } from "@effect/vitest"
import * as PostgresClient from "@saldo/postgres/PostgresClient"
import { postgres } from "@saldo/postgres/postgres"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import { createServer } from "node:net"
import { inspect } from "node:util"
import { Storage } from "saldo/core/Storage"

const one = SqlClient.SqlClient.use((sql) => sql`SELECT 1 AS one`)
const connecting = (config: PostgresClient.PostgresClientConfig) =>
  Effect.flip(Effect.provide(one, PostgresClient.layer(config), { local: true }))

/** A URL like that of the tests' server, with parts of it changed. */
const changed = (change: (url: URL) => void) =>
  Effect.map(TestPostgres.url, (given) => {
    const url = new URL(Redacted.value(given))
    change(url)
    return url
  })

/** Everything that a log, a crash or a curious developer could print of a value. */
const everythingOf = (value: unknown) =>
  [
    inspect(value, { depth: 20, showHidden: true }),
    String(value),
    JSON.stringify(value),
    Exit.fail(value).toString()
  ].join()

describe("PostgresClient", () => {
  it.live("reads 64-bit integers as bigint, streams, nests transactions and gives typed errors", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE rows (id BIGINT PRIMARY KEY, note TEXT)`
      yield* sql`INSERT INTO rows ${sql.insert([
        { id: 1n, note: "å" },
        { id: 2n ** 63n - 1n, note: null }
      ])}`
      const rows = [
        { id: 1n, note: "å" },
        { id: 2n ** 63n - 1n, note: null }
      ]
      expect(yield* sql`SELECT * FROM rows ORDER BY id`).toEqual(rows)
      expect(yield* Stream.runCollect(sql`SELECT * FROM rows ORDER BY id`.stream)).toEqual(rows)
      yield* sql.withTransaction(
        Effect.ignore(sql.withTransaction(Effect.andThen(sql`DELETE FROM rows`, Effect.fail("no"))))
      )
      expect(yield* sql`SELECT count(*) AS n FROM rows`).toEqual([{ n: 2n }])
      const clash = yield* Effect.flip(sql`INSERT INTO rows (id) VALUES (1)`)
      expect(clash.reason).toMatchObject({ _tag: "UniqueViolation", constraint: "rows_pkey" })
    }).pipe(Effect.provide(TestPostgres.layer))
  )

  it.live("tells how the server is", () =>
    Effect.gen(function* () {
      const health = yield* PostgresClient.health
      expect(health.serverVersion).toMatch(/^\d+\.\d+/u)
      expect(health.inRecovery).toBe(false)
      expect(health.roundTripMs).toBeGreaterThan(0)
    }).pipe(Effect.provide(TestPostgres.layer))
  )

  it.live("has the server give up on a statement that takes too long, and goes on", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const error = yield* Effect.flip(sql`SELECT pg_sleep(60)`)
      expect(error.reason._tag).toBe("StatementTimeoutError")
      expect(yield* one).toEqual([{ one: 1 }])
    }).pipe(Effect.provide(TestPostgres.layerWith({ statementTimeoutMs: 50 })))
  )

  it.live("leaves the statement timeout to the server when told so, and shows its name", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const show = (name: string) => Effect.map(sql.unsafe(`SHOW ${name}`).values, (rows) => rows[0]?.[0])
      expect(yield* show("statement_timeout")).toBe("0")
      expect(yield* show("application_name")).toBe("teller")
    }).pipe(
      Effect.provide(TestPostgres.layerWith({ statementTimeoutMs: 0, applicationName: "teller", multiplex: true }))
    )
  )

  it.live("cancels a statement on the server when its fiber is interrupted", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const sleeping = sql`SELECT count(*) AS n FROM pg_stat_activity WHERE query LIKE '%pg_sleep(61)' AND state = 'active'`
      const until = (n: bigint) => Effect.repeat(sleeping, { until: (rows) => rows[0]?.["n"] === n })
      const fiber = yield* Effect.forkChild(sql`SELECT pg_sleep(61)`)
      yield* until(1n)
      yield* Fiber.interrupt(fiber)
      yield* until(0n)
    }).pipe(Effect.provide(TestPostgres.layer))
  )

  it.live("recovers when the server has killed all its connections", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const five = (statement: Effect.Effect<unknown, unknown>) =>
        Effect.all(
          Array.from({ length: 5 }, () => Effect.exit(statement)),
          { concurrency: 5 }
        )
      expect((yield* five(sql`SELECT pg_sleep(0.05)`)).every(Exit.isSuccess)).toBe(true)
      const killed = yield* Effect.provide(
        SqlClient.SqlClient.use(
          (other) => other`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'`
        ),
        TestPostgres.layerWith({ applicationName: "killer" })
      )
      expect(killed).toHaveLength(5)
      // What was in the pool is dead; each use finds that out once, as an error that may be retried.
      yield* Effect.all(
        Array.from({ length: 20 }, () =>
          sql`SELECT 1`.pipe(
            Effect.retry({ times: 10, while: (error) => error.isRetryable || /terminat/u.test(error.message) })
          )
        ),
        { concurrency: 5 }
      )
      expect((yield* five(sql`SELECT 1`)).every(Exit.isSuccess)).toBe(true)
    }).pipe(Effect.provide(TestPostgres.layerWith({ applicationName: "victim", poolSize: 5 })))
  )

  it.live("reads its options from the configuration", () =>
    Effect.gen(function* () {
      const url = Redacted.value(yield* TestPostgres.url)
      const layer = PostgresClient.layerConfig({ url: Config.Redacted("DATABASE_URL"), poolSize: Config.Int("POOL") })
      const provider = ConfigProvider.layer(ConfigProvider.fromUnknown({ DATABASE_URL: url, POOL: "2" }))
      expect(yield* Effect.provide(one, Layer.provide(layer, provider))).toEqual([{ one: 1 }])
      expect(yield* Effect.provide(one, Storage.client(postgres({ url })))).toEqual([{ one: 1 }])
    })
  )
})

describe("PostgresClient (a server that cannot be used)", () => {
  it.live("nobody listens: says where, at once", () =>
    Effect.gen(function* () {
      const error = yield* connecting({ url: "postgres://teller:hush-hush@127.0.0.1:1/books" })
      expect(error.reason._tag).toBe("ConnectionError")
      expect(error.isRetryable).toBe(true)
      expect(error.message).toContain('database "books" at 127.0.0.1:1 as user "teller"')
      expect(error.message).toContain("ECONNREFUSED")
      expect(everythingOf(error)).not.toContain("hush-hush")
      const named = yield* connecting({ url: "postgres://teller:hush-hush@no-such-host.invalid/books" })
      expect(named.message).toContain("no-such-host.invalid:5432")
    })
  )

  it.live("somebody listens and says nothing: ends after the connect timeout", () =>
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.callback<ReturnType<typeof createServer>>((resume) => {
          const silent = createServer(() => undefined).listen(0, "127.0.0.1", () => resume(Effect.succeed(silent)))
        }),
        (silent) => Effect.sync(() => void silent.close())
      )
      const address = server.address()
      const port = typeof address === "object" ? address?.port : undefined
      const error = yield* connecting({
        url: `postgres://teller:hush-hush@127.0.0.1:${port}/books`,
        connectTimeoutMs: 50
      })
      expect(error.reason._tag).toBe("ConnectionError")
      expect(error.message).toContain("timed out")
    })
  )

  it.live("wrong password: an authentication error that never shows it", () =>
    Effect.gen(function* () {
      const url = yield* changed((parts) => {
        parts.password = "hush-hush%2Fé"
      })
      for (const given of [url.href, Redacted.make(url.href)]) {
        const error = yield* connecting({ url: given })
        expect(error.reason._tag).toBe("AuthenticationError")
        expect(error.isRetryable).toBe(false)
        expect(error.message).toContain("password authentication failed")
        expect(everythingOf(error)).not.toContain("hush-hush")
      }
    })
  )

  it.live("no such database: says which", () =>
    Effect.gen(function* () {
      const url = yield* changed((parts) => {
        parts.pathname = "/nowhere"
      })
      const error = yield* connecting({ url: url.href })
      expect(error.isRetryable).toBe(false)
      expect(error.message).toContain('database "nowhere" does not exist')
      expect(everythingOf(error)).not.toContain(url.password)
    })
  )

  it.live("a malformed URL: says what it should look like, and never shows it", () =>
    Effect.gen(function* () {
      for (const url of [
        "postgres://u:hush-hush@[bad",
        "mysql://u:hush-hush@h/d",
        "hush-hush",
        "postgres://u:hush-hush%@h:99999/d"
      ]) {
        const error = yield* connecting({ url })
        expect(error.message).toContain("postgres://user:password@host:5432/database")
        expect(everythingOf(error)).not.toContain("hush-hush")
      }
    })
  )

  it.live("does not show the password of a client that works", () =>
    Effect.gen(function* () {
      const url = yield* TestPostgres.url
      const { password } = new URL(Redacted.value(url))
      const client = yield* Effect.provide(SqlClient.SqlClient, PostgresClient.layer({ url }))
      expect(inspect(client, { depth: 20, showHidden: true })).not.toContain(password)
    })
  )
})
