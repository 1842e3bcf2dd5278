/**
 * A loan source that reads pages from memory, with the trouble that a real one can make.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { LoanListing, PlatformId } from "saldo/lending/LoanListing"
import {
  type LoanListingPage,
  LoanSource,
  LoanSourceError,
  type RejectedListing,
  type SchemaDrift
} from "saldo/lending/LoanSource"

/** What the source gives, and where it stumbles. */
export interface MemoryLoanSourceOptions {
  readonly platform: PlatformId
  /** The pages, the first one being page 1. Read at every call, so that a test may change them in between. */
  readonly pages: () => ReadonlyArray<MemoryPage>
  /** Fails in place of this page, with this reason. Read before every page. */
  readonly failure?: () => { readonly page: number; readonly reason: LoanSourceError["reason"] } | undefined
  /** How many listings the platform says there are; null when it does not say, the sum of all pages when left out. */
  readonly total?: number | null
  /** Done before a page is given, not before the end. */
  readonly beforePage?: (page: number) => Effect.Effect<void>
}

/** One page: listings, and what else came with them. */
export interface MemoryPage {
  readonly listings: ReadonlyArray<LoanListing>
  readonly rejected?: ReadonlyArray<RejectedListing>
  readonly drift?: ReadonlyArray<SchemaDrift>
}

/** Cuts a list of listings into pages. */
export const inPages = (listings: ReadonlyArray<LoanListing>, size: number): ReadonlyArray<MemoryPage> =>
  Array.from({ length: Math.ceil(listings.length / size) }, (_, index) => ({
    listings: listings.slice(index * size, (index + 1) * size)
  }))

/** A source over pages in memory. */
export const make = (options: MemoryLoanSourceOptions): LoanSource["Service"] => {
  const pageAt = (page: number) =>
    Effect.gen(function* () {
      const failure = options.failure?.()
      if (failure?.page === page) {
        return yield* new LoanSourceError({
          platform: options.platform,
          reason: failure.reason,
          page,
          message: `The platform failed on page ${page}: ${failure.reason}`
        })
      }
      const pages = options.pages()
      const found = pages[page - 1]
      if (found === undefined) return undefined
      yield* options.beforePage?.(page) ?? Effect.void
      const all = pages.reduce((sum, { listings }) => sum + listings.length, 0)
      const total = options.total === undefined ? all : options.total
      return { page, total, listings: found.listings, rejected: found.rejected ?? [], drift: found.drift ?? [] }
    })

  return LoanSource.of({
    platform: options.platform,
    pages: ({ fromPage }) =>
      Stream.unfold(fromPage, (page) =>
        Effect.map(pageAt(page), (found): readonly [LoanListingPage, number] | undefined =>
          found === undefined ? undefined : [found, page + 1]
        )
      )
  })
}

/** A layer of {@link make}. */
export const layer = (options: MemoryLoanSourceOptions): Layer.Layer<LoanSource> =>
  Layer.succeed(LoanSource, make(options))
