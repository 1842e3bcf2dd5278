import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { afterAll, beforeAll, expect } from "vitest"
import { describe, it } from "@effect/vitest"
import { startKameoEmulator, type StartedKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import { failureOf, settings, useSaldo } from "./saldo.ts"

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

  it.live("keeps a bank, whose keys are in a file of their own", () =>
    Effect.gen(function* () {
      const url = Redacted.value(yield* TestPostgres.url)
      const bank = (args: ReadonlyArray<string>, input = "", env: Readonly<Record<string, string>> = keys) =>
        Effect.promise(() => run([...args, "--json"], { env: { SALDO_DB: url, ...env }, input }))
      const keys = { SALDO_KEY_FILE: path("postgres.keys") }
      const done = Effect.fnUntraced(function* (args: ReadonlyArray<string>, input = "") {
        const { code, stderr, stdout } = yield* bank(args, input)
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
        return JSON.parse(stdout)
      })
      const anna = JSON.stringify({ name: "Anna Andersson", number: "19811218-9876" })
      const homeless = yield* bank(["bank", "customers", "register"], anna, {})
      expect(failureOf(homeless)).toEqual({
        happened: "The keys of the customers' data are kept neither in a variable nor in a file.",
        remedy: "Name a file with SALDO_KEY_FILE, or give the keys in SALDO_KEYS.",
        exitCode: 1
      })
      const { customerId } = yield* done(["bank", "customers", "register"], anna)
      const until = ["--verdict", "approved", "--until", "2099-01-01"]
      yield* done(["bank", "customers", "decide", customerId, ...until])
      const open = ["bank", "accounts", "open", "--customer", customerId, "--product"]
      const [from, to] = [yield* done([...open, "current"]), yield* done([...open, "savings"])]
      yield* done(["bank", "accounts", "deposit", from.accountId, "250"])
      const transfers = ["a", "b", "c", "d"].map((key) =>
        bank(["bank", "transfer", "100", "--from", from.accountId, "--to", to.accountId, "--key", key])
      )
      const ends = yield* Effect.all(transfers, { concurrency: "unbounded" })
      expect(ends.filter(({ code }) => code === 0)).toHaveLength(2)
      for (const end of ends.filter(({ code }) => code !== 0)) {
        expect(failureOf(end).happened).toMatch(/ has 50,00 SEK that can be used, and 100,00 was asked for/u)
      }
      expect(yield* done(["ledger", "verify"])).toMatchObject({ whole: true })
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
