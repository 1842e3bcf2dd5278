import { describe, expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { StatementReconciliation } from "saldo/banking/StatementReconciliation"
import { as } from "saldo/core/Actor"
import * as Money from "saldo/money/Money"
import { key, sek } from "./depositBank.ts"
import { booked, camt053, clerk, importing, registered, type Written } from "./settlementBank.ts"
import { open, shown, trial } from "./settlementTrial.ts"

const first: Written = { id: "S-1", opening: "0.00", lines: [{ amount: "10.00" }], on: "2026-03-10" }
const second: Written = { id: "S-2", opening: "10.00", lines: [{ amount: "-4.00" }], on: "2026-03-11" }

describe("importing statements", () => {
  trial(
    "gives a statement that is fetched again as it is, and refuses another one under its id",
    Effect.gen(function* () {
      const { id } = yield* registered
      const reconciliation = yield* StatementReconciliation
      const [before] = (yield* importing(first)).statements
      const again = yield* importing({ ...first, createdAt: "2026-03-12T06:00:00" }, second)
      expect(again.statements.map(({ isNew }) => isNew)).toEqual([false, true])
      expect(again.statements[0]?.statement).toEqual(before?.statement)
      const other = { ...first, lines: [{ amount: "10.00", message: "another" }] }
      expect(yield* Effect.flip(importing(other))).toMatchObject({ _tag: "StatementConflict", statementId: "S-1" })
      const kept = yield* reconciliation.statements(id).pipe(as(clerk))
      expect(kept.items.map(({ number, statementId }) => [number, statementId])).toEqual([
        [2, "S-2"],
        [1, "S-1"]
      ])
      expect(yield* shown(id)).toEqual(["Line -4.00", "Line 10.00"])
    })
  )

  trial(
    "names what is missing between two statements, and takes nothing of the document",
    Effect.gen(function* () {
      const { id } = yield* registered
      yield* importing(first)
      const third = { ...second, id: "S-3", opening: "6.00" }
      const gap = yield* Effect.flip(importing({ ...second, opening: "12.50" }))
      expect(gap).toMatchObject({ _tag: "StatementGap", after: "S-1", missing: sek("2.50") })
      expect(gap.message).toBe(
        "Statement S-2 begins at 12.50 SEK, and S-1 ended at 10.00 SEK: statements that come to 2.50 SEK are missing in between"
      )
      expect(yield* Effect.flip(importing(third))).toMatchObject({ _tag: "StatementGap", missing: sek("-4.00") })
      // A good statement beside a bad one.
      expect(yield* Effect.flip(importing(second, { ...third, opening: "7.00" }))).toMatchObject({
        _tag: "StatementGap"
      })
      expect(yield* shown(id)).toEqual(["Line 10.00"])
      const early = { ...second, on: "2026-03-09" }
      expect(yield* Effect.flip(importing(early))).toMatchObject({
        _tag: "StatementOutOfOrder",
        closedOn: "2026-03-09",
        lastClosedOn: "2026-03-10"
      })
      yield* importing(second, third)
      expect(yield* shown(id)).toEqual(["Line -4.00", "Line -4.00", "Line 10.00"])
    })
  )

  trial(
    "says how many numbers the other bank has left out, though the balances fit",
    Effect.gen(function* () {
      yield* registered
      const numbers = ["7", "8", "11", "1", "x", "2", undefined]
      const { statements } = yield* importing(
        ...numbers.map((sequenceNumber, index) => ({
          id: `S-${index}`,
          opening: "0.00",
          lines: [],
          ...(sequenceNumber === undefined ? {} : { sequenceNumber })
        }))
      )
      expect(statements.map(({ statement }) => statement.skipped)).toEqual([0, 0, 2, 0, 0, 0, 0])
    })
  )

  trial(
    "refuses what is no statement, adds up to something else, or is of another account",
    Effect.gen(function* () {
      yield* registered
      const reconciliation = yield* StatementReconciliation
      const refused = (document: string) =>
        Effect.map(Effect.flip(reconciliation.import(document).pipe(as(clerk))), ({ _tag }) => _tag)
      expect(yield* refused("<a/>")).toBe("StatementMalformed")
      expect(yield* refused(camt053({ ...first, closing: "11.00" }))).toBe("StatementUnbalanced")
      expect(yield* refused(camt053({ ...first, number: "NO9386011117947" }))).toBe("StatementAccountUnknown")
      expect(yield* refused(camt053({ ...first, currency: "EUR" }))).toBe("StatementAccountUnknown")
      const huge = { ...first, lines: [{ amount: "1.00" }, { amount: "100000000000000000.00" }] }
      const large = yield* Effect.flip(importing(huge))
      expect(large).toMatchObject({ _tag: "StatementAmountTooLarge", position: 0 })
      const back = { ...huge, lines: [...huge.lines, { amount: "-100000000000000000.00" }] }
      expect(yield* Effect.flip(importing(back))).toMatchObject({ _tag: "StatementAmountTooLarge", position: 2 })
    })
  )

  trial(
    "takes the opening balance of the first statement for a line, and of no other",
    Effect.gen(function* () {
      const { id } = yield* registered
      const reconciliation = yield* StatementReconciliation
      const entry = yield* booked("500.00", { on: "2026-03-01" })
      yield* importing({ ...first, opening: "500.00" }, { ...second, opening: "510.00" })
      expect(yield* shown(id)).toEqual(["Entry 500.00", "Line -4.00", "Line 10.00", "Line 500.00"])
      const line = (yield* open(id)).find((each) => each._tag === "Line" && each.position === 0)
      if (line?._tag !== "Line") throw new TypeError("the opening balance is a line")
      const match = { key: key("opening"), accountId: id, lines: [line.id], entries: [entry.id] }
      const made = yield* reconciliation.match(match).pipe(as(clerk))
      expect(made).toMatchObject({ rule: "byHand", byPerson: true, madeBy: "clerk", agreed: ["amount"], score: 75 })
      const report = yield* reconciliation.report(id).pipe(as(clerk))
      expect([report.difference, report.lines.open.amount].map(Money.toDecimal)).toEqual(["6.00", "6.00"])
    })
  )
})
