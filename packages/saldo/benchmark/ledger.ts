/**
 * The ledger's performance lines, about six minutes of a machine that does nothing else; `pnpm bench ledger.sqlite` and the
 * like run some of them. Each line says with what it was measured: how many transfers in a call, by how many clients, on
 * which accounts, how durably; and the calls' times and errors. What is held against something runs in turn with it, in
 * short rounds, and the figure is the median of the rounds.
 *
 * Options: `--clients=8` of the Postgres lines; `--entries=1000000`, up to which books grow to show that nothing gets slower
 * (takes a minute and a gigabyte for each database; the account with a past has a fifth of them); `--minutes=0.25`, for which
 * the line on memory runs, and 10 is what it is about.
 */
import type { Benchmark, Ceiling, Comparison, Prepared } from "@saldo/house/Comparison"
import { median } from "@saldo/house/measure"
import * as LocalDate from "saldo/time/LocalDate"
import { type Calls, type Fares, faresText, postgresBooks, sqliteBooks, tenant, today } from "./ledger/books.ts"
import { rawLedger } from "./ledger/rawSqlite.ts"
import { driverYardstick, pgbenchYardstick, type Protocol, type Yardstick } from "./ledger/tpcb.ts"

const argument = (name: string, otherwise: number): number => {
  const given = process.argv.find((each) => each.startsWith(`--${name}=`))
  return given === undefined ? otherwise : Number(given.slice(name.length + 3))
}

const entries = argument("entries", 1_000_000)
const minutes = argument("minutes", 0.25)
const clients = argument("clients", 8)

const count = (number: number): string => Math.round(number).toLocaleString("en-GB")

const perSecond = (rate: number): string => `${count(rate)}/s`

/** A figure whose name is told by what was measured. */
const told = (measure: (tell: (name: string) => void) => Promise<number>) => {
  let name = "not measured"
  return {
    get name() {
      return name
    },
    measure: () => measure((said) => (name = said))
  }
}

/** What a subject and its yardstick come to in turn: medians of both rates, and how the clients fared. */
const inTurn = async (
  subject: (milliseconds: number, fares: Fares) => Promise<number>,
  yardstick: (milliseconds: number) => Promise<number>
) => {
  const fares: Fares = { latencies: [], errors: 0 }
  await subject(2000, { latencies: [], errors: 0 })
  await yardstick(1000)
  const rounds: Array<{ readonly own: number; readonly other: number }> = []
  for (let round = 0; round < 7; round++) {
    const subjectFirst = round % 2 === 0
    const own = subjectFirst ? await subject(1000, fares) : undefined
    const other = await yardstick(1000)
    rounds.push({ own: own ?? (await subject(1000, fares)), other })
  }
  return {
    fares,
    own: median(rounds.map(({ own }) => own)),
    other: median(rounds.map(({ other }) => other)),
    ratio: median(rounds.map(({ other, own }) => other / own))
  }
}

type Books = Awaited<ReturnType<typeof postgresBooks>>

const rateOf =
  (books: Pick<Books, "work">, calls: Calls) =>
  async (milliseconds: number, fares: Fares): Promise<number> => {
    const [before, done] = [performance.now(), fares.latencies.length]
    await books.work(calls, clients, fares, () => performance.now() - before < milliseconds)
    return ((fares.latencies.length - done) * (calls.size ?? 1) * 1000) / (performance.now() - before)
  }

/** The ledger's time for a transfer as a multiple of the yardstick's for a transaction, on one durable server. */
const againstTpcb = (
  id: string,
  what: string,
  calls: Calls,
  atMost: number,
  yardstickOf: (url: string) => Promise<Yardstick & { readonly close?: () => Promise<void> }>
): Ceiling => ({
  id,
  atMost,
  unit: "× its time",
  rounds: 1,
  subject: told(async (tell) => {
    const books = await postgresBooks(clients)
    try {
      const yardstick = await yardstickOf(books.url)
      const { fares, other, own, ratio } = await inTurn(rateOf(books, calls), (milliseconds) =>
        yardstick.measure(clients, milliseconds)
      )
      await yardstick.close?.()
      tell(
        `${what}, 1 per call, ${clients} clients, durable: ${perSecond(own)} beside ${perSecond(other)} of ${yardstick.name} (${faresText(fares)})`
      )
      return ratio
    } finally {
      await books.close()
    }
  })
})

const pgbenchOrDriver =
  (protocol: Protocol) =>
  async (url: string): Promise<Yardstick & { readonly close?: () => Promise<void> }> =>
    pgbenchYardstick(url, protocol) ?? (await driverYardstick(url, clients))

/** A side of a comparison whose clients post a fixed number of transfers in each run. */
const clientSide = (what: string, calls: Calls, transfers: number, open: () => Promise<Books>) => {
  const fares: Fares = { latencies: [], errors: 0 }
  return {
    get name() {
      return `${what} (${faresText(fares)})`
    },
    prepare: async (): Promise<Prepared> => {
      const books = await open()
      const run = () => {
        let left = transfers / (calls.size ?? 1)
        return books.work(calls, clients, fares, () => left-- > 0)
      }
      return { run, operations: transfers, close: books.close }
    }
  }
}

const batched: Comparison = {
  id: "ledger.postgres.batched",
  subject: clientSide(
    `${clients} clients, 100 transfers per call, 1,000 accounts, durable`,
    { by: "store", size: 100 },
    100 * clients,
    () => postgresBooks(clients)
  ),
  anchor: clientSide("1 per call and transaction", { by: "store" }, 10 * clients, () => postgresBooks(clients)),
  goal: 10
}

/** How many transfers there are before either side begins. */
const filled = 20_000

const sqliteBatched: Comparison = {
  id: "ledger.sqlite.batched",
  subject: {
    name: "100 transfers per call, 1,000 accounts, WAL, synchronous=FULL",
    prepare: async () => {
      const books = await sqliteBooks()
      const fares: Fares = { latencies: [], errors: 0 }
      await books.fill(filled)
      const run = () => {
        let left = 10
        return books.work({ by: "store", size: 100 }, 1, fares, () => left-- > 0)
      }
      return { run, operations: 1000, close: books.close }
    }
  },
  anchor: {
    name: "node:sqlite, the same rows",
    prepare: async () => {
      const books = await sqliteBooks()
      await books.fill(filled)
      const raw = rawLedger(books.filename, books.folder, 100)
      const run = () => {
        for (let left = 10; left > 0; left--) raw.write()
      }
      const close = async () => {
        raw.close()
        await books.close()
      }
      return { run, operations: 1000, close }
    }
  },
  goal: 0.6
}

/** The fastest of some tries: what the work takes when nothing else is in the way. */
const least = async (tries: number, work: () => Promise<unknown>): Promise<number> => {
  let best = Infinity
  for (let number = 0; number < tries; number++) {
    const before = performance.now()
    await work()
    best = Math.min(best, performance.now() - before)
  }
  return best
}

/** How often each of two things is done in a round, and in how many rounds they take turns. */
const turns = { rounds: 15, calls: 20, batches: 2 }

/** The median times of two things that take turns, and the median of their ratios. */
const growing = async (times: number, small: () => Promise<unknown>, large: () => Promise<unknown>) => {
  const timed = async (work: () => Promise<unknown>) => {
    const all: Array<number> = []
    for (let number = 0; number < times; number++) all.push(await least(1, work))
    return median(all)
  }
  await timed(small)
  await timed(large)
  const rounds: Array<{ readonly small: number; readonly large: number }> = []
  for (let round = 0; round < turns.rounds; round++)
    rounds.push({ small: await timed(small), large: await timed(large) })
  return {
    small: median(rounds.map((round) => round.small)),
    large: median(rounds.map((round) => round.large)),
    ratio: median(rounds.map((round) => round.large / round.small))
  }
}

const micros = (milliseconds: number): string => `${(milliseconds * 1000).toFixed(0)} µs`

/**
 * What a transfer takes in books with many entries, as a multiple of what it takes in books with few. Batches are told
 * beside it: on SQLite each line changes another page of its account's index once every account has more than one, and
 * whole pages are logged.
 */
const growth = (
  id: string,
  where: string,
  open: () => Promise<Pick<Books, "fill" | "settle" | "commitTo" | "transfer" | "runtime" | "close">>
): Ceiling => ({
  id,
  atMost: 1.3,
  unit: "× the time",
  rounds: 1,
  subject: told(async (tell) => {
    const [few, many] = [await open(), await open()]
    try {
      await few.fill(1000)
      await many.fill(entries)
      await few.settle()
      await many.settle()
      const call = (books: typeof few, size: number) => () =>
        books.runtime.runPromise(books.commitTo(Array.from({ length: size }, () => books.transfer())))
      const single = await growing(turns.calls, call(few, 1), call(many, 1))
      const batch = await growing(turns.batches, call(few, 100), call(many, 100))
      const line = (size: number, { large, small }: typeof single) =>
        `${micros(large / size)} beside ${micros(small / size)} with ${size} per call`
      tell(
        `a transfer at ${count(entries)} entries beside one at 1,000, 1 client, ${where}: ${line(1, single)}, ${line(100, batch)}`
      )
      return single.ratio
    } finally {
      await few.close()
      await many.close()
    }
  })
})

/** A hundred entries a day, every tenth of them dated two days back. */
const dateOf = (entry: number): LocalDate.LocalDate =>
  LocalDate.addDays(LocalDate.of("1995-01-01"), Math.floor(entry / 100) - (entry % 10 === 0 ? 2 : 0))

const balancePast: Ceiling = {
  id: "ledger.sqlite.balance-past",
  atMost: 2,
  unit: "× the time",
  rounds: 1,
  subject: told(async (tell) => {
    const lines = { few: Math.ceil(entries / 500), many: Math.ceil(entries / 5) }
    const [few, many] = [await sqliteBooks(), await sqliteBooks()]
    try {
      await few.fill(lines.few, true, dateOf)
      await many.fill(lines.many, true, dateOf)
      const ask = (books: typeof few, lineCount: number) => {
        const [account] = books.ids
        if (account === undefined) throw new RangeError("there is no account")
        return () =>
          books.runtime.runPromise(books.store.counters(tenant, account, { valueOn: dateOf(Math.ceil(lineCount / 2)) }))
      }
      const { large, ratio, small } = await growing(turns.calls, ask(few, lines.few), ask(many, lines.many))
      tell(
        `a balance in the middle of the past of an account with ${count(lines.many)} lines: ${micros(large)}, with ${count(lines.few)}: ${micros(small)}`
      )
      return ratio
    } finally {
      await few.close()
      await many.close()
    }
  })
}

const trialBalance: Ceiling = {
  id: "ledger.sqlite.trial-balance",
  atMost: 50,
  unit: "ms",
  rounds: 1,
  subject: told(async (tell) => {
    const books = await sqliteBooks({ accounts: 10_000 })
    try {
      await books.fill(20_000)
      const times: Array<number> = []
      for (let number = 0; number < 15; number++) {
        times.push(await least(1, () => books.runtime.runPromise(books.store.trialBalance(tenant, {}))))
      }
      const past = await least(5, () => books.runtime.runPromise(books.store.trialBalance(tenant, { valueOn: today })))
      tell(`trial balance of 10,000 accounts (as of a value date: ${past.toFixed(0)} ms)`)
      return median(times)
    } finally {
      await books.close()
    }
  })
}

const memory: Ceiling = {
  id: "ledger.memory",
  atMost: 16,
  unit: "MB more",
  rounds: 1,
  subject: told(async (tell) => {
    const books = await sqliteBooks()
    try {
      const fares: Fares = { latencies: [], errors: 0 }
      let transfers = 0
      const run = async (milliseconds: number) => {
        // In short stretches, so that the clients' own notes do not grow with the run.
        for (const end = performance.now() + milliseconds; performance.now() < end;) {
          await rateOf(books, { by: "use case" })(Math.min(5000, milliseconds), fares)
          transfers += fares.latencies.length
          fares.latencies.length = 0
        }
        for (let number = 0; number < 4; number++) globalThis.gc?.()
        const { heapUsed, rss } = process.memoryUsage()
        return { heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20 }
      }
      const warm = await run(5000)
      transfers = 0
      const end = await run(minutes * 60_000)
      const change = (name: "heap" | "rss") => `${warm[name].toFixed(0)} MB → ${end[name].toFixed(0)} MB`
      tell(
        `memory over ${minutes} min of ${count(transfers)} transfers by ${clients} clients, SQLite, durable, from 5 s on (heap ${change("heap")}, resident ${change("rss")}, ${fares.errors} errors)`
      )
      return Math.max(0.01, end.heap - warm.heap)
    } finally {
      await books.close()
    }
  })
}

export default [
  againstTpcb("ledger.postgres.unbatched", "1,000 accounts", { by: "use case" }, 1, pgbenchOrDriver("simple")),
  againstTpcb("ledger.postgres.prepared", "1,000 accounts", { by: "use case" }, 1.25, pgbenchOrDriver("prepared")),
  againstTpcb(
    "ledger.postgres.hot",
    "1 hot account of 1,000",
    { by: "use case", hot: true },
    2,
    pgbenchOrDriver("simple")
  ),
  againstTpcb("ledger.postgres.driver", "1,000 accounts", { by: "use case" }, 1, (url) =>
    driverYardstick(url, clients)
  ),
  batched,
  sqliteBatched,
  growth("ledger.sqlite.growth", "SQLite, durable", () => sqliteBooks()),
  growth("ledger.postgres.growth", "Postgres, durable", () => postgresBooks(1)),
  balancePast,
  trialBalance,
  memory
] satisfies ReadonlyArray<Benchmark>
