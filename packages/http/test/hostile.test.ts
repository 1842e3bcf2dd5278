import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Customers } from "saldo/banking/Customers"
import { current } from "./contract/committed.ts"
import { endpointsOf, hostileRequests, type Known } from "./contract/hostile.ts"
import { servedWithUsersAndTokens } from "./identityWorld.ts"
import { activeCustomer, secrets, Served } from "./world.ts"

/** Of each endpoint. */
const count = 200

const sek = (amount: string) => ({ amount, currency: "SEK" })

/** A bank with something of each kind, made once: what a request changes is there for the next one as it left it. */
const known = Effect.gen(function* () {
  const { call } = yield* Served
  const made: Record<string, Array<string>> = {}
  const make = Effect.fnUntraced(function* (as: string, path: string, body: unknown) {
    const answer = yield* call("POST", path, { as, key: `made-${Object.values(made).flat().length}`, body })
    const id = answer.body.id as string
    const prefix = id.slice(0, id.indexOf("_"))
    made[prefix] = [...(made[prefix] ?? []), id]
    return answer.body
  })
  const customerId = yield* activeCustomer("known", "19900118-9803")
  made["cust"] = [customerId]
  const creditor = { name: "Payee", account: { scheme: "Iban", number: "SE4550000000058398257466" } }
  for (const name of ["first", "second"]) {
    const { id: accountId } = yield* make("officer", "/api/v1/accounts", { customerId, productId: "current", name })
    const deposit = { accountId, amount: sek("500.00") }
    yield* call("POST", "/api/v1/transactions/deposits", { as: "officer", key: `deposit-${name}`, body: deposit })
    yield* make("officer", "/api/v1/payments", { accountId, amount: sek("5.00"), creditor })
  }
  const accounts: Array<string> = []
  for (const [code, type] of [
    ["cash", "asset"],
    ["debt", "liability"]
  ]) {
    const opened = yield* make("machine", "/api/v1/ledger/accounts", { code, name: code, type, currency: "SEK" })
    accounts.push(opened.id as string)
  }
  const postings = ["debit", "credit"].map((side, at) => ({ accountId: accounts[at], side, amount: sek("100.00") }))
  yield* make("machine", "/api/v1/ledger/entries", { postings })
  return made
})

layer(servedWithUsersAndTokens, { excludeTestServices: true })("hostile requests", (it) => {
  let things: Effect.Effect<Known, never, Customers | Served> = known
  const remembered = Effect.suspend(() =>
    Effect.tap(things, (found) => Effect.sync(() => void (things = Effect.succeed(found))))
  )
  const document = JSON.parse(JSON.stringify(current())) as object
  for (const endpoint of endpointsOf(document)) {
    it.effect(`to ${endpoint.id} are answered, and break nothing`, () =>
      Effect.gen(function* () {
        const { url } = yield* Served
        yield* Effect.forEach(
          hostileRequests(document, endpoint, count, yield* remembered),
          ({ body, headers, method, path }, at) =>
            Effect.promise(async () => {
              const about = `${method} ${path} ${JSON.stringify(headers)} ${(body ?? "").slice(0, 300)}`
              const as = ["officer", "machine", "teller", "auditor", "forged"][at % 5] ?? ""
              const sent = { method, headers: { ...headers, authorization: `Bearer ${as}` } }
              const request = await Promise.resolve()
                .then(() => new Request(url + path, body === undefined ? sent : { ...sent, body }))
                // A header that no client can send is none that a server can get.
                .catch(() => undefined)
              if (request === undefined) return
              const answer = await fetch(request, { signal: AbortSignal.timeout(10_000) })
              if (answer.headers.get("content-type") === "text/event-stream" && endpoint.id === "events.follow") {
                // It was taken for a good one, and goes on until somebody hangs up.
                return answer.body?.cancel()
              }
              const text = await answer.text()
              expect(answer.status === 501 || answer.status < 500, `${about} → ${answer.status} ${text}`).toBe(true)
              if (answer.status >= 400) {
                expect(answer.headers.get("content-type"), about).toBe("application/problem+json")
                expect(JSON.parse(text), about).toMatchObject({ status: answer.status, code: expect.any(String) })
              }
              expect(text, about).not.toMatch(/node_modules|\.ts:\d|SQLITE|SqlError/u)
            }),
          { concurrency: 16 }
        )
      })
    )
  }

  it.effect("leave the books in balance and the trail whole", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      yield* activeCustomer("after", secrets.number)
      const machine = { as: "machine" }
      expect((yield* call("GET", "/api/v1/ledger/trial-balance", machine)).body.balanced).toBe(true)
      expect((yield* call("GET", "/api/v1/ledger/verification", machine)).body.findings).toEqual([])
      expect((yield* call("GET", "/api/v1/audit/verification", machine)).body._tag).toBe("Intact")
    })
  )
})
