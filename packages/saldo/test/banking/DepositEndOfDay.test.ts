import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { type DepositAccount } from "saldo/banking/DepositAccount"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DepositAccountStore } from "saldo/banking/DepositAccountStore"
import { DepositEndOfDay } from "saldo/banking/DepositEndOfDay"
import type { InterestTerms } from "saldo/banking/InterestTerms"
import { as, system } from "saldo/core/Actor"
import { Ledger } from "saldo/ledger/Ledger"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import vectors from "../fixtures/interest.json" with { type: "json" }
import {
  balanceOf,
  bank,
  current,
  customer,
  deposit,
  endOfDay,
  flat,
  goTo,
  key,
  openFor,
  product,
  sek,
  tenant,
  trialBalance,
  withdraw
} from "./depositBank.ts"
import { date, side, termsOf } from "./interestTermsOf.ts"

const vector = (id: string) => {
  const found = vectors.find((each) => each.id === id)
  if (found === undefined) throw new TypeError(`there is no vector ${id}`)
  return found
}

const savings = (terms: Partial<InterestTerms>) =>
  bank({ products: [product({ interest: termsOf(terms) }), current()] })

/** Books money on an account with a value date in the past. */
const backdate = (account: DepositAccount, amount: string, valueOn: string, name: string) =>
  Effect.gen(function* () {
    const ledger = yield* Ledger
    const cash = yield* Effect.orDie(ledger.accounts({ codePrefix: "bank.cash" }))
    const postings = [
      { accountId: cash.items[0]?.id ?? account.ledgerAccountId, side: "debit", amount: sek(amount) },
      { accountId: account.ledgerAccountId, side: "credit", amount: sek(amount) }
    ] as const
    yield* ledger.post({ key: key(name), postings, valueOn: date(valueOn) })
  }).pipe(as(system(tenant)))

describe("published vectors, through the bank", () => {
  it.effect("one day of interest, posted the day after (sav-daily-01)", () =>
    Effect.gen(function* () {
      const { inputs } = vector("sav-daily-01")
      yield* goTo("2026-03-01")
      const { id } = yield* openFor()
      yield* deposit(id, inputs.balance ?? "")
      yield* goTo("2026-03-03")
      yield* endOfDay("2026-03-02")
      expect(yield* balanceOf(id)).toBe("1000.27")
    }).pipe(Effect.provide(savings({ credit: side("10", { compounding: "daily", posting: "daily" }) })))
  )

  it.effect("interest on interest from the second day (sav-daily-02)", () =>
    Effect.gen(function* () {
      const { expected, inputs } = vector("sav-daily-02")
      yield* goTo("2026-03-01")
      const { id } = yield* openFor()
      yield* deposit(id, inputs.balance ?? "")
      yield* goTo("2026-03-04")
      yield* endOfDay("2026-03-03")
      const sum = Number(expected.firstDay) + Number(expected.secondDay)
      expect(yield* balanceOf(id)).toBe((10_000 + sum).toFixed(2))
    }).pipe(Effect.provide(savings({ credit: side("10", { compounding: "daily", posting: "daily" }) })))
  )

  it.effect("121 days of daily compounding, posted at the end of the year of accounts (sav-daily-04)", () =>
    Effect.gen(function* () {
      const { expected, inputs } = vector("sav-daily-04")
      yield* goTo(inputs.start ?? "")
      const { id } = yield* openFor()
      yield* deposit(id, inputs.balance ?? "")
      yield* goTo("2014-04-02")
      yield* endOfDay("2014-04-01")
      expect(yield* balanceOf(id)).toBe((1000 + Number(expected.interest)).toFixed(2))
    }).pipe(
      Effect.provide(
        bank({
          products: [
            product({
              offeredFrom: date("2010-01-01"),
              interest: termsOf({
                periodsFrom: date("2000-04-01"),
                credit: side("10", { compounding: "daily", posting: "yearly" })
              })
            })
          ]
        })
      )
    )
  )

  it.effect("quarterly posting, compounding each half year, closed after a year (fd-calc-01)", () =>
    Effect.gen(function* () {
      const { expected, inputs } = vector("fd-calc-01")
      yield* goTo("2025-03-05")
      const { customerId, id } = yield* openFor()
      yield* deposit(id, `${inputs.principal ?? ""}.00`)
      yield* goTo("2026-03-05")
      const to = yield* openFor("current", customerId)
      yield* DepositAccounts.use((accounts) => accounts.close({ key: key("mature"), accountId: id, to: to.id })).pipe(
        as(system(tenant))
      )
      expect(yield* balanceOf(to.id)).toBe(expected.maturityAmount)
      expect(yield* balanceOf(id)).toBe("0.00")
    }).pipe(
      Effect.provide(
        savings({
          dayCount: "30E/360",
          periodsFrom: date("2025-03-05"),
          credit: side("5", { compounding: "halfYearly", posting: "quarterly" })
        })
      )
    )
  )
})

describe("DepositEndOfDay", () => {
  it.effect("books what accrues each day, and makes it part of the balance when it is posted", () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-01")
      const { id } = yield* openFor()
      yield* deposit(id, "36500.00")
      yield* goTo("2026-03-31")
      expect(yield* endOfDay("2026-03-30")).toMatchObject({ accounts: 1, failed: [] })
      // 2.50 a day.
      expect(yield* trialBalance).toMatchObject({
        "bank.interest-expense.SEK": "75.00",
        "bank.accrued-interest-payable.SEK": "75.00"
      })
      expect(yield* balanceOf(id)).toBe("36500.00")
      yield* goTo("2026-04-02")
      yield* endOfDay("2026-04-01")
      expect(yield* balanceOf(id)).toBe("36577.50")
      expect(yield* trialBalance).toMatchObject({
        "bank.interest-expense.SEK": "80.00",
        "bank.accrued-interest-payable.SEK": "2.50"
      })
    }).pipe(Effect.provide(bank()))
  )

  it.effect("does nothing twice, whoever runs it again", () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-01")
      const { id } = yield* openFor()
      yield* deposit(id, "36500.00")
      yield* goTo("2026-04-10")
      yield* endOfDay("2026-04-09")
      const books = yield* trialBalance
      const head = (yield* Ledger.use((ledger) => ledger.entries()).pipe(as(system(tenant)))).items.length
      expect(yield* Effect.all([endOfDay("2026-04-09"), endOfDay("2026-03-15")])).toMatchObject([
        { accounts: 0, failed: [] },
        { accounts: 0, failed: [] }
      ])
      expect(yield* trialBalance).toEqual(books)
      expect((yield* Ledger.use((ledger) => ledger.entries()).pipe(as(system(tenant)))).items.length).toBe(head)
    }).pipe(Effect.provide(bank()))
  )

  it.effect("gives the same whether days are taken one by one or caught up at once", () =>
    Effect.gen(function* () {
      yield* goTo("2026-01-10")
      const early = yield* openFor()
      const late = yield* openFor()
      for (const { id } of [early, late]) yield* deposit(id, "12345.67")
      const stopped = yield* DepositAccountStore.use((store) => store.find(tenant, late.id))
      for (let on = date("2026-01-10"); on <= "2026-04-02"; on = LocalDate.addDays(on, 1)) {
        yield* goTo(on)
        yield* endOfDay(on)
      }
      const again = yield* DepositAccountStore.use((store) => store.find(tenant, early.id))
      expect(Option.getOrThrow(stopped).accrual.knownAt).toBeNull()
      expect(yield* balanceOf(early.id)).toBe(yield* balanceOf(late.id))
      const third = yield* openFor()
      expect(third.openedOn).toBe("2026-04-02")
      expect(Option.getOrThrow(again).accrual.state.nextOn).toBe("2026-04-03")
    }).pipe(Effect.provide(bank()))
  )

  it.effect("corrects interest for money that counts from an earlier day", () =>
    Effect.gen(function* () {
      yield* goTo("2026-01-01")
      const account = yield* openFor()
      yield* deposit(account.id, "36500.00")
      yield* goTo("2026-03-10")
      yield* endOfDay("2026-03-09")
      // 31 + 28 days at 2.50, posted on the first of each month.
      expect(yield* balanceOf(account.id)).toBe("36647.50")
      yield* backdate(account, "36500.00", "2026-02-01", "late money")
      yield* goTo("2026-03-11")
      yield* endOfDay("2026-03-10")
      const lines = yield* Ledger.use((ledger) => ledger.activity(account.ledgerAccountId)).pipe(as(system(tenant)))
      const interest = lines.items.filter(({ code }) => code === "interest")
      expect(interest.map(({ posted, valueOn }) => [valueOn, Money.toDecimal(posted)])).toEqual([
        ["2026-02-01", "77.50"],
        ["2026-03-01", "70.00"],
        ["2026-03-01", "70.00"]
      ])
      yield* trialBalance
    }).pipe(Effect.provide(bank()))
  )

  it.effect("charges the overdraft and the fees of a month, though they exceed what is granted", () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-15")
      const { id } = yield* openFor("current")
      yield* withdraw(id, "1000.00")
      yield* goTo("2026-04-02")
      yield* endOfDay("2026-04-01")
      // 17 days of 12 % on 1,000, and the fee.
      expect(yield* balanceOf(id)).toBe("-1034.59")
      const refused = yield* Effect.flip(withdraw(id, "0.01"))
      expect(refused._tag).toBe("InsufficientFunds")
      expect(yield* trialBalance).toMatchObject({ "bank.fees.SEK": "29.00", "bank.interest-income.SEK": "5.93" })
    }).pipe(Effect.provide(bank({ products: [current({ fees: [flat("month", "monthly", "29.00")] })] })))
  )

  it.effect("goes on with a blocked account, and keeps it blocked", () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-01")
      const { id, ledgerAccountId } = yield* openFor()
      yield* deposit(id, "36500.00")
      const accounts = yield* DepositAccounts
      yield* accounts.block(id).pipe(as(system(tenant)))
      yield* goTo("2026-04-02")
      yield* endOfDay("2026-04-01")
      expect(yield* balanceOf(id)).toBe("36577.50")
      const { frozen } = yield* Ledger.use((ledger) => ledger.account(ledgerAccountId)).pipe(as(system(tenant)))
      expect(frozen).toBe(true)
    }).pipe(Effect.provide(bank()))
  )

  it.effect("refuses a day that has not come, and people who may not", () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-01")
      expect((yield* Effect.flip(endOfDay("2026-03-02")))._tag).toBe("DayNotOver")
      const { customerId } = yield* openFor()
      const denied = yield* DepositEndOfDay.use((days) => days.run(date("2026-03-01"))).pipe(
        as(customer(customerId)),
        Effect.result
      )
      expect(Result.isFailure(denied) && denied.failure._tag).toBe("NotPermitted")
    }).pipe(Effect.provide(bank()))
  )
})
