import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { balancesByValueDate, statement, yearlySummary } from "saldo/banking/accountStatement"
import { accrue, start } from "saldo/banking/interestAccrual"
import { interestStatement } from "saldo/banking/interestStatement"
import { Statement, type StatementLine } from "saldo/banking/Statement"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { describe, expect, it } from "vitest"
import { balances, date, side, termsOf } from "./interestTermsOf.ts"

const sek = (text: string) => Money.of(text, "SEK")
const minor = (amount: bigint) => Money.fromMinor(amount, "SEK")

/** Lines whose balances follow from an opening balance. */
const linesFrom = (
  opening: Money.Money,
  parts: ReadonlyArray<readonly [bookedOn: string, kind: string, amount: string, valueOn?: string]>
): ReadonlyArray<StatementLine> => {
  let balance = opening.amount
  return parts.map(([bookedOn, kind, amount, valueOn]) => {
    balance += sek(amount).amount
    return {
      bookedOn: date(bookedOn),
      valueOn: date(valueOn ?? bookedOn),
      kind,
      description: kind,
      amount: sek(amount),
      balanceAfter: minor(balance)
    }
  })
}

const may = { start: date("2026-05-01"), end: date("2026-06-01") }
const lines = linesFrom(sek("100.00"), [
  ["2026-05-02", "transfer", "50.00"],
  ["2026-05-02", "fee", "-10.00"],
  ["2026-05-31", "transfer", "-20.25"]
])

describe("statement", () => {
  it("leads from the opening to the closing balance, with totals by kind", () => {
    const made = Result.getOrThrow(statement(sek("100.00"), lines, may))
    expect(made.closing).toEqual(sek("119.75"))
    expect(made.total).toEqual({ lines: 3, credits: sek("50.00"), debits: sek("-30.25"), net: sek("19.75") })
    expect(made.byKind).toEqual([
      { kind: "fee", lines: 1, credits: sek("0.00"), debits: sek("-10.00"), net: sek("-10.00") },
      { kind: "transfer", lines: 2, credits: sek("50.00"), debits: sek("-20.25"), net: sek("29.75") }
    ])
    expect(Result.getOrThrow(statement(sek("7.00"), [], may)).closing).toEqual(sek("7.00"))
  })

  it("refuses lines that do not follow from each other", () => {
    const fault = (opening: Money.Money, own: ReadonlyArray<StatementLine>) =>
      Result.match(statement(opening, own, may), {
        onFailure: ({ field, line, message }) => [line, field, message],
        onSuccess: () => undefined
      })
    expect(fault(sek("100.01"), lines)).toEqual([
      0,
      "balanceAfter",
      "After line 0 the balance is 150.01 SEK, and the line says 150.00 SEK"
    ])
    expect(fault(sek("100.00"), lines.toSpliced(1, 1))?.slice(0, 2)).toEqual([1, "balanceAfter"])
    expect(fault(Money.of("100.00", "EUR"), lines)?.slice(0, 2)).toEqual([0, "currency"])
    const june = linesFrom(sek("0.00"), [["2026-06-01", "fee", "-1.00"]])
    expect(fault(sek("0.00"), june)?.slice(0, 2)).toEqual([0, "bookedOn"])
    const back = linesFrom(sek("0.00"), [
      ["2026-05-03", "fee", "-1.00"],
      ["2026-05-02", "fee", "-1.00"]
    ])
    expect(fault(sek("0.00"), back)?.slice(0, 2)).toEqual([1, "bookedOn"])
  })

  it("opening + Σ is closing for any lines, each total is the sum of its kinds, and JSON keeps all of it", () => {
    const codec = Schema.toCodecJson(Statement)
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
        fc.array(
          fc.tuple(fc.nat(30), fc.constantFrom("fee", "interest", "transfer"), fc.bigInt({ min: -9999n, max: 9999n }))
        ),
        (opening, parts) => {
          const own = linesFrom(
            minor(opening),
            parts
              .toSorted(([left], [right]) => left - right)
              .map(([day, kind, amount]) => [LocalDate.addDays(may.start, day), kind, Money.toDecimal(minor(amount))])
          )
          const made = Result.getOrThrow(statement(minor(opening), own, may))
          const sum = parts.reduce((total, [, , amount]) => total + amount, 0n)
          expect(made.closing).toEqual(minor(opening + sum))
          expect(made.total.net.amount).toBe(sum)
          for (const part of ["credits", "debits", "net"] as const) {
            expect(made.byKind.reduce((total, each) => total + each[part].amount, 0n)).toBe(made.total[part].amount)
          }
          expect(made.total.credits.amount >= 0n && made.total.debits.amount <= 0n).toBe(true)
          const read = Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(made))))
          expect(read).toEqual(made)
        }
      )
    )
  })
})

describe("balancesByValueDate", () => {
  const own = linesFrom(sek("0.00"), [
    ["2026-05-04", "transfer", "500.00", "2026-05-05"],
    ["2026-05-06", "transfer", "-100.00", "2026-05-02"],
    ["2026-05-07", "interest", "3.00"],
    ["2026-05-08", "transfer", "1.00", "2026-05-05"]
  ])

  it("orders by value date, adds up each day, and leaves out what the accrual adds itself", () => {
    const opening = { on: date("2026-05-01"), balance: sek("1000.00") }
    expect(Result.getOrThrow(balancesByValueDate(opening, own, new Set(["interest"])))).toEqual(
      balances(["2026-05-01", "1000.00"], ["2026-05-02", "900.00"], ["2026-05-05", "1401.00"])
    )
    expect(Result.getOrThrow(balancesByValueDate(opening, own)).at(-1)?.balance).toEqual(sek("1404.00"))
  })

  it("refuses lines from before the opening, or in another currency", () => {
    const field = (on: string, balance: Money.Money) =>
      Result.match(balancesByValueDate({ on: date(on), balance }, own), {
        onFailure: (failure) => [failure.line, failure.field],
        onSuccess: () => undefined
      })
    expect(field("2026-05-03", sek("0.00"))).toEqual([1, "valueOn"])
    expect(field("2026-05-01", Money.of("0.00", "EUR"))).toEqual([0, "currency"])
  })

  it("bears the same interest as the balances written by hand", () => {
    const terms = termsOf({ credit: side("5") })
    const points = Result.getOrThrow(
      balancesByValueDate({ on: date("2026-05-01"), balance: sek("1000.00") }, own, new Set(["interest"]))
    )
    const made = Result.getOrThrow(
      accrue({ terms, state: start(date("2026-05-01")), balances: points, through: date("2026-05-10") })
    )
    const rows = interestStatement(terms, made.days).rows
    expect(rows.map(({ balance, days, from }) => [from, days, balance])).toEqual([
      ["2026-05-01", 1, sek("1000.00")],
      ["2026-05-02", 3, sek("900.00")],
      ["2026-05-05", 6, sek("1401.00")]
    ])
  })
})

describe("yearlySummary", () => {
  it("tells interest received from interest paid, and fees from the rest", () => {
    const own = linesFrom(sek("1000.00"), [
      ["2026-03-31", "overdraft-interest", "-12.50"],
      ["2026-05-02", "transfer", "500.00"],
      ["2026-06-30", "fee", "-40.00"],
      ["2026-07-01", "fee", "15.00"],
      ["2026-12-31", "interest", "33.70"]
    ])
    const kinds = { interest: new Set(["interest", "overdraft-interest"]), fees: new Set(["fee"]) }
    expect(Result.getOrThrow(yearlySummary(2026, sek("1000.00"), own, kinds))).toEqual({
      year: 2026,
      interestReceived: sek("33.70"),
      interestPaid: sek("12.50"),
      fees: sek("25.00"),
      other: sek("500.00"),
      opening: sek("1000.00"),
      closing: sek("1496.20")
    })
    expect(Result.isFailure(yearlySummary(2025, sek("1000.00"), own, kinds))).toBe(true)
  })
})
