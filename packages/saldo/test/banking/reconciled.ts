/** Short ways to write items and to read outcomes, for the tests of reconciliation. */
import * as Result from "effect/Result"
import { reconcile } from "saldo/banking/reconcile"
import type { Reconciliation, ReconciliationItem, ReconciliationOptions } from "saldo/banking/Reconciliation"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"

export const start = LocalDate.of("2026-03-01")

export type Facts = Partial<Pick<ReconciliationItem, "reference" | "endToEndId" | "counterparty">>

export const item = (
  id: string,
  amount: number,
  day: number,
  facts: Facts = {},
  currency = "SEK"
): ReconciliationItem => ({
  id,
  amount: Money.fromMinor(BigInt(amount), currency),
  on: LocalDate.addDays(start, day),
  ...facts
})

export const run = (
  lines: ReadonlyArray<ReconciliationItem>,
  expected: ReadonlyArray<ReconciliationItem>,
  options?: ReconciliationOptions
): Reconciliation => Result.getOrThrow(reconcile(lines, expected, options))

export const pairs = ({ matches }: Reconciliation) =>
  matches.map(({ expected, lines, rule }) => `${rule}: ${lines.join("+")} = ${expected.join("+")}`)
