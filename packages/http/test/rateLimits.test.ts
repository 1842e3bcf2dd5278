import { describe, expect, it, layer } from "@effect/vitest"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { RateLimitStore } from "saldo/core/RateLimitStore"
import * as SqlRateLimitStore from "saldo/core/SqlRateLimitStore"
import * as Migrations from "saldo/sql/Migrations"
import { addressBehind } from "../src/server/clientAddress.ts"
import { networkOf } from "../src/server/networkOf.ts"
import { bank, Served, servedOver } from "./world.ts"

const window = { windowSeconds: 60 }
const rateLimits = {
  address: { limit: 40, ...window },
  credential: { limit: 3, ...window },
  entrance: { limit: 2, ...window }
}

const limited = <E>(store: Layer.Layer<RateLimitStore, E>) =>
  servedOver({ rateLimits, trustedProxies: 1 }, Layer.merge(bank, store))

const inSql = SqlRateLimitStore.layer.pipe(Layer.provide(Migrations.layer), Layer.provide(TestSqlite.layerFile))

const from = (address: string) => ({ headers: { "x-forwarded-for": `made up, ${address}` } })

for (const [name, store] of [
  ["memory", RateLimitStore.layerMemory],
  ["sql", inSql.pipe(Layer.orDie)]
] as const) {
  layer(limited(store), { excludeTestServices: true })(`calls that are counted (${name})`, (it) => {
    it.effect("are told what is left, and answered with 429 when nothing is", () =>
      Effect.gen(function* () {
        const { call } = yield* Served
        const ask = call("GET", "/api/v1/accounts", { as: "officer", ...from("192.0.2.1") })
        const first = yield* ask
        expect(first.status).toBe(200)
        expect(first.headers.get("ratelimit-policy")).toBe(`"address";q=40;w=60, "credential";q=3;w=60`)
        expect(first.headers.get("ratelimit")).toMatch(/^"address";r=39;t=\d+, "credential";r=2;t=\d+$/u)
        yield* ask
        yield* ask
        const fourth = yield* ask
        expect(fourth).toMatchObject({
          status: 429,
          body: { code: "TooManyRequests", context: { policy: "credential" } }
        })
        expect(fourth.headers.get("content-type")).toBe("application/problem+json")
        const seconds = Number(fourth.headers.get("retry-after"))
        expect(seconds).toBeGreaterThan(0)
        expect(seconds).toBeLessThanOrEqual(60)
        // Somebody else at the same address is not held by it.
        const other = yield* call("GET", "/api/v1/accounts", { as: "teller", ...from("192.0.2.1") })
        expect(other.status).toBe(200)
      })
    )

    it.effect("are fewer where people are let in, for each address by itself", () =>
      Effect.gen(function* () {
        const { call } = yield* Served
        const body = { email: "anna@example.test", password: "four random wombats sing" }
        const login = (address: string) => call("POST", "/api/auth/login", { body, ...from(address) })
        expect((yield* login("198.51.100.1")).status).toBe(501)
        expect((yield* login("198.51.100.1")).status).toBe(501)
        expect(yield* login("198.51.100.1")).toMatchObject({
          status: 429,
          body: { type: expect.stringMatching(/too-many-requests$/u), context: { policy: "entrance" } }
        })
        expect((yield* login("198.51.100.2")).status).toBe(501)
      })
    )

    it.effect("are held by the address whatever credentials are made up, and probes are not counted", () =>
      Effect.gen(function* () {
        const { call } = yield* Served
        const calls = Array.from({ length: 60 }, (_, at) =>
          call("GET", "/api/v1/accounts", { as: `forged ${at}`, ...from("203.0.113.1") })
        )
        const statuses = (yield* Effect.all(calls, { concurrency: 8 })).map(({ status }) => status)
        expect(statuses.filter((status) => status === 401)).toHaveLength(40)
        expect(statuses.filter((status) => status === 429)).toHaveLength(20)
        const probe = yield* call("GET", "/health/live", from("203.0.113.1"))
        expect(probe.status).toBe(200)
        expect(probe.headers.has("ratelimit")).toBe(false)
      })
    )
  })
}

describe("the address of a client", () => {
  it("is the peer's unless proxies are trusted", () => {
    expect(addressBehind(0, "10.0.0.1", "192.0.2.1")).toBe("10.0.0.1")
    expect(addressBehind(1, "10.0.0.1", undefined)).toBe("10.0.0.1")
    expect(addressBehind(1, "10.0.0.1", "")).toBe("10.0.0.1")
    expect(addressBehind(1, "10.0.0.1", "spoofed, 192.0.2.1")).toBe("192.0.2.1")
    expect(addressBehind(2, "10.0.0.1", "spoofed, 192.0.2.1, 10.0.0.2")).toBe("192.0.2.1")
    expect(addressBehind(3, "10.0.0.1", "192.0.2.1, 10.0.0.2")).toBe("10.0.0.1")
  })

  it("counts as one with those of its /64", () => {
    expect(networkOf("192.0.2.1")).toBe("192.0.2.1")
    expect(networkOf("::ffff:192.0.2.1")).toBe("192.0.2.1")
    expect(networkOf("2001:DB8:0:1:aaaa::1")).toBe("2001:db8:0:1")
    expect(networkOf("2001:db8:0000:0001:0:0:0:2%eth0")).toBe("2001:db8:0:1")
    expect(networkOf("2001:db8::1")).toBe("2001:db8:0:0")
    expect(networkOf("::1")).toBe("0:0:0:0")
  })
})
