import * as fc from "fast-check"
import type { Post } from "saldo/ledger/LedgerCommand"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { describe, expect, it } from "vitest"
import { accountId, entryId, eur, hold, holdId, PlainBooks, sek, today, transfer } from "./plainBooks.ts"

const minimum = (amount: bigint) => ({ bounds: { minimum: amount, maximum: null } })
const maximum = (amount: bigint) => ({ bounds: { minimum: null, maximum: amount } })

/** 1 is cash, an asset; 2 and 3 are customers who may not be overdrawn. */
const bank = () =>
  new PlainBooks().open(1, { type: "asset" }).open(2, minimum(0n)).open(3, minimum(0n)).open(4, { currency: "EUR" })

const largest = 2n ** 63n - 1n

describe("an entry", () => {
  it("is booked as it was told, and counted on its accounts", () => {
    const books = bank()
    const described = { code: "deposit", description: "Insättning", metadata: { order: "7" } }
    expect(books.commit(transfer(1, 2, sek(100), { ...described, entryId: entryId(900) }))).toBe("ok")
    expect(books.entries.get(entryId(900))).toMatchObject({
      kind: "posted",
      valueOn: today,
      sequence: 1,
      bookedAt: "2026-03-10T12:00:00.000000Z",
      holdId: null,
      reverses: null,
      exchange: null,
      ...described
    })
    expect([books.counters(1), books.counters(2)]).toEqual([
      [100, 0, 0, 0],
      [0, 100, 0, 0]
    ])
    expect([books.account(1).version, books.account(2).version, books.account(3).version]).toEqual([2, 2, 1])
  })

  it("has an id of its own", () => {
    const books = bank()
    books.commit(transfer(1, 2, sek(1), { entryId: entryId(900) }))
    expect(books.commit(transfer(1, 2, sek(1), { entryId: entryId(900) }))).toMatchObject({
      _tag: "EntryIdTaken",
      entryId: entryId(900)
    })
    const twice = transfer(1, 2, sek(1), { entryId: entryId(901) })
    expect(books.commit(twice, twice)).toMatchObject({ _tag: "EntryIdTaken" })
    // The command with the first of the two was refused as a whole, so the id is free again.
    expect(books.commit(twice)).toBe("ok")
  })

  it("is refused for the first of its reasons", () => {
    const later = { valueOn: LocalDate.addDays(today, 1) }
    const reasons: ReadonlyArray<readonly [given: (books: PlainBooks) => void, post: Post, refusal: object]> = [
      [() => undefined, transfer(1, 9, sek(1)), { _tag: "AccountNotFound", accountId: accountId(9) }],
      [
        () => undefined,
        transfer(4, 9, sek(1)),
        { _tag: "WrongCurrency", accountId: accountId(4), expected: "EUR", given: "SEK" }
      ],
      [
        (books) => books.change(2, { closed: true, frozen: true }),
        transfer(1, 2, sek(1)),
        { _tag: "AccountUnavailable", accountId: accountId(2), reason: "closed" }
      ],
      [
        (books) => books.change(2, { frozen: true, creditsBlocked: true }),
        transfer(1, 2, sek(1)),
        { _tag: "AccountUnavailable", reason: "frozen" }
      ],
      [
        (books) => books.change(2, { creditsBlocked: true }),
        transfer(1, 2, sek(1), later),
        { _tag: "AccountUnavailable", reason: "credits-blocked" }
      ],
      [
        (books) => books.change(2, { debitsBlocked: true }),
        transfer(2, 1, sek(1), later),
        { _tag: "AccountUnavailable", reason: "debits-blocked" }
      ],
      [() => undefined, transfer(2, 3, sek(1), later), { _tag: "ValueDateInFuture", valueOn: later.valueOn, today }],
      [
        () => undefined,
        transfer(2, 3, sek(1)),
        { _tag: "InsufficientFunds", accountId: accountId(2), available: sek(0), requested: sek(1) }
      ]
    ]
    for (const [given, post, refusal] of reasons) {
      const books = bank()
      given(books)
      const before = books.text()
      expect(books.commit(post)).toMatchObject(refusal)
      expect(books.text()).toBe(before)
    }
  })

  it("passes an account that is blocked on the other side only", () => {
    const books = bank()
    books.change(2, { debitsBlocked: true })
    books.change(1, { creditsBlocked: true })
    expect(books.commit(transfer(1, 2, sek(1)))).toBe("ok")
  })

  it("may have a value date in the past, and one in the future when that is meant", () => {
    const books = bank()
    const past = LocalDate.of("1999-12-31")
    const future = LocalDate.addDays(today, 30)
    expect(books.commit(transfer(1, 2, sek(1), { valueOn: past }))).toBe("ok")
    expect(books.commit(transfer(1, 2, sek(1), { valueOn: future, allowFutureValue: true }))).toBe("ok")
    expect([...books.entries.values()].map(({ valueOn }) => valueOn)).toEqual([past, future])
  })

  it("never grows a counter past 64 bits", () => {
    const books = new PlainBooks().open(1).open(2).open(3)
    expect(books.commit(transfer(1, 2, sek(largest)))).toBe("ok")
    expect(books.commit(transfer(1, 3, sek(1)))).toMatchObject({ _tag: "LedgerOverflow", accountId: accountId(1) })
    expect(books.commit(transfer(3, 2, sek(1)))).toMatchObject({ _tag: "LedgerOverflow", accountId: accountId(2) })
    expect(books.commit(transfer(3, 1, sek(largest)))).toBe("ok")
    expect(books.commit(hold(1, 2, 1, sek(largest)))).toBe("ok")
    expect(books.commit(hold(2, 2, 1, sek(1)))).toMatchObject({ _tag: "LedgerOverflow", accountId: accountId(2) })
  })
})

describe("an entry in several currencies", () => {
  const exchange = { rate: "11", base: "EUR", quote: "SEK", date: today, source: "ECB" }
  const post = (meetingSek: number, meetingEur: number): Post => ({
    _tag: "Post",
    postings: [
      { accountId: accountId(2), side: "debit", amount: sek(1100) },
      { accountId: accountId(meetingSek), side: "credit", amount: sek(1100) },
      { accountId: accountId(meetingEur), side: "debit", amount: eur(100) },
      { accountId: accountId(4), side: "credit", amount: eur(100) }
    ],
    exchange
  })

  const market = () => {
    const books = bank()
      .open(5, { type: "asset", role: "liquidity" })
      .open(6, { type: "asset", role: "liquidity", currency: "EUR" })
      .open(7, { type: "asset", currency: "EUR" })
    books.commit(transfer(1, 2, sek(1100)))
    return books
  }

  it("passes a liquidity account in each, and keeps its rate", () => {
    const books = market()
    expect(books.commit(post(5, 6))).toBe("ok")
    expect([...books.entries.values()].at(-1)?.exchange).toEqual(exchange)
    expect(books.counters(5)).toEqual([0, 1100, 0, 0])
    expect(books.counters(6)).toEqual([100, 0, 0, 0])
  })

  it("is refused when a currency has none", () => {
    expect(market().commit(post(3, 6))).toMatchObject({ _tag: "LiquidityAccountMissing", currency: "SEK" })
    expect(market().commit(post(5, 7))).toMatchObject({ _tag: "LiquidityAccountMissing", currency: "EUR" })
  })

  it("is taken back with its rate", () => {
    const books = market()
    books.commit(post(5, 6))
    const [, { id } = { id: entryId(0) }] = books.entries.values()
    expect(books.commit({ _tag: "Reverse", entryId: id })).toBe("ok")
    expect([...books.entries.values()].at(-1)).toMatchObject({ reverses: id, exchange })
    expect(books.counters(6)).toEqual([100, 100, 0, 0])
  })
})

describe("a balancing entry", () => {
  const upTo = (debit: number, credit: number, amount: number, on: number) =>
    transfer(debit, credit, sek(amount), { upToAvailableOn: accountId(on) })
  const moved = (books: PlainBooks) => Number([...books.entries.values()].at(-1)?.lines[0]?.posted.amount)

  it("moves what is available, and no more than it says", () => {
    const books = bank()
    books.commit(transfer(1, 2, sek(80)))
    expect(books.commit(upTo(2, 3, 50, 2))).toBe("ok")
    expect(moved(books)).toBe(50)
    expect(books.commit(upTo(2, 3, 50, 2))).toBe("ok")
    expect(moved(books)).toBe(30)
    expect(books.commit(upTo(2, 3, 50, 2))).toMatchObject({ _tag: "NothingAvailable", accountId: accountId(2) })
  })

  it("counts what is held and what is announced, and the overdraft", () => {
    const books = bank().open(8, minimum(-25n)).open(9, maximum(60n))
    books.commit(transfer(1, 8, sek(100)))
    books.commit(hold(1, 8, 3, sek(40)))
    books.commit(hold(2, 1, 9, sek(10)))
    expect(books.commit(upTo(8, 9, 1000, 8))).toBe("ok")
    // 85 are available, and there is room for 50.
    expect(moved(books)).toBe(50)
    expect(books.commit(upTo(8, 3, 1000, 8))).toBe("ok")
    expect(moved(books)).toBe(35)
  })

  it("counts what came before it in its command and in its batch", () => {
    const books = bank()
    expect(books.commit(transfer(1, 2, sek(30)), upTo(2, 3, 1000, 2))).toBe("ok")
    expect(moved(books)).toBe(30)
    books.decide([books.command([transfer(1, 2, sek(7))]), books.command([upTo(2, 3, 1000, 2)])])
    expect(moved(books)).toBe(7)
  })

  it("moves all of it where no bound is", () => {
    const books = bank()
    expect(books.commit(upTo(1, 2, 70, 1))).toBe("ok")
    expect(moved(books)).toBe(70)
  })

  it("moves nothing out of an account that is below its minimum", () => {
    const books = bank().open(8)
    books.commit(transfer(8, 3, sek(10)))
    books.change(8, minimum(0n))
    expect(books.commit(upTo(8, 3, 1, 8))).toMatchObject({ _tag: "NothingAvailable" })
  })

  it("is never refused for a bound: it moves just as much as the bounds allow", () => {
    const amount = fc.bigInt({ min: 1n, max: 1000n })
    const bound = fc.option(fc.bigInt({ min: -500n, max: 500n }))
    fc.assert(
      fc.property(amount, amount, amount, bound, bound, (filled, held, asked, low, high) => {
        const books = new PlainBooks().open(1).open(2).open(3)
        books.commit(transfer(1, 2, sek(filled)), hold(1, 2, 1, sek(held)), hold(2, 1, 3, sek(held)))
        books.change(2, { bounds: { minimum: low, maximum: null } })
        books.change(3, { bounds: { minimum: null, maximum: high } })
        const limits = [asked, ...(low === null ? [] : [filled - held - low]), ...(high === null ? [] : [high - held])]
        const expected = limits.reduce((a, b) => (b < a ? b : a))
        const outcome = books.commit(upTo(2, 3, Number(asked), 2))
        if (expected <= 0n) expect(outcome).toMatchObject({ _tag: "NothingAvailable" })
        else expect([outcome, moved(books)]).toEqual(["ok", Number(expected)])
      })
    )
  })
})

describe("a reversal", () => {
  const booked = () => {
    const books = bank()
    books.commit(transfer(1, 2, sek(100), { entryId: entryId(900), code: "deposit" }))
    return books
  }

  it("takes an entry back by one with the sides exchanged, linked to it", () => {
    const books = booked()
    expect(books.commit({ _tag: "Reverse", entryId: entryId(900), description: "by mistake" })).toBe("ok")
    const reversal = [...books.entries.values()].at(-1)
    expect(reversal).toMatchObject({
      kind: "posted",
      reverses: entryId(900),
      code: null,
      description: "by mistake",
      holdId: null
    })
    expect(reversal?.lines.map(({ accountId: id, pending, posted, side }) => [id, side, posted, pending])).toEqual([
      [accountId(1), "credit", sek(100), sek(0)],
      [accountId(2), "debit", sek(100), sek(0)]
    ])
    expect(books.counters(2)).toEqual([100, 100, 0, 0])
  })

  it("happens once, also within a command and a batch", () => {
    const back = { _tag: "Reverse", entryId: entryId(900) } as const
    const books = booked()
    expect(books.commit(back, back)).toMatchObject({ _tag: "AlreadyReversed", entryId: entryId(900) })
    const decided = books.decide([books.command([back]), books.command([back])])
    expect(decided.map(({ outcome }) => outcome._tag)).toEqual(["Success", "Failure"])
    const reversedBy = books.reversals.get(entryId(900))
    expect(books.commit(back)).toMatchObject({ _tag: "AlreadyReversed", reversedBy })
  })

  it("is not taken back itself", () => {
    const books = booked()
    books.commit({ _tag: "Reverse", entryId: entryId(900) })
    const id = books.reversals.get(entryId(900)) ?? entryId(0)
    const refusal = books.commit({ _tag: "Reverse", entryId: id })
    expect(refusal).toMatchObject({ _tag: "EntryNotReversible", kind: "reversal" })
    expect(refusal).toHaveProperty(
      "message",
      `The journal entry ${id} takes another one back itself; book a new entry instead`
    )
  })

  it("is of entries that moved money", () => {
    const books = booked()
    books.commit(hold(1, 2, 3, sek(10)))
    books.commit({ _tag: "VoidHold", holdId: holdId(1) })
    for (const { id, kind } of [...books.entries.values()].slice(1)) {
      expect(books.commit({ _tag: "Reverse", entryId: id })).toMatchObject({ _tag: "EntryNotReversible", kind })
    }
    expect(books.commit({ _tag: "Reverse", entryId: entryId(77) })).toMatchObject({ _tag: "EntryNotFound" })
  })

  it("of a capture moves the money back, and does not hold it again", () => {
    const books = booked()
    books.commit(hold(1, 2, 3, sek(40)))
    books.commit({ _tag: "Capture", holdId: holdId(1), amount: sek(25), rest: "keep" })
    const id = [...books.entries.values()].at(-1)?.id ?? entryId(0)
    expect(books.commit({ _tag: "Reverse", entryId: id })).toBe("ok")
    expect(books.counters(2)).toEqual([25, 125, 15, 0])
    expect(books.hold(1)).toMatchObject({ state: "held", captured: sek(25), remaining: sek(15) })
  })

  it("is refused by bounds and settings as any entry is", () => {
    const back = { _tag: "Reverse", entryId: entryId(900) } as const
    const spent = booked()
    spent.commit(transfer(2, 3, sek(1)))
    expect(spent.commit(back)).toMatchObject({ _tag: "InsufficientFunds", available: sek(99), requested: sek(100) })
    const frozen = booked()
    frozen.change(2, { frozen: true })
    expect(frozen.commit(back)).toMatchObject({ _tag: "AccountUnavailable", reason: "frozen" })
    const blocked = booked()
    blocked.change(2, { debitsBlocked: true })
    expect(blocked.commit(back)).toMatchObject({ _tag: "AccountUnavailable", reason: "debits-blocked" })
    const late = booked()
    expect(late.commit({ ...back, valueOn: LocalDate.addDays(today, 1) })).toMatchObject({ _tag: "ValueDateInFuture" })
  })

  it("finds an entry of the same command", () => {
    const books = booked()
    const post = transfer(1, 3, sek(5), { entryId: entryId(901) })
    expect(books.commit(post, { _tag: "Reverse", entryId: entryId(901) })).toBe("ok")
    expect(books.counters(3)).toEqual([5, 5, 0, 0])
  })

  it("gives every balance back that an entry changed", () => {
    const parts = fc.array(fc.bigInt({ min: 1n, max: 10n ** 12n }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(parts, (amounts) => {
        const books = amounts.reduce((all, _, index) => all.open(index + 1), new PlainBooks().open(0))
        const total = amounts.reduce((a, b) => a + b, 0n)
        const postings = [
          { accountId: accountId(0), side: "debit" as const, amount: sek(total) },
          ...amounts.map((amount, index) => {
            return { accountId: accountId(index + 1), side: "credit" as const, amount: Money.fromMinor(amount, "SEK") }
          })
        ]
        expect(books.commit({ _tag: "Post", entryId: entryId(900), postings })).toBe("ok")
        expect(books.commit({ _tag: "Reverse", entryId: entryId(900) })).toBe("ok")
        for (let number = 0; number <= amounts.length; number++) {
          const [debits, credits] = books.counters(number)
          expect(debits).toBe(credits)
        }
      })
    )
  })
})
