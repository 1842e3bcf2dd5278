import * as fc from "fast-check"
import * as Result from "effect/Result"
import { formatBankgiro, isCharityBankgiro, parseBankgiro } from "saldo/banking/bankgiro"
import { mod97 } from "saldo/banking/checkDigits"
import { formatIban, ibanOf, parseIban } from "saldo/banking/iban"
import { ibanCountries, ibanStructure } from "saldo/banking/ibanStructure"
import { formatNorwegianAccountNumber, parseNorwegianAccountNumber } from "saldo/banking/norwegianAccountNumber"
import {
  formatCreditorReference,
  formatFinnishReference,
  parseCreditorReference,
  parseFinnishReference,
  parseSwedishReference,
  swedishReferenceOf
} from "saldo/banking/paymentReference"
import { formatPlusgiro, parsePlusgiro } from "saldo/banking/plusgiro"
import {
  formatNorwegianOrganisationNumber,
  formatSwedishOrganisationNumber,
  parseNorwegianOrganisationNumber,
  parseSwedishOrganisationNumber
} from "saldo/banking/registrationNumber"
import {
  formatSwedishAccountNumber,
  parseSwedishAccountNumber,
  swedishAccountNumber
} from "saldo/banking/swedishAccountNumber"
import { describe, expect, it } from "vitest"
import {
  type Parse,
  kid10,
  kid11,
  ocrLength,
  faultOf,
  accepts,
  digits,
  luhn,
  completed,
  singleChanges,
  swaps,
  swedishAccounts
} from "./numbers.ts"

const eitherSwap = () => true
const notNineZero = (pair: string) => !["09", "90"].includes(pair)
const notFiveApart = (pair: string) => Math.abs(Number(pair[0]) - Number(pair[1])) !== 5

/** Each scheme: its reader, valid numbers, the swaps that its rule promises to find, and from where on it protects. */
const schemes: ReadonlyArray<{
  readonly name: string
  readonly parse: Parse<unknown>
  readonly valid: fc.Arbitrary<string>
  readonly findsSwap: (pair: string) => boolean
  readonly from?: number
}> = [
  {
    name: "IBAN",
    parse: parseIban,
    valid: digits(20).map((bban) => Result.getOrThrow(ibanOf("SE", bban))),
    findsSwap: eitherSwap
  },
  { name: "bankgiro", parse: parseBankgiro, valid: luhn(7, 8), findsSwap: notNineZero },
  { name: "plusgiro", parse: parsePlusgiro, valid: luhn(2, 8), findsSwap: notNineZero },
  { name: "OCR reference", parse: parseSwedishReference, valid: luhn(2, 25), findsSwap: notNineZero },
  {
    name: "OCR reference with length",
    parse: ocrLength,
    valid: digits(1, 23).map((body) => Result.getOrThrow(swedishReferenceOf(body, "length"))),
    findsSwap: notNineZero
  },
  { name: "KID, modulus 10", parse: kid10, valid: luhn(2, 25), findsSwap: notNineZero },
  { name: "KID, modulus 11", parse: kid11, valid: completed(digits(3, 24), kid11), findsSwap: eitherSwap },
  {
    name: "Norwegian account",
    parse: parseNorwegianAccountNumber,
    valid: completed(digits(10), parseNorwegianAccountNumber),
    findsSwap: eitherSwap
  },
  {
    name: "Norwegian organisation",
    parse: parseNorwegianOrganisationNumber,
    valid: completed(
      digits(7).map((body) => `9${body}`),
      parseNorwegianOrganisationNumber
    ),
    findsSwap: eitherSwap
  },
  {
    name: "Finnish reference",
    parse: parseFinnishReference,
    valid: completed(digits(3, 19), parseFinnishReference),
    findsSwap: notFiveApart
  },
  {
    name: "RF reference",
    parse: parseCreditorReference,
    valid: digits(1, 21).map((body) => `RF${String(98 - mod97(`${body}RF00`)).padStart(2, "0")}${body}`),
    findsSwap: eitherSwap
  },
  {
    name: "Swedish organisation",
    parse: parseSwedishOrganisationNumber,
    valid: completed(digits(9), parseSwedishOrganisationNumber),
    findsSwap: notNineZero
  },
  // The clearing number names the rule, so that a change in it may lead to another bank with another rule.
  {
    name: "account, type 1 comment 1",
    parse: parseSwedishAccountNumber,
    valid: swedishAccounts("1.1"),
    findsSwap: eitherSwap,
    from: 5
  },
  {
    name: "account, type 1 comment 2",
    parse: parseSwedishAccountNumber,
    valid: swedishAccounts("1.2"),
    findsSwap: eitherSwap,
    from: 5
  },
  {
    name: "account, type 2 comment 1",
    parse: parseSwedishAccountNumber,
    valid: swedishAccounts("2.1"),
    findsSwap: notNineZero,
    from: 5
  },
  {
    name: "account, type 2 comment 2",
    parse: parseSwedishAccountNumber,
    valid: swedishAccounts("2.2"),
    findsSwap: eitherSwap,
    from: 5
  },
  {
    name: "account, type 2 comment 3",
    parse: parseSwedishAccountNumber,
    valid: swedishAccounts("2.3"),
    findsSwap: notNineZero,
    from: 5
  }
]

describe.each(schemes)("$name", ({ findsSwap, from = 0, parse, valid }) => {
  it("accepts its numbers and refuses each change of one digit", () => {
    fc.assert(
      fc.property(valid, (text) => {
        expect(accepts(parse, text)).toBe(true)
        for (const wrong of singleChanges(text).filter((wrong) => wrong.slice(0, from) === text.slice(0, from))) {
          expect([wrong, accepts(parse, wrong)]).toEqual([wrong, false])
        }
      }),
      { numRuns: 60 }
    )
  })

  it("refuses the swaps that its rule finds", () => {
    fc.assert(
      fc.property(valid, (text) => {
        for (const swap of swaps(text)) {
          const covered = swap.text.slice(0, from) === text.slice(0, from) && findsSwap(swap.pair)
          if (covered) expect([swap.text, accepts(parse, swap.text)]).toEqual([swap.text, false])
        }
      }),
      { numRuns: 60 }
    )
  })

  it("never repeats a refused number, and gives a place in the text", () => {
    fc.assert(
      fc.property(valid, fc.nat(), (text, at) => {
        const wrong = singleChanges(text)[at % singleChanges(text).length] ?? ""
        const result = parse(wrong)
        if (Result.isSuccess(result)) return
        expect(JSON.stringify(result.failure) + result.failure.message).not.toContain(wrong.slice(-5).padStart(5, "?"))
        expect(result.failure.position).toBeGreaterThanOrEqual(0)
        expect(result.failure.position).toBeLessThanOrEqual(wrong.length)
      }),
      { numRuns: 30 }
    )
  })
})

describe("what the rules do not promise", () => {
  it("Luhn misses 09 for 90, and weights 7 3 1 miss a swap of digits five apart", () => {
    const slips = (parse: Parse<unknown>, missed: (pair: string) => boolean) => {
      let count = 0
      for (let number = 100_000; number < 101_000; number++) {
        if (!accepts(parse, String(number))) continue
        count += swaps(String(number)).filter(({ pair, text }) => missed(pair) && accepts(parse, text)).length
      }
      return count
    }
    expect(slips(kid10, (pair) => !notNineZero(pair))).toBeGreaterThan(0)
    expect(slips(parseFinnishReference, (pair) => !notFiveApart(pair))).toBeGreaterThan(0)
  })

  it("a random number passes Luhn one time in ten, and MOD 97-10 one time in a hundred", () => {
    const share = (parse: Parse<unknown>, text: (number: number) => string) =>
      Array.from({ length: 10_000 }, (_, number) => text(number)).filter((each) => accepts(parse, each)).length
    expect(share(parseBankgiro, (number) => String(5_000_000 + number))).toBe(1000)
    const ibans = share(parseIban, (number) => `SE45500000000583982${String(number).padStart(5, "0")}`)
    expect(ibans).toBeGreaterThan(90)
    expect(ibans).toBeLessThan(115)
  })
})

describe("IBAN", () => {
  // From the IBAN Registry, as SWIFT publishes it, one for each form that the table tells apart by more than its length.
  const published = `AD1200012030200359100100 AE070331234567890123456 AL47212110090000000235698741 AT611904300234573201
    AZ21NABZ00000000137010001944 BA391290079401028494 BE68539007547034 BG80BNBG96611020345678 BH67BMAG00001299123456
    BR1800360305000010009795493C1 CH9300762011623852957 CR05015202001026284066 CY17002001280000001200527600
    CZ6508000000192000145399 DE89370400440532013000 DK5000400440116243 DO28BAGR00000001212453611324
    EE382200221020145685 ES9121000418450200051332 FI2112345600000785 FO6264600001631634 FR1420041010050500013M02606
    GB29NWBK60161331926819 GE29NB0000000101904917 GI75NWBK000000007099453 GL8964710001000206
    GR1601101250000000012300695 GT82TRAJ01020000001210029690 HR1210010051863000160 HU42117730161111101800000000
    IE29AIBK93115212345678 IL620108000000099999999 IS140159260076545510730339 IT60X0542811101000000123456
    JO94CBJO0010000000000131000302 KW81CBKU0000000000001234560101 KZ86125KZT5004100100 LB62099900000001001901229114
    LC55HEMM000100010012001200023015 LI21088100002324013AA LT121000011101001000 LU280019400644750000
    LV80BANK0000435195001 MC5811222000010123456789030 MD24AG000225100013104168 ME25505000012345678951 MK07250120000058984
    MR1300020001010000123456753 MT84MALT011000012345MTLCAST001S MU17BOMM0101101030300200000MUR NL91ABNA0417164300
    NO9386011117947 PK36SCBL0000001123456702 PL61109010140000071219812874 PS92PALS000000000400123456702
    PT50000201231234567890154 QA58DOHB00001234567890ABCDEFG RO49AAAA1B31007593840000 RS35260005601001611379
    SA0380000000608010167519 SC18SSCB11010000000000001497USD SE4550000000058398257466 SI56263300012039086
    SK3112000000198742637541 SM86U0322509800000000270100 ST68000100010051845310112 SV62CENR00000000000000700025
    TL380080012345678910157 TN5910006035183598478831 TR330006100519786457841326 UA213223130000026007233566001
    VA59001123000012345678 VG96VPVG0000012345678901 XK051212012345678906 IQ98NBIQ850123456789012
    BY13NBRB3600900000002Z00AB00`.split(/\s+/u)

  it("accepts the examples of the registry, in both forms", () => {
    expect(published.filter((iban) => !accepts(parseIban, iban))).toEqual([])
    for (const iban of published) {
      expect(Result.map(parseIban(iban), formatIban)).toEqual(Result.succeed(iban.match(/.{1,4}/gu)?.join(" ")))
    }
    expect(new Set(published).size).toBe(published.length)
  })

  it("knows the length of every country that it knows, at most 34, and no other country", () => {
    expect(ibanCountries.length).toBe(89)
    expect(ibanCountries).toEqual([...ibanCountries].sort())
    for (const country of ibanCountries) {
      const { length = 0, runs = [] } = ibanStructure(country) ?? {}
      expect(length).toBeGreaterThanOrEqual(15)
      expect(length).toBeLessThanOrEqual(34)
      const bban = runs.map(({ count, kind }) => (kind === "a" ? "Q" : kind === "c" ? "Z" : "7").repeat(count)).join("")
      expect(accepts(parseIban, Result.getOrThrow(ibanOf(country, bban)))).toBe(true)
      expect(faultOf(ibanOf(country, `${bban}1`))[0]).toBe("length")
    }
    expect(faultOf(parseIban("US45500000000583982574"))).toEqual(["country", 0])
  })

  it("names what is wrong and where, in the text as it was written", () => {
    expect(faultOf(parseIban(""))).toEqual(["empty", 0])
    expect(faultOf(parseIban("  "))).toEqual(["empty", 0])
    expect(faultOf(parseIban("SE45 5000 0000 0583 9825 746"))).toEqual(["length", 27])
    expect(faultOf(parseIban("SE45 5000 0000 0583 9825 7466 1"))).toEqual(["length", 30])
    expect(faultOf(parseIban("SE45 5000 0000 0583 9825 74é6"))).toEqual(["character", 27])
    expect(faultOf(parseIban("SE45 5000 O000 0583 9825 7466"))).toEqual(["character", 10])
    expect(faultOf(parseIban("SE46 5000 0000 0583 9825 7466"))).toEqual(["check-digits", 2])
    expect(faultOf(parseIban("1".repeat(1_000_000)))).toEqual(["length", 34])
    const refused = parseIban("SE46 5000 0000 0583 9825 7466")
    expect(Result.isFailure(refused) && refused.failure.message).toBe(
      "Invalid IBAN: at position 2 expected check digits that fit the rest"
    )
  })

  it("refuses check digits that give the right sum and are never issued", () => {
    const twin = fc.constantFrom(["97", "00"], ["98", "01"], ["02", "99"])
    fc.assert(
      fc.property(twin, digits(20), ([usual = "", unusual = ""], bban) => {
        const iban = Result.getOrThrow(ibanOf("SE", bban))
        fc.pre(iban.slice(2, 4) === usual)
        const other = `SE${unusual}${bban}`
        expect(mod97(`${bban}SE${unusual}`)).toBe(1)
        expect(faultOf(parseIban(other))).toEqual(["check-digits", 2])
      }),
      { numRuns: 5, maxSkipsPerRun: 2000 }
    )
  })
})

describe("printed forms", () => {
  const roundTrip =
    <A extends string>(parse: Parse<A>, format: (value: A) => string) =>
    (text: string) => {
      const value = Result.getOrThrow(parse(text))
      expect(value).toBe(text)
      expect(Result.getOrThrow(parse(format(value)))).toBe(value)
      return format(value)
    }

  it("prints and reads back", () => {
    const property = (valid: fc.Arbitrary<string>, check: (text: string) => unknown) =>
      fc.assert(
        fc.property(valid, (text) => void check(text)),
        { numRuns: 50 }
      )
    property(luhn(7, 8), roundTrip(parseBankgiro, formatBankgiro))
    property(luhn(2, 8), roundTrip(parsePlusgiro, formatPlusgiro))
    property(completed(digits(3, 19), parseFinnishReference), roundTrip(parseFinnishReference, formatFinnishReference))
    property(
      completed(digits(10), parseNorwegianAccountNumber),
      roundTrip(parseNorwegianAccountNumber, formatNorwegianAccountNumber)
    )
    for (const check of ["1.1", "1.2", "2.1", "2.2", "2.3"]) {
      property(swedishAccounts(check), (text) => {
        const account = Result.getOrThrow(parseSwedishAccountNumber(text))
        expect(parseSwedishAccountNumber(formatSwedishAccountNumber(account))).toEqual(Result.succeed(account))
        expect(swedishAccountNumber(account.clearing, account.account)).toEqual(Result.succeed(account))
      })
    }
  })

  it("prints as on paper", () => {
    expect(["50501055", "54029681", "9020033"].map(roundTrip(parseBankgiro, formatBankgiro))).toEqual([
      "5050-1055",
      "5402-9681",
      "902-0033"
    ])
    expect(roundTrip(parsePlusgiro, formatPlusgiro)("2865434")).toBe("28 65 43-4")
    expect(formatCreditorReference(Result.getOrThrow(parseCreditorReference("rf18 5390 0754 7034")))).toBe(
      "RF18 5390 0754 7034"
    )
    expect(formatFinnishReference(Result.getOrThrow(parseFinnishReference("0000 1234561")))).toBe("12 34561")
    expect(formatNorwegianAccountNumber(Result.getOrThrow(parseNorwegianAccountNumber("86011117947")))).toBe(
      "8601.11.17947"
    )
    expect(formatNorwegianOrganisationNumber(Result.getOrThrow(parseNorwegianOrganisationNumber("923609016")))).toBe(
      "923 609 016"
    )
    expect(formatSwedishOrganisationNumber(Result.getOrThrow(parseSwedishOrganisationNumber("16202100-5489")))).toBe(
      "202100-5489"
    )
    expect(Result.map(parseBankgiro("902-0033"), isCharityBankgiro)).toEqual(Result.succeed(true))
    expect(Result.map(parseBankgiro("5050-1055"), isCharityBankgiro)).toEqual(Result.succeed(false))
  })
})
