import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { DepositProduct, follow, make, ProductId } from "saldo/banking/DepositProduct"
import { Fee } from "saldo/banking/Fee"
import { InterestTerms } from "saldo/banking/InterestTerms"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import { describe, expect, it } from "vitest"
import { date, side, termsOf, tiered } from "./interestTermsOf.ts"

const sek = (text: string) => Money.of(text, "SEK")

const fee = (id: string, event: string, amount = sek("25.00")): Fee =>
  Schema.decodeUnknownSync(Schema.toType(Fee))({
    id,
    label: id,
    event,
    price: { kind: "flat", amount },
    waivers: [],
    rounding: "halfUp"
  })

type Fields = ConstructorParameters<typeof DepositProduct>[0]

const current: Fields = {
  id: ProductId.make("everyday"),
  version: 1,
  name: "Vardagskonto",
  kind: "current",
  currency: "SEK",
  offeredFrom: date("2026-01-01"),
  interest: termsOf({ credit: side("0.25"), debit: side("11.9", { posting: "quarterly" }) }),
  overdraft: { limit: sek("10000.00") },
  fees: [fee("card", "monthly"), fee("cash", "withdrawal")],
  minimumOpening: sek("0.00"),
  noticeDays: 0,
  withdrawals: null,
  dormantAfterMonths: 24
}

const product = (more: Partial<Fields>) => new DepositProduct({ ...current, ...more })

const issues = (more: Partial<Fields>): ReadonlyArray<string> =>
  Result.match(make(product(more)), {
    onFailure: ({ problems }) => problems.map(({ issue, path }) => `${path.join(".")}: ${issue}`),
    onSuccess: () => []
  })

describe("make", () => {
  it("takes a product whose parts agree, which pins its version", () => {
    expect(issues({})).toEqual([])
    expect(product({ version: 7 }).pinned).toEqual({ productId: "everyday", version: 7 })
  })

  it.each<readonly [Partial<Fields>, ReadonlyArray<string>]>([
    [
      { currency: "EUR", fees: [] },
      [
        "minimumOpening: the product is in EUR, and this is in SEK",
        "overdraft.limit: the product is in EUR, and this is in SEK",
        "interest.currency: the product is in EUR, and this is in SEK"
      ]
    ],
    [{ overdraft: { limit: sek("0.00") } }, ["overdraft.limit: the limit must be above zero"]],
    [{ kind: "savings" }, ["overdraft: a savings account has no overdraft"]],
    [{ interest: null }, ["interest.debit: an overdraft needs a rate, which may be 0 %"]],
    [{ interest: termsOf({ credit: side("1") }) }, ["interest.debit: an overdraft needs a rate, which may be 0 %"]],
    [{ fees: [fee("a", "monthly"), fee("a", "yearly")] }, ["fees.1.id: there is another fee a"]],
    [
      { fees: [fee("a", "monthly", Money.of("1.00", "EUR") as never)] },
      ["fees.0.price.amount: the amount must be in SEK, not in EUR"]
    ],
    [{ fees: [fee("a", "monthly", sek("-1.00"))] }, ["fees.0.price.amount: the amount must be zero or more"]],
    [{ minimumOpening: sek("-0.01") }, ["minimumOpening: the least first deposit must be zero or more"]],
    [{ noticeDays: 31 }, ["noticeDays: money on a current account is there at any time"]],
    [
      { withdrawals: { count: 4, per: "year", excess: { kind: "charge", event: "extra-withdrawal" } } },
      ["withdrawals.excess: no fee is charged for extra-withdrawal"]
    ]
  ])("says all that is wrong with %o", (more, expected) => {
    expect(issues(more)).toEqual(expected)
  })

  it("says it in one sentence, with the product and version", () => {
    const failure = Result.getFailure(make(product({ noticeDays: 31 })))
    expect(failure._tag === "Some" ? failure.value.message : "").toBe(
      "Version 1 of the product everyday cannot be offered: noticeDays: money on a current account is there at any time"
    )
  })

  it("comes back from JSON as it was", () => {
    const codec = Schema.toCodecJson(DepositProduct)
    const made = product({
      withdrawals: { count: 4, per: "year", excess: { kind: "refuse" } },
      interest: termsOf({
        dayCount: { convention: "ACT/ACT ICMA", couponDate: date("2026-12-31"), frequency: 1 },
        credit: side("0", {
          minimumBalance: sek("100.00"),
          rates: [
            tiered("2026-01-01", "band", [
              ["0.00", "0.5"],
              ["100000.00", "1.25"]
            ])
          ]
        }),
        debit: side("11.9")
      })
    })
    const read = Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(made))))
    expect(read).toEqual(made)
  })

  it("refuses malformed parts where they are read", () => {
    const codec = Schema.toCodecJson(DepositProduct)
    const json = Schema.encodeSync(codec)(product({}))
    const read = (more: object) => () => Schema.decodeUnknownSync(codec)(Object.assign({}, json, more) as unknown)
    expect(read({ version: 0 })).toThrow("version")
    expect(read({ id: "Every Day" })).toThrow("a short lower-case word such as youth-savings")
    expect(read({ name: "" })).toThrow("name")
    expect(read({ noticeDays: -1 })).toThrow("noticeDays")
    expect(read({})).not.toThrow()
  })
})

describe("follow", () => {
  const issue = (more: Partial<Fields>) =>
    Result.match(follow(product({}), product({ version: 2, offeredFrom: date("2026-02-01"), ...more })), {
      onFailure: (failure) => (failure._tag === "VersionOutOfOrder" ? failure.issue : failure._tag),
      onSuccess: () => undefined
    })

  it("takes the next version, offered later, of the same product", () => {
    expect(issue({})).toBeUndefined()
    expect(issue({ version: 3 })).toBe("it must have the number 2")
    expect(issue({ offeredFrom: date("2026-01-01") })).toBe("it must be offered from a day after 2026-01-01")
    const other = "it must be of the product everyday, which is a current account in SEK"
    expect(issue({ id: ProductId.make("other") })).toBe(other)
    expect(issue({ kind: "savings", overdraft: null })).toBe(other)
    expect(issue({ noticeDays: 5 })).toBe("DepositProductInvalid")
  })
})

describe("InterestTerms", () => {
  const refused = (more: Partial<InterestTerms>) => () =>
    Schema.decodeSync(Schema.toType(InterestTerms))({ ...termsOf({}), ...more })

  it("refuses rates that contradict themselves, at their place", () => {
    const ordered = [
      tiered("2026-02-01", "band", [["0.00", "1"]]),
      tiered("2026-02-01", "band", [["0.00", "1"]])
    ] as const
    expect(refused({ credit: side("1", { rates: ordered }) })).toThrow("rates must be in order of date")
    expect(refused({ debit: side("1", { rates: [tiered("2026-02-01", "whole", [["1.00", "1"]])] }) })).toThrow(
      "the first tier must start at 0"
    )
    const falling = tiered("2026-02-01", "whole", [
      ["0.00", "1"],
      ["5.00", "1"],
      ["5.00", "2"]
    ])
    expect(refused({ credit: side("1", { rates: [falling] }) })).toThrow("each tier must start above the one before it")
    expect(refused({ currency: "EUR", credit: side("1") })).toThrow("must be in EUR, not in SEK")
    expect(refused({ credit: side("1", { minimumBalance: Money.of("1.00", "EUR") }) })).toThrow("must be in SEK")
    const dates = { start: date("2026-01-01"), end: date("2027-01-01") }
    expect(refused({ dayCount: { convention: "ACT/365L", frequency: "annual", period: dates } })).toThrow("ACT/365L")
  })

  it("comes back from JSON as it was, at any rate", () => {
    const codec = Schema.toCodecJson(InterestTerms)
    fc.assert(
      fc.property(fc.integer({ min: -10_000, max: 1_000_000 }), fc.constantFrom("daily", "average"), (ppm, balance) => {
        const terms = termsOf({ credit: side(Rate.toPercent(Rate.annualPpm(ppm)), { balance: balance as "daily" }) })
        const read = Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(terms))))
        expect(read).toEqual(terms)
      })
    )
  })
})
