/** Whom payments pay, and what is said to it, as it is kept: under the tenant's seal, each in its place. */
import { describe, expect, it } from "@effect/vitest"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import { Bic, type ExternalAccountInput, numberOf, parseExternalAccount } from "saldo/banking/ExternalAccount"
import { PaymentLimit } from "saldo/banking/PaymentLimit"
import { Payee, type PaymentOrder } from "saldo/banking/PaymentOrder"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import type { PaymentSchedule } from "saldo/banking/PaymentSchedule"
import { Payments } from "saldo/banking/Payments"
import { as } from "saldo/core/Actor"
import * as LocalDate from "saldo/time/LocalDate"
import { goTo, key, officer, sek } from "./depositBank.ts"
import { creditor, memoryStores, opened, payingBank, sqlStores } from "./paymentBank.ts"

const payees: ReadonlyArray<{ readonly input: ExternalAccountInput; readonly message?: Payee["message"] }> = [
  { input: { scheme: "Iban", text: "SE4550000000058398257466", bic: Bic.make("ESSESESS") } },
  { input: { scheme: "Iban", text: "NO9386011117947" }, message: { _tag: "Text", text: "Hyra – \u{1F3E0} \"'\\\n" } },
  { input: { scheme: "Bankgiro", text: "5050-1055" }, message: { _tag: "Reference", reference: "RF18539007547034" } },
  { input: { scheme: "Plusgiro", text: "28 65 43-4" } },
  { input: { scheme: "SwedishAccount", text: "8327-9, 10 923 932-7" } },
  { input: { scheme: "NorwegianAccount", text: "8601 11 17947" } }
]

const simulator = RailSimulator.make({ seed: "sealed" })

const limits = [
  PaymentLimit.make({
    id: PaymentLimit.fields.id.make("daily"),
    label: "Per day",
    measure: { kind: "count", maximum: 50 },
    window: "day",
    perCounterparty: false
  })
]

const once = { kind: "count", maximum: 1 } as const

/** A bank on a database that can be looked into. */
const database = payingBank(sqlStores.pipe(Layer.provide(TestSqlite.layer), Layer.orDie), simulator, { limits }).pipe(
  Layer.provideMerge(TestSqlite.layer)
)

const schedule: PaymentSchedule = {
  startOn: LocalDate.of("2031-01-31"),
  recurrence: { kind: "months", every: 1, day: 31 },
  ends: { kind: "never" },
  adjustment: "unadjusted",
  skipped: [],
  pauses: []
}

const textOf = Schema.encodeSync(Schema.fromJsonString(Schema.toCodecJson(Payee)))
const payeeOf = ({ creditor, message }: Payee): string =>
  textOf(message === undefined ? { creditor } : { creditor, message })

/** The orders and plans of every kind of payee, with what was wished of each. */
const everyKind = Effect.gen(function* () {
  yield* goTo("2026-05-04")
  const { account, anna } = yield* opened("anna", "1000.00")
  const [payments, plans] = [yield* Payments, yield* PaymentPlans]
  return yield* Effect.forEach(payees, ({ input, message }, index) =>
    Effect.gen(function* () {
      const payee = {
        creditor: { name: "Åsa Ö'Brien 🏦", account: Result.getOrThrow(parseExternalAccount(input)) },
        ...(message === undefined ? {} : { message })
      }
      const terms = { accountId: account.id, amount: sek("1.00"), ...payee }
      const order = yield* payments.create({ key: key(`order ${index}`), ...terms })
      const plan = yield* plans.create({ key: key(`plan ${index}`), ...terms, schedule })
      return { order, plan, wished: payeeOf(payee) }
    })
  ).pipe(as(anna))
})

/** What was sealed of an order or a plan, to be put elsewhere. */
const sealedIn = (table: "orders" | "plans") => {
  const [name, column] =
    table === "orders"
      ? (["saldo_banking_payment_orders", "order_id"] as const)
      : (["saldo_banking_payment_plans", "plan_id"] as const)
  return {
    read: (id: string) =>
      SqlClient.SqlClient.use(
        (sql) => sql<{ readonly sealed: string }>`SELECT sealed FROM ${sql(name)} WHERE ${sql(column)} = ${id}`
      ).pipe(Effect.map(([row]) => row?.sealed ?? "")),
    write: (id: string, sealed: string) =>
      SqlClient.SqlClient.use((sql) => sql`UPDATE ${sql(name)} SET sealed = ${sealed} WHERE ${sql(column)} = ${id}`)
  }
}

const deathOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.exit(effect), (exit) => (Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined))

describe("whom payments pay", () => {
  it.effect("comes back as it was ordered, and is in no row of the database", () =>
    Effect.gen(function* () {
      const all = yield* everyKind
      const [payments, plans] = [yield* Payments, yield* PaymentPlans]
      for (const { order, plan, wished } of all) {
        expect([payeeOf(order), payeeOf(plan)]).toEqual([wished, wished])
        expect(payeeOf(yield* payments.find(order.id).pipe(as(officer)))).toBe(wished)
        expect(payeeOf(yield* plans.find(plan.id).pipe(as(officer)))).toBe(wished)
      }
      const expected = all.map(({ wished }) => wished).toReversed()
      expect((yield* payments.list().pipe(as(officer))).items.map(payeeOf)).toEqual(expected)
      expect((yield* plans.list().pipe(as(officer))).items.map(payeeOf)).toEqual(expected)
      const rows = yield* SqlClient.SqlClient.use((sql) =>
        Effect.all([sql`SELECT * FROM saldo_banking_payment_orders`, sql`SELECT * FROM saldo_banking_payment_plans`])
      )
      const kept = JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))
      expect(kept).toContain(all[0]?.order.id)
      const numbers = payees.map(({ input }) => numberOf(Result.getOrThrow(parseExternalAccount(input))))
      for (const secret of ["Brien", "Hyra", "RF18539007547034", "ESSESESS", ...numbers]) {
        expect(kept).not.toContain(secret)
      }
    }).pipe(Effect.provide(Layer.fresh(database)))
  )

  it.effect("is remembered of a command as a keyed digest alone, by which a repeated one is known", () =>
    Effect.gen(function* () {
      yield* goTo("2026-05-04")
      const [payments, plans] = [yield* Payments, yield* PaymentPlans]
      const { account, anna } = yield* opened("anna", "1000.00")
      const text = { _tag: "Text", text: "Hyra" } as const
      const payees = [
        { creditor, message: text },
        { creditor },
        { creditor, message: { _tag: "Reference", reference: "Hyra" } as const },
        { creditor: { ...creditor, name: "Bo E" }, message: text }
      ] as const
      const terms = { accountId: account.id, amount: sek("1.00") }
      const orderTo = (payee: Payee) => payments.create({ key: key("order"), ...terms, ...payee }).pipe(as(anna))
      const planFor = (payee: Payee) => plans.create({ key: key("plan"), ...terms, ...payee, schedule }).pipe(as(anna))
      const [order, plan] = [yield* orderTo(payees[0]), yield* planFor(payees[0])]
      expect([(yield* orderTo(payees[0])).id, (yield* planFor(payees[0])).id]).toEqual([order.id, plan.id])
      for (const other of payees.slice(1)) {
        for (const refused of [yield* deathOf(orderTo(other)), yield* deathOf(planFor(other))]) {
          expect(refused).toMatchObject({ _tag: "IdempotencyMismatch", path: "/payee" })
        }
      }
      const rows = yield* SqlClient.SqlClient.use(
        (sql) => sql<{ readonly request: string }>`
          SELECT request FROM saldo_core_commands WHERE operation LIKE 'banking.create-payment%'`
      )
      expect(rows).toHaveLength(2)
      for (const { request } of rows) {
        expect(request).toContain("/payee")
        expect(request).not.toMatch(/creditor|message/u)
      }
    }).pipe(Effect.provide(Layer.fresh(database)))
  )

  it.effect("is not read where it was put by somebody else, nor once a byte of it is another", () =>
    Effect.gen(function* () {
      const [one, other] = yield* everyKind
      if (one === undefined || other === undefined) return yield* Effect.die(new RangeError("there are six"))
      const [payments, plans] = [yield* Payments, yield* PaymentPlans]
      const readingOrder = deathOf(payments.find(one.order.id).pipe(as(officer)))
      const readingPlan = deathOf(plans.find(one.plan.id).pipe(as(officer)))
      for (const { id, otherId, reading, table } of [
        { table: "orders" as const, id: one.order.id, otherId: other.order.id, reading: readingOrder },
        { table: "plans" as const, id: one.plan.id, otherId: other.plan.id, reading: readingPlan }
      ]) {
        const { read, write } = sealedIn(table)
        const [first, second] = [yield* read(id), yield* read(otherId)]
        yield* write(id, second)
        yield* write(otherId, first)
        expect(yield* reading).toMatchObject({ _tag: "SealedDataAltered", subjectId: "payees", label: id })
        yield* write(id, `${first.slice(0, 20)}${first.charAt(20) === "A" ? "B" : "A"}${first.slice(21)}`)
        expect(yield* reading).toMatchObject({ _tag: "SealedDataAltered", subjectId: "payees", label: id })
        yield* write(id, "")
        expect(yield* reading).toMatchObject({ _tag: "SealedDataAltered", subjectId: "payees", label: id })
        yield* write(id, first)
        expect(yield* reading).toBe(undefined)
      }
      // What is sealed of an order opens in no plan either.
      yield* sealedIn("plans").write(one.plan.id, yield* sealedIn("orders").read(one.order.id))
      expect(yield* readingPlan).toMatchObject({ _tag: "SealedDataAltered" })
    }).pipe(Effect.provide(Layer.fresh(database)))
  )

  it.effect(
    "stays under the seal of its first day, whatever becomes of the order, and is opened for what needs it",
    () =>
      Effect.gen(function* () {
        yield* goTo("2026-05-04")
        const payments = yield* Payments
        const { account, anna } = yield* opened("anna", "1000.00")
        const wish = { accountId: account.id, amount: sek("10.00"), creditor }
        const order = yield* payments.create({ key: key("one"), ...wish }).pipe(as(anna))
        const { read, write } = sealedIn("orders")
        const first = yield* read(order.id)
        yield* payments.work()
        expect((yield* payments.find(order.id).pipe(as(anna))).version).toBeGreaterThan(1)
        expect(yield* read(order.id)).toBe(first)
        // Limits that count payments to anybody do not ask to whom they went.
        yield* write(order.id, "v1.broken")
        yield* payments.create({ key: key("two"), ...wish }).pipe(as(anna))
      }).pipe(Effect.provide(Layer.fresh(database)))
  )

  it.effect("is told apart by limits per receiver, and read by a page without a question for its key", () => {
    let asked = 0
    const counting = Layer.effect(
      DataKeyStore,
      Effect.map(DataKeyStore, (store) => ({
        ...store,
        find: (...of: Parameters<typeof store.find>) => Effect.suspend(() => ((asked += 1), store.find(...of)))
      }))
    )
    const [limit] = limits
    const perReceiver = limit === undefined ? [] : [{ ...limit, perCounterparty: true, measure: once }]
    const bank = payingBank(counting.pipe(Layer.provideMerge(memoryStores)), simulator, { limits: perReceiver })
    return Effect.gen(function* () {
      yield* goTo("2026-05-04")
      const payments = yield* Payments
      const { account, anna } = yield* opened("anna", "1000.00")
      const pay = (name: string, to: PaymentOrder["creditor"]) =>
        payments.create({ key: key(name), accountId: account.id, amount: sek("1.00"), creditor: to }).pipe(as(anna))
      yield* pay("first", creditor)
      asked = 0
      for (const [index, { input }] of payees.slice(1).entries()) {
        yield* pay(`to ${index}`, { ...creditor, account: Result.getOrThrow(parseExternalAccount(input)) })
      }
      expect(yield* Effect.flip(pay("again", { ...creditor, name: "Bo E" }))).toMatchObject({
        _tag: "PaymentLimitExceeded"
      })
      expect((yield* payments.list().pipe(as(officer))).items).toHaveLength(payees.length)
      expect(asked).toBe(0)
    }).pipe(Effect.provide(Layer.fresh(bank)))
  })
})
