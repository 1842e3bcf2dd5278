import { describe, expect, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import * as Fault from "@saldo/kameo/emulator/Fault"

const read = (text: string) => Result.getOrThrow(Fault.parse(text))
const refused = (text: string) => Result.getOrThrow(Result.flip(Fault.parse(text)))

describe("fault texts", () => {
  it("mean a typed set", () => {
    expect(read("renameKeys")).toEqual({ renameKeys: "camel" })
    expect(read("shape=loans")).toEqual({ shape: "loans" })
    expect(read("failOnPage=3")).toEqual({ failOnPage: { page: 3 } })
    expect(read(" failOnPage = 3x2 ")).toEqual({ failOnPage: { page: 3, times: 2 } })
    expect(read("expireAfter=0x1")).toEqual({ expireAfter: { requests: 0, sessions: 1 } })
    expect(read("status=503x2")).toEqual({ status: { status: 503, times: 2, on: "data" } })
    expect(read("status=429x1@api")).toEqual({ status: { status: 429, times: 1, on: "api" } })
    expect(read("delayMs=500@www")).toEqual({ delayMs: { milliseconds: 500, on: "www" } })
    expect(read("reset")).toEqual({ reset: { on: "data" } })
    expect(read("reset=x2@all")).toEqual({ reset: { times: 2, on: "all" } })
    expect(read("totpSkew=-90")).toEqual({ totpSkew: -90 })
    expect(read("landing=/investor/dashboard")).toEqual({ landing: "/investor/dashboard" })
    expect(read("ignorePage=off")).toEqual({})
  })

  it("of one name: the later wins", () => {
    expect(Result.getOrThrow(Fault.parseAll(["stateId=77", "ignorePage", "stateId=78"]))).toEqual({
      stateId: 78,
      ignorePage: "on"
    })
  })

  it("are refused with what was written, what is wrong, and every valid name", () => {
    const unknown = refused("renamekeys")
    expect(unknown._tag).toBe("FaultInvalid")
    expect(unknown.text).toBe("renamekeys")
    expect(unknown.validNames).toEqual(Fault.faultNames)
    expect(unknown.message).toContain(`There is no fault named "renamekeys".`)
    expect(unknown.message).toContain("renameKeys, shape, dateFormat")
    expect(refused("status=9").problem).toBe(
      `The fault status does not take "9"; it takes an HTTP error status with optional times and reach, such as 503, 503x2 or 429x1@api.`
    )
    expect(refused("failOnPage").problem).toBe("The fault failOnPage needs a value, such as failOnPage=3.")
    const wrong = [
      "",
      "=",
      "shape=tree",
      "failOnPage=0",
      "failOnPage=-1",
      "status=200",
      "status=503x0",
      "status=503@moon",
      "delayMs=-1",
      "landing=http://evil.invalid/",
      "landing=//evil.invalid",
      "rateLimit=0",
      "totpSkew=1.5",
      "bigHtml=0",
      "currency=kr",
      "expireAfter=x2",
      "reset=often",
      "constructor",
      "__proto__=1"
    ]
    for (const text of wrong) expect([text, refused(text)._tag]).toEqual([text, "FaultInvalid"])
  })

  it("of every example can be read and written back", () => {
    const texts = Fault.faultExamples.flatMap((example) => {
      const [name = "", values] = example.split("=")
      return values === undefined ? [name] : values.split("|").map((value) => `${name}=${value}`)
    })
    for (const text of texts) {
      const faults = read(text)
      expect(Result.getOrThrow(Fault.parseAll(Fault.format(faults)))).toEqual(faults)
      expect(
        Schema.decodeUnknownSync(Fault.Faults)(JSON.parse(JSON.stringify(Schema.encodeSync(Fault.Faults)(faults))))
      ).toEqual(faults)
    }
    expect(new Set(texts.map((text) => text.split("=")[0]))).toEqual(new Set(Fault.faultNames))
  })

  it("each have a test of their effect over HTTP", () => {
    const tests = ["listing", "login", "transport"]
      .map((name) => readFileSync(new URL(`./${name}Faults.test.ts`, import.meta.url), "utf8"))
      .join("")
    expect(Fault.faultNames.filter((name) => !new RegExp(`it\\.(effect|live)\\("${name}: `, "u").test(tests))).toEqual(
      []
    )
  })
})
