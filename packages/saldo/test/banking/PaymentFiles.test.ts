/** Payments that leave in files: each once, and the same file however often it is asked for. */
import { describe, expect, it } from "@effect/vitest"
import { everyFault } from "@saldo/testing/FaultInjection"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { parseExternalAccount } from "saldo/banking/ExternalAccount"
import type { PaymentDebtor } from "saldo/banking/PaymentFile"
import { type PaymentFileOptions, PaymentFiles } from "saldo/banking/PaymentFiles"
import type { PaymentOrder } from "saldo/banking/PaymentOrder"
import { Payments, type PaymentWish } from "saldo/banking/Payments"
import { as, Identity, system } from "saldo/core/Actor"
import * as Id from "saldo/core/Id"
import { everyDay } from "saldo/time/HolidayCalendar"
import { sweden } from "saldo/time/holidaysSweden"
import { customer, goTo, key, officer, sek, tenant } from "./depositBank.ts"
import { date } from "./interestTermsOf.ts"
import { creditor, memoryStores, opened, payingBank, sqlStores, standing } from "./paymentBank.ts"

const own = Result.getOrThrow(parseExternalAccount({ scheme: "SwedishAccount", text: "8327-9, 10 923 932-7" }))
const bakery: PaymentDebtor = { debtor: { name: "Bageri AB", organisationId: "5560360793" }, account: own }

const debtors = (debtor: () => PaymentDebtor | undefined = () => bakery): PaymentFileOptions => ({
  debtorOf: () => Effect.sync(() => Option.fromNullishOr(debtor()))
})

const bank = (options: PaymentFileOptions = debtors(), stores = memoryStores) =>
  PaymentFiles.layerWith(options).pipe(
    Layer.provideMerge(
      payingBank(stores, RailSimulator.make({ seed: "files" }), { businessDays: sweden, handover: "file" })
    )
  )

/** A bank on Monday, 4 May 2026, with a customer who orders payments. */
const ready = Effect.gen(function* () {
  yield* goTo("2026-05-04")
  const { account, anna } = yield* opened("anna", "10000.00")
  const [files, payments] = [yield* PaymentFiles, yield* Payments]
  const pay = (name: string, amount: string, more: Partial<PaymentWish> = {}) =>
    payments.create({ key: key(name), accountId: account.id, amount: sek(amount), creditor, ...more }).pipe(as(anna))
  return {
    account,
    anna,
    files,
    payments,
    pay,
    hand: (name: string, through: string) =>
      files.export({ key: key(name), accountId: account.id, through: date(through) }).pipe(as(anna)),
    find: (order: PaymentOrder) => payments.find(order.id).pipe(as(anna))
  }
})

const texts = (document: string, element: string) =>
  [...document.matchAll(new RegExp(`<${element}(?: [^>]*)?>([^<]*)</${element}>`, "gu"))].map(([, text]) => text)

describe("a payment file", () => {
  it.effect("holds the approved orders up to a day, each for its own, with control sums", () =>
    Effect.gen(function* () {
      const { account, files, find, hand, pay, payments, anna } = yield* ready
      const late = yield* pay("late", "100.10")
      const message = { _tag: "Reference", reference: "123067" } as const
      const wednesday = yield* pay("wednesday", "200.20", { executeOn: date("2026-05-06"), message })
      const thursday = yield* pay("thursday", "400.40", { executeOn: date("2026-05-07") })
      const today = yield* pay("today", "0.05", { executeOn: date("2026-05-05") })
      yield* goTo("2026-05-05")
      // Nothing of it goes over the rail.
      expect(yield* payments.work()).toMatchObject({ sent: 0 })
      const file = yield* hand("file", "2026-05-06")
      expect(file).toMatchObject({
        accountId: account.id,
        orderIds: [late.id, wednesday.id, today.id],
        sum: sek("300.35"),
        leftOut: []
      })
      expect(JSON.stringify(file)).toContain('"text":"<redacted:payment file>"')
      const document = Redacted.value(file.text)
      expect(texts(document, "MsgId")).toEqual([file.messageId])
      expect(texts(document, "NbOfTxs")).toEqual(["3", "2", "1"])
      expect(texts(document, "CtrlSum")).toEqual(["300.35", "100.15", "200.20"])
      expect(texts(document, "Dt")).toEqual(["2026-05-05", "2026-05-06"])
      expect(texts(document, "EndToEndId")).toEqual([late.endToEndId, today.endToEndId, wednesday.endToEndId])
      expect(texts(document, "UETR")).toEqual([late.uetr, today.uetr, wednesday.uetr])
      expect(texts(document, "IBAN")).toEqual(Array.from({ length: 3 }, () => "SE4550000000058398257466"))
      expect(texts(document, "Ref")).toEqual(["123067"])
      expect(yield* find(late)).toMatchObject({
        state: "sent",
        status: null,
        attempts: 1,
        askAt: null,
        file: { messageId: file.messageId, requestedOn: "2026-05-05" }
      })
      expect(yield* find(thursday)).toMatchObject({ state: "approved" })
      expect(yield* Effect.flip(hand("nothing left", "2026-05-06"))).toMatchObject({ _tag: "PaymentFileEmpty" })
      const second = yield* hand("second", "2026-05-07")
      expect(second.orderIds).toEqual([thursday.id])
      expect(second.messageId).not.toBe(file.messageId)
      // What is in a file is with the bank: it is settled by what the bank tells, and can be had again all the same.
      const told = { _tag: "Reported", report: { status: "ACSC", reason: null } } as const
      yield* payments.hear("pain.002", { id: "1", endToEndId: late.endToEndId, ...told }).pipe(as(officer))
      const failed = { _tag: "Reported", report: { status: "RJCT", reason: "AC04" } } as const
      yield* payments.hear("pain.002", { id: "2", endToEndId: today.endToEndId, ...failed }).pipe(as(officer))
      const accepted = { _tag: "Reported", report: { status: "ACTC", reason: null } } as const
      yield* payments.hear("pain.002", { id: "3", endToEndId: wednesday.endToEndId, ...accepted }).pipe(as(officer))
      expect([yield* find(late), yield* find(today), yield* find(wednesday)]).toMatchObject([
        { state: "settled" },
        { state: "failed" },
        { state: "sent", status: "ACTC", askAt: null }
      ])
      expect(yield* standing(account.ledgerAccountId)).toMatchObject({
        balance: "9899.90 SEK",
        available: "9299.30 SEK",
        settlement: "-100.10 SEK"
      })
      yield* goTo("2026-06-30")
      const again = yield* files.find(file.messageId).pipe(as(anna))
      expect(Redacted.value(again.text)).toBe(document)
      expect(Redacted.value((yield* hand("file", "2026-05-06")).text)).toBe(document)
      // Nobody is asked about it, however much time goes by.
      expect(yield* payments.work()).toMatchObject({ asked: 0, sent: 0 })
    }).pipe(Effect.provide(Layer.fresh(bank())))
  )

  it.effect("is for those who may pay from the account, and recorded with whoever has it again", () =>
    Effect.gen(function* () {
      const { account, anna, files, hand, pay } = yield* ready
      yield* pay("rent", "100.00")
      const stranger = customer(yield* Id.make("cust"))
      const wish = { key: key("theirs"), accountId: account.id, through: date("2026-05-04") }
      expect(yield* Effect.flip(files.export(wish).pipe(as(stranger)))).toMatchObject({ _tag: "PayerNotFound" })
      const file = yield* hand("file", "2026-05-04")
      expect(yield* Effect.flip(files.find(file.messageId).pipe(as(stranger)))).toMatchObject({
        _tag: "PaymentFileNotFound"
      })
      const unable = new Identity({ kind: "user", tenant, id: anna.id, roles: [], permissions: [] })
      expect(yield* Effect.flip(files.find(file.messageId).pipe(as(unable)))).toMatchObject({ _tag: "NotPermitted" })
      const elsewhere = system("another bank")
      expect(yield* Effect.flip(files.find(file.messageId).pipe(as(elsewhere)))).toMatchObject({
        _tag: "PaymentFileNotFound"
      })
      yield* files.find(file.messageId).pipe(as(officer))
      const subject = { type: "payment-file", id: file.messageId }
      const { items } = yield* AuditTrail.use((trail) => trail.query({ filter: { subject } })).pipe(as(system(tenant)))
      expect(items.map(({ action, actor }) => `${action} by ${actor.id}`).toSorted()).toEqual([
        `banking.export-payment-file by ${anna.id}`,
        "banking.read-payment-file by officer"
      ])
      const shown = JSON.stringify(items)
      expect(shown).toContain('"/digest"')
      expect(shown).not.toContain("SE4550000000058398257466")
      expect(shown).not.toContain(creditor.name)
    }).pipe(Effect.provide(Layer.fresh(bank())))
  )

  it.effect("leaves out what no bank would take, and says so", () =>
    Effect.gen(function* () {
      const { find, hand, pay, payments, anna } = yield* ready
      const odd = yield* pay("odd", "1.00", { creditor: { ...creditor, name: "Ł & Ω" } })
      expect(yield* Effect.flip(hand("odd", "2026-05-04"))).toMatchObject({
        _tag: "PaymentFileEmpty",
        leftOut: [{ orderId: odd.id, field: "creditor.name" }]
      })
      const fine = yield* pay("fine", "2.00")
      const file = yield* hand("file", "2026-05-04")
      expect(file).toMatchObject({ orderIds: [fine.id], leftOut: [{ orderId: odd.id, field: "creditor.name" }] })
      expect((yield* hand("file", "2026-05-04")).leftOut).toEqual(file.leftOut)
      expect(yield* find(odd)).toMatchObject({ state: "approved" })
      // The bank was told of an order that never left: that is for a person, and no file takes it meanwhile.
      const third = yield* pay("third", "3.00")
      const told = { _tag: "Reported", report: { status: "RJCT", reason: null } } as const
      yield* payments.hear("pain.002", { id: "1", endToEndId: third.endToEndId, ...told }).pipe(as(officer))
      expect(yield* Effect.flip(hand("third", "2026-05-04"))).toMatchObject({ _tag: "PaymentFileEmpty" })
      yield* payments.cancel({ key: key("cancel"), id: odd.id }).pipe(as(anna))
    }).pipe(Effect.provide(Layer.fresh(bank())))
  )

  it.effect("needs a debtor, and refuses to be another file than it was", () => {
    let debtor: PaymentDebtor | undefined
    return Effect.gen(function* () {
      const { anna, files, find, hand, pay } = yield* ready
      const order = yield* pay("rent", "100.00")
      expect(yield* Effect.flip(hand("file", "2026-05-04"))).toMatchObject({ _tag: "PaymentDebtorUnknown" })
      debtor = { ...bakery, debtor: { name: "Ω" } }
      expect(yield* Effect.flip(hand("name", "2026-05-04"))).toMatchObject({
        _tag: "CreditTransfersInvalid",
        field: "initiator.name"
      })
      expect(yield* find(order)).toMatchObject({ state: "approved" })
      debtor = bakery
      const { messageId, text } = yield* hand("file", "2026-05-04")
      debtor = { ...bakery, debtor: { name: "Bageri och Konditori AB" } }
      expect(yield* Effect.flip(files.find(messageId).pipe(as(anna)))).toMatchObject({ _tag: "PaymentFileChanged" })
      debtor = bakery
      expect(Redacted.value((yield* files.find(messageId).pipe(as(anna))).text)).toBe(Redacted.value(text))
    }).pipe(Effect.provide(Layer.fresh(bank(debtors(() => debtor)))))
  })

  it.effect("takes so many payments and leaves the others to the next", () =>
    Effect.gen(function* () {
      const { hand, pay } = yield* ready
      const orders = yield* Effect.forEach(["1.00", "2.00", "3.00"], (amount) => pay(amount, amount))
      const first = yield* hand("first", "2026-05-04")
      const rest = yield* hand("second", "2026-05-04")
      expect([first.orderIds, rest.orderIds]).toEqual([
        orders.slice(0, 2).map(({ id }) => id),
        orders.slice(2).map(({ id }) => id)
      ])
    }).pipe(Effect.provide(Layer.fresh(bank({ ...debtors(), maximum: 2 }))))
  )
})

const stores = {
  memory: memoryStores,
  "sqlite file": sqlStores.pipe(Layer.provide(TestSqlite.layerFile), Layer.orDie),
  postgres: sqlStores.pipe(Layer.provide(TestPostgres.layer), Layer.orDie)
}

describe("exports", () => {
  for (const [name, layer] of Object.entries(stores)) {
    it.live(`hand each order over once, four of them at once with the rail (${name})`, () => {
      const simulator = RailSimulator.make({ seed: "both" })
      const both = PaymentFiles.layerWith({ ...debtors(), maximum: 2 }).pipe(
        Layer.provideMerge(payingBank(layer, simulator, { businessDays: everyDay }))
      )
      return Effect.gen(function* () {
        const [files, payments] = [yield* PaymentFiles, yield* Payments]
        const { account, anna } = yield* opened("anna", "10000.00")
        const wish = { accountId: account.id, creditor }
        const orders = yield* Effect.forEach(["1.00", "2.00", "3.00", "4.00", "5.00", "6.00"], (amount) =>
          payments.create({ key: key(amount), amount: sek(amount), ...wish }).pipe(as(anna))
        )
        const through = orders[0]?.executeOn ?? date("2026-05-04")
        const hand = (index: number) =>
          Effect.result(files.export({ key: key(`file ${index}`), accountId: account.id, through }).pipe(as(anna)))
        const [outcomes] = yield* Effect.all(
          [Effect.forEach([1, 2, 3, 4], hand, { concurrency: "unbounded" }), payments.work()],
          { concurrency: "unbounded" }
        )
        const inFiles = outcomes.flatMap((outcome) => (Result.isSuccess(outcome) ? outcome.success.orderIds : []))
        const overRail = [...(yield* simulator.payments).values()]
        expect(new Set(inFiles).size).toBe(inFiles.length)
        expect(inFiles.length + overRail.length).toBe(6)
        expect(overRail.every(({ arrivals }) => arrivals === 1)).toBe(true)
        for (const { id } of orders) {
          const order = yield* payments.find(id).pipe(as(anna))
          expect(order).toMatchObject({ state: "sent", attempts: 1 })
          expect(order.file !== undefined).toBe(inFiles.includes(id))
        }
      }).pipe(Effect.provide(Layer.fresh(both)))
    })
  }

  const approved = Layer.effectDiscard(
    Effect.gen(function* () {
      const { pay } = yield* ready
      yield* pay("first", "1.00")
      yield* pay("second", "2.00")
    })
  ).pipe(
    Layer.provideMerge(bank(debtors(), sqlStores.pipe(Layer.provide(TestSqlite.layer), Layer.orDie))),
    Layer.provideMerge(TestClock.layer())
  )

  it.live(
    "are one file though they are stopped anywhere and sent again",
    () =>
      Effect.gen(function* () {
        const hand = Effect.gen(function* () {
          const [files, payments] = [yield* PaymentFiles, yield* Payments]
          const { items } = yield* payments.list().pipe(as(officer))
          const accountId = items[0]?.accountId
          if (accountId === undefined) return yield* Effect.die(new RangeError("the orders are gone"))
          return yield* files.export({ key: key("file"), accountId, through: date("2026-05-04") }).pipe(as(officer))
        })
        const report = yield* everyFault(approved, hand, () =>
          Effect.gen(function* () {
            const file = yield* hand
            expect(file.orderIds).toHaveLength(2)
            const { items } = yield* Payments.use((payments) => payments.list()).pipe(as(officer))
            expect(items.map((order) => [order.attempts, order.file?.messageId])).toEqual([
              [1, file.messageId],
              [1, file.messageId]
            ])
            const filter = { action: "banking.export-payment-file", outcome: "succeeded" } as const
            const trail = yield* AuditTrail.use((audit) => audit.query({ filter })).pipe(as(system(tenant)))
            expect(trail.items).toHaveLength(1)
          })
        )
        expect(report.writes).toBeGreaterThan(5)
      }),
    60_000
  )
})
