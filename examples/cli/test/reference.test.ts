import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { readFileSync, writeFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { demoUser } from "@saldo/kameo/emulator/EmulatedUser"
import { KameoEmulator } from "@saldo/kameo/emulator/KameoEmulator"
import { startKameoEmulator, type StartedKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import { KameoClient } from "@saldo/kameo/KameoClient"
import * as KameoLoanSource from "@saldo/kameo/KameoLoanSource"
import { layer as sqlite } from "@saldo/sqlite/SqliteClient"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Actor from "saldo/core/Actor"
import { LoanCollection } from "saldo/lending/LoanCollection"
import * as SqlStores from "saldo/sql/SqlStores"
import { login, settings, useSaldo } from "./saldo.ts"

const { path, run } = useSaldo()
const page = new URL("../../../docs/reference/cli.md", import.meta.url)
const begin = DateTime.makeUnsafe("2026-03-10T11:00:00Z")
const fourDays = 4 * 24 * 3_600_000

/** The real clock, but that it always tells the same instant. */
const standing = (clock: Clock.Clock, millis: number): Clock.Clock => ({
  sleep: (duration) => clock.sleep(duration),
  currentTimeMillisUnsafe: () => millis,
  currentTimeMillis: Effect.succeed(millis),
  currentTimeNanosUnsafe: () => BigInt(millis) * 1_000_000n,
  currentTimeNanos: Effect.succeed(BigInt(millis) * 1_000_000n),
  monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
  monotonicTimeNanos: clock.monotonicTimeNanos
})

/** Collects twice, four days apart, at instants that are the same in every run: what is stored is then the same too. */
const collectTwice = (filename: string) =>
  Effect.gen(function* () {
    const emulator = yield* KameoEmulator
    const clock = yield* Clock.Clock
    const services = LoanCollection.layer.pipe(
      Layer.provide([KameoLoanSource.layer(), AuditTrail.layer]),
      Layer.provide(KameoClient.layer({ baseUrl: emulator.wwwUrl, apiBaseUrl: emulator.apiUrl })),
      Layer.provide(SqlStores.layer),
      Layer.provide(sqlite({ filename }))
    )
    for (const passed of [0, fourDays]) {
      yield* emulator.setClock(DateTime.addDuration(begin, passed))
      yield* Effect.flatMap(LoanCollection, (collection) => collection.run()).pipe(
        Actor.as(Actor.system("saldo")),
        Effect.provide(Layer.fresh(services)),
        Effect.provideService(Clock.Clock, standing(clock, DateTime.toEpochMillis(begin) + passed))
      )
    }
  }).pipe(
    Effect.provide(KameoEmulator.layer({ loans: { count: 300, seed: 1, newPerDay: 3 }, clock: begin, frozen: true }))
  )

let emulator: StartedKameoEmulator
beforeAll(async () => {
  await Effect.runPromise(collectTwice(path("saldo.sqlite")))
  emulator = await startKameoEmulator({ loans: 300, frozen: true, user: { factor: "none" } })
  expect(Redacted.value(demoUser.password)).toBe(login.KAMEO_PASSWORD)
})
afterAll(() => emulator.close())

const fence = /```console\n\$ saldo (.*)\n([\s\S]*?)```/gu

/** What a command prints, as the page shows it: without what is another address in every run. */
const printed = async (command: string) => {
  const words = command.split(" ")
  const fetching = words[1] === "fetch" ? ["--db", path("fetched.sqlite")] : []
  const { stderr, stdout } = await run([...words, ...fetching], { env: { ...settings(emulator), ...login } })
  return (stdout + stderr).trimEnd().replace(/http:\/\/localhost:\d+/gu, "https://www.kameo.se")
}

/** The first lines, as many as the page shows, with a sign for those left out. */
const excerpt = (text: string, lines: number): string => {
  const all = text.split("\n")
  return `${all.slice(0, lines).join("\n")}\n${all.length > lines ? "…\n" : ""}`
}

describe("docs/reference/cli.md", () => {
  const text = readFileSync(page, "utf8")
  const blocks = [...text.matchAll(fence)].map(([, command = "", shown = ""]) => ({ command, shown }))

  it("has an example of every command", () => {
    const shown = new Set(blocks.map(({ command }) => command.split(" ").slice(0, 2).join(" ")))
    for (const name of ["fetch", "list", "search", "show", "history", "stats", "analyze", "export", "health"])
      expect(shown).toContain(`loans ${name}`)
    for (const name of ["open", "accounts", "post", "balance", "trial-balance", "export"])
      expect(shown).toContain(`ledger ${name}`)
  })

  it("shows what the commands print", { timeout: 60_000 }, async () => {
    const outputs = new Map<string, string>()
    for (const { command } of blocks) outputs.set(command, await printed(command))
    // SALDO_UPDATE_DOCS=12 writes the outputs into the page anew, 12 lines of each at most.
    const update = Number(process.env["SALDO_UPDATE_DOCS"] ?? 0)
    if (update > 0) {
      const renewed = text.replace(
        fence,
        (_, command: string) =>
          `\`\`\`console\n$ saldo ${command}\n${excerpt(outputs.get(command) ?? "", update)}\`\`\``
      )
      writeFileSync(page, renewed)
      return
    }
    for (const { command, shown } of blocks) {
      const lines = shown.split("\n").filter((line, at, all) => line !== "…" && at < all.length - 1).length
      expect(shown, command).toBe(excerpt(outputs.get(command) ?? "", lines))
    }
  })
})
