import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import * as LogLines from "saldo/core/LogLines"
import * as http from "../src/http.ts"
import { bank, Served, served } from "./world.ts"

const origin = { service: "test", version: "0", processId: 1 }

/** What a server wrote down of some calls. */
const linesOf = (options: http.HttpOptions) =>
  Effect.suspend(() => {
    const lines: Array<Record<string, unknown>> = []
    const keeping = Logger.map(LogLines.json(origin), (line) => {
      lines.push(JSON.parse(line) as Record<string, unknown>)
    })
    const logging = Layer.merge(Logger.layer([keeping]), Layer.succeed(References.MinimumLogLevel, "All"))
    return Effect.gen(function* () {
      const { call } = yield* Served
      yield* call("GET", "/api/v1/accounts?limit=3", { as: "officer:olof", headers: { "x-request-id": "list-1" } })
      yield* call("GET", "/api/v1/accounts/dep_06dpdrxn1wtz5fbr3j5tnm8gq4")
      yield* call("GET", "/nowhere/hunter2?token=hunter2")
      yield* call("GET", "/health/live", { headers: { "x-request-id": "sk_k3v_c2VjcmV0c2VjcmV0" } })
      return lines.filter(({ message }) => message === "Answered")
    }).pipe(Effect.provide(Layer.provideMerge(served(options), logging)))
  })

describe("the log of requests", () => {
  it.live("has a line for each that was answered, by its route and by who acted", () =>
    Effect.gen(function* () {
      const lines = yield* linesOf({ accessLog: true })
      expect(lines).toMatchObject([
        { level: "info", requestId: "list-1", route: "/api/v1/accounts", status: 200, tenant: "bank", actor: "olof" },
        { level: "info", method: "GET", route: "/api/v1/accounts/:id", status: 401 },
        { level: "info", route: "other", status: 404 },
        { level: "debug", route: "/health/live", status: 200, requestId: expect.stringMatching(/^req_/u) }
      ])
      expect(lines[1]).not.toHaveProperty("actor")
      expect(lines.every(({ durationMs }) => typeof durationMs === "number" && durationMs > 0)).toBe(true)
      expect(JSON.stringify(lines)).not.toMatch(/hunter2|dep_06d|sk_/u)
    })
  )

  it.live("is written, and traced, where a function answers as well", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span> = []
      const lines: Array<string> = []
      const tracer = Tracer.make({
        span: (given) => {
          const span = new Tracer.NativeSpan(given)
          spans.push(span)
          return span
        }
      })
      const logger = Logger.make(({ message }) => {
        lines.push(String(message))
      })
      const watched = Layer.merge(Layer.succeed(Tracer.Tracer, tracer), Logger.layer([logger]))
      const { dispose, handler } = http.toWebHandler(Layer.merge(bank, watched), { accessLog: true })
      const response = yield* Effect.promise(() => handler(new Request("http://here/api/v1/accounts/dep_1?x=hunter2")))
      expect(response.status).toBe(401)
      expect(lines).toEqual(["Answered"])
      expect(spans.filter(({ kind }) => kind === "server").map(({ name }) => name)).toEqual([
        "GET /api/v1/accounts/:id"
      ])
      yield* Effect.promise(() => dispose())
    })
  )

  it.live("has none unless a host asks for them", () =>
    Effect.gen(function* () {
      expect(yield* linesOf({})).toEqual([])
    })
  )
})
