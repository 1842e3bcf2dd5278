/**
 * The yardstick of the ledger on Postgres: transactions like those of TPC-B, by `pgbench` on the same server, or, where it
 * is not installed, by the same five statements through the ledger's own driver.
 */
import * as PostgresClient from "@saldo/postgres/PostgresClient"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as SqlClient from "effect/sql/SqlClient"
import { spawn, spawnSync } from "node:child_process"

/** As pgbench's manual advises: at least as many branches as clients, or else these are what is measured. */
const scale = 10

/** Transactions per second for so many clients and milliseconds. */
export interface Yardstick {
  readonly name: string
  readonly measure: (clients: number, milliseconds: number) => Promise<number>
}

/** How pgbench sends its statements: as it comes, or prepared, as the ledger's driver does. */
export type Protocol = "simple" | "prepared"

const pgbench = (url: URL, protocol: Protocol): Yardstick => {
  const env = { ...process.env, PGPASSWORD: url.password }
  const server = ["-h", url.hostname, "-p", url.port, "-U", url.username]
  const made = spawnSync("pgbench", [...server, "-i", "-q", "-s", String(scale), "postgres"], { env, encoding: "utf8" })
  if (made.status !== 0) throw new TypeError(`pgbench cannot make its tables: ${made.stderr}`)
  const run = (clients: number, seconds: number): Promise<string> =>
    new Promise((resolve, reject) => {
      const line = [...server, "-M", protocol, "-n", "-c", String(clients), "-T", String(seconds), "postgres"]
      const child = spawn("pgbench", line, { env, stdio: ["ignore", "pipe", "ignore"] })
      let text = ""
      child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more))
      child.once("error", reject)
      child.once("close", () => resolve(text))
    })
  return {
    name: `pgbench (TPC-B-like, ${protocol} protocol, scale ${scale})`,
    measure: async (clients, milliseconds) => {
      const text = await run(clients, Math.max(1, Math.round(milliseconds / 1000)))
      const [, rate] = /tps = ([\d.]+)/u.exec(text) ?? []
      if (rate === undefined) throw new TypeError(`pgbench gave no rate: ${text}`)
      return Number(rate)
    }
  }
}

/** The same through the ledger's driver: what the round trips of Node cost is in it, too. */
export const driverYardstick = async (url: string, clients: number) => {
  const runtime = ManagedRuntime.make(PostgresClient.layer({ url, poolSize: clients }))
  const sql = await runtime.runPromise(SqlClient.SqlClient)
  const tables = [
    "CREATE TABLE own_branches (bid INT PRIMARY KEY, balance INT NOT NULL) WITH (fillfactor = 50)",
    "CREATE TABLE own_tellers (tid INT PRIMARY KEY, balance INT NOT NULL) WITH (fillfactor = 50)",
    "CREATE TABLE own_accounts (aid INT PRIMARY KEY, balance INT NOT NULL, filler CHAR(84) NOT NULL)",
    "CREATE TABLE own_history (tid INT, bid INT, aid INT, delta INT, at TIMESTAMP, filler CHAR(22))",
    `INSERT INTO own_branches SELECT n, 0 FROM generate_series(1, ${scale}) AS n`,
    `INSERT INTO own_tellers SELECT n, 0 FROM generate_series(1, ${scale * 10}) AS n`,
    `INSERT INTO own_accounts SELECT n, 0, '' FROM generate_series(1, ${scale * 100_000}) AS n`,
    "ANALYZE"
  ]
  await runtime.runPromise(Effect.forEach(tables, (text) => sql.unsafe(text), { discard: true }))
  const upTo = (bound: number) => 1 + Math.floor(Math.random() * bound)
  const transaction = Effect.suspend(() => {
    const [aid, tid, bid, delta] = [upTo(scale * 100_000), upTo(scale * 10), upTo(scale), upTo(10_000) - 5000]
    return sql.withTransaction(
      Effect.gen(function* () {
        yield* sql`UPDATE own_accounts SET balance = balance + ${delta} WHERE aid = ${aid}`
        yield* sql`SELECT balance FROM own_accounts WHERE aid = ${aid}`
        yield* sql`UPDATE own_tellers SET balance = balance + ${delta} WHERE tid = ${tid}`
        yield* sql`UPDATE own_branches SET balance = balance + ${delta} WHERE bid = ${bid}`
        yield* sql`
          INSERT INTO own_history (tid, bid, aid, delta, at) VALUES (${tid}, ${bid}, ${aid}, ${delta}, CURRENT_TIMESTAMP)`
      })
    )
  })
  return {
    name: "TPC-B-like through the same driver",
    measure: async (count: number, milliseconds: number): Promise<number> => {
      let done = 0
      const before = performance.now()
      const client = Effect.gen(function* () {
        while (performance.now() - before < milliseconds) {
          yield* transaction
          done += 1
        }
      })
      await runtime.runPromise(Effect.replicateEffect(client, count, { concurrency: "unbounded", discard: true }))
      return (done * 1000) / (performance.now() - before)
    },
    close: () => runtime.dispose()
  }
}

/** `pgbench` on a server, or `undefined` where it is not installed. */
export const pgbenchYardstick = (url: string, protocol: Protocol): Yardstick | undefined =>
  spawnSync("pgbench", ["--version"]).status === 0 ? pgbench(new URL(url), protocol) : undefined
