/**
 * Tests of reconciliation on a bank in memory.
 */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { AuditTrail } from "saldo/audit/AuditTrail"
import type { BankBooks } from "saldo/banking/BankBooks"
import type { SettlementAccountId } from "saldo/banking/SettlementAccount"
import { StatementReconciliation } from "saldo/banking/StatementReconciliation"
import { as } from "saldo/core/Actor"
import type { Ledger } from "saldo/ledger/Ledger"
import * as Money from "saldo/money/Money"
import { goTo } from "./depositBank.ts"
import { clerk, memoryStores, settlingBank } from "./settlementBank.ts"

const bank = () => Layer.fresh(settlingBank(memoryStores))

/** A test on a bank in memory, on 12 March. */
export const trial = <A, E>(
  name: string,
  test: Effect.Effect<A, E, StatementReconciliation | AuditTrail | BankBooks | Ledger>
) => it.effect(name, () => Effect.andThen(goTo("2026-03-12"), test).pipe(Effect.provide(bank())))

/** What of an account waits. */
export const open = Effect.fnUntraced(function* (id: SettlementAccountId) {
  const reconciliation = yield* StatementReconciliation
  const { items } = yield* reconciliation.items(id, { state: "open" }).pipe(as(clerk))
  return items.map(({ facts }) => facts)
})

/** What of an account waits, by side and amount. */
export const shown = (id: SettlementAccountId) =>
  Effect.map(open(id), (all) => all.map(({ _tag, amount }) => `${_tag} ${Money.toDecimal(amount)}`).sort(byText))

/** Texts in their order. */
export const byText = (left: string, right: string): number => (left < right ? -1 : 1)
