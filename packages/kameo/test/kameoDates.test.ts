import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { kameoInstant } from "@saldo/kameo/kameoDates"

const read = (value: unknown) =>
  Result.getOrElse(Result.map(kameoInstant(value), DateTime.formatIso), (why) => `! ${why}`)

describe("kameoInstant", () => {
  it.each([
    ["2026-03-06T10:12:31+01:00", "2026-03-06T09:12:31.000Z"],
    ["2026-07-06T10:12:31+02:00", "2026-07-06T08:12:31.000Z"],
    ["2026-03-06T09:12:31.000000Z", "2026-03-06T09:12:31.000Z"],
    ["2026-03-06T09:12:31.123456z", "2026-03-06T09:12:31.123Z"],
    ["2026-03-06T10:12:31+0100", "2026-03-06T09:12:31.000Z"],
    ["2026-03-06T10:12+01", "2026-03-06T09:12:00.000Z"],
    ["2026-03-06 10:12:31", "2026-03-06T09:12:31.000Z"],
    ["2026-07-06T10:12:31", "2026-07-06T08:12:31.000Z"],
    ["2026-03-06", "2026-03-05T23:00:00.000Z"],
    ["2025-12-31T23:30:00-02:30", "2026-01-01T02:00:00.000Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"]
  ])("reads %s as %s", (text, iso) => expect(read(text)).toBe(iso))

  it("knows both sides of a change of the Swedish clock", () => {
    expect(read("2026-03-29T01:59:59")).toBe("2026-03-29T00:59:59.000Z")
    expect(read("2026-03-29T03:00:00")).toBe("2026-03-29T01:00:00.000Z")
    // 02:30 does not exist that night; the clock shows 03:30 then.
    expect(read("2026-03-29T02:30:00")).toBe("2026-03-29T01:30:00.000Z")
    // 02:30 comes twice in October; the first is meant.
    expect(read("2026-10-25T02:30:00")).toBe("2026-10-25T00:30:00.000Z")
  })

  it.each([
    "2026-02-30T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-03-06T24:00:00Z",
    "2026-03-06T10:60:00Z",
    "2026-03-06T10:12:31+25:00",
    "06/03/2026",
    "1772788351",
    "",
    "now"
  ])("refuses %j", (text) => expect(read(text)).toMatch(/^! /u))

  it.each([[1_772_788_351], [null], [{}]])("refuses %j, which is no text", (value) =>
    expect(read(value)).toMatch(/^! /u)
  )

  it("agrees with the platform on every instant it writes", () =>
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0100-01-01T00:00:00Z"), max: new Date(2e14), noInvalidDate: true }),
        (date) => {
          expect(read(date.toISOString())).toBe(date.toISOString())
        }
      )
    ))
})
