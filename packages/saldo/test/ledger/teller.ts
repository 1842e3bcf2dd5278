/**
 * Works on the ledger in a SQLite file as a process of its own, to be killed. Writes a line for every answer.
 *
 * `node teller.ts <file> <n> day` works through the day; `node teller.ts <file> <n> <name>` is one of several that move money
 * on one hot account. Either kills itself right after its n-th statement; zero for never.
 */
import { layer as sqlite } from "@saldo/sqlite/SqliteClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Statement from "effect/sql/Statement"
import { writeSync } from "node:fs"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as SqlLedgerStore from "saldo/ledger/SqlLedgerStore"
import { carryOut } from "./day.ts"
import { requestsOf } from "./hotAccount.ts"

const [filename = "", fatal = "", name = ""] = process.argv.slice(2)

// Written at once and not through a stream, which a kill would swallow.
const say = (line: string) => void writeSync(1, `${line}\n`)

let statements = 0

/** Carries a statement out and then ends the process as a failing machine would, when its turn has come. */
const killing: Statement.Transformer = (statement) =>
  Effect.suspend(() => {
    statements += 1
    if (statements !== Number(fatal)) return Effect.succeed(statement)
    return Effect.provideService(statement, Statement.CurrentTransformer, undefined).pipe(
      // Nobody is left to hear of a failure.
      Effect.orDie,
      Effect.andThen(Effect.sync(() => process.kill(process.pid, "SIGKILL"))),
      Effect.andThen(Effect.never)
    )
  })

const day = carryOut("day", (key, _, replayed) => say(`${key} ${replayed ? "replayed" : "done"}`))

const transfers = Effect.gen(function* () {
  const store = yield* LedgerStore
  for (const request of requestsOf(name)) {
    const [outcome] = yield* store.commit(request)
    if (outcome === undefined) continue
    const replayed = Result.isSuccess(outcome) ? outcome.success.replayed : outcome.failure.replayed
    say(`${request.commands[0]?.key} ${replayed ? "replayed" : "done"}`)
  }
})

const store = SqlLedgerStore.layer.pipe(Layer.provideMerge(SqlAtomic.layer), Layer.provide(sqlite({ filename })))

const work = Effect.provideService(
  name === "day" ? Effect.asVoid(day) : transfers,
  Statement.CurrentTransformer,
  killing
)

await Effect.runPromise(Effect.provide(work, store))
say(`statements ${statements}`)
