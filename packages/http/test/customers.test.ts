import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { sha256 } from "saldo/core/sha256"
import { secrets, Served, served } from "./world.ts"

const officer = { as: "officer" }
const path = "/api/v1/customers"

const opening = {
  kind: "person",
  registration: { scheme: "SwedishPersonalNumber", number: secrets.number },
  details: { name: secrets.name, email: secrets.email }
}

layer(served(), { excludeTestServices: true })("customers over HTTP", (it) => {
  it.effect("come from registration to activity, and their versions guard their details", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const registered = yield* call("POST", path, { ...officer, key: "1", body: opening })
      expect(registered.status).toBe(201)
      expect(registered.body).toMatchObject({
        state: "pending",
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/u),
        file: { registration: { number: "198112189876" }, details: { name: secrets.name } }
      })
      expect(registered.headers.get("etag")).toBe(`"1"`)
      const { id } = registered.body
      const on = `${path}/${id}`
      const documents = [
        { kind: "passport", digest: sha256("passport"), expiresOn: null },
        { kind: "proof-of-address", digest: sha256("bill"), expiresOn: null }
      ]
      yield* call("POST", `${on}/documents`, { ...officer, key: "2", body: { documents } })
      yield* call("POST", `${on}/verification`, { ...officer, key: "3" })
      const active = yield* call("POST", `${on}/activation`, { ...officer, key: "4" })
      expect(active.body).toMatchObject({ state: "active", kyc: { decision: { verdict: "approved" } } })

      const change = (key: string, tag: string, name: string) =>
        call("PUT", `${on}/details`, { ...officer, key, headers: { "if-match": tag }, body: { name } })
      const stale = yield* change("5", `"1"`, "Another Name")
      expect(stale.status).toBe(412)
      expect(stale.body).toMatchObject({
        code: "VersionMismatch",
        context: { expected: `"1"`, actual: active.headers.get("etag") }
      })
      expect((yield* call("GET", on, officer)).headers.get("etag")).toBe(active.headers.get("etag"))
      // A key whose write was refused by its version may be used again.
      const changed = yield* change("5", active.headers.get("etag") ?? "", "New Name")
      expect(changed.body.file.details).toEqual({ name: "New Name" })
      // The same request again gives the same answer, although the version it names is over.
      expect((yield* change("5", active.headers.get("etag") ?? "", "New Name")).body).toEqual(changed.body)
    })
  )

  it.effect("are found by a number that stands in no address, and show it to nobody else", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const number = "19900118-9803"
      const body = { ...opening, registration: { ...opening.registration, number } }
      const { body: registered } = yield* call("POST", path, { ...officer, key: "s1", body })
      const search = { kind: "person", registration: { scheme: "SwedishPersonalNumber", number: "9001189803" } }
      const found = yield* call("POST", `${path}/search`, { ...officer, body: search })
      expect(found.body).toEqual(registered)
      const stranger = yield* call("GET", `${path}/${registered.id}`, {
        as: "customer:cust_00000000000000000000000000"
      })
      expect(stranger.status).toBe(404)
      const unread = yield* call("POST", `${path}/search`, {
        ...officer,
        body: { kind: "person", registration: { scheme: "SwedishPersonalNumber", number: "9001189999" } }
      })
      expect(unread.body).toMatchObject({ code: "RegistrationNumberInvalid", status: 422 })
      expect(unread.text).not.toContain("9001189999")
    })
  )

  it.effect("keep what is personal out of what is wrong with a request", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const secret = "Konfidentiell Svensson"
      const answers = [
        yield* call("POST", path, {
          ...officer,
          key: "p1",
          body: { ...opening, details: { name: `${secret} `.repeat(20), email: 7 } }
        }),
        yield* call("POST", path, {
          ...officer,
          key: "p2",
          body: { ...opening, registration: { scheme: secret, number: secret } }
        }),
        yield* call("POST", `${path}/cust_00000000000000000000000000/beneficiaries`, {
          ...officer,
          key: "p3",
          body: { name: secret, account: { scheme: "Iban", number: "SE4550000000058398257467" } }
        })
      ]
      for (const { body, status, text } of answers) {
        expect(status).toBe(400)
        expect(body.code).toBe("RequestInvalid")
        expect(text).not.toMatch(/Konfidentiell|58398257/u)
      }
      expect(answers[2]?.body.context.errors).toEqual([
        { in: "body", path: ["account"], message: expect.stringContaining("Invalid IBAN") }
      ])
    })
  )

  it.effect("come in pages, each with a link to the next", () =>
    Effect.gen(function* () {
      const { call, url } = yield* Served
      for (const [index, number] of ["19900118-9811", "19900118-9829", "19900118-9837"].entries()) {
        const body = { ...opening, registration: { ...opening.registration, number } }
        expect((yield* call("POST", path, { ...officer, key: `page ${index}`.replace(" ", "-"), body })).status).toBe(
          201
        )
      }
      const ids: Array<string> = []
      let next: string | undefined = `${path}?state=pending&limit=2`
      while (next !== undefined) {
        const page: {
          readonly body: { readonly items: ReadonlyArray<{ readonly id: string }> }
          readonly headers: Headers
        } = yield* call("GET", next, officer)
        ids.push(...page.body.items.map(({ id }) => id))
        const [, target] = /^<([^>]+)>; rel="next"$/u.exec(page.headers.get("link") ?? "") ?? []
        if (target !== undefined) expect(new URL(target, url).searchParams.get("state")).toBe("pending")
        next = target
      }
      expect(ids.length).toBeGreaterThanOrEqual(3)
      expect(new Set(ids).size).toBe(ids.length)
    })
  )
})
