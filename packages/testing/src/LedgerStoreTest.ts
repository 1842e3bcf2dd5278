import type * as Layer from "effect/Layer"
import type { Atomic } from "saldo/core/Atomic"
import type { LedgerStore } from "saldo/ledger/LedgerStore"
import { type Check, register, type SuiteOptions } from "./Check.ts"
import { accounts } from "./internal/ledgerAccountChecks.ts"
import { commands } from "./internal/ledgerCommandChecks.ts"
import { concurrency } from "./internal/ledgerConcurrencyChecks.ts"
import { holds } from "./internal/ledgerHoldChecks.ts"
import { reads } from "./internal/ledgerReadChecks.ts"

/** Everything that `LedgerStore` promises, transactions and concurrent callers included. */
export const checks: ReadonlyArray<Check<LedgerStore | Atomic>> = [
  ...accounts,
  ...commands,
  ...holds,
  ...reads,
  ...concurrency
]

/** Holds one store against the contract of `LedgerStore`; the layer brings the `Atomic` that spans it. */
export const suite = <E>(name: string, layer: Layer.Layer<LedgerStore | Atomic, E>, options?: SuiteOptions): void =>
  register("LedgerStore", checks, name, layer, options)
