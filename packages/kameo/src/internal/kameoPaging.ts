/**
 * The end of the listing: every rule that ends it, and none that takes an error for the end.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { SchemaDrift } from "saldo/lending/LoanSource"
import { type KameoError, kameoError } from "../KameoError.ts"
import type { KameoListingPage, ListingPagesQuery, ListingQuery } from "../KameoListing.ts"
import { type LoginBudget, newBudget } from "./KameoSession.ts"

/** Reads one page, within the login budget of the whole listing. */
export type ReadPage = (budget: LoginBudget, query: ListingQuery) => Effect.Effect<KameoListingPage, KameoError>

// A server that ignores `page` repeats one page; one that cycles repeats a few. Remembering these pages only, and not
// every id, keeps memory flat however long the listing is.
const rememberedPages = 8

/** Whether a page is the last by what it says of itself. */
export const isLastPage = (page: KameoListingPage, limit: number): boolean => {
  const { lastPage, perPage, total } = page.paging
  if (page.recordCount === 0) return true
  if (lastPage !== null && page.page >= lastPage) return true
  return total !== null && (perPage !== null && perPage > 0 ? perPage : limit) * page.page >= total
}

class SeenIds {
  #pages: ReadonlyArray<ReadonlySet<string>> = []

  /** Whether a page has an id that the remembered pages have not; a page without any id counts as new. */
  brings(ids: ReadonlyArray<string>): boolean {
    const isNew = ids.length === 0 || ids.some((id) => !this.#pages.some((page) => page.has(id)))
    // The first page stays: it is what a server falls back to that does not know the page it is asked for.
    this.#pages = [...this.#pages.slice(0, 1), ...this.#pages.slice(1).slice(-rememberedPages), new Set(ids)]
    return isNew
  }
}

const repeated = (page: KameoListingPage): KameoListingPage => ({
  ...page,
  drift: [
    ...page.drift,
    new SchemaDrift({ path: "data.current_page", kind: "unknownValue", found: `page ${page.page} brings no new id` })
  ]
})

/**
 * All pages from `fromPage` on, each with its records. An empty page ends the stream and is not given. A page without a
 * new id ends it too, and says so in its `drift`. Fails with `Truncated` when more pages exist than may
 * be read at once; reading goes on from there with the next call.
 */
export const listingPages = (
  query: ListingPagesQuery,
  readPage: ReadPage
): Stream.Stream<KameoListingPage, KameoError> =>
  Stream.suspend(() => {
    const { fromPage = 1, limit = 100, maximumPages = 1000, origins } = query
    const budget = newBudget()
    const seen = new SeenIds()
    const invalid = (["fromPage", "limit", "maximumPages"] as const).find((key) => {
      const value = query[key] ?? 1
      return !Number.isSafeInteger(value) || value < 1
    })
    if (invalid !== undefined) {
      const problem = "it must be a whole number, at least 1"
      return Stream.fail(kameoError({ _tag: "InvalidConfig", key: invalid, problem }))
    }
    return Stream.paginate(fromPage, (page) => {
      if (page >= fromPage + maximumPages) {
        return Effect.fail(kameoError({ _tag: "Truncated", page: page - 1, maximumPages }))
      }
      return Effect.gen(function* () {
        const read = yield* readPage(budget, { page, limit, origins })
        if (read.recordCount === 0) return [[], Option.none<number>()] as const
        if (!seen.brings(read.ids)) return [[repeated(read)], Option.none<number>()] as const
        return [[read], isLastPage(read, limit) ? Option.none<number>() : Option.some(page + 1)] as const
      })
    })
  })
