import { describe, expect, it } from "@effect/vitest"
import { layer as sqlite } from "@saldo/sqlite/SqliteClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { spawn } from "node:child_process"
import { cp, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import * as Migrations from "saldo/sql/Migrations"
import { chart } from "./day.ts"
import { entriesOf, expectRecovered, expectSound } from "./dayChecks.ts"
import { own, shared, tenant } from "./hotAccount.ts"

const teller = fileURLToPath(new URL("teller.ts", import.meta.url))

/** Runs a teller to its end, which is its own or comes right after the given statement. */
const work = (filename: string, name: string, fatal = 0) =>
  Effect.promise(
    () =>
      new Promise<{ readonly lines: ReadonlyArray<string>; readonly killed: boolean }>((resolve, reject) => {
        const child = spawn(
          process.execPath,
          ["--conditions=saldo-source", "--disable-warning=ExperimentalWarning", teller, filename, `${fatal}`, name],
          { stdio: ["ignore", "pipe", "pipe"] }
        )
        const lines: Array<string> = []
        let errors = ""
        child.stderr.on("data", (data: Buffer) => (errors += data.toString()))
        createInterface({ input: child.stdout }).on("line", (line) => void lines.push(line))
        child.on("error", reject)
        child.on("close", (code, signal) => {
          if (code === 0 || signal === "SIGKILL") resolve({ lines, killed: code !== 0 })
          else reject(new Error(`The teller ended with ${code ?? signal}: ${errors}`))
        })
      })
  )

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "saldo-tellers-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

const storeAt = (filename: string) =>
  SqlLedgerStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provide(sqlite({ filename })))

/** A file with tables and nothing in them. */
const prepared = Effect.gen(function* () {
  const filename = join(yield* folder, "ledger.db")
  yield* Effect.provide(Effect.void, Migrations.layer.pipe(Layer.provide(sqlite({ filename }))))
  return filename
})

const keysOf = (lines: ReadonlyArray<string>, word: string) =>
  lines.filter((line) => line.endsWith(` ${word}`)).map((line) => line.slice(0, -word.length - 1))

const expectIntact = (filename: string) =>
  Effect.sync(() => {
    const database = new DatabaseSync(filename, { readOnly: true })
    expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }])
    database.close()
  })

describe("a process on a ledger in a SQLite file", () => {
  it.live(
    "may be killed with SIGKILL after any of its statements: each command has happened once or not at all",
    () =>
      Effect.gen(function* () {
        const empty = yield* prepared
        const whole = `${empty}.whole`
        yield* Effect.promise(() => cp(empty, whole))
        const undisturbed = yield* work(whole, "day")
        const statements = Number(undisturbed.lines.at(-1)?.split(" ")[1])
        expect(statements).toBeGreaterThan(30)
        const reached = yield* Effect.forEach(
          Array.from({ length: statements }, (_, index) => index + 1),
          Effect.fnUntraced(function* (statement) {
            const filename = `${empty}.${statement}`
            yield* Effect.promise(() => cp(empty, filename))
            const { killed, lines } = yield* work(filename, "day", statement)
            expect(killed).toBe(true)
            const acknowledged = new Set(keysOf(lines, "done"))
            const found = yield* Effect.provide(expectRecovered("day", acknowledged), storeAt(filename))
            yield* expectIntact(filename)
            return found
          }),
          { concurrency: 3 }
        )
        // From nothing done to all done, and most of what is between.
        expect(new Set(reached).size).toBeGreaterThan(7)
      }).pipe(Effect.scoped),
    400_000
  )

  it.live(
    "shares it with three others on one hot account, one of which is killed and comes back",
    () =>
      Effect.gen(function* () {
        const filename = yield* prepared
        const opening = Effect.gen(function* () {
          const store = yield* LedgerStore
          yield* Effect.forEach(chart(tenant), store.openAccount)
        })
        yield* Effect.provide(opening, storeAt(filename))
        const names = ["one", "two", "three", "four"]
        const ends = yield* Effect.forEach(
          names,
          Effect.fnUntraced(function* (name) {
            if (name !== "four") return yield* work(filename, name)
            const first = yield* work(filename, name, 100)
            const second = yield* work(filename, name)
            const replayed = new Set(keysOf(second.lines, "replayed"))
            expect(keysOf(first.lines, "done").filter((key) => !replayed.has(key))).toEqual([])
            return { killed: first.killed, lines: [...first.lines, ...second.lines] }
          }),
          { concurrency: "unbounded" }
        )
        expect(ends.map(({ killed }) => killed)).toEqual([false, false, false, true])
        const done = ends.flatMap(({ lines }) => keysOf(lines, "done"))
        // At most the one command whose answer the killed process never gave is missing here.
        expect(new Set(done).size).toBe(done.length)
        expect(done.length).toBeGreaterThanOrEqual(names.length * own + shared - 1)
        const judged = Effect.gen(function* () {
          const store = yield* LedgerStore
          yield* expectSound(store, tenant)
          const keys = (yield* entriesOf(store, tenant)).map(({ key }) => key)
          expect(new Set(keys).size).toBe(keys.length)
          expect(keys.length).toBeGreaterThan(80)
        })
        yield* Effect.provide(judged, storeAt(filename))
        yield* expectIntact(filename)
      }).pipe(Effect.scoped),
    240_000
  )
})
