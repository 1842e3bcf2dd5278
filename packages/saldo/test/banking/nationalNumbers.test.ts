import * as Result from "effect/Result"
import { luhnDigit, weightedRemainder } from "saldo/banking/checkDigits"
import {
  parseCreditorReference,
  parseFinnishReference,
  parseSwedishReference,
  swedishReferenceOf
} from "saldo/banking/paymentReference"
import {
  formatSwedishPersonalNumber,
  isCoordinationNumber,
  parseSwedishOrganisationNumber
} from "saldo/banking/registrationNumber"
import {
  parseSwedishAccountNumber,
  type SwedishAccountNumber,
  swedishAccountNumber
} from "saldo/banking/swedishAccountNumber"
import { swedishClearing } from "saldo/banking/swedishClearing"
import { describe, expect, it } from "vitest"
import { personal, kid10, kid11, ocrLength, faultOf, accepts, singleChanges } from "./numbers.ts"

describe("Swedish account numbers", () => {
  const account = (text: string): SwedishAccountNumber => Result.getOrThrow(parseSwedishAccountNumber(text))

  it("reads each kind, with the zeros that the bank counts", () => {
    // The clearing digit of 8327-9 is Swedbank's own example; the account numbers are made by the published rules.
    expect(account("8327-9, 10 923 932-7")).toEqual({ clearing: "8327", account: "0109239327", bank: "Swedbank" })
    expect(account("83279 0109239327")).toEqual(account("8327-0109239327"))
    expect(account("832790109239327")).toEqual(account("8327-0109239327"))
    expect(account("3300 8112189876").bank).toBe("Nordea")
    expect(swedishClearing("9960")?.bank).toBe("Nordea Plusgirot")
    expect(account("9960-2865434").account).toBe("2865434")
  })

  it("counts by hand: 1200 with modulus 11 over ten digits, 6789 over nine, 9020 over eleven", () => {
    const weights = [1, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    for (let last = 0; last < 10; last++) {
      const type11 = `1200123456${last}`
      expect(accepts(parseSwedishAccountNumber, type11)).toBe(
        weightedRemainder(type11.slice(1), weights.slice(1), 11) === 0
      )
      const type12 = `9020123456${last}`
      expect(accepts(parseSwedishAccountNumber, type12)).toBe(weightedRemainder(type12, weights, 11) === 0)
      const type22 = `678912345678${last}`
      expect(accepts(parseSwedishAccountNumber, type22)).toBe(
        weightedRemainder(type22.slice(4), weights.slice(2), 11) === 0
      )
    }
  })

  it("names the part at fault, in places of the whole", () => {
    expect(faultOf(parseSwedishAccountNumber("9990-1234567"))).toEqual(["bank", 0])
    expect(faultOf(parseSwedishAccountNumber("8327-8, 1092393221"))).toEqual(["check-digits", 5])
    expect(faultOf(parseSwedishAccountNumber("8327-9, 1092393221"))).toEqual(["check-digits", 17])
    expect(faultOf(parseSwedishAccountNumber("83271092393221"))).toEqual(["form", 4])
    expect(faultOf(parseSwedishAccountNumber("5000-12345"))).toEqual(["length", 10])
    expect(faultOf(swedishAccountNumber("50001", "1234567"))).toEqual(["length", 4])
    expect(faultOf(swedishAccountNumber("5000", "12a4567"))).toEqual(["character", 2])
  })

  it("takes a misfit of Swedbank's 8000 only when asked to, and of no other bank", () => {
    expect(faultOf(swedishAccountNumber("8327", "1092393221"))).toEqual(["check-digits", 9])
    expect(Result.isSuccess(swedishAccountNumber("8327", "1092393221", { unverified: true }))).toBe(true)
    const misfits = Array.from("0123456789").filter((digit) =>
      Result.isFailure(swedishAccountNumber("5000", `123456${digit}`, { unverified: true }))
    )
    expect(misfits.length).toBeGreaterThanOrEqual(9)
  })

  it("gives each clearing number to one bank", () => {
    expect(["1099", "3500", "3782", "9999", "2100"].map((each) => swedishClearing(each)?.bank)).toEqual([
      undefined,
      "Nordea",
      "Nordea",
      undefined,
      undefined
    ])
  })
})

describe("references", () => {
  it("has the published examples", () => {
    expect([parseSwedishReference("1230"), ocrLength("12351"), ocrLength("123067")].every(Result.isSuccess)).toBe(true)
    expect(accepts(kid10, "2345676")).toBe(true)
    expect(accepts(parseFinnishReference, "1234561")).toBe(true)
    expect(accepts(parseCreditorReference, "RF18539007547034")).toBe(true)
  })

  it("controls lengths as agreed", () => {
    expect(faultOf(ocrLength("1230"))).toEqual(["check-digits", 2])
    const fixed = (text: string) => parseSwedishReference(text, { control: "fixed-length", lengths: [4, 6] })
    expect([accepts(fixed, "1230"), accepts(fixed, "123067"), faultOf(fixed("18"))]).toEqual([
      true,
      true,
      ["length", 1]
    ])
    expect(swedishReferenceOf("1234", "length")).toEqual(Result.succeed("123463"))
    expect(faultOf(swedishReferenceOf("12x4"))).toEqual(["character", 2])
  })

  it("reads a KID whose check digit is ten, written as a hyphen", () => {
    const bodies = Array.from({ length: 200 }, (_, index) => String(1000 + index))
    const tens = bodies.filter((body) => accepts(kid11, `${body}-`))
    expect(tens.length).toBeGreaterThan(10)
    for (const body of tens) expect(singleChanges(`${body}-`).filter((wrong) => accepts(kid11, wrong))).toEqual([])
    for (const body of bodies) {
      expect(Array.from("0123456789-").filter((digit) => accepts(kid11, body + digit))).toHaveLength(1)
    }
  })

  it("refuses an RF reference whose first characters are others", () => {
    expect(faultOf(parseCreditorReference("RG18539007547034"))).toEqual(["form", 0])
    expect(faultOf(parseCreditorReference("RFA8539007547034"))).toEqual(["character", 2])
  })
})

describe("Swedish personal numbers", () => {
  it("finds the century and prints it", () => {
    // 811218-9876 is the example that Skatteverket uses.
    const number = Result.getOrThrow(personal("811218-9876"))
    expect(number).toBe("198112189876")
    expect(formatSwedishPersonalNumber(number)).toBe("19811218-9876")
    expect(personal("19811218-9876")).toEqual(Result.succeed(number))
    expect(personal("811218+9876")).toEqual(Result.succeed("188112189876"))
  })

  it("counts the day of a samordningsnummer from 61", () => {
    const text = "19811278987"
    const number = Result.getOrThrow(personal(`${text}${luhnDigit(text.slice(2))}`))
    expect(isCoordinationNumber(number)).toBe(true)
    expect(isCoordinationNumber(Result.getOrThrow(personal("811218-9876")))).toBe(false)
  })

  it("takes a day that is today and none that is tomorrow", () => {
    const born = (day: string) => personal(`${day}123${luhnDigit(`${day.slice(2)}123`)}`)
    expect(Result.isSuccess(born("20261121"))).toBe(true)
    expect(faultOf(born("20261122"))).toEqual(["form", 0])
    const short = `261122123${luhnDigit("261122123")}`
    expect(personal(short)).toEqual(Result.succeed(`19${short}`))
  })

  it("refuses what is no day, with its place", () => {
    expect(faultOf(personal("19811318-9876"))).toEqual(["form", 4])
    expect(faultOf(personal("19810230-9876"))).toEqual(["form", 6])
    expect(faultOf(personal("811218-9877"))).toEqual(["check-digits", 10])
    expect(faultOf(personal("1811218-9876"))[0]).toBe("length")
    expect(faultOf(parseSwedishOrganisationNumber("811218-9876"))).toEqual(["form", 2])
  })
})
