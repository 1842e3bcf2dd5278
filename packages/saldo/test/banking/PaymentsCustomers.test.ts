/** What payments and customers owe each other: no payment of a restricted customer, and no end of one with payments open. */
import { describe, expect, layer } from "@effect/vitest"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { BankCalendar } from "saldo/banking/BankCalendar"
import { luhnDigit } from "saldo/banking/checkDigits"
import type { CustomerId } from "saldo/banking/Customer"
import { Customers } from "saldo/banking/Customers"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import { ProductId } from "saldo/banking/DepositProduct"
import type { PaymentOrder } from "saldo/banking/PaymentOrder"
import { numberOf } from "saldo/banking/ExternalAccount"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import type { PaymentSchedule } from "saldo/banking/PaymentSchedule"
import { Payments } from "saldo/banking/Payments"
import { as } from "saldo/core/Actor"
import * as Id from "saldo/core/Id"
import { sha256 } from "saldo/core/sha256"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import * as SqlStores from "saldo/sql/SqlStores"
import { details, key, somebody } from "./customerBank.ts"
import { creditor } from "./paymentBank.ts"
import { wholeBank } from "./wholeBank.ts"

const officer = somebody("officer")
const second = somebody("officer", "second")
const sek = (text: string) => Money.of(text, "SEK")

const bankOn = (database: typeof TestSqlite.layer | typeof TestPostgres.layer) =>
  wholeBank(SqlStores.layer.pipe(Layer.provideMerge(database)), RailSimulator.make({ seed: "customers" }), {
    policy: { approval: { above: [sek("100.00")] } }
  })

const documents = (["registration-certificate", "beneficial-owners", "mandate", "passport"] as const).map((kind) => ({
  kind,
  digest: sha256(kind),
  expiresOn: null
}))

/** An active customer with 1,000.00 on an account. */
const known = Effect.fnUntraced(function* (number: string) {
  const [customers, accounts] = [yield* Customers, yield* DepositAccounts]
  const { id: customerId } = yield* customers.register({
    key: key(number),
    kind: "company",
    registration: { scheme: "SwedishOrganisationNumber", number: Redacted.make(number) },
    details
  })
  yield* customers.submitDocuments({ key: key(`documents ${number}`), customerId, documents })
  yield* customers.verify({ key: key(`verify ${number}`), customerId })
  yield* customers.activate({ key: key(`activate ${number}`), customerId })
  const opening = { key: key(`open ${number}`), customerId, productId: ProductId.make("savings") }
  const account = yield* accounts.open(opening)
  const cash = { key: key(`cash ${number}`), accountId: account.id, amount: sek("1000.00") }
  yield* DepositTransactions.use((transactions) => transactions.deposit(cash))
  return { account, customerId }
}, as(officer))

/** Calls a method that takes a key with a new one. */
const anew = <Input, A, E, R>(
  method: (input: Input & { readonly key: ReturnType<typeof key> }) => Effect.Effect<A, E, R>,
  input: Input
) => Effect.flatMap(Id.make("key"), (name) => method({ ...input, key: key(name) }))

const pay = (accountId: PaymentOrder["accountId"], amount: string) =>
  Payments.use((payments) => anew(payments.create, { accountId, amount: sek(amount), creditor })).pipe(as(officer))

const customerAct = (act: "close" | "erase", customerId: CustomerId) =>
  Customers.use((customers) => anew(customers[act], { customerId })).pipe(as(officer))

const restrict = (customerId: CustomerId) =>
  Customers.use((customers) => anew(customers.restrict, { customerId, reason: "sanctions" })).pipe(as(officer))

const lift = (customerId: CustomerId) =>
  Customers.use((customers) => anew(customers.lift, { customerId, reason: "sanctions" })).pipe(as(officer))

const balanceOf = (accountId: PaymentOrder["accountId"]) =>
  DepositAccounts.use((accounts) => accounts.balance(accountId)).pipe(
    as(officer),
    Effect.map(({ available, balance }) => [String(balance), String(available)])
  )

for (const [name, database] of [
  ["sqlite", TestSqlite.layerFile],
  ["postgres", TestPostgres.layer]
] as const) {
  describe(`customers who pay (${name})`, () => {
    layer(bankOn(database), { excludeTestServices: true })((it) => {
      it.effect("are refused payments while they are restricted, also those that were ordered before", () =>
        Effect.gen(function* () {
          const payments = yield* Payments
          const { account, customerId } = yield* known("559990-0007")
          const small = yield* pay(account.id, "10.00")
          const large = yield* pay(account.id, "200.00")
          expect([small.state, large.state]).toEqual(["approved", "created"])
          expect(yield* balanceOf(account.id)).toEqual(["1000.00 SEK", "990.00 SEK"])
          yield* restrict(customerId)
          expect(yield* Effect.flip(pay(account.id, "10.00"))).toMatchObject({ _tag: "PayerUnavailable" })
          const yes = anew(payments.decide, { id: large.id, approve: true, comment: null }).pipe(as(second))
          expect(yield* Effect.flip(yes)).toMatchObject({ _tag: "PayerUnavailable" })
          expect(yield* payments.work()).toMatchObject({ sent: 0 })
          const refused = yield* payments.find(small.id).pipe(as(officer))
          expect(refused).toMatchObject({ state: "cancelled", reason: "AG01", attempts: 0 })
          expect(yield* balanceOf(account.id)).toEqual(["1000.00 SEK", "1000.00 SEK"])
          yield* lift(customerId)
          expect(yield* yes).toMatchObject({ state: "approved" })
          expect(yield* payments.work()).toMatchObject({ sent: 1 })
        })
      )

      it.effect("are neither closed nor erased before their payments and standing orders have ended", () =>
        Effect.gen(function* () {
          const [accounts, payments, plans] = [yield* DepositAccounts, yield* Payments, yield* PaymentPlans]
          const { account, customerId } = yield* known("559991-0006")
          const waiting = yield* pay(account.id, "200.00")
          const today = yield* Effect.flatMap(BankCalendar, (calendar) => calendar.today)
          const schedule: PaymentSchedule = {
            startOn: LocalDate.addDays(today, 1),
            recurrence: { kind: "weeks", every: 1 },
            ends: { kind: "never" },
            adjustment: "following",
            skipped: [],
            pauses: []
          }
          const terms = { accountId: account.id, amount: sek("1.00"), creditor, schedule }
          const plan = yield* anew(plans.create, terms).pipe(as(officer))
          const keptBy = Effect.map(Effect.flip(customerAct("close", customerId)), (refusal) =>
            "kind" in refusal ? [refusal._tag, refusal.kind, refusal.ids] : [refusal._tag]
          )
          expect(yield* keptBy).toEqual(["ObligationsOpen", "accounts", [account.id]])
          const other = yield* known("559992-0005")
          yield* anew(accounts.close, { accountId: account.id, to: other.account.id }).pipe(as(officer))
          expect(yield* keptBy).toEqual(["ObligationsOpen", "payments", [waiting.id]])
          expect(yield* Effect.flip(customerAct("erase", customerId))).toMatchObject({ _tag: "CustomerStateUnfit" })
          // Nothing can be paid from an account that is closed, and nobody is asked for consent any more.
          const yes = anew(payments.decide, { id: waiting.id, approve: true, comment: null }).pipe(as(second))
          expect(yield* Effect.flip(yes)).toMatchObject({ _tag: "PayerUnavailable" })
          yield* anew(payments.cancel, { id: waiting.id }).pipe(as(officer))
          expect(yield* keptBy).toEqual(["ObligationsOpen", "standing orders", [plan.id]])
          yield* anew(plans.cancel, { id: plan.id }).pipe(as(officer))
          expect(yield* customerAct("close", customerId)).toMatchObject({ state: "closed" })
          expect(yield* customerAct("erase", customerId)).toMatchObject({ file: null })
          // Whom it paid is on record all the same, for those who look after the books.
          const [order, kept] = yield* Effect.all([payments.find(waiting.id), plans.find(plan.id)]).pipe(as(officer))
          expect([order.state, kept.state]).toEqual(["cancelled", "cancelled"])
          for (const { creditor: paid } of [order, kept]) {
            expect([paid.name, numberOf(paid.account)]).toEqual([creditor.name, numberOf(creditor.account)])
          }
        })
      )

      it.effect("are closed or pay when both are asked for at once, and never both", () =>
        Effect.gen(function* () {
          const accounts = yield* DepositAccounts
          const kept = yield* known("559993-0004")
          const numbers = Array.from({ length: 12 }, (_, index) => `5599${40 + index}000`)
          const leaving = yield* Effect.forEach(numbers, (digits) => known(`${digits}${luhnDigit(digits)}`))
          yield* Effect.forEach(
            leaving,
            Effect.fnUntraced(function* ({ account, customerId }) {
              const closing = Effect.andThen(
                anew(accounts.close, { accountId: account.id, to: kept.account.id }).pipe(as(officer)),
                customerAct("close", customerId)
              )
              const both = [Effect.result(closing), Effect.result(pay(account.id, "200.00"))] as const
              const [closed, paid] = yield* Effect.all(both, { concurrency: "unbounded" })
              expect(Result.isSuccess(closed)).toBe(Result.isFailure(paid))
            }),
            { concurrency: 3 }
          )
        })
      )
    })
  })
}
