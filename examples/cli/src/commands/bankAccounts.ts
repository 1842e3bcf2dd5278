/**
 * `saldo bank accounts`: what customers keep money on.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { BankCalendar } from "saldo/banking/BankCalendar"
import { DepositEndOfDay } from "saldo/banking/DepositEndOfDay"
import { ProductId } from "saldo/banking/DepositProduct"
import * as Page from "saldo/core/Page"
import * as LocalDate from "saldo/time/LocalDate"
import { depositStatementRecord, depositStatementText, heldAccountRecord, heldAccountTable } from "../bank/accounts.ts"
import { plain } from "../chart.ts"
import { CliFailure } from "../CliFailure.ts"
import { Customers, DepositAccounts, DepositStatements, type ShownAccount, Today } from "../desk/BankDesk.ts"
import { Output } from "../Output.ts"
import { atBank, bankFlags, keyFlag, keyOf, onBank, pageFlags } from "./bankBooks.ts"
import { announce, deposit, withdraw } from "./bankCash.ts"
import { accountArgument, accountFlag, accountIn, customerFlag, customerIn } from "./bankReferences.ts"
import { dayFlag } from "./ledgerBooks.ts"

/** What the holder of an account is called; nothing once that was erased. */
const holderOf = ({ customerId }: ShownAccount) =>
  Customers.use((customers) => customers.find(customerId)).pipe(
    Effect.map(({ file }) => (file === null ? "" : Redacted.value(file.details.name)))
  )

const held = Effect.fnUntraced(function* (account: ShownAccount) {
  const balance = yield* DepositAccounts.use((accounts) => accounts.balance(account.id))
  return { account, balance, holder: yield* holderOf(account) }
})

const list = Command.make(
  "list",
  {
    customer: customerFlag("Only this customer's").pipe(Flag.optional),
    state: Flag.Literals("state", ["open", "blocked", "closed"]).pipe(
      Flag.withDescription("Only in this state"),
      Flag.optional
    ),
    ...pageFlags,
    ...bankFlags
  },
  ({ cursor, customer, limit, state, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const accounts = yield* DepositAccounts
        const filter = {
          ...(Option.isSome(customer) && { customerId: yield* customerIn(customer.value) }),
          ...(Option.isSome(state) && { state: state.value })
        }
        const from = Option.isSome(cursor) ? { cursor: yield* Page.cursorFrom(cursor.value) } : {}
        const page = yield* accounts.list(filter, { limit, ...from })
        const items = yield* Effect.forEach(page.items, held)
        yield* output.result(
          () => ({ items: items.map(heldAccountRecord), next: page.next }),
          () => {
            if (items.length === 0) return "No account fits."
            const more = page.next === null ? "" : `\n\nMore with --cursor ${page.next}`
            return heldAccountTable(items, output.width) + more
          }
        )
      })
    )
).pipe(Command.withDescription("List accounts with what they hold"))

const open = Command.make(
  "open",
  {
    customer: customerFlag("Whose account it is"),
    product: Flag.String("product").pipe(
      Flag.withDescription("What it is on; `saldo bank products` shows the products"),
      Flag.filterMap(
        (text) => ProductId.makeOption(text),
        () => "Give the short word of a product, such as savings"
      )
    ),
    name: Flag.String("name").pipe(
      Flag.withDescription("What its holder calls it; the product's name when left out"),
      Flag.filter(
        (text) => text.length >= 1 && text.length <= 100,
        () => "Use 1 to 100 characters"
      ),
      Flag.optional
    ),
    key: keyFlag,
    ...bankFlags
  },
  ({ customer, key, name, product: productId, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const accounts = yield* DepositAccounts
        const customerId = yield* customerIn(customer)
        const opening = { customerId, productId, ...(Option.isSome(name) && { name: name.value }) }
        const account = yield* accounts.open({ key: yield* keyOf(key), ...opening })
        const balance = yield* accounts.balance(account.id)
        yield* output.result(
          () => heldAccountRecord({ account, balance }),
          () => `Opened ${account.id}, ${plain(account.name)} in ${account.currency}.`
        )
      })
    )
).pipe(
  Command.withDescription("Open an account for a customer who is active"),
  Command.withExamples([
    { command: "saldo bank accounts open --customer cust_… --product savings", description: "A savings account" }
  ])
)

const close = Command.make(
  "close",
  {
    account: accountArgument,
    to: accountFlag("to", "Where the money goes that is left").pipe(Flag.optional),
    key: keyFlag,
    ...bankFlags
  },
  ({ account: named, key, to, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const accounts = yield* DepositAccounts
        const accountId = yield* accountIn(named)
        const closing = { accountId, ...(Option.isSome(to) && { to: yield* accountIn(to.value) }) }
        const account = yield* accounts.close({ key: yield* keyOf(key), ...closing })
        const balance = yield* accounts.balance(account.id)
        yield* output.result(
          () => heldAccountRecord({ account, balance }),
          () => `Closed ${account.id} on ${account.closedOn ?? ""}; interest and fees are settled.`
        )
      })
    )
).pipe(Command.withDescription("Settle an account's interest and fees, move what is left, and close it"))

const statement = Command.make(
  "statement",
  {
    account: accountArgument,
    from: dayFlag("from", "First day of booking, counted; the first of this month when left out").pipe(Flag.optional),
    to: dayFlag("to", "Last day of booking, counted; today when left out").pipe(Flag.optional),
    ...bankFlags
  },
  ({ account: named, from, to, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const today = yield* yield* Today
        const last = Option.getOrElse(to, () => today)
        const start = Option.getOrElse(from, () => LocalDate.startOfMonth(last))
        if (start > last) {
          return yield* new CliFailure({
            happened: `The statement would end on ${last}, before it begins on ${start}.`,
            remedy: "Give --from a day that is not after --to.",
            exitCode: 2
          })
        }
        const id = yield* accountIn(named)
        const account = yield* DepositAccounts.use((accounts) => accounts.find(id))
        const range = { start, end: LocalDate.addDays(last, 1) }
        const found = yield* DepositStatements.use((statements) => statements.statement(id, range))
        const holder = yield* holderOf(account)
        yield* output.result(
          () => depositStatementRecord(account, found),
          () => depositStatementText({ account, holder }, found, output.width)
        )
      })
    )
).pipe(Command.withDescription("Show what was booked on an account, with its balance after each line"))

const endDay = Command.make(
  "end-day",
  {
    through: dayFlag("through", "The last day to be ended; yesterday when left out").pipe(Flag.optional),
    ...bankFlags
  },
  ({ through, ...who }) =>
    onBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const today = yield* BankCalendar.use((calendar) => calendar.today)
        const last = Option.getOrElse(through, () => LocalDate.addDays(today, -1))
        const report = yield* DepositEndOfDay.use((days) => days.run(last))
        const { accounts, failed } = report
        yield* output.result(
          () => report,
          () => {
            if (accounts === 0 && failed.length === 0) return `Every account has been taken through ${last} before.`
            return `${accounts} ${accounts === 1 ? "account was" : "accounts were"} taken through ${last}: fees and interest are booked.`
          }
        )
        if (failed.length > 0) {
          return yield* new CliFailure({
            happened: `${failed.length} of ${accounts + failed.length} accounts could not be taken through ${last}: ${failed.join(", ")}.`,
            remedy: "Run it again with --verbose; the other accounts are done, and nothing happens to them twice.",
            exitCode: 4
          })
        }
      })
    )
).pipe(Command.withDescription("End the bank's days: book fees and interest on every account, also for days missed"))

const blocking = (name: "block" | "unblock", done: string, description: string) =>
  Command.make(name, { account: accountArgument, ...bankFlags }, ({ account: named, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const accounts = yield* DepositAccounts
        const account = yield* accounts[name](yield* accountIn(named))
        const balance = yield* accounts.balance(account.id)
        yield* output.result(
          () => heldAccountRecord({ account, balance }),
          () => `${done} ${account.id}.`
        )
      })
    )
  ).pipe(Command.withDescription(description))

const block = blocking("block", "Blocked", "Refuse money in and out of an account until it is unblocked")

const unblock = blocking("unblock", "Unblocked", "Let an account be used again")

/** The group. */
export const accounts = Command.make("accounts").pipe(
  Command.withDescription("Open, use and close customers' accounts"),
  Command.withSubcommands([list, open, deposit, withdraw, announce, block, unblock, close, statement, endDay])
)
