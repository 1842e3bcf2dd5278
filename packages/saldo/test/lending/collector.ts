/**
 * A collector as a process of its own, to be killed: collects a generation of a platform's loans into a SQLite file, and
 * writes a line for every page that it has stored. Usage: `node collector.ts <file> <generation>`.
 */
import { layer as sqlite } from "@saldo/sqlite/SqliteClient"
import * as MemoryLoanSource from "@saldo/testing/MemoryLoanSource"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { writeSync } from "node:fs"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as SqlAuditStore from "saldo/audit/SqlAuditStore"
import * as Actor from "saldo/core/Actor"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { LoanCollection } from "saldo/lending/LoanCollection"
import * as SqlCollectionRuns from "saldo/lending/SqlCollectionRuns"
import * as SqlLoanListingStore from "saldo/lending/SqlLoanListingStore"
import * as Migrations from "saldo/sql/Migrations"
import { generation, platform } from "./generations.ts"

const [filename = "", number = ""] = process.argv.slice(2)

const source = MemoryLoanSource.layer({ platform, pages: () => generation(Number(number)) })
const storage = Layer.mergeAll(SqlLoanListingStore.layer, SqlCollectionRuns.layer, SqlAuditStore.layer).pipe(
  Layer.provideMerge(SqlAtomic.layer),
  Layer.provide(Migrations.layer),
  Layer.provide(sqlite({ filename }))
)

const program = Effect.gen(function* () {
  const collection = yield* LoanCollection
  const report = yield* collection.run({
    // Written at once and not through a stream, which a kill would swallow.
    onProgress: ({ page }) => Effect.sync(() => void writeSync(1, `page ${page}\n`))
  })
  writeSync(1, `done ${report.seen}\n`)
}).pipe(Actor.as(Actor.system("market")))

await Effect.runPromise(
  Effect.provide(program, LoanCollection.layer.pipe(Layer.provide([source, AuditTrail.layer]), Layer.provide(storage)))
)
