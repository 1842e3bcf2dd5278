import * as Equal from "effect/Equal"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import * as Arbitrary from "@saldo/testing/MoneyArbitrary"
import { describe, expect, expectTypeOf, it } from "vitest"
import * as Money from "../../src/money/Money.ts"
import { MoneyColumns, MoneyFromJson, MoneySchema } from "../../src/money/MoneySchema.ts"
import * as Rate from "../../src/money/Rate.ts"
import { AnnualRateSchema, PeriodicRateSchema, RateSchema } from "../../src/money/RateSchema.ts"

class Offer extends Schema.Class<Offer>("test/Offer")({
  price: MoneySchema,
  discount: Schema.NullOr(MoneySchema),
  rate: Schema.NullOr(RateSchema)
}) {}

const OfferJson = Schema.toCodecJson(Offer)
const message = (result: Result.Result<unknown, Schema.SchemaError>) =>
  Result.isFailure(result) ? result.failure.message : "no failure"

describe("MoneySchema", () => {
  it("is a field of a class, with the JSON form of money", () => {
    const offer = new Offer({ price: Money.of("123.45", "SEK"), discount: null, rate: Rate.annualPercent("9.5") })
    const json = {
      price: { amount: "123.45", currency: "SEK" },
      discount: null,
      rate: { kind: "annual", percent: "9.5" }
    }
    expect(Schema.encodeSync(OfferJson)(offer)).toEqual(json)
    expect(JSON.parse(JSON.stringify(offer))).toEqual(json)
    const decoded = Schema.decodeSync(OfferJson)(json)
    expect(decoded).toBeInstanceOf(Offer)
    expect(decoded.price).toBeInstanceOf(Money.Money)
    expect(Equal.equals(decoded, offer)).toBe(true)
    expectTypeOf(decoded.price).toEqualTypeOf<Money.Money>()
  })

  it.each([
    [{ amount: "1.005", currency: "SEK" }, "SEK has 2 decimals, got 3"],
    [{ amount: "1,00", currency: "SEK" }, "Invalid amount"],
    [{ amount: "1", currency: "BTC" }, "Unknown currency"],
    [{ amount: 1, currency: "SEK" }, "amount"],
    [{ amount: "1" }, "currency"],
    ["1 SEK", "object"],
    [null, "object"]
  ])("refuses %o and says why", (json, problem) => {
    expect(message(Schema.decodeResult(Schema.toCodecJson(MoneySchema))(json))).toContain(problem)
    expect(message(Schema.decodeUnknownResult(MoneyFromJson)(json))).toContain(problem)
  })

  it("describes its JSON form", () => {
    const { definitions, schema } = Schema.toJsonSchemaDocument(MoneySchema)
    expect(JSON.stringify([schema, definitions])).toContain('"required":["amount","currency"]')
  })

  it("gives JSON and columns back as they were", () => {
    fc.assert(
      fc.property(Arbitrary.money, (money) => {
        const json: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(MoneyFromJson)(money)))
        expect(Schema.decodeUnknownSync(MoneyFromJson)(json)).toEqual(money)
      })
    )
    fc.assert(
      fc.property(Arbitrary.storableMoney, (money) => {
        const row = Schema.encodeSync(MoneyColumns)(money)
        expect(row).toEqual({ amount: money.amount, currency: money.currency })
        expect(Schema.decodeSync(MoneyColumns)(row)).toEqual(money)
      })
    )
  })
})

describe("MoneyColumns", () => {
  it("refuses what does not fit 64 bits, as an issue and not a defect", () => {
    for (const amount of [2n ** 63n, -(2n ** 63n) - 1n, 10n ** 30n]) {
      const result = Schema.encodeResult(MoneyColumns)(Money.fromMinor(amount, "SEK"))
      expect(message(result)).toContain("does not fit 64 bits")
    }
  })

  it("reads numbers of a driver that are exact, and no others", () => {
    const decode = Schema.decodeUnknownResult(MoneyColumns)
    expect(decode({ amount: 1250, currency: "SEK" })).toEqual(Result.succeed(Money.of("12.50", "SEK")))
    for (const amount of [12.5, Number.NaN, 2 ** 53, "1250", null]) {
      expect(Result.isFailure(decode({ amount, currency: "SEK" }))).toBe(true)
    }
    expect(message(decode({ amount: 1n, currency: "XYZ" }))).toContain("Unknown currency")
  })
})

describe("RateSchema", () => {
  it("gives any rate back from JSON", () => {
    const json = Schema.toCodecJson(RateSchema)
    fc.assert(
      fc.property(Arbitrary.rate, (rate) => {
        expect(Schema.decodeSync(json)(Schema.encodeSync(json)(rate))).toEqual(rate)
      })
    )
  })

  it("knows the kinds apart", () => {
    const annual = Rate.annualPercent("1")
    expect(Schema.is(AnnualRateSchema)(annual)).toBe(true)
    expect(Schema.is(PeriodicRateSchema)(annual)).toBe(false)
    const periodic = Schema.toCodecJson(PeriodicRateSchema)
    expect(message(Schema.decodeResult(periodic)({ kind: "annual", percent: "1" }))).toContain("periodic")
    expect(message(Schema.decodeResult(periodic)({ kind: "periodic", percent: "1 %" }))).toContain("Invalid rate")
    expectTypeOf<typeof AnnualRateSchema.Type>().toEqualTypeOf<Rate.Rate<"annual">>()
  })
})
