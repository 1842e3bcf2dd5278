/**
 * A collector as a process of its own, to be disturbed: collects Kameo's listing into a SQLite file, and writes a line when it
 * begins and for every page that it has stored. Usage: `node collector.ts <file> <site> <api>`.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { writeSync } from "node:fs"
import { KameoClient } from "@saldo/kameo/KameoClient"
import * as KameoLoanSource from "@saldo/kameo/KameoLoanSource"
import { layer as sqlite } from "@saldo/sqlite/SqliteClient"
import { LoanCollection } from "saldo/lending/LoanCollection"
import * as SqlStores from "saldo/sql/SqlStores"
import { pageSize } from "./market.ts"

const [filename = "", baseUrl, apiBaseUrl] = process.argv.slice(2)

// Written at once and not through a stream, which a kill would swallow.
const tell = (line: string) => Effect.sync(() => void writeSync(1, `${line}\n`))

const program = Effect.gen(function* () {
  const collection = yield* LoanCollection
  yield* tell("begin")
  const { completeness, seen } = yield* collection.run({ onProgress: ({ page }) => tell(`page ${page}`) })
  yield* tell(`done ${completeness._tag} ${seen}`)
})

const source = KameoLoanSource.layer({ limit: pageSize }).pipe(
  Layer.provide(KameoClient.layer({ baseUrl, apiBaseUrl, retryDelayMs: 20 }))
)

program.pipe(
  Effect.provide(
    LoanCollection.layer.pipe(
      Layer.provide(source),
      Layer.provide(SqlStores.layer),
      Layer.provide(sqlite({ filename }))
    )
  ),
  NodeRuntime.runMain
)
