import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { asSystem } from "../core/Actor.ts"
import { Ledger } from "../ledger/Ledger.ts"
import { AccountCode, type AccountType, type LedgerAccount } from "../ledger/LedgerAccount.ts"

/** What the bank keeps a ledger account of its own for, in each currency, with the account's type and name. */
const chart = {
  cash: ["asset", "Cash"],
  settlement: ["asset", "Settlement with other banks"],
  deposits: ["liability", "Deposits of customers"],
  unapplied: ["liability", "Money that came back and that no account of its owner takes"],
  "accrued-interest-payable": ["liability", "Interest accrued and not yet paid to customers"],
  "accrued-interest-receivable": ["asset", "Interest accrued and not yet paid by customers"],
  "interest-expense": ["expense", "Interest to customers"],
  "interest-income": ["income", "Interest from customers"],
  fees: ["income", "Fees from customers"],
  "reconciliation-differences": ["expense", "Differences with other banks, written off"]
} as const satisfies Readonly<Record<string, readonly [type: AccountType, name: string]>>

/** One of the bank's own accounts, such as `cash`. Those of customers roll up into `deposits`. */
export type BankPurpose = keyof typeof chart

/** The code of one of the bank's own accounts, such as `bank.cash.SEK`. */
export const codeOf = (purpose: BankPurpose, currency: string): AccountCode =>
  AccountCode.make(`bank.${purpose}.${currency}`)

/**
 * Use case: the bank's own accounts in the ledger of a tenant, one for each purpose and currency.
 *
 * An account is opened when it is first asked for, in the running transaction. Of those who ask at once one opens it, and
 * all get the same. Works as the system of the tenant: who may do what is for the use case that asks to say. The currency
 * must be known; anything else is a defect, as is a host's own account of another type under one of these codes.
 */
export class BankBooks extends Context.Service<
  BankBooks,
  {
    readonly account: (tenant: string, purpose: BankPurpose, currency: string) => Effect.Effect<LedgerAccount>
  }
>()("saldo/banking/BankBooks") {
  /** The bank's accounts in the ledger in scope. */
  static readonly layer: Layer.Layer<BankBooks, never, Ledger> = Layer.effect(
    this,
    Effect.map(Ledger, (ledger) => {
      const open = (purpose: BankPurpose, currency: string, code: AccountCode) =>
        ledger
          .openAccount({ code, type: chart[purpose][0], name: `${chart[purpose][1]} (${currency})`, currency })
          // Somebody else was faster.
          .pipe(Effect.catchTag("AccountTaken", () => ledger.accountByCode(code)))
      return BankBooks.of({
        account: Effect.fn("BankBooks.account")(function* (tenant, purpose, currency) {
          const code = codeOf(purpose, currency)
          const account = yield* ledger.accountByCode(code).pipe(
            Effect.catchTag("AccountNotFound", () => open(purpose, currency, code)),
            asSystem(tenant),
            Effect.orDie
          )
          const fits = account.type === chart[purpose][0] && account.currency === currency
          return fits ? account : yield* Effect.die(new TypeError(`The ledger account ${code} is not the bank's`))
        })
      })
    })
  )
}
