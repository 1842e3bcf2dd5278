/**
 * The days of one deposit account in their order: the fees of a month on its first day, then interest day by day.
 */
import * as Effect from "effect/Effect"
import { asSystem } from "../../core/Actor.ts"
import * as Id from "../../core/Id.ts"
import type { Ledger } from "../../ledger/Ledger.ts"
import * as Money from "../../money/Money.ts"
import * as LocalDate from "../../time/LocalDate.ts"
import type { AccountHolders } from "../AccountHolders.ts"
import type { BankBooks } from "../BankBooks.ts"
import { startOf } from "../calendarPeriods.ts"
import type { DepositAccount } from "../DepositAccount.ts"
import type { DepositAccountStore } from "../DepositAccountStore.ts"
import type { DepositProducts } from "../DepositProducts.ts"
import { type FeeFacts, quote as quoteFees } from "../fees.ts"
import { productOf } from "./depositAccess.ts"
import { makeDepositInterest } from "./depositInterest.ts"
import { bookUnhindered, kinds, moving } from "./ledgerLines.ts"
import * as Option from "effect/Option"

/** The event that brings the fees of a month. */
export const monthly = "monthly"

interface Needs {
  readonly ledger: Ledger["Service"]
  readonly bankBooks: BankBooks["Service"]
  readonly holders: AccountHolders["Service"]
  readonly products: DepositProducts["Service"]
  readonly store: DepositAccountStore["Service"]
}

/** The last day that may be taken in one step with a day: before the next first of a month, whose fees come first. */
const lastOfStep = (from: LocalDate.LocalDate, through: LocalDate.LocalDate): LocalDate.LocalDate =>
  LocalDate.min(through, LocalDate.endOfMonth(from))

/** From when on events may count towards an allowance: a week may begin in the year before. */
const countedFrom = (on: LocalDate.LocalDate): LocalDate.LocalDate =>
  LocalDate.min(startOf("year", on), startOf("week", on))

/** The days of accounts; everything runs in the caller's transaction, with the account locked, and as the tenant's system. */
export const makeDepositDays = ({ bankBooks, holders, ledger, products, store }: Needs) => {
  const interest = makeDepositInterest(ledger, bankBooks)
  const termsOf = (account: DepositAccount) => productOf(products, account).interest

  /** What an event costs now, by the balance now or at the end of a day by value date. */
  const quote = Effect.fnUntraced(function* (
    account: DepositAccount,
    facts: Pick<FeeFacts, "amount" | "event" | "on">,
    balanceOn?: LocalDate.LocalDate
  ) {
    const fees = productOf(products, account).fees.filter(({ event }) => event === facts.event)
    // Most events cost nothing, and then nothing has to be known about the account or its customer.
    if (fees.length === 0) return { items: [], total: Money.zero(account.currency) }
    const asOf = balanceOn === undefined ? {} : { valueOn: balanceOn }
    const { balance } = yield* ledger
      .balance(account.ledgerAccountId, asOf)
      .pipe(asSystem(account.tenant), Effect.orDie)
    const holder = Option.getOrUndefined(yield* holders.find(account.tenant, account.customerId))
    const earlier = yield* store.events(account.tenant, account.id, countedFrom(facts.on))
    return yield* Effect.orDie(
      Effect.fromResult(
        quoteFees(fees, {
          ...facts,
          balance,
          openedOn: account.openedOn,
          customerTags: holder?.tags ?? [],
          ...(holder?.bornOn === undefined ? {} : { bornOn: holder.bornOn }),
          earlier
        })
      )
    )
  })

  const chargeMonth = Effect.fnUntraced(function* (account: DepositAccount, on: LocalDate.LocalDate) {
    const { currency, id, ledgerAccountId, tenant } = account
    const amount = Money.zero(currency)
    const { items } = yield* quote(account, { event: monthly, on, amount }, LocalDate.addDays(on, -1))
    if (items.length === 0) return
    const fees = yield* bankBooks.account(tenant, "fees", currency)
    const operations = items
      .filter((item) => !Money.isZero(item.amount))
      .map((item) =>
        moving(ledgerAccountId, fees.id, item.amount, { code: kinds.fee, description: item.label, valueOn: on })
      )
    yield* bookUnhindered(ledger, ledgerAccountId, `deposit fees ${id} ${on}`, operations)
    yield* store.addEvent({ id: yield* Id.make("depev"), tenant, accountId: id, event: monthly, on, amount })
  })

  /** The next days of an account, a month's at most and through a day at the latest; not saved. */
  const step = Effect.fnUntraced(function* (account: DepositAccount, through: LocalDate.LocalDate) {
    const on = account.accrual.state.nextOn
    if (LocalDate.day(on) === 1 && on > account.openedOn) yield* chargeMonth(account, on)
    return yield* interest.take(account, termsOf(account), lastOfStep(on, through))
  })

  const throughDay = Effect.fnUntraced(function* (account: DepositAccount, through: LocalDate.LocalDate) {
    let taken = account
    while (taken.accrual.state.nextOn <= through) taken = yield* step(taken, through)
    return taken
  })

  return {
    quote,
    step,
    throughDay,
    /** Corrects days gone by once more, and posts everything. */
    settle: (account: DepositAccount) => {
      const last = LocalDate.addDays(account.accrual.state.nextOn, -1)
      return Effect.flatMap(interest.take(account, termsOf(account), last), (taken) =>
        interest.settle(taken, termsOf(account))
      )
    },
    fromOpening: interest.fromOpening
  }
}
