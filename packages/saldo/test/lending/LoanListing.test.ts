import * as Schema from "effect/Schema"
import { contentFields } from "saldo/lending/listingContent"
import { LoanId, LoanListing, PlatformId } from "saldo/lending/LoanListing"
import { describe, expect, it } from "vitest"

describe("LoanId", () => {
  it("takes printable, trimmed ids of 1 to 50 characters", () => {
    const is = Schema.is(LoanId)
    for (const good of ["1", "4840", "n° 7", "🏗", "x".repeat(50)]) expect(is(good)).toBe(true)
    for (const bad of ["", " 1", "1 ", "x".repeat(51), "a\u0000b", "a\nb", "\uD800", "a\u0007"])
      expect(is(bad)).toBe(false)
  })
})

describe("PlatformId", () => {
  it("takes short lower-case words", () => {
    const is = Schema.is(PlatformId)
    for (const good of ["kameo", "a", "p2p-bank"]) expect(is(good)).toBe(true)
    for (const bad of ["", "Kameo", "1a", "a b", "a/b", "x".repeat(33)]) expect(is(bad)).toBe(false)
  })
})

describe("contentFields", () => {
  it("names every field of the model but the key and the raw record, so that no change goes unseen", () => {
    const fields = Object.keys(LoanListing.fields).filter((field) => !["platform", "loanId", "raw"].includes(field))
    expect([...contentFields].sort()).toEqual(fields.sort())
  })
})
