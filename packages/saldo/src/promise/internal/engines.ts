/**
 * Which engine an open Saldo runs on.
 */
import type { BankSaldo, IdentityBankSaldo } from "../../promise.ts"
import type { BankServices } from "./bankCalls.ts"
import type { Engine } from "./calls.ts"
import type { IdentityServices } from "./identityCalls.ts"

const banks = new WeakMap<BankSaldo, Engine<BankServices>>()
const withIdentity = new WeakMap<BankSaldo, Engine<BankServices | IdentityServices>>()

/** Remembers what an open Saldo runs on. */
export const runsOn = (saldo: BankSaldo, engine: Engine<BankServices>): void => {
  banks.set(saldo, engine)
}

/** Remembers what an open Saldo runs on that knows its users. */
export const runsWithIdentityOn = (saldo: IdentityBankSaldo, engine: Engine<BankServices | IdentityServices>): void => {
  banks.set(saldo, engine)
  withIdentity.set(saldo, engine)
}

/** What an open Saldo runs on. */
export const engineOf = (saldo: BankSaldo): Engine<BankServices> | undefined => banks.get(saldo)

/** What an open Saldo runs on that knows its users. */
export const identityEngineOf = (saldo: BankSaldo): Engine<BankServices | IdentityServices> | undefined =>
  withIdentity.get(saldo)
