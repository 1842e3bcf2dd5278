import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { current } from "./contract/committed.ts"
import { operations, publicEndpoints } from "./contract/operations.ts"
import { servedWithUsersAndTokens, signedIn } from "./identityWorld.ts"
import { activeCustomer, type Answer, Served } from "./world.ts"

const sek = (amount: string) => ({ amount, currency: "SEK" })
const iban = "SE45 5000 0000 0583 9825 7466"

/** Somebody of the bank with one of everything, and the ids of it by the name of the parameter in a path. */
const owner = Effect.gen(function* () {
  const { call } = yield* Served
  const customerId = yield* activeCustomer("owner", "19900118-9803")
  const own = { as: `customer:${customerId}` }
  const officer = { as: "officer" }
  const account = yield* call("POST", "/api/v1/accounts", {
    ...officer,
    key: "open",
    body: { customerId, productId: "current" }
  })
  const accountId = account.body.id as string
  const deposit = { accountId, amount: sek("900.00") }
  yield* call("POST", "/api/v1/transactions/deposits", { ...officer, key: "deposit", body: deposit })
  const creditor = { name: "Ottokar Payeeson", account: { scheme: "Iban", number: iban } }
  const payment = yield* call("POST", "/api/v1/payments", {
    ...own,
    key: "pay",
    body: { accountId, amount: sek("10.00"), creditor }
  })
  const schedule = {
    startOn: "2031-01-31",
    recurrence: { kind: "once" },
    ends: { kind: "never" },
    adjustment: "unadjusted",
    skipped: [],
    pauses: []
  }
  const plan = yield* call("POST", "/api/v1/payment-plans", {
    ...own,
    key: "plan",
    body: { accountId, amount: sek("10.00"), creditor, schedule }
  })
  const beneficiary = yield* call("POST", `/api/v1/customers/${customerId}/beneficiaries`, {
    ...own,
    key: "payee",
    body: creditor
  })
  const { email, sessionId } = yield* signedIn("owner")
  const users = yield* call("GET", "/api/v1/users", { as: "machine" })
  const user = users.body.items.find((each: { readonly email: string }) => each.email === email) as {
    readonly id: string
  }
  const apiKey = yield* call("POST", "/api/v1/api-keys", {
    as: `machine:${user.id}`,
    body: { name: "Accounting", scopes: ["identity:self"], expiresAt: null }
  })
  const ids = {
    "api-keys": apiKey.body.key.id as string,
    users: user.id,
    "users/me/sessions": sessionId,
    accounts: accountId,
    customers: customerId as string,
    "customers/beneficiaries": beneficiary.body.id as string,
    "ledger/accounts": account.body.ledgerAccountId as string,
    "payment-plans": plan.body.id as string,
    payments: payment.body.id as string
  }
  return { own, ids, texts: [...Object.values(ids), email, iban.replaceAll(" ", "")] }
})

/** The address with the owner's ids in place of those that nothing has. */
const aimed = (url: string, ids: Readonly<Record<string, string>>): string => {
  for (const [kind, id] of Object.entries(ids)) {
    const aim = new RegExp(`^/api/v1/${kind}/[a-z]+_0{26}`, "u")
    if (aim.test(url)) return url.replace(/[a-z]+_0{26}/u, id)
  }
  return url
}

const queries: Readonly<Record<string, string>> = {
  "accounts.statement": "?start=2026-01-01&end=2027-01-01",
  "accounts.quote": "?event=transfer&amount=1.00%20SEK",
  "events.follow": "?seconds=0",
  "payments.upcoming": "?start=2031-01-01&end=2032-01-01"
}

const bodies: Readonly<Record<string, unknown>> = {
  "accounts.close": {},
  "ledger.changeAccount": { name: "Taken Over" },
  "customers.change": { name: "Taken Over" },
  "customers.submitDocuments": { documents: [{ kind: "passport", digest: "a".repeat(64), expiresOn: null }] },
  "customers.decide": { verdict: "rejected", reasons: ["review"], expiresAt: null },
  "customers.addBeneficiary": { name: "Me", account: { scheme: "Iban", number: iban } },
  "users.setParty": { party: "somebody" },
  "users.setRoles": { roles: ["customer"] },
  "payments.decide": { approve: true },
  "payments.decidePlan": { approve: true },
  "payments.changePlan": { skipped: [], pauses: [] }
}

/** What a tenant has and no customer; that another tenant reaches none of it is for the tests of these groups. */
const tenantWide = /\/(?:ledger\/(?:entries|holds)|webhooks)\//u

/** What an answer says; of the trail, without the caller's own attempts, which name what they were aimed at. */
const shownBy = (id: string, { body, text }: Answer): string =>
  id === "audit.query"
    ? JSON.stringify(body.items.filter(({ outcome }: { readonly outcome: string }) => outcome !== "refused"))
    : text

layer(servedWithUsersAndTokens, { excludeTestServices: true })("what belongs to somebody", (it) => {
  it.effect("is not there for any other customer, nor for anybody of another tenant, at any endpoint", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { ids, own, texts } = yield* owner
      const stranger = `customer:${yield* activeCustomer("stranger", "19900118-9811")}`
      const strangers = [stranger, "officer:officer:elsewhere", "machine:machine:elsewhere"]
      const reached = new Set<string>()
      for (const { id, method, url } of operations(current())) {
        if (publicEndpoints.has(id)) continue
        const target = aimed(url, ids)
        for (const as of strangers) {
          const ask = (path: string, key: string) =>
            call(method.toUpperCase(), `${path}${queries[id] ?? ""}`, {
              as,
              ...(method === "get"
                ? {}
                : { key: `${id}-${key}`, ...(bodies[id] === undefined ? {} : { body: bodies[id] }) })
            })
          const answer = yield* ask(target, "theirs")
          const about = `${id} as ${as}: ${answer.text}`
          for (const text of texts) {
            // An answer may quote the id that was asked for, and nothing else.
            if (!target.includes(text)) expect(shownBy(id, answer), about).not.toContain(text)
          }
          if (target === url) continue
          reached.add(id)
          const nothing = yield* ask(url, "nobody's")
          expect(answer.status, about).toBe(nothing.status)
          expect(answer.body?.code, about).toBe(nothing.body?.code)
          expect([403, 404, 200], about).toContain(answer.status)
          if (answer.status === 200) expect(answer.body, about).toEqual({ items: [], next: null })
        }
      }
      // Every endpoint with an id of somebody's in its address was called with it.
      const withOwner = operations(current()).filter(({ url }) => /_0{26}/u.test(url) && !tenantWide.test(url))
      expect([...reached].toSorted()).toEqual(withOwner.map(({ id }) => id).toSorted())
      // And nothing of it has changed.
      expect((yield* call("GET", `/api/v1/payments/${ids.payments}`, own)).body).toMatchObject({ version: 1 })
      expect((yield* call("GET", `/api/v1/customers/${ids.customers}`, own)).body).toMatchObject({ state: "active" })
      expect((yield* call("GET", `/api/v1/accounts/${ids.accounts}`, own)).body).toMatchObject({ state: "open" })
    })
  )
})
