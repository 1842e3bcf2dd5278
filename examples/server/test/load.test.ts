/**
 * The server as a process of its own with 64 connections that do what people and programs do at a bank, on each store: first
 * for half a minute, then while it is asked to end and started again, and while it is killed and started again.
 */
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Books, booked, compare, readBooks } from "./load/books.ts"
import { type Held, Inside } from "./load/inside.ts"
import { Load } from "./load/load.ts"
import { transferRequest } from "./load/moving.ts"
import type { Transfer } from "./load/records.ts"
import { beginRequest, type Finish, refused } from "./load/taken.ts"
import { makeFolder, start, type Started } from "./server.ts"

const { path, remove } = makeFolder()
const scope = Scope.makeUnsafe()
afterAll(async () => {
  await Effect.runPromise(Scope.close(scope, Exit.void))
  remove()
})

const settings = { timeout: 300_000 }

const stores = [
  {
    name: "SQLite",
    place: async () => ({ args: ["--file", path("load.sqlite")], mails: path("load.sqlite.mails") })
  },
  {
    name: "Postgres",
    place: async () => {
      const url = await Effect.runPromise(Scope.provide(scope)(TestPostgres.url))
      return { args: ["--postgres", Redacted.value(url)], mails: path("saldo-postgres.mails") }
    }
  }
]

const connections = 64

/** Half a minute: first code is compiled and caches fill, then each round ends with a look at what is held at rest. */
const [warmUpMs, rounds, roundMs] = [10_000, 4, 5000]

/** What is left of the last digit when a line is put through points of one kind: the growth from the first to the last. */
const growth = (points: ReadonlyArray<number>): number => {
  const middle = (points.length - 1) / 2
  const mean = points.reduce((sum, each) => sum + each, 0) / points.length
  const spread = points.reduce((sum, _, index) => sum + (index - middle) ** 2, 0)
  const slope = points.reduce((sum, each, index) => sum + (index - middle) * (each - mean), 0) / spread
  return slope * (points.length - 1)
}

const mebibyte = 2 ** 20

/**
 * Less than a kilobyte for each of the few thousand requests that are counted. What is measured at rest differs by half a
 * mebibyte, and once differed by one and a quarter.
 */
const heapGrowth = 2.5 * mebibyte

const socketsOf = ({ handles }: Held): number => handles["TCPSocketWrap"] ?? 0

/** What a server had to complain of; the inspector says things of its own. */
const complaintsOf = ({ complaints }: Started) =>
  complaints.filter((line) => !/^Debugger |^For help, see: https:\/\/nodejs\.org/u.test(line))

describe.each(stores)("the server on $name", ({ place }) => {
  let server: Started
  let load: Load
  let args: ReadonlyArray<string> = []
  const begin = async (port: string, ...node: ReadonlyArray<string>): Promise<void> => {
    server = await start([...args, "--trusted-proxies", "1", "--port", port], path("."), node)
  }
  const portOf = () => new URL(server.url).port

  beforeAll(async () => {
    const { mails, args: placed } = await place()
    args = placed
    await begin("0", "--inspect=127.0.0.1:0")
    load = await Load.prepare({ url: server.url, mails, connections })
  }, settings.timeout)
  afterAll(async () => {
    load?.close()
    await server?.kill()
  })

  /** Puts the load on, does something to the server meanwhile, starts it again, and lets the load go on for a moment. */
  const through = async (end: () => Promise<void>, meanwhile: () => Promise<void>): Promise<void> => {
    const { outage } = load.bank
    const port = portOf()
    const story = async () => {
      try {
        await load.busy(500)
        outage.begin()
        await end()
        await begin(port)
        await meanwhile()
      } finally {
        outage.end()
      }
      await load.busy(500)
    }
    const told = story()
    await load.until(told)
    await told
  }

  /** A transfer that the server has taken, ordered by somebody of the bank; its terms are still to come. */
  const beginTransfer = async (): Promise<Finish> => {
    const { address, members, people, records } = load.bank
    const [{ daily: from, saved: to }] = people
    const order: Transfer = { key: randomUUID(), from, to, ore: 1, entries: new Set() }
    const request = transferRequest(order)
    const token = members.find(({ role }) => role === "teller")?.token ?? ""
    const headers = { ...request.headers, authorization: `Bearer ${token}`, "x-forwarded-for": address() }
    const finish = await beginRequest(server.url, { ...request, headers })
    return async () => {
      const { entryId, status } = await finish()
      if (entryId !== undefined) order.entries.add(entryId)
      records.transfers.set(order.key, order)
      return status
    }
  }

  const unanswered = (): ReadonlySet<string> =>
    new Set([...load.bank.records.transfers.values()].filter(({ entries }) => entries.size === 0).map(({ key }) => key))

  const acknowledged = (): ReadonlyArray<Transfer> =>
    [...load.bank.records.transfers.values()]
      .filter(({ entries, ore }) => entries.size > 0 && ore > 1)
      .slice(-connections)

  it("answers 64 connections as it should for half a minute, and holds on to nothing of it", settings, async () => {
    const { tally } = load.bank
    const inside = await Inside.of(server.stderr)
    try {
      const before = await inside.atRest()
      await load.run(warmUpMs)
      const points = [await inside.atRest()]
      for (let round = 0; round < rounds; round++) {
        await load.run(roundMs)
        points.push(await inside.atRest())
      }
      expect(tally.findings).toEqual([])
      expect(growth(points.map(({ heap }) => heap))).toBeLessThan(heapGrowth)
      expect(growth(points.map(({ external }) => external))).toBeLessThan(heapGrowth)
      load.close()
      let after = await inside.held()
      while (socketsOf(after) > socketsOf(before)) after = await inside.held()
      for (const [kind, count] of Object.entries(after.handles)) {
        expect(count, `open handles of the kind ${kind}`).toBeLessThan((before.handles[kind] ?? 0) + 16)
      }
    } finally {
      // A process does not end before whoever looks into it has gone.
      inside.close()
    }
  })

  it("when asked to end answers what it has begun, and is then where it was", settings, async () => {
    let repeated: ReadonlyArray<Transfer> = []
    await through(
      async () => {
        const taken = await Promise.all(Array.from({ length: 8 }, beginTransfer))
        server.child.kill("SIGTERM")
        await refused(server.url)
        expect(await Promise.all(taken.map((finish) => finish()))).toEqual(taken.map(() => 201))
        expect(await server.ended).toBe(0)
        expect(complaintsOf(server)).toEqual([])
      },
      async () => {
        repeated = acknowledged()
        // What came too late to be taken left nothing behind.
        expect(await booked(load.bank, unanswered())).toEqual([])
      }
    )
    await load.repeat(repeated)
    expect(load.bank.tally.findings).toEqual([])
  })

  it("when killed has lost nothing that it acknowledged, and does nothing twice", settings, async () => {
    let repeated: ReadonlyArray<Transfer> = []
    await through(
      () => server.kill(),
      async () => {
        repeated = acknowledged()
      }
    )
    await load.repeat(repeated)
    expect(load.bank.tally.findings).toEqual([])
  })

  it("has on its books what its clients were told, to the last öre", settings, async () => {
    const { bank } = load
    const books = await readBooks(bank)
    expect(compare(books, bank)).toEqual([])
    expect(bank.tally.missing).toEqual([])
    expect(complaintsOf(server)).toEqual([])
    // The comparison sees what it is for: a write that was lost, one that was doubled, one that nobody asked for.
    const [one] = bank.records.transfers.values()
    if (one === undefined) throw new TypeError("There was no transfer")
    const lost = { ...bank.records, transfers: new Map(bank.records.transfers).set("lost", { ...one, key: "lost" }) }
    expect(compare(books, { records: lost })).toContain("Transfer lost has 0 and 0 lines")
    const forgotten = { ...bank.records, transfers: new Map([...bank.records.transfers].slice(1)) }
    expect(compare(books, { records: forgotten }).join()).toContain(`Nobody asked for the transfer ${one.key}`)
    const doubled = (given: Books["statements"]): Books["statements"] =>
      new Map([...given].map(([id, each]) => [id, { ...each, lines: [...each.lines, ...each.lines] }]))
    expect(compare({ ...books, statements: doubled(books.statements) }, bank)).toContain(
      `Transfer ${one.key} has 2 and 2 lines`
    )
  })
})
