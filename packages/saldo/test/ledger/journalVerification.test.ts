import type { JournalBlock, JournalEntry } from "saldo/ledger/JournalEntry"
import { fromMicros, toMicros } from "saldo/ledger/BookingTime"
import { beginWalk, endWalk, type JournalVerdict, walkBlock } from "saldo/ledger/journalVerification"
import type { Operation } from "saldo/ledger/LedgerCommand"
import * as LocalDate from "saldo/time/LocalDate"
import { describe, expect, it } from "vitest"
import { accountId, entryId, hold, holdId, PlainBooks, sek, tenant, today, transfer } from "./plainBooks.ts"

interface Journal {
  readonly blocks: ReadonlyArray<JournalBlock>
  readonly books: PlainBooks
}

/** A journal of four blocks with every kind of entry but an expiry. */
const journal = (): Journal => {
  const books = new PlainBooks().open(1, { type: "asset" }).open(2).open(3)
  const blocks: Array<JournalBlock> = []
  const call = (...operations: ReadonlyArray<Operation>) => {
    const before = books.entries.size
    expect(books.commit(...operations)).toBe("ok")
    blocks.push({ entries: [...books.entries.values()].slice(before), hash: books.head.hash })
  }
  call(transfer(1, 2, sek(100), { entryId: entryId(900) }), transfer(1, 3, sek(50)))
  call(hold(1, 2, 3, sek(40)), { _tag: "Capture", holdId: holdId(1), amount: sek(10), rest: "keep" })
  call({ _tag: "VoidHold", holdId: holdId(1) })
  call({ _tag: "Reverse", entryId: entryId(900) })
  return { blocks, books }
}

const verify = ({ blocks, books }: Journal): JournalVerdict =>
  endWalk(blocks.reduce(walkBlock, beginWalk(tenant)), books.head, [...books.accounts.values()])

const problems = (given: Journal) => verify(given).findings.map(({ problem }) => problem)

const altered = (at: number, change: (entry: JournalEntry) => JournalEntry, which = 0): Journal => {
  const { blocks, books } = journal()
  return {
    books,
    blocks: blocks.map((block, index) =>
      index === at ? { ...block, entries: block.entries.map((one, i) => (i === which ? change(one) : one)) } : block
    )
  }
}

const without = (at: number): Journal => {
  const { blocks, books } = journal()
  return { books, blocks: blocks.toSpliced(at, 1) }
}

describe("a verification", () => {
  it("finds nothing in a journal that is whole, and says how much it saw", () => {
    const { books } = journal()
    expect(verify(journal())).toEqual({ tenant, entries: 6, blocks: 4, accounts: 3, head: books.head, findings: [] })
    const empty = new PlainBooks()
    expect(verify({ blocks: [], books: empty })).toMatchObject({ entries: 0, blocks: 0, accounts: 0, findings: [] })
  })

  it("holds of every beginning of a journal, against the head of then", () => {
    const { blocks } = journal()
    let sequence = 0
    for (const [index, { entries, hash }] of blocks.entries()) {
      sequence += entries.length
      const bookedAt = entries.at(-1)?.bookedAt ?? null
      const walk = blocks.slice(0, index + 1).reduce(walkBlock, beginWalk(tenant))
      const accounts = [...walk.counters].map(([id, counters]) => ({ id, counters }))
      expect(endWalk(walk, { tenant, sequence, bookedAt, hash }, accounts).findings).toEqual([])
    }
  })

  it("names an entry that was changed by the block that it is in", () => {
    const changes: ReadonlyArray<(entry: JournalEntry) => JournalEntry> = [
      (entry) => ({ ...entry, description: "something else" }),
      (entry) => ({ ...entry, valueOn: LocalDate.addDays(today, -1) }),
      (entry) => ({ ...entry, key: entry.key.replace("command", "kommando") as typeof entry.key }),
      (entry) => ({ ...entry, metadata: { more: "" } }),
      (entry) => ({ ...entry, id: entryId(77) })
    ]
    for (const change of changes) {
      const { findings } = verify(altered(1, change, 1))
      expect(findings).toMatchObject([{ problem: "hash", sequence: 3, accountId: null }])
    }
  })

  it("names amounts that no longer balance, and the accounts that they moved", () => {
    const more = (entry: JournalEntry, lines: ReadonlyArray<number>) => ({
      ...entry,
      lines: entry.lines.map((line, index) =>
        lines.includes(index) ? { ...line, posted: sek(line.posted.amount + 1n) } : line
      )
    })
    const one = verify(altered(0, (entry) => more(entry, [0])))
    expect(one.findings).toMatchObject([
      { problem: "unbalanced", sequence: 1 },
      { problem: "hash", sequence: 1 },
      { problem: "counters", accountId: accountId(1) }
    ])
    const both = verify(altered(0, (entry) => more(entry, [0, 1])))
    expect(both.findings.map(({ accountId: id, problem }) => [problem, id])).toEqual([
      ["hash", null],
      ["counters", accountId(1)],
      ["counters", accountId(2)]
    ])
    const pending = (entry: JournalEntry) => ({
      ...entry,
      lines: entry.lines.map((line, index) => (index === 0 ? { ...line, pending: sek(39) } : line))
    })
    expect(problems(altered(1, pending))).toContain("unbalanced")
    expect(problems(altered(1, (entry) => ({ ...entry, lines: entry.lines.slice(0, 1) })))).toContain("unbalanced")
    expect(problems(altered(1, (entry) => ({ ...entry, lines: [] })))).toContain("unbalanced")
  })

  it("names an amount that is taken away where it was posted, though it balances", () => {
    const negative = (entry: JournalEntry) => ({
      ...entry,
      lines: entry.lines.map((line) => ({ ...line, posted: sek(-line.posted.amount) }))
    })
    expect(problems(altered(0, negative))).toContain("unbalanced")
  })

  it("names a gap, a second time and another order", () => {
    expect(verify(without(1)).findings).toMatchObject([
      { problem: "sequence", sequence: 5 },
      { problem: "hash", sequence: 5 },
      { problem: "counters" },
      { problem: "counters" }
    ])
    const { blocks, books } = journal()
    const [first, second, ...rest] = blocks
    if (first === undefined || second === undefined) throw new TypeError("the journal is too short")
    expect(problems({ books, blocks: [second, first, ...rest] })).toEqual(
      expect.arrayContaining(["sequence", "booking-time", "hash"])
    )
    expect(problems({ books, blocks: [first, first, second, ...rest] })).toEqual(
      expect.arrayContaining(["sequence", "booking-time", "hash", "counters"])
    )
  })

  it("names booking times that stand still or go back", () => {
    const earlier = (by: number) => (entry: JournalEntry) => ({
      ...entry,
      bookedAt: fromMicros(toMicros(entry.bookedAt) - by)
    })
    for (const by of [1, 1000]) {
      const { findings } = verify(altered(0, earlier(by), 1))
      expect(findings).toMatchObject([{ problem: "booking-time", sequence: 2 }])
    }
    expect(problems(altered(2, earlier(-1)))).toEqual(["hash", "booking-time"])
  })

  it("names a second reversal of an entry", () => {
    const twice = (entry: JournalEntry) => ({ ...entry, reverses: entryId(900) })
    expect(verify(altered(2, twice)).findings).toMatchObject([
      { problem: "hash", sequence: 5 },
      { problem: "reversed-twice", sequence: 6 }
    ])
  })

  it("names an end that is cut off, and a chain that was written anew", () => {
    expect(problems(without(3))).toEqual(["head", "counters", "counters"])
    const { blocks, books } = journal()
    books.head = { ...books.head, hash: "ab".repeat(32) }
    expect(problems({ blocks, books })).toEqual(["head"])
  })

  it("names accounts that are missing or hold something else", () => {
    const gone = journal()
    gone.books.accounts.delete(accountId(2))
    expect(verify(gone).findings).toMatchObject([{ problem: "account-missing", accountId: accountId(2) }])
    for (const counter of ["debitsPosted", "creditsPosted", "debitsPending", "creditsPending"] as const) {
      const wrong = journal()
      const { counters } = wrong.books.account(3)
      wrong.books.change(3, { counters: { ...counters, [counter]: counters[counter] + 1n } })
      expect(verify(wrong).findings).toMatchObject([{ problem: "counters", accountId: accountId(3) }])
    }
    const more = journal()
    more.books.open(4)
    expect(problems(more)).toEqual([])
    more.books.change(4, { counters: { ...more.books.account(4).counters, debitsPosted: 1n } })
    expect(verify(more).findings).toMatchObject([{ problem: "counters", accountId: accountId(4) }])
  })

  it("stops listing at a hundred findings, so that a broken journal does not fill the memory", () => {
    const { blocks, books } = journal()
    const [first] = blocks
    if (first === undefined) throw new TypeError("the journal is too short")
    expect(problems({ books, blocks: Array.from({ length: 200 }, () => first) })).toHaveLength(100)
  })

  it("keeps nothing of an entry but its sums and what it takes back", () => {
    const books = new PlainBooks().open(1).open(2)
    const walk = beginWalk(tenant)
    for (let round = 0; round < 50; round++) {
      const before = books.entries.size
      books.commit(...Array.from({ length: 20 }, () => transfer(1, 2, sek(1))))
      walkBlock(walk, { entries: [...books.entries.values()].slice(before), hash: books.head.hash })
    }
    expect([walk.entries, walk.blocks]).toEqual([1000, 50])
    expect([walk.counters.size, walk.reversed.size, walk.findings.length]).toEqual([2, 0, 0])
  })
})
