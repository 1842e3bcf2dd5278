/**
 * What stands behind an open Saldo, for packages that build on it with Effect. A host without Effect never needs it.
 */
import type * as Context from "effect/Context"
import type { BankSaldo, IdentityBankSaldo } from "../promise.ts"
import type { BankServices } from "./internal/bankCalls.ts"
import { engineOf, identityEngineOf } from "./internal/engines.ts"
import type { IdentityServices } from "./internal/identityCalls.ts"

export type * from "./internal/actors.ts"
export * from "./internal/readActor.ts"

/** The services of an open Saldo with a bank, for as long as it is open. */
export interface Opened<Services = BankServices> {
  readonly context: () => Promise<Context.Context<Services>>
  /** Does some work as a call of the Saldo: closing waits for it. Rejects with `SaldoClosed` once it closes. */
  readonly during: <A>(work: () => Promise<A>) => Promise<A>
}

/** What stands behind an open Saldo that knows its users. Throws a `TypeError` for what `createSaldo` has not given. */
export function openedOf(saldo: IdentityBankSaldo): Opened<BankServices | IdentityServices>
/** What stands behind an open Saldo with a bank. */
export function openedOf(saldo: BankSaldo): Opened
export function openedOf(saldo: BankSaldo): Opened {
  const engine = engineOf(saldo)
  if (engine === undefined) throw new TypeError("expected what createSaldo gave, with a bank")
  return { context: () => engine.context(), during: (work) => engine.during(work) }
}

/** Whether an open Saldo knows its users, so that it has the services of identity too. */
export const knowsUsers = (saldo: BankSaldo): saldo is IdentityBankSaldo => identityEngineOf(saldo) !== undefined
