import { describe, expect, it } from "@effect/vitest"
import { layer as layerSqlite } from "@saldo/sqlite/SqliteClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { changes } from "saldo/audit/changes"
import * as SqlAuditStore from "saldo/audit/SqlAuditStore"
import * as Actor from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Migrations from "saldo/sql/Migrations"
import { createHash } from "node:crypto"
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

const memory = AuditTrail.layer.pipe(Layer.provideMerge(Layer.merge(AuditStore.layerMemory, Atomic.layerMemory)))

const sql = AuditTrail.layer.pipe(
  Layer.provideMerge(SqlAuditStore.layer),
  Layer.provideMerge(SqlAtomic.layer),
  Layer.provideMerge(Migrations.layer)
)

const clerk = new Actor.Identity({ kind: "user", tenant: "bank", id: "clerk", roles: [], permissions: [] })

const account = { type: "account", id: "a-1" }

const rename = (name = "Ann") => ({
  action: "bank.rename" as const,
  subject: account,
  changes: changes(
    { status: "open", name: "Old", pin: "1234", limit: 1 },
    { status: "closed", name, pin: "9876", limit: 2 },
    { "/status": "public", "/name": "personal", "/pin": "secret" }
  )
})

const all = Effect.flatMap(AuditStore, (store) =>
  Effect.map(store.list({ tenant: "bank", order: "oldest-first", limit: 100 }), ({ items }) => items)
)

describe("secrets", () => {
  it("are in no byte of the database, even when a caller hands one over", async () => {
    const folder = await mkdtemp(join(tmpdir(), "saldo-audit-"))
    try {
      const secret = "hunter2-é-0451"
      await Effect.gen(function* () {
        const trail = yield* AuditTrail
        const states = [{ pin: secret }, { pin: `${secret}-new`, note: "visible-marker" }] as const
        yield* trail.record({
          action: "bank.setPin",
          subject: account,
          changes: [
            ...changes(...states, { "/pin": "secret" }),
            { path: "/key", redaction: "secret", before: secret, after: { nested: secret } }
          ]
        })
        yield* trail.seal("bank")
        const lines = yield* Stream.runCollect(trail.exportLines("bank"))
        expect(lines.join("\n")).not.toContain(secret)
      }).pipe(
        Actor.as(clerk),
        Effect.provide(sql.pipe(Layer.provide(layerSqlite({ filename: join(folder, "trail.db") })))),
        Effect.runPromise
      )
      const files = await readdir(folder)
      const contents = await Promise.all(files.map((file) => readFile(join(folder, file), "latin1")))
      expect(contents.join("")).toContain("visible-marker")
      expect(contents.join("")).not.toContain("hunter2")
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe("an export", () => {
  const sha256 = (text: string) => createHash("sha256").update(text, "utf8").digest("hex")

  it.effect("is verified by its own lines, with nothing but SHA-256 and JSON", () =>
    Effect.gen(function* () {
      const trail = yield* AuditTrail
      const store = yield* AuditStore
      yield* Effect.forEach(["Ann", "Örjan 🏗"], (name) => trail.record(rename(name)))
      yield* trail.record({ action: "bank.open", subject: { type: "branch", id: "b-1" } })
      yield* trail.seal("bank")
      yield* store.erase("bank", { _tag: "Subject", ...account })
      const purge = { tenant: "bank", matching: { action: "bank.open" }, except: [], before: 1e15, limit: 1 }
      expect(yield* store.purge(purge)).toEqual([3])
      yield* trail.record(rename("Bo"))
      yield* trail.seal("bank")
      const lines = (yield* Stream.runCollect(trail.exportLines("bank"))).map((line) => JSON.parse(line))
      const head = lines.pop()
      let previous = "0".repeat(64)
      for (const [index, line] of lines.entries()) {
        expect(line).toMatchObject({ type: "audit-record", tenant: "bank", sequence: index + 1, previous })
        if (line.content !== null) {
          expect(sha256(line.content)).toBe(line.contentDigest)
          expect(JSON.parse(line.content)).toMatchObject({ sequence: line.sequence, id: line.id, tenant: "bank" })
        }
        for (const { digest, salt, value } of line.personal) {
          expect(sha256(`["${salt}",${JSON.stringify(value)}]`)).toBe(digest)
          expect(line.content).toContain(digest)
        }
        expect(sha256(previous + line.contentDigest)).toBe(line.hash)
        previous = line.hash
      }
      expect(head).toEqual({ type: "audit-head", format: "saldo-audit-1", tenant: "bank", sequence: 4, hash: previous })
      expect(lines.map(({ content }) => content === null)).toEqual([false, false, true, false])
      expect(lines.map(({ personal }) => personal.length)).toEqual([0, 0, 0, 2])
    }).pipe(Actor.as(clerk), Effect.provide(memory))
  )

  it.effect("writes a content in these very words", () =>
    Effect.gen(function* () {
      const trail = yield* AuditTrail
      yield* trail.record({ action: "bank.open", subject: account, changes: changes({ a: 1 }, { a: "é" }) })
      yield* trail.seal("bank")
      const [line = "{}"] = yield* Stream.runCollect(trail.exportLines("bank"))
      const { content, id } = JSON.parse(line)
      const [record] = yield* all
      expect(content).toBe(
        `{"action":"bank.open","actor":{"id":"clerk","kind":"user"},"causationId":null,` +
          `"changes":[{"after":{"_tag":"Plain","value":"é"},"before":{"_tag":"Plain","value":1},"path":"/a","redaction":"internal"}],` +
          `"correlationId":null,"id":"${id}","kind":"action","onBehalfOf":null,"outcome":"succeeded","reason":null,` +
          `"recordedAt":${record?.recordedAt.epochMilliseconds},"requestId":null,"salt":"${record?.salt}",` +
          `"sequence":1,"subject":{"id":"a-1","type":"account"},"tenant":"bank","v":1}`
      )
    }).pipe(Actor.as(clerk), Effect.provide(memory))
  )
})
