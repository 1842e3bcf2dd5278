/**
 * Takes the statements of a document in, each once and each where the one before it ended.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { AuditTrail } from "../../audit/AuditTrail.ts"
import { changes } from "../../audit/changes.ts"
import { Actor } from "../../core/Actor.ts"
import * as Id from "../../core/Id.ts"
import * as Money from "../../money/Money.ts"
import type { BankStatement } from "../BankStatement.ts"
import type { BankCalendar } from "../BankCalendar.ts"
import type { ReconciliationStore } from "../ReconciliationStore.ts"
import type { SettlementAccount, SettlementAccountId, SettlementStatement } from "../SettlementAccount.ts"
import type { StatementLineItem } from "../SettlementItem.ts"
import {
  StatementAccountUnknown,
  StatementAmountTooLarge,
  StatementConflict,
  StatementGap,
  StatementOutOfOrder
} from "../SettlementRefusal.ts"
import { bareNumber, contentHash, linesOf } from "./settlementLines.ts"

/** A statement of a document, and whether it was new. */
export interface StatementImport {
  readonly statement: SettlementStatement
  readonly isNew: boolean
}

/** Why a statement was not imported. */
export type StatementRefusal =
  | StatementAccountUnknown
  | StatementAmountTooLarge
  | StatementConflict
  | StatementGap
  | StatementOutOfOrder

interface Importing {
  readonly audit: AuditTrail["Service"]
  readonly calendar: BankCalendar["Service"]
  readonly store: ReconciliationStore["Service"]
}

/** The account that a statement is of: the one in its currency, if that has its number. */
const accountOf = (accounts: ReadonlyArray<SettlementAccount>, { header }: BankStatement) => {
  const { currency } = header.closing.amount
  const number = bareNumber(Redacted.value(header.account.number))
  return accounts.find((each) => each.currency === currency && Redacted.value(each.number) === number)
}

/** How many whole numbers are between two that the other bank counts its statements by. */
const skippedBetween = (last: string | null, next: string | null): number => {
  const isNumber = (text: string | null): text is string => text !== null && /^\d{1,15}$/u.test(text)
  return isNumber(last) && isNumber(next) ? Math.max(0, Number(next) - Number(last) - 1) : 0
}

/** Works in a transaction. Gives what became of each statement, and the accounts that have new ones, locked and not yet saved. */
export const makeImport = ({ audit, calendar, store }: Importing) => {
  /** Statements follow each other without a gap, by balance and by day. */
  const requireNext = Effect.fnUntraced(function* (
    { id: accountId, last }: SettlementAccount,
    { header }: BankStatement
  ) {
    if (last === null) return
    const { closing, id: statementId, opening } = header
    const named = { accountId, statementId, after: last.statementId }
    if (last.on !== null && closing.on !== null && closing.on < last.on) {
      return yield* new StatementOutOfOrder({ ...named, closedOn: closing.on, lastClosedOn: last.on })
    }
    const missing = Money.fromMinor(opening.amount.amount - last.closing.amount, closing.amount.currency)
    if (Money.isZero(missing)) return
    return yield* new StatementGap({ ...named, expected: last.closing, opening: opening.amount, missing })
  })

  const requireStorable = Effect.fnUntraced(function* (
    { accountId, closing, opening, statementId }: SettlementStatement,
    lines: ReadonlyArray<StatementLineItem>
  ) {
    const refuse = (position: number) => new StatementAmountTooLarge({ accountId, statementId, position })
    if (!Money.isStorable(opening) || !Money.isStorable(closing)) return yield* refuse(0)
    const large = lines.find(({ amount }) => !Money.isStorable(amount))
    return large === undefined ? undefined : yield* refuse(large.position)
  })

  const insert = Effect.fnUntraced(function* (account: SettlementAccount, document: BankStatement, hash: string) {
    const { closing, id: statementId, opening, sequenceNumber } = document.header
    const statement: SettlementStatement = {
      id: yield* Id.make("stmt"),
      tenant: account.tenant,
      accountId: account.id,
      number: account.statements + 1,
      statementId,
      sequenceNumber,
      skipped: skippedBetween(account.last?.sequenceNumber ?? null, sequenceNumber),
      opening: opening.amount,
      closing: closing.amount,
      closedOn: closing.on,
      lines: document.totals.bookedEntries,
      contentHash: hash,
      importedAt: yield* DateTime.now,
      importedBy: (yield* Actor).id
    }
    const lines = yield* linesOf(document, statement, yield* calendar.today)
    yield* requireStorable(statement, lines)
    const inserted = yield* store.insertStatement(statement)
    if (!inserted)
      return yield* Effect.die(new RangeError(`The statement ${statement.id} came while its account was locked`))
    yield* store.addItems(lines)
    const { accountId, id, number, skipped, opening: from, closing: to, lines: count } = statement
    yield* audit.record({
      action: "banking.import-statement",
      subject: { type: "settlement-account", id: accountId },
      changes: changes(null, { id, number, skipped, statementId, opening: from, closing: to, lines: count })
    })
    return statement
  })

  return Effect.fn("StatementReconciliation.import")(function* (documents: ReadonlyArray<BankStatement>) {
    const { tenant } = yield* Actor
    const known = yield* store.accounts(tenant)
    const wanted = yield* Effect.forEach(documents, (document) => {
      const { closing, id: statementId } = document.header
      const account = accountOf(known, document)
      return account === undefined
        ? new StatementAccountUnknown({ statementId, currency: closing.amount.currency })
        : Effect.succeed({ document, accountId: account.id })
    })
    const locked = yield* store.lockAccounts(
      tenant,
      wanted.map(({ accountId }) => accountId)
    )
    const accounts = new Map(locked.map((account) => [account.id, account]))
    const changed = new Set<SettlementAccountId>()
    const statements: Array<StatementImport> = []
    for (const { accountId, document } of wanted) {
      const account = accounts.get(accountId)
      if (account === undefined) return yield* Effect.die(new RangeError(`The settlement account ${accountId} is gone`))
      const { closing, id: statementId, sequenceNumber } = document.header
      const hash = contentHash(document)
      const found = Option.getOrUndefined(yield* store.findStatement(tenant, accountId, statementId))
      if (found !== undefined) {
        if (found.contentHash !== hash) return yield* new StatementConflict({ accountId, statementId })
        statements.push({ statement: found, isNew: false })
        continue
      }
      yield* requireNext(account, document)
      const statement = yield* insert(account, document, hash)
      accounts.set(accountId, {
        ...account,
        statements: statement.number,
        last: { statementId, sequenceNumber, closing: closing.amount, on: closing.on }
      })
      changed.add(accountId)
      statements.push({ statement, isNew: true })
    }
    return { statements, changed: [...accounts.values()].filter(({ id }) => changed.has(id)) }
  })
}
