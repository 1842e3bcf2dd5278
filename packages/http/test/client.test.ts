import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Redacted from "effect/Redacted"
import { DepositAccountId } from "saldo/banking/DepositAccount"
import { ProductId } from "saldo/banking/DepositProduct"
import { DepositAccountNotFound } from "saldo/banking/DepositRefusal"
import { IdempotencyMismatch } from "saldo/core/Command"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import { InsufficientFunds } from "saldo/ledger/LedgerRefusal"
import * as Money from "saldo/money/Money"
import { RequestInvalid } from "../src/api/RequestProblem.ts"
import { make, named } from "../src/client.ts"
import { activeCustomer, Served, served } from "./world.ts"

const sek = (amount: string) => Money.of(amount, "SEK")

const clientAs = (text: string, scheme: "bearer" | "apiKey" = "bearer") =>
  Effect.flatMap(Served, ({ url }) => {
    const secret = Redacted.make(text)
    return make({
      baseUrl: url,
      credential: scheme === "bearer" ? { scheme, token: secret } : { scheme, key: secret }
    })
  }).pipe(Effect.provide(FetchHttpClient.layer))

layer(served(), { excludeTestServices: true })("the client", (it) => {
  it.effect("gives the domain's own values and failures", () =>
    Effect.gen(function* () {
      const officer = yield* clientAs("officer", "apiKey")
      const customerId = yield* activeCustomer("client")
      const productId = ProductId.make("current")
      const account = yield* officer.accounts.open({ headers: named("open"), payload: { customerId, productId } })
      const receipt = yield* officer.transactions.deposit({
        headers: named("first deposit"),
        payload: { accountId: account.id, amount: sek("12.50") }
      })
      expect(receipt.amount).toEqual(sek("12.50"))
      const { balance } = yield* officer.accounts.balance({ params: { id: account.id } })
      expect(Money.equals(balance, sek("12.50"))).toBe(true)

      const tooMuch = { accountId: account.id, amount: sek("9999.00") }
      const refused = yield* Effect.flip(officer.transactions.withdraw({ headers: named("all"), payload: tooMuch }))
      expect(refused).toBeInstanceOf(InsufficientFunds)
      expect(refused).toMatchObject({ available: sek("512.50") })
      const again = { accountId: account.id, amount: sek("1.00") }
      const mismatch = yield* Effect.flip(officer.transactions.withdraw({ headers: named("all"), payload: again }))
      expect(mismatch).toBeInstanceOf(IdempotencyMismatch)
      expect(mismatch).toMatchObject({ key: "all", path: "/amount/amount" })

      const customer = yield* clientAs(`customer:${customerId}`)
      const page = yield* customer.accounts.list({ query: {} })
      expect(page.items).toEqual([account])
      const id = DepositAccountId.make("dep_00000000000000000000000000")
      expect(yield* Effect.flip(customer.accounts.find({ params: { id } }))).toEqual(
        new DepositAccountNotFound({ accountId: id })
      )
      const forged = yield* clientAs("forged")
      expect(yield* Effect.flip(forged.accounts.list({ query: {} }))).toBeInstanceOf(CredentialsInvalid)
      const wrongDay = { params: { id: account.id }, query: { start: account.openedOn, end: account.openedOn } }
      expect((yield* customer.accounts.statement(wrongDay)).lines).toEqual([])
      const { call } = yield* Served
      const invalid = yield* call("GET", `/api/v1/accounts/${account.id}/statement?start=2026-02-02&end=2026-02-01`, {
        as: "officer"
      })
      expect(invalid.body.code).toBe(new RequestInvalid({ errors: [] })._tag)
      expect(invalid.body.context.errors).toMatchObject([{ in: "query", path: ["end"] }])
    })
  )
})
