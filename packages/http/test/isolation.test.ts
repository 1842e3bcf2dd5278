import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { sha256 } from "saldo/core/sha256"
import { current } from "./contract/committed.ts"
import { operations, publicEndpoints } from "./contract/operations.ts"
import { bodies, queries } from "./contract/requests.ts"
import { signedIn, users } from "./identityWorld.ts"
import { statementsOf, tracing } from "./statements.ts"
import { activeCustomer, type Answer, Served, servedOver, tenant } from "./world.ts"

const world = servedOver({ tenant }, users.pipe(Layer.provideMerge(tracing)))

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

/** What a tenant has and no customer; that another tenant reaches none of it is for the tests of these groups. */
const tenantWide = /\/(?:ledger\/(?:entries|holds)|webhooks)\//u

/** What an answer says; of the trail, without the caller's own attempts, which name what they were aimed at. */
const shownBy = (id: string, { body, text }: Answer): string =>
  id === "audit.query"
    ? JSON.stringify(body.items.filter(({ outcome }: { readonly outcome: string }) => outcome !== "refused"))
    : text

/** What of the headers may differ between two answers that tell the same. */
const ownHeaders = /^(?:date|x-request-id|ratelimit(?:-policy)?)$/u

const headersOf = ({ headers }: Answer) => [...headers].filter(([name]) => !ownHeaders.test(name))

/** An answer in the words that it would have about another id. */
const about = (answer: Answer, from: string, to: string): string => answer.text.replaceAll(from, to)

const idIn = (url: string): string => /[a-z]+_[0-9a-z]{26}/u.exec(url)?.[0] ?? ""

/** Whoever is not the owner: another customer, and everybody of another tenant, whatever it may do there. */
const strangersTo = Effect.gen(function* () {
  const elsewhere = ["customer", "teller", "officer", "auditor", "admin", "machine"].map(
    (role) => `${role}:${role}:elsewhere`
  )
  return [`customer:${yield* activeCustomer("stranger", "19900118-9811")}`, ...elsewhere]
})

layer(world, { excludeTestServices: true })("what belongs to somebody", (it) => {
  it.effect(
    "is as if it were not there for any other customer, and for anybody of another tenant, at any endpoint",
    () =>
      Effect.gen(function* () {
        const { call } = yield* Served
        const { ids, own, texts } = yield* owner
        const strangers = yield* strangersTo
        const reached = new Set<string>()
        let worked = 0
        for (const { id, method, url } of operations(current())) {
          if (publicEndpoints.has(id)) continue
          const target = aimed(url, ids)
          for (const as of strangers) {
            const ask = Effect.fnUntraced(function* (path: string, what: string) {
              const trace = sha256(`${id} ${as} ${what}`).slice(0, 32)
              const answer = yield* call(method.toUpperCase(), `${path}${queries[id] ?? ""}`, {
                as,
                headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
                ...(method === "get" ? {} : { key: `${id}-${what}`, body: bodies[id] })
              })
              return { answer, statements: statementsOf(trace) }
            })
            const { answer, statements } = yield* ask(target, "theirs")
            const where = `${id} as ${as}: ${answer.text}`
            for (const text of texts) {
              // An answer may quote the id that was asked for, and nothing else.
              if (!target.includes(text)) expect(shownBy(id, answer), where).not.toContain(text)
            }
            if (target === url) continue
            reached.add(id)
            const nothing = yield* ask(url, "nobody's")
            expect(answer.status, where).toBe(nothing.answer.status)
            expect(about(answer, idIn(target), idIn(url)), where).toBe(nothing.answer.text)
            expect(headersOf(answer), where).toEqual(headersOf(nothing.answer))
            expect([403, 404, 200], where).toContain(answer.status)
            if (answer.status === 200) expect(answer.body, where).toEqual({ items: [], next: null })
            // Nor does the time that it takes tell: the database is asked the same.
            expect(statements, where).toEqual(nothing.statements)
            if (statements.length > 0) worked += 1
          }
        }
        expect(worked).toBeGreaterThan(50)
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
