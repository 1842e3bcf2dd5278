import { sqlite } from "@saldo/sqlite/sqlite"
import { createHash } from "node:crypto"
import * as Money from "saldo/money/Money"
import { type BankKeys, bankRoles, type BankSaldo, createSaldo, type DepositProduct } from "saldo/promise"
import { instantRail } from "./rail.ts"

const kronor = (text: string) => Money.of(text, "SEK")

const current: DepositProduct = {
  id: "current",
  version: 1,
  name: "Current account",
  kind: "current",
  currency: "SEK",
  offeredFrom: "2026-01-01",
  interest: null,
  overdraft: null,
  fees: [],
  minimumOpening: kronor("0.00"),
  noticeDays: 0,
  withdrawals: null,
  dormantAfterMonths: null
}

/** A bank in one file. The keys come from the host's key management, and are in no database. */
export const openBank = (filename: string, keys: BankKeys): Promise<BankSaldo> =>
  createSaldo({
    storage: sqlite({ filename }),
    timeZone: "Europe/Stockholm",
    // Payments leave and settle when this example says so; a bank leaves this out, and they do by themselves.
    workers: false,
    bank: { keys, products: [current], kyc: "reference", rail: instantRail() }
  })

/** Somebody who wants to become a customer, as the host's own form has it; `id` names the form. */
export interface Application {
  readonly id: string
  readonly name: string
  readonly personalNumber: string
}

const digestOf = (file: string) => createHash("sha256").update(file).digest("hex")

/** Takes a customer in, who is known by two documents; their files stay with the host. */
export const welcome = async ({ bank }: BankSaldo, { id, name, personalNumber }: Application) => {
  const { id: customerId } = await bank.customers.register({
    key: `register ${id}`,
    kind: "person",
    registration: { scheme: "SwedishPersonalNumber", number: personalNumber },
    details: { name }
  })
  const documents = [
    { kind: "passport", digest: digestOf("passport.jpg"), expiresOn: null },
    { kind: "proof-of-address", digest: digestOf("bill.pdf"), expiresOn: null }
  ] as const
  await bank.customers.submitDocuments({ key: `documents ${id}`, customerId, documents })
  await bank.customers.verify({ key: `verify ${id}`, customerId })
  return bank.customers.activate({ key: `activate ${id}`, customerId })
}

/** The customer pays somebody in another bank: the money is set aside, leaves, and is gone when it has settled. */
export const payRent = async (saldo: BankSaldo, customerId: string) => {
  const { accounts, payments, transactions } = saldo.bank
  const account = await accounts.open({ key: "open", customerId, productId: "current" })
  await transactions.deposit({ key: "till 1", accountId: account.id, amount: kronor("5000.00") })
  const own = saldo.as({ tenant: "main", id: customerId, permissions: bankRoles.customer }).bank
  await own.payments.create({
    key: "rent for March",
    accountId: account.id,
    amount: kronor("3200.00"),
    creditor: { name: "Hyresbolaget AB", account: { scheme: "Bankgiro", text: "5050-1055" } }
  })
  const before = await own.accounts.balance(account.id)
  await payments.work()
  const after = await own.accounts.balance(account.id)
  return [before, after].map(({ available, balance }) => `${balance.toString()}, ${String(available)} of it available`)
}
