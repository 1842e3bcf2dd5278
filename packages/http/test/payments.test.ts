import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { activeCustomer, Served, served, servedOnPostgres } from "./world.ts"

const officer = { as: "officer" }
const sek = (amount: string) => ({ amount, currency: "SEK" })
const iban = "SE45 5000 0000 0583 9825 7466"
const creditor = { name: "Ottokar Payeeson", account: { scheme: "Iban", number: iban } }

/** A customer with an account and so much on it. */
const holder = Effect.fnUntraced(function* (name: string, number: string) {
  const { call } = yield* Served
  const customerId = yield* activeCustomer(name, number)
  const { body } = yield* call("POST", "/api/v1/accounts", {
    ...officer,
    key: `${name}-open`,
    body: { customerId, productId: "current" }
  })
  const deposit = { accountId: body.id, amount: sek("1000.00") }
  yield* call("POST", "/api/v1/transactions/deposits", { as: "teller", key: `${name}-deposit`, body: deposit })
  return { accountId: body.id as string, as: `customer:${customerId}`, customerId }
})

for (const [database, world] of [
  ["SQLite", served()],
  ["Postgres", servedOnPostgres]
] as const) {
  layer(world, { excludeTestServices: true })(`money over HTTP, on ${database},`, (it) => {
    it.effect("moves once, however many send the same request at the same time", () =>
      Effect.gen(function* () {
        const { call } = yield* Served
        const [from, to] = [yield* holder("erik", "19900118-9845"), yield* holder("frida", "19900118-9852")]
        const body = { from: from.accountId, to: to.accountId, amount: sek("25.00") }
        const send = call("POST", "/api/v1/transactions/transfers", { as: from.as, key: "at-once", body })
        const answers = yield* Effect.all(
          Array.from({ length: 20 }, () => send),
          { concurrency: "unbounded" }
        )
        const done = answers.filter(({ status }) => status === 201)
        // Whoever comes while the first one is at work is told so, and may ask again.
        for (const { body: problem, status } of answers.filter((each) => !done.includes(each))) {
          expect(problem).toMatchObject({ code: "CommandInProgress", status, context: { key: "at-once" } })
        }
        expect(new Set([...done, yield* send].map(({ body: receipt }) => receipt.entryId)).size).toBe(1)
        const balance = yield* call("GET", `/api/v1/accounts/${to.accountId}/balance`, to)
        expect(balance.body.balance).toEqual(sek("1025.00"))
      })
    )

    it.effect("changes one at a time, when all name the version that they saw", () =>
      Effect.gen(function* () {
        const { call } = yield* Served
        const { as, customerId } = yield* holder("gerda", "19900118-9860")
        const on = `/api/v1/customers/${customerId}`
        const seen = (yield* call("GET", on, { as })).headers.get("etag") ?? ""
        const change = (index: number) =>
          call("PUT", `${on}/details`, {
            ...officer,
            key: `change-${index}`,
            headers: { "if-match": seen },
            body: { name: `Gerda ${index}` }
          })
        const answers = yield* Effect.all(
          Array.from({ length: 8 }, (_, index) => change(index)),
          {
            concurrency: "unbounded"
          }
        )
        const won = answers.filter(({ status }) => status === 200)
        expect(won).toHaveLength(1)
        for (const { body } of answers.filter((each) => !won.includes(each))) {
          expect(body).toMatchObject({ code: "VersionMismatch", context: { expected: seen } })
        }
        expect((yield* call("GET", on, { as })).body).toEqual(won[0]?.body)
      })
    )

    it.effect("moves between accounts once for a key, and two customers with one key do not meet", () =>
      Effect.gen(function* () {
        const { call } = yield* Served
        const anna = yield* holder("anna", "19900118-9803")
        const berta = yield* holder("berta", "19900118-9811")
        const transfer = (from: typeof anna, to: typeof anna, amount: string) =>
          call("POST", "/api/v1/transactions/transfers", {
            as: from.as,
            key: "the-same",
            body: { from: from.accountId, to: to.accountId, amount: sek(amount) }
          })
        const first = yield* transfer(anna, berta, "100.00")
        expect(first.body).toEqual({ entryId: expect.any(String), amount: sek("100.00"), fee: sek("1.25") })
        expect((yield* transfer(anna, berta, "100.00")).body).toEqual(first.body)
        const other = yield* transfer(berta, anna, "30.00")
        expect(other.status).toBe(201)
        expect(other.body.entryId).not.toBe(first.body.entryId)

        const balance = yield* call("GET", `/api/v1/accounts/${anna.accountId}/balance`, anna)
        expect(balance.body).toMatchObject({ balance: sek("928.75"), available: sek("1428.75") })
        const quote = yield* call(
          "GET",
          `/api/v1/accounts/${anna.accountId}/quote?event=transfer&amount=10.00%20SEK`,
          anna
        )
        expect(quote.body).toMatchObject([{ feeId: "transfer", outcome: "charged", amount: sek("1.25") }])
        const poor = yield* transfer(berta, { ...anna, accountId: anna.accountId }, "99999.00").pipe(
          Effect.andThen(
            call("POST", "/api/v1/transactions/withdrawals", {
              as: "teller",
              key: "too-much",
              body: { accountId: anna.accountId, amount: sek("5000.00") }
            })
          )
        )
        expect(poor.status).toBe(422)
        expect(poor.body).toMatchObject({ code: "InsufficientFunds", context: { available: sek("1428.75") } })
      })
    )

    it.effect("leaves by order with the consent of a second person, at the version that was seen", () =>
      Effect.gen(function* () {
        const { call } = yield* Served
        const payer = yield* holder("cilla", "19900118-9829")
        const ordered = yield* call("POST", "/api/v1/payments", {
          as: payer.as,
          key: "order",
          body: { accountId: payer.accountId, amount: sek("400.00"), creditor, message: { _tag: "Text", text: "Rent" } }
        })
        expect(ordered.status).toBe(201)
        expect(ordered.body).toMatchObject({
          state: "created",
          creditor: { name: creditor.name, account: { scheme: "Iban", number: iban.replaceAll(" ", "") } }
        })
        const { id } = ordered.body
        const waiting = yield* call("GET", "/api/v1/payment-approvals", officer)
        expect(waiting.body.items).toMatchObject([{ subject: { type: "payment", id }, state: "waiting" }])
        const decide = (key: string, tag: string) =>
          call("POST", `/api/v1/payments/${id}/decision`, {
            ...officer,
            key,
            headers: { "if-match": tag },
            body: { approve: true }
          })
        expect((yield* decide("d1", `"7"`)).body).toMatchObject({ code: "VersionMismatch", status: 412 })
        const approved = yield* decide("d2", ordered.headers.get("etag") ?? "")
        expect(approved.body).toMatchObject({ id, state: "approved", version: 2 })
        expect(approved.headers.get("etag")).toBe(`"2"`)
        const listed = yield* call("GET", "/api/v1/payments?state=approved", payer)
        expect(listed.body.items).toEqual([approved.body])
        const cancelled = yield* call("POST", `/api/v1/payments/${id}/cancellation`, { as: payer.as, key: "c" })
        expect(cancelled.body).toMatchObject({ id, state: "cancelled" })
        const again = yield* call("POST", `/api/v1/payments/${id}/cancellation`, { as: payer.as, key: "c2" })
        expect(again.body).toMatchObject({ code: "PaymentOrderUnfit", status: 409 })
      })
    )

    it.effect("leaves by plan", () =>
      Effect.gen(function* () {
        const { call } = yield* Served
        const payer = yield* holder("doris", "19900118-9837")
        const schedule = {
          startOn: "2031-01-31",
          recurrence: { kind: "months", every: 1, day: 31 },
          ends: { kind: "after", payments: 3 },
          adjustment: "unadjusted",
          skipped: [],
          pauses: []
        }
        const body = { accountId: payer.accountId, amount: sek("50.00"), creditor, schedule }
        const planned = yield* call("POST", "/api/v1/payment-plans", { as: payer.as, key: "plan", body })
        expect(planned.body).toMatchObject({ state: "active", next: { dueOn: "2031-01-31" } })
        const on = `/api/v1/payment-plans/${planned.body.id}`
        const upcoming = yield* call("GET", `${on}/upcoming?start=2031-01-01&end=2031-03-01`, payer)
        expect(upcoming.body.map(({ dueOn }: { readonly dueOn: string }) => dueOn)).toEqual([
          "2031-01-31",
          "2031-02-28"
        ])
        const changed = yield* call("PUT", `${on}/omissions`, {
          as: payer.as,
          key: "skip",
          body: { skipped: ["2031-01-31"], pauses: [] }
        })
        expect(changed.body).toMatchObject({ next: { dueOn: "2031-02-28" } })
        expect((yield* call("GET", `${on}/payments`, payer)).body).toEqual({ items: [], next: null })
        const ended = yield* call("POST", `${on}/cancellation`, { as: payer.as, key: "end" })
        expect(ended.body).toMatchObject({ state: "cancelled" })
      })
    )
  })
}
