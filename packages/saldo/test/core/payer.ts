import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { once } from "node:events"
import * as Command from "saldo/core/Command"
import * as DomainEvent from "saldo/core/DomainEvent"
import { Idempotency } from "saldo/core/Idempotency"
import { Outbox, type Subscription } from "saldo/core/Outbox"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as SqlIdempotencyStore from "saldo/core/SqlIdempotencyStore"
import * as SqlOutbox from "saldo/core/SqlOutbox"
import * as Migrations from "saldo/sql/Migrations"

/** Executes commands, as one of several processes on one database, until it is done or killed. */

export const Pay = Command.make({
  operation: "test.pay",
  input: Schema.Struct({ n: Schema.Int }),
  success: Schema.Int
})

export const Paid = DomainEvent.define("test.Paid", Schema.Struct({ n: Schema.Int }))

export const subscription: Subscription<typeof Paid> = { name: "test.payments", events: [Paid] }

export const keyOf = (n: number): Command.CommandKey => Command.CommandKey.make(`command-${n}`)

/** Loads only the driver that is needed, since there are many processes to start. */
const databaseAt = (address: string) =>
  Layer.unwrap(
    Effect.promise(async (): Promise<Layer.Layer<SqlClient.SqlClient, SqlError>> =>
      address.startsWith("postgres")
        ? (await import("@saldo/postgres/PostgresClient")).layer({ url: Redacted.make(address), poolSize: 4 })
        : (await import("@saldo/sqlite/SqliteClient")).layer({ filename: address })
    )
  )

export const layerAt = (address: string) =>
  Layer.mergeAll(
    Idempotency.layer.pipe(Layer.provide(SqlIdempotencyStore.layer)),
    SqlOutbox.layer([subscription], { pollInterval: 20, lockRefreshInterval: 500, lockExpiration: 1000 })
  ).pipe(
    Layer.provideMerge(SqlAtomic.layer),
    Layer.provide(Layer.effectDiscard(Migrations.run)),
    Layer.provideMerge(databaseAt(address))
  )

/** Pays: two writes and an event, none of them safe to repeat. */
const pay = Effect.fnUntraced(function* (n: number) {
  const sql = yield* SqlClient.SqlClient
  const outbox = yield* Outbox
  yield* sql`INSERT INTO test_payments (n) VALUES (${n})`
  yield* sql`UPDATE test_balance SET total = total + ${n}`
  const event = yield* DomainEvent.make(Paid, { tenant: "test", subject: `payment ${n}`, payload: { n } })
  yield* outbox.append(Paid, event)
  return n
}, Effect.orDie)

const say = (line: string) => Effect.sync(() => void process.stdout.write(`${line}\n`))

/** Executes every command, in its own order, and comes back to those that somebody else is executing. */
export const payAll = Effect.fnUntraced(function* (count: number, step: number) {
  const idempotency = yield* Idempotency
  for (let index = 0; index < count; index++) {
    const n = (index * step) % count
    const { replayed } = yield* idempotency
      .run(Pay, { tenant: "test", key: keyOf(n), input: { n } }, pay(n))
      .pipe(Effect.retry({ while: (error) => error._tag === "CommandInProgress", schedule: Schedule.spaced(5) }))
    if (!replayed) yield* say(`executed ${n}`)
  }
})

/** Takes an event and a lease, and never comes back. */
const hold = Effect.gen(function* () {
  const outbox = yield* Outbox
  const idempotency = yield* Idempotency
  const stuck = { prepare: () => Effect.andThen(say("holding"), Effect.never), commit: () => pay(0) }
  const leased = idempotency.runLeased(Pay, { tenant: "test", key: keyOf(0), input: { n: 0 } }, stuck)
  yield* outbox.handleNext(subscription, () => Effect.asVoid(leased))
})

/** Waits for the word to go, so that all processes start at the same moment. */
const go = Effect.promise(() => once(process.stdin, "data")).pipe(
  Effect.andThen(Effect.sync(() => process.stdin.destroy()))
)

const main = (mode: string, address: string, count: number, step: number) => {
  const program = mode === "pay" ? payAll(count, step) : hold
  return Effect.runPromise(
    Effect.provide(say("ready").pipe(Effect.andThen(go), Effect.andThen(program)), layerAt(address))
  )
}

if (import.meta.main) {
  const [mode = "", address = "", count = "", step = ""] = process.argv.slice(2)
  await main(mode, address, Number(count), Number(step))
}
