/**
 * The loans of an open Saldo.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { cursorFrom } from "../../core/Page.ts"
import * as Collection from "../../lending/LoanCollection.ts"
import { LoanId, PlatformId } from "../../lending/LoanListing.ts"
import * as Query from "../../lending/LoanListingQuery.ts"
import { LoanListingStore } from "../../lending/LoanListingStore.ts"
import { LoanPlatform } from "../../lending/LoanPlatform.ts"
import { makePortfolioStatistics } from "../../lending/portfolioStatistics.ts"
import type { Calls } from "./calls.ts"
import type { CollectOptions, ListOptions, LoanListingFilter, Loans } from "./loans.ts"
import { fromPlain, toPlain } from "./plain.ts"

const decodeFilter = Schema.decodeUnknownEffect(Schema.toType(Query.LoanListingFilter))

const filterOf = (filter: LoanListingFilter | undefined): Effect.Effect<Query.LoanListingFilter, Query.FilterInvalid> =>
  Effect.try({ try: () => fromPlain(filter ?? {}), catch: (error) => String(error) }).pipe(
    Effect.flatMap((given) => Effect.mapError(decodeFilter(given), (error) => error.message)),
    Effect.mapError((message) => new Query.FilterInvalid({ field: "filter", message }))
  )

const keyOf = (platform: string, loanId: string) =>
  Option.all([PlatformId.makeOption(platform), LoanId.makeOption(loanId)])

const listPage = Effect.fnUntraced(function* (filter: LoanListingFilter | undefined, options: ListOptions) {
  const store = yield* LoanListingStore
  const { cursor, limit, sort } = options
  const page = yield* store.list({
    filter: yield* filterOf(filter),
    ...(sort !== undefined && { sort }),
    ...(limit !== undefined && { limit }),
    ...(cursor !== undefined && { cursor: yield* cursorFrom(cursor) })
  })
  return { items: page.items, next: page.next }
})

const collect = (platform: LoanPlatform, { maxPages, onProgress, resume }: CollectOptions) =>
  Effect.flatMap(Collection.LoanCollection, (collection) =>
    collection.run({
      ...(maxPages !== undefined && { maxPages }),
      ...(resume !== undefined && { resume }),
      ...(onProgress !== undefined && {
        onProgress: (progress: Collection.CollectionProgress) => Effect.sync(() => onProgress(toPlain(progress)))
      })
    })
  ).pipe(Effect.provide(Collection.LoanCollection.layer.pipe(Layer.provide(LoanPlatform.source(platform)))))

const statistics = Effect.fnUntraced(function* (filter: LoanListingFilter | undefined, asOf: Date | undefined) {
  const store = yield* LoanListingStore
  const now = yield* DateTime.now
  const fold = makePortfolioStatistics({ epochMilliseconds: asOf?.getTime() ?? now.epochMilliseconds })
  const chosen = yield* filterOf(filter)
  yield* Stream.runForEach(store.all(chosen), ({ listing }) => Effect.sync(() => fold.add(listing)))
  return fold.result()
})

/** The loans of an open Saldo. */
export const makeLoans = (calls: Calls): Loans => ({
  collect: (platform, options = {}) => calls.run(collect(platform, options), options),
  find: (platform, loanId, options) =>
    calls.run(
      Effect.gen(function* () {
        const store = yield* LoanListingStore
        const key = keyOf(platform, loanId)
        const found = Option.isNone(key) ? Option.none() : yield* store.find(...key.value)
        return Option.getOrUndefined(found)
      }),
      options
    ),
  history: (platform, loanId, options) =>
    calls.run(
      Effect.gen(function* () {
        const store = yield* LoanListingStore
        const key = keyOf(platform, loanId)
        return Option.isNone(key) ? [] : yield* store.history(...key.value)
      }),
      options
    ),
  list: (filter, options = {}) => calls.run(listPage(filter, options), options),
  count: (filter, options) =>
    calls.run(
      Effect.flatMap(LoanListingStore, (store) => Effect.flatMap(filterOf(filter), store.count)),
      options
    ),
  all: (filter, options) =>
    calls.iterate(
      Stream.unwrap(
        Effect.gen(function* () {
          const store = yield* LoanListingStore
          return store.all(yield* filterOf(filter))
        })
      ),
      options
    ),
  statistics: (filter, options) => calls.run(statistics(filter, options?.asOf), options)
})
