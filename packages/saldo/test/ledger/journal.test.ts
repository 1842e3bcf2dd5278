import { describe, expect, it } from "@effect/vitest"
import { program, runProgram } from "@saldo/testing/LedgerProgram"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as SqlClient from "effect/sql/SqlClient"
import * as fc from "fast-check"
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Actor from "saldo/core/Actor"
import * as Id from "saldo/core/Id"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { Ledger } from "saldo/ledger/Ledger"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import * as Migrations from "saldo/sql/Migrations"
import { chart, inBooks, keeper, sek, transfer } from "./books.ts"

const verifier = fileURLToPath(new URL("../../verify-journal.mjs", import.meta.url))

const sql = (database: typeof TestSqlite.layer) =>
  Ledger.layer.pipe(
    Layer.provideMerge(AuditTrail.layer),
    Layer.provideMerge(Layer.merge(SqlLedgerStore.layer, AuditStore.layerMemory)),
    Layer.provideMerge(SqlAtomic.layer),
    Layer.provideMerge(Migrations.layer),
    Layer.provideMerge(database)
  )

const busy = Effect.gen(function* () {
  const ledger = yield* Ledger
  const { anna, bo, cash } = yield* chart
  yield* ledger.commit(transfer("deposit", cash.id, anna.id, "100.00"))
  yield* ledger.commitAll([1, 2, 3].map((number) => transfer(`move ${number}`, anna.id, bo.id, `${number}.00`)))
  const holdId = yield* Id.make("hold")
  const key = transfer("hold", anna.id, bo.id, "1.00").key
  yield* ledger.placeHold({ key, holdId, debit: anna.id, credit: bo.id, amount: sek("30.00") })
  yield* ledger.capture({ key: transfer("take", anna.id, bo.id, "1.00").key, holdId, amount: sek("20.00") })
  const { items } = yield* ledger.entries()
  const [first] = items
  if (first !== undefined)
    yield* ledger.reverse({ key: transfer("back", anna.id, bo.id, "1.00").key, entryId: items[1]?.id ?? first.id })
  return ledger
})

const exported = Effect.flatMap(busy, (ledger) => Stream.runCollect(ledger.exportLines))

const inFolder = <A>(work: (folder: string) => A): A => {
  const folder = mkdtempSync(join(tmpdir(), "saldo-journal-"))
  try {
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const check = (lines: ReadonlyArray<string>, ...more: ReadonlyArray<string>) =>
  inFolder((folder) => {
    const file = join(folder, "export.jsonl")
    writeFileSync(file, `${lines.join("\n")}\n`)
    const { status, stderr, stdout } = spawnSync(process.execPath, [verifier, file, ...more], { encoding: "utf8" })
    return { status, said: (stdout + stderr).trim() }
  })

type Line = Record<string, unknown>

/** Changes what the first line of a type says. */
const changed = (lines: ReadonlyArray<string>, type: string, change: (line: Line) => Line, which = 0) => {
  const at = lines.flatMap((text, index) => (JSON.parse(text).type === type ? [index] : []))[which]
  return lines.map((text, index) => (index === at ? JSON.stringify(change(JSON.parse(text))) : text))
}

const without = (lines: ReadonlyArray<string>, type: string) => {
  const at = lines.findIndex((text) => JSON.parse(text).type === type)
  return lines.toSpliced(at, 1)
}

const content = (change: (text: string) => string) => (line: Line) => ({
  ...line,
  content: change(String(line["content"]))
})

describe("an exported journal", () => {
  it.effect("is found whole by a script that needs nothing but Node", () =>
    Effect.gen(function* () {
      const lines = yield* exported
      expect(check(lines)).toMatchObject({
        status: 0,
        said: expect.stringMatching(/^Whole: 7 entries in 5 blocks, 3 accounts, head/u)
      })
      const blocks = lines.filter((text) => JSON.parse(text).type === "block")
      const { hash } = JSON.parse(blocks[2] ?? "{}")
      expect(check(lines, hash).status).toBe(0)
      expect(check(lines, "ab".repeat(32))).toMatchObject({
        status: 1,
        said: expect.stringContaining("does not come past")
      })
      // The verifier imports nothing that is not Node's own.
      const source = execFileSync("grep", ["-E", "^import", verifier], { encoding: "utf8" })
      expect(
        source
          .trim()
          .split("\n")
          .every((text) => text.includes('"node:'))
      ).toBe(true)
    }).pipe(inBooks)
  )

  it.effect("is found out wherever it was tampered with", () =>
    Effect.gen(function* () {
      const lines = yield* exported
      const [header = "", ...rest] = lines
      const tampered: ReadonlyArray<readonly [what: string, lines: ReadonlyArray<string>, said: RegExp]> = [
        [
          "an amount on both sides",
          changed(
            lines,
            "entry",
            content((text) => text.replaceAll('"10000"', '"20000"'))
          ),
          /hash of the block/u
        ],
        [
          "an amount on one side",
          changed(
            lines,
            "entry",
            content((text) => text.replace('"10000"', '"20000"'))
          ),
          /differ/u
        ],
        [
          "an account",
          changed(
            lines,
            "entry",
            content((text) => text.replace(/acct_\w+/u, "acct_x"))
          ),
          /hash of the block/u
        ],
        [
          "a value date",
          changed(
            lines,
            "entry",
            content((text) => text.replace("1970-01-01", "1970-01-02"))
          ),
          /hash of the block/u
        ],
        [
          "a booking time",
          changed(lines, "entry", (line) => ({ ...line, bookedAtMicros: 5 })),
          /hash of the block|not booked after/u
        ],
        ["a lost entry", without(lines, "entry"), /the block says/u],
        ["a lost block", without(lines, "block"), /the block says/u],
        ["a lost account", without(lines, "account"), /head says \d+ accounts|is missing/u],
        ["a lost end", lines.slice(0, -1), /not complete/u],
        [
          "two entries exchanged",
          [header, rest[1] ?? "", rest[0] ?? "", ...rest.slice(2)],
          /was expected|the block says|expected/u
        ],
        ["an entry twice", [header, rest[0] ?? "", ...rest], /was expected/u],
        ["a counter", changed(lines, "account", (line) => ({ ...line, creditsPosted: "1" })), /not the sums/u],
        [
          "a block's hash",
          changed(lines, "block", (line) => ({ ...line, hash: "00".repeat(32) })),
          /hash of the block/u
        ],
        ["the head's hash", changed(lines, "head", (line) => ({ ...line, hash: "00".repeat(32) })), /another hash/u],
        ["the head's count", changed(lines, "head", (line) => ({ ...line, sequence: 6 })), /head says/u],
        [
          "another tenant",
          changed(
            lines,
            "entry",
            content((text) => text.replace('"tenant":"bank"', '"tenant":"other"'))
          ),
          /another tenant/u
        ],
        ["something behind the head", [...lines, rest[0] ?? ""], /follows the head/u],
        ["no JSON", [header, "{", ...rest], /no JSON/u],
        ["another file", ["{}", ...rest], /no export/u]
      ]
      for (const [what, given, said] of tampered) {
        const { said: answer, status } = check(given)
        expect([what, status]).toEqual([what, 1])
        expect(answer, what).toMatch(said)
      }
      expect(spawnSync(process.execPath, [verifier, "/nowhere"], { encoding: "utf8" }).status).toBe(2)
    }).pipe(inBooks)
  )
})

describe("verify", () => {
  it.effect("finds nothing wrong with random journals", () =>
    Effect.gen(function* () {
      const store = yield* LedgerStore
      const tenants: Array<string> = []
      const watched = {
        ...store,
        openAccount: (account: Parameters<typeof store.openAccount>[0]) => {
          tenants.push(account.tenant)
          return store.openAccount(account)
        }
      }
      for (const steps of fc.sample(program(30), 10)) yield* runProgram(watched, steps)
      const ledger = yield* Ledger
      for (const tenant of new Set(tenants)) {
        const verdict = yield* ledger.verify.pipe(Actor.as(Actor.system(tenant)))
        expect(verdict.findings).toEqual([])
        expect(check(yield* Stream.runCollect(ledger.exportLines).pipe(Actor.as(Actor.system(tenant)))).status).toBe(0)
      }
    }).pipe(inBooks)
  )

  const databases = { sqlite: TestSqlite.layer, postgres: TestPostgres.layer }
  for (const [name, database] of Object.entries(databases)) {
    it.live(`names what somebody did behind the ledger's back (${name})`, () =>
      Effect.gen(function* () {
        const client = yield* SqlClient.SqlClient
        const ledger = yield* busy
        const problems = Effect.map(ledger.verify, ({ findings }) => [
          ...new Set(findings.map(({ problem }) => problem))
        ])
        expect(yield* problems).toEqual([])
        const tampering = (statement: string, back: string) =>
          Effect.gen(function* () {
            yield* client.unsafe(statement)
            const found = yield* problems
            yield* client.unsafe(back)
            expect(yield* problems).toEqual([])
            return found
          })
        const postings = "UPDATE saldo_ledger_postings SET posted = posted"
        expect(yield* tampering(`${postings} + 1 WHERE sequence = 2`, `${postings} - 1 WHERE sequence = 2`)).toContain(
          "hash"
        )
        const accounts = "UPDATE saldo_ledger_accounts SET credits_posted = credits_posted"
        expect(yield* tampering(`${accounts} + 1 WHERE code = 'bo'`, `${accounts} - 1 WHERE code = 'bo'`)).toEqual([
          "counters"
        ])
        const dates = (text: string) => `UPDATE saldo_ledger_entries SET value_on = '${text}' WHERE sequence = 3`
        const { items } = yield* ledger.entries()
        expect(yield* tampering(dates("2001-01-01"), dates(items[2]?.valueOn ?? ""))).toContain("hash")
        const times = "UPDATE saldo_ledger_entries SET booked_at = booked_at"
        expect(yield* tampering(`${times} - 1 WHERE sequence = 1`, `${times} + 1 WHERE sequence = 1`)).toContain("hash")
      }).pipe(Actor.as(keeper), Effect.provide(sql(database)))
    )
  }
})
