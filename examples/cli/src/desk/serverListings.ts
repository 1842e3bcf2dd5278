/**
 * The listings that a server has collected.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Cursor } from "saldo/core/Page"
import type { FilterInvalid, LoanListingFilter } from "saldo/lending/LoanListingQuery"
import { Listings, type ShownListing } from "./Listings.ts"
import { asking, Server } from "./server.ts"

/** The order of a database's own walk over the listings of a platform. */
const walk = [{ by: "loanId", direction: "ascending" }] as const

/** The listings of the server in scope. */
export const layer = Layer.effect(
  Listings,
  Effect.map(Server, (server) => {
    const ask = asking(server)
    const all = (filter: LoanListingFilter = {}): Stream.Stream<ShownListing, FilterInvalid> =>
      Stream.paginate(undefined as Cursor | undefined, (cursor) => {
        const from = cursor === undefined ? {} : { cursor }
        return ask(({ market }) => market.search({ payload: { filter, sort: walk, limit: 500, ...from } })).pipe(
          Effect.catchTags({ InvalidCursor: Effect.die, CursorMismatch: Effect.die }),
          Effect.map(({ items, next }) => [items, Option.fromNullOr(next)] as const)
        )
      })
    return {
      all,
      count: (filter) => Stream.runCount(all(filter)),
      list: (payload = {}) => ask(({ market }) => market.search({ payload })),
      find: (platform, loanId) =>
        ask(({ market }) => market.find({ params: { platform, loanId } })).pipe(
          Effect.asSome,
          Effect.catchTag("ListingNotFound", () => Effect.succeedNone)
        ),
      history: (platform, loanId) =>
        ask(({ market }) => market.history({ params: { platform, loanId } })).pipe(
          Effect.catchTag("ListingNotFound", () => Effect.succeed([]))
        )
    }
  })
)
