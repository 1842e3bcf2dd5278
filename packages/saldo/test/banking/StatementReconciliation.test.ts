import { describe, expect, it } from "@effect/vitest"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { explainMatch } from "saldo/banking/matchExplanation"
import { StatementReconciliation } from "saldo/banking/StatementReconciliation"
import { as } from "saldo/core/Actor"
import * as SqlStores from "saldo/sql/SqlStores"
import { goTo, key, officer } from "./depositBank.ts"
import {
  booked,
  clerk,
  importing,
  memoryStores,
  registered,
  settlingBank,
  type SettlementStores
} from "./settlementBank.ts"

const journey = (name: string, stores: Layer.Layer<SettlementStores>) => {
  it.effect(`imports a statement, matches it, and explains the rest (${name})`, () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-11")
      const reconciliation = yield* StatementReconciliation
      const { id } = yield* registered
      yield* booked("1250.00", { reference: "123067", on: "2026-03-10" })
      yield* booked("-300.00", { endToEndId: "E2E-9", on: "2026-03-09" })
      yield* booked("77.00", { counterparty: "Nobody" })
      const { matches, statements } = yield* importing({
        id: "S-1",
        opening: "0.00",
        lines: [
          { amount: "1250.00", reference: "00123067" },
          { amount: "-300.00", endToEndId: "E2E-9" },
          { amount: "-12.50", message: "Fee" },
          { amount: "5.00", status: "PDNG" }
        ]
      })
      expect(statements.map(({ isNew, statement }) => [isNew, statement.number, statement.closing.toString()])).toEqual(
        [[true, 1, "937.50 SEK"]]
      )
      expect(matches.map(explainMatch)).toEqual([
        "1 line = 1 entry: the reference and the amount are the same, and no other has them",
        "1 line = 1 entry: the end-to-end id and the amount are the same, and no other has them; not the same: date"
      ])
      const report = yield* reconciliation.report(id).pipe(as(clerk))
      expect([report.statement, report.book, report.difference, report.unexplained, report.later].map(String)).toEqual([
        "937.50 SEK",
        "1027.00 SEK",
        "-89.50 SEK",
        "0.00 SEK",
        "0.00 SEK"
      ])
      const open = yield* reconciliation.items(id, { state: "open" }).pipe(as(clerk))
      expect(open.items.map(({ facts }) => `${facts._tag} ${facts.amount.toString()}`)).toEqual([
        "Line -12.50 SEK",
        "Entry 77.00 SEK"
      ])
      const fee = open.items[0]?.facts
      if (fee?._tag !== "Line") throw new TypeError("the fee is a line")
      const off = { key: key("off"), accountId: id, lineId: fee.id, reason: "the bank's fee" }
      const match = yield* reconciliation.writeOff(off).pipe(as(officer))
      expect(yield* reconciliation.writeOff(off).pipe(as(officer))).toEqual(match)
      expect(explainMatch(match)).toBe("1 line = 1 entry: the entry was made to write the line off")
      const after = yield* reconciliation.report(id).pipe(as(clerk))
      expect([after.book, after.difference, after.unexplained].map(String)).toEqual([
        "1014.50 SEK",
        "-77.00 SEK",
        "0.00 SEK"
      ])
      yield* reconciliation.undo({ key: key("undo"), matchId: match.id, reason: "not ours" }).pipe(as(officer))
      const undone = yield* reconciliation.report(id).pipe(as(clerk))
      expect([undone.book, undone.difference, undone.unexplained].map(String)).toEqual([
        "1027.00 SEK",
        "-89.50 SEK",
        "0.00 SEK"
      ])
      expect(undone.entries.open).toMatchObject({ count: 1 })
    }).pipe(Effect.provide(settlingBank(stores)))
  )
}

describe("StatementReconciliation", () => {
  journey("memory", memoryStores)
  journey("sqlite", SqlStores.layer.pipe(Layer.provide(TestSqlite.layerFile), Layer.orDie))
})
