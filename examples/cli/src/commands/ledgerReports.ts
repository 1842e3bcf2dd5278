/**
 * `saldo ledger balance`, `statement` and `trial-balance`.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type * as Page from "saldo/core/Page"
import { cursorFrom } from "saldo/core/Page"
import { BookingTime } from "saldo/ledger/BookingTime"
import { Ledger } from "saldo/ledger/Ledger"
import type { StatementLine } from "saldo/ledger/LedgerReport"
import * as Money from "saldo/money/Money"
import type { LocalDate } from "saldo/time/LocalDate"
import { balanceRecord, balanceText, statementTable, trialBalanceTable } from "../books.ts"
import { Books } from "../desk/Books.ts"
import { Output } from "../Output.ts"
import { accountOf, atBooks, dayFlag, onBooks, tenantFlag } from "./ledgerBooks.ts"

const codeArgument = Argument.String("code").pipe(Argument.withDescription("The code of the account"))

const asOfFlags = {
  value: dayFlag("value", "By value date: count what has this date or an earlier one").pipe(Flag.optional),
  known: Flag.String("known").pipe(
    Flag.withMetavar("time"),
    Flag.withDescription("As it was known then: count what was booked by a time such as 2026-03-31T12:00:00.000000Z"),
    Flag.filterMap(
      (text) => BookingTime.makeOption(text),
      (text) => `Expected a time with microseconds, not ${text}`
    ),
    Flag.optional
  )
}

const asOfOf = ({
  known,
  value
}: {
  readonly known: Option.Option<BookingTime>
  readonly value: Option.Option<LocalDate>
}) => ({
  ...(Option.isSome(value) && { valueOn: value.value }),
  ...(Option.isSome(known) && { knownAt: known.value })
})

/** `balance`: what one account holds. */
export const balance = Command.make("balance", { code: codeArgument, ...asOfFlags, tenant: tenantFlag }, (input) =>
  atBooks(
    input.tenant,
    Effect.gen(function* () {
      const output = yield* Output
      const ledger = yield* Books
      const account = yield* accountOf(input.code)
      const found = yield* ledger.balance(account.id, asOfOf(input))
      yield* output.result(
        () => balanceRecord(found),
        () => balanceText(found)
      )
    })
  )
).pipe(Command.withDescription("Show what an account holds: now, by value date, as known at a time"))

const lineRecord = ({ amount, balance: after, ...line }: StatementLine) => ({
  sequence: line.sequence,
  entryId: line.entryId,
  bookedAt: line.bookedAt,
  valueOn: line.valueOn,
  code: line.code,
  description: line.description,
  amount: Money.toDecimal(amount),
  balance: Money.toDecimal(after)
})

/** `statement`: what was booked on an account. */
export const statement = Command.make(
  "statement",
  {
    code: codeArgument,
    from: dayFlag("from", "First day of booking, counted"),
    to: dayFlag("to", "Last day of booking, counted"),
    tenant: tenantFlag
  },
  ({ code, from, tenant, to }) =>
    onBooks(
      tenant,
      Effect.gen(function* () {
        const output = yield* Output
        const ledger = yield* Ledger
        const account = yield* accountOf(code)
        const items: Array<StatementLine> = []
        let cursor: Page.Cursor | undefined
        let page = yield* ledger.statement(account.id, { from, to }, { limit: 500 })
        items.push(...page.items)
        while (page.next !== null) {
          cursor = yield* cursorFrom(page.next)
          page = yield* ledger.statement(account.id, { from, to }, { limit: 500, cursor })
          items.push(...page.items)
        }
        const whole = { ...page, items }
        yield* output.result(
          () => ({
            account: { id: account.id, code: account.code, name: account.name, currency: account.currency },
            from,
            to,
            opening: Money.toDecimal(whole.opening),
            closing: Money.toDecimal(whole.closing),
            items: items.map(lineRecord)
          }),
          () => statementTable(whole, output.width)
        )
      })
    )
).pipe(Command.withDescription("Show what was booked on an account, with its balance after each line"))

/** `trial-balance`: every account, and the sums that prove the books. */
export const trialBalance = Command.make("trial-balance", { ...asOfFlags, tenant: tenantFlag }, (input) =>
  atBooks(
    input.tenant,
    Effect.gen(function* () {
      const output = yield* Output
      const ledger = yield* Books
      const found = yield* ledger.trialBalance(asOfOf(input))
      yield* output.result(
        () => ({
          balanced: found.balanced,
          totals: found.totals.map(({ credit, currency, debit }) => ({
            currency,
            debit: Money.toDecimal(debit),
            credit: Money.toDecimal(credit)
          })),
          lines: found.lines.map(({ account, credit, debit, rolledUp }) => ({
            code: account.code,
            name: account.name,
            type: account.type,
            currency: account.currency,
            debit: Money.toDecimal(debit),
            credit: Money.toDecimal(credit),
            rolledUp: Money.toDecimal(rolledUp)
          }))
        }),
        () => (found.lines.length === 0 ? "There are no accounts." : trialBalanceTable(found, output.width))
      )
    })
  )
).pipe(Command.withDescription("Show every account with its balance, debits beside credits"))
