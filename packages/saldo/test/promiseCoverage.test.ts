/**
 * That `saldo/promise` leaves no use case out: the use cases come from the sources and their methods from what runs, and
 * each has a call here that is seen to reach it, or a reason why a host without Effect has no use for it.
 */
import { sqlite } from "@saldo/sqlite/sqlite"
import * as MemoryLoanSource from "@saldo/testing/MemoryLoanSource"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as ManagedRuntime from "effect/ManagedRuntime"
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { LoanCollection } from "saldo/lending/LoanCollection"
import { PlatformId } from "saldo/lending/LoanListing"
import { LoanPlatform } from "saldo/lending/LoanPlatform"
import * as Money from "saldo/money/Money"
import { type BankSaldo, createSaldo, InputInvalid } from "saldo/promise"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"

/** What was reached since it was last emptied, as `Ledger.post`. */
const reached = vi.hoisted(() => new Set<string>())
/** Every service in what runs, with its methods. */
const methodsOf = vi.hoisted(() => new Map<string, ReadonlyArray<string>>())

/** A service that tells which of its methods are taken from it. */
const watched = <S extends object>(name: string, service: S): S => {
  methodsOf.set(name, Object.keys(service))
  return new Proxy(service, {
    get: (target, property, receiver) => {
      if (typeof property === "string") reached.add(`${name}.${property}`)
      return Reflect.get(target, property, receiver) as unknown
    }
  })
}

const serviceName = (key: string): string => key.slice(key.lastIndexOf("/") + 1)

/** The same services, watched from outside: what one use case asks of another is not seen. */
const watching = <R, E, RIn>(layer: Layer.Layer<R, E, RIn>): Layer.Layer<R, E, RIn> =>
  Layer.effectContext(
    Effect.map(Layer.build(layer), (context) =>
      Context.makeUnsafe<R>(
        new Map(
          [...context.mapUnsafe].map(([key, service]) =>
            key.startsWith("saldo/") ? [key, watched(serviceName(key), service as object)] : [key, service]
          )
        )
      )
    )
  )

vi.mock("effect/ManagedRuntime", async (importOriginal) => {
  const original = await importOriginal<typeof ManagedRuntime>()
  return {
    ...original,
    make: <R, E>(layer: Layer.Layer<R, E>) => original.make(watching(layer))
  }
})

// A collection is made for each platform that is collected from, so that what runs has none.
Reflect.set(LoanCollection, "layer", watching(LoanCollection.layer))
const collect = (saldo: Pick<BankSaldo, "loans">) =>
  saldo.loans.collect(
    new LoanPlatform(
      "covered",
      MemoryLoanSource.layer({ platform: PlatformId.make("covered"), pages: () => [{ listings: [] }] })
    )
  )

/** Use cases, and parts of them, that a host without Effect has no call for. */
const exceptions: Readonly<Record<string, string>> = {
  AccountHolders: "how accounts see customers; a host gives tags by an option",
  Actor: "whoever a Saldo is in the hands of; see `as`",
  "AuditTrail.append": "for use cases that draft records before they write them",
  "AuditTrail.draft": "for use cases that draft records before they write them",
  "AuditTrail.sealAll": "the worker's round over all tenants; `seal` does it for one",
  BankBooks: "opens the bank's own ledger accounts when they are needed; `ledger.accountByCode` reads them",
  BankCalendar: "the option `timeZone`",
  CustomerObligations: "how customers see accounts",
  "Customers.inBusiness": "a lock within the caller's transaction",
  Idempotency: "commands of a host's own belong to its own transactions",
  PaymentAccounts: "how payments see accounts",
  "PersonalData.begin": "for use cases, which check who may; a host has no place to keep what is sealed",
  "PersonalData.destroy": "`customers.erase` checks who may, and when",
  "PersonalData.digest": "for use cases, which find what they keep sealed",
  "PersonalData.open": "for use cases, which check who may read",
  "PersonalData.seal": "for use cases, which keep what is sealed",
  WrappingKeys: "the option `bank.keys`"
}

const amount = Money.of("1.00", "SEK")
const postings = { postings: [] }

/** A call for each method of each use case, named by it. Most are refused, as there is nothing yet; none is misunderstood. */
const calls: Readonly<Record<string, (saldo: BankSaldo, id: BankSaldo["newId"]) => unknown>> = {
  "Approvals.decide": async ({ bank }) => {
    const { id } = await bank.approvals.request({ subject: { type: "discount", id: "1" }, withinMs: 1000 })
    return bank.approvals.decide(id, { state: "approved", comment: null })
  },
  "Approvals.expire": async ({ bank }) => {
    await bank.approvals.request({ subject: { type: "discount", id: "2" }, withinMs: 1 })
    await new Promise((resolve) => setTimeout(resolve, 5))
    return bank.approvals.expireOverdue("discount")
  },
  "Approvals.find": ({ bank }, id) => bank.approvals.find(id("appr")),
  "Approvals.overdue": ({ bank }) => bank.approvals.expireOverdue("discount"),
  "Approvals.request": ({ bank }) => bank.approvals.request({ subject: { type: "discount", id: "3" }, withinMs: 1 }),
  "Approvals.waiting": ({ bank }) => bank.approvals.waiting("discount"),
  "Approvals.withdraw": async ({ bank }) => {
    const { id } = await bank.approvals.request({ subject: { type: "discount", id: "4" }, withinMs: 1000 })
    return bank.approvals.withdraw(id)
  },
  "AuditRetention.erase": ({ audit }) => audit.erase({ _tag: "Tenant" }),
  "AuditRetention.hold": ({ audit }) => audit.hold({ _tag: "Tenant" }, "a court asks"),
  "AuditRetention.holds": ({ audit }) => audit.holds(),
  "AuditRetention.purge": ({ audit }) => audit.purge([{ action: "host.*", keepDays: 1 }]),
  "AuditRetention.release": ({ audit }, id) => audit.release(id("audithold")),
  "AuditTrail.exportLines": ({ audit }) => audit.exportLines(),
  "AuditTrail.head": ({ audit }) => audit.head(),
  "AuditTrail.query": ({ audit }) => audit.query(),
  "AuditTrail.record": ({ audit }) => audit.record({ action: "host.act", subject: { type: "thing", id: "1" } }),
  "AuditTrail.recordSecurity": ({ audit }) =>
    audit.recordSecurity({ action: "host.alarm", subject: { type: "thing", id: "1" } }),
  "AuditTrail.seal": ({ audit }) => audit.seal(),
  "AuditTrail.verify": ({ audit }) => audit.verify(),
  "Beneficiaries.add": ({ bank }, id) =>
    bank.beneficiaries.add({
      key: "1",
      customerId: id("cust"),
      name: "Bo Ek",
      account: { scheme: "Bankgiro", text: "5050-1055" }
    }),
  "Beneficiaries.find": ({ bank }, id) => bank.beneficiaries.find(id("bene")),
  "Beneficiaries.list": ({ bank }, id) => bank.beneficiaries.list(id("cust")),
  "Beneficiaries.remove": ({ bank }, id) => bank.beneficiaries.remove({ key: "1", beneficiaryId: id("bene") }),
  "Customers.activate": ({ bank }, id) => bank.customers.activate({ key: "1", customerId: id("cust") }),
  "Customers.change": ({ bank }, id) =>
    bank.customers.change({ key: "1", customerId: id("cust"), details: { name: "Bo Ek" } }),
  "Customers.close": ({ bank }, id) => bank.customers.close({ key: "1", customerId: id("cust") }),
  "Customers.decide": ({ bank }, id) =>
    bank.customers.decide({
      key: "1",
      customerId: id("cust"),
      verdict: "rejected",
      reasons: ["fraud"],
      expiresAt: null
    }),
  "Customers.erase": ({ bank }, id) => bank.customers.erase({ key: "1", customerId: id("cust") }),
  "Customers.expireApprovals": ({ bank }) => bank.customers.expireApprovals(),
  "Customers.find": ({ bank }, id) => bank.customers.find(id("cust")),
  "Customers.findByRegistration": ({ bank }) =>
    bank.customers.findByRegistration("person", { scheme: "SwedishPersonalNumber", number: "19811218-9876" }),
  "Customers.lift": ({ bank }, id) => bank.customers.lift({ key: "1", customerId: id("cust"), reason: "fraud" }),
  "Customers.list": ({ bank }) => bank.customers.list(),
  "Customers.register": ({ bank }) =>
    bank.customers.register({
      key: "1",
      kind: "person",
      registration: { scheme: "SwedishPersonalNumber", number: "19811218-9876" },
      details: { name: "Bo Ek" }
    }),
  "Customers.restrict": ({ bank }, id) =>
    bank.customers.restrict({ key: "1", customerId: id("cust"), reason: "fraud" }),
  "Customers.submitDocuments": ({ bank }, id) =>
    bank.customers.submitDocuments({ key: "1", customerId: id("cust"), documents: [] }),
  "Customers.verify": ({ bank }, id) => bank.customers.verify({ key: "1", customerId: id("cust") }),
  "DepositAccounts.balance": ({ bank }, id) => bank.accounts.balance(id("dep")),
  "DepositAccounts.block": ({ bank }, id) => bank.accounts.block(id("dep")),
  "DepositAccounts.close": ({ bank }, id) => bank.accounts.close({ key: "1", accountId: id("dep") }),
  "DepositAccounts.find": ({ bank }, id) => bank.accounts.find(id("dep")),
  "DepositAccounts.list": ({ bank }) => bank.accounts.list(),
  "DepositAccounts.open": ({ bank }, id) =>
    bank.accounts.open({ key: "1", customerId: id("cust"), productId: "savings" }),
  "DepositAccounts.unblock": ({ bank }, id) => bank.accounts.unblock(id("dep")),
  "DepositEndOfDay.run": ({ bank }) => bank.accounts.endDay("2026-01-01"),
  "DepositProducts.find": ({ bank }) => bank.products.find({ productId: "savings", version: 1 }),
  "DepositProducts.offered": ({ bank }) => bank.products.offered("savings", "2026-01-01"),
  "DepositStatements.statement": ({ bank }, id) =>
    bank.accounts.statement(id("dep"), { start: "2026-01-01", end: "2026-02-01" }),
  "DepositStatements.year": ({ bank }, id) => bank.accounts.year(id("dep"), 2026),
  "DepositTransactions.announce": ({ bank }, id) =>
    bank.transactions.announce({ key: "1", accountId: id("dep"), amount }),
  "DepositTransactions.deposit": ({ bank }, id) =>
    bank.transactions.deposit({ key: "1", accountId: id("dep"), amount }),
  "DepositTransactions.quote": ({ bank }, id) => bank.transactions.quote(id("dep"), "withdrawal", amount),
  "DepositTransactions.transfer": ({ bank }, id) =>
    bank.transactions.transfer({ key: "1", from: id("dep"), to: id("dep"), amount }),
  "DepositTransactions.withdraw": ({ bank }, id) =>
    bank.transactions.withdraw({ key: "1", accountId: id("dep"), amount }),
  "Ledger.account": ({ ledger }, id) => ledger.account(id("acct")),
  "Ledger.accountByCode": ({ ledger }) => ledger.accountByCode("cash"),
  "Ledger.accounts": ({ ledger }) => ledger.accounts(),
  "Ledger.activity": ({ ledger }, id) => ledger.activity(id("acct")),
  "Ledger.balance": ({ ledger }, id) => ledger.balance(id("acct")),
  "Ledger.capture": ({ ledger }, id) => ledger.capture({ key: "1", holdId: id("hold") }),
  "Ledger.changeAccount": ({ ledger }, id) => ledger.changeAccount(id("acct"), { frozen: true }),
  "Ledger.commit": ({ ledger }) => ledger.commit({ key: "1", operations: [{ _tag: "Post", ...postings }] }),
  "Ledger.commitAll": ({ ledger }) => ledger.commitAll([]),
  "Ledger.entries": ({ ledger }) => ledger.entries(),
  "Ledger.entry": ({ ledger }, id) => ledger.entry(id("entry")),
  "Ledger.expireHolds": ({ ledger }) => ledger.expireHolds(),
  "Ledger.exportLines": ({ ledger }) => ledger.exportLines(),
  "Ledger.hold": ({ ledger }, id) => ledger.hold(id("hold")),
  "Ledger.holds": ({ ledger }) => ledger.holds(),
  "Ledger.openAccount": ({ ledger }) =>
    ledger.openAccount({ code: "cash", name: "Cash", type: "asset", currency: "SEK" }),
  "Ledger.placeHold": ({ ledger }, id) =>
    ledger.placeHold({ key: "1", holdId: id("hold"), debit: id("acct"), credit: id("acct"), amount }),
  "Ledger.plan": ({ ledger }) => ledger.plan({ key: "1", operations: [{ _tag: "Post", ...postings }] }),
  "Ledger.post": ({ ledger }) => ledger.post({ key: "1", ...postings }),
  "Ledger.reverse": ({ ledger }, id) => ledger.reverse({ key: "1", entryId: id("entry") }),
  "Ledger.statement": ({ ledger }, id) => ledger.statement(id("acct"), { from: "2026-01-01", to: "2026-01-31" }),
  "Ledger.trialBalance": ({ ledger }) => ledger.trialBalance(),
  "Ledger.verify": ({ ledger }) => ledger.verify(),
  "Ledger.voidHold": ({ ledger }, id) => ledger.voidHold({ key: "1", holdId: id("hold") }),
  "LoanCollection.run": collect,
  "Payments.cancel": ({ bank }, id) => bank.payments.cancel({ key: "1", id: id("pay") }),
  "Payments.create": ({ bank }, id) =>
    bank.payments.create({
      key: "1",
      accountId: id("dep"),
      amount,
      creditor: { name: "Bo Ek", account: { scheme: "Bankgiro", text: "5050-1055" } }
    }),
  "Payments.decide": ({ bank }, id) => bank.payments.decide({ key: "1", id: id("pay"), approve: true, comment: null }),
  "Payments.find": ({ bank }, id) => bank.payments.find(id("pay")),
  "Payments.hear": ({ bank }) =>
    bank.payments.hear("sparbanken", {
      _tag: "Reported",
      id: "1",
      endToEndId: "unknown",
      report: { status: "ACSC", reason: null }
    }),
  "Payments.list": ({ bank }) => bank.payments.list(),
  "Payments.strays": ({ bank }) => bank.payments.strays(),
  "Payments.work": ({ bank }) => bank.payments.work(),
  "PersonalData.rewrap": ({ bank }) => bank.customers.rewrapKeys()
}

/** Those that read stores as they are, or are no use case's. */
const others: Readonly<Record<string, (saldo: BankSaldo) => unknown>> = {
  all: ({ loans }) => loans.all(),
  count: ({ loans }) => loans.count(),
  find: ({ loans }) => loans.find("covered", "1"),
  history: ({ loans }) => loans.history("covered", "1"),
  list: ({ loans }) => loans.list(),
  statistics: ({ loans }) => loans.statistics()
}

const source = fileURLToPath(new URL("../src/", import.meta.url))
const domains = ["core", "audit", "ledger", "banking", "lending", "identity", "notifications", "documents", "finance"]

/** Every service in the sources that is no port: the use cases, and what they are made of. */
const useCasesInSources = (): ReadonlyArray<string> =>
  domains
    .filter((domain) => readdirSync(source).includes(domain))
    .flatMap((domain) =>
      readdirSync(`${source}${domain}`)
        .filter((file) => file.endsWith(".ts"))
        .flatMap((file) => {
          const text = readFileSync(`${source}${domain}/${file}`, "utf8")
          const isPort = (name: string) =>
            /static readonly layerMemory\b/u.test(text) || /(?:Store|Runs|Source|Rail|Verifier)$/u.test(name)
          return [...text.matchAll(/export class (\w+)\s+extends Context\.Service/gu)].flatMap(([, name = ""]) =>
            isPort(name) ? [] : [name]
          )
        })
    )

/** The functions of a facade, as `ledger.post`; those that were called are noted. */
const functionsOf = (facade: object, path = ""): ReadonlyArray<string> =>
  Object.entries(facade).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "function"
      ? [`${path}${name}`]
      : typeof value === "object" && value !== null
        ? functionsOf(value, `${path}${name}.`)
        : []
  )

const noting = <F extends object>(facade: F, used: Set<string>, path = ""): F =>
  new Proxy(facade, {
    get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver)
      if (typeof name !== "string") return value
      if (typeof value === "object" && value !== null) return noting(value, used, `${path}${name}.`)
      used.add(`${path}${name}`)
      return value
    }
  })

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value

/** Waits for an answer; a refusal is one, but not that the call itself was wrong, nor a defect. */
const answered = async (call: () => unknown): Promise<void> => {
  try {
    const answer = await call()
    if (!isIterable(answer)) return
    for await (const each of answer) expect(each).toBeDefined()
  } catch (error) {
    expect(error).not.toBeInstanceOf(InputInvalid)
    expect(error).toHaveProperty("_tag")
  }
}

const unasked = () => Promise.reject(new Error("nothing is sent here"))

describe("saldo/promise covers every use case", () => {
  const used = new Set<string>()
  let saldo: BankSaldo
  beforeAll(async () => {
    saldo = await createSaldo({
      storage: sqlite({ filename: ":memory:" }),
      workers: false,
      bank: {
        keys: { current: { id: "1", key: "a".repeat(64) }, index: "b".repeat(64) },
        products: [],
        kyc: "reference",
        rail: {
          name: "closed",
          inTransitMs: 1,
          send: unasked,
          query: unasked,
          events: () => Promise.resolve({ events: [], next: "0" })
        }
      }
    })
    await collect(saldo)
  })
  afterAll(() => saldo.close())

  it("knows each method of each of them", () => {
    const excepted = (name: string) => Object.hasOwn(exceptions, name)
    const found = useCasesInSources()
    const methods = found
      .filter((name) => !excepted(name))
      .flatMap((name) => (methodsOf.get(name) ?? ["(is in no Saldo)"]).map((method) => `${name}.${method}`))
    expect(methods.filter((method) => !excepted(method)).toSorted()).toEqual(Object.keys(calls).toSorted())
    expect(Object.keys(exceptions).filter((name) => !found.includes(name) && !methods.includes(name))).toEqual([])
  })

  for (const [method, call] of Object.entries(calls)) {
    it(`reaches ${method}`, async () => {
      reached.clear()
      const noted = noting(saldo, used)
      await answered(() => call(noted, saldo.newId))
      expect([...reached]).toContain(method)
    })
  }

  it("has no method that nothing here calls", async () => {
    const noted = noting(saldo, used)
    for (const call of Object.values(others)) await answered(() => call(noted))
    const aside = new Set(["as", "close", "newId"])
    expect(functionsOf(saldo).filter((name) => !used.has(name) && !aside.has(name))).toEqual([])
  })
})
