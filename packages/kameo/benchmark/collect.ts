import type { Benchmark, Prepared } from "@saldo/house/Comparison"
import { KameoClient } from "@saldo/kameo/KameoClient"
import * as KameoLoanSource from "@saldo/kameo/KameoLoanSource"
import * as SqliteClient from "@saldo/sqlite/SqliteClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Actor from "saldo/core/Actor"
import { type CollectionProgress, LoanCollection } from "saldo/lending/LoanCollection"
import * as SqlStores from "saldo/sql/SqlStores"

// The emulator runs in a process of its own, so that neither side pays for it.
const emulatorProgram = (loans: number) => `
  import { startKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
  const emulator = await startKameoEmulator({
    loans: { count: ${loans}, origins: { SE: 10, DK: 0, NO: 0 } },
    frozen: true,
    rateLimit: 1e9
  })
  process.send([emulator.wwwUrl, emulator.apiUrl])
  process.on("disconnect", () => process.exit())`

interface Kameo {
  readonly process: ChildProcess
  readonly baseUrl: string
  readonly apiBaseUrl: string
}

const startKameo = (loans: number): Promise<Kameo> =>
  new Promise((resolve, reject) => {
    const flags = ["--conditions=saldo-source", "--input-type=module", "--eval", emulatorProgram(loans)]
    const started = spawn(process.execPath, flags, {
      cwd: new URL("..", import.meta.url).pathname,
      stdio: ["ignore", "ignore", "inherit", "ipc"]
    })
    started.once("error", reject)
    started.once("exit", (code) => reject(new Error(`The emulator ended with ${code}`)))
    started.once("message", (message) => {
      const [baseUrl, apiBaseUrl] = message as [string, string]
      resolve({ process: started, baseUrl, apiBaseUrl })
    })
  })

const inFolder = async <A>(work: (filename: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "saldo-collect-"))
  try {
    return await work(join(folder, "market.sqlite"))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const collect = (
  kameo: Kameo,
  filename: string,
  onProgress?: (progress: CollectionProgress) => Effect.Effect<void>
) => {
  const source = KameoLoanSource.layer({ limit: 100, maximumPages: 20_000 }).pipe(
    Layer.provide(KameoClient.layer({ baseUrl: kameo.baseUrl, apiBaseUrl: kameo.apiBaseUrl }))
  )
  const stores = SqlStores.layer.pipe(Layer.provide(SqliteClient.layer({ filename })))
  return LoanCollection.use((collection) => collection.run(onProgress === undefined ? {} : { onProgress })).pipe(
    Actor.as(Actor.system("market")),
    Effect.provide(LoanCollection.layer.pipe(Layer.provide([source, AuditTrail.layer]), Layer.provide(stores))),
    Effect.runPromise
  )
}

interface RawPage {
  readonly data: {
    readonly last_page: number
    readonly investment_options: ReadonlyArray<Readonly<Record<string, string | number | null>>>
  }
}

const keys = [
  "loan_application_id",
  "title",
  "teaser",
  "image",
  "application_amount",
  "annual_interest_rate",
  "duration_in_months",
  "risk_score",
  "subscribed_amount",
  "listing_date",
  "subscription_starts_at",
  "subscription_ends_at",
  "currency",
  "min_amount",
  "my_bid_amount"
]

/** What somebody would write without Saldo: fetch a page, upsert its rows as they are, in one transaction a page. */
const collectRaw = async ({ apiBaseUrl }: Kameo, filename: string): Promise<number> => {
  const database = new DatabaseSync(filename)
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
  database.exec(
    `CREATE TABLE loans (${keys.map((key, at) => (at === 0 ? `${key} INTEGER PRIMARY KEY` : key)).join()}, raw TEXT)`
  )
  const upsert = database.prepare(
    `INSERT INTO loans VALUES (${[...keys, "raw"].map(() => "?").join()}) ON CONFLICT DO UPDATE SET ` +
      [...keys.slice(1), "raw"].map((key) => `${key} = excluded.${key}`).join()
  )
  let loans = 0
  for (let page = 1, last = 1; page <= last; page += 1) {
    const origins = "subscription_origin_sweden=1&subscription_origin_norway=0&subscription_origin_denmark=1"
    const response = await fetch(`${apiBaseUrl}/v1/loans/listing/investment-options?${origins}&limit=100&page=${page}`)
    const { data } = (await response.json()) as RawPage
    last = data.last_page
    database.exec("BEGIN IMMEDIATE")
    for (const loan of data.investment_options) {
      upsert.run(...keys.map((key) => loan[key] ?? null), JSON.stringify(loan))
      loans += 1
    }
    database.exec("COMMIT")
  }
  database.close()
  return loans
}

const loans = 10_000

const side = (work: (kameo: Kameo, filename: string) => Promise<number>) => async (): Promise<Prepared> => {
  const kameo = await startKameo(loans)
  const run = async () => {
    const stored = await inFolder((filename) => work(kameo, filename))
    if (stored !== loans) throw new Error(`${stored} of ${loans} loans were stored`)
  }
  const close = () => {
    kameo.process.removeAllListeners("exit")
    kameo.process.disconnect()
  }
  return { run, operations: loans, close }
}

const settledHeapMegabytes = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

/** How much more memory is held after 1,000,000 loans than after 100,000, in megabytes. */
const growth = async (): Promise<number> => {
  const kameo = await startKameo(1_000_000)
  const at = new Map<number, number>()
  await inFolder((filename) =>
    collect(kameo, filename, ({ counts }) =>
      Effect.sync(() => {
        if (counts.seen === 100_000 || counts.seen === 1_000_000) at.set(counts.seen, settledHeapMegabytes())
      })
    )
  )
  kameo.process.removeAllListeners("exit")
  kameo.process.disconnect()
  return (at.get(1_000_000) ?? Number.NaN) - (at.get(100_000) ?? Number.NaN)
}

export default [
  {
    id: "kameo.collect",
    subject: {
      name: "LoanCollection into SQLite",
      prepare: side(async (kameo, filename) => (await collect(kameo, filename)).inserted)
    },
    anchor: { name: "fetch and raw node:sqlite", prepare: side(collectRaw) },
    goal: 0.5
  },
  {
    id: "kameo.memory",
    subject: { name: "heap at 1,000,000 loans over 100,000", measure: growth },
    atMost: 10,
    unit: "MB",
    rounds: 1
  }
] satisfies ReadonlyArray<Benchmark>
