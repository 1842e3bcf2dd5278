/**
 * From which account in another bank payments leave: the one that the bank has registered for their currency.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { DepositAccountStore } from "saldo/banking/DepositAccountStore"
import { type ExternalAccount, parseExternalAccount } from "saldo/banking/ExternalAccount"
import type { PaymentDebtor } from "saldo/banking/PaymentFile"
import { PaymentFiles } from "saldo/banking/PaymentFiles"
import { ReconciliationStore } from "saldo/banking/ReconciliationStore"

const schemes = ["Iban", "SwedishAccount", "NorwegianAccount", "Bankgiro", "Plusgiro"] as const

/** The number in the first form that it has. */
const accountIn = (number: Redacted.Redacted): ExternalAccount | undefined => {
  for (const scheme of schemes) {
    const read = parseExternalAccount({ scheme, text: Redacted.value(number) })
    if (Result.isSuccess(read)) return read.success
  }
  return undefined
}

/** Payment files that leave from the bank's registered accounts, in the name that `SALDO_BANK_NAME` gives. */
export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const deposits = yield* DepositAccountStore
    const settlement = yield* ReconciliationStore
    const named = yield* Effect.orDie(Config.option(Config.NonEmptyString("SALDO_BANK_NAME")))
    return PaymentFiles.layerWith({
      debtorOf: Effect.fnUntraced(function* (tenant, accountId) {
        const payer = Option.getOrUndefined(yield* deposits.find(tenant, accountId))
        const own = (yield* settlement.accounts(tenant)).find(({ currency }) => currency === payer?.currency)
        const account = own === undefined ? undefined : accountIn(own.number)
        if (account === undefined || Option.isNone(named)) return Option.none<PaymentDebtor>()
        return Option.some({ debtor: { name: named.value }, account })
      })
    })
  })
)
