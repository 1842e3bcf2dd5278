import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { type CollectionRun, noCounts } from "saldo/lending/CollectionRun"
import { CollectionRuns } from "saldo/lending/CollectionRuns"
import type { PlatformId } from "saldo/lending/LoanListing"
import { RejectedListing } from "saldo/lending/LoanSource"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"
import { freshPlatform } from "./internal/loanListingCheck.ts"

interface Subject {
  readonly runs: CollectionRuns["Service"]
  readonly atomic: Atomic["Service"]
  /** A platform of this run of this check. */
  readonly platform: PlatformId
}

const check = checksOf<Subject, CollectionRuns | Atomic>(
  Effect.gen(function* () {
    const runs = yield* CollectionRuns
    const atomic = yield* Atomic
    return { runs, atomic, platform: yield* freshPlatform }
  })
)

const noon = DateTime.makeUnsafe("2026-03-10T12:00:00Z")
const later = (minutes: number) => DateTime.add(noon, { minutes })

const begin = ({ platform, runs }: Subject, at = noon, resumeWithin: Duration.Duration = Duration.hours(1)) =>
  Effect.flatMap(Id.make("collection"), (id) => runs.begin({ id, platform, at, resumeWithin }))

const counts = { ...noCounts, pages: 2, seen: 24, inserted: 20, changed: 1, unchanged: 3, rejected: 2, drift: 1 }
const progress = (nextPage: number, at = noon) => ({ nextPage, total: 40, counts, at })
const ended = (state: "complete" | "partial" | "failed", at = noon) => ({ state, reason: `it was ${state}`, at })

const holding = ({ fence, id }: CollectionRun) => ({ fence, id })

const life: ReadonlyArray<Check<CollectionRuns | Atomic>> = [
  check("begin", "begins a new run at the first page", (subject) =>
    Effect.gen(function* () {
      const { platform, runs } = subject
      expect(yield* runs.latest(platform)).toEqual(Option.none())
      const run = yield* begin(subject)
      expect(run).toEqual({
        id: run.id,
        platform,
        state: "running",
        fence: 1,
        nextPage: 1,
        total: null,
        counts: noCounts,
        startedAt: noon,
        updatedAt: noon,
        reason: null
      })
      expect(yield* runs.find(run.id)).toEqual(Option.some(run))
      expect(yield* runs.latest(platform)).toEqual(Option.some(run))
    })
  ),
  check("checkpoint", "keeps how far the run has come and how it ended", (subject) =>
    Effect.gen(function* () {
      const { runs } = subject
      const run = yield* begin(subject)
      expect(yield* runs.checkpoint(holding(run), progress(3, later(1)))).toBe(true)
      const moved = { ...run, nextPage: 3, total: 40, counts, updatedAt: later(1) }
      expect(yield* runs.find(run.id)).toEqual(Option.some(moved))
      expect(yield* runs.end(holding(run), ended("complete", later(2)))).toBe(true)
      const done = { ...moved, state: "complete", reason: "it was complete", updatedAt: later(2) }
      expect(yield* runs.find(run.id)).toEqual(Option.some(done))
      // What has ended is not written to again.
      expect(yield* runs.checkpoint(holding(run), progress(4))).toBe(false)
      expect(yield* runs.end(holding(run), ended("failed"))).toBe(false)
      expect(yield* runs.find(run.id)).toEqual(Option.some(done))
    })
  ),
  check("resume", "takes an unfinished run up where it stands, and only that", (subject) =>
    Effect.gen(function* () {
      const { runs } = subject
      const first = yield* begin(subject)
      yield* runs.checkpoint(holding(first), progress(3))
      const second = yield* begin(subject, later(1))
      expect(second).toEqual({ ...first, fence: 2, nextPage: 3, total: 40, counts })
      yield* runs.end(holding(second), ended("failed", later(2)))
      const third = yield* begin(subject, later(3))
      expect(third).toMatchObject({ id: first.id, fence: 3, nextPage: 3, state: "running", reason: null })
      expect(yield* runs.find(first.id)).toEqual(Option.some(third))
      yield* runs.end(holding(third), ended("partial", later(4)))
      const fourth = yield* begin(subject, later(5))
      expect(fourth.id).not.toBe(first.id)
      expect(fourth).toMatchObject({ fence: 1, nextPage: 1, counts: noCounts })
      yield* runs.end(holding(fourth), ended("complete", later(6)))
      expect((yield* begin(subject, later(7))).id).not.toBe(fourth.id)
    })
  ),
  check("age", "begins anew when the unfinished run is too old, or when told to", (subject) =>
    Effect.gen(function* () {
      const { runs } = subject
      const first = yield* begin(subject)
      expect((yield* begin(subject, later(60))).id).toBe(first.id)
      const second = yield* begin(subject, later(61))
      expect(second.id).not.toBe(first.id)
      const left = Option.getOrThrow(yield* runs.find(first.id))
      expect(left).toMatchObject({ state: "failed", reason: expect.stringContaining("newer run") })
      expect((yield* begin(subject, later(61), Duration.zero)).id).not.toBe(second.id)
    })
  ),
  check(
    "clock-set-back",
    "rather resumes than begins anew when the clock was set back, and knows the latest run",
    (subject) =>
      Effect.gen(function* () {
        const { platform, runs } = subject
        const first = yield* begin(subject)
        expect((yield* begin(subject, later(-100_000))).id).toBe(first.id)
        // An id that sorts before the first, as a machine with a slow clock makes.
        const uuid = Id.toUuid(first.id).replace(/^.{4}/u, "0000")
        const id = Option.getOrThrow(Id.fromUuid("collection", uuid))
        const second = yield* runs.begin({ id, platform, at: later(-200_000), resumeWithin: Duration.zero })
        expect(second.id < first.id).toBe(true)
        expect(Option.getOrThrow(yield* runs.latest(platform)).id).toBe(second.id)
      })
  ),
  check("platforms", "keeps the runs of different platforms apart", (subject) =>
    Effect.gen(function* () {
      const first = yield* begin(subject)
      const other = yield* begin({ ...subject, platform: yield* freshPlatform })
      expect(other.id).not.toBe(first.id)
      expect(yield* subject.runs.checkpoint(holding(first), progress(2))).toBe(true)
      expect(yield* subject.runs.checkpoint(holding(other), progress(2))).toBe(true)
    })
  )
]

const fencing: ReadonlyArray<Check<CollectionRuns | Atomic>> = [
  check("fence", "lets only the last to begin write", (subject) =>
    Effect.gen(function* () {
      const { runs } = subject
      const first = yield* begin(subject)
      const second = yield* begin(subject)
      expect(yield* runs.checkpoint(holding(first), progress(9))).toBe(false)
      expect(yield* runs.end(holding(first), ended("complete"))).toBe(false)
      expect(yield* runs.find(first.id)).toEqual(Option.some(second))
      expect(yield* runs.checkpoint(holding(second), progress(2))).toBe(true)
      const anew = yield* begin(subject, noon, Duration.zero)
      expect(yield* runs.checkpoint(holding(second), progress(3))).toBe(false)
      expect(yield* runs.checkpoint(holding(anew), progress(2))).toBe(true)
    })
  ),
  check("one-holder", "makes exactly one of concurrent collectors the holder", (subject) =>
    Effect.gen(function* () {
      const { runs } = subject
      const holders = yield* Effect.forEach(Array.from({ length: 6 }), () => begin(subject), {
        concurrency: "unbounded"
      })
      expect(new Set(holders.map(({ id }) => id)).size).toBe(1)
      expect(holders.map(({ fence }) => fence).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
      const written = yield* Effect.forEach(holders, (run) => runs.checkpoint(holding(run), progress(2)), {
        concurrency: "unbounded"
      })
      expect(written.filter(Boolean).length).toBe(1)
    })
  ),
  check("rollback", "joins a running transaction, and is undone with it", (subject) =>
    Effect.gen(function* () {
      const { atomic, runs } = subject
      const run = yield* begin(subject)
      yield* runs
        .checkpoint(holding(run), progress(2))
        .pipe(
          Effect.andThen(runs.reject(run.id, 1, [record("1")])),
          Effect.andThen(Effect.fail("refused")),
          atomic.run,
          Effect.flip
        )
      expect(yield* runs.find(run.id)).toEqual(Option.some(run))
      expect(yield* runs.rejected(run.id)).toEqual([])
    })
  )
]

const record = (loanId: string | null, raw = "{}") =>
  new RejectedListing({ loanId, field: "application_amount", problem: "The amount must be above zero", raw })

const rejections: ReadonlyArray<Check<CollectionRuns | Atomic>> = [
  check("rejected", "keeps every rejected record once, by page and position", (subject) =>
    Effect.gen(function* () {
      const { runs } = subject
      const run = yield* begin(subject)
      const other = yield* begin({ ...subject, platform: yield* freshPlatform })
      const many = Array.from({ length: 601 }, (_, index) => record(`${index}`))
      yield* runs.reject(run.id, 11, many)
      yield* runs.reject(run.id, 2, [record(null, `{"title":"Örebro 🏗"}`), record("x")])
      yield* runs.reject(run.id, 2, [record(null), record("x")])
      yield* runs.reject(run.id, 3, [])
      yield* runs.reject(other.id, 2, [record("other")])
      const kept = yield* runs.rejected(run.id)
      expect(kept.slice(0, 2)).toEqual([
        { page: 2, record: record(null, `{"title":"Örebro 🏗"}`) },
        { page: 2, record: record("x") }
      ])
      expect(kept.slice(2)).toEqual(many.map((each) => ({ page: 11, record: each })))
    })
  )
]

/** What every `CollectionRuns` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<CollectionRuns | Atomic>> = [...life, ...fencing, ...rejections]

/** Tests a `CollectionRuns` together with the `Atomic` of the same storage. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<CollectionRuns | Atomic, E>,
  options: SuiteOptions = {}
): void => register("CollectionRuns", checks, name, layer, options)
