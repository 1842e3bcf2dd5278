import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Served, served } from "./world.ts"

const path = "/api/v1/accounts"
const as = "officer"

layer(served({ bodyLimitBytes: 1000 }), { excludeTestServices: true })("every failure is a problem", (it) => {
  const cases = [
    ["an unknown address", "GET", "/nowhere", {}, 404, "RouteNotFound"],
    ["a wrong method", "PUT", path, { as, body: {} }, 405, "MethodNotAllowed"],
    [
      "another media type",
      "POST",
      path,
      { as, key: "k", headers: { "content-type": "text/plain" }, body: "x" },
      415,
      "MediaTypeUnsupported"
    ],
    [
      "a compressed body",
      "POST",
      path,
      { as, key: "k", headers: { "content-encoding": "gzip" }, body: "x" },
      415,
      "MediaTypeUnsupported"
    ],
    ["broken JSON", "POST", path, { as, key: "k", body: "{" }, 400, "RequestInvalid"],
    ["a body that is too long", "POST", path, { as, key: "k", body: "x".repeat(1001) }, 413, "BodyTooLarge"],
    ["no key", "POST", path, { as, body: {} }, 400, "RequestInvalid"],
    ["a foreign cursor", "GET", `${path}?cursor=abc`, { as }, 400, "InvalidCursor"]
  ] as const
  it.effect("a body that is too long and does not say so", () =>
    Effect.gen(function* () {
      const { url } = yield* Served
      const chunks = new ReadableStream({
        start: (controller) => {
          for (let chunk = 0; chunk < 20; chunk++) controller.enqueue(new TextEncoder().encode("x".repeat(100)))
          controller.close()
        }
      })
      const headers = { authorization: `Bearer ${as}`, "content-type": "application/json", "idempotency-key": "k" }
      const init = { method: "POST", headers, body: chunks, duplex: "half" } as const
      const answer = yield* Effect.promise(() => fetch(url + path, init))
      expect(answer.status).toBe(413)
      expect(yield* Effect.promise(() => answer.json())).toMatchObject({ code: "BodyTooLarge" })
    })
  )

  it.effect("text that no storage keeps, wherever it is", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      for (const bad of ["a\u0000", "\ud83d"]) {
        const answer = yield* call("POST", path, {
          as,
          key: "k",
          body: { customerId: "x", name: bad, more: [{ deep: bad }] }
        })
        expect(answer.status).toBe(400)
        expect(answer.body.context.errors).toMatchObject([
          { in: "body", path: ["name"] },
          { in: "body", path: ["more", 0, "deep"] }
        ])
      }
      const sound = yield* call("POST", path, { as, key: "k", body: '{"name":"\\\\u0000 \\ud83d\\ude00"}' })
      expect(sound.body.context.errors).toMatchObject([{ path: ["customerId"] }, { path: ["productId"] }])
      for (const [url, place] of [
        [`${path}?cursor=%00`, "query"],
        [`${path}/a%00`, "path"]
      ] as const) {
        const answer = yield* call("GET", url, { as })
        expect(answer.body).toMatchObject({ code: "RequestInvalid", context: { errors: [{ in: place }] } })
      }
    })
  )

  for (const [name, method, url, call, status, code] of cases) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const answer = yield* (yield* Served).call(method, url, call)
        expect(answer.body).toMatchObject({ code, status })
        expect(answer.status).toBe(status)
        expect(answer.headers.get("content-type")).toBe("application/problem+json")
        expect(answer.headers.get("x-request-id")).toMatch(/^req_/u)
        expect(answer.headers.get("x-content-type-options")).toBe("nosniff")
        expect(answer.text).not.toMatch(/\.ts\b|node_modules|\n\s*at /u)
      })
    )
  }
})
