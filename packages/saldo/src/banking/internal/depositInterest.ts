/**
 * The interest of one deposit account from day to day, with its entries in the books.
 *
 * What accrues in a day is booked that day, as expense against a debt to the customer (or as income against a claim on
 * an overdraft), in minor units whose sum is the rounded sum of the exact interest. When it is posted, the debt becomes
 * part of what the customer has. So the books owe at every day's end what the account would be worth.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { fromMicros, toMicros, type BookingTime } from "../../ledger/BookingTime.ts"
import type { AccountLine } from "../../ledger/JournalEntry.ts"
import type { Ledger } from "../../ledger/Ledger.ts"
import type { AccountId } from "../../ledger/LedgerAccount.ts"
import type { Post } from "../../ledger/LedgerCommand.ts"
import * as Money from "../../money/Money.ts"
import * as LocalDate from "../../time/LocalDate.ts"
import type { AccountSide, AccrualState } from "../AccrualState.ts"
import type { BankBooks } from "../BankBooks.ts"
import type { DepositAccount } from "../DepositAccount.ts"
import { type Accrual, accrue, type DayBalance, type InterestPosting, postAll, start } from "../interestAccrual.ts"
import { correction } from "../interestCorrection.ts"
import type { InterestTerms } from "../InterestTerms.ts"
import { amountOf, bookUnhindered, kinds, linesOf, moving } from "./ledgerLines.ts"

/** Where an account's interest is booked. */
interface InterestBooks {
  readonly account: AccountId
  readonly expense: AccountId
  readonly income: AccountId
  readonly payable: AccountId
  readonly receivable: AccountId
}

/** Entries for interest that has accrued: above zero for the customer, on the side of money or of an overdraft. */
const accrued = (books: InterestBooks, side: AccountSide, amount: Money.Money, valueOn: LocalDate.LocalDate) => {
  if (Money.isZero(amount)) return []
  const described = { code: "interest-accrued", valueOn }
  return side === "credit"
    ? [moving(books.expense, books.payable, amount, described)]
    : [moving(books.income, books.receivable, amount, described)]
}

/** The entry by which accrued interest becomes part of the balance. */
const posted = (books: InterestBooks, { amount, on, side }: InterestPosting, description: string): Post =>
  moving(side === "credit" ? books.payable : books.receivable, books.account, amount, {
    code: kinds.interest,
    description,
    valueOn: on
  })

/** The balance at the end of each day on which lines changed it, without posted interest, from the day before `from` on. */
const balancesOf = (
  opening: bigint,
  lines: ReadonlyArray<AccountLine>,
  from: LocalDate.LocalDate,
  currency: string
): ReadonlyArray<DayBalance> => {
  const before = LocalDate.addDays(from, -1)
  const changes = new Map<LocalDate.LocalDate, bigint>([[before, opening]])
  for (const line of lines) {
    if (line.code === kinds.interest) continue
    const on = LocalDate.max(line.valueOn, before)
    changes.set(on, (changes.get(on) ?? 0n) + amountOf(line).amount)
  }
  let balance = 0n
  return [...changes]
    .sort(([left], [right]) => LocalDate.compare(left, right))
    .map(([on, change]) => ({ on, balance: Money.fromMinor((balance += change), currency) }))
}

/** The interest of deposit accounts in the books of a tenant; everything runs in the caller's transaction and as its system. */
export const makeDepositInterest = (ledger: Ledger["Service"], bankBooks: BankBooks["Service"]) => {
  const booksOf = Effect.fnUntraced(function* ({ currency, ledgerAccountId, tenant }: DepositAccount) {
    const id = (purpose: Parameters<BankBooks["Service"]["account"]>[1]) =>
      Effect.map(bankBooks.account(tenant, purpose, currency), (account) => account.id)
    return {
      account: ledgerAccountId,
      expense: yield* id("interest-expense"),
      income: yield* id("interest-income"),
      payable: yield* id("accrued-interest-payable"),
      receivable: yield* id("accrued-interest-receivable")
    }
  })

  /** An accrual from the account's first day through a day, by what was booked until a time. */
  const fromOpening = Effect.fnUntraced(function* (
    account: DepositAccount,
    terms: InterestTerms,
    through: LocalDate.LocalDate,
    knownAt: BookingTime | null
  ) {
    const filter = { valueTo: through, ...(knownAt === null ? {} : { bookedTo: knownAt }) }
    const lines = knownAt === null ? [] : yield* linesOf(ledger, account.ledgerAccountId, filter)
    const balances = balancesOf(0n, lines, account.openedOn, account.currency)
    return Result.getOrThrow(accrue({ terms, state: start(account.openedOn), balances, through }))
  })

  const onward = Effect.fnUntraced(function* (
    account: DepositAccount,
    terms: InterestTerms,
    state: AccrualState,
    through: LocalDate.LocalDate,
    knownAt: BookingTime | null
  ) {
    const { currency, ledgerAccountId: id } = account
    if (knownAt === null) return Result.getOrThrow(accrue({ terms, state, balances: [], through }))
    const before = LocalDate.addDays(state.nextOn, -1)
    const opening = yield* Effect.orDie(ledger.balance(id, { valueOn: before, knownAt }))
    const within = { valueFrom: state.nextOn, valueTo: through, bookedTo: knownAt }
    const lines = yield* linesOf(ledger, id, within)
    // What a correction has posted in `state` is not in the ledger yet.
    const { credit, debit } = account.accrual.state
    const without = opening.balance.amount - credit.posted + debit.posted
    const balances = balancesOf(without, lines, state.nextOn, currency)
    return Result.getOrThrow(accrue({ terms, state, balances, through }))
  })

  /** What lines that were booked for days gone by change about them. */
  const corrected = Effect.fnUntraced(function* (
    account: DepositAccount,
    terms: InterestTerms,
    knownAt: BookingTime | null
  ) {
    const { state } = account.accrual
    const last = LocalDate.addDays(state.nextOn, -1)
    const before = yield* fromOpening(account, terms, last, account.accrual.knownAt)
    const after = yield* fromOpening(account, terms, last, knownAt)
    return { state: after.state, ...correction(terms, { state, postings: before.postings }, after) }
  })

  /**
   * Takes an account's interest through a day: corrects days gone by for lines that were booked since, accrues and books
   * every day, posts what is due, and gives the account as it is to be saved.
   */
  const take = Effect.fnUntraced(function* (
    account: DepositAccount,
    terms: InterestTerms | null,
    through: LocalDate.LocalDate
  ) {
    const { knownAt, state } = account.accrual
    if (terms === null) {
      return { ...account, accrual: { knownAt, state: { ...state, nextOn: LocalDate.addDays(through, 1) } } }
    }
    const since = knownAt === null ? {} : { bookedFrom: fromMicros(toMicros(knownAt) + 1) }
    const fresh = yield* linesOf(ledger, account.ledgerAccountId, since)
    const known = fresh.at(-1)?.bookedAt ?? knownAt
    const backdated = fresh.some(({ code, valueOn }) => code !== kinds.interest && valueOn < state.nextOn)
    const past = backdated && state.nextOn > account.openedOn ? yield* corrected(account, terms, known) : undefined
    const run: Accrual = yield* onward(account, terms, past?.state ?? state, through, known)
    const books = yield* booksOf(account)
    const last = LocalDate.addDays(state.nextOn, -1)
    const operations = [
      ...(past === undefined
        ? []
        : (["credit", "debit"] as const).flatMap((side) => accrued(books, side, past.accrued[side], last))),
      ...run.days.flatMap(({ booked, on, side }) => accrued(books, side, booked, on)),
      ...(past?.postings ?? []).map((posting) => posted(books, posting, `Correction of the interest of ${posting.on}`)),
      ...run.postings.map((posting) => posted(books, posting, `Interest through ${LocalDate.addDays(posting.on, -1)}`))
    ]
    yield* bookUnhindered(ledger, account.ledgerAccountId, `deposit interest ${account.id} ${state.nextOn}`, operations)
    return { ...account, accrual: { knownAt: known, state: run.state } }
  })

  /** Posts all that has accrued, on a day, for an account that is being closed. */
  const settle = Effect.fnUntraced(function* (account: DepositAccount, terms: InterestTerms | null) {
    if (terms === null) return account
    const { postings, state } = postAll(terms, account.accrual.state)
    const books = yield* booksOf(account)
    const operations = postings.map((posting) => ({
      ...posted(books, posting, `Interest through ${LocalDate.addDays(posting.on, -1)}`),
      allowFutureValue: true
    }))
    yield* bookUnhindered(ledger, account.ledgerAccountId, `deposit settlement ${account.id}`, operations)
    return { ...account, accrual: { ...account.accrual, state } }
  })

  return { take, settle, fromOpening }
}
