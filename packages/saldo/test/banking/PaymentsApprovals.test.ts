/** Consent by a second person: who can give it, when, and who sees what waits for it. */
import { describe, expect, it } from "@effect/vitest"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { Approvals } from "saldo/banking/Approvals"
import * as BankAccess from "saldo/banking/BankAccess"
import { Payments } from "saldo/banking/Payments"
import { as, Identity, Subject } from "saldo/core/Actor"
import * as Id from "saldo/core/Id"
import { goTo, key, officer, sek, tenant } from "./depositBank.ts"
import { creditor, memoryStores, opened, payingBank, second, sqlStores, standing } from "./paymentBank.ts"

/** Somebody at a company who may consent to what others of the company order. */
const signatory = (customerId: string, id: string) =>
  new Identity({
    kind: "user",
    tenant,
    id,
    onBehalfOf: new Subject({ tenant, id: customerId }),
    roles: ["signatory"],
    permissions: [...BankAccess.roles.customer, BankAccess.approvePermission]
  })

const bank = (stores = memoryStores) =>
  Layer.fresh(
    payingBank(stores, RailSimulator.make({ seed: "consent" }), {
      approval: { above: [sek("100.00")] },
      approvalWithin: "3 days"
    })
  )

const ready = Effect.gen(function* () {
  const payments = yield* Payments
  const { account, anna, customerId } = yield* opened("company", "1000.00")
  return {
    account,
    anna,
    customerId,
    payments,
    pay: (name: string, amount: string, by: Identity = anna) =>
      payments.create({ key: key(name), accountId: account.id, amount: sek(amount), creditor }).pipe(as(by)),
    decide: (name: string, id: Parameters<typeof payments.find>[0], approve: boolean, by: Identity) =>
      payments.decide({ key: key(name), id, approve, comment: null }).pipe(as(by))
  }
})

describe("consent", () => {
  it.effect("is for another person of the same company, and for nobody of another one", () =>
    Effect.gen(function* () {
      yield* goTo("2026-05-04")
      const { customerId, decide, pay, payments } = yield* ready
      const [one, two] = [signatory(customerId, "one"), signatory(customerId, "two")]
      const stranger = signatory(yield* Id.make("cust"), "stranger")
      expect((yield* pay("at the limit", "100.00", one)).state).toBe("approved")
      const order = yield* pay("above", "100.01", one)
      expect(order).toMatchObject({ state: "created", createdBy: "one" })
      expect(yield* Effect.flip(decide("own", order.id, true, one))).toMatchObject({
        _tag: "ApprovalByRequester",
        requestedBy: "one"
      })
      expect(yield* Effect.flip(decide("theirs", order.id, true, stranger))).toMatchObject({
        _tag: "PaymentOrderNotFound"
      })
      // What waits shows where it is within reach; the list of all approvals is for the bank.
      const waiting = payments.list({ state: "created" })
      expect((yield* waiting.pipe(as(two))).items.map(({ id }) => id)).toEqual([order.id])
      expect((yield* waiting.pipe(as(stranger))).items).toEqual([])
      const approvals = yield* Approvals
      expect(yield* Effect.flip(approvals.waiting("payment").pipe(as(stranger)))).toMatchObject({
        _tag: "NotPermitted",
        permission: "bank:any-customer"
      })
      expect((yield* approvals.waiting("payment").pipe(as(officer))).items).toMatchObject([
        { id: order.approvalId, subject: { type: "payment", id: order.id }, requestedBy: "one" }
      ])
      expect(yield* decide("yes", order.id, true, two)).toMatchObject({ state: "approved" })
      expect((yield* approvals.waiting("payment").pipe(as(officer))).items).toEqual([])
    }).pipe(Effect.provide(bank()))
  )

  it.effect("ends when nobody gives it in time, when it is declined, and when the order is taken back", () =>
    Effect.gen(function* () {
      yield* goTo("2026-05-04")
      const { account, anna, decide, pay, payments } = yield* ready
      const [late, no, back] = [yield* pay("late", "200.00"), yield* pay("no", "300.00"), yield* pay("back", "400.00")]
      yield* payments.cancel({ key: key("back"), id: back.id }).pipe(as(anna))
      expect(yield* decide("no", no.id, false, second)).toMatchObject({ state: "cancelled", reason: "declined" })
      yield* TestClock.adjust("3 days")
      // Nobody can consent any more, though no worker has come by.
      expect(yield* Effect.flip(decide("late", late.id, true, second))).toMatchObject({
        _tag: "ApprovalEnded",
        state: "expired"
      })
      expect(yield* payments.work()).toMatchObject({ expired: 1, sent: 0 })
      expect(yield* payments.find(late.id).pipe(as(anna))).toMatchObject({
        state: "cancelled",
        reason: "not approved in time"
      })
      for (const { id } of [late, no, back]) {
        expect(yield* Effect.flip(decide(`again ${id}`, id, true, second))).toMatchObject({ _tag: "PaymentOrderUnfit" })
      }
      const approvals = yield* Approvals
      const ended = yield* Effect.forEach([late, no, back], ({ approvalId }) =>
        approvalId === null ? Effect.die(new RangeError("it needs consent")) : approvals.find(approvalId)
      ).pipe(as(officer))
      expect(ended.map(({ decidedBy, state }) => [state, decidedBy])).toEqual([
        ["expired", null],
        ["declined", "second"],
        ["withdrawn", anna.id]
      ])
      expect(yield* standing(account.ledgerAccountId)).toMatchObject({ available: "1000.00 SEK" })
    }).pipe(Effect.provide(bank()))
  )

  it.effect("counts only while there is money", () =>
    Effect.gen(function* () {
      yield* goTo("2026-05-04")
      const { decide, pay, payments, anna } = yield* ready
      const orders = [yield* pay("one", "600.00"), yield* pay("two", "600.00")] as const
      yield* decide("one", orders[0].id, true, second)
      expect(yield* Effect.flip(decide("two", orders[1].id, true, second))).toMatchObject({ _tag: "InsufficientFunds" })
      // It was not given: it can be, once there is money.
      yield* payments.cancel({ key: key("one"), id: orders[0].id }).pipe(as(anna))
      expect(yield* decide("two again", orders[1].id, true, second)).toMatchObject({ state: "approved" })
    }).pipe(Effect.provide(bank()))
  )
})

const stores = {
  memory: memoryStores,
  "sqlite file": sqlStores.pipe(Layer.provide(TestSqlite.layerFile), Layer.orDie),
  postgres: sqlStores.pipe(Layer.provide(TestPostgres.layer), Layer.orDie)
}

for (const [name, layer] of Object.entries(stores)) {
  it.live(`an order is approved or declined once, by whoever is first (${name})`, () =>
    Effect.gen(function* () {
      const { account, anna, decide, pay, payments } = yield* ready
      for (const round of [1, 2, 3]) {
        const order = yield* pay(`order ${round}`, "250.00")
        const outcomes = yield* Effect.all(
          [
            Effect.result(decide(`yes ${round}`, order.id, true, second)),
            Effect.result(decide(`no ${round}`, order.id, false, officer)),
            Effect.result(decide(`also ${round}`, order.id, true, officer))
          ],
          { concurrency: "unbounded" }
        )
        expect(outcomes.map((outcome) => Result.isSuccess(outcome)).filter((done) => done)).toHaveLength(1)
        const { holdId, state } = yield* payments.find(order.id).pipe(as(anna))
        expect(state === "approved").toBe(holdId !== null)
        const available = state === "approved" ? "750.00 SEK" : "1000.00 SEK"
        expect(yield* standing(account.ledgerAccountId)).toMatchObject({ available })
        if (state === "approved") yield* payments.cancel({ key: key(`end ${round}`), id: order.id }).pipe(as(anna))
      }
    }).pipe(Effect.provide(bank(layer)))
  )
}
