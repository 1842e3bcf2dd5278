import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Actor, asSystem, type NotPermitted } from "../core/Actor.ts"
import type { Cursor } from "../core/Page.ts"
import { toInstant } from "../ledger/BookingTime.ts"
import { Ledger } from "../ledger/Ledger.ts"
import type { Statement as LedgerStatement } from "../ledger/LedgerReport.ts"
import type { Money } from "../money/Money.ts"
import type { DateRange } from "../time/DateRange.ts"
import * as LocalDate from "../time/LocalDate.ts"
import { statement as statementOf, type YearlySummary, yearlySummary } from "./accountStatement.ts"
import { readPermission } from "./BankAccess.ts"
import { BankCalendar } from "./BankCalendar.ts"
import type { DepositAccountId } from "./DepositAccount.ts"
import { DepositAccountStore } from "./DepositAccountStore.ts"
import type { DepositAccountNotFound } from "./DepositRefusal.ts"
import { findWithin } from "./internal/depositAccess.ts"
import { kinds } from "./internal/ledgerLines.ts"
import type { Statement, StatementLine } from "./Statement.ts"

type Reading<A> = Effect.Effect<A, DepositAccountNotFound | NotPermitted, Actor>

/**
 * Use case: what happened on a deposit account, by booking date in the bank's calendar, with the balance after each line.
 *
 * Both need `bank:read` and show an account within the actor's reach. Books that contradict themselves are a defect
 * (`StatementInconsistent`), and no statement.
 *
 * @effect-expect-leaking Actor
 */
export class DepositStatements extends Context.Service<
  DepositStatements,
  {
    /** The days of a range, its end not included; an empty range has no lines and the balance of its start. */
    readonly statement: (id: DepositAccountId, range: DateRange) => Reading<Statement>
    /** A calendar year, 1 to 9998: interest received and paid, fees, and everything else. */
    readonly year: (id: DepositAccountId, year: number) => Reading<YearlySummary>
  }
>()("saldo/banking/DepositStatements") {
  /** Statements of the accounts in the store in scope. */
  static readonly layer: Layer.Layer<DepositStatements, never, BankCalendar | DepositAccountStore | Ledger> =
    Layer.effect(
      this,
      Effect.suspend(() => make)
    )
}

const summaryKinds = { interest: new Set([kinds.interest]), fees: new Set([kinds.fee]) }

const make = Effect.gen(function* () {
  const store = yield* DepositAccountStore
  const calendar = yield* BankCalendar
  const ledger = yield* Ledger

  /** The opening balance of a range and its lines, as one moment of the ledger tells them. */
  const read = Effect.fnUntraced(function* (id: DepositAccountId, { end, start }: DateRange) {
    const { ledgerAccountId, tenant } = yield* findWithin(store, readPermission, id)
    const days = { from: start, to: LocalDate.addDays(end, -1) }
    const lines: Array<StatementLine> = []
    let opening: Money | undefined
    let cursor: Cursor | undefined
    do {
      const page: LedgerStatement = yield* ledger
        .statement(ledgerAccountId, days, { limit: 500, ...(cursor === undefined ? {} : { cursor }) })
        .pipe(asSystem(tenant), Effect.orDie)
      opening ??= page.opening
      for (const { amount, balance, bookedAt, code, description, valueOn } of page.items) {
        const bookedOn = calendar.dateOf(toInstant(bookedAt))
        lines.push({
          bookedOn,
          valueOn,
          kind: code ?? "other",
          description: description ?? "",
          amount,
          balanceAfter: balance
        })
      }
      cursor = (page.next ?? undefined) as Cursor | undefined
    } while (cursor !== undefined)
    return { opening, lines }
  })

  return DepositStatements.of({
    statement: Effect.fn("DepositStatements.statement")(function* (id, range) {
      const { lines, opening } = yield* read(id, range)
      return yield* Effect.orDie(Effect.fromResult(statementOf(opening, lines, range)))
    }),
    year: Effect.fn("DepositStatements.year")(function* (id, year) {
      const range = { start: LocalDate.of(year, 1, 1), end: LocalDate.of(year + 1, 1, 1) }
      const { lines, opening } = yield* read(id, range)
      return yield* Effect.orDie(Effect.fromResult(yearlySummary(year, opening, lines, summaryKinds)))
    })
  })
})
