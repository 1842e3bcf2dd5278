#!/usr/bin/env node
// Verifies an export of a Saldo ledger (`saldo ledger export`) with nothing but Node: order, completeness, every hash and
// every balance. Usage: node verify-journal.mjs export.jsonl [hash]
// With a hash that was kept elsewhere, the chain must come past it: a rewritten journal cannot.
// Writes one line and exits with 0 when the journal is whole; otherwise with 1, and 2 when there is no file to read.
import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"

const [file, kept] = process.argv.slice(2)

class Broken extends Error {}

let line = 0
const broken = (what) => {
  throw new Broken(`line ${line}: ${what}`)
}
const must = (holds, what) => {
  if (!holds) broken(what)
}

const parse = (text) => {
  try {
    return JSON.parse(text)
  } catch {
    return broken("this is no JSON")
  }
}

const digestOfText = (text) => createHash("sha256").update(text, "utf8").digest()
const int64 = (number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(number))
  return bytes
}

const integer = (text, what) => {
  must(typeof text === "string" && /^-?\d+$/.test(text), `${what} is no whole number as text`)
  return BigInt(text)
}

let tenant
let ended = false
let sequence = 0
let micros = -1
let hash = Buffer.alloc(32)
let block = []
let blocks = 0
const accounts = new Set()
let passed = kept === undefined || kept === "0".repeat(64)
const reversed = new Set()
const sums = new Map()
const totals = new Map()

const readEntry = (record) => {
  must(record.sequence === sequence + 1, `entry ${sequence + 1} was expected, and ${record.sequence} came`)
  must(
    Number.isSafeInteger(record.bookedAtMicros) && record.bookedAtMicros > micros,
    "it is not booked after the entry before it"
  )
  must(typeof record.content === "string", "an entry has no content")
  const content = parse(record.content)
  must(content.tenant === tenant, `the entry is of another tenant, ${content.tenant}`)
  must(Array.isArray(content.lines) && content.lines.length >= 2, "an entry has fewer than two lines")
  const balance = new Map()
  for (const { accountId, currency, pending, posted, side } of content.lines) {
    must(side === "debit" || side === "credit", `the side ${side} is none`)
    const amounts = [integer(posted, "a posted amount"), integer(pending, "a pending amount")]
    must(amounts[0] >= 0n, "a posted amount is negative")
    const sign = side === "debit" ? 1n : -1n
    const before = balance.get(currency) ?? [0n, 0n]
    balance.set(
      currency,
      before.map((sum, index) => sum + sign * amounts[index])
    )
    const own = sums.get(accountId) ?? { currency, debit: [0n, 0n], credit: [0n, 0n] }
    must(own.currency === currency, `the account ${accountId} has two currencies`)
    sums.set(accountId, { ...own, [side]: own[side].map((sum, index) => sum + amounts[index]) })
  }
  for (const [currency, [posted, pending]] of balance) {
    must(posted === 0n && pending === 0n, `debits and credits in ${currency} differ`)
  }
  if (content.reverses !== null) {
    must(!reversed.has(content.reverses), `${content.reverses} is taken back twice`)
    reversed.add(content.reverses)
  }
  sequence = record.sequence
  micros = record.bookedAtMicros
  block.push({ sequence, micros, digest: digestOfText(record.content) })
}

const readBlock = (record) => {
  must(
    block.length > 0 && record.entries === block.length,
    `the block says ${record.entries} entries, and has ${block.length}`
  )
  const [first] = block
  const parts = [
    hash,
    int64(first.sequence),
    int64(block.length),
    int64(first.micros),
    ...block.map(({ digest }) => digest)
  ]
  hash = createHash("sha256").update(Buffer.concat(parts)).digest()
  must(hash.toString("hex") === record.hash, "the hash of the block is not that of its content")
  passed ||= record.hash === kept
  block = []
  blocks += 1
}

const readAccount = (record) => {
  must(block.length === 0, "an account comes in the midst of a block")
  must(!accounts.has(record.id), `the account ${record.code} comes twice`)
  const own = sums.get(record.id) ?? { currency: record.currency, debit: [0n, 0n], credit: [0n, 0n] }
  must(own.currency === record.currency, `the account ${record.code} has another currency than its lines`)
  const counters = [record.debitsPosted, record.debitsPending, record.creditsPosted, record.creditsPending]
  const wanted = [...own.debit, ...own.credit]
  must(
    counters.every((text, index) => integer(text, "a counter") === wanted[index]),
    `the counters of the account ${record.code} are not the sums of its lines`
  )
  const [debits = 0n, credits = 0n] = totals.get(record.currency) ?? []
  totals.set(record.currency, [debits + own.debit[0], credits + own.credit[0]])
  sums.delete(record.id)
  accounts.add(record.id)
}

const readHead = (record) => {
  must(block.length === 0, "the last block has no hash")
  must(record.tenant === tenant, "the head is of another tenant")
  must(record.sequence === sequence, `the head says ${record.sequence} entries, and there are ${sequence}`)
  must(record.hash === hash.toString("hex"), "the head has another hash than the last block")
  must(record.accounts === accounts.size, `the head says ${record.accounts} accounts, and there are ${accounts.size}`)
  must(sums.size === 0, `the account ${[...sums.keys()][0]} is missing`)
  for (const [currency, [debits, credits]] of totals)
    must(debits === credits, `the books do not balance in ${currency}`)
  must(passed, `the chain does not come past ${kept}`)
  ended = true
}

const readers = { entry: readEntry, block: readBlock, account: readAccount, head: readHead }

const readLine = (text) => {
  line += 1
  must(!ended, "something follows the head")
  const record = parse(text)
  if (line === 1) {
    must(record?.type === "saldo-ledger-export" && record.version === 1, "this is no export of a ledger, version 1")
    tenant = record.tenant
    return
  }
  const reader = Object.hasOwn(readers, record?.type)
    ? readers[record.type]
    : broken(`a line of the type ${record?.type} is unknown`)
  reader(record)
}

// `node:readline` ends a line at U+2028, too, which a description may hold and JSON need not escape.
async function* linesOf(chunks) {
  let rest = ""
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n")
    rest = lines.pop()
    yield* lines
  }
  if (rest !== "") yield rest
}

const usage = "Usage: saldo-verify-journal export.jsonl [hash]\n"
if (file === "--help") {
  process.stdout.write(usage)
  process.exit(0)
}
if (file === undefined) {
  process.stderr.write(usage)
  process.exit(2)
}
try {
  for await (const text of linesOf(createReadStream(file, "utf8"))) readLine(text)
  must(ended, "the export ends without a head: it is not complete")
  process.stdout.write(
    `Whole: ${sequence} entries in ${blocks} blocks, ${accounts.size} accounts, head ${hash.toString("hex")}\n`
  )
} catch (error) {
  const isMissing = !(error instanceof Broken) && error?.code !== undefined && line === 0
  process.stderr.write(isMissing ? `Cannot read ${file}: ${error.message}\n` : `Not whole: ${error.message}\n`)
  process.exitCode = isMissing ? 2 : 1
}
