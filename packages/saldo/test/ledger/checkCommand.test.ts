import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { fromMicros } from "saldo/ledger/BookingTime"
import { checkCommand } from "saldo/ledger/checkCommand"
import { LedgerCommand, longestHoldMs, type Operation, type Post } from "saldo/ledger/LedgerCommand"
import type * as Money from "saldo/money/Money"
import { describe, expect, it } from "vitest"
import { accountId, entryId, eur, hold, holdId, key, sek, today, transfer } from "./plainBooks.ts"

const command = (operations: ReadonlyArray<Operation>, more: Partial<LedgerCommand> = {}): LedgerCommand => ({
  key: key("k"),
  operations,
  ...more
})

const verdict = (one: LedgerCommand): string =>
  Result.match(checkCommand(one), { onSuccess: () => "valid", onFailure: ({ path, problem }) => `${path} ${problem}` })

const of = (...operations: ReadonlyArray<Operation>) => verdict(command(operations))

const posting = (number: number, side: "debit" | "credit", amount: Money.Money) => ({
  accountId: accountId(number),
  side,
  amount
})

const rate = { rate: "11.25", base: "EUR", quote: "SEK", date: today, source: "ECB" }

const exchanged = (exchange: Post["exchange"]): Post => ({
  _tag: "Post",
  postings: [
    posting(1, "debit", sek(1125)),
    posting(2, "credit", sek(1125)),
    posting(3, "debit", eur(100)),
    posting(4, "credit", eur(100))
  ],
  ...(exchange === undefined ? {} : { exchange })
})

const largest = 2n ** 63n - 1n
const capture = (more: object = {}) => ({ _tag: "Capture", holdId: holdId(1), ...more }) as const

describe("a command is valid", () => {
  const valid: ReadonlyArray<readonly [what: string, operation: Operation]> = [
    ["a transfer", transfer(1, 2, sek(1))],
    ["the largest amount", transfer(1, 2, sek(largest))],
    ["an exchange", exchanged(rate)],
    ["a balancing transfer", transfer(1, 2, sek(1), { upToAvailableOn: accountId(2) })],
    ["a hold", hold(1, 1, 2, sek(1))],
    ["the longest hold", hold(1, 1, 2, sek(1), { expiresAfterMs: longestHoldMs, overCapture: sek(0) })],
    ["a capture of what remains", capture()],
    ["a capture of a part", capture({ amount: sek(1), rest: "keep" })],
    ["a void", { _tag: "VoidHold", holdId: holdId(1), code: "cancelled" }],
    ["an expiry", { _tag: "ExpireHold", holdId: holdId(1) }],
    ["a reversal", { _tag: "Reverse", entryId: entryId(1), description: "booked by mistake 💸" }],
    ["as much text as there may be", transfer(1, 2, sek(1), { code: "c".repeat(100), description: "d".repeat(500) })],
    [
      "as many facts as there may be",
      transfer(1, 2, sek(1), {
        metadata: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`n${index}`, index === 0 ? "" : "v"]))
      })
    ]
  ]
  for (const [what, operation] of valid) {
    it(`with ${what}`, () => {
      expect(of(operation)).toBe("valid")
      expect(Schema.is(LedgerCommand)(command([operation]))).toBe(true)
    })
  }

  it("with a thousand operations", () => {
    expect(of(...Array.from({ length: 1000 }, () => transfer(1, 2, sek(1))))).toBe("valid")
  })
})

describe("a command is invalid", () => {
  const invalid: ReadonlyArray<readonly [what: string, operations: ReadonlyArray<Operation>, said: string]> = [
    ["without operations", [], "/operations expected 1 to 1000 operations, not 0"],
    [
      "with too many",
      Array.from({ length: 1001 }, () => transfer(1, 2, sek(1))),
      "/operations expected 1 to 1000 operations, not 1001"
    ],
    [
      "with a single posting",
      [{ _tag: "Post", postings: [posting(1, "debit", sek(1))] }],
      "/operations/0/postings expected 2 to 1000 postings, not 1"
    ],
    [
      "with an amount of zero",
      [transfer(1, 2, sek(1)), transfer(1, 2, sek(0))],
      "/operations/1/postings/0/amount expected an amount above zero"
    ],
    [
      "with a negative amount",
      [transfer(1, 2, sek(-1))],
      "/operations/0/postings/0/amount expected an amount above zero"
    ],
    [
      "with an amount that does not fit",
      [transfer(1, 2, sek(largest + 1n))],
      "/operations/0/postings/0/amount expected an amount that fits 64 bits"
    ],
    [
      "with an account on both sides",
      [transfer(1, 1, sek(1))],
      "/operations/0/postings/1/accountId expected an account once in an entry"
    ],
    [
      "with more debits",
      [{ _tag: "Post", postings: [posting(1, "debit", sek(1150)), posting(2, "credit", sek(1000))] }],
      "/operations/0/postings expected debits and credits in SEK to be equal; the debits are 1.50 more"
    ],
    [
      "with more credits in one of its currencies",
      [
        {
          ...exchanged(rate),
          postings: [...exchanged(rate).postings.slice(0, 3), posting(4, "credit", eur(101))]
        }
      ],
      "/operations/0/postings expected debits and credits in EUR to be equal; the credits are 0.01 more"
    ],
    [
      "when two currencies balance only together",
      [{ _tag: "Post", postings: [posting(1, "debit", sek(100)), posting(2, "credit", eur(100))], exchange: rate }],
      "/operations/0/postings expected debits and credits in SEK to be equal; the debits are 1.00 more"
    ],
    [
      "without the rate of an exchange",
      [exchanged(undefined)],
      "/operations/0/exchange expected the rate of an entry in several currencies, with its date and source"
    ],
    [
      "with a rate for one currency",
      [transfer(1, 2, sek(1), { exchange: rate })],
      "/operations/0/exchange expected no rate for an entry in one currency"
    ],
    [
      "with a rate of zero",
      [exchanged({ ...rate, rate: "0.000" })],
      "/operations/0/exchange/rate expected a decimal number above zero"
    ],
    [
      "with a rate that is no number",
      [exchanged({ ...rate, rate: "1e3" })],
      "/operations/0/exchange/rate expected a decimal number above zero"
    ],
    [
      "with a rate of a currency to itself",
      [exchanged({ ...rate, quote: "EUR" })],
      "/operations/0/exchange/quote expected another currency than the base"
    ],
    [
      "with a rate of a third currency",
      [exchanged({ ...rate, quote: "USD" })],
      "/operations/0/exchange/quote expected a currency of the postings"
    ],
    [
      "with a rate of no source",
      [exchanged({ ...rate, source: "" })],
      "/operations/0/exchange/source expected 1 to 100 characters, not 0"
    ],
    [
      "with a balancing entry of many postings",
      [{ ...exchanged(rate), upToAvailableOn: accountId(1) }],
      "/operations/0/upToAvailableOn expected an entry of two postings, of which it lowers the amount"
    ],
    [
      "balancing on an account of another entry",
      [transfer(1, 2, sek(1), { upToAvailableOn: accountId(3) })],
      "/operations/0/upToAvailableOn expected one of the entry's two accounts"
    ],
    [
      "with a hold from an account to itself",
      [hold(1, 1, 1, sek(1))],
      "/operations/0/credit expected another account than the debited one"
    ],
    ["with a hold of nothing", [hold(1, 1, 2, sek(0))], "/operations/0/amount expected an amount above zero"],
    [
      "with an over-capture in another currency",
      [hold(1, 1, 2, sek(1), { overCapture: eur(1) })],
      "/operations/0/overCapture expected SEK"
    ],
    [
      "with a negative over-capture",
      [hold(1, 1, 2, sek(1), { overCapture: sek(-1) })],
      "/operations/0/overCapture expected zero or more"
    ],
    ...[0, -1, 1.5, Number.NaN, Infinity, longestHoldMs + 1].map(
      (expiresAfterMs) =>
        [
          `with a hold for ${expiresAfterMs} milliseconds`,
          [hold(1, 1, 2, sek(1), { expiresAfterMs })],
          `/operations/0/expiresAfterMs expected whole milliseconds from 1 to ${longestHoldMs}`
        ] as const
    ),
    ["with a capture of nothing", [capture({ amount: sek(0) })], "/operations/0/amount expected an amount above zero"],
    [
      "with a description that no database keeps",
      [transfer(1, 2, sek(1), { description: "a\0b" })],
      "/operations/0/description expected text without NUL and without halves of characters"
    ],
    [
      "with half a character in its code",
      [{ _tag: "VoidHold", holdId: holdId(1), code: "\ud83d" }],
      "/operations/0/code expected text without NUL and without halves of characters"
    ],
    [
      "with an empty description",
      [capture({ description: "" })],
      "/operations/0/description expected 1 to 500 characters, not 0"
    ],
    [
      "with too long a description",
      [{ _tag: "Reverse", entryId: entryId(1), description: "d".repeat(501) }],
      "/operations/0/description expected 1 to 500 characters, not 501"
    ],
    [
      "with half a character among its facts",
      [hold(1, 1, 2, sek(1), { metadata: { order: "\udcb8" } })],
      "/operations/0/metadata/order expected text without NUL and without halves of characters"
    ],
    [
      "with a fact without a proper name",
      [transfer(1, 2, sek(1), { metadata: { "1": "one" } })],
      "/operations/0/metadata expected names of up to 64 letters, digits and . _ -, beginning with a letter"
    ],
    [
      "with too many facts",
      [transfer(1, 2, sek(1), { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`n${i}`, ""])) })],
      "/operations/0/metadata expected at most 50 names, not 51"
    ]
  ]
  for (const [what, operations, said] of invalid) {
    it(what, () => expect(of(...operations)).toBe(said))
  }

  it("when it expects two versions of an account", () => {
    const versions = [1, 2].map((version) => ({ accountId: accountId(1), version }))
    expect(verdict(command([transfer(1, 2, sek(1))], { expectedVersions: versions }))).toBe(
      "/expectedVersions expected one version of an account"
    )
  })

  it("when it imports what has no date, or an expiry, which is the ledger's own", () => {
    const importedAt = fromMicros(1)
    expect(verdict(command([transfer(1, 2, sek(1))], { importedAt }))).toBe(
      "/operations/0/valueOn expected imported history to say its dates"
    )
    expect(verdict(command([{ _tag: "ExpireHold", holdId: holdId(1) }], { importedAt }))).toBe(
      "/operations/0 expected imported history to void a hold that ran out"
    )
    expect(verdict(command([transfer(1, 2, sek(1), { valueOn: today })], { importedAt }))).toBe("valid")
  })

  it("in its message, with the place and what would be right", () => {
    const failure = Result.getOrThrow(Result.flip(checkCommand(command([transfer(1, 1, sek(1))]))))
    expect(failure.message).toBe(
      "The command is invalid at /operations/0/postings/1/accountId: expected an account once in an entry"
    )
  })
})

describe("what is checked by hand", () => {
  // Schemas guard the edges and this check the heart; both must say the same of text.
  it("is what the schema says of text", () => {
    const text = fc.oneof(
      fc.string({ maxLength: 12, unit: "binary" }),
      fc.string({ maxLength: 12 }),
      fc.array(fc.constantFrom("a", "\0", "\ud83d", "\udcb8", "💸", "å"), { maxLength: 6 }).map((all) => all.join(""))
    )
    const is = Schema.is(LedgerCommand)
    fc.assert(
      fc.property(text, text, text, text, (code, description, name, value) => {
        const one = command([transfer(1, 2, sek(1), { code, description, metadata: { [name]: value } })])
        expect(verdict(one) === "valid").toBe(is(one))
      }),
      { numRuns: 2000 }
    )
  })

  it("is what the schema says of rates and times", () => {
    const is = Schema.is(LedgerCommand)
    const digits = fc.stringMatching(/^[0-9.]{1,8}$/u)
    fc.assert(
      fc.property(digits, fc.oneof(fc.integer(), fc.double(), fc.maxSafeInteger()), (text, expiresAfterMs) => {
        const exchange = command([exchanged({ ...rate, rate: text })])
        expect(verdict(exchange) === "valid").toBe(is(exchange))
        const held = command([hold(1, 1, 2, sek(1), { expiresAfterMs })])
        expect(verdict(held) === "valid").toBe(is(held))
      }),
      { numRuns: 2000 }
    )
  })

  it("accepts any split that balances, and none that is off by one", () => {
    const amounts = fc.array(fc.bigInt({ min: 1n, max: 10n ** 15n }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(amounts, fc.nat(), fc.constantFrom(1n, -1n), (list, at, off) => {
        const total = list.reduce((a, b) => a + b, 0n)
        const debits = list.map((amount, index) => posting(index + 1, "debit", sek(amount)))
        expect(of({ _tag: "Post", postings: [...debits, posting(0, "credit", sek(total))] })).toBe("valid")
        const wrong = debits.map((one, index) =>
          index === at % debits.length ? { ...one, amount: sek(one.amount.amount + off) } : one
        )
        expect(of({ _tag: "Post", postings: [...wrong, posting(0, "credit", sek(total))] })).not.toBe("valid")
      })
    )
  })
})
