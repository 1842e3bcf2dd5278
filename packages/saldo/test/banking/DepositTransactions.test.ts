import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DepositStatements } from "saldo/banking/DepositStatements"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import { Fee } from "saldo/banking/Fee"
import { as, system } from "saldo/core/Actor"
import * as Id from "saldo/core/Id"
import { Ledger } from "saldo/ledger/Ledger"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
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
  officer,
  openFor,
  product,
  sek,
  tenant,
  transfer,
  trialBalance,
  withdraw
} from "./depositBank.ts"
import { date } from "./interestTermsOf.ts"

const percent = Fee.make({
  id: Fee.fields.id.make("cash"),
  label: "Cash",
  event: "withdrawal",
  price: {
    kind: "percent",
    rate: Rate.periodicPercent("1"),
    minimum: sek("10.00"),
    maximum: sek("50.00")
  },
  waivers: [],
  rounding: "halfEven"
})

const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

describe("DepositTransactions", () => {
  it.effect("charges the fee with the money, or does neither", () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-10")
      const { id } = yield* openFor("current")
      yield* deposit(id, "500.00")
      expect(yield* withdraw(id, "100.00")).toMatchObject({ fee: sek("10.00") })
      expect(yield* withdraw(id, "1370.00")).toMatchObject({ fee: sek("13.70") })
      // 6.30 are left of the overdraft: enough for the amount, and not for the fee.
      expect(yield* tagOf(withdraw(id, "6.30"))).toBe("InsufficientFunds")
      expect(yield* balanceOf(id)).toBe("-993.70")
      expect(yield* trialBalance).toMatchObject({ "bank.fees.SEK": "23.70", "bank.cash.SEK": "-970.00" })
      const items = yield* DepositTransactions.use((transactions) =>
        transactions.quote(id, "withdrawal", sek("99999.00"))
      ).pipe(as(officer))
      expect(items).toMatchObject([{ outcome: "charged", amount: sek("50.00") }])
    }).pipe(Effect.provide(bank({ products: [current({ fees: [percent] })] })))
  )

  it.effect("happens once for its key, and keeps a refusal for ever", () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-10")
      const { id } = yield* openFor("savings")
      const first = yield* deposit(id, "100.00", "pay-in")
      expect(yield* deposit(id, "100.00", "pay-in")).toEqual(first)
      expect(yield* tagOf(deposit(id, "200.00", "pay-in"))).toBe("IdempotencyMismatch")
      expect(yield* tagOf(withdraw(id, "150.00", "out"))).toBe("InsufficientFunds")
      yield* deposit(id, "100.00")
      expect(yield* tagOf(withdraw(id, "150.00", "out"))).toBe("InsufficientFunds")
      yield* withdraw(id, "150.00", "k".repeat(255))
      expect(yield* balanceOf(id)).toBe("50.00")
    }).pipe(Effect.provide(bank()))
  )

  it.effect("moves money between a customer's accounts and to others, and nobody else's", () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-10")
      const anna = yield* openFor("current")
      const annas = yield* openFor("savings", anna.customerId)
      const bo = yield* openFor("current")
      yield* deposit(anna.id, "100.00")
      const asAnna = as(customer(anna.customerId))
      yield* transfer(anna.id, annas.id, "40.00").pipe(asAnna)
      yield* transfer(anna.id, bo.id, "50.00").pipe(asAnna)
      expect(yield* Effect.forEach([anna, annas, bo], ({ id }) => balanceOf(id))).toEqual(["10.00", "40.00", "50.00"])
      expect(yield* tagOf(transfer(bo.id, anna.id, "1.00").pipe(asAnna))).toBe("DepositAccountNotFound")
      expect(yield* tagOf(transfer(anna.id, anna.id, "1.00").pipe(asAnna))).toBe("DestinationUnsuitable")
      expect(yield* tagOf(transfer(anna.id, yield* Id.make("dep"), "1.00").pipe(asAnna))).toBe("DepositAccountNotFound")
      expect(yield* tagOf(transfer(anna.id, bo.id, "0.00").pipe(asAnna))).toBe("DepositAmountInvalid")
      expect(yield* tagOf(transfer(annas.id, bo.id, "40.01").pipe(asAnna))).toBe("InsufficientFunds")
      const counted = { key: key("self"), accountId: anna.id, amount: sek("1000.00") }
      expect(yield* tagOf(DepositTransactions.use(({ deposit }) => deposit(counted)).pipe(asAnna))).toBe("NotPermitted")
      const stranger = as(customer(anna.customerId, "other bank"))
      expect(yield* tagOf(transfer(anna.id, bo.id, "1.00").pipe(stranger))).toBe("DepositAccountNotFound")
    }).pipe(Effect.provide(bank()))
  )

  it.effect("records each act and each refusal in the trail", () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-10")
      const { id } = yield* openFor("savings")
      yield* deposit(id, "100.00")
      yield* Effect.flip(withdraw(id, "150.00", "out"))
      yield* Effect.flip(withdraw(id, "150.00", "out"))
      const { items } = yield* AuditTrail.use((trail) => trail.query()).pipe(as(system(tenant)))
      const own = items.filter(({ action }) => action.startsWith("banking."))
      expect(
        own
          .map(({ action, actor, outcome, reason }) => [action, actor.id, outcome, reason])
          .toSorted((a, b) => `${a[0]}`.localeCompare(`${b[0]}`))
      ).toEqual([
        ["banking.deposit", "officer", "succeeded", null],
        ["banking.open-account", "officer", "succeeded", null],
        ["banking.withdraw", "officer", "refused", "InsufficientFunds"]
      ])
    }).pipe(Effect.provide(bank()))
  )

  it.effect("counts the withdrawals of a period, and wants those of an account with notice announced", () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-10")
      const { id } = yield* openFor("savings")
      yield* deposit(id, "1000.00")
      expect(yield* tagOf(withdraw(id, "100.00"))).toBe("WithdrawalNotAnnounced")
      const announced = { key: key("notice"), accountId: id, amount: sek("300.00") }
      yield* DepositTransactions.use((transactions) => transactions.announce(announced)).pipe(as(officer))
      yield* goTo("2026-03-16")
      expect(yield* tagOf(withdraw(id, "100.00"))).toBe("WithdrawalNotAnnounced")
      yield* goTo("2026-03-17")
      yield* withdraw(id, "100.00")
      expect(yield* withdraw(id, "100.00")).toMatchObject({ fee: sek("25.00") })
      expect(yield* tagOf(withdraw(id, "100.01"))).toBe("WithdrawalNotAnnounced")
      yield* withdraw(id, "100.00")
      expect(yield* balanceOf(id)).toBe("650.00")
    }).pipe(
      Effect.provide(
        bank({
          products: [
            product({
              noticeDays: 7,
              fees: [flat("extra", "extra-withdrawal", "25.00")],
              withdrawals: { count: 1, per: "month", excess: { kind: "charge", event: "extra-withdrawal" } }
            })
          ]
        })
      )
    )
  )

  it.effect("refuses one withdrawal more than the product has, and a first deposit that is too small", () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-10")
      const { id } = yield* openFor("savings")
      expect(yield* tagOf(deposit(id, "99.99"))).toBe("OpeningDepositTooSmall")
      yield* deposit(id, "100.00")
      yield* deposit(id, "1.00")
      yield* withdraw(id, "1.00")
      expect(yield* tagOf(withdraw(id, "1.00"))).toBe("WithdrawalsUsedUp")
    }).pipe(
      Effect.provide(
        bank({
          products: [
            product({
              minimumOpening: sek("100.00"),
              withdrawals: { count: 1, per: "year", excess: { kind: "refuse" } }
            })
          ]
        })
      )
    )
  )
})

describe("DepositAccounts", () => {
  it.effect("opens accounts for active customers on what is offered, once for a key", () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-10")
      const accounts = yield* DepositAccounts
      const { customerId } = yield* openFor("savings")
      const opening = { key: key("open"), customerId, productId: product().id }
      const opened = yield* accounts.open(opening).pipe(as(officer))
      expect(yield* accounts.open(opening).pipe(as(officer))).toEqual(opened)
      expect(yield* tagOf(accounts.open({ ...opening, key: key("2") }).pipe(as(customer(customerId))))).toBe(
        "NotPermitted"
      )
      const mine = yield* accounts.list().pipe(as(customer(customerId)))
      expect(mine.items).toHaveLength(2)
      const other = yield* openFor("savings")
      expect((yield* accounts.list({ customerId: other.customerId }).pipe(as(customer(customerId)))).items).toEqual([])
      expect(yield* tagOf(accounts.find(other.id).pipe(as(customer(customerId))))).toBe("DepositAccountNotFound")
      expect(yield* accounts.find(other.id).pipe(as(officer))).toEqual(other)
      yield* trialBalance
    }).pipe(Effect.provide(bank()))
  )

  it.effect("refuses customers that are missing or not active, and products that are not offered yet", () =>
    Effect.gen(function* () {
      yield* goTo("2019-12-31")
      expect(yield* tagOf(openFor("savings"))).toBe("ProductNotOffered")
      yield* goTo("2026-01-01")
      expect(yield* tagOf(openFor("nothing"))).toBe("ProductNotOffered")
      const off = yield* Id.make("cust")
      const reasons = bank({ holder: (id) => (id === off ? { active: false, tags: [] } : undefined) })
      const missing = yield* Effect.flip(openFor("savings")).pipe(Effect.provide(reasons))
      const inactive = yield* Effect.flip(openFor("savings", off)).pipe(Effect.provide(reasons))
      expect([missing, inactive]).toMatchObject([{ reason: "missing" }, { reason: "inactive" }])
    }).pipe(Effect.provide(bank()))
  )

  it.effect("closes an account with its interest, when nothing is held and somewhere is named for the money", () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-01")
      const { customerId, id, ledgerAccountId } = yield* openFor("savings")
      const to = yield* openFor("current", customerId)
      yield* deposit(id, "36500.00")
      yield* goTo("2026-03-11")
      const accounts = yield* DepositAccounts
      const close = (name: string, where?: typeof id) =>
        accounts
          .close({ key: key(name), accountId: id, ...(where === undefined ? {} : { to: where }) })
          .pipe(as(officer))
      expect(yield* tagOf(close("1"))).toBe("DestinationUnsuitable")
      const ledger = yield* Ledger
      const holdId = yield* Id.make("hold")
      const hold = { key: key("h"), holdId, debit: ledgerAccountId, credit: to.ledgerAccountId, amount: sek("1.00") }
      yield* ledger.placeHold(hold).pipe(as(system(tenant)))
      expect(yield* tagOf(close("2", to.id))).toBe("AccountNotEmpty")
      yield* ledger.voidHold({ key: key("v"), holdId }).pipe(as(system(tenant)))
      const closed = yield* close("3", to.id)
      expect(closed).toMatchObject({ state: "closed", closedOn: "2026-03-11" })
      expect(yield* close("3", to.id)).toEqual(closed)
      // Ten days at 2.50.
      expect(yield* balanceOf(to.id)).toBe("36525.00")
      expect(yield* tagOf(close("4", to.id))).toBe("DepositAccountNotOpen")
      expect(yield* tagOf(deposit(id, "1.00"))).toBe("DepositAccountNotOpen")
      expect(yield* trialBalance).toMatchObject({ "bank.accrued-interest-payable.SEK": "0.00" })
    }).pipe(Effect.provide(bank()))
  )

  it.effect("does not close what owes money, and blocks money in and out", () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-10")
      const { id } = yield* openFor("current")
      yield* withdraw(id, "10.00")
      const accounts = yield* DepositAccounts
      expect(yield* tagOf(accounts.close({ key: key("c"), accountId: id }).pipe(as(officer)))).toBe(
        "OverdraftNotRepaid"
      )
      expect(yield* accounts.block(id).pipe(as(officer))).toMatchObject({ state: "blocked" })
      yield* accounts.block(id).pipe(as(officer))
      expect(yield* tagOf(deposit(id, "1.00"))).toBe("DepositAccountNotOpen")
      expect(yield* accounts.unblock(id).pipe(as(officer))).toMatchObject({ state: "open" })
      yield* deposit(id, "10.00")
    }).pipe(Effect.provide(bank()))
  )
})

describe("DepositStatements", () => {
  it.effect("tells every line with the balance after it, and the year in a few sums", () =>
    Effect.gen(function* () {
      yield* goTo("2025-12-15")
      const { customerId, id } = yield* openFor("savings")
      yield* deposit(id, "36500.00")
      yield* goTo("2026-01-02")
      yield* endOfDay("2026-01-01")
      yield* withdraw(id, "100.00")
      const statements = yield* DepositStatements
      const range = { start: date("2026-01-01"), end: date("2026-02-01") }
      const statement = yield* statements.statement(id, range).pipe(as(customer(customerId)))
      expect(
        statement.lines.map(({ amount, balanceAfter, bookedOn, kind, valueOn }) => [
          bookedOn,
          valueOn,
          kind,
          Money.toDecimal(amount),
          Money.toDecimal(balanceAfter)
        ])
      ).toEqual([
        ["2026-01-02", "2026-01-01", "interest", "42.50", "36542.50"],
        ["2026-01-02", "2026-01-02", "withdrawal", "-100.00", "36442.50"],
        ["2026-01-02", "2026-01-02", "fee", "-5.00", "36437.50"]
      ])
      expect(statement).toMatchObject({ opening: sek("36500.00"), closing: sek("36437.50") })
      expect(yield* statements.year(id, 2026).pipe(as(officer))).toMatchObject({
        interestReceived: sek("42.50"),
        interestPaid: sek("0.00"),
        fees: sek("5.00"),
        other: sek("-100.00"),
        closing: sek("36437.50")
      })
      const stranger = customer(yield* Id.make("cust"))
      expect(yield* tagOf(statements.year(id, 2026).pipe(as(stranger)))).toBe("DepositAccountNotFound")
    }).pipe(Effect.provide(bank({ products: [product({ fees: [flat("out", "withdrawal", "5.00")] })] })))
  )
})
