import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import * as Page from "saldo/core/Page"

const query = { filter: { status: ["open"], above: 10n ** 20n }, order: ["createdAt", "id"] }

const roundTrip = (position: Page.Position) => Effect.runSync(Page.positionOf(query, Page.cursorOf(query, position)))

const failureOf = (cursor: string, used: unknown = query) =>
  Effect.runSync(Effect.flip(Page.positionOf(used, Page.Cursor.make(cursor))))

describe("Page", () => {
  it("carries every kind of key value", () => {
    const position = ["å\u0000🙂", 1.5, -3, 2n ** 63n, -1n, true, null, "", { n: "1" }.n]
    expect(roundTrip(position)).toEqual(position)
  })

  it("carries any position", () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.bigInt(),
            fc.boolean(),
            fc.constant(null),
            fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0)
          )
        ),
        (position) => {
          expect(roundTrip(position)).toEqual(position)
        }
      )
    ))

  it("is opaque text that fits into a URL", () => {
    expect(Page.cursorOf(query, ["å🙂?&=", 1n])).toMatch(/^[A-Za-z0-9_-]+$/u)
  })

  it("refuses a cursor of another filter or order, and knows the same query in other words", () => {
    const cursor = Page.cursorOf(query, ["x"])
    expect(failureOf(cursor, { ...query, order: ["id"] })).toBeInstanceOf(Page.CursorMismatch)
    expect(failureOf(cursor, { ...query, filter: {} })).toBeInstanceOf(Page.CursorMismatch)
    const same = { order: query.order, filter: { above: query.filter.above, status: ["open"] } }
    expect(Effect.runSync(Page.positionOf(same, cursor))).toEqual(["x"])
  })

  it("refuses what is no cursor", () => {
    const cursor = Page.cursorOf(query, ["x", 1n])
    const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")
    for (const wrong of [
      "",
      "x",
      "%%%",
      cursor.slice(1),
      cursor.slice(0, -4),
      json(null),
      json({ v: 2, q: "0", p: [] }),
      json({ v: 1, q: "0", p: [{ n: "1e9" }] }),
      json({ v: 1, q: "0", p: [[]] }),
      "💥"
    ]) {
      expect(failureOf(wrong), wrong).toBeInstanceOf(Page.InvalidCursor)
    }
  })

  it("takes a cursor from outside as it was given, and refuses one that is longer than any", () => {
    const cursor: string = Page.cursorOf(query, ["x"])
    expect(Effect.runSync(Page.cursorFrom(cursor))).toBe(cursor)
    expect(Effect.runSync(Effect.flip(Page.cursorFrom("x".repeat(4097))))).toBeInstanceOf(Page.InvalidCursor)
  })

  it("never dies of a changed character", () =>
    fc.assert(
      fc.property(fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        const cursor = Page.cursorOf(query, ["position", 7n])
        const index = at % cursor.length
        const changed = Page.Cursor.make(cursor.slice(0, index) + character + cursor.slice(index + 1))
        const result = Effect.runSyncExit(Page.positionOf(query, changed))
        if (result._tag === "Failure") expect(result.cause.reasons.every((reason) => reason._tag === "Fail")).toBe(true)
      })
    ))

  it("ends with the last item, and otherwise goes on after the last one shown", () => {
    const key = (n: number) => [n]
    expect(Page.pageOf(query, { limit: 3 }, [1, 2, 3], key).next).toBeNull()
    expect(Page.pageOf(query, {}, [], key)).toEqual({ items: [], next: null })
    const page = Page.pageOf(query, { limit: 2 }, [1, 2, 3], key)
    expect(page.items).toEqual([1, 2])
    expect(page.next).toBe(Page.cursorOf(query, [2]))
  })

  it("bounds the size of a page", () => {
    const accepts = Schema.is(Page.PageRequest)
    expect([1, 500].map((limit) => accepts({ limit }))).toEqual([true, true])
    expect([0, -1, 501, 1.5, Number.NaN].map((limit) => accepts({ limit }))).toEqual(Array(5).fill(false))
    expect(Page.limitOf({})).toBe(50)
  })

  it("goes to JSON and back with its items", () => {
    const codec = Schema.toCodecJson(Page.schema(Schema.BigInt))
    const page = { items: [1n], next: Page.cursorOf(query, [1n]) }
    const json: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(codec)(page)))
    expect(Schema.decodeUnknownSync(codec)(json)).toEqual(page)
  })
})
