import * as Result from "effect/Result"
import * as fc from "fast-check"
import { keyOfEmail, readEmailAddress } from "saldo/identity/emailAddress"
import { describe, expect, it } from "vitest"

const read = (text: string) => Result.getOrNull(readEmailAddress(text))

describe("readEmailAddress", () => {
  it("reads what people have", () => {
    for (const [typed, address] of [
      ["anna@example.com", "anna@example.com"],
      [" Anna.Ek+bank@Example.COM\n", "Anna.Ek+bank@example.com"],
      ["o'hara@mail.example.co.uk", "o'hara@mail.example.co.uk"],
      ["åsa.öberg@exempel.se", "åsa.öberg@exempel.se"],
      ["a@b.se", "a@b.se"],
      ["info@räksmörgås.se", "info@xn--rksmrgs-5wao1o.se"],
      ["info@xn--rksmrgs-5wao1o.se", "info@xn--rksmrgs-5wao1o.se"],
      ["1234567890@123.example", "1234567890@123.example"]
    ] as const) {
      expect(read(typed)?.address, typed).toBe(address)
    }
  })

  it("reads nothing into what is none", () => {
    const hostile = [
      "",
      "@",
      "anna",
      "anna@",
      "@example.com",
      "anna@localhost",
      "anna@example",
      "anna@192.0.2.1",
      "anna@[192.0.2.1]",
      "anna@0x7f.1",
      "anna@example.com:25",
      "anna@example.com/path",
      "anna@evil@example.com",
      "anna@example..com",
      "anna@-example.com",
      ".anna@example.com",
      "anna.@example.com",
      "an..na@example.com",
      "anna ek@example.com",
      "anna@exa mple.com",
      '"anna"@example.com',
      "Anna <anna@example.com>",
      "anna@example.com, bo@example.com",
      "anna@example.com\r\nBcc: bo@example.com",
      "anna\u0000@example.com",
      "anna@example.com\u0000",
      "anna\ud800@example.com",
      "anna@exam%70le.com",
      `${"a".repeat(65)}@example.com`,
      `anna@${"a".repeat(64)}.com`,
      `anna@${"a.".repeat(130)}com`
    ]
    for (const each of hostile) expect(read(each), each).toBeNull()
  })

  it("finds writings of one address by one key, and none of another", () => {
    const keys = ["anna.ek@example.com", "ANNA.EK@EXAMPLE.COM", " Anna.Ek@Example.Com "].map((each) => read(each)?.key)
    expect(new Set(keys).size).toBe(1)
    expect(read("a\u030asa@exempel.se")?.key).toBe(read("ÅSA@exempel.se")?.key)
    expect(read("anna@example.com")?.key).not.toBe(read("anna@example.org")?.key)
    // A dotless i is another letter, whatever some alphabets make of it in upper case.
    expect(read("m\u0131ke@example.com")?.key).not.toBe(read("mike@example.com")?.key)
  })

  it("gives what it reads again, on one line, and the key that anything has", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.emailAddress(), fc.string()), (text) => {
        const address = read(text)
        expect(keyOfEmail(text).isWellFormed()).toBe(true)
        if (address === null) return
        expect(address.address).not.toMatch(/[\s<>,\p{Cc}]/u)
        expect(address.address.length).toBeLessThanOrEqual(254)
        expect(read(address.address)).toEqual(address)
        expect(address.key).toBe(keyOfEmail(address.address))
      }),
      { numRuns: 500 }
    )
  })
})
