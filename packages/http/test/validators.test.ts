import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { servedWithUsers } from "./identityWorld.ts"
import { Served, served } from "./world.ts"

layer(served(), { excludeTestServices: true })("what everybody is told the same", (it) => {
  it.effect("has a tag by which a client knows that it has it, compressed or not", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const whole = yield* call("GET", "/openapi.json", { headers: { "accept-encoding": "identity" } })
      const tag = whole.headers.get("etag") ?? ""
      expect(tag).toMatch(/^W\/"[\da-f]{32}"$/u)
      expect(whole.headers.get("cache-control")).toBe("public, no-cache")
      const zipped = yield* call("GET", "/openapi.json", { headers: { "accept-encoding": "gzip" } })
      expect(zipped.headers.get("etag")).toBe(tag)
      const known = yield* call("GET", "/openapi.json", { headers: { "if-none-match": tag } })
      expect({ status: known.status, text: known.text, tag: known.headers.get("etag") }).toEqual({
        status: 304,
        text: "",
        tag
      })
      const other = yield* call("GET", "/openapi.json", { headers: { "if-none-match": `W/"00"` } })
      expect([other.status, other.text]).toEqual([200, whole.text])
    })
  )

  it.effect("is no answer to somebody in particular, nor one that says that something is wrong", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const mine = yield* call("GET", "/api/v1/accounts", { as: "officer" })
      expect([mine.status, mine.headers.get("etag"), mine.headers.get("cache-control")]).toEqual([
        200,
        null,
        "no-store"
      ])
      const absent = yield* call("GET", "/.well-known/jwks.json")
      expect([absent.status, absent.headers.get("etag"), absent.headers.get("cache-control")]).toEqual([
        501,
        null,
        "no-store"
      ])
    })
  )
})

layer(servedWithUsers(), { excludeTestServices: true })("the keys that verify access tokens", (it) => {
  it.effect("may be kept, and asked about before they are used again", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const keys = yield* call("GET", "/.well-known/jwks.json")
      const tag = keys.headers.get("etag") ?? ""
      expect([keys.status, keys.headers.get("cache-control")]).toEqual([200, "public, no-cache"])
      const known = yield* call("GET", "/.well-known/jwks.json", { headers: { "if-none-match": tag } })
      expect([known.status, known.text]).toEqual([304, ""])
    })
  )
})
