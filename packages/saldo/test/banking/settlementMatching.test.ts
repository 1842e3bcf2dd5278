import * as fc from "fast-check"
import * as Result from "effect/Result"
import { type MatchingEntry, type MatchingLine, matchSettlement } from "saldo/banking/settlementMatching"
import { describe, expect, it } from "vitest"
import { type Facts, item } from "./reconciled.ts"

type Part = readonly [endToEndId: string | null, amount: number]

const line = (id: string, amount: number, parts: ReadonlyArray<Part> = [], facts: Facts = {}): MatchingLine => ({
  ...item(id, amount, 0, facts),
  parts: parts.map(([endToEndId, minor]) => ({ endToEndId, amount: BigInt(minor) }))
})

const entry = (id: string, amount: number, facts: Facts = {}, reverses: string | null = null): MatchingEntry => ({
  ...item(id, amount, 0, facts),
  reverses
})

const found = (lines: ReadonlyArray<MatchingLine>, entries: ReadonlyArray<MatchingEntry>) =>
  Result.getOrThrow(matchSettlement(lines, entries))

const pairs = (lines: ReadonlyArray<MatchingLine>, entries: ReadonlyArray<MatchingEntry>) =>
  found(lines, entries).matches.map((match) => `${match.rule}: ${match.lines.join("+")} = ${match.expected.join("+")}`)

const batch: ReadonlyArray<Part> = [
  ["A", -10],
  ["B", -20]
]
const a = entry("a", -10, { endToEndId: "A" })
const b = entry("b", -20, { endToEndId: "B" })

describe("matchSettlement", () => {
  it("matches a line with the entries of its single payments", () => {
    expect(pairs([line("l", -30, batch)], [b, a, entry("c", -30)])).toEqual(["batch: l = a+b"])
    expect(found([line("l", -30, batch)], [a, b]).matches[0]).toMatchObject({
      agreed: ["amount", "date", "endToEndId"],
      differed: [],
      score: 100
    })
  })

  it("leaves a line whose single payments are not all there, or do not come to it", () => {
    expect(pairs([line("l", -30, batch)], [a])).toEqual([])
    expect(pairs([line("l", -31, batch)], [a, b])).toEqual([])
    expect(
      pairs(
        [
          line("l", -30, [
            ["A", -10],
            [null, -20]
          ])
        ],
        [a, b]
      )
    ).toEqual([])
    expect(pairs([line("l", -30, batch)], [a, entry("b", -21, { endToEndId: "B" })])).toEqual([])
    expect(pairs([line("l", -10, [["A", -10]])], [a])).toEqual([])
  })

  it("leaves single payments that somebody else has a claim on", () => {
    const rival = entry("rival", -10, { endToEndId: "A" })
    expect(pairs([line("l", -30, batch)], [a, b, rival])).toEqual([])
    expect(pairs([line("l", -30, batch), line("m", -30, batch)], [a, b])).toEqual([])
    const alone = line("alone", -10, [], { endToEndId: "A" })
    expect(pairs([line("l", -30, batch), alone], [a, b])).toEqual(["endToEndId: alone = a"])
    expect(
      pairs(
        [
          line("l", -20, [
            ["A", -10],
            ["A", -10]
          ])
        ],
        [a, rival]
      )
    ).toEqual([])
  })

  it("matches an entry with its reversal before anything else", () => {
    const back = entry("back", 10, {}, "a")
    expect(pairs([line("l", -10, [], { endToEndId: "A" })], [back, a])).toEqual(["reversal:  = a+back"])
    expect(pairs([line("l", -10, [], { endToEndId: "A" })], [entry("back", 10, {}, "gone"), a])).toEqual([
      "endToEndId: l = a"
    ])
    expect(pairs([], [entry("back", 9, {}, "a"), a])).toEqual([])
  })

  it("uses each item once, balances each match, and does not depend on an order", () => {
    const facts = fc.record({ endToEndId: fc.constantFrom("A", "B", "C") }, { requiredKeys: [] })
    const amounts = fc.integer({ min: -4, max: 4 })
    const parts = fc.array(fc.tuple(fc.constantFrom("A", "B", "C", "D", "E", null), amounts), { maxLength: 3 })
    const lines = fc
      .array(fc.tuple(amounts, parts, facts, fc.boolean()), { maxLength: 6 })
      .map((all) =>
        all.map(([amount, of, about, whole], index) =>
          line(
            `l${index}`,
            whole ? of.reduce((sum, [, part]) => sum + part, 0) : amount,
            of,
            of.length > 1 ? {} : about
          )
        )
      )
    /** Entries, some of which are what a single payment says, and some of which take another back. */
    const entriesFor = (known: ReadonlyArray<MatchingLine>) =>
      fc
        .array(fc.tuple(amounts, facts, fc.option(fc.nat(5)), fc.option(fc.nat(20), { freq: 2 })), { maxLength: 8 })
        .map((all) => {
          const payments = known.flatMap((each) => each.parts)
          return all.map(([amount, about, of, copied], index) => {
            const payment = copied === null ? undefined : payments[copied % payments.length]
            if (payment !== undefined && payment.endToEndId !== null) {
              return entry(`e${index}`, Number(payment.amount), { endToEndId: payment.endToEndId })
            }
            return of !== null && of < index
              ? entry(`e${index}`, -(all[of]?.[0] ?? 0), about, `e${of}`)
              : entry(`e${index}`, amount, about)
          })
        })
        // The ledger takes an entry back once, and never a reversal.
        .filter((all) => {
          const taken = all.flatMap(({ reverses }) => reverses ?? [])
          const reversals = new Set(all.flatMap(({ id, reverses }) => (reverses === null ? [] : [id])))
          return new Set(taken).size === taken.length && taken.every((id) => !reversals.has(id))
        })
    const both = lines.chain((ours) => fc.tuple(fc.constant(ours), entriesFor(ours)))
    const rules = new Set<string>()
    fc.assert(
      fc.property(both, ([ours, theirs]) => {
        const outcome = found(ours, theirs)
        const named = [...outcome.matches, ...outcome.reviews].flatMap((each) => [...each.lines, ...each.expected])
        expect(new Set(named).size).toBe(named.length)
        const amount = new Map([...ours, ...theirs].map((each) => [each.id, each.amount.amount]))
        const sum = (ids: ReadonlyArray<string>) => ids.reduce((total, id) => total + (amount.get(id) ?? 0n), 0n)
        for (const match of outcome.matches) {
          rules.add(match.rule)
          expect(sum(match.lines)).toBe(sum(match.expected))
        }
        const sorted = ({ matches, reviews }: typeof outcome) =>
          [...matches, ...reviews]
            .map((each) => `${each.rule} ${[...each.lines].sort().join()} ${[...each.expected].sort().join()}`)
            .sort()
        expect(sorted(found(ours.toReversed(), theirs.toReversed()))).toEqual(sorted(outcome))
      }),
      { numRuns: 2000 }
    )
    expect([...rules].sort()).toEqual(["batch", "endToEndId", "reversal"])
  })
})
