import { describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import type { DayCount } from "saldo/time/dayCount"
import { conventions } from "saldo/time/dayCount"
import { DayCountSchema } from "saldo/time/DayCountSchema"
import * as LocalDate from "saldo/time/LocalDate"

const date = LocalDate.of("2026-06-30")

const all: ReadonlyArray<DayCount> = [
  "30/360 Bond Basis",
  "30E/360",
  "30/360 US",
  "ACT/360",
  "ACT/365 Fixed",
  "ACT/ACT ISDA",
  "ACT/ACT AFB",
  { convention: "30E/360 ISDA", terminationDate: date },
  { convention: "ACT/ACT ICMA", couponDate: date, frequency: 2 },
  { convention: "ACT/ACT ICMA", couponDate: date, frequency: 12, endOfMonth: true },
  { convention: "ACT/365L", frequency: "annual", period: { start: date, end: date } }
]

describe("DayCountSchema", () => {
  it("knows every convention, and gives back what it is given", () => {
    const names = all.map((dayCount) => (typeof dayCount === "string" ? dayCount : dayCount.convention))
    expect(new Set(names)).toEqual(new Set(conventions))
    for (const dayCount of all) {
      const json: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(DayCountSchema)(dayCount)))
      expect(Schema.decodeUnknownSync(DayCountSchema)(json)).toEqual(dayCount)
    }
  })

  it.each([
    [{ convention: "30E/360 ISDA" }, "terminationDate"],
    [{ convention: "ACT/ACT ICMA", couponDate: "2026-02-30", frequency: 2 }, "the day must be 01 to 28"],
    [{ convention: "ACT/ACT ICMA", couponDate: "2026-02-28", frequency: 5 }, "frequency"],
    ["ACT/365L", "ACT/360"]
  ])("refuses %j", (json, reason) => {
    expect(() => Schema.decodeUnknownSync(DayCountSchema)(json)).toThrow(reason)
  })
})
