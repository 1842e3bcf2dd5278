/**
 * Money over the counter and between accounts: `saldo bank accounts deposit` and `withdraw`, `saldo bank transfer`.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { DepositAccountId } from "saldo/banking/DepositAccount"
import type { DepositReceipt } from "saldo/banking/DepositTransactions"
import type { CommandKey } from "saldo/core/Command"
import { InsufficientFunds } from "saldo/ledger/LedgerRefusal"
import * as Money from "saldo/money/Money"
import { receiptRecord } from "../bank/accounts.ts"
import { figure } from "../books.ts"
import { CliFailure } from "../CliFailure.ts"
import { DepositAccounts, DepositTransactions } from "../desk/BankDesk.ts"
import { Output } from "../Output.ts"
import { atBank, bankFlags, keyFlag, keyOf } from "./bankBooks.ts"
import { accountArgument, accountFlag, accountIn } from "./bankReferences.ts"
import { amountOf } from "./ledgerBooks.ts"

/** The amount of a movement, in the currency of its account. */
export const amountArgument = Argument.String("amount").pipe(
  Argument.withDescription("With a point, as 1234.50, in the account's currency")
)

const textFlag = Flag.String("text").pipe(
  Flag.withDescription("What it is for; at most 140 characters"),
  Flag.filter(
    (text) => text.length >= 1 && text.length <= 140,
    () => "Use 1 to 140 characters"
  ),
  Flag.optional
)

/** The account's currency decides what an amount may be. */
export const amountOn = Effect.fnUntraced(function* (id: DepositAccountId, text: string) {
  const { currency } = yield* DepositAccounts.use((accounts) => accounts.find(id))
  return yield* amountOf(text, currency)
})

/** A refusal in words of the account that the person named, in place of the ledger's own account behind it. */
export const inWordsOf =
  (id: DepositAccountId) =>
  <A, E, R>(work: Effect.Effect<A, E, R>) =>
    Effect.mapError(work, (error) =>
      Schema.is(InsufficientFunds)(error)
        ? new CliFailure({
            happened: `${id} has ${figure(error.available)} ${error.available.currency} that can be used, and ${figure(error.requested)} was asked for, fees included.`,
            remedy: "Take less, or deposit first.",
            exitCode: 1
          })
        : error
    )

/** Prints a receipt, and what the account has after it. */
const receipt = Effect.fnUntraced(function* (
  done: string,
  id: DepositAccountId,
  given: { readonly receipt: DepositReceipt; readonly key: CommandKey }
) {
  const output = yield* Output
  const { amount, fee } = given.receipt
  const { available, balance } = yield* DepositAccounts.use((accounts) => accounts.balance(id))
  const cost = Money.isZero(fee) ? "" : `, and a fee of ${figure(fee)}`
  yield* output.result(
    () => ({ key: given.key, ...receiptRecord(given.receipt), balance: Money.toDecimal(balance) }),
    () =>
      `${done} ${figure(amount)} ${amount.currency}${cost}, key ${given.key}.\n` +
      `${id} has ${figure(balance)} ${amount.currency}${available === null || Money.equals(available, balance) ? "" : `, of which ${figure(available)} can be used`}.`
  )
})

const cash = (name: "deposit" | "withdraw", done: string, description: string) =>
  Command.make(
    name,
    { account: accountArgument, amount: amountArgument, text: textFlag, key: keyFlag, ...bankFlags },
    ({ account, amount, key: given, text, ...who }) =>
      atBank(
        who,
        Effect.gen(function* () {
          const transactions = yield* DepositTransactions
          const key = yield* keyOf(given)
          const accountId = yield* accountIn(account)
          const movement = {
            key,
            accountId,
            amount: yield* amountOn(accountId, amount),
            ...(Option.isSome(text) && { description: text.value })
          }
          yield* receipt(done, accountId, { key, receipt: yield* inWordsOf(accountId)(transactions[name](movement)) })
        })
      )
  ).pipe(Command.withDescription(description))

/** `deposit`: cash in. */
export const deposit = cash("deposit", "Deposited", "Take cash that was counted, and put it on an account")

/** `withdraw`: cash out. */
export const withdraw = cash("withdraw", "Withdrew", "Hand out cash from an account")

/** `announce`: that cash will be taken, from an account with notice. */
export const announce = Command.make(
  "announce",
  { account: accountArgument, amount: amountArgument, key: keyFlag, ...bankFlags },
  ({ account, amount, key: given, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const transactions = yield* DepositTransactions
        const key = yield* keyOf(given)
        const accountId = yield* accountIn(account)
        const announced = yield* amountOn(accountId, amount)
        yield* transactions.announce({ key, accountId, amount: announced })
        yield* output.result(
          () => ({ key, accountId, amount: Money.toDecimal(announced), currency: announced.currency }),
          () => `Announced ${figure(announced)} ${announced.currency} from ${accountId}, key ${key}.`
        )
      })
    )
).pipe(Command.withDescription("Announce a withdrawal or transfer, where the product asks for notice"))

/** `transfer`: from one account of the bank to another, of the same customer or of others. */
export const transfer = Command.make(
  "transfer",
  {
    amount: amountArgument,
    from: accountFlag("from", "The account that pays"),
    to: accountFlag("to", "The account that is paid"),
    text: textFlag,
    key: keyFlag,
    ...bankFlags
  },
  ({ amount, from: payer, key: given, text, to, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        const transactions = yield* DepositTransactions
        const key = yield* keyOf(given)
        const from = yield* accountIn(payer)
        const moved = yield* transactions
          .transfer({
            key,
            from,
            to: yield* accountIn(to),
            amount: yield* amountOn(from, amount),
            ...(Option.isSome(text) && { description: text.value })
          })
          .pipe(inWordsOf(from))
        yield* receipt("Transferred", from, { key, receipt: moved })
      })
    )
).pipe(
  Command.withDescription("Move money from one account of the bank to another"),
  Command.withExamples([
    {
      command: "saldo bank transfer 250.00 --from 77fd3k20 --to wv28b1ep --key rent-2026-04",
      description: "Once, however often it is sent"
    }
  ])
)
