import { sqlite } from "@saldo/sqlite/sqlite"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Money from "saldo/money/Money"
import { type BankSaldo, bankRoles, createSaldo, type DepositProduct, Secret } from "saldo/promise"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const sek = (text: string) => Money.of(text, "SEK")
const today = new Date().toISOString().slice(0, 10)

const current: DepositProduct = {
  id: "current",
  version: 1,
  name: "Current",
  kind: "current",
  currency: "SEK",
  offeredFrom: "2020-01-01",
  interest: null,
  overdraft: null,
  fees: [],
  minimumOpening: sek("0.00"),
  noticeDays: 0,
  withdrawals: null,
  dormantAfterMonths: null
}

const keys = { current: { id: "2026", key: "a".repeat(64) }, index: new Secret("b".repeat(64)) }

let folder: string
let saldo: BankSaldo

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "saldo-promise-bank-"))
  saldo = await createSaldo({
    storage: sqlite({ filename: join(folder, "bank.sqlite") }),
    tenant: "bank",
    workers: false,
    bank: { keys, products: [current], kyc: "reference" }
  })
})
afterAll(async () => {
  await saldo.close()
  await rm(folder, { recursive: true })
})

const secrets = { name: "Quirina Testsson", number: "19811218-9876", iban: "SE45 5000 0000 0583 9825 7466" }

const newCustomer = async (number = secrets.number) => {
  const { customers } = saldo.bank
  const { id: customerId } = await customers.register({
    key: `register ${number}`,
    kind: "person",
    registration: { scheme: "SwedishPersonalNumber", number },
    details: { name: secrets.name }
  })
  const documents = [
    { kind: "passport" as const, digest: "a".repeat(64), expiresOn: null },
    { kind: "proof-of-address" as const, digest: "b".repeat(64), expiresOn: null }
  ]
  await customers.submitDocuments({ key: `documents ${number}`, customerId, documents })
  await customers.verify({ key: `verify ${number}`, customerId })
  return customers.activate({ key: `activate ${number}`, customerId })
}

describe("a bank without Effect", () => {
  it("takes a customer from registration to a payment", async () => {
    const { bank } = saldo
    const customer = await newCustomer()
    expect(customer.state).toBe("active")
    expect(customer.file?.details.name.reveal()).toBe(secrets.name)
    const account = await bank.accounts.open({ key: "open", customerId: customer.id, productId: "current" })
    await bank.transactions.deposit({ key: "deposit", accountId: account.id, amount: sek("500.00") })
    const own = saldo.as({ tenant: "bank", id: customer.id, permissions: bankRoles.customer }).bank
    const payee = await own.beneficiaries.add({
      key: "payee",
      customerId: customer.id,
      name: "Bo Ek",
      account: { scheme: "Iban", text: secrets.iban }
    })
    const order = await own.payments.create({
      key: "pay",
      accountId: account.id,
      amount: sek("120.00"),
      creditor: { name: "Bo Ek", account: payee.file?.account ?? { scheme: "Iban", text: "" } }
    })
    expect(order.state).toBe("approved")
    const { available, balance } = await own.accounts.balance(account.id)
    expect([balance, available].map(String)).toEqual(["500.00 SEK", "380.00 SEK"])
    expect((await own.payments.cancel({ key: "cancel", id: order.id })).state).toBe("cancelled")
    const statement = await own.accounts.statement(account.id, { start: today, end: "9999-12-31" })
    expect(statement.lines.map(({ amount }) => String(amount))).toEqual(["500.00 SEK"])
    expect((await readFile(join(folder, "bank.sqlite"))).includes(secrets.name)).toBe(false)
  })
})
