import { describe, expect, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { createHash } from "node:crypto"
import { canonicalJson } from "saldo/core/canonicalJson"
import { fingerprint, firstDifference } from "saldo/core/fingerprint"

const print = (value: unknown) => Result.getOrThrow(fingerprint(value))
const difference = (known: unknown, value: unknown) =>
  Option.getOrUndefined(Result.getOrThrow(firstDifference(print(known), value)))

const wellFormed = fc.jsonValue().filter((value) => JSON.stringify(value).isWellFormed())

describe("fingerprint", () => {
  it("is the SHA-256 of the canonical JSON", () => {
    // printf '{"a":1}' | sha256sum
    expect(print({ a: 1 }).digest).toBe("015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862")
  })

  it("keeps nothing readable of the document", () => {
    expect(JSON.stringify(print({ secret: "hunter2", amount: 12345n }))).not.toMatch(/hunter2|12345/u)
  })

  it("names the first difference", () => {
    expect(difference({ a: 1, b: 2 }, { b: 2, a: 1 })).toBeUndefined()
    expect(difference({ a: 1, b: 2 }, { a: 1, b: 3 })).toBe("/b")
    expect(difference({ a: 1, b: 2 }, { b: 3 })).toBe("/a")
    expect(difference({ b: 2 }, { a: 1, b: 2 })).toBe("/a")
    expect(difference({ a: 1 }, { a: "1" })).toBe("/a")
    expect(difference({ a: { b: 1 } }, { a: 1 })).toBe("/a")
    expect(difference({ "x/y": 1 }, { "x/y": 2 })).toBe("/x~1y")
    expect(difference([...Array(12).keys()], [0, 1, -1, 3, 4, 5, 6, 7, 8, 9, -1, 11])).toBe("/2")
    expect(difference(1, 2)).toBe("")
  })

  it("names a coarser place in a document too large to outline", () => {
    const rows = (changed: number) => ({
      head: "h",
      rows: Array.from({ length: 100 }, (_, n) => ({ n, a: 1, b: n === changed ? 0 : 2 }))
    })
    expect(Object.keys(print(rows(-1)).outline).length).toBeLessThanOrEqual(256)
    expect(difference(rows(-1), rows(42))).toBe("/rows/42")
    expect(difference({ list: Array(1000).fill(1) }, { list: Array(1001).fill(1) })).toBe("/list")
    expect(difference(Array(1000).fill(1), Array(1001).fill(1))).toBe("")
  })

  it("finds a difference exactly when there is one, and at a place where both differ", () =>
    fc.assert(
      fc.property(wellFormed, wellFormed, (known, value) => {
        const same = Result.getOrThrow(canonicalJson(known)) === Result.getOrThrow(canonicalJson(value))
        expect(difference(known, value) === undefined).toBe(same)
        expect(print(known).digest === print(value).digest).toBe(same)
      })
    ))

  it("has a digest of 64 hexadecimal digits that anybody can compute", () =>
    fc.assert(
      fc.property(wellFormed, (value) => {
        const text = Result.getOrThrow(canonicalJson(value))
        expect(print(value).digest).toBe(createHash("sha256").update(text).digest("hex"))
      })
    ))

  it("passes on what is not canonical", () => {
    expect(Result.isFailure(fingerprint({ a: Number.NaN }))).toBe(true)
    expect(Result.isFailure(firstDifference(print(1), Number.NaN))).toBe(true)
  })
})
