import { describe, expect, it } from "@effect/vitest"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { EventPattern } from "saldo/notifications/WebhookEndpoint"
import { WebhookKeys } from "saldo/notifications/WebhookKeys"
import { Webhooks } from "saldo/notifications/Webhooks"
import { WebhookSender, WebhooksSent } from "saldo/notifications/WebhookSender"
import { WebhookStore } from "saldo/notifications/WebhookStore"
import * as SqlStores from "saldo/sql/SqlStores"
import { asBank, happened, inMemory, key, over, registered, ring, tellAll, tenant } from "./webhookWorld.ts"

const strict = { allowHttp: false, allowedRanges: [], maxEndpoints: 1000 }

const world = (policy = {}) => Layer.fresh(over(inMemory, WebhookSender.layerMemory, { ...strict, ...policy }))

const url = "https://example.com/events?token=of-the-owner"

const problemOf = (text: string) =>
  registered(text, `try ${text}`).pipe(
    Effect.match({
      onSuccess: ({ endpoint }) => endpoint.url,
      onFailure: (error) => (error._tag === "WebhookUrlRefused" ? error.problem : error._tag)
    })
  )

const listed = (...lines: ReadonlyArray<string>): ReadonlyArray<string> => lines.flatMap((line) => line.split(" "))

describe("an address", () => {
  it.effect("is refused by what its text says, and kept in its canonical form", () =>
    Effect.gen(function* () {
      expect(yield* problemOf("HTTPS://Example.COM:443/a/../b c")).toBe("https://example.com/b%20c")
      expect(yield* problemOf("https://bücher.example")).toBe("https://xn--bcher-kva.example/")
      expect(yield* problemOf("http://example.com/")).toBe("scheme")
      expect(yield* problemOf("//example.com/")).toBe("unreadable")
      expect(yield* problemOf("https://")).toBe("unreadable")
      expect(yield* problemOf("https://:pass@example.com/")).toBe("credentials")
      expect(yield* problemOf("https://example.com/#")).toBe("fragment")
    }).pipe(asBank, Effect.provide(world()))
  )

  it.effect("is refused when it lies in a range that is not of the public internet, to the last number", () =>
    Effect.gen(function* () {
      // First and last of each range, and their neighbours outside of it.
      const inside = listed(
        "0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.0 127.255.255.255",
        "169.254.0.0 169.254.255.255 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.255 192.0.2.1 192.88.99.1",
        "192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255 198.51.100.7 203.0.113.7 168.63.129.16",
        "224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.255 [::] [::1] [::ffff:8.8.8.8] [64:ff9b::808:808]",
        "[100::1] [2001::1] [2001:1ff:ffff::1] [2001:db8::1] [2001:db8:ffff::1] [2002:808:808::1] [3fff::1]",
        "[3fff:fff::1] [5f00::1] [fc00::1] [fdff::1] [fe80::1] [ff02::1]"
      )
      const outside = listed(
        "1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255",
        "169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255",
        "198.20.0.0 168.63.129.15 168.63.129.17 223.255.255.255 [2000::1] [2001:200::1] [2001:db7::1]",
        "[2001:db9::1] [2003::1] [2606:4700::1111] [3fff:1000::1] [3ffe::1]"
      )
      for (const host of inside) expect([host, yield* problemOf(`https://${host}/`)]).toEqual([host, "private"])
      for (const host of outside)
        expect([host, yield* problemOf(`https://${host}/`)]).toEqual([host, `https://${host}/`])
    }).pipe(asBank, Effect.provide(world()))
  )

  it.effect("may lie in a range that the host allows, and in no other", () =>
    Effect.gen(function* () {
      expect(yield* problemOf("https://10.2.3.4/")).toBe("https://10.2.3.4/")
      expect(yield* problemOf("https://[fd12::1]/")).toBe("https://[fd12::1]/")
      expect(yield* problemOf("https://10.3.0.0/")).toBe("private")
      expect(yield* problemOf("https://[fd13::1]/")).toBe("private")
    }).pipe(asBank, Effect.provide(world({ allowedRanges: ["10.2.0.0/16", "fd12::/16"] })))
  )
})

describe("registering", () => {
  it.effect("gives the same answer to the same command, and another secret to each endpoint", () =>
    Effect.gen(function* () {
      const first = yield* registered(url, "one")
      expect(yield* registered(url, "one")).toEqual(first)
      const other = yield* registered(url, "two")
      expect(Redacted.value(other.secret)).not.toBe(Redacted.value(first.secret))
      expect(Redacted.value(first.secret)).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/u)
      // The answer of the time, although the secret is another by now.
      const endpointId = first.endpoint.id
      yield* Webhooks.use(({ rotateSecret }) => rotateSecret({ key: key("r"), endpointId, overlapHours: 0 }))
      expect(Redacted.value((yield* registered(url, "one")).secret)).toBe(Redacted.value(first.secret))
      const mismatch = yield* Effect.flip(registered("https://example.com/other", "one"))
      expect(mismatch._tag).toBe("IdempotencyMismatch")
      expect((yield* Webhooks.use(({ list }) => list())).items.length).toBe(2)
    }).pipe(asBank, Effect.provide(world()))
  )

  it.effect("ends at the limit of the tenant", () =>
    Effect.gen(function* () {
      yield* registered(url, "one")
      yield* registered(url, "two")
      expect(yield* Effect.flip(registered(url, "three"))).toMatchObject({ _tag: "TooManyWebhooks", limit: 2 })
    }).pipe(asBank, Effect.provide(world({ maxEndpoints: 2 })))
  )

  it.effect("takes patterns of actions, and nothing else", () =>
    Effect.gen(function* () {
      const is = Schema.is(EventPattern)
      expect(["*", "banking.*", "banking.create-payment", "a.b.c", "a.b.*"].map(is)).toEqual([
        true,
        true,
        true,
        true,
        true
      ])
      const wrong = [
        "",
        "banking",
        "*.create",
        "banking.",
        ".*",
        "Banking.*",
        "banking.*.x",
        "banking .*",
        `a.${"b".repeat(100)}`
      ]
      expect(wrong.filter(is)).toEqual([])
    })
  )
})

describe("a secret", () => {
  it.effect("stands nowhere in the database, in the trail or in what prints", () =>
    Effect.gen(function* () {
      const made = yield* registered(url)
      const endpointId = made.endpoint.id
      const rotated = yield* Webhooks.use(({ rotateSecret }) => rotateSecret({ key: key("r"), endpointId }))
      yield* happened(1)
      yield* tellAll
      const sql = yield* SqlClient.SqlClient
      const tables = yield* sql<{ readonly name: string }>`SELECT name FROM sqlite_master WHERE type = 'table'`
      const rows = yield* Effect.forEach(tables, ({ name }) => sql.unsafe(`SELECT * FROM "${name}"`))
      const dump = JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))
      expect(dump).toContain(endpointId)
      for (const { secret } of [made, rotated]) {
        expect(dump).not.toContain(Redacted.value(secret))
        expect(dump).not.toContain(Redacted.value(secret).slice("whsec_".length, -1))
      }
      expect(JSON.stringify([made, rotated])).not.toContain("whsec_")
      const { items } = yield* AuditTrail.use(({ query }) => query({ filter: { action: "notifications.*" } }))
      const shown = items.flatMap(({ changes }) => changes.filter(({ path }) => path.startsWith("/secrets")))
      expect(shown.length).toBeGreaterThan(0)
      expect(shown.every(({ redaction }) => redaction === "secret")).toBe(true)
    }).pipe(
      asBank,
      Effect.provide(
        Layer.fresh(over(SqlStores.layer, WebhookSender.layerMemory, strict).pipe(Layer.provideMerge(TestSqlite.layer)))
      )
    )
  )

  it.effect("is one of four at most, and the oldest ones end", () =>
    Effect.gen(function* () {
      const { endpoint } = yield* registered(url)
      for (let nth = 0; nth < 6; nth++) {
        const rotation = { key: key(`r${nth}`), endpointId: endpoint.id, overlapHours: 10 }
        yield* Webhooks.use(({ rotateSecret }) => rotateSecret(rotation))
        yield* TestClock.adjust("1 hour")
      }
      yield* happened(1)
      yield* tellAll
      yield* TestClock.adjust("7 hours")
      yield* happened(1)
      yield* tellAll
      const sent = yield* WebhooksSent.use(({ all }) => all)
      expect(sent.map(({ headers }) => headers["webhook-signature"]?.split(" ").length)).toEqual([4, 3])
    }).pipe(asBank, Effect.provide(world()))
  )

  it.effect("opens by an earlier key of the host, in its own place alone, and by no other", () =>
    Effect.gen(function* () {
      const { endpoint, secret } = yield* registered(url)
      const store = yield* WebhookStore
      const sealed = (yield* Effect.fromOption(yield* store.find(tenant, endpoint.id))).webhook.secrets[0]?.sealed ?? ""
      const current = { id: "next", key: Redacted.make("b7".repeat(32)) }
      const opening = (keyring: Parameters<typeof WebhookKeys.layer>[0], id: string) =>
        WebhookKeys.use(({ open }) => open({ tenant, id }, sealed)).pipe(
          Effect.provide(Layer.fresh(WebhookKeys.layer(keyring))),
          Effect.exit
        )
      const both = { current, previous: [ring.current] }
      expect(yield* opening(both, endpoint.id)).toMatchObject({ _tag: "Success" })
      expect(Redacted.value(yield* yield* opening(both, endpoint.id))).toBe(Redacted.value(secret))
      for (const [keyring, id] of [
        [both, "another"],
        [{ current }, endpoint.id],
        [{ current: { ...current, id: ring.current.id } }, endpoint.id]
      ] as const) {
        expect(yield* opening(keyring, id)).toMatchObject({ _tag: "Failure" })
      }
    }).pipe(asBank, Effect.provide(world()))
  )
})
