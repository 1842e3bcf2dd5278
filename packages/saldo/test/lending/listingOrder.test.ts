import * as fc from "fast-check"
import { compareText } from "saldo/lending/listingOrder"
import { describe, expect, it } from "vitest"

describe("compareText", () => {
  it("orders text as its UTF-8 bytes are ordered", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (left, right) => {
        const bytes = Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right)))
        expect(Math.sign(compareText(left, right))).toBe(bytes)
      })
    )
    expect(compareText("\uE000", "𝔘")).toBeLessThan(0)
    expect(compareText("𝔘a", "𝔙")).toBeLessThan(0)
    expect(compareText("a", "a")).toBe(0)
  })
})
