import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { afterAll, beforeAll, expect } from "vitest"
import { describe, it } from "@effect/vitest"
import { startKameoEmulator, type StartedKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import { settings, useSaldo } from "./saldo.ts"

const { path, run } = useSaldo()
let emulator: StartedKameoEmulator
beforeAll(async () => {
  emulator = await startKameoEmulator({ loans: 250, frozen: true })
})
afterAll(() => emulator.close())

describe("a Postgres server as --db", () => {
  it.live("gives what a SQLite file gives", () =>
    Effect.gen(function* () {
      const url = Redacted.value(yield* TestPostgres.url)
      const both = (args: ReadonlyArray<string>) =>
        Effect.promise(() =>
          Promise.all([
            run([...args, "--json"], { env: { ...settings(emulator), SALDO_DB: url } }),
            run([...args, "--json", "--db", path("listings.sqlite")], { env: settings(emulator) })
          ])
        )
      const [fetched] = yield* both(["loans", "fetch"])
      expect(fetched).toMatchObject({ code: 0, stderr: "" })
      // What depends on the moment of the call: when a listing was stored, and how fast open ones are being funded.
      const moments = /"(?:firstSeenAt|updatedAt|lastSeenAt|next)": .*|"perDay": \{[^}]*\}/gu
      for (const command of [
        "loans list --limit 500",
        "loans search tillagg --limit 100",
        "loans list --sort=title --min-rate 9 --limit 500",
        "loans stats",
        "loans analyze"
      ]) {
        const [postgres, sqlite] = yield* both(command.split(" "))
        expect(postgres, command).toMatchObject({ code: 0, stderr: "" })
        expect(postgres.stdout.replace(moments, "")).toBe(sqlite.stdout.replace(moments, ""))
      }
      const health = yield* Effect.promise(() => run(["loans", "health"], { env: { SALDO_DB: url } }))
      expect(health.stdout).toMatch(/^ok {2}database {7}\S+:\d+\/\w+, \d+ listings\n/u)
      expect(health.stdout).not.toContain(new URL(url).password || "no password in this address")
    })
  )

  it.live("that refuses the login", () =>
    Effect.gen(function* () {
      const address = new URL(Redacted.value(yield* TestPostgres.url))
      address.username = "nobody_here"
      address.password = "Geheim-och-fel-77"
      const end = yield* Effect.promise(() => run(["loans", "list", "--verbose"], { env: { SALDO_DB: address.href } }))
      expect(end.code).toBe(1)
      expect(end.stderr).toMatch(
        /Postgres at \S+ refused the login\.\nCheck the user and the password in --db or SALDO_DB\.\n$/u
      )
      expect(end.stdout + end.stderr).not.toContain("Geheim-och-fel-77")
    })
  )

  it("that cannot be reached", async () => {
    const end = await run(["loans", "fetch", "--verbose"], {
      env: { ...settings(emulator), SALDO_DB: "postgres://saldo:Geheim-och-fel-77@127.0.0.1:1/saldo" }
    })
    expect(end.code).toBe(1)
    expect(end.stderr).toMatch(
      /The Postgres server at 127\.0\.0\.1:1\/saldo cannot be reached\.\nCheck the address, and that the server is running\.\n$/u
    )
    expect(end.stdout + end.stderr).not.toContain("Geheim-och-fel-77")
  })
})
