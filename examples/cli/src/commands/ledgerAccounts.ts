/**
 * `saldo ledger open` and `accounts`.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Page from "saldo/core/Page"
import { AccountCode } from "saldo/ledger/LedgerAccount"
import * as Money from "saldo/money/Money"
import { accountTable, balanceRecord, figure } from "../books.ts"
import { CliFailure } from "../CliFailure.ts"
import { Books } from "../desk/Books.ts"
import { Output } from "../Output.ts"
import { accountOf, amountOf, atBooks, tenantFlag, atNewBooks } from "./ledgerBooks.ts"

const types = ["asset", "liability", "equity", "income", "expense"] as const

const bound = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar("amount"), Flag.withDescription(description), Flag.optional)

const amountIn = (currency: string, text: Option.Option<string>) =>
  Option.isNone(text) ? Effect.succeed(null) : Effect.map(amountOf(text.value, currency), (money) => money.amount)

/** `open`: a new account. */
export const open = Command.make(
  "open",
  {
    code: Argument.String("code").pipe(Argument.withDescription("Such as 1930 or customers.anna; unique in the books")),
    type: Flag.Literals("type", types).pipe(Flag.withDescription("What kind of account")),
    currency: Flag.String("currency").pipe(Flag.withDescription("ISO 4217 code"), Flag.withDefault("SEK")),
    name: Flag.String("name").pipe(Flag.withDescription("What people call it; the code when left out"), Flag.optional),
    parent: Flag.String("parent").pipe(
      Flag.withMetavar("code"),
      Flag.withDescription("The account that it rolls up into"),
      Flag.optional
    ),
    minimum: bound("minimum", "What must be available at least: 0 forbids an overdraft, -500.00 allows one"),
    maximum: bound("maximum", "What it may hold at most"),
    tenant: tenantFlag
  },
  ({ code, currency, maximum, minimum, name, parent, tenant, type }) =>
    atNewBooks(
      tenant,
      Effect.gen(function* () {
        const output = yield* Output
        const ledger = yield* Books
        const known = AccountCode.makeOption(code)
        if (Option.isNone(known)) {
          return yield* new CliFailure({
            happened: `${code} cannot be the code of an account.`,
            remedy: "Use 1 to 100 letters, digits and . _ : / -, beginning with a letter or digit.",
            exitCode: 2
          })
        }
        const account = yield* ledger.openAccount({
          code: known.value,
          type,
          currency,
          name: Option.getOrElse(name, () => code),
          bounds: { minimum: yield* amountIn(currency, minimum), maximum: yield* amountIn(currency, maximum) },
          ...(Option.isSome(parent) && { parent: (yield* accountOf(parent.value)).id })
        })
        yield* output.result(
          () => balanceRecord({ account, counters: account.counters, ...noBalance(currency) }),
          () => `Opened ${account.code}, ${account.type} in ${account.currency}${boundsText(account)}.`
        )
      })
    )
).pipe(
  Command.withDescription("Open an account"),
  Command.withExamples([
    {
      command: "saldo ledger open customers.anna --type liability --minimum 0",
      description: "A deposit without overdraft"
    }
  ])
)

const noBalance = (currency: string) => {
  const zero = Money.zero(currency)
  return { balance: zero, available: null, pendingIn: zero, pendingOut: zero }
}

const boundsText = (account: {
  readonly currency: string
  readonly bounds: { readonly minimum: bigint | null; readonly maximum: bigint | null }
}): string => {
  const { maximum, minimum } = account.bounds
  const text = (amount: bigint) => figure(Money.fromMinor(amount, account.currency))
  return (
    (minimum === null ? "" : `, at least ${text(minimum)}`) + (maximum === null ? "" : `, at most ${text(maximum)}`)
  )
}

/** `accounts`: a page of accounts with what they hold. */
export const accounts = Command.make(
  "accounts",
  {
    type: Flag.Literals("type", types).pipe(Flag.withDescription("Only this type"), Flag.optional),
    currency: Flag.String("currency").pipe(Flag.withDescription("Only this currency"), Flag.optional),
    prefix: Flag.String("prefix").pipe(Flag.withDescription("Only codes that begin so"), Flag.optional),
    limit: Flag.Int("limit").pipe(
      Flag.withDescription("How many, 1 to 500"),
      Flag.filter(
        (limit) => limit >= 1 && limit <= 500,
        () => "Give a number from 1 to 500"
      ),
      Flag.withDefault(50)
    ),
    cursor: Flag.String("cursor").pipe(Flag.withDescription("What the page before said"), Flag.optional),
    tenant: tenantFlag
  },
  ({ currency, cursor, limit, prefix, tenant, type }) =>
    atBooks(
      tenant,
      Effect.gen(function* () {
        const output = yield* Output
        const ledger = yield* Books
        const filter = {
          ...(Option.isSome(type) && { type: type.value }),
          ...(Option.isSome(currency) && { currency: currency.value }),
          ...(Option.isSome(prefix) && { codePrefix: prefix.value })
        }
        const from = Option.isSome(cursor) ? { cursor: yield* Page.cursorFrom(cursor.value) } : {}
        const page = yield* ledger.accounts(filter, { limit, ...from })
        const balances = yield* Effect.forEach(page.items, ({ id }) => ledger.balance(id))
        yield* output.result(
          () => ({ items: balances.map(balanceRecord), next: page.next }),
          () => {
            if (balances.length === 0) return "No account fits."
            const more = page.next === null ? "" : `\n\nMore with --cursor ${page.next}`
            return accountTable(balances, output.width) + more
          }
        )
      })
    )
).pipe(Command.withDescription("List accounts with what they hold"))
