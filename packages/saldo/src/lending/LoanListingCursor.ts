import * as Effect from "effect/Effect"
import * as Hash from "effect/Hash"
import * as Schema from "effect/Schema"
import type { SortValue } from "./listingOrder.ts"
import type { ListingPage, ListingPagePlan, ListingPageRequest } from "./LoanListingQuery.ts"
import type { StoredListing } from "./StoredListing.ts"

export class CursorRefused extends Schema.TaggedError<CursorRefused>()("CursorRefused", { message: Schema.String }) {}

const Value = Schema.NullOr(Schema.Union([Schema.Struct({ n: Schema.String }), Schema.String]))
const CursorText = Schema.StringFromBase64Url.pipe(
  Schema.decodeTo(Schema.fromJsonString(Schema.Struct({ plan: Schema.Int, position: Schema.Array(Value) })))
)
const planHash = (plan: ListingPagePlan): number =>
  Hash.string(
    JSON.stringify([plan.terms, plan.columns], (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value))
  )

export const positionOfCursor = Effect.fnUntraced(function* (request: ListingPageRequest, plan: ListingPagePlan) {
  if (request.cursor === undefined) return undefined
  const { plan: hash, position } = yield* Schema.decodeUnknownEffect(CursorText)(request.cursor).pipe(
    Effect.mapError(() => new CursorRefused({ message: "unreadable" }))
  )
  if (hash !== planHash(plan)) return yield* new CursorRefused({ message: "other filter" })
  return position.map((value): SortValue => (value === null || typeof value === "string" ? value : BigInt(value.n)))
})

export const pageOf = Effect.fnUntraced(function* (
  _: ListingPageRequest,
  plan: ListingPagePlan,
  found: ReadonlyArray<{ readonly item: StoredListing; readonly position: ReadonlyArray<SortValue> }>
) {
  const items = found.slice(0, plan.limit).map(({ item }) => item)
  const last = found[plan.limit - 1]
  if (found.length <= plan.limit || last === undefined) return { items, next: null } satisfies ListingPage
  const position = last.position.map((value) => (typeof value === "bigint" ? { n: value.toString() } : value))
  const next = yield* Effect.orDie(Schema.encodeEffect(CursorText)({ plan: planHash(plan), position }))
  return { items, next } satisfies ListingPage
})
