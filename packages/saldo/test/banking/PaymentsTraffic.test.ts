/** What rails do: no answer, answers twice, late, in any order, and about payments that nobody knows. */
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { BankBooks } from "saldo/banking/BankBooks"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import type { DepositTransactions } from "saldo/banking/DepositTransactions"
import type { PaymentOrder } from "saldo/banking/PaymentOrder"
import { PaymentRail } from "saldo/banking/PaymentRail"
import { Payments } from "saldo/banking/Payments"
import type { PaymentStatus } from "saldo/banking/PaymentStatus"
import { type PaymentInstruction, type RailEvent, type RailReport, RailUnavailable } from "saldo/banking/RailEvent"
import { as, system } from "saldo/core/Actor"
import { Ledger } from "saldo/ledger/Ledger"
import { key, officer, sek, tenant } from "./depositBank.ts"
import { creditor, memoryStores, opened, payingBank, standing } from "./paymentBank.ts"

/** A rail that does what a test says, and keeps what it was asked. */
const scripted = () => {
  const sent: Array<PaymentInstruction> = []
  const asked: Array<string> = []
  const events: Array<RailEvent> = []
  let onSend: RailReport | "lost" = { status: "ACSP", reason: null }
  let onQuery: RailReport | "lost" | "unknown" = "unknown"
  const lost = Effect.fail(new RailUnavailable({ rail: "scripted", reason: "no answer" }))
  const rail = PaymentRail.of({
    name: "scripted",
    inTransit: Duration.minutes(10),
    send: (instruction) => {
      sent.push(instruction)
      return onSend === "lost" ? lost : Effect.succeed(onSend)
    },
    query: (endToEndId) => {
      asked.push(endToEndId)
      return onQuery === "lost" ? lost : Effect.succeed(onQuery === "unknown" ? Option.none() : Option.some(onQuery))
    },
    events: (after, limit) => {
      const from = after === null ? 0 : Number(after)
      const told = events.slice(from, from + limit)
      return Effect.succeed({ events: told, next: String(from + told.length) })
    }
  })
  return {
    rail,
    sent,
    asked,
    tell: (...more: ReadonlyArray<RailEvent>) => void events.push(...more),
    sends: (answer: typeof onSend) => void (onSend = answer),
    answers: (answer: typeof onQuery) => void (onQuery = answer)
  }
}

const report = (status: PaymentStatus, reason: string | null = null): RailReport => ({ status, reason })

const reported = (id: string, { endToEndId }: PaymentOrder, status: PaymentStatus, reason?: string): RailEvent => ({
  id,
  endToEndId,
  _tag: "Reported",
  report: report(status, reason)
})

const cameBack = (id: string, { endToEndId }: PaymentOrder, amount: string, returnId = "return 1"): RailEvent => ({
  id,
  endToEndId,
  _tag: "Returned",
  returnId,
  amount: sek(amount),
  reason: "AC04"
})

type Script = ReturnType<typeof scripted>

/** A payment of 250.00 from an account of 1,000.00, ordered and approved. */
const withPayment = (
  test: (given: {
    readonly script: Script
    readonly order: PaymentOrder
    readonly work: (adjust?: Duration.Input) => ReturnType<Payments["Service"]["work"]>
    readonly now: Effect.Effect<PaymentOrder, unknown, Payments>
    readonly held: Effect.Effect<Effect.Success<ReturnType<typeof standing>>, unknown>
  }) => Effect.Effect<void, unknown, AuditTrail | BankBooks | DepositAccounts | DepositTransactions | Ledger | Payments>
) => {
  const script = scripted()
  return Effect.gen(function* () {
    yield* TestClock.setTime(Date.UTC(2026, 4, 4, 9))
    const payments = yield* Payments
    const { account, anna } = yield* opened("anna", "1000.00")
    const wish = { key: key("rent"), accountId: account.id, amount: sek("250.00"), creditor }
    const order = yield* payments.create(wish).pipe(as(anna))
    const context = yield* Effect.context<Effect.Services<ReturnType<typeof standing>>>()
    yield* test({
      script,
      order,
      work: (adjust = 0) => Effect.andThen(TestClock.adjust(adjust), payments.work()),
      now: payments.find(order.id).pipe(as(anna)),
      held: Effect.provideContext(standing(account.ledgerAccountId), context)
    })
    const { balanced } = yield* Ledger.use((ledger) => ledger.trialBalance()).pipe(as(system(tenant)))
    expect(balanced).toBe(true)
  }).pipe(Effect.provide(Layer.fresh(payingBank(memoryStores, script))))
}

const untouched = { balance: "1000.00 SEK", available: "1000.00 SEK", settlement: "0.00 SEK" }
const setAside = { balance: "1000.00 SEK", available: "750.00 SEK", settlement: "0.00 SEK" }
const paid = { balance: "750.00 SEK", available: "750.00 SEK", settlement: "-250.00 SEK" }

describe("a payment whose outcome is unknown", () => {
  it.effect("is asked about, and never sent again while it may be on its way", () =>
    withPayment(({ held, now, script, work }) =>
      Effect.gen(function* () {
        script.sends("lost")
        yield* work()
        expect(yield* now).toMatchObject({ state: "sent", status: null, attempts: 1 })
        expect(script.asked).toEqual([])
        // Rounds before its time change nothing.
        for (const _ of [1, 2, 3]) yield* work("3 minutes")
        expect(script.sent).toHaveLength(1)
        expect(script.asked).toEqual([])
        script.answers(report("ACSC"))
        yield* work("1 minute")
        expect(script.asked).toHaveLength(1)
        expect(yield* now).toMatchObject({ state: "settled", attempts: 1 })
        expect(yield* held).toEqual(paid)
        yield* work("30 days")
        expect([script.sent.length, script.asked.length]).toEqual([1, 1])
      })
    )
  )

  it.effect("is sent again, under its reference, once the rail says for certain that it does not know it", () =>
    withPayment(({ held, now, order, script, work }) =>
      Effect.gen(function* () {
        script.sends("lost")
        yield* work()
        script.answers("lost")
        yield* work("10 minutes")
        // The rail could not be asked: nothing is certain.
        expect(yield* now).toMatchObject({ state: "sent", status: null, attempts: 1 })
        script.answers("unknown")
        yield* work("1 hour")
        expect(yield* now).toMatchObject({ state: "sent", status: null, attempts: 2 })
        expect(script.sent.map(({ endToEndId }) => endToEndId)).toEqual([order.endToEndId, order.endToEndId])
        expect(new Set(script.sent.map(({ uetr }) => uetr)).size).toBe(1)
        expect(yield* held).toEqual(setAside)
        // The second time counts from its own time in transit.
        yield* work("9 minutes")
        expect(script.sent).toHaveLength(2)
        script.sends(report("ACSP"))
        yield* work("1 minute")
        expect(yield* now).toMatchObject({ status: "ACSP", attempts: 3 })
        // Known from now on: what the rail forgets is asked for, never sent again.
        for (const _ of [1, 2, 3]) yield* work("1 hour")
        expect(script.sent).toHaveLength(3)
        expect(yield* now).toMatchObject({ state: "sent", status: "ACSP" })
        script.answers(report("RJCT", "AC04"))
        yield* work("1 hour")
        expect(yield* now).toMatchObject({ state: "failed", reason: "AC04", askAt: null })
        expect(yield* held).toEqual(untouched)
      })
    )
  )
})

describe("what a rail tells", () => {
  it.effect("holds a payment, with its money set aside, until it says more", () =>
    withPayment(({ held, now, order, script, work }) =>
      Effect.gen(function* () {
        yield* work()
        script.tell(reported("1", order, "PDNG", "RR04"))
        yield* work()
        expect(yield* now).toMatchObject({ state: "held", status: "PDNG", reason: "RR04", dispute: null })
        expect(yield* held).toEqual(setAside)
        const cancelled = yield* Effect.flip(
          Payments.use((payments) => payments.cancel({ key: key("too late"), id: order.id })).pipe(as(officer))
        )
        expect(cancelled).toMatchObject({ _tag: "PaymentOrderUnfit", state: "held" })
        // Released; and told once more of the time before.
        script.tell(reported("2", order, "ACSP"), reported("1", order, "PDNG", "RR04"))
        yield* work()
        expect(yield* now).toMatchObject({ state: "sent", status: "ACSP", reason: null })
        script.tell(reported("3", order, "PDNG"), reported("4", order, "ACSC"))
        yield* work()
        expect(yield* now).toMatchObject({ state: "settled", status: "ACSC", dispute: null })
        expect(yield* held).toEqual(paid)
      })
    )
  )

  it.effect("counts once, however often and in whatever order it comes", () =>
    withPayment(({ held, now, order, script, work }) =>
      Effect.gen(function* () {
        yield* work()
        const settled = reported("1", order, "ACSC")
        // Twice under one id, again under another, and older news behind it.
        script.tell(
          settled,
          settled,
          reported("2", order, "ACSC"),
          reported("3", order, "ACSP"),
          reported("4", order, "RCVD")
        )
        yield* work()
        const after = yield* now
        expect(after).toMatchObject({ state: "settled", status: "ACSC", dispute: null })
        expect(yield* held).toEqual(paid)
        // The same by another way, by somebody of the bank.
        const payments = yield* Payments
        expect(yield* payments.hear("scripted", settled).pipe(as(officer))).toBe(true)
        expect(yield* payments.hear("status file", settled).pipe(as(officer))).toBe(true)
        expect(yield* now).toEqual(after)
        const page = yield* AuditTrail.use((trail) =>
          trail.query({ filter: { subject: { type: "payment", id: order.id } } })
        ).pipe(as(system(tenant)))
        expect(page.items.map(({ action }) => action).toSorted()).toEqual([
          "banking.create-payment",
          // In process, and settled.
          "banking.report-payment",
          "banking.report-payment",
          "banking.send-payment"
        ])
      })
    )
  )

  it.effect("brings money back long after it was settled, once, and in part", () =>
    withPayment(({ held, now, order, script, work }) =>
      Effect.gen(function* () {
        yield* work()
        script.tell(reported("1", order, "ACSC"))
        yield* work()
        const back = cameBack("2", order, "249.00")
        script.tell(back, back, cameBack("3", order, "249.00"))
        yield* work("60 days")
        expect(yield* now).toMatchObject({ state: "returned", reason: "AC04", dispute: null })
        const after = { balance: "999.00 SEK", available: "999.00 SEK", settlement: "-1.00 SEK" }
        expect(yield* held).toEqual(after)
        // Another return of the same payment, and more than was paid, move nothing and are for a person.
        script.tell(cameBack("4", order, "250.00", "return 2"))
        yield* work()
        expect(yield* now).toMatchObject({ state: "returned", dispute: "The rail returned it again, as return 2" })
        expect(yield* held).toEqual(after)
        const { items } = yield* Payments.use((payments) => payments.list({ disputed: true })).pipe(as(officer))
        expect(items.map(({ id }) => id)).toEqual([order.id])
      })
    )
  )

  it.effect("keeps what comes back to an account that is closed, for a person to look after", () =>
    withPayment(({ now, order, script, work }) =>
      Effect.gen(function* () {
        yield* work()
        script.tell(reported("1", order, "ACSC"))
        yield* work()
        const accounts = yield* DepositAccounts
        const other = yield* opened("bo", "0.01")
        yield* accounts.close({ key: key("close"), accountId: order.accountId, to: other.account.id }).pipe(as(officer))
        script.tell(cameBack("2", order, "250.00"))
        yield* work("30 days")
        expect(yield* now).toMatchObject({ state: "returned", dispute: null })
        const books = yield* BankBooks
        const unapplied = yield* books.account(tenant, "unapplied", "SEK")
        const { balance } = yield* Ledger.use((ledger) => ledger.balance(unapplied.id)).pipe(as(system(tenant)))
        expect(balance).toEqual(sek("250.00"))
      })
    )
  )

  it.effect("settles what comes back before anybody has said that it was settled", () =>
    withPayment(({ held, now, order, script, work }) =>
      Effect.gen(function* () {
        script.sends("lost")
        yield* work()
        script.tell(cameBack("2", order, "250.00"), reported("1", order, "ACSC"))
        yield* work()
        expect(yield* now).toMatchObject({ state: "returned", status: "ACSC", dispute: null, askAt: null })
        expect(yield* held).toEqual(untouched)
      })
    )
  )

  it.effect("moves no money where it contradicts itself", () =>
    withPayment(({ held, now, order, script, work }) =>
      Effect.gen(function* () {
        yield* work()
        script.tell(reported("1", order, "RJCT", "AC04"), reported("2", order, "ACSC"), cameBack("3", order, "250.00"))
        yield* work()
        expect(yield* now).toMatchObject({ state: "failed", dispute: "The rail said RJCT first and ACSC later" })
        expect(yield* held).toEqual(untouched)
      })
    )
  )

  it.effect("is for a person when it is about an order that was never sent", () =>
    withPayment(({ held, now, order, script }) =>
      Effect.gen(function* () {
        const payments = yield* Payments
        yield* payments.hear("scripted", reported("1", order, "ACSC")).pipe(as(officer))
        expect(yield* now).toMatchObject({
          state: "approved",
          dispute: "The rail said ACSC of an order that is approved here"
        })
        expect(yield* held).toEqual(setAside)
        expect(script.sent).toEqual([])
      })
    )
  )

  it.effect("is kept for a person when it is about nothing known, and holds nothing else up", () =>
    withPayment(({ now, order, script, work }) =>
      Effect.gen(function* () {
        const payments = yield* Payments
        yield* work()
        const stray = cameBack("stray", { ...order, endToEndId: "not ours" }, "1.00")
        script.tell(stray, stray, reported("1", order, "ACSC"))
        yield* work()
        const at = yield* DateTime.now
        const kept = { rail: "scripted", eventId: "stray", endToEndId: "not ours", receivedAt: at }
        expect(yield* payments.strays.pipe(as(officer))).toEqual([kept])
        expect(yield* now).toMatchObject({ state: "settled" })
        // Another tenant's order is nothing that this tenant knows.
        const elsewhere = { ...reported("2", order, "RJCT"), id: "elsewhere" }
        expect(yield* payments.hear("scripted", elsewhere).pipe(as(system("another bank")))).toBe(false)
        expect(yield* now).toMatchObject({ state: "settled", dispute: null })
      })
    )
  )
})
