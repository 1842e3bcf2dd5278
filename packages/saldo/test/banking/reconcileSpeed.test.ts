import * as Result from "effect/Result"
import { reconcile } from "saldo/banking/reconcile"
import type { ReconciliationItem } from "saldo/banking/Reconciliation"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { describe, expect, it } from "vitest"

const start = LocalDate.of("2026-01-01")
const size = 10_000

const items = (prefix: string, make: (index: number) => Omit<ReconciliationItem, "id">) =>
  Array.from({ length: size }, (_, index) => ({ id: `${prefix}${index}`, ...make(index) }))

/** The faster of two runs, so that a pause of the machine does not decide. */
const timed = (lines: ReadonlyArray<ReconciliationItem>, expected: ReadonlyArray<ReconciliationItem>) => {
  const once = () => {
    const startedAt = performance.now()
    const outcome = Result.getOrThrow(reconcile(lines, expected))
    return { outcome, took: performance.now() - startedAt }
  }
  const [first, second] = [once(), once()]
  return { outcome: first.outcome, took: Math.min(first.took, second.took) }
}

const day = (index: number) => LocalDate.addDays(start, index % 28)
const sek = (amount: number) => Money.fromMinor(BigInt(amount), "SEK")

describe("10,000 lines with 10,000 payments, in at most a second", () => {
  it("of a usual month: references, end-to-end ids, counterparties and sums", () => {
    const facts = (index: number) =>
      [{ reference: `${index}` }, { endToEndId: `E${index}` }, { counterparty: `Kund ${index % 900}` }, {}][
        index % 4
      ] ?? {}
    const make = (index: number) => ({
      amount: sek(10_000 + ((index * 7919) % 90_000)),
      on: day(index),
      ...facts(index)
    })
    const { outcome, took } = timed(items("l", make), items("e", make))
    expect(outcome.matches.length).toBeGreaterThan(size * 0.7)
    expect(took).toBeLessThan(1000)
  })

  it("of one amount, one day and one counterparty, where everything is a candidate for everything", () => {
    const make = () => ({ amount: sek(10_000), on: start, counterparty: "K" })
    const { outcome, took } = timed(items("l", make), items("e", make))
    expect([outcome.matches.length, outcome.reviews.length]).toEqual([0, 1])
    expect(took).toBeLessThan(1000)
  })

  it("of nothing but amounts, and of small groups made to keep the search for sums busy", () => {
    const amounts = timed(
      items("l", (index) => ({ amount: sek(1_000_003 + index * 2), on: day(index) })),
      items("e", (index) => ({ amount: sek(2 + index * 2), on: day(index) }))
    )
    expect(amounts.took).toBeLessThan(1000)
    const group = (index: number) => ({ counterparty: `K${Math.floor(index / 24)}`, on: start })
    const busy = timed(
      items("l", (index) => ({ amount: sek(9_999_999), ...group(index) })),
      items("e", (index) => ({ amount: sek(2_000_000 + (index % 24) * 2), ...group(index) }))
    )
    expect(busy.outcome.unsearchedLines.length).toBeGreaterThan(0)
    expect(busy.took).toBeLessThan(1000)
  })
})
