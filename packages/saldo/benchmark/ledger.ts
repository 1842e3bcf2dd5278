/**
 * The ledger's performance lines. Sizes and times are short enough for every day; `pnpm bench ledger --entries=1000000` and
 * `--minutes=10` measure what they are about, and each line says what it was measured with.
 */
import type { Benchmark, Ceiling, Comparison, Prepared } from "@saldo/house/Comparison"
import { median } from "@saldo/house/measure"
import * as LocalDate from "saldo/time/LocalDate"
import { type Calls, type Fares, faresText, postgresBooks, sqliteBooks, tenant, today } from "./ledger/books.ts"
import { rawLedger } from "./ledger/rawSqlite.ts"
import { driverYardstick, pgbenchYardstick, type Yardstick } from "./ledger/tpcb.ts"

const argument = (name: string, otherwise: number): number => {
  const given = process.argv.find((each) => each.startsWith(`--${name}=`))
  return given === undefined ? otherwise : Number(given.slice(name.length + 3))
}

const entries = argument("entries", 100_000)
const minutes = argument("minutes", 0.25)
const clients = argument("clients", 8)

const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString("en-GB")}/s`

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
  await subject(1500, { latencies: [], errors: 0 })
  await yardstick(1000)
  const rounds = []
  for (let round = 0; round < 5; round++) {
    rounds.push({ own: await subject(2000, fares), other: await yardstick(2000) })
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
  (books: Pick<Books, "work">, calls: Calls, count = clients) =>
  async (milliseconds: number, fares: Fares): Promise<number> => {
    const [before, done] = [performance.now(), fares.latencies.length]
    await books.work(calls, count, fares, () => performance.now() - before < milliseconds)
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

const bestYardstick = async (url: string): Promise<Yardstick & { readonly close?: () => Promise<void> }> =>
  pgbenchYardstick(url) ?? (await driverYardstick(url, clients))

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

const growth = (
  id: string,
  size: number,
  open: () => Promise<Pick<Books, "fill" | "empty" | "commitTo" | "transfer" | "runtime" | "close">>
): Ceiling => ({
  id,
  atMost: 1.3,
  unit: "× the time",
  rounds: 1,
  subject: told(async (tell) => {
    const books = await open()
    try {
      // Until the code is warm, a call takes longer than it does for any number of entries.
      await books.fill(20_000)
      await books.empty()
      const call = () => books.runtime.runPromise(books.commitTo(Array.from({ length: size }, () => books.transfer())))
      const times = async () => {
        const all: Array<number> = []
        for (let number = 0; number < (size === 1 ? 300 : 40); number++) all.push(await least(1, call))
        return median(all)
      }
      await books.fill(1000)
      const small = await times()
      await books.fill(entries)
      const large = await times()
      tell(
        `a transfer (${size} per call) at ${entries.toLocaleString("en-GB")} entries: ${((large * 1000) / size).toFixed(0)} µs, at 1,000: ${((small * 1000) / size).toFixed(0)} µs`
      )
      return large / small
    } finally {
      await books.close()
    }
  })
})

/** Every entry touches the first account, a hundred of them a day, every tenth of them dated two days back. */
const dateOf = (entry: number): LocalDate.LocalDate =>
  LocalDate.addDays(LocalDate.of("1995-01-01"), Math.floor(entry / 100) - (entry % 10 === 0 ? 2 : 0))

const balancePast: Ceiling = {
  id: "ledger.sqlite.balance-past",
  atMost: 3,
  unit: "× the time",
  rounds: 1,
  subject: told(async (tell) => {
    const books = await sqliteBooks()
    try {
      const [account] = books.ids
      if (account === undefined) throw new RangeError("there is no account")
      const ask = (lines: number) => () =>
        books.runtime.runPromise(books.store.counters(tenant, account, { valueOn: dateOf(lines - 250) }))
      await books.fill(1000, true, dateOf)
      const small = await least(500, ask(1000))
      await books.fill(Math.min(entries, 1_000_000), true, dateOf)
      const large = await least(500, ask(entries))
      tell(
        `a balance two days ago, on an account with ${entries.toLocaleString("en-GB")} lines: ${(large * 1000).toFixed(0)} µs, with 1,000: ${(small * 1000).toFixed(0)} µs`
      )
      return large / small
    } finally {
      await books.close()
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
      const run = async (milliseconds: number) => {
        const fares: Fares = { latencies: [], errors: 0 }
        await rateOf(books, { by: "use case" })(milliseconds, fares)
        const count = fares.latencies.length
        fares.latencies.length = 0
        for (let number = 0; number < 4; number++) globalThis.gc?.()
        return { count, heap: process.memoryUsage().heapUsed / 2 ** 20 }
      }
      const warm = await run(5000)
      const end = await run(minutes * 60_000)
      tell(
        `heap after ${minutes} min of transfers by ${clients} clients (${end.count.toLocaleString("en-GB")}), over its ${warm.heap.toFixed(0)} MB after 5 s`
      )
      return Math.max(0.01, end.heap - warm.heap)
    } finally {
      await books.close()
    }
  })
}

export default [
  againstTpcb("ledger.postgres.unbatched", "1,000 accounts", { by: "use case" }, 1, bestYardstick),
  againstTpcb("ledger.postgres.hot", "1 hot account of 1,000", { by: "use case", hot: true }, 2, bestYardstick),
  againstTpcb("ledger.postgres.driver", "1,000 accounts", { by: "use case" }, 1, (url) =>
    driverYardstick(url, clients)
  ),
  batched,
  sqliteBatched,
  growth("ledger.sqlite.growth", 1, () => sqliteBooks()),
  growth("ledger.sqlite.growth-batched", 100, () => sqliteBooks()),
  growth("ledger.postgres.growth", 1, () => postgresBooks(1)),
  growth("ledger.postgres.growth-batched", 100, () => postgresBooks(1)),
  balancePast,
  trialBalance,
  memory
] satisfies ReadonlyArray<Benchmark>
