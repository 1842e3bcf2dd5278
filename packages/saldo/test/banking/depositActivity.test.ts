/**
 * Random months of activity, with value dates in the past and days that are ended late, against interest reckoned by
 * brute force from the movements alone.
 */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { as, system } from "saldo/core/Actor"
import { Ledger } from "saldo/ledger/Ledger"
import { AccountCode } from "saldo/ledger/LedgerAccount"
import * as Money from "saldo/money/Money"
import { divide } from "saldo/money/rounding"
import * as LocalDate from "saldo/time/LocalDate"
import { bank, deposit, endOfDay, goTo, key, openFor, product, tenant, trialBalance, withdraw } from "./depositBank.ts"
import { date, side, termsOf } from "./interestTermsOf.ts"

interface Movement {
  readonly on: LocalDate.LocalDate
  readonly amount: bigint
}

/** Numbers from 0 to below 1, the same for the same seed (Numerical Recipes' LCG). */
const numbersOf = (seed: number) => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Interest of 3.65 % in 10⁻⁶ minor units, day by day, on the movements of everything but interest. */
const bruteForce = (movements: ReadonlyArray<Movement>, from: LocalDate.LocalDate, through: LocalDate.LocalDate) => {
  let accrued = 0n
  let posted = 0n
  for (let on = from; on <= through; on = LocalDate.addDays(on, 1)) {
    if (LocalDate.day(on) === 1) posted = divide(accrued, 10_000n, "halfEven")
    for (const movement of movements) if (movement.on <= on) accrued += movement.amount
  }
  return { accrued: divide(accrued, 10_000n, "halfEven"), posted }
}

const decimal = (amount: bigint) => Money.toDecimal(Money.fromMinor(amount, "SEK"))
const first = date("2025-11-17")
const days = 150

const live = Effect.fnUntraced(function* (seed: number) {
  const next = numbersOf(seed)
  const ledger = yield* Ledger
  yield* goTo(first)
  const account = yield* openFor()
  const movements: Array<Movement> = []
  let balance = 0n
  const move = (on: LocalDate.LocalDate, amount: bigint) => {
    movements.push({ on, amount })
    balance += amount
  }
  const backdated = Effect.fnUntraced(
    function* (on: LocalDate.LocalDate, amount: bigint) {
      const till = yield* ledger.accountByCode(AccountCode.make("bank.cash.SEK"))
      const money = Money.fromMinor(amount, "SEK")
      yield* ledger.post({
        key: key(`late ${movements.length}`),
        valueOn: on,
        postings: [
          { accountId: till.id, side: "debit", amount: money },
          { accountId: account.ledgerAccountId, side: "credit", amount: money }
        ]
      })
      move(on, amount)
    },
    as(system(tenant))
  )

  yield* deposit(account.id, "1000.00")
  move(first, 100_000n)
  for (let day = 0; day < days; day++) {
    const today = LocalDate.addDays(first, day)
    yield* goTo(today)
    const amount = BigInt(Math.floor(next() * 5_000_000)) + 1n
    const kind = next()
    if (kind < 0.2) {
      yield* deposit(account.id, decimal(amount))
      move(today, amount)
    } else if (kind < 0.3 && amount < balance) {
      yield* withdraw(account.id, decimal(amount))
      move(today, -amount)
    } else if (kind < 0.38) {
      yield* backdated(LocalDate.addDays(today, -Math.floor(next() * (day + 1))), amount)
    }
    if (next() < 0.35) yield* endOfDay(LocalDate.addDays(today, -Math.floor(next() * 3)))
    yield* trialBalance
  }
  const last = LocalDate.addDays(first, days - 1)
  yield* endOfDay(last)
  const expected = bruteForce(movements, first, last)
  const books = yield* trialBalance
  expect(expected.posted).toBeGreaterThan(0n)
  expect(books[`bank.deposit.${account.id}`]).toBe(decimal(balance + expected.posted))
  expect(books["bank.accrued-interest-payable.SEK"]).toBe(decimal(expected.accrued - expected.posted))
  expect(books["bank.interest-expense.SEK"]).toBe(decimal(expected.accrued))
})

const layer = bank({ products: [product({ interest: termsOf({ credit: side("3.65", { posting: "monthly" }) }) })] })

describe("months of activity", () => {
  it.effect.each(Array.from({ length: 12 }, (_, index) => index + 1))(
    "bear the interest of brute force (seed %i)",
    (seed) => live(seed).pipe(Effect.provide(layer))
  )
})
