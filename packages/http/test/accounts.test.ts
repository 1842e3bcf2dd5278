import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { activeCustomer, Served, served } from "./world.ts"

layer(served(), { excludeTestServices: true })("accounts over HTTP", (it) => {
  it.effect("are opened once for a key, shown, listed and stated", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const customerId = yield* activeCustomer("one")
      const opening = { customerId, productId: "current", name: "Holiday" }
      const opened = yield* call("POST", "/api/v1/accounts", { as: "officer", key: "k1", body: opening })
      expect(opened.body).toEqual({
        id: expect.stringMatching(/^dep_/u),
        customerId,
        product: { productId: "current", version: 1 },
        name: "Holiday",
        currency: "SEK",
        ledgerAccountId: expect.any(String),
        state: "open",
        openedOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/u),
        closedOn: null,
        interestThrough: expect.stringMatching(/^\d{4}-\d\d-\d\d$/u)
      })
      expect(opened.status).toBe(201)
      const again = yield* call("POST", "/api/v1/accounts", { as: "officer", key: "k1", body: opening })
      expect(again.body).toEqual(opened.body)
      const other = yield* call("POST", "/api/v1/accounts", {
        as: "officer",
        key: "k1",
        body: { ...opening, name: "Other" }
      })
      expect(other.status).toBe(422)
      expect(other.body).toMatchObject({ code: "IdempotencyMismatch", context: { key: "k1", path: "/name" } })

      const { id } = opened.body
      const own = { as: `customer:${customerId}` }
      expect((yield* call("GET", `/api/v1/accounts/${id}`, own)).body).toEqual(opened.body)
      expect((yield* call("GET", "/api/v1/accounts?limit=1", own)).body).toEqual({ items: [opened.body], next: null })
      const statement = yield* call("GET", `/api/v1/accounts/${id}/statement?start=2026-01-01&end=2027-01-01`, own)
      expect(statement.body).toMatchObject({
        opening: { amount: "0.00", currency: "SEK" },
        closing: { amount: "0.00", currency: "SEK" },
        lines: []
      })
    })
  )

  it.effect("tell what is wrong with a request, field by field", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const answer = yield* call("POST", "/api/v1/accounts", {
        as: "officer",
        key: "k",
        body: { customerId: "x", productId: 7, extra: true }
      })
      expect(answer.status).toBe(400)
      expect(answer.headers.get("content-type")).toBe("application/problem+json")
      expect(answer.body).toMatchObject({
        type: "https://saldo.dev/problems/request-invalid",
        title: "Request invalid",
        status: 400,
        code: "RequestInvalid",
        context: {
          errors: [
            { in: "body", path: ["extra"] },
            { in: "body", path: ["customerId"] },
            { in: "body", path: ["productId"] }
          ]
        }
      })
    })
  )

  it.effect("are there for those alone who may see them", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const id = "dep_06dpdrxn1wtz5fbr3j5tnm8gq4"
      const unknown = yield* call("GET", `/api/v1/accounts/${id}`)
      expect(unknown.status).toBe(401)
      expect(unknown.headers.get("www-authenticate")).toBe(`Bearer realm="saldo"`)
      expect(unknown.body).toMatchObject({ code: "CredentialsInvalid" })
      expect((yield* call("GET", `/api/v1/accounts/${id}`, { as: "nobody" })).body).toEqual(unknown.body)
      const missing = yield* call("GET", `/api/v1/accounts/${id}`, { as: "teller" })
      expect(missing.body).toMatchObject({ code: "DepositAccountNotFound", context: { accountId: id } })
      expect(missing.status).toBe(404)
      const refused = yield* call("POST", "/api/v1/accounts", {
        as: "customer",
        key: "k",
        body: { customerId: "cust_06dpdrxn1wtz5fbr3j5tnm8gq4", productId: "current" }
      })
      expect(refused.status).toBe(403)
      expect(refused.body).toMatchObject({ code: "NotPermitted" })
    })
  )
})
