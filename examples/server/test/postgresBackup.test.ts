/**
 * Takes a base back-up of a Postgres that is written to, and restores it to the moment before a mistake.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { describe, it } from "@effect/vitest"
import { layer as postgresClient } from "@saldo/postgres/PostgresClient"
import { postgres } from "@saldo/postgres/postgres"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import { chmodSync, chownSync, mkdirSync, statSync, writeFileSync } from "node:fs"
import { afterAll, expect } from "vitest"
import * as Actor from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import { Ledger } from "saldo/ledger/Ledger"
import { AccountCode } from "saldo/ledger/LedgerAccount"
import * as Money from "saldo/money/Money"
import {
  type PostgresServer,
  type PostgresServerOptions,
  startPostgres
} from "../../../packages/testing/src/internal/postgresServer.ts"
import * as bank from "../src/bank.ts"
import { tenant } from "../src/offer.ts"
import { makeFolder, shell } from "./server.ts"

const { path, remove } = makeFolder()
afterAll(remove)

const running = (options: PostgresServerOptions) =>
  Effect.acquireRelease(
    Effect.promise(() => startPostgres(options)),
    ({ stop }) => Effect.promise(stop)
  )

/** Work on the bank of a server, as its system. */
const onBank = <A, E, R>({ url }: PostgresServer, work: Effect.Effect<A, E, R>) =>
  work.pipe(
    Actor.as(Actor.system(tenant)),
    Effect.provide(bank.layer(postgres({ url }), path("saldo.keys")).pipe(Layer.provide(NodeServices.layer)))
  )

const accounts = Effect.gen(function* () {
  const ledger = yield* Ledger
  const open = (code: string, type: "asset" | "liability") =>
    ledger.openAccount({ code: AccountCode.make(code), name: code, type, currency: "SEK" })
  return { debit: (yield* open("cash", "asset")).id, credit: (yield* open("anna", "liability")).id }
})

type Accounts = Effect.Success<typeof accounts>

const post = Effect.fnUntraced(function* ({ credit, debit }: Accounts, key: string) {
  const amount = Money.of("1.00", "SEK")
  const { id } = yield* Ledger.use((ledger) =>
    ledger.post({
      key: CommandKey.make(key),
      postings: [
        { accountId: debit, side: "debit", amount },
        { accountId: credit, side: "credit", amount }
      ]
    })
  )
  return id
})

const ever = Schedule.spaced("20 millis")

/** What `pg_basebackup` does: the data as it is while it is written, with the label that says from where to replay. */
const takeBase = Effect.fnUntraced(function* (data: string, base: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`SELECT pg_backup_start('monday', true)::text`
  const pack = `tar -C ${data} --exclude='./pg_wal/*' --exclude='./postmaster.*' -cf - . 2>/dev/null`
  yield* Effect.promise(() => shell(`mkdir ${base} && ${pack} | tar -C ${base} -xpf -`))
  const [stopped] = yield* sql<{ readonly labelfile: string }>`SELECT labelfile FROM pg_backup_stop(false)`
  const { gid, uid } = statSync(base)
  for (const [name, content] of [
    ["backup_label", stopped?.labelfile ?? ""],
    ["recovery.signal", ""]
  ] as const) {
    writeFileSync(`${base}/${name}`, content)
    chownSync(`${base}/${name}`, uid, gid)
  }
})

/** Waits until all of the log so far is in the archive. */
const archived = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [last] = yield* sql<{ readonly name: string }>`SELECT pg_walfile_name(pg_switch_wal()) AS name`
  const reached = sql<{ readonly done: boolean }>`
    SELECT coalesce(last_archived_wal >= ${last?.name ?? ""}, false) AS done FROM pg_stat_archiver`
  yield* Effect.repeat(reached, { schedule: ever, until: ([row]) => row?.done === true })
})

/** Goes through it all on the first server, and gives what was acknowledged before the mistake, and the mistake. */
const disaster = Effect.fnUntraced(function* (server: PostgresServer, base: string) {
  const books = yield* accounts
  const acknowledged: Array<string> = []
  let ending = false
  const poster = yield* Effect.forkChild(
    Effect.whileLoop({
      while: () => !ending,
      body: () => post(books, `post ${acknowledged.length}`),
      step: (id) => void acknowledged.push(id)
    })
  )
  const come = (count: number) =>
    Effect.raceFirst(
      Effect.repeat(
        Effect.sync(() => acknowledged.length),
        { schedule: ever, until: (length) => length >= count }
      ),
      Fiber.join(poster)
    )
  yield* come(20)
  yield* takeBase(server.data, base)
  yield* come(acknowledged.length + 20)
  ending = true
  yield* Fiber.join(poster)
  const sql = yield* SqlClient.SqlClient
  yield* sql`SELECT pg_create_restore_point('before the mistake')::text`
  const mistake = yield* post(books, "mistake")
  yield* archived
  return { acknowledged, books, mistake }
})

describe("a base back-up of Postgres with its archived log", () => {
  it.live(
    "is restored to the moment before a mistake, with all that was acknowledged until then",
    () =>
      Effect.gen(function* () {
        const [archive, base] = [path("archive"), path("base")]
        mkdirSync(archive)
        // The server may run as another user.
        chmodSync(path("."), 0o755)
        chmodSync(archive, 0o777)
        const { before, password } = yield* Effect.scoped(
          Effect.gen(function* () {
            const archiving = ["archive_mode=on", `archive_command=test ! -f ${archive}/%f && cp %p ${archive}/%f`]
            const server = yield* running({ durable: true, settings: archiving })
            const session = postgresClient({ url: Redacted.make(server.url), poolSize: 1 })
            const story = disaster(server, base).pipe(Effect.provide(session))
            return { before: yield* onBank(server, story), password: server.password }
          })
        )

        const until = ["recovery_target_name=before the mistake", "recovery_target_action=promote"]
        const recovering = [`restore_command=cp ${archive}/%f %p`, ...until]
        const restored = yield* running({ restored: { data: base, password }, settings: recovering })
        const operating = new URL("../src/operate.ts", import.meta.url).pathname
        const verify = `SALDO_POSTGRES='${restored.url}' '${process.execPath}' --conditions=saldo-source --no-warnings ${operating} verify`
        const said = yield* Effect.promise(() => shell(`${verify} --keys ${path("saldo.keys")}`))
        expect(said).toMatch(new RegExp(`^Books: ${before.acknowledged.length} entries on 2 accounts`, "u"))
        expect(said).toContain("The books balance.")

        yield* onBank(
          restored,
          Effect.gen(function* () {
            // A command that is there is answered by what came of it; the mistake was never made, so this is another entry.
            const again = yield* Effect.forEach(before.acknowledged, (_, at) => post(before.books, `post ${at}`))
            expect(again).toEqual(before.acknowledged)
            expect(yield* post(before.books, "mistake")).not.toBe(before.mistake)
          })
        )
      }),
    120_000
  )
})
