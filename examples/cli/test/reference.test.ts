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
import * as LocalDate from "saldo/time/LocalDate"
import { camt053 } from "./camt053.ts"
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
const files = /```json (\S+)\n([\s\S]*?)```/gu

/** The day on which the page's bank does business, in place of the day of the run. */
const bankDay = "2026-04-01"
const today = LocalDate.of(new Date().toISOString().slice(0, 10))
/** When the approval of a person ends who is approved on a day. */
const lastApproved = (on: LocalDate.LocalDate) => LocalDate.addDays(LocalDate.addMonths(on, 36), -1)

/** Ids, and their ends in tables, are others in every run: what the page calls one, and what it is in this run. */
const idsOnPage = new Map<string, string>()
const id = /\b[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}\b|\b[0-9a-f]{32}\b|^[0-9a-hjkmnp-tv-z]{8}(?= {2})/gmu
const endOf = (one: string) => one.slice(-8)
const newIn = (text: string, known: Iterable<string>): ReadonlyArray<string> => {
  const seen = new Set([...known].flatMap((one) => [one, endOf(one)]))
  return [...new Set(text.match(id) ?? [])].filter((one) => !seen.has(one))
}

const swap = (text: string, pairs: ReadonlyArray<readonly [from: string, to: string]>): string =>
  pairs
    .flatMap(([from, to]) => [[from, to] as const, [endOf(from), endOf(to)] as const])
    .reduce((swapped, [from, to]) => swapped.replaceAll(from, to), text)

const days = [
  [bankDay, today],
  [lastApproved(LocalDate.of(bankDay)), lastApproved(today)]
] as const

/** A command of the page's bank with the ids and days of this run. */
const ofThisRun = (command: string): string =>
  days.reduce((swapped, [page, run]) => swapped.replaceAll(page, run), swap(command, [...idsOnPage]))

/** What this run printed, with the ids and days of the page; an id that is new here is new on the page too. */
const ofThePage = (text: string, shown: string): string => {
  const added = newIn(shown, idsOnPage.keys())
  for (const [index, one] of newIn(text, idsOnPage.values()).entries()) idsOnPage.set(added[index] ?? one, one)
  const turned = [...idsOnPage].map(([page, run]) => [run, page] as const)
  return days.reduce((swapped, [page, run]) => swapped.replaceAll(run, page), swap(text, turned))
}

/** What a command prints, as the page shows it: without what is another address in every run. */
const printed = async (command: string, shown: string) => {
  const [line = "", input] = (command.startsWith("bank ") ? ofThisRun(command) : command).split(" < ")
  const words = [...line.matchAll(/'([^']*)'|\S+/gu)].map(([word, quoted]) => quoted ?? word)
  const fetching = words[1] === "fetch" ? ["--db", path("fetched.sqlite")] : []
  const { stderr, stdout } = await run([...words, ...fetching], {
    env: { ...settings(emulator), ...login, SALDO_BANK_NAME: "Lilla Banken" },
    input: input === undefined ? "" : readFileSync(path(input), "utf8")
  })
  const text = (stdout + stderr).trimEnd().replace(/http:\/\/localhost:\d+/gu, "https://www.kameo.se")
  return command.startsWith("bank ") ? ofThePage(text, shown) : text
}

/** Writes the statement that the bank's own bank sends: what left, and what it took for its work. */
const stateTo = async (name: string) => {
  const { stdout } = await run(["bank", "payments", "list", "--state", "sent", "--json"])
  const { items } = JSON.parse(stdout) as { items: ReadonlyArray<{ amount: string; endToEndId: string }> }
  const left = items.map(({ amount, endToEndId }) => ({ amount: `-${amount}`, endToEndId }))
  const entries = [...left, { amount: "-2.50", message: "Charges" }]
  writeFileSync(
    path(name),
    camt053({ id: "2026-1", iban: "SE3550000000054910000003", on: today, opening: "0", entries })
  )
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
    for (const name of ["customers", "products", "accounts", "transfer", "payments", "reconcile"])
      expect(shown).toContain(`bank ${name}`)
  })

  it("shows what the commands print", { timeout: 120_000 }, async () => {
    const outputs = new Map<string, string>()
    for (const [, name = "", content = ""] of text.matchAll(files)) writeFileSync(path(name), content)
    for (const name of ["passport.pdf", "bill.pdf"]) writeFileSync(path(name), name)
    for (const { command, shown } of blocks) {
      if (command.startsWith("bank reconcile import")) await stateTo(command.split(" ")[3] ?? "")
      outputs.set(command, await printed(command, shown))
    }
    const linesOf = (shown: string) =>
      shown.split("\n").filter((line, at, all) => line !== "…" && at < all.length - 1).length
    // SALDO_UPDATE_DOCS=12 writes the outputs into the page anew: as many lines of each as it has, or else 12.
    const update = Number(process.env["SALDO_UPDATE_DOCS"] ?? 0)
    if (update > 0) {
      const renewed = text.replace(
        fence,
        (_, command: string, shown: string) =>
          `\`\`\`console\n$ saldo ${command}\n${excerpt(outputs.get(command) ?? "", linesOf(shown) || update)}\`\`\``
      )
      writeFileSync(page, renewed)
      return
    }
    for (const { command, shown } of blocks) {
      expect(shown, command).toBe(excerpt(outputs.get(command) ?? "", linesOf(shown)))
    }
  })
})
