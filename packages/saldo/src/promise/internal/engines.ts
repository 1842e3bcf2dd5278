/**
 * Which engine an open Saldo runs on.
 */
import type { BankSaldo } from "../../promise.ts"
import type { BankServices } from "./bankCalls.ts"
import type { Engine } from "./calls.ts"

const engines = new WeakMap<BankSaldo, Engine<BankServices>>()

/** Remembers what an open Saldo runs on. */
export const runsOn = (saldo: BankSaldo, engine: Engine<BankServices>): void => {
  engines.set(saldo, engine)
}

/** What an open Saldo runs on. */
export const engineOf = (saldo: BankSaldo): Engine<BankServices> | undefined => engines.get(saldo)
