import { describe, expect, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { canonicalJson, leavesOf } from "saldo/core/canonicalJson"

const canonical = (value: unknown) => Result.getOrThrow(canonicalJson(value))
const refused = (value: unknown) => Result.getOrThrow(Result.flip(canonicalJson(value)))

/** The same value with the keys of every object in another order. */
const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned)
  if (value === null || typeof value !== "object") return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, turned(member)] as const)
      .toReversed()
  )
}

const wellFormed = fc.jsonValue({ noUnicodeString: false }).filter((value) => JSON.stringify(value).isWellFormed())

describe("canonicalJson", () => {
  it("writes the example of RFC 8785 §3.2.2 as §3.2.3 says", () => {
    const value = {
      numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false]
    }
    expect(canonical(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
  })

  it("sorts keys by UTF-16 code units, as in RFC 8785 §3.2.3", () => {
    const value = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\u{1f600}": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"
    }
    expect(Object.values(JSON.parse(canonical(value)) as object)[0]).toBe("One")
    expect([...canonical(value).matchAll(/:"([^"]+)"/gu)].map((match) => match[1])).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh"
    ])
  })

  it("writes bigints as strings, minus zero as zero, and leaves undefined members out", () => {
    expect(canonical({ b: undefined, a: 2n ** 64n, z: -0 })).toBe('{"a":"18446744073709551616","z":0}')
  })

  it("says where something stands that JSON cannot hold", () => {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    expect(refused({ a: [1, Number.NaN] })).toEqual({ _tag: "NotCanonical", pointer: "/a/1", found: "NaN" })
    expect(refused({ "a/b": { "~": Infinity } }).pointer).toBe("/a~1b/~0")
    expect(refused({ at: new Date(0) })).toEqual({ _tag: "NotCanonical", pointer: "/at", found: "Date" })
    expect(refused([undefined]).found).toBe("undefined")
    expect(refused({ a: () => 1 }).found).toBe("function")
    expect(refused({ a: "\ud800" }).found).toContain("surrogate")
    expect(refused({ "\udc00": 1 }).found).toContain("surrogate")
    expect(refused(cycle).found).toContain("cycle")
  })

  it("reads back as the same value, and is the same for every order of keys", () =>
    fc.assert(
      fc.property(wellFormed, (value) => {
        const text = canonical(value)
        expect(canonical(JSON.parse(text))).toBe(text)
        expect(canonical(turned(value))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      })
    ))

  it("is the same only for equal values", () =>
    fc.assert(
      fc.property(wellFormed, wellFormed, (a, b) => {
        const equal = JSON.stringify(turned(turned(a))) === JSON.stringify(turned(turned(b)))
        if (equal) expect(canonical(a)).toBe(canonical(b))
        if (canonical(a) === canonical(b)) expect(JSON.parse(canonical(a))).toEqual(JSON.parse(canonical(b)))
      })
    ))

  it("lists leaves in canonical order, down to a depth", () => {
    const value = { b: { d: [1, { x: "y" }], c: {} }, a: null }
    expect(Result.getOrThrow(leavesOf(value, 9))).toEqual([
      ["/a", "null"],
      ["/b/c", "{}"],
      ["/b/d/0", "1"],
      ["/b/d/1/x", '"y"']
    ])
    expect(Result.getOrThrow(leavesOf(value, 1))).toEqual([
      ["/a", "null"],
      ["/b", '{"c":{},"d":[1,{"x":"y"}]}']
    ])
    expect(Result.getOrThrow(leavesOf(5, 0))).toEqual([["", "5"]])
  })
})
