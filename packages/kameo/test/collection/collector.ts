/**
 * A collector as a process of its own, to be disturbed: collects Kameo's listing into a SQLite file, and writes a line when it
 * begins and for every page that it has stored. Usage: `node collector.ts <file> <site> <api> [<signal> <pages> <ms>]`; with
 * a signal, it gets that one so many milliseconds after so many pages.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { writeSync } from "node:fs"
import { Worker } from "node:worker_threads"
import { KameoClient } from "@saldo/kameo/KameoClient"
import * as KameoLoanSource from "@saldo/kameo/KameoLoanSource"
import { layer as sqlite } from "@saldo/sqlite/SqliteClient"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Actor from "saldo/core/Actor"
import { LoanCollection } from "saldo/lending/LoanCollection"
import * as SqlStores from "saldo/sql/SqlStores"
import { pageSize } from "./market.ts"

const [filename = "", baseUrl, apiBaseUrl, signal, pages, delayMs] = process.argv.slice(2)

// A thread of its own sends the signal: it falls into a write as easily as between two, and comes in time however busy the
// machine is. It waits for the first page count, then for the delay.
const start = new Int32Array(new SharedArrayBuffer(4))
const sender = `
  const { signal, delayMs, start } = require("node:worker_threads").workerData
  Atomics.wait(start, 0, 0)
  Atomics.wait(start, 0, 1, Number(delayMs))
  process.kill(process.pid, signal)`
if (signal !== undefined) new Worker(sender, { eval: true, workerData: { signal, delayMs, start } }).unref()

const stored = (count: number): void => {
  if (signal === undefined || count !== Number(pages)) return
  Atomics.store(start, 0, 1)
  Atomics.notify(start, 0)
}

// Written at once and not through a stream, which a kill would swallow.
const tell = (line: string) => Effect.sync(() => void writeSync(1, `${line}\n`))

const program = Effect.gen(function* () {
  const collection = yield* LoanCollection
  yield* tell("begin")
  let count = 0
  stored(count)
  const { completeness, seen } = yield* collection.run({
    onProgress: ({ page }) =>
      Effect.andThen(
        tell(`page ${page}`),
        Effect.sync(() => stored(++count))
      )
  })
  yield* tell(`done ${completeness._tag} ${seen}`)
}).pipe(Actor.as(Actor.system("market")))

const source = KameoLoanSource.layer({ limit: pageSize }).pipe(
  Layer.provide(KameoClient.layer({ baseUrl, apiBaseUrl, retryDelayMs: 20 }))
)

program.pipe(
  Effect.provide(
    LoanCollection.layer.pipe(
      Layer.provide([source, AuditTrail.layer]),
      Layer.provide(SqlStores.layer),
      Layer.provide(sqlite({ filename }))
    )
  ),
  NodeRuntime.runMain
)
