import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import * as Breaker from "saldo/core/Breaker"
import * as http from "../src/http.ts"
import * as Readiness from "../src/server/Readiness.ts"
import { bank, callsOf, Served, served } from "./world.ts"

const origin = "https://bank.example"

layer(served({ allowedOrigins: [origin] }), { excludeTestServices: true })("around every request", (it) => {
  it.effect("stand an id, headers for browsers, and compression for those who want it", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const live = yield* call("GET", "/health/live")
      expect(live.body).toEqual({ status: "alive" })
      expect(Object.fromEntries(live.headers)).toMatchObject({
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=31536000; includeSubDomains",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "x-request-id": expect.stringMatching(/^req_/u)
      })
      const unfit = yield* call("GET", "/health/live", { headers: { "x-request-id": "a b\tc" } })
      expect(unfit.headers.get("x-request-id")).toMatch(/^req_/u)
      const document = yield* call("GET", "/openapi.json", { headers: { "accept-encoding": "gzip" } })
      expect(document.headers.get("content-encoding")).toBe("gzip")
      expect(document.body).toMatchObject({ openapi: "3.1.0", info: { title: "Saldo" } })
      const head = yield* call("HEAD", "/health/live")
      expect([head.status, head.text]).toEqual([200, ""])
    })
  )

  it.effect("let the pages of some origins call, and no others", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const preflight = (from: string) =>
        call("OPTIONS", "/api/v1/accounts", {
          headers: {
            origin: from,
            "access-control-request-method": "POST",
            "access-control-request-headers": "idempotency-key"
          }
        })
      const allowed = yield* preflight(origin)
      expect(allowed.status).toBe(204)
      expect(allowed.headers.get("access-control-allow-origin")).toBe(origin)
      expect(allowed.headers.get("access-control-allow-headers")).toContain("idempotency-key")
      expect((yield* preflight("https://other.example")).headers.get("access-control-allow-origin")).not.toBe(
        "https://other.example"
      )
      const answer = yield* call("GET", "/api/v1/accounts", { as: "officer", headers: { origin } })
      expect(answer.headers.get("access-control-expose-headers")).toContain("x-request-id")
    })
  )

  it.effect("are measured by route, and never by what a client may choose", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      yield* call("GET", "/api/v1/accounts/dep_00000000000000000000000000", { as: "officer" })
      yield* call("GET", "/secret-path-of-somebody")
      const { headers, text } = yield* call("GET", "/metrics", { as: "machine" })
      expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8")
      expect(text).toContain("# TYPE http_server_request_duration_seconds histogram")
      expect(text).toMatch(
        /http_server_request_duration_seconds_count\{[^}]*http_route="\/api\/v1\/accounts\/:id"[^}]*\} [1-9]/u
      )
      expect(text).toMatch(/http_route="other"/u)
      expect(text).not.toContain("secret-path")
    })
  )
})

layer(served(), { excludeTestServices: true })("the page to try things out on", (it) => {
  it.effect("comes whole from this server and talks to no other", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const page = yield* call("GET", "/docs")
      expect(page.status).toBe(200)
      expect(page.headers.get("content-type")).toMatch(/^text\/html/u)
      const policy = page.headers.get("content-security-policy") ?? ""
      expect(policy).toContain("connect-src 'self'")
      expect(policy).toMatch(/script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+';/u)
      expect(policy).not.toContain("unsafe")
      expect(page.text).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="https?:/u)
      expect((yield* call("POST", "/docs")).body).toMatchObject({ code: "MethodNotAllowed" })
    })
  )
})

describe("readiness", () => {
  const asked = (checks: Readiness.ReadinessChecks) =>
    Effect.flatMap(Served, ({ call }) => call("GET", "/health/ready")).pipe(
      Effect.provide(served().pipe(Layer.provide(Readiness.layer(checks))))
    )

  it.live("names what answers, and what does not", () =>
    Effect.gen(function* () {
      const well = yield* asked({ database: Effect.void })
      expect(well.body).toEqual({ status: "ready", checks: ["database"], leftAlone: [] })
      const post = yield* Breaker.make("post office", { failures: 1 })
      yield* Effect.flip(post.ask(Effect.fail("closed")))
      expect((yield* asked({})).body).toEqual({ status: "ready", checks: [], leftAlone: ["post office"] })
      const ill = yield* asked({ database: Effect.die("gone"), rail: Effect.never, cache: Effect.void })
      expect(ill.body).toMatchObject({ code: "NotReady", status: 503, context: { failed: ["database", "rail"] } })
      expect(ill.text).not.toContain("gone")
    })
  )
})

describe("a defect", () => {
  const broken = Layer.effect(
    DepositAccounts,
    Effect.map(DepositAccounts, (accounts) =>
      DepositAccounts.of({ ...accounts, list: () => Effect.die(new Error("password=hunter2 at /srv/secret.ts")) })
    )
  ).pipe(Layer.provideMerge(bank))

  it.live("is a problem that says nothing, over the web-standard handler too", () =>
    Effect.gen(function* () {
      const { dispose, handler } = http.toWebHandler(broken)
      const call = callsOf((path, init) => handler(new Request(`http://bank.example${path}`, init)))
      const answer = yield* call("GET", "/api/v1/accounts", { as: "officer" })
      expect(answer.status).toBe(500)
      expect(answer.body).toMatchObject({ code: "InternalFailure" })
      expect(answer.text).not.toMatch(/hunter2|secret/u)
      expect((yield* call("GET", "/api/v1/accounts/dep_00000000000000000000000000", { as: "officer" })).status).toBe(
        404
      )
      expect((yield* call("DELETE", "/api/v1/accounts")).headers.get("allow")).toBe("GET, POST")
      yield* Effect.promise(dispose)
    })
  )
})
