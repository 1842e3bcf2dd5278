/**
 * A fault before or after any write of the end of a day, and of a withdrawal with its fee: what is run again afterwards
 * comes to what it would have come to, once.
 */
import { expect, it } from "@effect/vitest"
import { everyFault } from "@saldo/testing/FaultInjection"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { as } from "saldo/core/Actor"
import * as SqlStores from "saldo/sql/SqlStores"
import {
  balanceOf,
  bankOn,
  current,
  deposit,
  endOfDay,
  flat,
  goTo,
  officer,
  openFor,
  product,
  sek,
  trialBalance,
  withdraw
} from "./depositBank.ts"

const fees = [flat("month", "monthly", "10.00"), flat("out", "withdrawal", "1.00")]

/** A bank with one account of 36,500.00 on 28 March, two days before the end of the month is ended. */
const prepared = Layer.effectDiscard(
  Effect.gen(function* () {
    yield* goTo("2026-03-28")
    const { id } = yield* openFor("savings")
    yield* deposit(id, "36500.00")
    yield* goTo("2026-04-02")
  })
).pipe(
  Layer.provideMerge(
    bankOn(SqlStores.layer.pipe(Layer.provide(TestSqlite.layer)), { products: [product({ fees }), current()] })
  ),
  Layer.provideMerge(TestClock.layer())
)

const only = Effect.gen(function* () {
  const { items } = yield* DepositAccounts.use((accounts) => accounts.list()).pipe(as(officer))
  const [account] = items
  return account === undefined ? yield* Effect.die(new RangeError("the account is gone")) : account
})

it.live(
  "the end of a day, stopped anywhere and run again, does everything once",
  () =>
    Effect.gen(function* () {
      const report = yield* everyFault(prepared, endOfDay("2026-04-01"), () =>
        Effect.gen(function* () {
          yield* trialBalance
          yield* endOfDay("2026-04-01")
          const { id } = yield* only
          // Four days at 2.50 posted on 1 April, and the fee of the month; 1 April itself is accrued.
          expect(yield* balanceOf(id)).toBe("36500.00")
          expect(yield* trialBalance).toMatchObject({
            "bank.fees.SEK": "10.00",
            "bank.interest-expense.SEK": "12.50",
            "bank.accrued-interest-payable.SEK": "2.50"
          })
        })
      )
      expect(report.writes).toBeGreaterThan(10)
    }),
  120_000
)

it.live(
  "a withdrawal with its fee happens once, or not at all",
  () =>
    Effect.gen(function* () {
      const take = Effect.flatMap(only, ({ id }) => withdraw(id, "500.00", "take"))
      yield* everyFault(prepared, take, (exit) =>
        Effect.gen(function* () {
          const { id } = yield* only
          if (exit._tag === "Success") expect(exit.value.fee).toEqual(sek("1.00"))
          expect(["36500.00", "35999.00"]).toContain(yield* balanceOf(id))
          yield* trialBalance
          yield* take
          expect(yield* balanceOf(id)).toBe("35999.00")
          expect(yield* trialBalance).toMatchObject({ "bank.fees.SEK": "1.00", "bank.cash.SEK": "36000.00" })
        })
      )
    }),
  120_000
)
