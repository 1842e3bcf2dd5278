import * as fc from "fast-check"
import * as Result from "effect/Result"
import { reconcile } from "saldo/banking/reconcile"
import type { Reconciliation, ReconciliationItem, ReconciliationOptions } from "saldo/banking/Reconciliation"
import { subsetSums } from "saldo/banking/subsetSums"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { describe, expect, it } from "vitest"

const start = LocalDate.of("2026-03-01")

type Facts = Partial<Pick<ReconciliationItem, "reference" | "endToEndId" | "counterparty">>

const item = (id: string, amount: number, day: number, facts: Facts = {}, currency = "SEK"): ReconciliationItem => ({
  id,
  amount: Money.fromMinor(BigInt(amount), currency),
  on: LocalDate.addDays(start, day),
  ...facts
})

const run = (
  lines: ReadonlyArray<ReconciliationItem>,
  expected: ReadonlyArray<ReconciliationItem>,
  options?: ReconciliationOptions
): Reconciliation => Result.getOrThrow(reconcile(lines, expected, options))

const pairs = ({ matches }: Reconciliation) =>
  matches.map(({ expected, lines, rule }) => `${rule}: ${lines.join("+")} = ${expected.join("+")}`)

describe("reconcile", () => {
  it("matches by reference and amount, however the reference is written, and says what agreed", () => {
    const outcome = run(
      [item("l", 12500, 3, { reference: "RF18 5390 0754 7034", counterparty: "Kund AB" })],
      [item("e", 12500, 1, { reference: "rf18539007547034", counterparty: "KUND, AB" })]
    )
    expect(outcome.matches).toEqual([
      {
        rule: "reference",
        lines: ["l"],
        expected: ["e"],
        agreed: ["amount", "reference", "counterparty"],
        differed: ["date"],
        score: 88
      }
    ])
  })

  it("tries the rules from the surest to the least", () => {
    const outcome = run(
      [
        item("l1", 100, 0, { reference: "17" }),
        item("l2", -200, 0, { endToEndId: "E2" }),
        item("l3", 300, 4, { counterparty: "Kund" }),
        item("l4", 700, 4, { reference: "Invoice 4" }),
        item("l5", 900, 2, { counterparty: "Butik" }),
        item("l6", 5, 0)
      ],
      [
        item("e1", 100, 9, { reference: "017" }),
        item("e2", -200, 9, { endToEndId: "E2" }),
        item("e3", 300, 0, { counterparty: "KUND" }),
        item("e4a", 400, 0, { reference: "INVOICE-4" }),
        item("e4b", 300, 30, { reference: "invoice4" }),
        item("e5a", 450, 0, { counterparty: "Butik" }),
        item("e5b", 440, 0, { counterparty: "Butik" }),
        item("e5c", 10, 0, { counterparty: "Butik" }),
        item("e6", 6, 0)
      ]
    )
    expect(pairs(outcome)).toEqual([
      "reference: l1 = e1",
      "endToEndId: l2 = e2",
      "referenceSum: l4 = e4a+e4b",
      "counterparty: l3 = e3",
      "counterpartySum: l5 = e5a+e5b+e5c"
    ])
    expect([outcome.reviews, outcome.unmatchedLines, outcome.unmatchedExpected]).toEqual([[], ["l6"], ["e6"]])
  })

  it("matches several lines with one payment, in both ways of knowing", () => {
    const outcome = run(
      [
        item("a", 60, 0, { reference: "R" }),
        item("b", 40, 1, { reference: "R" }),
        item("c", -25, 0, { counterparty: "X" }),
        item("d", -26, 1, { counterparty: "X" })
      ],
      [item("ab", 100, 0, { reference: "R" }), item("cd", -51, 2, { counterparty: "X" })]
    )
    expect(pairs(outcome)).toEqual(["referenceSum: a+b = ab", "counterpartySum: c+d = cd"])
  })

  it("leaves what has several readings to a person, with all candidates", () => {
    const same = { reference: "R" }
    const outcome = run(
      [item("l1", 100, 0, same), item("l2", 100, 0, same)],
      [item("e1", 100, 1, same), item("e2", 100, 1, same), item("e3", 100, 2, same)]
    )
    expect(outcome.matches).toEqual([])
    expect(outcome.reviews).toEqual([
      { reason: "severalCandidates", rule: "reference", lines: ["l1", "l2"], expected: ["e1", "e2", "e3"] }
    ])
    expect([outcome.unmatchedLines, outcome.unmatchedExpected]).toEqual([
      ["l1", "l2"],
      ["e1", "e2", "e3"]
    ])
  })

  it("lets another field decide between candidates, and then whoever is left over", () => {
    const outcome = run(
      [item("l1", 100, 0, { reference: "R", endToEndId: "B" }), item("l2", 100, 0, { reference: "R" })],
      [item("e1", 100, 5, { reference: "R" }), item("e2", 100, 5, { reference: "R", endToEndId: "B" })]
    )
    expect(pairs(outcome)).toEqual(["reference: l1 = e2", "reference: l2 = e1"])
  })

  it("does not let a weaker rule decide what a surer one found doubtful", () => {
    const outcome = run(
      [item("l", 100, 0, { reference: "R", counterparty: "K" })],
      [
        item("e1", 100, 1, { reference: "R" }),
        item("e2", 100, 1, { reference: "R" }),
        item("e3", 100, 0, { counterparty: "K" })
      ]
    )
    expect(pairs(outcome)).toEqual([])
    expect(outcome.reviews).toHaveLength(1)
  })

  it("hears an id that contradicts", () => {
    const reference = run(
      [item("l", 100, 0, { reference: "R", endToEndId: "A" })],
      [item("e", 100, 0, { reference: "R", endToEndId: "B" })]
    )
    expect(reference.reviews.map(({ reason }) => reason)).toEqual(["idsDiffer"])
    const counterparty = run(
      [item("l", 100, 0, { reference: "R1", counterparty: "K" })],
      [item("e", 100, 0, { reference: "R2", counterparty: "K" })]
    )
    expect([counterparty.matches, counterparty.reviews]).toEqual([[], []])
  })

  it("says where an id agrees and the amount does not", () => {
    const outcome = run(
      [item("l1", 99, 0, { endToEndId: "A" }), item("l2", 50, 0, { reference: "R" })],
      [
        item("e1", 100, 0, { endToEndId: "A" }),
        item("e2", 60, 0, { reference: "R" }),
        item("e3", 70, 0, { reference: "R" })
      ]
    )
    expect(outcome.reviews).toEqual([
      { reason: "amountDiffers", rule: "endToEndId", lines: ["l1"], expected: ["e1"] },
      { reason: "amountDiffers", rule: "reference", lines: ["l2"], expected: ["e2", "e3"] }
    ])
  })

  it("suggests, and does not believe, what has nothing but its sum", () => {
    const outcome = run([item("l", 100, 0)], [item("e1", 60, 0), item("e2", 40, 0), item("e3", 33, 0)])
    expect(outcome.matches).toEqual([])
    expect(outcome.reviews).toEqual([
      { reason: "sumOnly", rule: "counterpartySum", lines: ["l"], expected: ["e1", "e2"] }
    ])
  })

  it("keeps to the window, to the currency and to the sign", () => {
    const k = { counterparty: "K" }
    expect(pairs(run([item("l", 100, 5, k)], [item("e", 100, 0, k)]))).toHaveLength(1)
    expect(pairs(run([item("l", 100, 6, k)], [item("e", 100, 0, k)]))).toHaveLength(0)
    expect(pairs(run([item("l", 100, 6, k)], [item("e", 100, 0, k)], { windowDays: 6 }))).toHaveLength(1)
    expect(pairs(run([item("l", 100, 0, k)], [item("e", 100, 0, k, "EUR")]))).toHaveLength(0)
    expect(pairs(run([item("l", 100, 0, k)], [item("e", -100, 0, k)]))).toHaveLength(0)
    const r = { reference: "R" }
    expect(pairs(run([item("l", 100, 0, r)], [item("a", 60, 0, r), item("b", 40, 0, r, "EUR")]))).toHaveLength(0)
  })

  it("does not take words for ids: NOTPROVIDED and blanks are none", () => {
    const none = { endToEndId: "NOTPROVIDED", reference: " - ", counterparty: "" }
    expect(pairs(run([item("l", 100, 0, none)], [item("e", 100, 0, none)]))).toEqual([])
  })

  it("says which items it did not search to the end", () => {
    const k = { counterparty: "K" }
    const many = Array.from({ length: 30 }, (_, index) => item(`e${index}`, 2 * index + 101, 0, k))
    const outcome = run([item("l", 999, 0, k)], many)
    expect([outcome.unsearchedLines, outcome.matches]).toEqual([["l"], []])
    expect(run([item("l", 999, 0, k)], many, { maximumCandidates: 30 }).reviews).toHaveLength(1)
  })

  it("refuses an id that is given twice", () => {
    const refused = reconcile([item("a", 1, 0)], [item("b", 1, 0), item("b", 2, 0)])
    expect(Result.isFailure(refused) && [refused.failure.side, refused.failure.id]).toEqual(["expected", "b"])
  })
})

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
