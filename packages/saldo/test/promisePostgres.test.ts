import { expect, it } from "@effect/vitest"
import { postgres } from "@saldo/postgres/postgres"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createSaldo } from "saldo/promise"
import { accountOf, customerOf, options, rejection, sek, secrets } from "./promiseBankWorld.ts"

const tagOf = async (call: Promise<unknown>): Promise<string> => {
  const error = await rejection(call)
  return error === undefined ? "paid" : (error as { readonly _tag: string })._tag
}

it.live("keeps a bank on Postgres, in two processes at once", () =>
  Effect.gen(function* () {
    const url = Redacted.value(yield* TestPostgres.url)
    yield* Effect.promise(async () => {
      const open = () => createSaldo({ storage: postgres({ url }), tenant: "bank", workers: false, bank: options })
      await using first = await open()
      await using second = await open()
      const { customerId, own } = await customerOf(first)
      const accountId = await accountOf(second, customerId, "100.00")
      const creditor = { name: "Bo Ek", account: { scheme: "Iban" as const, text: secrets.iban } }
      const pay = (bank: typeof own, key: string, amount: string) =>
        bank.payments.create({ key, accountId, amount: sek(amount), creditor })
      const elsewhere = second.bank
      const tries = [own, elsewhere].flatMap((bank) => ["a", "b"].map((key) => pay(bank, key, "60.00")))
      const outcomes = await Promise.all(tries.map(tagOf))
      expect(outcomes.filter((tag) => tag === "paid").length).toBeGreaterThan(0)
      // Whoever repeats what is under way just now is told so, and gets the outcome later.
      expect(outcomes.filter((tag) => !/^(paid|InsufficientFunds|CommandInProgress)$/u.test(tag))).toEqual([])
      const again = async (bank: typeof own) => [
        await tagOf(pay(bank, "a", "60.00")),
        await tagOf(pay(bank, "b", "60.00"))
      ]
      const later = await again(own)
      expect(later.toSorted()).toEqual(["InsufficientFunds", "paid"])
      expect(await again(elsewhere)).toEqual(later)
      expect(String((await own.accounts.balance(accountId)).available)).toBe("40.00 SEK")
      expect((await elsewhere.payments.list()).items).toHaveLength(1)
      expect((await first.ledger.verify()).findings).toEqual([])
    })
  })
)
