import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Clock from "effect/Clock"
import * as Stream from "effect/Stream"
import { KameoEmulator } from "@saldo/kameo/emulator/KameoEmulator"
import * as KameoLoanSource from "@saldo/kameo/KameoLoanSource"
import { layer as sqlite } from "@saldo/testing/TestSqlite"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Actor from "saldo/core/Actor"
import { LoanCollection } from "saldo/lending/LoanCollection"
import { LoanListingStore } from "saldo/lending/LoanListingStore"
import * as SqlStores from "saldo/sql/SqlStores"
import { beforeStepEnd, clientFor, fastClock } from "../clientSupport.ts"

const stored = Effect.gen(function* () {
  const store = yield* LoanListingStore
  const all = yield* Stream.runCollect(store.all())
  return all.map(({ listing, version }) => ({ listing, version }))
})

const logins = Effect.gen(function* () {
  const log = yield* (yield* KameoEmulator).requestLog
  return log.filter(({ method, path }) => method === "POST" && path === "/user/login").length
})

/** Collects through the site's own call, which needs a session, into a database of its own. */
const collecting = <A, E>(
  faults: ReadonlyArray<string>,
  work: Effect.Effect<A, E, KameoEmulator | LoanCollection | LoanListingStore>
) =>
  Effect.gen(function* () {
    const emulator = yield* KameoEmulator
    yield* emulator.setFaults(faults)
    const source = KameoLoanSource.layer({ limit: 10 }).pipe(
      Layer.provide(clientFor(emulator, { client: { loanSource: "ezjscore" } }))
    )
    const services = LoanCollection.layer.pipe(
      Layer.provide([source, AuditTrail.layer]),
      Layer.provideMerge(SqlStores.layer),
      Layer.provide(Layer.fresh(sqlite))
    )
    return yield* Effect.provide(work, services)
  })

const market = <A, E>(work: Effect.Effect<A, E, KameoEmulator>) =>
  work.pipe(
    Effect.provide(KameoEmulator.layer({ loans: 150, frozen: true })),
    Effect.provideService(Clock.Clock, fastClock({ start: beforeStepEnd(25) }))
  )

const run = Effect.flatMap(LoanCollection, (collection) => collection.run()).pipe(Actor.as(Actor.system("market")))
const undisturbed = collecting([], Effect.andThen(run, stored))

describe("a session that ends in the midst of a collection", () => {
  it.live("is renewed once, and the collection misses nothing", () =>
    Effect.gen(function* () {
      const expected = yield* undisturbed
      const before = yield* logins
      const found = yield* collecting(
        ["expireAfter=6x1"],
        Effect.gen(function* () {
          const report = yield* run
          expect(report.completeness).toEqual({ _tag: "Complete" })
          expect(report.duplicates).toBe(0)
          expect((yield* logins) - before).toBe(2)
          return yield* stored
        })
      )
      expect(expected.length).toBeGreaterThan(130)
      expect(found).toEqual(expected)
    }).pipe(market)
  )

  it.live("and whose successor ends too fails the call, and the next calls complete the same run", () =>
    Effect.gen(function* () {
      const expected = yield* undisturbed
      const found = yield* collecting(
        ["expireAfter=5"],
        Effect.gen(function* () {
          const failed = yield* Effect.flip(run)
          expect(failed._tag).toBe("CollectionFailed")
          if (failed._tag !== "CollectionFailed") return []
          expect(failed.cause.reason).toBe("SessionExpired")
          expect(failed.report.pages).toBeGreaterThan(5)
          const report = yield* Effect.retry(run, { times: 4 })
          expect(report).toMatchObject({ completeness: { _tag: "Complete" }, resumed: true })
          expect(report.runId).toBe(failed.report.runId)
          expect(report.seen).toBe(report.total)
          return yield* stored
        })
      )
      expect(found).toEqual(expected)
    }).pipe(market)
  )
})
