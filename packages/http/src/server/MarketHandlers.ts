import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Actor, Permission } from "saldo/core/Actor"
import { Idempotency } from "saldo/core/Idempotency"
import { collectPermission, LoanCollection } from "saldo/lending/LoanCollection"
import type { LoanId, PlatformId } from "saldo/lending/LoanListing"
import type { LoanListingFilter } from "saldo/lending/LoanListingQuery"
import { LoanListingStore } from "saldo/lending/LoanListingStore"
import { makePortfolioStatistics } from "saldo/lending/portfolioStatistics"
import { Api } from "../api/Api.ts"
import { ListingStatistics } from "../api/ListingStatistics.ts"
import { ListingHistory, ListingNotFound, type Narrowed, PlatformNotConnected } from "../api/MarketApi.ts"
import { collecting } from "./collecting.ts"
import { KeptAnswers } from "./KeptAnswers.ts"
import { linked, parted } from "./paging.ts"

/** To see what platforms offer. */
export const readPermission = Permission.make("lending:read")

const filterOf = ({ country, riskGrade, status, ...same }: Narrowed): LoanListingFilter => ({
  ...same,
  ...(country === undefined ? {} : { countries: [country] }),
  ...(riskGrade === undefined ? {} : { riskGrades: [riskGrade] }),
  ...(status === undefined ? {} : { statuses: [status] })
})

const reading = <A, E, R>(read: Effect.Effect<A, E, R>) => Effect.andThen(Actor.require(readPermission), read)

interface LoanAsked {
  readonly platform: PlatformId
  readonly loanId: LoanId
}

interface StatisticsAsked {
  readonly filter: LoanListingFilter
  /** The instant up to which open loans count as open, in milliseconds since 1970. */
  readonly asOf: number
}

const minuteMs = 60_000

/** When this minute began: statistics are as of then, so that all who ask within it ask the same. */
const thisMinute = Effect.map(Clock.currentTimeMillis, (now) => now - (now % minuteMs))

/** Answers about the market; a collection needs a `LoanCollection`, which a host without a platform leaves out. */
export const layer = HttpApiBuilder.group(
  Api,
  "market",
  Effect.fnUntraced(function* (handlers) {
    const store = yield* LoanListingStore
    const idempotency = yield* Idempotency
    const collection = yield* Effect.serviceOption(LoanCollection)
    const { keeping } = yield* KeptAnswers
    const statistics = keeping({
      route: "/api/v1/market/statistics",
      success: ListingStatistics,
      revision: ({ asOf, filter: { platform } }: StatisticsAsked) =>
        Effect.map(store.revision(platform), (contents) => `${contents} at ${asOf}`),
      make: Effect.fnUntraced(function* ({ asOf, filter }) {
        const fold = makePortfolioStatistics({ epochMilliseconds: asOf })
        yield* Stream.runForEach(store.all(filter), ({ listing }) => Effect.sync(() => fold.add(listing)))
        return fold.result()
      })
    })
    const history = keeping({
      route: "/api/v1/market/listings/:platform/:loanId/history",
      success: ListingHistory,
      revision: ({ platform }: LoanAsked) => store.revision(platform),
      make: ({ loanId, platform }) =>
        Effect.filterOrFail(
          store.history(platform, loanId),
          (versions) => versions.length > 0,
          () => new ListingNotFound({ platform, loanId })
        )
    })
    return handlers.handleAll({
      list: ({ query }) => {
        const { filter, page } = parted(query)
        return reading(linked(store.list({ ...page, filter: filterOf(filter) })))
      },
      search: ({ payload }) => reading(store.list(payload)),
      find: ({ params: { loanId, platform } }) =>
        reading(
          Effect.flatMap(
            store.find(platform, loanId),
            Option.match({
              onNone: () => Effect.fail(new ListingNotFound({ platform, loanId })),
              onSome: Effect.succeed
            })
          )
        ),
      history: ({ params }) => reading(history(params)),
      statistics: ({ query }) =>
        reading(Effect.flatMap(thisMinute, (asOf) => statistics({ asOf, filter: filterOf(query) }))),
      collect: ({ headers, payload }) =>
        Effect.andThen(
          Actor.require(collectPermission),
          Option.isNone(collection)
            ? Effect.fail(new PlatformNotConnected())
            : Effect.map(Actor, (actor) =>
                collecting({ actor, collection: collection.value, idempotency }, headers, payload)
              )
        )
    })
  })
)
