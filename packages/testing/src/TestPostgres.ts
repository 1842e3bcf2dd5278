import { layer as layerPostgres, type PostgresClient, type PostgresClientConfig } from "@saldo/postgres/PostgresClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { randomBytes } from "node:crypto"
import { inject } from "vitest"
import { PostgresUnavailable } from "./internal/postgresServer.ts"
import type { TestedPostgres } from "./internal/postgresGlobalSetup.ts"

/** The URL of the server that all test files of a run share; a superuser's. A test without a server dies. */
const server: Effect.Effect<URL> = Effect.suspend(() => {
  const given: TestedPostgres = inject("saldoPostgres")
  return "url" in given ? Effect.succeed(new URL(given.url)) : Effect.die(new PostgresUnavailable(given.unavailable))
})

/** A name nobody else uses, across files, processes and runs. */
const freshName = Effect.sync(() => `test_${randomBytes(8).toString("hex")}`)

const asAdministrator = <A>(
  work: (sql: SqlClient.SqlClient) => Effect.Effect<A, SqlError>
): Effect.Effect<A, SqlError> =>
  Effect.flatMap(server, (url) =>
    Effect.flatMap(SqlClient.SqlClient, work).pipe(
      Effect.provide(Layer.fresh(layerPostgres({ url: Redacted.make(url.href), poolSize: 1 })))
    )
  )

/**
 * The URL of an empty schema of its own (20 ms), dropped when the scope closes. Everything in a schema is separate but
 * advisory locks, notifications and roles; a test of those takes `databaseUrl`.
 */
export const url: Effect.Effect<Redacted.Redacted, SqlError, Scope.Scope> = Effect.gen(function* () {
  const name = yield* freshName
  yield* Effect.acquireRelease(
    asAdministrator((sql) => sql`CREATE SCHEMA ${sql(name)}`),
    () => Effect.orDie(asAdministrator((sql) => sql`DROP SCHEMA ${sql(name)} CASCADE`))
  )
  const address = new URL(yield* server)
  address.searchParams.set("options", `-c search_path=${name}`)
  return Redacted.make(address.href)
})

/** The URL of an empty database of its own, dropped when the scope closes. */
export const databaseUrl: Effect.Effect<Redacted.Redacted, SqlError, Scope.Scope> = Effect.gen(function* () {
  const name = yield* freshName
  yield* Effect.acquireRelease(
    asAdministrator((sql) => sql`CREATE DATABASE ${sql(name)}`),
    () => Effect.orDie(asAdministrator((sql) => sql`DROP DATABASE ${sql(name)} WITH (FORCE)`))
  )
  const address = new URL(yield* server)
  address.pathname = `/${name}`
  return Redacted.make(address.href)
})

/**
 * An empty schema that stays as long as the scope, however often it is connected to: the layer connects, as each process
 * does that starts.
 */
export const schema: Effect.Effect<
  Layer.Layer<PostgresClient | SqlClient.SqlClient, SqlError>,
  SqlError,
  Scope.Scope
> = Effect.map(url, (address) => layerPostgres({ url: address }))

/** A client on an empty schema of its own, with options. */
export const layerWith = (
  options: Omit<PostgresClientConfig, "url">
): Layer.Layer<PostgresClient | SqlClient.SqlClient, SqlError> =>
  Layer.unwrap(Effect.map(url, (address) => layerPostgres({ ...options, url: address })))

/** A client on an empty schema of its own, dropped with the layer. */
export const layer: Layer.Layer<PostgresClient | SqlClient.SqlClient, SqlError> = layerWith({})
