import * as fc from "fast-check"
import type { ReconciliationItem } from "saldo/banking/Reconciliation"
import { subsetSums } from "saldo/banking/subsetSums"
import * as LocalDate from "saldo/time/LocalDate"
import { describe, expect, it } from "vitest"
import { item, run, pairs } from "./reconciled.ts"

const facts = fc.record(
  {
    reference: fc.constantFrom("1", "2", "R 3"),
    endToEndId: fc.constantFrom("A", "B", "NOTPROVIDED"),
    counterparty: fc.constantFrom("K", "M")
  },
  { requiredKeys: [] }
)
const side = (prefix: string, maxLength: number) =>
  fc
    .array(
      fc.tuple(
        fc.integer({ min: -6, max: 12 }),
        fc.integer({ min: 0, max: 9 }),
        facts,
        fc.constantFrom("SEK", "SEK", "EUR")
      ),
      { maxLength }
    )
    .map((rows) =>
      rows.map(([amount, day, each, currency], index) => item(`${prefix}${index}`, amount, day, each, currency))
    )

const sumOf = (items: ReadonlyArray<ReconciliationItem>, currency: string) =>
  items.reduce((sum, { amount }) => sum + (amount.currency === currency ? amount.amount : 0n), 0n)

describe("properties", () => {
  const chosen = (items: ReadonlyArray<ReconciliationItem>, ids: ReadonlyArray<string>) =>
    ids.map((id) => items.find((each) => each.id === id) ?? item("missing", 0, 0))

  it("every item is matched once or unmatched once, sums are conserved, each match balances", () => {
    fc.assert(
      fc.property(side("l", 14), side("e", 14), (lines, expected) => {
        const outcome = run(lines, expected)
        const check = (items: ReadonlyArray<ReconciliationItem>, ids: ReadonlyArray<string>) => {
          expect([...ids].sort()).toEqual(items.map(({ id }) => id).sort())
          for (const currency of ["SEK", "EUR"])
            expect(sumOf(chosen(items, ids), currency)).toBe(sumOf(items, currency))
        }
        check(lines, [...outcome.matches.flatMap((match) => match.lines), ...outcome.unmatchedLines])
        check(expected, [...outcome.matches.flatMap((match) => match.expected), ...outcome.unmatchedExpected])
        for (const match of outcome.matches) {
          const [left, right] = [chosen(lines, match.lines), chosen(expected, match.expected)]
          expect(Math.min(left.length, right.length)).toBe(1)
          for (const currency of ["SEK", "EUR"]) expect(sumOf(left, currency)).toBe(sumOf(right, currency))
          expect(new Set([...left, ...right].map(({ amount }) => amount.currency)).size).toBe(1)
          expect(match.score).toBeGreaterThan(0)
          for (const line of left) {
            for (const each of right) {
              const apart = Math.abs(LocalDate.daysBetween(line.on, each.on))
              if (match.rule.startsWith("counterparty")) expect(apart).toBeLessThanOrEqual(5)
            }
          }
          expect(match.score).toBeLessThanOrEqual(100)
        }
      }),
      { numRuns: 400 }
    )
  })

  it("reviews hold unmatched items only, each once, on both sides", () => {
    fc.assert(
      fc.property(side("l", 14), side("e", 14), (lines, expected) => {
        const { reviews, unmatchedExpected, unmatchedLines } = run(lines, expected)
        const [left, right] = [reviews.flatMap((each) => each.lines), reviews.flatMap((each) => each.expected)]
        expect([new Set(left).size, new Set(right).size]).toEqual([left.length, right.length])
        expect(left.filter((id) => !unmatchedLines.includes(id))).toEqual([])
        expect(right.filter((id) => !unmatchedExpected.includes(id))).toEqual([])
        expect(reviews.filter((each) => each.lines.length === 0 || each.expected.length === 0)).toEqual([])
      }),
      { numRuns: 300 }
    )
  })

  it("the order of the items does not matter", () => {
    fc.assert(
      fc.property(side("l", 10), side("e", 10), fc.infiniteStream(fc.nat()), (lines, expected, keys) => {
        const shuffled = <A>(items: ReadonlyArray<A>) =>
          items
            .map((each) => ({ each, key: Number(keys.next().value) }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ each }) => each)
        expect(run(shuffled(lines), shuffled(expected))).toEqual(run(lines, expected))
      }),
      { numRuns: 200 }
    )
  })
})

/** All choices of two or more, by trying every one. */
const everyChoice = (target: number, amounts: ReadonlyArray<number>, maximumParts: number) =>
  Array.from({ length: 2 ** amounts.length }, (_, mask) =>
    amounts.flatMap((_amount, index) => ((mask >> index) & 1 ? [index] : []))
  )
    .filter((choice) => choice.length >= 2 && choice.length <= maximumParts)
    .filter((choice) => choice.reduce((sum, index) => sum + (amounts[index] ?? 0), 0) === target)

const sorted = (choices: ReadonlyArray<ReadonlyArray<number>>) => choices.map((choice) => choice.join(",")).sort()

describe("against brute force", () => {
  it("finds every choice of amounts that adds up", () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 15 }), { maxLength: 10 })
    fc.assert(
      fc.property(
        amounts,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 2, max: 5 }),
        (amounts, target, maximumParts) => {
          const limits = { maximumParts, maximumFound: 5000, maximumSteps: 1_000_000 }
          const { complete, found } = subsetSums(BigInt(target), amounts.map(BigInt), limits)
          expect(complete).toBe(true)
          expect(sorted(found)).toEqual(sorted(everyChoice(target, amounts, maximumParts)))
        }
      ),
      { numRuns: 300 }
    )
  })

  it("says when it stopped early", () => {
    const amounts = Array.from({ length: 20 }, () => 1n)
    const stopped = { maximumParts: 20, maximumFound: 3, maximumSteps: 1000 }
    expect(subsetSums(10n, amounts, stopped)).toMatchObject({ complete: false })
    expect(subsetSums(10n, amounts, stopped).found).toHaveLength(3)
    expect(
      subsetSums(
        999n,
        amounts.map((_, index) => BigInt(index) * 50n + 1n),
        { ...stopped, maximumSteps: 5 }
      )
    ).toMatchObject({
      complete: false,
      steps: 5
    })
  })

  it("matches by reference and amount exactly the pairs that are each other's only candidate", () => {
    const row = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom("A", "B", "C"))
    const rows = fc.array(row, { maxLength: 6 })
    // Days far apart and no other facts, so that no other field can decide and no weaker rule can speak.
    const items = (prefix: string, rows: ReadonlyArray<readonly [number, string]>, first: number) =>
      rows.map(([amount, reference], index) => item(`${prefix}${index}`, amount, first + index * 20, { reference }))
    fc.assert(
      fc.property(rows, rows, (left, right) => {
        const [lines, expected] = [items("l", left, 0), items("e", right, 1000)]
        const fits = (line: ReconciliationItem, each: ReconciliationItem) =>
          line.reference === each.reference && line.amount.amount === each.amount.amount
        const wanted = lines.flatMap((line) =>
          expected
            .filter((each) => fits(line, each))
            .filter((each, _, found) => found.length === 1 && lines.filter((other) => fits(other, each)).length === 1)
            .map((each) => `reference: ${line.id} = ${each.id}`)
        )
        expect(
          pairs(run(lines, expected))
            .filter((each) => each.startsWith("reference:"))
            .sort()
        ).toEqual(wanted.sort())
      }),
      { numRuns: 300 }
    )
  })

  it("matches by counterparty the pairs that nobody else is near, whatever the order of days and ids", () => {
    const days = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 7 })
    fc.assert(
      fc.property(days, days, fc.integer({ min: 0, max: 6 }), (left, right, windowDays) => {
        const make = (prefix: string, days: ReadonlyArray<number>) =>
          days.map((day, index) => ({ day, item: item(`${prefix}${index}`, 100, day, { counterparty: "K" }) }))
        const [lines, expected] = [make("l", left), make("e", right)]
        const near = (one: { readonly day: number }, other: { readonly day: number }) =>
          Math.abs(one.day - other.day) <= windowDays
        const outcome = run(
          lines.map(({ item }) => item),
          expected.map(({ item }) => item),
          { windowDays }
        )
        const wanted = lines.flatMap((line) =>
          expected
            .filter((each) => near(line, each))
            .filter((each, _, found) => found.length === 1 && lines.filter((other) => near(other, each)).length === 1)
            .map((each) => `counterparty: ${line.item.id} = ${each.item.id}`)
        )
        const found = pairs(outcome)
        expect(wanted.filter((each) => !found.includes(each))).toEqual([])
        for (const {
          expected: [each],
          lines: [line]
        } of outcome.matches) {
          const [one, other] = [
            lines.find(({ item }) => item.id === line),
            expected.find(({ item }) => item.id === each)
          ]
          expect(one !== undefined && other !== undefined && near(one, other)).toBe(true)
        }
        // Whoever has somebody near is matched or in review, and whoever has nobody is neither.
        const spoken = [...outcome.matches, ...outcome.reviews].flatMap((each) => each.lines)
        for (const line of lines) {
          if (!expected.some((each) => near(line, each))) expect(spoken).not.toContain(line.item.id)
        }
      }),
      { numRuns: 500 }
    )
  })

  it("matches by sum exactly the choices that are unique and share nothing with another", () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 7 })
    const days = { windowDays: 0 }
    fc.assert(
      fc.property(amounts, amounts, (left, right) => {
        const k = { counterparty: "K" }
        const lines = left.map((amount, index) => item(`l${index}`, amount, 0, k))
        const expected = right.map((amount, index) => item(`e${index}`, amount, 0, k))
        const outcome = run(lines, expected, days)
        // What the rule for pairs has taken or put to review is not looked at again.
        const pairRule = [...outcome.matches, ...outcome.reviews].filter(({ rule }) => rule === "counterparty")
        const open = (items: ReadonlyArray<ReconciliationItem>, taken: ReadonlyArray<string>) =>
          items.filter(({ id }) => !taken.includes(id))
        const freeLines = open(
          lines,
          pairRule.flatMap((each) => each.lines)
        )
        const freeExpected = open(
          expected,
          pairRule.flatMap((each) => each.expected)
        )
        const choices = (wholes: ReadonlyArray<ReconciliationItem>, parts: ReadonlyArray<ReconciliationItem>) =>
          wholes.flatMap((whole) =>
            everyChoice(
              Number(whole.amount.amount),
              parts.map(({ amount }) => Number(amount.amount)),
              8
            ).map((choice) => [whole.id, ...choice.flatMap((index) => parts[index]?.id ?? [])])
          )
        const all = [...choices(freeLines, freeExpected), ...choices(freeExpected, freeLines)]
        const lonely = all.filter((choice) =>
          all.every((other) => other === choice || !other.some((id) => choice.includes(id)))
        )
        const found = outcome.matches.filter(({ rule }) => rule === "counterpartySum")
        expect(found.map((match) => [...match.lines, ...match.expected].sort().join()).sort()).toEqual(
          lonely.map((choice) => choice.sort().join()).sort()
        )
      }),
      { numRuns: 400 }
    )
  })
})
