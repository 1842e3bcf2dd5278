import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { inspect } from "node:util"
import { describe, expect, it } from "vitest"
import { parseTotpSecret, totpCode, totpRemainingMs, type TotpSecret, totpStep } from "@saldo/kameo/totp"

const rfcSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

const secretOf = (text: string): TotpSecret => {
  const secret = Result.getOrThrow(parseTotpSecret(Redacted.make(text)))
  if (secret === null) throw new Error("the text gives no secret")
  return secret
}

const problemOf = (text: string): string =>
  Result.match(parseTotpSecret(Redacted.make(text)), {
    onSuccess: () => "accepted",
    onFailure: ({ problem }) => problem
  })

describe("codes", () => {
  // RFC 6238, appendix B, SHA-1, cut to 6 digits.
  it.each([
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"]
  ])("at %d is %s", (time, code) => expect(totpCode(secretOf(rfcSecret), time)).toBe(code))

  // RFC 6238, appendix B: 8 digits, each algorithm with its own seed in base 32.
  it.each([
    ["SHA1", rfcSecret, "94287082"],
    ["SHA256", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA", "46119246"],
    [
      "SHA512",
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA",
      "90693936"
    ]
  ])("with %s of an otpauth address", (algorithm, secret, code) => {
    const uri = `otpauth://totp/Kameo:eva?secret=${secret}&algorithm=${algorithm}&digits=8&period=30&issuer=Kameo`
    expect(totpCode(secretOf(uri), 59)).toBe(code)
  })

  it("follow the period of the address", () => {
    const secret = secretOf(`otpauth://totp/Kameo?secret=${rfcSecret}&period=60`)
    expect(totpCode(secret, 119)).toBe("287082")
    expect(totpStep(secret, 119)).toBe(1)
    expect(totpRemainingMs(secret, 119_500)).toBe(500)
  })
})

describe("secrets as people have them", () => {
  it.each([
    rfcSecret.toLowerCase(),
    "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
    "gezd-gnbv-gy3t-qojq-gezd-gnbv-gy3t-qojq",
    `\t${rfcSecret}======\n`,
    "GEZD\u00a0GNBV\u2003GY3TQOJQ\r\nGEZDGNBVGY3TQOJQ",
    `OTPAUTH://totp/Kameo?secret=${rfcSecret.toLowerCase()}`
  ])("%j", (text) => expect(totpCode(secretOf(text), 59)).toBe("287082"))

  it.each(["", "  ", "\n"])("an empty text %j means no second factor", (text) =>
    expect(Result.getOrThrow(parseTotpSecret(Redacted.make(text)))).toBeNull()
  )

  it("ignores the bits that fill no byte, as authenticators do", () =>
    expect(totpCode(secretOf("GEZDGNBVGY3TQOJQGEZDGNBVG7"), 59)).toBe(
      totpCode(secretOf("GEZDGNBVGY3TQOJQGEZDGNBVG4"), 59)
    ))
})

describe("texts that are no secret", () => {
  it("names the character, its position, and what is probably meant", () => {
    expect(problemOf("GEZD 1NBV GY3TQOJQ")).toContain('character 6 is "1"')
    expect(problemOf("GEZD 1NBV GY3TQOJQ")).toContain("the letter I or L")
    expect(problemOf(" GEZD0")).toContain("character 6")
    expect(problemOf("GEZDGNBVÅ")).toContain("character 9 is U+00C5")
    expect(problemOf("GEZDGNBVı")).toContain("U+0131")
    expect(problemOf("GEZD😀")).toContain("character 5 is U+1F600")
  })

  it.each([
    ["---", "no letters and digits"],
    ["ABC", "3 characters"],
    ["A".repeat(1008), "more than 1000"],
    ["otpauth://hotp/Kameo?secret=GEZDGNBV&counter=1", "kind totp"],
    ["otpauth://totp/Kameo", "no secret"],
    [`otpauth://totp/Kameo?secret=${rfcSecret}&digits=9`, "digits"],
    [`otpauth://totp/Kameo?secret=${rfcSecret}&period=0`, "period"],
    [`otpauth://totp/Kameo?secret=${rfcSecret}&algorithm=MD5`, "algorithm"],
    ["otpauth://totp/Kameo?secret=GEZD1NBV", "character 5"]
  ])("%s", (text, problem) => expect(problemOf(text)).toContain(problem))

  it("never tells more of the secret than one character", () => {
    const error = Result.match(parseTotpSecret(Redacted.make("GEZDGNBVGY3TQOJQ1")), {
      onSuccess: () => "",
      onFailure: (failure) => `${failure} ${JSON.stringify(failure)} ${failure.stack}`
    })
    expect(error).toContain("character 17")
    expect(error).not.toMatch(/GEZD|QOJQ/u)
  })

  it("does not show a secret that is printed", () =>
    expect(JSON.stringify(secretOf(rfcSecret)) + inspect(secretOf(rfcSecret))).not.toContain("GEZD"))
})
