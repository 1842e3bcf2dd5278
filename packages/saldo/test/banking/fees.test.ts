import { roundingMode } from "@saldo/testing/MoneyArbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { Fee, type FeePrice, type FeeWaiver } from "saldo/banking/Fee"
import { type FeeFacts, quote } from "saldo/banking/fees"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import * as LocalDate from "saldo/time/LocalDate"
import { describe, expect, it } from "vitest"

const sek = (text: string) => Money.of(text, "SEK")
const minor = (amount: number) => Money.fromMinor(BigInt(amount), "SEK")
const date = (text: string) => LocalDate.of(text)
const percent = (text: string) => Rate.periodicPercent(text)

const fee = (price: FeePrice, more: Partial<typeof Fee.Encoded> | Partial<Fee> = {}): Fee =>
  Fee.make({
    id: "fee" as Fee["id"],
    label: "Fee",
    event: "withdrawal",
    price,
    waivers: [],
    rounding: "halfUp",
    ...more
  } as Fee)

const facts = (amount: Money.Money, more: Partial<FeeFacts> = {}): FeeFacts => ({
  event: "withdrawal",
  on: date("2026-05-17"),
  amount,
  balance: sek("1000.00"),
  openedOn: date("2024-01-31"),
  customerTags: [],
  earlier: [],
  ...more
})

const charge = (one: Fee, amount: Money.Money, more: Partial<FeeFacts> = {}) =>
  Result.getOrThrow(quote([one], facts(amount, more)))

describe("quote", () => {
  it("charges a flat amount, and a share within its bounds", () => {
    expect(charge(fee({ kind: "flat", amount: sek("35.00") }), sek("0.00")).total).toEqual(sek("35.00"))
    const share = fee({ kind: "percent", rate: percent("1.5"), minimum: sek("5.00"), maximum: sek("50.00") })
    expect(charge(share, sek("1000.00")).items).toEqual([
      {
        feeId: "fee",
        label: "Fee",
        outcome: "charged",
        amount: sek("15.00"),
        price: sek("15.00"),
        explanation: "Charged: 1.5 % of 1000.00 SEK = 15.00 SEK"
      }
    ])
    expect(charge(share, sek("333.33")).total).toEqual(sek("5.00"))
    expect(charge(share, sek("333.34")).items[0]?.explanation).toBe("Charged: 1.5 % of 333.34 SEK = 5.00 SEK")
    expect(charge(share, sek("0.00")).items[0]?.explanation).toBe(
      "Charged: 1.5 % of 0.00 SEK = 0.00 SEK, and the least is 5.00 SEK"
    )
    expect(charge(share, sek("9999.99")).total).toEqual(sek("50.00"))
  })

  it("rounds by the fee's own mode", () => {
    const total = (rounding: Fee["rounding"]) =>
      charge(fee({ kind: "percent", rate: percent("1") }, { rounding }), sek("2.50")).total.amount
    expect([total("halfUp"), total("halfEven"), total("down"), total("ceiling")]).toEqual([3n, 2n, 2n, 3n])
  })

  it("prices the whole amount by its tier, or each band by its own", () => {
    const tiered = (method: "whole" | "band") =>
      fee({
        kind: "tiers",
        method,
        tiers: [
          { from: sek("0.00"), rate: percent("2"), flat: sek("1.00") },
          { from: sek("1000.00"), rate: percent("1") },
          { from: sek("5000.00"), rate: percent("0.5"), flat: sek("3.00") }
        ]
      })
    expect(charge(tiered("whole"), sek("999.99")).total).toEqual(sek("21.00"))
    expect(charge(tiered("whole"), sek("1000.00")).total).toEqual(sek("10.00"))
    expect(charge(tiered("whole"), sek("6000.00")).total).toEqual(sek("33.00"))
    // 1.00 + 2 % of 1,000 + 1 % of 4,000 + 3.00 + 0.5 % of 1,000
    expect(charge(tiered("band"), sek("6000.00")).total).toEqual(sek("69.00"))
    expect(charge(tiered("band"), sek("1500.00")).items[0]?.explanation).toBe(
      "Charged: the bands of 1500.00 SEK (2 % and 1.00 SEK from 0.00 SEK, 1 % from 1000.00 SEK) = 26.00 SEK"
    )
  })

  it("lets the first ones of each period be free", () => {
    const three = fee({ kind: "flat", amount: sek("10.00") }, { free: { count: 3, per: "month" } })
    const on = (...days: ReadonlyArray<string>) => days.map((day) => ({ event: "withdrawal", on: date(day) }))
    const outcome = (earlier: FeeFacts["earlier"]) => charge(three, sek("100.00"), { earlier }).items[0]
    expect(outcome([])?.explanation).toBe("Number 1 of 3 that are free each month")
    expect(outcome(on("2026-05-01", "2026-05-17"))?.outcome).toBe("free")
    expect(outcome(on("2026-05-01", "2026-05-17", "2026-05-17"))?.outcome).toBe("charged")
    expect(outcome(on("2026-04-30", "2026-06-01", "2025-05-17"))?.outcome).toBe("free")
    expect(
      outcome(on("2026-05-01", "2026-05-02", "2026-05-03").map((each) => ({ ...each, event: "transfer" })))?.outcome
    ).toBe("free")
  })

  it.each<readonly [FeeWaiver, Partial<FeeFacts>, Partial<FeeFacts>]>([
    [{ kind: "balanceAtLeast", amount: sek("1000.00") }, {}, { balance: sek("999.99") }],
    [{ kind: "amountBelow", amount: sek("100.01") }, {}, { amount: sek("100.01") }],
    [{ kind: "ageBelow", years: 18 }, { bornOn: date("2008-05-18") }, { bornOn: date("2008-05-17") }],
    [{ kind: "ageBelow", years: 18 }, { bornOn: date("2020-01-01") }, {}],
    [{ kind: "openedWithin", months: 3 }, { openedOn: date("2026-02-18") }, { openedOn: date("2026-02-17") }],
    [{ kind: "customerTag", tag: "student" }, { customerTags: ["student"] }, { customerTags: ["staff"] }],
    [{ kind: "through", on: date("2026-05-17") }, {}, { on: date("2026-05-18") }]
  ])("waives by %j, and only then", (waiver, holds, fails) => {
    const waived = fee({ kind: "flat", amount: sek("10.00") }, { waivers: [waiver] })
    const item = charge(waived, sek("100.00"), holds).items[0]
    expect([item?.outcome, item?.amount, item?.price]).toEqual(["waived", sek("0.00"), sek("10.00")])
    expect(item?.explanation).toMatch(/^Waived, as .+/u)
    expect(charge(waived, sek("100.00"), fails).items[0]?.outcome).toBe("charged")
  })

  it("charges the fees of the event and no others", () => {
    const both = [
      fee({ kind: "flat", amount: sek("1.00") }, { id: "one" as Fee["id"] }),
      fee({ kind: "percent", rate: percent("10") }, { id: "two" as Fee["id"] }),
      fee({ kind: "flat", amount: sek("4.00") }, { id: "three" as Fee["id"], event: "monthly" })
    ]
    const withdrawn = Result.getOrThrow(quote(both, facts(sek("20.00"))))
    expect([withdrawn.items.map(({ feeId }) => feeId), withdrawn.total]).toEqual([["one", "two"], sek("3.00")])
    expect(Result.getOrThrow(quote(both, facts(sek("0.00"), { event: "closing" })))).toEqual({
      items: [],
      total: sek("0.00")
    })
  })

  it("adds up what is charged, without what is free or waived", () => {
    const mixed = [
      fee({ kind: "flat", amount: sek("1.00") }),
      fee({ kind: "flat", amount: sek("2.00") }, { waivers: [{ kind: "customerTag", tag: "student" }] }),
      fee({ kind: "flat", amount: sek("4.00") }, { free: { count: 1, per: "day" } })
    ]
    const { items, total } = Result.getOrThrow(quote(mixed, facts(sek("9.00"), { customerTags: ["student"] })))
    expect(items.map(({ outcome }) => outcome)).toEqual(["charged", "waived", "free"])
    expect(total).toEqual(sek("1.00"))
  })

  it("refuses an amount below zero, and another currency", () => {
    const flat = fee({ kind: "flat", amount: sek("1.00") })
    const field = (more: Partial<FeeFacts>, one = flat) =>
      Result.match(quote([one], { ...facts(sek("1.00")), ...more }), {
        onFailure: (failure) => failure.field,
        onSuccess: () => undefined
      })
    expect(field({ amount: sek("-0.01") })).toBe("amount")
    expect(field({ balance: Money.of("1.00", "EUR") })).toBe("balance")
    expect(field({ amount: Money.of("1.00", "EUR"), balance: Money.of("1.00", "EUR") })).toBe("fee.price.amount")
    expect(field({}, fee({ kind: "percent", rate: percent("1"), minimum: sek("2.00"), maximum: sek("1.00") }))).toBe(
      "fee.price.minimum"
    )
    expect(field({})).toBeUndefined()
  })
})

const bound = fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined })

const price: fc.Arbitrary<FeePrice> = fc
  .record({
    kind: fc.constantFrom("flat" as const, "percent" as const, "tiers" as const),
    method: fc.constantFrom("whole" as const, "band" as const),
    one: fc.integer({ min: 0, max: 20_000 }),
    least: bound,
    above: bound,
    rates: fc.tuple(fc.nat(2000), fc.nat(2000), fc.nat(2000)),
    from: fc.uniqueArray(fc.integer({ min: 1, max: 500_000 }), { maxLength: 2 })
  })
  .map(({ above, from, kind, least, method, one, rates }): FeePrice => {
    if (kind === "flat") return { kind, amount: minor(one) }
    const limits = {
      ...(least === undefined ? {} : { minimum: minor(least) }),
      ...(above === undefined ? {} : { maximum: minor((least ?? 0) + above) })
    }
    const rate = (index: number) => Rate.periodicBasisPoints(rates[index] ?? 0)
    if (kind === "percent") return { kind, rate: rate(0), ...limits }
    const rest = from
      .toSorted((a, b) => a - b)
      .map((bound, index) => ({ from: minor(bound), rate: rate(index + 1), flat: minor(one) }))
    return { kind, method, tiers: [{ from: minor(0), rate: rate(0) }, ...rest], ...limits }
  })

describe("properties", () => {
  it("stays within its bounds, in its currency, and adds up", () => {
    fc.assert(
      fc.property(fc.array(price, { maxLength: 4 }), roundingMode, fc.nat(1_000_000), (prices, rounding, amount) => {
        const { items, total } = Result.getOrThrow(
          quote(
            prices.map((each) => fee(each, { rounding })),
            facts(minor(amount))
          )
        )
        expect(items).toHaveLength(prices.length)
        expect(total).toEqual(minor(Number(items.reduce((sum, item) => sum + item.amount.amount, 0n))))
        for (const [index, item] of items.entries()) {
          const own = prices[index]
          expect(item.amount.currency).toBe("SEK")
          expect(item.amount.amount >= 0n).toBe(true)
          if (own === undefined || own.kind === "flat") continue
          if (own.minimum !== undefined) expect(item.amount.amount >= own.minimum.amount).toBe(true)
          if (own.maximum !== undefined) expect(item.amount.amount <= own.maximum.amount).toBe(true)
        }
      })
    )
  })

  it("is never less for more, except where a tier prices the whole amount", () => {
    const growing = price.filter((each) => each.kind !== "tiers" || each.method === "band")
    fc.assert(
      fc.property(growing, roundingMode, fc.nat(1_000_000), fc.nat(1_000_000), (own, rounding, one, other) => {
        const at = (amount: number) => charge(fee(own, { rounding }), minor(amount)).total.amount
        expect(at(Math.min(one, other)) <= at(Math.max(one, other))).toBe(true)
      })
    )
  })

  it("comes back from JSON as it was", () => {
    const codec = Schema.toCodecJson(Fee)
    fc.assert(
      fc.property(price, (own) => {
        const one = fee(own, { free: { count: 2, per: "week" }, waivers: [{ kind: "ageBelow", years: 18 }] })
        expect(Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(one))))).toEqual(one)
      })
    )
  })
})
