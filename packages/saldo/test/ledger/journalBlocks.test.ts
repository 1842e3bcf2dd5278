import * as Result from "effect/Result"
import * as fc from "fast-check"
import { createHash } from "node:crypto"
import { sha256 } from "saldo/core/sha256"
import { fromMicros, toMicros } from "saldo/ledger/BookingTime"
import { entryText } from "saldo/ledger/entryText"
import { blockHash, blocksOf, noHash, place } from "saldo/ledger/journalBlocks"
import type { EntryContent } from "saldo/ledger/JournalEntry"
import { describe, expect, it } from "vitest"
import { accountId, entryId, eur, holdId, key, noonMs, PlainBooks, sek, tenant, today, transfer } from "./plainBooks.ts"

const content: EntryContent = {
  id: entryId(1),
  kind: "captured",
  valueOn: today,
  lines: [
    { accountId: accountId(1), side: "debit", posted: sek(1050), pending: sek(-2000) },
    { accountId: accountId(2), side: "credit", posted: sek(1050), pending: sek(-2000) }
  ],
  holdId: holdId(1),
  reverses: null,
  exchange: null,
  code: null,
  description: 'Å "1"',
  metadata: { b: "2", a: "1" }
}

describe("the text of an entry", () => {
  it("is JSON with its members in alphabetical order, amounts in minor units", () => {
    expect(entryText("t", key("k"), content)).toBe(
      `{"code":null,"description":"Å \\"1\\"","exchange":null,"holdId":"${holdId(1)}","id":"${entryId(1)}","key":"k",` +
        `"kind":"captured","lines":[` +
        `{"accountId":"${accountId(1)}","currency":"SEK","pending":"-2000","posted":"1050","side":"debit"},` +
        `{"accountId":"${accountId(2)}","currency":"SEK","pending":"-2000","posted":"1050","side":"credit"}],` +
        `"metadata":{"a":"1","b":"2"},"reverses":null,"tenant":"t","valueOn":"2026-03-10"}`
    )
  })

  it("differs with everything that an entry says", () => {
    const exchange = { rate: "11", base: "EUR", quote: "SEK", date: today, source: "ECB" }
    const [first, second] = content.lines
    if (first === undefined || second === undefined) throw new TypeError("the entry has no lines")
    const texts = [
      entryText("t", key("k"), content),
      entryText("u", key("k"), content),
      entryText("t", key("l"), content),
      ...[
        { id: entryId(2) },
        { kind: "posted" as const },
        { holdId: null },
        { reverses: entryId(1) },
        { exchange },
        { exchange: { ...exchange, rate: "11.0" } },
        { exchange: { ...exchange, source: "Riksbanken" } },
        { exchange: { ...exchange, base: "SEK", quote: "EUR" } },
        { code: "c" },
        { description: null },
        { metadata: { a: "1" } },
        { metadata: { a: "2", b: "1" } },
        { lines: [second, first] },
        { lines: [first] },
        { lines: [{ ...first, side: "credit" as const }, second] },
        { lines: [{ ...first, posted: sek(1051) }, second] },
        { lines: [{ ...first, pending: sek(-2001) }, second] },
        { lines: [{ ...first, accountId: accountId(3) }, second] },
        { lines: [{ ...first, posted: eur(1050), pending: eur(-2000) }, second] }
      ].map((other) => entryText("t", key("k"), { ...content, ...other }))
    ]
    expect(new Set(texts).size).toBe(texts.length)
    // No member is left out of that list.
    expect(Object.keys(content)).toHaveLength(10)
  })

  it("does not depend on the order in which metadata was written", () => {
    expect(entryText("t", key("k"), { ...content, metadata: { a: "1", b: "2" } })).toBe(
      entryText("t", key("k"), content)
    )
  })
})

/** The hash of a block as it is defined, put together from bytes. */
const hashByBytes = (previous: string, sequence: number, micros: number, texts: ReadonlyArray<string>): string => {
  const numbers = Buffer.alloc(24)
  for (const [index, number] of [sequence, texts.length, micros].entries()) {
    numbers.writeBigInt64BE(BigInt(number), index * 8)
  }
  const digests = texts.map((text) => createHash("sha256").update(text, "utf8").digest())
  return createHash("sha256")
    .update(Buffer.concat([Buffer.from(previous, "hex"), numbers, ...digests]))
    .digest("hex")
}

describe("the chain", () => {
  it("has the hash of each block as it is defined, byte by byte", () => {
    const micros = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
    fc.assert(
      fc.property(
        fc.nat(),
        micros,
        fc.array(fc.string(), { maxLength: 5 }),
        fc.string(),
        (sequence, at, texts, seed) => {
          expect(blockHash(sha256(seed), { sequence, micros: at }, texts.map(sha256))).toBe(
            hashByBytes(sha256(seed), sequence, at, texts)
          )
        }
      )
    )
  })

  it("keeps the hash that it had when it was first written", () => {
    // Computed outside of JavaScript. A change of the format would make every stored journal look tampered with.
    expect(blockHash(noHash, { sequence: 1, micros: noonMs * 1000 }, [sha256(entryText("t", key("k"), content))])).toBe(
      "17ebf9af5b9b095c5ecb954802fb6c6dda4515dbf8ca964e6c1e6ba4a57ecc48"
    )
  })

  it("links what a call booked to everything before it", () => {
    const books = new PlainBooks().open(1).open(2)
    let hash = noHash
    for (const count of [1, 3, 2]) {
      const first = books.head.sequence + 1
      books.decide(Array.from({ length: count }, () => books.command([transfer(1, 2, sek(count))])))
      const entries = [...books.entries.values()].slice(first - 1)
      const texts = entries.map((entry) => entryText(tenant, entry.key, entry))
      hash = hashByBytes(hash, first, toMicros(entries[0]?.bookedAt ?? fromMicros(0)), texts)
      expect(books.head).toEqual({ tenant, sequence: first + count - 1, bookedAt: entries.at(-1)?.bookedAt, hash })
    }
  })

  it("puts imported commands in blocks of their own, and the refused in none", () => {
    const books = new PlainBooks().open(1).open(2)
    const valueOn = today
    const imported = (micros: number) =>
      books.command([transfer(1, 2, sek(1), { valueOn })], { importedAt: fromMicros(micros) })
    const plain = () => books.command([transfer(1, 2, sek(1)), transfer(2, 1, sek(1))])
    const bad = () => books.command([transfer(1, 9, sek(1))])
    const decided = books.decide([imported(1), imported(2), plain(), bad(), plain(), imported(3), plain()])
    expect(decided.map(({ outcome }) => Result.isSuccess(outcome))).toEqual([
      true,
      true,
      true,
      false,
      true,
      false,
      true
    ])
    const blocks = blocksOf(tenant, decided)
    expect(blocks.map(({ entries, importedMicros }) => [importedMicros, entries.length])).toEqual([
      [1, 1],
      [2, 1],
      [null, 6]
    ])
    expect(blocksOf(tenant, decided.slice(3, 4))).toEqual([])
  })

  it("books one microsecond after the other, never before the arrival and never before what is booked", () => {
    const start = { tenant, sequence: 7, bookedAt: fromMicros(500), hash: noHash }
    const entry = { key: key("k"), decided: { content, after: [] }, contentHash: noHash }
    const at = (nowMicros: number, importedMicros: number | null = null) =>
      place(start, { importedMicros, entries: [entry, entry] }, nowMicros).entries.map(
        ({ entry: { bookedAt, sequence } }) => [sequence, toMicros(bookedAt)]
      )
    expect(at(1000)).toEqual([
      [8, 1000],
      [9, 1001]
    ])
    expect(at(10).map(([, micros]) => micros)).toEqual([501, 502])
    expect(at(500).map(([, micros]) => micros)).toEqual([501, 502])
    expect(at(1000, 700).map(([, micros]) => micros)).toEqual([700, 701])
  })
})
