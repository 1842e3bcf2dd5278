import { describe, expect, it } from "@effect/vitest"
import * as FaultInjection from "@saldo/testing/FaultInjection"
import { example } from "@saldo/testing/LoanListingArbitrary"
import * as MemoryLoanSource from "@saldo/testing/MemoryLoanSource"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as SqlAuditStore from "saldo/audit/SqlAuditStore"
import * as Actor from "saldo/core/Actor"
import type { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import type { CollectionRuns } from "saldo/lending/CollectionRuns"
import { LoanCollection } from "saldo/lending/LoanCollection"
import { PlatformId } from "saldo/lending/LoanListing"
import type { LoanListingStore } from "saldo/lending/LoanListingStore"
import { RejectedListing } from "saldo/lending/LoanSource"
import * as SqlCollectionRuns from "saldo/lending/SqlCollectionRuns"
import * as SqlLoanListingStore from "saldo/lending/SqlLoanListingStore"
import * as Migrations from "saldo/sql/Migrations"

const platform = PlatformId.make("kameo")

/** Two pages of which the second collection finds new, changed and unchanged loans, and a rejected record. */
const pages = (riskGrade: string, last: number) => {
  const loans = Array.from({ length: last }, (_, index) =>
    example({ platform, loanId: `${index}`, riskGrade: index % 2 === 0 ? riskGrade : "A" })
  )
  const rejected = [new RejectedListing({ loanId: "0", field: "title", problem: "Blank", raw: "{}" })]
  return MemoryLoanSource.inPages(loans, 4).map((page) => ({ ...page, rejected }))
}

const collect = (source: ReadonlyArray<MemoryLoanSource.MemoryPage>) =>
  Effect.flatMap(LoanCollection, (collection) => collection.run()).pipe(
    Actor.as(Actor.system("market")),
    Effect.provide(
      LoanCollection.layer.pipe(
        Layer.provide([MemoryLoanSource.layer({ platform, pages: () => source }), AuditTrail.layer])
      )
    )
  )

const second = collect(pages("B", 8))

/** A store in which a first collection has been, before any fault. */
const prepared = <E>(database: Layer.Layer<SqlClient.SqlClient, E>) =>
  Layer.effectDiscard(Effect.orDie(collect(pages("A", 6)))).pipe(
    Layer.provideMerge(Layer.mergeAll(SqlLoanListingStore.layer, SqlCollectionRuns.layer, SqlAuditStore.layer)),
    Layer.provideMerge(SqlAtomic.layer),
    Layer.provideMerge(Migrations.layer),
    Layer.provideMerge(database)
  )

/** Everything that is stored, apart from when and by which run. */
const content = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const listings = yield* sql<Record<string, unknown>>`
    SELECT * FROM saldo_lending_loan_listings ORDER BY platform, loan_id`
  return {
    listings: listings.map(({ first_seen_at: _1, last_run_id: _2, last_seen_at: _3, updated_at: _4, ...row }) => row),
    versions: yield* sql`
      SELECT platform, loan_id, version, content, raw FROM saldo_lending_loan_listing_versions ORDER BY 1, 2, 3`,
    runs: yield* sql`
      SELECT sequence, state, next_page, total, pages, seen, inserted, changed, unchanged, duplicates, rejected, reason
      FROM saldo_lending_collection_runs ORDER BY sequence`,
    rejected: yield* sql`
      SELECT page, position, loan_id FROM saldo_lending_rejected_listings ORDER BY run_id, page, position`
  }
})

type Services = LoanListingStore | CollectionRuns | AuditStore | Atomic | SqlClient.SqlClient

const databases: Readonly<Record<string, Layer.Layer<SqlClient.SqlClient, unknown>>> = {
  sqlite: TestSqlite.layer,
  postgres: TestPostgres.layer
}

describe("a fault between any two writes of a collection", () => {
  for (const [name, database] of Object.entries(databases)) {
    it.live(
      `leaves a store from which the next collection completes as if nothing had been (${name})`,
      () =>
        Effect.gen(function* () {
          const layer: Layer.Layer<Services, unknown> = prepared(database)
          const undisturbed = yield* Effect.andThen(second, content).pipe(Effect.provide(Layer.fresh(layer)))
          expect(undisturbed.listings.length).toBe(8)
          expect(undisturbed.versions.length).toBe(11)
          let [failed, resumed] = [0, 0]
          const report = yield* FaultInjection.everyFault(layer, second, (exit) =>
            Effect.gen(function* () {
              if (Exit.isFailure(exit)) {
                failed++
                const runs = yield* Effect.map(content, ({ runs }) => runs)
                // Only a fault that comes after the run has ended leaves nothing to complete.
                if (runs.at(-1)?.["state"] === "running" || runs.length === 1) {
                  if ((yield* second).resumed) resumed++
                }
              }
              expect(yield* content).toEqual(undisturbed)
            })
          )
          expect(report.writes).toBeGreaterThan(10)
          expect(failed).toBeGreaterThan(20)
          expect(resumed).toBeGreaterThan(10)
        }),
      // Each fault meets a database of its own, with all its tables.
      120_000
    )
  }
})
