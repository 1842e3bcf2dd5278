import * as fc from "fast-check"
import { fromMicros } from "saldo/ledger/BookingTime"
import { commandDifference } from "saldo/ledger/commandDifference"
import { commandText } from "saldo/ledger/commandText"
import type { LedgerCommand, Operation } from "saldo/ledger/LedgerCommand"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { describe, expect, it } from "vitest"
import { accountId, entryId, eur, holdId, key, sek, today } from "./plainBooks.ts"
import { makeProgram } from "./randomCommits.ts"

const date = LocalDate.of("2020-01-02")

const described = { valueOn: date, code: "c", description: "å 💸", metadata: { b: "2", a: "1" } }

/** Every operation with everything that it can say. */
const operations: ReadonlyArray<Operation> = [
  {
    _tag: "Post",
    entryId: entryId(1),
    postings: [
      { accountId: accountId(1), side: "debit", amount: sek(123) },
      { accountId: accountId(2), side: "credit", amount: sek(123) }
    ],
    upToAvailableOn: accountId(1),
    exchange: { rate: "11.5", base: "EUR", quote: "SEK", date, source: "ECB" },
    allowFutureValue: true,
    ...described
  },
  {
    _tag: "PlaceHold",
    holdId: holdId(1),
    debit: accountId(1),
    credit: accountId(2),
    amount: Money.of("1234", "JPY"),
    expiresAfterMs: 5,
    overCapture: Money.of("1", "JPY"),
    ...described
  },
  { _tag: "Capture", holdId: holdId(1), amount: sek(7), rest: "keep", ...described },
  { _tag: "VoidHold", holdId: holdId(1), ...described },
  { _tag: "ExpireHold", holdId: holdId(1) },
  { _tag: "Reverse", entryId: entryId(1), ...described }
]

const full: LedgerCommand = {
  key: key("k"),
  operations,
  expectedVersions: [{ accountId: accountId(1), version: 3 }],
  importedAt: fromMicros(1)
}

/** The same value with the members of every object in the opposite order. Money and the like stay as they are. */
const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== "object" || value === null || value instanceof Money.Money) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, one]) => [name, turned(one)])
  )
}

describe("the text of a command", () => {
  it("is JSON of everything but the key, with amounts as decimal text", () => {
    const [, , capture] = operations
    expect(commandText({ key: key("k"), operations: capture === undefined ? [] : [capture] })).toBe(
      `{"operations":[{"_tag":"Capture","holdId":"${holdId(1)}","amount":{"amount":"0.07","currency":"SEK"},` +
        `"rest":"keep","valueOn":"2020-01-02","code":"c","description":"å 💸","metadata":{"a":"1","b":"2"}}]}`
    )
    expect(commandText(full)).toBe(commandText({ ...full, key: key("another") }))
    expect(JSON.parse(commandText(full)).operations[1].amount).toEqual({ amount: "1234", currency: "JPY" })
  })

  it("leaves out what was left out", () => {
    const text = commandText({
      key: key("k"),
      operations: operations.map((operation): Operation => {
        switch (operation._tag) {
          case "Post":
            return { _tag: "Post", postings: operation.postings }
          case "PlaceHold": {
            const { _tag, amount, credit, debit, holdId: id } = operation
            return { _tag, holdId: id, debit, credit, amount }
          }
          case "Reverse":
            return { _tag: "Reverse", entryId: operation.entryId }
          default:
            return { _tag: operation._tag, holdId: operation.holdId }
        }
      })
    })
    const members = JSON.parse(text).operations.map((operation: object) => Object.keys(operation).length)
    expect(Object.keys(JSON.parse(text))).toEqual(["operations"])
    expect(members).toEqual([2, 5, 2, 2, 2, 2])
  })

  it("does not depend on the order in which members were written", () => {
    const reordered = turned(full)
    expect(JSON.stringify(reordered)).not.toBe(JSON.stringify(full))
    // The members are the same, so it is the same type.
    expect(commandText(reordered as LedgerCommand)).toBe(commandText(full))
  })

  it("differs with every member that differs, and the difference is named", () => {
    const text = commandText(full)
    let changed = 0
    /** Goes through all places of a value, and gives each copy with one leaf changed, with its path. */
    const variants = (value: unknown, path: string): ReadonlyArray<readonly [path: string, variant: unknown]> => {
      if (value instanceof Money.Money) return [[`${path}/amount`, Money.fromMinor(value.amount + 1n, value.currency)]]
      if (Array.isArray(value)) {
        return value.flatMap((one, index) =>
          variants(one, `${path}/${index}`).map(([at, variant]) => [at, value.with(index, variant)] as const)
        )
      }
      if (typeof value === "object" && value !== null) {
        return Object.entries(value).flatMap(([name, one]) =>
          variants(one, `${path}/${name}`).map(([at, variant]) => [at, { ...value, [name]: variant }] as const)
        )
      }
      if (typeof value === "number") return [[path, value + 1]]
      if (typeof value === "boolean") return [[path, !value]]
      return [[path, `${String(value)}x`]]
    }
    const { key: _key, ...content } = full
    for (const [path, variant] of variants(content, "")) {
      if (path.endsWith("_tag")) continue
      changed++
      // A changed leaf is of the type of the one that was there.
      const other = commandText({ key: key("k"), ...(variant as typeof content) })
      expect(other, path).not.toBe(text)
      expect(commandDifference(text, other)).toBe(path)
    }
    expect(changed).toBeGreaterThan(45)
  })

  it("differs when a member is left out or added, a posting moves, or a currency changes", () => {
    const [post, hold] = operations
    if (post?._tag !== "Post" || hold?._tag !== "PlaceHold") throw new TypeError("the operations are in another order")
    const one = (operation: Operation) => commandText({ key: key("k"), operations: [operation] })
    const { overCapture: _over, ...plain } = hold
    expect(commandDifference(one(hold), one(plain))).toBe("/operations/0/overCapture/amount")
    expect(commandDifference(one(plain), one(hold))).toBe("/operations/0/overCapture/amount")
    const exchanged = { ...post, postings: post.postings.toReversed() }
    expect(commandDifference(one(post), one(exchanged))).toBe("/operations/0/postings/0/accountId")
    expect(commandDifference(one(hold), one({ ...hold, amount: eur(123400) }))).toBe("/operations/0/amount/amount")
    expect(commandDifference(one(hold), one({ ...hold, amount: Money.of("1234", "KRW") }))).toBe(
      "/operations/0/amount/currency"
    )
    expect(commandDifference("damaged", one(hold))).toBe("")
    expect(commandDifference(one(hold), one(hold))).toBe("")
  })

  it("is the same for equal commands alone", () => {
    const calls = (seed: number) => {
      const program = makeProgram(seed, 5)
      return [program(), program()].flatMap(({ commands }) => commands)
    }
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const seen = new Map<string, string>()
        for (const [index, command] of calls(seed).entries()) {
          const text = commandText(command)
          expect(commandText(calls(seed)[index] ?? command)).toBe(text)
          const content = JSON.stringify({ ...command, key: "" })
          expect(seen.get(text) ?? content).toBe(content)
          seen.set(text, content)
        }
      })
    )
  })
})

describe("today", () => {
  it("is no part of a command that names no value date, so that it may be repeated tomorrow", () => {
    const post = { _tag: "Post", postings: [] } as const
    expect(commandText({ key: key("k"), operations: [post] })).not.toContain(today)
  })
})
