import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import { type BankSaldo, type KycApplication, type KycFinding, Secret } from "saldo/promise"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import {
  accountOf,
  current,
  customerOf,
  documents,
  faultIn,
  officer,
  openBank,
  options,
  register,
  rejection,
  secrets,
  sek
} from "./promiseBankWorld.ts"

const folder = await mkdtemp(join(tmpdir(), "saldo-promise-bank-"))
afterAll(() => rm(folder, { recursive: true }))

/** Everything that printing a value can show. */
const printed = (value: unknown): string =>
  [inspect(value, { depth: 20, showHidden: true }), JSON.stringify(value), String(value)].join("\n")

const shown = (text: string): ReadonlyArray<string> =>
  [...Object.values(secrets), "811218", "5839825", "198112189876"].filter((secret) => text.includes(secret))

it("shows a secret by its name, however it is printed", () => {
  const iban = new Secret(secrets.iban, "IBAN")
  expect([inspect(iban), String(iban), JSON.stringify([iban]), inspect({ iban })]).toEqual([
    "<IBAN>",
    "<IBAN>",
    '["<IBAN>"]',
    "{ iban: <IBAN> }"
  ])
  expect(shown(inspect(iban, { showHidden: true, customInspect: false }))).toEqual([])
  expect(iban.reveal()).toBe(secrets.iban)
})

describe("customers without Effect", () => {
  const filename = join(folder, "customers.sqlite")
  let saldo: BankSaldo
  beforeAll(async () => {
    saldo = await openBank({}, filename)
  })
  afterAll(() => saldo.close())

  it("are registered with strings or secrets, and are read with secrets only", async () => {
    const { customer } = await customerOf(saldo)
    expect(customer).toMatchObject({ state: "active", kind: "person", createdAt: expect.any(Date), erasedAt: null })
    expect(customer.file?.details.name).toBeInstanceOf(Secret)
    expect(customer.file?.details.name.reveal()).toBe(secrets.name)
    expect(customer.file?.details.email?.reveal()).toBe(secrets.email)
    expect(customer.file?.registration.number.reveal()).toBe("198112189876")
    expect(shown(printed(customer))).toEqual([])
    expect(printed(customer)).toContain("<registration number>")
    const found = await saldo.bank.customers.findByRegistration("person", {
      scheme: "SwedishPersonalNumber",
      number: new Secret("811218-9876")
    })
    expect(found?.id).toBe(customer.id)
  })

  it("take back what they gave, and other details in its place", async () => {
    const { customerId, own } = await customerOf(saldo, "19640823-3234")
    const before = await own.customers.find(customerId)
    const details = { ...before.file?.details, name: "Rosa Testsson", phone: "+46 70 000 00 00" }
    const after = await saldo.bank.customers.change({ key: "marriage", customerId, details })
    expect(after.file?.details.email?.reveal()).toBe(secrets.email)
    expect(after.file?.details.name.reveal()).toBe("Rosa Testsson")
    const payee = { key: "payee", customerId, name: new Secret("Bo Ek") }
    const kept = await own.beneficiaries.add({ ...payee, account: { scheme: "Iban", text: secrets.iban } })
    const taken = await own.beneficiaries.list(customerId)
    expect(taken.items).toEqual([kept])
    expect(kept.file?.account).toMatchObject({ _tag: "Iban" })
    expect(shown(printed(kept))).toEqual([])
    const again = own.beneficiaries.add({
      ...payee,
      key: "again",
      account: kept.file?.account ?? { scheme: "Iban", text: "" }
    })
    await expect(again).rejects.toMatchObject({ _tag: "BeneficiaryTaken", beneficiaryId: kept.id })
    expect((await own.beneficiaries.remove({ key: "off", beneficiaryId: kept.id })).removedAt).toBeInstanceOf(Date)
  })

  it("say where an input is at fault, and never quote it", async () => {
    const { beneficiaries, customers } = saldo.bank
    const opening = {
      key: "wrong",
      kind: "person" as const,
      registration: { scheme: "SwedishPersonalNumber" as const, number: secrets.number },
      details: { name: secrets.name }
    }
    const customerId = saldo.newId("cust")
    const wrong = [
      customers.register({ ...opening, details: { name: "x".repeat(201) + secrets.name } }),
      customers.register({
        ...opening,
        details: { ...opening.details, nickname: secrets.name } as typeof opening.details
      }),
      customers.register({ ...opening, key: "" }),
      customers.find(secrets.name),
      beneficiaries.add({ key: "1", customerId, name: "", account: { scheme: "Bankgiro", text: "5050-1055" } }),
      beneficiaries.add({ key: "1", customerId, name: "Bo", account: { _tag: "Iban", iban: `${secrets.iban}9` } }),
      beneficiaries.add({
        key: "1",
        customerId,
        name: "Bo",
        account: { scheme: "Iban", text: "SE", bic: secrets.name }
      })
    ]
    const errors = await Promise.all(wrong.map(rejection))
    expect(errors.map((error) => (error as { readonly path: string }).path)).toEqual([
      "/details/name",
      "/details/nickname",
      "/key",
      "",
      "/name",
      "/account/iban",
      "/account/bic"
    ])
    const mistyped = { ...opening, registration: { ...opening.registration, number: "19811218-9877" } }
    const number = await rejection(customers.register(mistyped))
    expect(number).toMatchObject({ _tag: "RegistrationNumberInvalid", reason: "check-digits" })
    const account = { scheme: "Iban" as const, text: "SE45 5000 0000 0583 9825 7467" }
    const iban = await rejection(beneficiaries.add({ key: "1", customerId, name: "Bo", account }))
    expect(iban).toMatchObject({ _tag: "AccountNumberInvalid", scheme: "IBAN", reason: "check-digits" })
    expect([...errors, number, iban].flatMap((error) => shown(printed(error)))).toEqual([])
  })

  it("are within reach of themselves and of the bank, and of nobody else", async () => {
    const anna = await customerOf(saldo, "19900118-9811")
    const bo = await customerOf(saldo, "19850709-9805")
    await expect(anna.own.customers.find(bo.customerId)).rejects.toMatchObject({ _tag: "CustomerNotFound" })
    await expect(anna.own.customers.list()).rejects.toMatchObject({ _tag: "NotPermitted" })
    await expect(anna.own.customers.rewrapKeys()).rejects.toMatchObject({ _tag: "NotPermitted" })
    await expect(anna.own.customers.expireApprovals()).rejects.toMatchObject({ _tag: "NotPermitted" })
    const clerks = officer(saldo)
    const page = await clerks.customers.list({ state: "active" }, { limit: 2 })
    expect(page.items).toHaveLength(2)
    const next = await clerks.customers.list({ state: "active" }, { limit: 2, cursor: page.next ?? "" })
    expect(next.items.map(({ id }) => id)).not.toContain(page.items[0]?.id)
  })

  it("are named in no file of the database", async () => {
    const stored = (await Promise.all(["", "-wal"].map((end) => readFile(filename + end, "latin1")))).join("")
    expect(stored).toContain("cust_")
    expect(shown(stored)).toEqual([])
  })

  it("are erased with their key, which another key of the host may wrap before", async () => {
    const registration = { scheme: "SwedishPersonalNumber" as const, number: "19640823-3234" }
    const found = await saldo.bank.customers.findByRegistration("person", registration)
    const customerId = found?.id ?? ""
    const keys = {
      current: { id: "2027", key: "c".repeat(64) },
      previous: [options.keys.current],
      index: options.keys.index
    }
    await using renewed = await openBank({ keys }, filename)
    expect(await renewed.bank.customers.rewrapKeys()).toBeGreaterThan(0)
    expect(await renewed.bank.customers.rewrapKeys()).toBe(0)
    expect((await renewed.bank.customers.find(customerId)).file?.details.name.reveal()).toBe("Rosa Testsson")
    await renewed.bank.customers.close({ key: "close", customerId })
    expect((await renewed.bank.customers.erase({ key: "erase", customerId })).file).toBeNull()
  })
})

describe("a verifier of the host's", () => {
  const verifying = async (kyc: (application: KycApplication, signal: AbortSignal) => Promise<KycFinding>) => {
    const saldo = await openBank({ kyc: (application, { signal }) => kyc(application, signal) })
    return { saldo, customer: await register(saldo) }
  }

  it("gets what it has to see, and its finding counts", async () => {
    const seen: Array<KycApplication> = []
    const expiresAt = new Date(Date.now() + 86_400_000)
    const { customer, saldo } = await verifying((application) => {
      seen.push(application)
      const checks = [{ name: "identity", result: "passed" as const, reason: null }]
      return Promise.resolve({ checks, verdict: "approved", reasons: [], expiresAt })
    })
    const verified = await saldo.bank.customers.verify({ key: "verify", customerId: customer.id })
    expect(verified.kyc.decision).toMatchObject({ verdict: "approved", expiresAt, decidedBy: null })
    expect(seen).toMatchObject([{ tenant: "bank", customerId: customer.id, documents }])
    expect(seen[0]?.file.details.name.reveal()).toBe(secrets.name)
    await saldo.close()
  })

  it("decides nothing by failing or by an answer that cannot be understood, and is asked again", async () => {
    const logged = vi.spyOn(console, "log").mockImplementation(() => undefined)
    const answers: Array<() => Promise<KycFinding>> = [
      () => Promise.reject(new TypeError(`no answer about ${secrets.name}`)),
      () => Promise.resolve({ checks: [], verdict: secrets.name, reasons: [], expiresAt: null } as never),
      () => Promise.resolve({ checks: [], verdict: "approved", reasons: [], expiresAt: null }),
      () => Promise.resolve({ checks: [], verdict: "rejected", reasons: ["fraud"], expiresAt: null })
    ]
    const references = new Set<string>()
    const { customer, saldo } = await verifying(({ reference }) => {
      references.add(reference)
      return answers.shift()?.() ?? Promise.reject(new Error("asked too often"))
    })
    const verify = () => saldo.bank.customers.verify({ key: "verify", customerId: customer.id })
    for (const _ of [1, 2, 3]) expect(await rejection(verify())).toMatchObject({ _tag: "KycUnavailable" })
    expect((await verify()).kyc.decision).toMatchObject({ verdict: "rejected", reasons: ["fraud"] })
    expect(references.size).toBe(1)
    const lines = logged.mock.calls.flat().join("\n")
    logged.mockRestore()
    expect(lines).toContain("A customer was not verified: it failed with TypeError")
    expect(lines).toContain("its answer does not fit at /verdict")
    expect(shown(lines)).toEqual([])
    await saldo.close()
  })

  it("is told when nobody waits any more", async () => {
    const controller = new AbortController()
    let told: AbortSignal | undefined
    const { customer, saldo } = await verifying((_, signal) => {
      told = signal
      controller.abort(new Error("gone"))
      return new Promise(() => undefined)
    })
    const verifyingNow = saldo.bank.customers.verify(
      { key: "verify", customerId: customer.id },
      { signal: controller.signal }
    )
    await expect(verifyingNow).rejects.toThrow("gone")
    expect(told?.aborted).toBe(true)
    await saldo.close()
  })
})

describe("accounts without Effect", () => {
  let saldo: BankSaldo
  beforeAll(async () => {
    saldo = await openBank({ tags: ({ customerId }) => (customerId === student ? ["student"] : []) })
  })
  afterAll(() => saldo.close())
  let student = ""
  const today = new Date().toISOString().slice(0, 10)

  it("take cash in and out, transfer with a fee or without, and tell about it", async () => {
    const { bank } = saldo
    const anna = await customerOf(saldo)
    const bo = await customerOf(saldo, "19900118-9811")
    const from = await accountOf(saldo, anna.customerId, "500.00", "anna")
    const to = await accountOf(saldo, bo.customerId, "10.00", "bo")
    const transfer = { key: "rent", from, to, amount: sek("100.00"), description: "Rent" }
    const receipt = await anna.own.transactions.transfer(transfer)
    expect(String(receipt.fee)).toBe("1.00 SEK")
    expect(await anna.own.transactions.transfer(transfer)).toEqual(receipt)
    student = bo.customerId
    const back = await bo.own.transactions.transfer({ key: "back", from: to, to: from, amount: sek("50.00") })
    expect(String(back.fee)).toBe("0.00 SEK")
    await bank.transactions.withdraw({ key: "cash", accountId: from, amount: sek("49.00") })
    expect(String((await anna.own.accounts.balance(from)).available)).toBe("400.00 SEK")
    const statement = await anna.own.accounts.statement(from, { start: today, end: "9999-12-31" })
    expect(statement.lines.map(({ amount, kind }) => `${kind} ${amount.toString()}`)).toEqual([
      "deposit 500.00 SEK",
      "transfer -100.00 SEK",
      "fee -1.00 SEK",
      "transfer 50.00 SEK",
      "withdrawal -49.00 SEK"
    ])
    expect(String((await anna.own.accounts.year(from, Number(today.slice(0, 4)))).closing)).toBe("400.00 SEK")
    expect((await bo.own.accounts.list()).items.map(({ id }) => id)).toEqual([to])
    const quote = await anna.own.transactions.quote(from, "transfer", sek("1.00"))
    expect(quote.map(({ amount, feeId }) => `${feeId} ${amount.toString()}`)).toEqual(["transfer 1.00 SEK"])
    await expect(anna.own.accounts.find(to)).rejects.toMatchObject({ _tag: "DepositAccountNotFound" })
    await expect(
      anna.own.transactions.withdraw({ key: "x", accountId: from, amount: sek("1.00") })
    ).rejects.toMatchObject({ _tag: "NotPermitted" })
    expect(await bank.accounts.endDay(today)).toEqual({ through: today, accounts: 2, failed: [] })
    await bank.accounts.block(to)
    await expect(bank.transactions.deposit({ key: "late", accountId: to, amount: sek("1.00") })).rejects.toMatchObject({
      _tag: "DepositAccountNotOpen"
    })
    await bank.accounts.unblock(to)
    expect((await bank.accounts.close({ key: "close", accountId: to, to: from })).state).toBe("closed")
    expect((await saldo.ledger.trialBalance()).balanced).toBe(true)
  })

  it("say where a range, a year or an amount is at fault", async () => {
    const { accounts, transactions } = saldo.bank
    const id = saldo.newId("dep")
    expect(await faultIn(accounts.statement(id, { start: "2026-02-01", end: "2026-01-31" }))).toBe("/end")
    expect(await faultIn(accounts.statement(id, { start: "2026-02-30", end: "2026-03-31" }))).toBe("/start")
    expect(await faultIn(accounts.year(id, 9999))).toBe("")
    const worthless = { key: "1", accountId: id, amount: 5 as never }
    expect(await faultIn(transactions.deposit(worthless))).toBe("/amount")
  })
})

describe("opening a bank", () => {
  it("is refused where products or rules contradict themselves, with the place", async () => {
    const products = [{ ...current, overdraft: { limit: sek("1.00") } }]
    await expect(openBank({ products })).rejects.toMatchObject({ _tag: "DepositProductInvalid" })
    expect(await faultIn(openBank({ products: [current, { ...current, kind: "gold" as never }] }))).toBe(
      "/bank/products/1/kind"
    )
    expect(await faultIn(openBank({ payments: { askEveryMs: 0 } }))).toBe("/bank/payments/askEveryMs")
  })

  it("is refused with a key that is none, which is not quoted", async () => {
    const error = await rejection(openBank({ keys: { ...options.keys, index: secrets.key.slice(1) } }))
    expect(error).toBeInstanceOf(RangeError)
    expect(printed(error)).not.toContain(secrets.key.slice(1))
  })

  it("offers what it was given", async () => {
    await using saldo = await openBank()
    expect(await saldo.bank.products.offered("current", "2026-01-01")).toEqual(current)
    expect(await saldo.bank.products.offered("current", "2019-12-31")).toBeUndefined()
    expect(await saldo.bank.products.find({ productId: "current", version: 2 })).toBeUndefined()
  })
})
