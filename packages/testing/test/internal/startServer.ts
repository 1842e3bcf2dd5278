import { layer } from "@saldo/postgres/PostgresClient"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { dirname } from "node:path"
import { startPostgres } from "../../src/internal/postgresServer.ts"

// A process of its own: starts a server, tells where its data are and which process it is, and stops it when told to.
const server = await startPostgres()
const ask = SqlClient.SqlClient.use(
  (sql) => sql<{ readonly data: string; readonly pid: string }>`
    SELECT current_setting('data_directory') AS data, split_part(pg_read_file('postmaster.pid'), E'\n', 1) AS pid`
)
const [row] = await Effect.runPromise(Effect.provide(ask, layer({ url: server.url })))
process.stdout.write(`${dirname(row?.data ?? "")} ${row?.pid ?? ""} ${server.runsAs}`)
process.stdin.once("data", () => void server.stop().then(() => process.exit(0)))
