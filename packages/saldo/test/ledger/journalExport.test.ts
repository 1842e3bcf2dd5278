import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { exportAccount, exportBlock, exportHead, exportHeader } from "saldo/ledger/journalExport"
import type { JournalBlock } from "saldo/ledger/JournalEntry"
import type { Operation } from "saldo/ledger/LedgerCommand"
import { describe, expect, it } from "vitest"
import { hold, holdId, PlainBooks, sek, tenant, transfer } from "./plainBooks.ts"
import { randomBelow } from "./randomCommits.ts"

const verifier = fileURLToPath(new URL("../../verify-journal.mjs", import.meta.url))

/** Books of two blocks, as an export. */
const exported = (): ReadonlyArray<string> => {
  const books = new PlainBooks().open(1, { type: "asset" }).open(2)
  const blocks: Array<JournalBlock> = []
  const call = (...operations: ReadonlyArray<Operation>) => {
    const before = books.entries.size
    books.commit(...operations)
    blocks.push({ entries: [...books.entries.values()].slice(before), hash: books.head.hash })
  }
  call(transfer(1, 2, sek(100), { description: 'Insättning 💸 "a\\b" \u2028' }), hold(1, 2, 1, sek(40)))
  call({ _tag: "Capture", holdId: holdId(1), amount: sek(10), rest: "keep" })
  return [
    exportHeader(tenant),
    ...blocks.flatMap((block) => exportBlock(tenant, block)),
    ...[...books.accounts.values()].map((account) => exportAccount(account, account.counters)),
    exportHead(books.head, books.accounts.size)
  ]
}

/** Runs the verifier on several files at once, each a process. */
const verdicts = async (texts: ReadonlyArray<string>): Promise<ReadonlyArray<number | null>> => {
  const folder = mkdtempSync(join(tmpdir(), "saldo-export-"))
  try {
    return await Promise.all(
      texts.map(
        (text, index) =>
          new Promise<number | null>((resolve, reject) => {
            const file = join(folder, `${index}.jsonl`)
            writeFileSync(file, text)
            spawn(process.execPath, [verifier, file], { stdio: "ignore" }).on("exit", resolve).on("error", reject)
          })
      )
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const lineOf = (lines: ReadonlyArray<string>, type: string, which = 0): Record<string, unknown> => {
  const found = lines.map((text): Record<string, unknown> => JSON.parse(text)).filter((line) => line["type"] === type)
  const line = found[which]
  if (line === undefined) throw new RangeError(`there is no ${type} ${which}`)
  return line
}

describe("an export", () => {
  it("has a header, the entries of each block before its hash, the accounts and the head", () => {
    const lines = exported()
    expect(lines.map((text) => JSON.parse(text).type)).toEqual([
      "saldo-ledger-export",
      "entry",
      "entry",
      "block",
      "entry",
      "block",
      "account",
      "account",
      "head"
    ])
    expect(lines.every((text) => !text.includes("\n"))).toBe(true)
    expect(lineOf(lines, "saldo-ledger-export")).toMatchObject({ version: 1, tenant })
    expect(lineOf(lines, "entry", 2)).toMatchObject({ sequence: 3, bookedAtMicros: 1_773_144_000_000_002 })
    expect(JSON.parse(String(lineOf(lines, "entry")["content"])).description).toBe('Insättning 💸 "a\\b" \u2028')
    expect(lineOf(lines, "block", 1)).toMatchObject({ entries: 1, hash: lineOf(lines, "head")["hash"] })
    expect(lineOf(lines, "account", 1)).toMatchObject({
      accountType: "liability",
      currency: "SEK",
      debitsPosted: "10",
      creditsPosted: "100",
      debitsPending: "30",
      creditsPending: "0"
    })
    expect(lineOf(lines, "head")).toMatchObject({ tenant, sequence: 3, accounts: 2 })
  })

  it("is whole for the verifier, with either line ends, and also when nothing was booked", async () => {
    const empty = new PlainBooks()
    const nothing = [exportHeader(tenant), exportHead(empty.head, 0)].join("\n")
    const lines = exported()
    expect(await verdicts([lines.join("\n"), `${lines.join("\r\n")}\r\n`, nothing])).toEqual([0, 0, 0])
  })

  it("is found out wherever a character of an entry, a block or the head is another", async () => {
    const lines = exported()
    const text = lines.join("\n")
    const below = randomBelow(1)
    // Codes and types of accounts are the chart, not the journal: the chain says nothing about them.
    const chart = [lines.slice(0, 6).join("\n").length, lines.slice(0, 8).join("\n").length] as const
    const tampered: Array<string> = []
    while (tampered.length < 80) {
      const at = lines[0] === undefined ? 0 : lines[0].length + 1 + below(text.length - lines[0].length - 1)
      const character = '0123456789abc"{},:'.charAt(below(18))
      const isChart = at >= chart[0] && at <= chart[1]
      if (!isChart && text[at] !== character) tampered.push(text.slice(0, at) + character + text.slice(at + 1))
    }
    const found: Array<number | null> = []
    for (let start = 0; start < tampered.length; start += 8)
      found.push(...(await verdicts(tampered.slice(start, start + 8))))
    expect(tampered.filter((_, index) => found[index] !== 1)).toEqual([])
  })

  it("is found out when its numbers are of another kind, or an account comes twice", async () => {
    const lines = exported()
    const put = (type: string, change: object, which = 0) =>
      lines.map((line) =>
        line === JSON.stringify(lineOf(lines, type, which)) ? JSON.stringify({ ...JSON.parse(line), ...change }) : line
      )
    const entry = lineOf(lines, "entry")
    const account = lineOf(lines, "account")
    const empty = { ...account, debitsPosted: "0", creditsPosted: "0", debitsPending: "0", creditsPending: "0" }
    const given = [
      put("entry", { content: "null" }),
      put("entry", { content: "7" }),
      put("entry", { content: JSON.parse(String(entry["content"])) }),
      put("entry", { sequence: "1" }),
      put("entry", { bookedAtMicros: 1.5 }),
      put("block", { entries: "2" }),
      put("block", { hash: null }),
      put("account", { debitsPosted: 100 }),
      put("account", { debitsPosted: "1e2" }),
      put("account", { currency: "EUR" }),
      put("head", { tenant: "another" }),
      put("saldo-ledger-export", { version: 2 }),
      [...lines.slice(0, 1), "null", ...lines.slice(1)],
      [...lines.slice(0, 1), "", ...lines.slice(1)],
      [
        ...put("head", { accounts: 3 }).slice(0, -1),
        JSON.stringify(empty),
        JSON.stringify({ ...lineOf(lines, "head"), accounts: 3 })
      ],
      []
    ]
    const found = await verdicts(given.map((one) => one.join("\n")))
    expect(found).toEqual(given.map(() => 1))
  })
})
