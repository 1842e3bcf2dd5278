import * as fc from "fast-check"
import { fromMicros } from "saldo/ledger/BookingTime"
import type { AccountLine } from "saldo/ledger/JournalEntry"
import type { LedgerAccount } from "saldo/ledger/LedgerAccount"
import { balanceBy, statementLine, trialBalanceOf } from "saldo/ledger/ledgerReports"
import { settingsText } from "saldo/ledger/settingsText"
import { describe, expect, it } from "vitest"
import { accountId, entryId, eur, hold, PlainBooks, sek, today, transfer } from "./plainBooks.ts"

const rows = (books: PlainBooks) =>
  [...books.accounts.values()].map((account) => ({ account, counters: account.counters }))

const report = (books: PlainBooks) =>
  trialBalanceOf(rows(books)).lines.map(({ credit, debit, rolledUp }) =>
    [debit, credit, rolledUp].map(String).join(", ")
  )

describe("a balance", () => {
  it("is on the normal side of its account, with what is held on both", () => {
    const books = new PlainBooks().open(1, { type: "asset" }).open(2, { bounds: { minimum: -50n, maximum: null } })
    books.commit(transfer(1, 2, sek(100)), hold(1, 2, 1, sek(30)), hold(2, 1, 2, sek(7)))
    expect(balanceBy(books.account(2), books.account(2).counters)).toEqual({
      account: books.account(2),
      counters: books.account(2).counters,
      balance: sek(100),
      available: sek(120),
      pendingOut: sek(30),
      pendingIn: sek(7)
    })
    expect(balanceBy(books.account(1), books.account(1).counters)).toMatchObject({
      balance: sek(100),
      available: null,
      pendingOut: sek(30),
      pendingIn: sek(7)
    })
  })

  it("is by the counters that were asked for", () => {
    const books = new PlainBooks().open(1).open(2)
    const then = books.account(2).counters
    books.commit(transfer(1, 2, sek(100)))
    expect(balanceBy(books.account(2), then).balance).toEqual(sek(0))
  })
})

describe("a line of a statement", () => {
  const line: AccountLine = {
    sequence: 1,
    entryId: entryId(1),
    kind: "posted",
    bookedAt: fromMicros(0),
    valueOn: today,
    side: "credit",
    posted: sek(30),
    pending: sek(0),
    code: null,
    description: null,
    after: { debitsPosted: 10n, creditsPosted: 30n, debitsPending: 5n, creditsPending: 0n }
  }

  it("is positive when the balance grew, and negative when it fell", () => {
    const books = new PlainBooks().open(1, { type: "asset" }).open(2)
    expect(statementLine(books.account(2), line)).toMatchObject({ amount: sek(30), balance: sek(20) })
    expect(statementLine(books.account(1), line)).toMatchObject({ amount: sek(-30), balance: sek(-20) })
    const out = { ...line, side: "debit" } as const
    expect(statementLine(books.account(2), out).amount).toEqual(sek(-30))
    expect(statementLine(books.account(1), out).amount).toEqual(sek(30))
  })
})

describe("a trial balance", () => {
  it("has each account on the side where it stands, and equal sums in each currency", () => {
    const books = new PlainBooks().open(1, { type: "asset" }).open(2).open(3, { type: "income" })
    books.open(4, { type: "asset", currency: "EUR" }).open(5, { currency: "EUR" })
    books.commit(transfer(1, 2, sek(100)), transfer(2, 3, sek(120)), transfer(4, 5, eur(9)))
    expect(report(books)).toEqual([
      "1.00 SEK, 0.00 SEK, 1.00 SEK",
      "0.20 SEK, 0.00 SEK, -0.20 SEK",
      "0.00 SEK, 1.20 SEK, 1.20 SEK",
      "0.09 EUR, 0.00 EUR, 0.09 EUR",
      "0.00 EUR, 0.09 EUR, 0.09 EUR"
    ])
    const { balanced, totals } = trialBalanceOf(rows(books))
    expect(totals).toEqual([
      { currency: "EUR", debit: eur(9), credit: eur(9) },
      { currency: "SEK", debit: sek(120), credit: sek(120) }
    ])
    expect(balanced).toBe(true)
    expect(trialBalanceOf([])).toEqual({ lines: [], totals: [], balanced: true })
  })

  it("rolls accounts up into those above them, to the top", () => {
    const books = new PlainBooks()
      .open(1)
      .open(2, { parent: accountId(1) })
      .open(3, { parent: accountId(2) })
      .open(4, { parent: accountId(2) })
      .open(9, { type: "asset" })
    books.commit(transfer(9, 1, sek(1)), transfer(9, 2, sek(10)), transfer(9, 3, sek(100)), transfer(9, 4, sek(1000)))
    expect(trialBalanceOf(rows(books)).lines.map(({ rolledUp }) => Number(rolledUp.amount))).toEqual([
      1111, 1110, 100, 1000, 1111
    ])
  })

  it("ends a way up that leads nowhere or in a circle", () => {
    const books = new PlainBooks().open(9, { type: "asset" })
    books
      .open(1, { parent: accountId(77) })
      .open(2, { parent: accountId(3) })
      .open(3, { parent: accountId(2) })
    books.commit(transfer(9, 1, sek(1)), transfer(9, 2, sek(10)), transfer(9, 3, sek(100)))
    expect(trialBalanceOf(rows(books)).lines.map(({ rolledUp }) => Number(rolledUp.amount))).toEqual([111, 1, 110, 110])
  })

  it("says when books do not balance, posted or pending", () => {
    const wrong = (counter: keyof LedgerAccount["counters"]) => {
      const books = new PlainBooks().open(1).open(2)
      books.commit(transfer(1, 2, sek(100)), hold(1, 2, 1, sek(5)))
      const { counters } = books.account(2)
      books.change(2, { counters: { ...counters, [counter]: counters[counter] + 1n } })
      return trialBalanceOf(rows(books)).balanced
    }
    const counters = ["debitsPosted", "creditsPosted", "debitsPending", "creditsPending"] as const
    expect(counters.map(wrong)).toEqual([false, false, false, false])
  })

  it("balances whatever was booked, and its tops are the sum of all", () => {
    const posting = fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 7 }), fc.bigInt({ min: 1n, max: 10n ** 15n }))
    fc.assert(
      fc.property(fc.array(posting, { maxLength: 20 }), (postings) => {
        // A tree: every account is below the one of half its number.
        const books = new PlainBooks().open(0)
        for (let n = 1; n < 8; n++) books.open(n, { parent: n === 1 ? null : accountId(Math.floor(n / 2)) })
        for (const [debit, credit, amount] of postings) {
          if (debit !== credit) books.commit(transfer(debit, credit, sek(amount)))
        }
        const { balanced, lines } = trialBalanceOf(rows(books))
        expect(balanced).toBe(true)
        const [none, top] = lines
        expect((none?.rolledUp.amount ?? 1n) + (top?.rolledUp.amount ?? 1n)).toBe(0n)
      })
    )
  })
})

describe("the text of an account's settings", () => {
  const { counters: _counters, ...account } = new PlainBooks().open(1).account(1)

  it("differs with every setting, and with nothing else", () => {
    const changes: ReadonlyArray<Partial<LedgerAccount>> = [
      { name: "another" },
      { parent: accountId(2) },
      { bounds: { minimum: 0n, maximum: null } },
      { bounds: { minimum: null, maximum: 0n } },
      { closed: true },
      { frozen: true },
      { debitsBlocked: true },
      { creditsBlocked: true },
      { metadata: { a: "1" } }
    ]
    const texts = changes.map((change) => settingsText({ ...account, ...change }))
    expect(new Set([settingsText(account), ...texts]).size).toBe(changes.length + 1)
    const other = { ...account, version: 7, code: account.code }
    expect(settingsText(other)).toBe(settingsText(account))
  })

  it("does not depend on the order of metadata", () => {
    expect(settingsText({ ...account, metadata: { a: "1", b: "2" } })).toBe(
      settingsText({ ...account, metadata: { b: "2", a: "1" } })
    )
  })
})
