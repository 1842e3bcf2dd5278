import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  Bic,
  ExternalAccount,
  type ExternalAccountInput,
  mask,
  numberOf,
  parseExternalAccount
} from "saldo/banking/ExternalAccount"
import { describe, expect, it } from "vitest"

const inputs: ReadonlyArray<ExternalAccountInput> = [
  { scheme: "Iban", text: "SE45 5000 0000 0583 9825 7466", bic: Bic.make("ESSESESS") },
  { scheme: "Iban", text: "NO93 8601 1117 947" },
  { scheme: "Bankgiro", text: "5050-1055" },
  { scheme: "Plusgiro", text: "28 65 43-4" },
  { scheme: "SwedishAccount", text: "8327-9, 10 923 932-7" },
  { scheme: "NorwegianAccount", text: "8601.11.17947" }
]
const accounts = inputs.map((input) => Result.getOrThrow(parseExternalAccount(input)))
const codec = Schema.toCodecJson(ExternalAccount)

describe("ExternalAccount", () => {
  it("comes back from JSON with its number", () => {
    for (const account of accounts) {
      const json: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(codec)(account)))
      const back = Schema.decodeUnknownSync(codec)(json)
      expect(back._tag).toBe(account._tag)
      expect(numberOf(back)).toBe(numberOf(account))
    }
    expect(Schema.encodeSync(codec)(accounts[0] ?? accounts[1] ?? never())).toEqual({
      _tag: "Iban",
      iban: "SE4550000000058398257466",
      bic: "ESSESESS"
    })
  })

  it("shows the last four and no more of a number", () => {
    expect(accounts.map(mask)).toEqual(["••••7466", "••••7947", "••••1055", "••••434", "••••9327", "••••7947"])
    expect(mask(Result.getOrThrow(parseExternalAccount({ scheme: "Plusgiro", text: "18" })))).toBe("••••8")
  })

  it("hides the numbers of persons wherever an account is printed", () => {
    for (const account of accounts.filter(({ _tag }) => _tag !== "Bankgiro")) {
      const printed =
        JSON.stringify(account) +
        Object.values(account).map(String).join(" ") +
        Schema.toFormatter(ExternalAccount)(account)
      expect(printed).not.toContain(numberOf(account).slice(-6))
    }
  })

  it("refuses a number that does not check, or is not canonical, and does not quote it", () => {
    const decode = Schema.decodeUnknownResult(codec)
    const refused: ReadonlyArray<Record<string, unknown>> = [
      { _tag: "Iban", iban: "SE4650000000058398257466" },
      { _tag: "Iban", iban: "SE45 5000 0000 0583 9825 7466" },
      { _tag: "Iban", iban: "SE4550000000058398257466", bic: "X" },
      { _tag: "Plusgiro", plusgiro: "2865435" },
      { _tag: "SwedishAccount", clearing: "5000", account: "1234561" },
      { _tag: "SwedishAccount", clearing: "8327", account: "109239327" },
      { _tag: "NorwegianAccount", account: "86011117946" }
    ]
    for (const json of refused) {
      const result = decode(json)
      expect([json["_tag"], Result.isFailure(result)]).toEqual([json["_tag"], true])
      if (Result.isFailure(result)) {
        for (const field of ["iban", "plusgiro", "account"]) {
          const number = json[field]
          if (typeof number === "string") expect(String(result.failure)).not.toContain(number.slice(-6))
        }
      }
    }
  })

  it("answers a wrong number with the failure of its scheme", () => {
    const wrong = parseExternalAccount({ scheme: "Bankgiro", text: "5050-1056" })
    expect(Result.isFailure(wrong) && [wrong.failure._tag, wrong.failure.reason]).toEqual([
      "AccountNumberInvalid",
      "check-digits"
    ])
    expect(Redacted.isRedacted(accounts[0]?._tag === "Iban" && accounts[0].iban)).toBe(true)
  })
})

const never = (): never => {
  throw new TypeError("there are accounts")
}
