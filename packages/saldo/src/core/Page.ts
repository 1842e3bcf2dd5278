import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { fingerprint } from "./fingerprint.ts"
import { jsonText } from "./JsonText.ts"

/** The page size when none is asked for. */
export const defaultLimit = 50

/** The greatest page size; a greater one is refused, never cut down silently. */
export const maximumLimit = 500

/** Where a page begins: opaque to clients, valid only for the filter and the order it was made for. */
export const Cursor = Schema.String.check(Schema.isMaxLength(4096)).pipe(Schema.brand("Cursor"))
export type Cursor = typeof Cursor.Type

/** Which page is asked for. */
export const PageRequest = Schema.Struct({
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maximumLimit }))),
  cursor: Schema.optionalKey(Cursor)
})
export type PageRequest = typeof PageRequest.Type

/** A page of items; `next` is where the following one begins, and `null` on the last one. */
export interface Page<A> {
  readonly items: ReadonlyArray<A>
  readonly next: Cursor | null
}

/** The schema of a page of items. */
export const schema = <Item extends Schema.Constraint>(item: Item) =>
  Schema.Struct({ items: Schema.Array(item), next: Schema.NullOr(Cursor) })

/** The text is no cursor of this software: shortened, edited, or something else. */
export class InvalidCursor extends Schema.TaggedError<InvalidCursor>()(
  "InvalidCursor",
  { reason: Schema.String },
  { httpApiStatus: 400 }
) {
  override get message(): string {
    return `This is not a cursor (${this.reason}); use the "next" of a page as it is, or ask for the first page`
  }
}

/** The cursor was made for another filter or order, where its position means something else. */
export class CursorMismatch extends Schema.TaggedError<CursorMismatch>()(
  "CursorMismatch",
  { made: Schema.String, used: Schema.String },
  { httpApiStatus: 400 }
) {
  override get message(): string {
    return "The cursor belongs to another filter or order; repeat the query it came from, or ask for the first page"
  }
}

/** The cursor that a client sends back, as text from outside. Whether it fits its query shows when it is used. */
export const cursorFrom = (text: string): Effect.Effect<Cursor, InvalidCursor> =>
  Effect.mapError(Schema.decodeEffect(Cursor)(text), () => new InvalidCursor({ reason: "it is too long" }))

/** One value of a position: what the order compares, of one item. */
export type KeyValue = string | number | bigint | boolean | null

/** The values of the ordered columns of the last item of a page; the last column must make it unique. */
export type Position = ReadonlyArray<KeyValue>

const BigIntText = Schema.Struct({ n: Schema.String.check(Schema.isPattern(/^-?\d+$/u)) })

const CursorText = Schema.StringFromBase64Url.pipe(
  Schema.decodeTo(
    jsonText(
      Schema.Struct({
        v: Schema.Literal(1),
        q: Schema.String,
        p: Schema.Array(Schema.NullOr(Schema.Union([Schema.String, Schema.Finite, Schema.Boolean, BigIntText])))
      })
    )
  )
)
const decodeText = Schema.decodeUnknownEffect(CursorText)
const encodeText = Schema.encodeSync(CursorText)

/** A filter or order that JSON cannot hold is a mistake in a program, not in a request. */
const hashOf = (query: unknown): string => Result.getOrThrow(fingerprint(query)).digest.slice(0, 16)

/**
 * Makes the cursor behind a position, for one query: filter, order, and whatever else decides which items there are and in
 * which order, as a value that JSON can hold (bigints are welcome).
 */
export const cursorOf = (query: unknown, position: Position): Cursor =>
  Cursor.make(
    encodeText({
      v: 1,
      q: hashOf(query),
      p: position.map((value) => (typeof value === "bigint" ? { n: value.toString() } : value))
    })
  )

/** The position inside a cursor, which must have been made for the same query. */
export const positionOf = (query: unknown, cursor: Cursor): Effect.Effect<Position, InvalidCursor | CursorMismatch> =>
  Effect.gen(function* () {
    const { p, q } = yield* Effect.mapError(
      decodeText(cursor),
      () => new InvalidCursor({ reason: "it cannot be read" })
    )
    const used = hashOf(query)
    if (q !== used) return yield* new CursorMismatch({ made: q, used })
    return p.map((value) => (typeof value === "object" && value !== null ? BigInt(value.n) : value))
  })

/** The position a request begins after; `undefined` for the first page. */
export const startOf = (
  query: unknown,
  request: PageRequest
): Effect.Effect<Position | undefined, InvalidCursor | CursorMismatch> =>
  request.cursor === undefined ? Effect.undefined : positionOf(query, request.cursor)

/** How many items a request wants. Read one more than that, so that `pageOf` knows whether there is a next page. */
export const limitOf = (request: PageRequest): number => request.limit ?? defaultLimit

/**
 * Makes the page from the items found: in order, after the start, and up to one more than the limit.
 *
 * @example
 * ```ts
 * import * as Page from "saldo/core/Page"
 *
 * const found = [1, 2, 3]
 * const page = Page.pageOf({ order: "number" }, { limit: 2 }, found, (n) => [n])
 * page.items // => [1, 2]
 * page.next === null // => false
 * ```
 */
export const pageOf = <A>(
  query: unknown,
  request: PageRequest,
  found: ReadonlyArray<A>,
  position: (item: A) => Position
): Page<A> => {
  const limit = limitOf(request)
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, next: found.length > limit && last !== undefined ? cursorOf(query, position(last)) : null }
}
