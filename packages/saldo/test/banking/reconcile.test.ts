import * as Result from "effect/Result"
import { reconcile } from "saldo/banking/reconcile"
import { describe, expect, it } from "vitest"
import { item, run, pairs } from "./reconciled.ts"

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

  it("leaves alone what lies too far apart once those between are paired", () => {
    const k = { counterparty: "K" }
    const outcome = run(
      [item("l0", 100, 20, k), item("l1", 100, 21, k)],
      [item("e0", 100, 20, k), item("e1", 100, 15, k)]
    )
    expect(pairs(outcome)).toEqual(["counterparty: l0 = e0"])
    expect([outcome.reviews, outcome.unmatchedLines, outcome.unmatchedExpected]).toEqual([[], ["l1"], ["e1"]])
  })

  it("does not believe a sum when it could not look at all others", () => {
    const k = { counterparty: "K" }
    const even = Array.from({ length: 50 }, (_, index) => item(`e${index}`, 100_000 + index * 2, 0, k))
    const sum = [item("a", 600_000, 0, k), item("b", 400_001, 0, k)]
    const outcome = run([item("l", 1_000_001, 0, k)], [...even, ...sum], { maximumCandidates: 60 })
    expect(outcome.matches).toEqual([])
    expect(outcome.reviews).toEqual([
      { reason: "sumOnly", rule: "counterpartySum", lines: ["l"], expected: ["a", "b"] }
    ])
    expect(outcome.unsearchedLines).toEqual(["l"])
    expect(pairs(run([item("l", 1_000_001, 0, k)], sum, { maximumCandidates: 60 }))).toEqual([
      "counterpartySum: l = a+b"
    ])
  })

  it("refuses an id that is given twice", () => {
    const refused = reconcile([item("a", 1, 0)], [item("b", 1, 0), item("b", 2, 0)])
    expect(Result.isFailure(refused) && [refused.failure.side, refused.failure.id]).toEqual(["expected", "b"])
  })
})
