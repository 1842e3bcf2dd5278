import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Served, served } from "./world.ts"

const as = "machine:books"
const on = "/api/v1/ledger"
const sek = (amount: string) => ({ amount, currency: "SEK" })

const open = Effect.fnUntraced(function* (code: string, type: string) {
  const { call } = yield* Served
  const body = { code, name: code, type, currency: "SEK", bounds: { minimum: "0", maximum: null } }
  const { body: account, status } = yield* call("POST", `${on}/accounts`, { as, key: `open-${code}`, body })
  expect(status).toBe(201)
  return account.id as string
})

layer(served(), { excludeTestServices: true })("books over HTTP", (it) => {
  it.effect("are posted, held, captured, reversed and proven", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const [cash, anna] = [yield* open("cash", "asset"), yield* open("anna", "liability")]
      const lines = (debit: string, credit: string, amount: string) => [
        { accountId: debit, side: "debit", amount: sek(amount) },
        { accountId: credit, side: "credit", amount: sek(amount) }
      ]
      const posted = yield* call("POST", `${on}/entries`, {
        as,
        key: "in",
        body: { postings: lines(cash, anna, "100.00"), description: "Cash in" }
      })
      expect(posted.status).toBe(201)
      expect(posted.body).toMatchObject({ kind: "posted", sequence: 1, description: "Cash in" })
      expect(posted.body).not.toHaveProperty("key")
      expect((yield* call("GET", `${on}/entries/${posted.body.id}`, { as })).body).toEqual(posted.body)

      const hold = { debit: anna, credit: cash, amount: sek("40.00"), expiresAfterMs: 60_000 }
      const held = yield* call("POST", `${on}/holds`, { as, key: "hold", body: hold })
      expect((yield* call("POST", `${on}/holds`, { as, key: "hold", body: hold })).body).toEqual(held.body)
      const { holdId } = held.body
      expect((yield* call("GET", `${on}/holds/${holdId}`, { as })).body).toMatchObject({
        remaining: sek("40.00"),
        expiresAt: expect.stringMatching(/Z$/u)
      })
      const captured = yield* call("POST", `${on}/holds/${holdId}/capture`, {
        as,
        key: "capture",
        body: { amount: sek("15.00") }
      })
      expect(captured.body).toMatchObject({ kind: "captured", holdId })
      for (const elsewhere of [`entries/${posted.body.id}`, `holds/${holdId}`, `accounts/${anna}`]) {
        const stranger = yield* call("GET", `${on}/${elsewhere}`, { as: "machine:books:elsewhere" })
        expect(stranger.status).toBe(404)
      }
      const reversal = yield* call("POST", `${on}/entries/${posted.body.id}/reversal`, { as, key: "back", body: {} })
      expect(reversal.body).toMatchObject({ code: "InsufficientFunds", context: { available: sek("85.00") } })

      const balance = yield* call("GET", `${on}/accounts/${anna}/balance`, { as })
      expect(balance.body).toMatchObject({ balance: sek("85.00"), counters: { creditsPosted: "10000" } })
      const history = yield* call("GET", `${on}/accounts/${anna}/lines?limit=2&postedOnly=true`, { as })
      expect(history.body.items).toHaveLength(2)
      const trial = yield* call("GET", `${on}/trial-balance`, { as })
      expect(trial.body).toMatchObject({ balanced: true, totals: [{ debit: sek("85.00"), credit: sek("85.00") }] })
      const verdict = yield* call("GET", `${on}/verification`, { as })
      expect(verdict.body).toMatchObject({ entries: 3, accounts: 2, findings: [], head: { sequence: 3 } })
    })
  )

  it.effect("have accounts that are opened and changed once for a key, at the version that was seen", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const id = yield* open("berta", "liability")
      expect(yield* open("berta", "liability")).toBe(id)
      const taken = yield* call("POST", `${on}/accounts`, {
        as,
        key: "another",
        body: { code: "berta", name: "berta", type: "liability", currency: "SEK" }
      })
      expect(taken.body).toMatchObject({ code: "AccountTaken", status: 409, context: { accountId: id } })
      const change = (key: string, tag: string, name: string) =>
        call("PATCH", `${on}/accounts/${id}`, { as, key, headers: { "if-match": tag }, body: { name } })
      const renamed = yield* change("rename", `"1"`, "Berta")
      expect(renamed.body).toMatchObject({ name: "Berta", version: 2 })
      expect(renamed.headers.get("etag")).toBe(`"2"`)
      expect((yield* change("rename", `"1"`, "Berta")).body).toEqual(renamed.body)
      expect((yield* change("rename", `"1"`, "Bertil")).body).toMatchObject({ code: "IdempotencyMismatch" })
      const stale = yield* change("late", `"1"`, "Late")
      expect(stale.body).toMatchObject({ code: "VersionConflict", status: 412, context: { expected: 1, actual: 2 } })
      expect((yield* change("odd", "W/x", "Odd")).body).toMatchObject({ code: "RequestInvalid" })
    })
  )

  it.effect("keep what was refused in the trail, and show both to those who may alone", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const requestId = "books-1"
      const traceId = "4bf92f3577b34da6a3ce929d0e0e4736"
      const headers = { "x-request-id": requestId, traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
      const parent = "acct_00000000000000000000000000"
      const body = { code: "lost", name: "lost", type: "asset", currency: "SEK", parent }
      const refused = yield* call("POST", `${on}/accounts`, { as, key: "lost", headers, body })
      expect(refused.headers.get("x-request-id")).toBe(requestId)
      expect(refused.body).toMatchObject({ code: "ParentUnsuitable", context: { parent, reason: "missing" } })
      const records = yield* call("GET", `/api/v1/audit/records?requestId=${requestId}`, { as })
      expect(records.body.items).toMatchObject([
        { outcome: "refused", reason: "ParentUnsuitable", actor: { id: "books" }, requestId, correlationId: traceId }
      ])
      expect(records.body.items[0]).not.toHaveProperty("salt")
      const page = yield* call("GET", "/api/v1/audit/records?action=ledger.*&limit=1&order=oldest-first", { as })
      expect(page.headers.get("link")).toMatch(/^<\/api\/v1\/audit\/records\?.*cursor=.*>; rel="next"$/u)
      expect((yield* call("GET", "/api/v1/audit/verification", { as })).body).toMatchObject({ _tag: "Intact" })
      for (const url of ["/api/v1/audit/verification", `${on}/trial-balance`, "/metrics"]) {
        expect((yield* call("GET", url, { as: "customer" })).body).toMatchObject({ code: "NotPermitted", status: 403 })
      }
    })
  )
})
