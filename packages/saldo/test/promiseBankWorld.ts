/**
 * A small bank in the hands of a host without Effect.
 */
import { sqlite } from "@saldo/sqlite/sqlite"
import * as Money from "saldo/money/Money"
import {
  type BankOptions,
  bankRoles,
  type BankSaldo,
  createSaldo,
  type Customer,
  type DepositProduct,
  type KycDocument,
  Secret
} from "saldo/promise"

export const sek = (text: string) => Money.of(text, "SEK")

/** What must not show anywhere but where it is revealed. */
export const secrets = {
  name: "Quirina Testsson",
  number: "19811218-9876",
  email: "quirina@example.test",
  iban: "SE45 5000 0000 0583 9825 7466",
  key: "d".repeat(64)
}

export const current: DepositProduct = {
  id: "current",
  version: 1,
  name: "Current",
  kind: "current",
  currency: "SEK",
  offeredFrom: "2020-01-01",
  interest: null,
  overdraft: null,
  fees: [
    {
      id: "transfer",
      label: "Transfer",
      event: "transfer",
      price: { kind: "flat", amount: sek("1.00") },
      waivers: [{ kind: "customerTag", tag: "student" }],
      rounding: "halfEven"
    }
  ],
  minimumOpening: sek("0.00"),
  noticeDays: 0,
  withdrawals: null,
  dormantAfterMonths: null
}

export const options: BankOptions = {
  keys: { current: { id: "2026", key: secrets.key }, index: new Secret("b".repeat(64)) },
  products: [current],
  kyc: "reference"
}

/** A bank in a file, or in memory. */
export const openBank = (bank: Partial<BankOptions> = {}, filename = ":memory:", workers = false): Promise<BankSaldo> =>
  createSaldo({ storage: sqlite({ filename }), tenant: "bank", workers, bank: { ...options, ...bank } })

export const documents: ReadonlyArray<KycDocument> = [
  { kind: "passport", digest: "a".repeat(64), expiresOn: null },
  { kind: "proof-of-address", digest: "b".repeat(64), expiresOn: null }
]

/** A key that no command had before. */
export const newKey = ({ newId }: BankSaldo): string => newId("key")

/** Somebody who has registered and handed in documents, and is not known yet. */
export const register = async (saldo: BankSaldo, number = secrets.number): Promise<Customer> => {
  const { customers } = saldo.bank
  const { id: customerId } = await customers.register({
    key: newKey(saldo),
    kind: "person",
    registration: { scheme: "SwedishPersonalNumber", number },
    details: { name: secrets.name, email: new Secret(secrets.email) }
  })
  return customers.submitDocuments({ key: newKey(saldo), customerId, documents })
}

/** A customer whom the bank knows, and the bank in its hands. */
export const customerOf = async (saldo: BankSaldo, number = secrets.number) => {
  const { id: customerId } = await register(saldo, number)
  await saldo.bank.customers.verify({ key: newKey(saldo), customerId })
  const customer = await saldo.bank.customers.activate({ key: newKey(saldo), customerId })
  const { bank } = saldo.as({ tenant: "bank", id: customerId, permissions: bankRoles.customer })
  return { customer, customerId, own: bank }
}

/** Somebody of the bank. */
export const officer = (saldo: BankSaldo, id = "officer") =>
  saldo.as({ tenant: "bank", id, roles: ["officer"], permissions: bankRoles.officer }).bank

/** An account of a customer with so much on it. */
export const accountOf = async ({ bank }: BankSaldo, customerId: string, amount: string, key = "1") => {
  const { id: accountId } = await bank.accounts.open({ key: `open ${key}`, customerId, productId: "current" })
  await bank.transactions.deposit({ key: `deposit ${key}`, accountId, amount: sek(amount) })
  return accountId
}

/** What a call was rejected with. */
export const rejection = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    await call
  } catch (error) {
    return error
  }
  return undefined
}

/** Where the input of a call was at fault. */
export const faultIn = async (call: Promise<unknown>): Promise<unknown> => {
  const error = await rejection(call)
  return typeof error === "object" && error !== null && "path" in error ? error.path : error
}
