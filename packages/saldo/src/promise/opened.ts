/**
 * What stands behind an open Saldo, for packages that build on it with Effect. A host without Effect never needs it.
 */
import type * as Context from "effect/Context"
import type { BankSaldo } from "../promise.ts"
import type { BankServices } from "./internal/bankCalls.ts"
import { engineOf } from "./internal/engines.ts"

export * from "./internal/actors.ts"

/** The services of an open Saldo with a bank, for as long as it is open. */
export interface Opened {
  readonly context: () => Promise<Context.Context<BankServices>>
  /** Does some work as a call of the Saldo: closing waits for it. Rejects with `SaldoClosed` once it closes. */
  readonly during: <A>(work: () => Promise<A>) => Promise<A>
}

/** What stands behind an open Saldo. Throws a `TypeError` for what `createSaldo` has not given. */
export const openedOf = (saldo: BankSaldo): Opened => {
  const engine = engineOf(saldo)
  if (engine === undefined) throw new TypeError("expected what createSaldo gave, with a bank")
  return { context: () => engine.context(), during: (work) => engine.during(work) }
}
