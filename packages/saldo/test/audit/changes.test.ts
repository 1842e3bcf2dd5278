import { applyChanges, changes, jsonOf, secretValue } from "saldo/audit/changes"
import * as Money from "saldo/money/Money"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"

const json = fc.jsonValue({ maxDepth: 4 })

/** Two values that have much in common, as two states of a thing do. */
const states = fc.tuple(fc.dictionary(fc.string(), json), fc.dictionary(fc.string(), json)).chain(([a, b]) =>
  fc.record({
    before: fc.option(fc.oneof(json, fc.constant({ ...a, ...b })), { nil: undefined }),
    after: fc.option(fc.oneof(json, fc.constant({ ...b, list: Object.values(a) })), { nil: undefined })
  })
)

describe("changes", () => {
  it("take a state to the other when they are applied", () => {
    fc.assert(
      fc.property(states, ({ after, before }) => {
        expect(applyChanges(jsonOf(before), changes(before, after))).toEqual(jsonOf(after))
      }),
      { numRuns: 2000 }
    )
  })

  it("take a list to any other, item by item", () => {
    const lists = fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.array(fc.constant(1))), { maxLength: 5 })
    fc.assert(
      fc.property(lists, lists, (before, after) => {
        expect(applyChanges(before, changes(before, after))).toEqual(after)
      }),
      { numRuns: 2000 }
    )
  })

  it("are none between a state and itself, and as many backwards as forwards", () => {
    fc.assert(
      fc.property(states, ({ after, before }) => {
        expect(changes(before, structuredClone(before))).toEqual([])
        const back = changes(after, before).map(({ after: to, before: from, path }) => JSON.stringify([path, to, from]))
        const forth = changes(before, after).map(({ after: to, before: from, path }) =>
          JSON.stringify([path, from, to])
        )
        expect(back.toSorted()).toEqual(forth.toSorted())
      })
    )
  })

  it("come in the same order whatever the order of the members", () => {
    const flip = (value: object) => Object.fromEntries(Object.entries(value).toReversed())
    const [before, after] = [
      { b: 1, a: { y: 1, x: 2 }, c: 3 },
      { d: 1, c: 4, a: { x: 3, z: 1 } }
    ]
    expect(changes(flip(before), flip(after))).toEqual(changes(before, after))
    expect(changes(before, after).map(({ path }) => path)).toEqual(["/a/x", "/a/y", "/a/z", "/b", "/c", "/d"])
  })

  it("name the whole of what comes, goes or changes its kind", () => {
    const internal = { redaction: "internal" }
    expect(changes(undefined, { a: [1] })).toEqual([
      { path: "", ...internal, after: {} },
      { path: "/a", ...internal, after: [] },
      { path: "/a/0", ...internal, after: 1 }
    ])
    expect(changes({ a: { b: null } }, { a: "x" })).toEqual([
      { path: "/a/b", ...internal, before: null },
      { path: "/a", ...internal, before: {}, after: "x" }
    ])
    expect(changes([1, 2, 3], [1])).toEqual([
      { path: "/2", ...internal, before: 3 },
      { path: "/1", ...internal, before: 2 }
    ])
    expect(changes(undefined, undefined)).toEqual([])
  })

  it("read values as JSON does, with whole amounts and names that a pointer can hold", () => {
    const before = { price: Money.fromMinor(5n, "SEK"), pin: Redacted.make("1234"), "a/b~c": 1, left: undefined }
    const after = { price: Money.fromMinor(2n ** 60n, "SEK"), pin: Redacted.make("9876"), "a/b~c": -0, count: 7n }
    expect(changes(before, after)).toEqual([
      { path: "/a~1b~0c", redaction: "internal", before: 1, after: 0 },
      { path: "/count", redaction: "internal", after: "7" },
      { path: "/price/amount", redaction: "internal", before: "0.05", after: "11529215046068469.76" }
    ])
    expect(changes("\uD800", "\uFFFD")).toEqual([])
    expect(changes(Number.NaN, null)).toEqual([])
  })
})

describe("redaction classes", () => {
  const classOf = (classes: Parameters<typeof changes>[2], path: ReadonlyArray<string>) => {
    const after = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), "value")
    return changes(undefined, after, classes).at(-1)?.redaction
  }

  it("cover what is below a pointer, the longest and then the strictest deciding", () => {
    const classes = {
      "": "public",
      "/person": "personal",
      "/person/country": "public",
      "/*/pin": "secret",
      "/person/pin": "internal",
      "/a~1b": "personal"
    } as const
    expect(classOf(classes, ["other"])).toBe("public")
    expect(classOf(classes, ["person"])).toBe("personal")
    expect(classOf(classes, ["person", "name", "first"])).toBe("personal")
    expect(classOf(classes, ["person", "country"])).toBe("public")
    expect(classOf(classes, ["card", "pin"])).toBe("secret")
    expect(classOf(classes, ["person", "pin"])).toBe("secret")
    expect(classOf(classes, ["a/b", "c"])).toBe("personal")
    expect(classOf({}, ["x"])).toBe("internal")
    expect(classOf({ "/x/y": "public" }, ["x"])).toBe("internal")
  })

  it("show of a secret only that it changed", () => {
    const classes = { "/pin": "secret" } as const
    expect(changes({ pin: "1234" }, { pin: "9876" }, classes)).toEqual([
      { path: "/pin", redaction: "secret", before: secretValue, after: secretValue }
    ])
    expect(changes({}, { pin: { digits: "9876" } }, classes)).toEqual([
      { path: "/pin", redaction: "secret", after: secretValue },
      { path: "/pin/digits", redaction: "secret", after: secretValue }
    ])
    fc.assert(
      fc.property(states, ({ after, before }) => {
        const found = changes(before, after, { "": "secret" })
        expect(found.flatMap((change) => [change.before ?? secretValue, change.after ?? secretValue])).toEqual(
          found.flatMap(() => [secretValue, secretValue])
        )
      })
    )
  })
})
