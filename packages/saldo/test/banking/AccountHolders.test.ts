import { describe, expect, layer } from "@effect/vitest"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AccountHolders } from "saldo/banking/AccountHolders"
import { Customers } from "saldo/banking/Customers"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import { ProductId } from "saldo/banking/DepositProduct"
import * as Actor from "saldo/core/Actor"
import * as Id from "saldo/core/Id"
import * as Money from "saldo/money/Money"
import * as SqlStores from "saldo/sql/SqlStores"
import { details, documents, key, officer } from "./customerBank.ts"
import { flat, product, sek } from "./depositBank.ts"
import { wholeBank } from "./wholeBank.ts"

const youth = product({
  fees: [flat("till", "deposit", "5.00", { waivers: [{ kind: "ageBelow", years: 26 }] })]
})

const bankOn = (database: typeof TestSqlite.layer | typeof TestPostgres.layer) =>
  wholeBank(SqlStores.layer.pipe(Layer.provideMerge(database)), RailSimulator.make({ seed: "holders" }), {
    products: [youth],
    tags: () => Effect.succeed(["student"])
  })

const registered = (number: string) =>
  Customers.use((customers) =>
    customers.register({
      key: key(number),
      kind: "person",
      registration: { scheme: "SwedishPersonalNumber", number: Redacted.make(number) },
      details
    })
  )

const known = Effect.fnUntraced(function* (number: string) {
  const customers = yield* Customers
  const { id: customerId } = yield* registered(number)
  yield* customers.submitDocuments({ key: key(`documents ${number}`), customerId, documents })
  yield* customers.verify({ key: key(`verify ${number}`), customerId })
  yield* customers.activate({ key: key(`activate ${number}`), customerId })
  return customerId
})

const open = Effect.fnUntraced(function* (customerId: Parameters<Customers["Service"]["find"]>[0]) {
  const name = yield* Id.make("key")
  return yield* DepositAccounts.use((accounts) =>
    accounts.open({ key: key(name), customerId, productId: ProductId.make("savings") })
  )
})

const holder = (tenant: string, id: Parameters<Customers["Service"]["find"]>[0]) =>
  AccountHolders.use((holders) => holders.find(tenant, id))

for (const [database, sql] of [
  ["SQLite", TestSqlite.layerFile],
  ["Postgres", TestPostgres.layer]
] as const) {
  describe(`customers as account holders (${database})`, () => {
    layer(bankOn(sql), { excludeTestServices: true })((it) => {
      it.effect("have accounts as long as they may do business", () =>
        Effect.gen(function* () {
          const [customers, transactions] = [yield* Customers, yield* DepositTransactions]
          const pending = yield* registered("20110110-2398")
          expect(yield* Effect.flip(open(pending.id))).toMatchObject({ reason: "inactive" })
          expect(yield* Effect.flip(open(yield* Id.make("cust")))).toMatchObject({ reason: "missing" })
          const customerId = yield* known("19811218-9876")
          const { id: accountId } = yield* open(customerId)
          yield* customers.restrict({ key: key("restrict"), customerId, reason: "fraud" })
          expect(yield* Effect.flip(open(customerId))).toMatchObject({ reason: "inactive" })
          const refused = yield* Effect.flip(
            transactions.deposit({ key: key("refused"), accountId, amount: sek("1.00") })
          )
          expect(refused).toMatchObject({ _tag: "AccountHolderUnsuitable" })
        }).pipe(Actor.as(officer))
      )

      it.effect(
        "are found in their own tenant, with the birthday in their number, the host's tags, and nothing else",
        () =>
          Effect.gen(function* () {
            const customerId = yield* known("20000229-0005")
            expect(yield* holder("bank", customerId)).toEqual(
              Option.some({ active: true, bornOn: "2000-02-29", tags: ["student"] })
            )
            expect(yield* holder("another", customerId)).toEqual(Option.none())
          }).pipe(Actor.as(officer))
      )

      it.effect("pay no fee that the young do not pay", () =>
        Effect.gen(function* () {
          const transactions = yield* DepositTransactions
          const fees = yield* Effect.forEach(["20150101-2387", "19500101-2383"], (number) =>
            Effect.gen(function* () {
              const { id: accountId } = yield* open(yield* known(number))
              const deposit = { key: key(`deposit ${number}`), accountId, amount: sek("100.00") }
              return Money.toDecimal((yield* transactions.deposit(deposit)).fee)
            })
          )
          expect(fees).toEqual(["0.00", "5.00"])
        }).pipe(Actor.as(officer))
      )

      it.effect("are not closed while they have an account, also when both happen at once", () =>
        Effect.gen(function* () {
          const [customers, accounts] = [yield* Customers, yield* DepositAccounts]
          for (const number of ["19640823-3234", "19130401-2931", "18990101-9803"]) {
            const customerId = yield* known(number)
            yield* Effect.all(
              [
                Effect.exit(open(customerId)),
                Effect.exit(customers.close({ key: key(`close ${number}`), customerId })),
                Effect.exit(open(customerId))
              ],
              { concurrency: "unbounded" }
            )
            const { state } = yield* customers.find(customerId)
            const { items } = yield* accounts.list({ customerId, state: "open" })
            expect(state === "closed" ? items.length === 0 : items.length > 0).toBe(true)
            for (const [index, { id }] of items.entries())
              yield* accounts.close({ key: key(`${number} ${index}`), accountId: id })
            yield* Effect.exit(customers.close({ key: key(`close at last ${number}`), customerId }))
            expect((yield* customers.find(customerId)).state).toBe("closed")
            yield* customers.erase({ key: key(`erase ${number}`), customerId })
            expect(yield* holder("bank", customerId)).toEqual(Option.some({ active: false, tags: ["student"] }))
          }
        }).pipe(Actor.as(officer))
      )
    })
  })
}
