import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { type LoanListingPage, LoanSource, type LoanSourceError } from "saldo/lending/LoanSource"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

const check = checksOf(LoanSource)

const pagesFrom = (source: LoanSource["Service"], fromPage: number) => Stream.runCollect(source.pages({ fromPage }))

const idsOf = (pages: ReadonlyArray<LoanListingPage>) =>
  pages.flatMap(({ listings }) => listings.map(({ loanId }) => String(loanId)))

/** What every `LoanSource` promises while its platform is well and stands still; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<LoanSource>> = [
  check("order", "gives its pages in order, numbered from the first, none of them empty", (source) =>
    Effect.gen(function* () {
      const pages = yield* pagesFrom(source, 1)
      // With fewer pages there would be nothing to put in order or to resume.
      expect(pages.length).toBeGreaterThanOrEqual(3)
      expect(pages.map(({ page }) => page)).toEqual(pages.map((_, index) => index + 1))
      for (const { listings, rejected } of pages) expect(listings.length + rejected.length).toBeGreaterThan(0)
    })
  ),
  check("platform", "gives listings of its own platform, each once, with the record that it was made of", (source) =>
    Effect.gen(function* () {
      const pages = yield* pagesFrom(source, 1)
      const ids = idsOf(pages)
      expect(new Set(ids).size).toBe(ids.length)
      for (const listing of pages.flatMap(({ listings }) => listings)) {
        expect(listing.platform).toBe(source.platform)
        expect(JSON.parse(listing.raw)).toBeTypeOf("object")
      }
    })
  ),
  check("total", "says the same total on every page, and it is what it gives", (source) =>
    Effect.gen(function* () {
      const pages = yield* pagesFrom(source, 1)
      const totals = new Set(pages.map(({ total }) => total))
      expect(totals.size).toBe(1)
      const [total] = totals
      const given = pages.reduce((sum, { listings, rejected }) => sum + listings.length + rejected.length, 0)
      if (typeof total === "number") expect(total).toBe(given)
    })
  ),
  check("resume", "starts at any page, and gives from there what it gave before", (source) =>
    Effect.gen(function* () {
      const pages = yield* pagesFrom(source, 1)
      const rest = yield* pagesFrom(source, 3)
      expect(rest.map(({ page }) => page)).toEqual(pages.slice(2).map(({ page }) => page))
      expect(idsOf(rest)).toEqual(idsOf(pages.slice(2)))
    })
  ),
  check("past-the-end", "ends at once, without a listing, when it starts after the last page", (source) =>
    Effect.gen(function* () {
      const pages = yield* pagesFrom(source, 1)
      expect(idsOf(yield* pagesFrom(source, pages.length + 1))).toEqual([])
    })
  ),
  check("early-stop", "can be left before its end, and read again", (source) =>
    Effect.gen(function* () {
      const [first] = yield* source.pages({ fromPage: 1 }).pipe(Stream.take(1), Stream.runCollect)
      expect(first?.page).toBe(1)
      const [again] = yield* pagesFrom(source, 1)
      expect(idsOf(again === undefined ? [] : [again])).toEqual(idsOf(first === undefined ? [] : [first]))
    })
  )
]

/** Tests a `LoanSource` on a platform that is well, stands still and has at least three pages. */
export const suite = <E>(name: string, layer: Layer.Layer<LoanSource, E>, options?: SuiteOptions): void =>
  register("LoanSource", checks, name, layer, options)

/** How a source is expected to fail: in place of which page, and why. */
export interface ExpectedFailure {
  readonly page: number
  readonly reason: LoanSourceError["reason"]
}

const failureChecks = ({ page, reason }: ExpectedFailure): ReadonlyArray<Check<LoanSource>> => [
  check("failure", `gives the pages before page ${page} and then fails with ${reason}, never with an end`, (source) =>
    Effect.gen(function* () {
      const given: Array<number> = []
      const failure = yield* source.pages({ fromPage: 1 }).pipe(
        Stream.runForEach((each) => Effect.sync(() => void given.push(each.page))),
        Effect.flip
      )
      expect(failure).toMatchObject({ _tag: "LoanSourceError", platform: source.platform, page, reason })
      expect(failure.message).not.toBe("")
      expect(given).toEqual(Array.from({ length: page - 1 }, (_, index) => index + 1))
    })
  )
]

/** Tests how a `LoanSource` fails on a platform that does not give a page; only its failure is looked at. */
export const failureSuite = <E>(name: string, layer: Layer.Layer<LoanSource, E>, expected: ExpectedFailure): void =>
  register("LoanSource", failureChecks(expected), name, layer)
