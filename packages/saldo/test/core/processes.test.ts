import * as TestPostgres from "@saldo/testing/TestPostgres"
import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Command from "saldo/core/Command"
import * as DomainEvent from "saldo/core/DomainEvent"
import { Idempotency } from "saldo/core/Idempotency"
import { Outbox } from "saldo/core/Outbox"
import { keyOf, layerAt, Paid, Pay, payAll, subscription } from "./payer.ts"

const payer = fileURLToPath(new URL("payer.ts", import.meta.url))

interface Payer {
  readonly child: ChildProcess
  readonly lines: Array<string>
  readonly ended: Promise<void>
  /** Waits until the process has printed so many lines of a kind, one by default. */
  readonly says: (line: RegExp, times?: number) => Promise<void>
}

const start = (mode: string, address: string, count = 0, step = 1): Payer => {
  const child = spawn(
    process.execPath,
    ["--conditions=saldo-source", "--disable-warning=ExperimentalWarning", payer, mode, address, `${count}`, `${step}`],
    { stdio: ["pipe", "pipe", "pipe"] }
  )
  const lines: Array<string> = []
  let errors = ""
  child.stdout.on("data", (data: Buffer) => lines.push(...data.toString().split("\n").filter(Boolean)))
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()))
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject)
    child.on("exit", (code, signal) =>
      code === 0 || signal === "SIGKILL" ? resolve() : reject(new Error(`The payer ended with ${code}: ${errors}`))
    )
  })
  const says = (line: RegExp, times = 1) =>
    new Promise<void>((resolve, reject) => {
      const look = () => (lines.filter((said) => line.test(said)).length >= times ? resolve() : undefined)
      child.stdout.on("data", look)
      child.on("exit", () => reject(new Error(`The payer ended and never said ${line.source}: ${errors}`)))
      look()
    })
  return { child, lines, ended, says }
}

const kill = async ({ child, ended }: Payer) => {
  child.kill("SIGKILL")
  await ended
}

const file = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "saldo-payers-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
).pipe(Effect.map((path) => join(path, "test.db")))

/** Runs an effect as if it were that time. */
const at = <A, E, R>(time: DateTime.Utc, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Clock.clockWith((clock) => {
    const now = DateTime.toEpochMillis(time)
    const then: Clock.Clock = Object.create(clock, { currentTimeMillis: { value: Effect.succeed(now) } })
    return Effect.provideService(effect, Clock.Clock, then)
  })

const prepareTables = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE test_payments (n INTEGER NOT NULL)`
  yield* sql`CREATE TABLE test_balance (total INTEGER NOT NULL)`
  yield* sql`INSERT INTO test_balance (total) VALUES (0)`
})

/** Every command once: its rows, its share of the balance, its event. */
const expectOnce = Effect.fnUntraced(function* (count: number) {
  const sql = yield* SqlClient.SqlClient
  const outbox = yield* Outbox
  const numbers = Array.from({ length: count }, (_, n) => n)
  const rows = yield* sql<{ readonly n: number }>`SELECT n FROM test_payments ORDER BY n`
  expect(rows.map(({ n }) => n)).toEqual(numbers)
  expect(yield* sql`SELECT total FROM test_balance`).toEqual([{ total: (count * (count - 1)) / 2 }])
  const delivered: Array<number> = []
  const handle = outbox.handleNext(subscription, ({ payload }) => Effect.sync(() => void delivered.push(payload.n)))
  yield* Effect.forEach(numbers, () => handle, { discard: true })
  expect(delivered.sort((a, b) => a - b)).toEqual(numbers)
})

for (const [name, address] of [
  ["sqlite file", file],
  ["postgres", Effect.map(TestPostgres.url, Redacted.value)]
] as const) {
  describe(`several processes on one database (${name})`, () => {
    it.live(
      "execute each of 120 commands once, whoever is killed in the middle of it",
      () =>
        Effect.gen(function* () {
          const where = yield* address
          yield* Effect.gen(function* () {
            yield* prepareTables
            const count = 120
            const payers = [1, 7, 11].map((step) => start("pay", where, count, step))
            yield* Effect.promise(() => Promise.all(payers.map((one) => one.says(/^ready/u))))
            yield* Effect.promise(() =>
              Promise.all(
                payers.map(async (one, index) => {
                  one.child.stdin?.write("go\n")
                  // Two of three die as soon as they have paid something; what they do next is cut off anywhere.
                  if (index < 2)
                    await one.says(/^executed/u, 1 + 14 * index).then(
                      () => kill(one),
                      () => one.ended
                    )
                  await one.ended
                })
              )
            )
            yield* payAll(count, 1)
            yield* expectOnce(count)
          }).pipe(Effect.provide(layerAt(where)))
        }),
      60_000
    )

    it.live(
      "give back what a killed process had in hand: an event, and after the lease a command",
      () =>
        Effect.gen(function* () {
          const where = yield* address
          yield* Effect.gen(function* () {
            yield* prepareTables
            const outbox = yield* Outbox
            const idempotency = yield* Idempotency
            const event = yield* DomainEvent.make(Paid, { tenant: "test", subject: "s", payload: { n: 1 } })
            yield* outbox.append(Paid, event)
            const dead = start("hold", where)
            dead.child.stdin?.write("go\n")
            yield* Effect.promise(() => dead.says(/^holding/u))
            yield* Effect.promise(() => kill(dead))
            const request = { tenant: "test", key: keyOf(0), input: { n: 0 } }
            const again = idempotency.runLeased(Pay, request, {
              prepare: () => Effect.void,
              commit: () => Effect.succeed(42)
            })
            const held = yield* Effect.flip(again)
            expect(held).toBeInstanceOf(Command.CommandInProgress)
            const retryAt = held instanceof Command.CommandInProgress ? held.retryAt : undefined
            if (retryAt === undefined) return expect.unreachable("the end of the lease is known")
            expect(yield* at(retryAt, again)).toEqual({ value: 42, replayed: false })
            expect(yield* again).toEqual({ value: 42, replayed: true })
            const seen: Array<unknown> = []
            yield* outbox.handleNext(subscription, (delivered, { attempt }) =>
              Effect.sync(() => void seen.push(delivered.id, attempt))
            )
            expect(seen).toEqual([event.id, 2])
          }).pipe(Effect.provide(layerAt(where)))
        }),
      60_000
    )
  })
}
