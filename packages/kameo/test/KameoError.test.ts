import * as Schema from "effect/Schema"
import { SchemaDrift } from "saldo/lending/LoanSource"
import { describe, expect, it } from "vitest"
import { KameoError, kameoError } from "@saldo/kameo/KameoError"
import { KameoReason } from "@saldo/kameo/KameoReason"
import { toLoanSourceError } from "@saldo/kameo/KameoLoanSource"

const path = "/v1/q-a"

/** One of each; a new case does not compile until it stands here. */
const samples: { readonly [Tag in KameoReason["_tag"]]: Omit<Extract<KameoReason, { readonly _tag: Tag }>, "_tag"> } = {
  InvalidConfig: { key: "KAMEO_BASE_URL", problem: "it must be a host" },
  CredentialsMissing: { path },
  LoginRejected: {},
  AccountLocked: { retryAfterSeconds: null },
  SecondFactorRequired: {},
  SecondFactorNotTotp: {},
  CodeRejected: { attempts: 2, clockSkewSeconds: 0 },
  LoginUnproven: { path },
  SessionExpired: { path },
  RateLimited: { path, retryAfterSeconds: 30 },
  HtmlInsteadOfJson: { path, status: 503 },
  SchemaDrift: {
    path,
    differences: Array.from(
      { length: 9 },
      (_, at) => new SchemaDrift({ path: `data.${at}`, kind: "missingKey", found: "x" })
    )
  },
  Truncated: { page: 10, maximumPages: 10 },
  UnsafeRedirect: { path, target: "http://evil.test" },
  TooManyRedirects: { path, maximum: 5 },
  BodyTooLarge: { path, limitBytes: 1024 },
  HttpStatus: { path, status: 404 },
  TimedOut: { path, afterMs: 15_000 },
  Network: { path, host: "api.kameo.se", code: "ECONNRESET" },
  NotAsked: { path, host: "api.kameo.se", failures: 3, retryAfterSeconds: 5 },
  LoanNotFound: { loanId: "5101" },
  BidRefused: { loanId: "5101", problem: "the amount must be whole units above zero" },
  AccountNotFound: { currency: "EUR", available: ["SEK"] }
}

describe("every reason", () => {
  it.each(Object.entries(samples))("%s is told in a sentence, with a remedy in another", (tag, fields) => {
    const error = kameoError(KameoReason.make({ _tag: tag, ...fields } as KameoReason))
    for (const text of [error.message, error.remedy]) {
      expect(text).toMatch(/^[A-Z].{15,}[^.]\.$/u)
      expect(text).not.toMatch(/undefined|null|NaN|\[object/u)
    }
  })

  it("lists no more differences than a line holds", () =>
    expect(kameoError({ _tag: "SchemaDrift", ...samples.SchemaDrift }).message).toContain("and 4 more"))
})

describe("KameoError", () => {
  it("survives JSON with its reason", () => {
    const error = kameoError({ _tag: "RateLimited", path: "/v1/q-a", retryAfterSeconds: 12.5 })
    const json = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.toCodecJson(KameoError)))(error)
    const back = Schema.decodeSync(Schema.fromJsonString(Schema.toCodecJson(KameoError)))(json)
    expect(back).toBeInstanceOf(KameoError)
    expect(back.reason).toEqual(error.reason)
    expect(back.remedy).toBe("Wait 13 seconds and try again.")
  })

  it("tells a skewed clock from a wrong secret", () => {
    const rejected = (clockSkewSeconds: number | null) =>
      kameoError({ _tag: "CodeRejected", attempts: 2, clockSkewSeconds })
    expect(rejected(3600).message).toContain("3600 seconds behind Kameo's")
    expect(rejected(-90).message).toContain("90 seconds ahead of Kameo's")
    expect(rejected(3600).remedy).toContain("NTP")
    expect(rejected(1).message).toContain("agrees")
    expect(rejected(1).remedy).toContain("KAMEO_TOTP_SECRET")
    expect(rejected(null).message).toContain("could not be read")
  })

  it("says something else to do for another status", () => {
    const remedies = [403, 404, 422, 500].map((status) => kameoError({ _tag: "HttpStatus", path, status }).remedy)
    expect(new Set(remedies).size).toBe(4)
  })

  it("becomes a source's error with the page to resume at", () => {
    const error = toLoanSourceError(kameoError({ _tag: "LoginRejected" }), 7)
    expect(error).toMatchObject({ platform: "kameo", reason: "LoginRejected", page: 7 })
    expect(error.cause).toBeInstanceOf(KameoError)
    expect(error.message).toContain("KAMEO_PASSWORD")
  })
})
