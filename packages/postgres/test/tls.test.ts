import { describe, expect, it } from "@effect/vitest"
import * as PostgresClient from "@saldo/postgres/PostgresClient"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import { spawnSync } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startPostgres } from "../../testing/src/internal/postgresServer.ts"

/** A certificate for 127.0.0.1 alone, signed by itself, made anew for each run; `undefined` where there is no openssl. */
const certificate = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "saldo-tls-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true }))
  )
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")]
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=saldo-test"]
  const made = spawnSync("openssl", [
    ...request,
    "-addext",
    "subjectAltName=IP:127.0.0.1",
    "-keyout",
    key,
    "-out",
    cert
  ])
  if (made.status !== 0) return undefined
  return yield* Effect.promise(async () => ({
    key: await readFile(key, "utf8"),
    certificate: await readFile(cert, "utf8")
  }))
})

const isEncrypted = (config: PostgresClient.PostgresClientConfig) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<{ readonly ssl: boolean }>`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`
    return rows[0]?.ssl
  }).pipe(Effect.provide(PostgresClient.layer(config), { local: true }))

describe("TLS", () => {
  it.live("is used, and the server's certificate verified, as the mode says", (context) =>
    Effect.gen(function* () {
      const tls = yield* certificate
      if (tls === undefined) return context.skip("openssl is not installed, and nothing else here makes certificates")
      const server = yield* Effect.acquireRelease(
        Effect.promise(() => startPostgres({ tls })),
        ({ stop }) => Effect.promise(stop)
      )
      const url = server.url
      const tlsCa = tls.certificate
      const requiring = `${url}?sslmode=require`
      const elsewhere = url.replace("127.0.0.1", "localhost")
      expect(yield* isEncrypted({ url })).toBe(false)
      expect(yield* isEncrypted({ url, tls: "disable" })).toBe(false)
      expect(yield* isEncrypted({ url, tls: "no-verify" })).toBe(true)
      expect(yield* isEncrypted({ url, tls: "verify-full", tlsCa })).toBe(true)
      expect(yield* isEncrypted({ url: requiring, tlsCa })).toBe(true)
      const unknown = [
        isEncrypted({ url, tls: "verify-full" }),
        isEncrypted({ url, tls: "prefer" }),
        isEncrypted({ url: requiring })
      ]
      for (const attempt of unknown) {
        const error = yield* Effect.flip(attempt)
        expect(error.reason._tag).toBe("ConnectionError")
        expect(error.message).toContain("self-signed certificate")
      }
      const otherName = yield* Effect.flip(isEncrypted({ url: elsewhere, tls: "verify-full", tlsCa }))
      expect(otherName.message).toContain("altnames")
    })
  )

  it.live("is done without when it is only preferred, and refused when it is required", (context) =>
    Effect.gen(function* () {
      const url = Redacted.value(yield* TestPostgres.url)
      const speaksTls = Exit.isSuccess(yield* Effect.exit(isEncrypted({ url, tls: "no-verify" })))
      if (speaksTls) return context.skip("the server of SALDO_TEST_POSTGRES_URL speaks TLS")
      expect(yield* isEncrypted({ url, tls: "prefer" })).toBe(false)
      const error = yield* Effect.flip(isEncrypted({ url, tls: "verify-full" }))
      expect(error.reason._tag).toBe("ConnectionError")
      expect(error.message).toMatch(/SSL|TLS/u)
    })
  )
})
