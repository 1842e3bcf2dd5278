import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Actor, Permission } from "saldo/core/Actor"
import { Idempotency } from "saldo/core/Idempotency"
import { collectPermission, LoanCollection } from "saldo/lending/LoanCollection"
import type { LoanListingFilter } from "saldo/lending/LoanListingQuery"
import { LoanListingStore } from "saldo/lending/LoanListingStore"
import { makePortfolioStatistics } from "saldo/lending/portfolioStatistics"
import { Api } from "../api/Api.ts"
import { ListingNotFound, type Narrowed, PlatformNotConnected } from "../api/MarketApi.ts"
import { collecting } from "./collecting.ts"
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

/** Answers about the market; a collection needs a `LoanCollection`, which a host without a platform leaves out. */
export const layer = HttpApiBuilder.group(
  Api,
  "market",
  Effect.fnUntraced(function* (handlers) {
    const store = yield* LoanListingStore
    const idempotency = yield* Idempotency
    const collection = yield* Effect.serviceOption(LoanCollection)
    const statistics = Effect.fnUntraced(function* (filter: LoanListingFilter) {
      const fold = makePortfolioStatistics({ epochMilliseconds: (yield* DateTime.now).epochMilliseconds })
      yield* Stream.runForEach(store.all(filter), ({ listing }) => Effect.sync(() => fold.add(listing)))
      return fold.result()
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
      history: ({ params: { loanId, platform } }) =>
        reading(
          Effect.filterOrFail(
            store.history(platform, loanId),
            (versions) => versions.length > 0,
            () => new ListingNotFound({ platform, loanId })
          )
        ),
      statistics: ({ query }) => reading(statistics(filterOf(query))),
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
