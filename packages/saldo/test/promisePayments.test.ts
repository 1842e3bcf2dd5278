import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import {
  type BankSaldo,
  type PaymentInstruction,
  type Rail,
  type RailEvent,
  RailMissing,
  type RailReport
} from "saldo/promise"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { accountOf, customerOf, faultIn, officer, openBank, rejection, secrets, sek } from "./promiseBankWorld.ts"

const folder = await mkdtemp(join(tmpdir(), "saldo-promise-payments-"))
afterAll(() => rm(folder, { recursive: true }))

const creditor = { name: "Bo Ek", account: { scheme: "Iban" as const, text: secrets.iban } }

/** A rail that executes what it is sent, tells about it, and can be out of order. */
class OwnRail implements Rail {
  readonly name = "own"
  readonly inTransitMs = 1000
  readonly sent: Array<PaymentInstruction> = []
  readonly told: Array<RailEvent> = []
  outOfOrder: Error | undefined

  readonly #answer = <A>(answer: () => A): Promise<A> =>
    this.outOfOrder === undefined ? Promise.resolve(answer()) : Promise.reject(this.outOfOrder)

  readonly send = (instruction: PaymentInstruction): Promise<RailReport> =>
    this.#answer(() => {
      this.sent.push(instruction)
      return { status: "ACSP", reason: null }
    })

  readonly query = (endToEndId: string): Promise<RailReport | undefined> =>
    this.#answer(() =>
      this.sent.some((each) => each.endToEndId === endToEndId) ? { status: "ACSP", reason: null } : undefined
    )

  readonly events = (after: string | null, limit: number) =>
    this.#answer(() => {
      const from = Number(after ?? 0)
      const events = this.told.slice(from, from + limit)
      return { events, next: String(from + events.length) }
    })

  tell(endToEndId: string, status: RailReport["status"], reason: string | null = null): void {
    this.told.push({ _tag: "Reported", id: `event ${this.told.length}`, endToEndId, report: { status, reason } })
  }
}

describe("payments without Effect", () => {
  const rail = new OwnRail()
  let saldo: BankSaldo
  let own: BankSaldo["bank"]
  let accountId: string
  beforeAll(async () => {
    saldo = await openBank({ rail })
    const customer = await customerOf(saldo)
    own = customer.own
    accountId = await accountOf(saldo, customer.customerId, "1000.00")
  })
  afterAll(() => saldo.close())

  const pay = (key: string, amount: string) => own.payments.create({ key, accountId, amount: sek(amount), creditor })
  const standing = async () => {
    const { available, balance } = await own.accounts.balance(accountId)
    return [balance, available].map(String)
  }

  it("leave over the rail of the host, which sees the number, and settle when it says so", async () => {
    const order = await pay("rent", "300.00")
    expect(await pay("rent", "300.00")).toEqual(order)
    expect(inspect(order, { depth: 9 })).not.toContain("5839825")
    expect(await standing()).toEqual(["1000.00 SEK", "700.00 SEK"])
    expect(await saldo.bank.payments.work()).toEqual({ sent: 1, asked: 0, heard: 0, expired: 0 })
    expect(rail.sent).toMatchObject([
      { endToEndId: order.endToEndId, amount: sek("300.00"), creditor: { name: "Bo Ek" } }
    ])
    const [instruction] = rail.sent
    expect(instruction?.creditor.account._tag === "Iban" && instruction.creditor.account.iban.reveal()).toBe(
      "SE4550000000058398257466"
    )
    rail.tell(order.endToEndId, "ACSC")
    expect((await saldo.bank.payments.work()).heard).toBe(1)
    expect(await own.payments.find(order.id)).toMatchObject({ state: "settled", status: "ACSC" })
    expect(await standing()).toEqual(["700.00 SEK", "700.00 SEK"])
    expect((await own.payments.list({ state: "settled" })).items.map(({ id }) => id)).toEqual([order.id])
  })

  it("give the money back when the rail rejects, and bring back what is returned later", async () => {
    const rejected = await pay("rejected", "100.00")
    const returned = await pay("returned", "50.00")
    await saldo.bank.payments.work()
    rail.tell(rejected.endToEndId, "RJCT", "AC04")
    rail.tell(returned.endToEndId, "ACSC")
    await saldo.bank.payments.work()
    expect(await own.payments.find(rejected.id)).toMatchObject({ state: "failed", reason: "AC04" })
    expect(await standing()).toEqual(["650.00 SEK", "650.00 SEK"])
    const back = { returnId: "r1", amount: sek("50.00"), reason: "AC04" }
    const event = { _tag: "Returned" as const, id: "late", endToEndId: returned.endToEndId, ...back }
    expect(await saldo.bank.payments.hear("own", event)).toBe(true)
    expect(await saldo.bank.payments.hear("own", { ...event, id: "other", endToEndId: "unknown" })).toBe(false)
    expect((await own.payments.find(returned.id)).returned).toEqual(back)
    expect(await standing()).toEqual(["700.00 SEK", "700.00 SEK"])
    expect(await saldo.bank.payments.strays()).toMatchObject([{ eventId: "other", endToEndId: "unknown" }])
  })

  it("are unknown while the rail fails, of whose error nothing is kept but its name", async () => {
    const logged = vi.spyOn(console, "log").mockImplementation(() => undefined)
    const order = await pay("unknown", "10.00")
    rail.outOfOrder = new TypeError(`cannot send to ${secrets.iban}`)
    await saldo.bank.payments.work()
    rail.outOfOrder = undefined
    const answered = rail.events
    Object.assign(rail, { events: () => Promise.resolve({ events: [{ _tag: secrets.iban }], next: "9" }) })
    await saldo.bank.payments.work()
    Object.assign(rail, { events: answered })
    const lines = logged.mock.calls.flat().join("\n")
    logged.mockRestore()
    expect(lines).toContain("it failed with TypeError")
    expect(lines).toContain("its answer does not fit at /events/0")
    expect(lines).not.toContain("5839")
    expect(await own.payments.find(order.id)).toMatchObject({ state: "sent", status: null })
    rail.tell(order.endToEndId, "ACSC")
    await saldo.bank.payments.work()
    expect((await own.payments.find(order.id)).state).toBe("settled")
  })

  it("are refused with the reason, and say where an input is at fault", async () => {
    await expect(pay("too much", "10000.00")).rejects.toMatchObject({ _tag: "InsufficientFunds" })
    await expect(own.payments.work()).rejects.toMatchObject({ _tag: "NotPermitted" })
    const wish = { key: "wrong", accountId, amount: sek("1.00"), creditor }
    expect(await faultIn(own.payments.create({ ...wish, executeOn: "tomorrow" }))).toBe("/executeOn")
    expect(await faultIn(own.payments.create({ ...wish, creditor: { ...creditor, name: "" } }))).toBe("/creditor/name")
    const account = { scheme: "Iban" as const, text: "SE45", country: "SE" }
    expect(await faultIn(own.payments.create({ ...wish, creditor: { ...creditor, account } }))).toBe(
      "/creditor/account/country"
    )
  })
})

describe("the consent of a second person", () => {
  let saldo: BankSaldo
  let customerId: string
  let accountId: string
  beforeAll(async () => {
    const payments = { approval: { above: [sek("100.00")] }, approvalWithinMs: 3_600_000, limits: [daily] }
    saldo = await openBank({ rail: new OwnRail(), payments })
    customerId = (await customerOf(saldo)).customerId
    accountId = await accountOf(saldo, customerId, "1000.00")
  })
  afterAll(() => saldo.close())

  const daily = {
    id: "daily",
    label: "Payments a day",
    measure: { kind: "amount" as const, maximum: sek("500.00") },
    window: "day" as const,
    perCounterparty: false
  }
  const wish = (key: string, amount: string) => ({ key, accountId, amount: sek(amount), creditor })

  it("is asked for above an amount, and given by somebody else", async () => {
    const [anna, bo] = [officer(saldo, "anna"), officer(saldo, "bo")]
    const order = await anna.payments.create(wish("large", "100.01"))
    expect(order).toMatchObject({ state: "created", approvalId: expect.any(String) })
    const decision = { key: "yes", id: order.id, approve: true, comment: null }
    await expect(anna.payments.decide(decision)).rejects.toMatchObject({ _tag: "ApprovalByRequester" })
    expect((await bo.approvals.waiting("payment")).items).toMatchObject([{ subject: { id: order.id } }])
    const approvalId = order.approvalId ?? ""
    const verdict = { state: "approved" as const, comment: null }
    await expect(bo.approvals.decide(approvalId, verdict)).rejects.toMatchObject({ _tag: "InputInvalid" })
    await expect(bo.approvals.withdraw(approvalId)).rejects.toMatchObject({ _tag: "InputInvalid" })
    for (const type of ["payment", "payment-plan"]) {
      await expect(bo.approvals.expireOverdue(type)).rejects.toMatchObject({ _tag: "InputInvalid" })
      const request = bo.approvals.request({ subject: { type, id: order.id }, withinMs: 1000 })
      await expect(request).rejects.toMatchObject({ _tag: "InputInvalid" })
    }
    expect((await bo.payments.decide({ ...decision, key: "yes by bo" })).state).toBe("approved")
    expect((await anna.payments.create(wish("small", "100.00"))).state).toBe("approved")
    const beyond = anna.payments.create(wish("beyond", "300.00"))
    await expect(beyond).rejects.toMatchObject({ _tag: "PaymentLimitExceeded" })
  })

  it("is asked for by a host for anything of its own, and seen by those whom it concerns", async () => {
    const [anna, bo] = [officer(saldo, "anna"), officer(saldo, "bo")]
    const customer = saldo.as({ tenant: "bank", id: customerId, permissions: ["bank:read"] }).bank
    const subject = { type: "discount", id: "d1" }
    const { expiresAt, id, requestedBy } = await anna.approvals.request({ subject, withinMs: 60_000 })
    expect(requestedBy).toBe("anna")
    expect(expiresAt.getTime()).toBeGreaterThan(Date.now())
    await expect(customer.approvals.find(id)).rejects.toMatchObject({ _tag: "ApprovalNotFound" })
    await expect(customer.approvals.withdraw(id)).rejects.toMatchObject({ _tag: "ApprovalNotFound" })
    const verdict = { state: "declined" as const, comment: "too much" }
    await expect(customer.approvals.decide(id, verdict)).rejects.toMatchObject({ _tag: "ApprovalNotFound" })
    await expect(anna.approvals.decide(id, verdict)).rejects.toMatchObject({ _tag: "ApprovalByRequester" })
    expect(await bo.approvals.decide(id, verdict)).toMatchObject({ state: "declined", decidedBy: "bo" })
    const mine = await customer.approvals.request({ subject: { type: "discount", id: "d2" }, withinMs: 1 })
    expect((await customer.approvals.find(mine.id)).state).toBe("waiting")
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await bo.approvals.expireOverdue("discount")).toBe(1)
    expect((await customer.approvals.find(mine.id)).state).toBe("expired")
  })
})

describe("a process without a rail", () => {
  it("takes orders, and leaves it to another one to send them", async () => {
    const filename = join(folder, "two.sqlite")
    await using desk = await openBank({}, filename, true)
    const { customerId, own } = await customerOf(desk)
    const accountId = await accountOf(desk, customerId, "100.00")
    const order = await own.payments.create({ key: "1", accountId, amount: sek("10.00"), creditor })
    await expect(desk.bank.payments.work()).rejects.toBeInstanceOf(RailMissing)
    const rail = new OwnRail()
    await using sending = await openBank({ rail }, filename, true)
    await vi.waitFor(async () => expect((await sending.bank.payments.find(order.id)).state).toBe("sent"), 10_000)
    expect(rail.sent).toHaveLength(1)
  })
})

describe("payments in files", () => {
  it("leave once, with the account that the host names, and the bank's word comes by `hear`", async () => {
    const debtorOf = ({ accountId }: { readonly accountId: string }) =>
      accountId === paying
        ? {
            debtor: { name: "Bageri AB", organisationId: "5560360793" },
            account: { scheme: "SwedishAccount" as const, text: "8327-9, 10 923 932-7" }
          }
        : undefined
    await using saldo = await openBank({ payments: { handover: "file" }, files: { debtorOf } })
    const { customerId, own } = await customerOf(saldo)
    const paying = await accountOf(saldo, customerId, "100.00")
    const other = await accountOf(saldo, customerId, "100.00", "2")
    const order = await own.payments.create({ key: "1", accountId: paying, amount: sek("10.00"), creditor })
    await own.payments.create({ key: "2", accountId: other, amount: sek("10.00"), creditor })
    expect(await saldo.bank.payments.work()).toEqual({ sent: 0, asked: 0, heard: 0, expired: 0 })
    const wish = { key: "file", accountId: paying, through: "9999-12-31" }
    const file = await own.files.export(wish)
    expect(file).toMatchObject({ orderIds: [order.id], sum: sek("10.00"), leftOut: [] })
    expect(inspect(file)).not.toContain("Bageri")
    expect(file.text.reveal()).toContain("<Nm>Bageri AB</Nm>")
    expect((await own.files.find(file.messageId)).text.reveal()).toBe(file.text.reveal())
    await expect(own.files.export({ ...wish, key: "again" })).rejects.toMatchObject({ _tag: "PaymentFileEmpty" })
    const unknown = own.files.export({ ...wish, key: "other", accountId: other })
    await expect(unknown).rejects.toMatchObject({ _tag: "PaymentDebtorUnknown" })
    const report = { status: "ACSC" as const, reason: null }
    const heard = { _tag: "Reported" as const, id: "1", endToEndId: order.endToEndId, report }
    expect(await saldo.bank.payments.hear("files", heard)).toBe(true)
    expect((await own.payments.find(order.id)).state).toBe("settled")
    expect(await saldo.bank.payments.hear("files", { ...heard, id: "2", endToEndId: "?" })).toBe(false)
    expect(await saldo.bank.payments.strays()).toMatchObject([{ rail: "files", eventId: "2" }])
  })
})

describe("standing orders without Effect", () => {
  it("order the same payment again by a schedule", async () => {
    await using saldo = await openBank({ rail: new OwnRail() })
    const { customerId, own } = await customerOf(saldo)
    const accountId = await accountOf(saldo, customerId, "100.00")
    const today = new Date().toISOString().slice(0, 10)
    const schedule = {
      startOn: today,
      recurrence: { kind: "weeks" as const, every: 1 },
      ends: { kind: "after" as const, payments: 3 },
      adjustment: "unadjusted" as const,
      skipped: [],
      pauses: []
    }
    const plan = await own.plans.create({ key: "p", accountId, amount: sek("10.00"), creditor, schedule })
    expect(plan).toMatchObject({ state: "active", next: { number: 1, dueOn: today } })
    const upcoming = await own.plans.upcoming(plan.id, { start: today, end: "9999-12-31" })
    expect(upcoming.map(({ number }) => number)).toEqual([1, 2, 3])
    expect(await saldo.bank.plans.work()).toEqual({ ordered: 1, refused: 0, expired: 0 })
    const { items } = await own.plans.payments(plan.id)
    expect(items).toMatchObject([{ number: 1, refusal: null }])
    expect((await own.payments.find(items[0]?.orderId ?? "")).plan).toEqual({ planId: plan.id, number: 1 })
    const skipped = [upcoming[1]?.scheduledOn ?? ""]
    await own.plans.change({ key: "skip", id: plan.id, skipped, pauses: [] })
    const left = await own.plans.upcoming(plan.id, { start: today, end: "9999-12-31" })
    expect(left.map(({ number }) => number)).toEqual([3])
    expect((await own.plans.cancel({ key: "c", id: plan.id })).state).toBe("cancelled")
    expect(await faultIn(own.plans.upcoming(plan.id, { start: "2026-02-01", end: "2026-01-01" }))).toBe("/end")
  })
})

describe("reconciliation without Effect", () => {
  it("knows the bank's accounts elsewhere by secrets, and takes documents as text and as bytes", async () => {
    await using saldo = await openBank()
    const { reconciliation } = officer(saldo)
    const registration = { key: "nostro", currency: "SEK", number: secrets.iban }
    const account = await reconciliation.register(registration)
    expect(account.number.reveal()).toBe("SE4550000000058398257466")
    expect(inspect(await reconciliation.accounts())).not.toContain("5839")
    for (const document of ["<Document/>", new TextEncoder().encode("<Document/>")]) {
      expect(await rejection(reconciliation.import(document))).toHaveProperty("_tag")
    }
    await expect(reconciliation.import(5 as never)).rejects.toMatchObject({ _tag: "InputInvalid" })
    const report = await reconciliation.report(account.id)
    expect([report.difference, report.unexplained].map(String)).toEqual(["0.00 SEK", "0.00 SEK"])
  })
})
