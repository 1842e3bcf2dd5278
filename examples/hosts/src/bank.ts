import { createHandler, type Handler } from "@saldo/http/promise"
import { sqlite } from "@saldo/sqlite/sqlite"
import * as Money from "saldo/money/Money"
import { type BankKeys, bankRoles, type BankSaldo, createSaldo, type DepositProduct } from "saldo/promise"

/** Who is signed in, as the host's own sign-in has it: here a list, elsewhere a session or a token of an identity provider. */
export type Staff = ReadonlyMap<string, { readonly id: string; readonly role: keyof typeof bankRoles }>

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
  minimumOpening: Money.of("0.00", "SEK"),
  noticeDays: 0,
  withdrawals: null,
  dormantAfterMonths: null
}

/** A bank in one file. The keys come from the host's key management. */
export const openBank = (filename: string, keys: BankKeys): Promise<BankSaldo> =>
  createSaldo({ storage: sqlite({ filename }), bank: { keys, products: [current], kyc: "reference" } })

/** The bank over HTTP, for people whom the host knows. */
export const overHttp = (saldo: BankSaldo, staff: Staff): Promise<Handler> =>
  createHandler(saldo, {
    authenticate: ({ text }) => {
      const person = staff.get(text)
      return Promise.resolve(
        person === undefined
          ? undefined
          : { tenant: "main", id: person.id, roles: [person.role], permissions: bankRoles[person.role] }
      )
    }
  })
