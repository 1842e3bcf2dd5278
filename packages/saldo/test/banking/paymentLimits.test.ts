import * as DateArbitrary from "@saldo/testing/DateArbitrary"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { nextStart, samePeriod, startOf } from "saldo/banking/calendarPeriods"
import { CalendarPeriod } from "saldo/banking/CalendarPeriod"
import { PaymentLimit, PaymentLimitExceeded } from "saldo/banking/PaymentLimit"
import { type CountedPayment, evaluate } from "saldo/banking/paymentLimits"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { describe, expect, it } from "vitest"

const sek = (text: string) => Money.of(text, "SEK")
const minor = (amount: number | bigint) => Money.fromMinor(BigInt(amount), "SEK")

const limit = (window: PaymentLimit["window"], maximum: Money.Money | number, more: Partial<PaymentLimit> = {}) =>
  PaymentLimit.make({
    id: "limit" as PaymentLimit["id"],
    label: "Limit",
    measure: typeof maximum === "number" ? { kind: "count", maximum } : { kind: "amount", maximum },
    window,
    perCounterparty: false,
    ...more
  })

const payment = (on: string, amount: string, counterparty = "a", kind = "transfer"): CountedPayment => ({
  on: LocalDate.of(on),
  amount: sek(amount),
  counterparty,
  kind
})

const refusal = (limits: ReadonlyArray<PaymentLimit>, one: CountedPayment, history: ReadonlyArray<CountedPayment>) => {
  const failure = Option.getOrUndefined(Result.getFailure(evaluate(limits, one, history)))
  return failure instanceof PaymentLimitExceeded ? failure : undefined
}

describe("evaluate", () => {
  it("limits one payment by itself, up to the maximum and no further", () => {
    const one = limit("payment", sek("500.00"))
    const history = [payment("2026-05-17", "500.00")]
    expect(Result.isSuccess(evaluate([one], payment("2026-05-17", "500.00"), history))).toBe(true)
    expect(refusal([one], payment("2026-05-17", "500.01"), history)?.exceeded).toEqual([
      {
        limitId: "limit",
        label: "Limit",
        window: "payment",
        measure: "amount",
        allowed: sek("500.00"),
        used: sek("0.00"),
        remaining: sek("500.00"),
        resetsOn: null
      }
    ])
  })

  it("adds up a day or a month, and says when it starts anew", () => {
    const history = [payment("2026-05-01", "300.00"), payment("2026-05-17", "400.00"), payment("2026-06-01", "900.00")]
    const today = payment("2026-05-17", "600.01")
    expect(refusal([limit("day", sek("1000.00"))], today, history)?.exceeded[0]).toMatchObject({
      used: sek("400.00"),
      remaining: sek("600.00"),
      resetsOn: "2026-05-18"
    })
    expect(refusal([limit("month", sek("1000.00"))], today, history)?.exceeded[0]).toMatchObject({
      used: sek("700.00"),
      remaining: sek("300.00"),
      resetsOn: "2026-06-01"
    })
    expect(
      Result.getOrThrow(evaluate([limit("day", sek("1000.00"))], payment("2026-05-17", "600.00"), history))
    ).toMatchObject([{ used: sek("400.00"), remaining: sek("600.00") }])
  })

  it("counts a counterparty by itself, and payments by number", () => {
    const history = [payment("2026-05-17", "100.00", "a"), payment("2026-05-17", "900.00", "b")]
    const each = limit("day", sek("1000.00"), { perCounterparty: true })
    expect(refusal([each], payment("2026-05-17", "900.00", "a"), history)).toBeUndefined()
    expect(refusal([each], payment("2026-05-17", "100.01", "b"), history)).toBeDefined()
    const two = limit("day", 2)
    expect(refusal([two], payment("2026-05-18", "1.00"), history)).toBeUndefined()
    const refused = refusal([two], payment("2026-05-17", "1.00", "c"), history)
    expect(refused?.message).toBe(
      "A payment of 1.00 SEK is beyond the limits: Limit leaves 0 of 2 payments until 2026-05-18"
    )
  })

  it("concerns some kinds of payments only", () => {
    const cards = limit("day", sek("100.00"), { kinds: ["card"] })
    const history = [payment("2026-05-17", "90.00", "a", "card"), payment("2026-05-17", "500.00", "a", "transfer")]
    expect(Result.getOrThrow(evaluate([cards], payment("2026-05-17", "500.00"), history))).toEqual([])
    expect(refusal([cards], payment("2026-05-17", "10.00", "b", "card"), history)).toBeUndefined()
    expect(refusal([cards], payment("2026-05-17", "10.01", "b", "card"), history)).toBeDefined()
  })

  it("names all limits that are exceeded, and leaves nothing below zero where one was lowered", () => {
    const history = [payment("2026-05-17", "700.00")]
    const limits = [limit("day", sek("500.00")), limit("month", sek("5000.00")), limit("year", 1)]
    const refused = refusal(limits, payment("2026-05-17", "1.00"), history)
    expect(refused?.exceeded.map(({ measure, remaining, window }) => [measure, window, remaining])).toEqual([
      ["amount", "day", sek("0.00")],
      ["count", "year", 0]
    ])
    expect(refused?.message).toBe(
      "A payment of 1.00 SEK is beyond the limits: Limit leaves 0.00 SEK of 500.00 SEK until 2026-05-18; " +
        "Limit leaves 0 of 1 payments until 2027-01-01"
    )
    const json = JSON.parse(
      JSON.stringify(Schema.encodeSync(Schema.toCodecJson(PaymentLimitExceeded))(refused ?? never()))
    )
    expect(json).toMatchObject({ _tag: "PaymentLimitExceeded", exceeded: [{ resetsOn: "2026-05-18" }, { used: 1 }] })
  })

  it("refuses to compare what cannot be compared", () => {
    const field = (one: CountedPayment, history: ReadonlyArray<CountedPayment> = []) =>
      Result.match(evaluate([limit("day", sek("1.00"))], one, history), {
        onFailure: (failure) => (failure._tag === "PaymentNotComparable" ? failure.field : failure._tag),
        onSuccess: () => undefined
      })
    expect(field(payment("2026-05-17", "0.00"))).toBe("amount")
    expect(field(payment("2026-05-17", "-1.00"))).toBe("amount")
    const euros = { ...payment("2026-05-17", "1.00"), amount: Money.of("1.00", "EUR") }
    expect(field(euros)).toBe("limits")
    expect(field(payment("2026-05-17", "1.00"), [euros])).toBe("history")
    expect(field(payment("2026-05-17", "1.00"))).toBeUndefined()
  })

  it("is no limit by number on one payment", () => {
    const json = { ...limit("day", 1), window: "payment" }
    expect(() => Schema.decodeUnknownSync(PaymentLimit)(json)).toThrow("counted over a period")
  })
})

const never = (): never => {
  throw new TypeError("a refusal was expected")
}

const paymentArbitrary: fc.Arbitrary<CountedPayment> = fc
  .record({
    day: fc.nat(70),
    amount: fc.integer({ min: 1, max: 100_000 }),
    counterparty: fc.constantFrom("a", "b", "c")
  })
  .map(({ amount, counterparty, day }) => ({
    on: LocalDate.addDays(LocalDate.of("2026-01-20"), day),
    amount: minor(amount),
    counterparty,
    kind: "transfer"
  }))

const limitArbitrary = fc
  .record({
    window: fc.constantFrom(...CalendarPeriod.literals),
    maximum: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.bigInt({ min: 0n, max: 300_000n })),
    perCounterparty: fc.boolean()
  })
  .map(({ maximum, perCounterparty, window }) =>
    limit(window, typeof maximum === "bigint" ? minor(maximum) : maximum, { perCounterparty })
  )

describe("properties", () => {
  it("payments that are let through one by one never exceed a limit in any period, and each refusal was needed", () => {
    fc.assert(
      fc.property(
        fc.array(limitArbitrary, { maxLength: 4 }),
        fc.array(paymentArbitrary, { maxLength: 40 }),
        (limits, tries) => {
          const history: Array<CountedPayment> = []
          const within = (list: ReadonlyArray<CountedPayment>): boolean =>
            limits.every(({ measure, perCounterparty, window }) =>
              list.every((one) => {
                const same = list.filter(
                  (each) =>
                    window !== "payment" &&
                    samePeriod(window, each.on, one.on) &&
                    (!perCounterparty || each.counterparty === one.counterparty)
                )
                return measure.kind === "count"
                  ? same.length <= measure.maximum
                  : same.reduce((sum, { amount }) => sum + amount.amount, 0n) <= measure.maximum.amount
              })
            )
          for (const one of tries) {
            const isTaken = Result.isSuccess(evaluate(limits, one, history))
            expect(isTaken).toBe(within([...history, one]))
            if (isTaken) history.push(one)
          }
        }
      )
    )
  })

  it("periods follow each other without a gap", () => {
    fc.assert(
      fc.property(fc.constantFrom(...CalendarPeriod.literals), DateArbitrary.anyLocalDate, (period, date) => {
        const [start, next] = [startOf(period, date), nextStart(period, date)]
        expect(start <= date && date <= next).toBe(true)
        expect(samePeriod(period, start, date)).toBe(true)
        if (next === "9999-12-31") return
        expect(date < next && startOf(period, next) === next).toBe(true)
        expect(samePeriod(period, date, next)).toBe(false)
        expect(samePeriod(period, date, LocalDate.addDays(next, -1))).toBe(true)
      })
    )
    expect(nextStart("year", LocalDate.of("9999-06-01"))).toBe("9999-12-31")
    expect(startOf("week", LocalDate.of("2026-05-17"))).toBe("2026-05-11")
    expect(startOf("week", LocalDate.of("0001-01-01"))).toBe("0001-01-01")
  })
})
