import * as fc from "fast-check"
import type { AccountType } from "saldo/ledger/LedgerAccount"
import type { Operation } from "saldo/ledger/LedgerCommand"
import { describe, expect, it } from "vitest"
import { accountId, hold, holdId, PlainBooks, sek, transfer } from "./plainBooks.ts"

const bounded = (minimum: bigint | null, maximum: bigint | null) => ({ bounds: { minimum, maximum } })

const bank = () => new PlainBooks().open(1, { type: "asset" }).open(2, bounded(0n, null)).open(3, bounded(0n, null))

describe("bounds", () => {
  it("are of the command as a whole: it may pass below a minimum on its way", () => {
    const books = bank()
    expect(books.commit(transfer(2, 3, sek(50)), transfer(1, 2, sek(50)))).toBe("ok")
    expect([books.counters(2), books.counters(3)]).toEqual([
      [50, 50, 0, 0],
      [0, 50, 0, 0]
    ])
    // Each command of a batch is judged on its own.
    const decided = books.decide([
      books.command([transfer(2, 3, sek(1))]),
      books.command([transfer(1, 2, sek(1))]),
      books.command([transfer(2, 3, sek(1))])
    ])
    expect(decided.map(({ outcome }) => outcome._tag)).toEqual(["Failure", "Success", "Success"])
  })

  it("name the first account that a command left below its minimum, and by how much", () => {
    const books = bank()
    books.commit(transfer(1, 2, sek(30)))
    expect(books.commit(transfer(1, 3, sek(1)), transfer(2, 1, sek(20)), transfer(2, 1, sek(25)))).toMatchObject({
      _tag: "InsufficientFunds",
      accountId: accountId(2),
      available: sek(30),
      requested: sek(45)
    })
  })

  it("reach exactly to the last unit", () => {
    const books = new PlainBooks().open(1).open(2, bounded(-500n, 1000n))
    expect(books.commit(transfer(2, 1, sek(501)))).toMatchObject({ _tag: "InsufficientFunds", available: sek(500) })
    expect(books.commit(transfer(2, 1, sek(500)))).toBe("ok")
    expect(books.commit(transfer(1, 2, sek(1501)))).toMatchObject({
      _tag: "MaximumExceeded",
      room: sek(1500),
      requested: sek(1501)
    })
    expect(books.commit(transfer(1, 2, sek(1500)))).toBe("ok")
  })

  it("are on the normal side, so that an asset's minimum is kept against credits", () => {
    for (const type of ["asset", "expense"] as const) {
      const books = new PlainBooks().open(1).open(2, { type, ...bounded(0n, 100n) })
      expect(books.commit(transfer(1, 2, sek(1)))).toMatchObject({ _tag: "InsufficientFunds" })
      expect(books.commit(transfer(2, 1, sek(101)))).toMatchObject({ _tag: "MaximumExceeded" })
      expect(books.commit(transfer(2, 1, sek(100)))).toBe("ok")
    }
  })

  it("count held money towards the minimum, announced money towards the maximum, and neither for the other", () => {
    const books = new PlainBooks().open(1).open(2, bounded(0n, 100n))
    books.commit(transfer(1, 2, sek(60)))
    expect(books.commit(hold(1, 1, 2, sek(40)))).toBe("ok")
    expect(books.commit(transfer(1, 2, sek(1)))).toMatchObject({ _tag: "MaximumExceeded", room: sek(0) })
    expect(books.commit(hold(2, 2, 1, sek(61)))).toMatchObject({ _tag: "InsufficientFunds", available: sek(60) })
    expect(books.commit(hold(2, 2, 1, sek(60)))).toBe("ok")
    // Held money has not left yet, so there is no more room for that.
    expect(books.commit(transfer(1, 2, sek(1)))).toMatchObject({ _tag: "MaximumExceeded" })
    expect(books.commit({ _tag: "VoidHold", holdId: holdId(1) }, transfer(1, 2, sek(40)))).toBe("ok")
  })

  it("let an account that is beyond them already come closer, and never go further", () => {
    const books = new PlainBooks().open(1).open(2)
    books.commit(transfer(2, 1, sek(100)))
    books.change(2, bounded(0n, null))
    expect(books.commit(transfer(1, 2, sek(10)))).toBe("ok")
    expect(books.commit(transfer(2, 1, sek(1)))).toMatchObject({
      _tag: "InsufficientFunds",
      available: sek(0),
      requested: sek(1)
    })
    expect(books.commit(transfer(2, 1, sek(5)), transfer(1, 2, sek(5)))).toBe("ok")
    expect(books.commit(transfer(2, 1, sek(5)), transfer(1, 2, sek(4)))).toMatchObject({ requested: sek(1) })
    books.change(2, bounded(null, -100n))
    expect(books.commit(transfer(2, 1, sek(1)))).toBe("ok")
    expect(books.commit(transfer(1, 2, sek(1)))).toMatchObject({ _tag: "MaximumExceeded", room: sek(0) })
  })

  it("do not stand in the way of accounts that a command leaves as they were", () => {
    const books = new PlainBooks().open(1).open(2).open(3)
    books.commit(transfer(2, 1, sek(100)))
    books.change(2, bounded(0n, -500n))
    expect(books.commit(transfer(1, 3, sek(100)))).toBe("ok")
    expect(books.commit(hold(1, 3, 2, sek(1)), { _tag: "VoidHold", holdId: holdId(1) })).toBe("ok")
  })

  it("are kept by whatever was accepted, and broken by whatever was refused", () => {
    const amount = fc.integer({ min: 1, max: 100 })
    const bound = fc.option(fc.bigInt({ min: -100n, max: 100n }))
    const number = fc.integer({ min: 1, max: 3 })
    const operation = fc
      .record({ debit: number, credit: number, amount, held: fc.boolean() })
      .filter(({ credit, debit }) => credit !== debit)
    const types = fc.constantFrom<AccountType>("asset", "liability")
    fc.assert(
      fc.property(
        fc.array(fc.array(operation, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
        fc.array(fc.tuple(types, bound, bound), { minLength: 3, maxLength: 3 }),
        (commands, accounts) => {
          const books = new PlainBooks()
          for (const [index, [type, low, high]] of accounts.entries()) {
            books.open(index + 1, { type, ...bounded(low, high) })
          }
          let holds = 0
          // The extremes that an account's balance may come to, by hand: what the bounds are about.
          const extremes = (from: ReadonlyArray<ReadonlyArray<number>>) =>
            accounts.map(([type], index) => {
              const [debits = 0, credits = 0, debitsHeld = 0, creditsHeld = 0] = from[index] ?? []
              return type === "asset"
                ? { low: debits - credits - creditsHeld, high: debits - credits + debitsHeld }
                : { low: credits - debits - debitsHeld, high: credits - debits + creditsHeld }
            })
          for (const list of commands) {
            const counters = [1, 2, 3].map((each) => books.counters(each))
            const after = counters.map((own) => [...own])
            const operations = list.map(({ amount: much, credit, debit, held }): Operation => {
              const [debited, credited] = [after[debit - 1], after[credit - 1]]
              const [d, c] = held ? [2, 3] : [0, 1]
              if (debited !== undefined) debited[d] = (debited[d] ?? 0) + much
              if (credited !== undefined) credited[c] = (credited[c] ?? 0) + much
              return held ? hold(holds++, debit, credit, sek(much)) : transfer(debit, credit, sek(much))
            })
            const [was, is] = [extremes(counters), extremes(after)]
            const broken = accounts.some(([, low, high], index) => {
              const [before, now] = [was[index], is[index]]
              if (before === undefined || now === undefined) return true
              return (
                (low !== null && now.low < Number(low) && now.low < before.low) ||
                (high !== null && now.high > Number(high) && now.high > before.high)
              )
            })
            const outcome = books.commit(...operations)
            expect(outcome === "ok").toBe(!broken)
            expect([1, 2, 3].map((each) => books.counters(each))).toEqual(broken ? counters : after)
          }
        }
      ),
      { numRuns: 400 }
    )
  })
})

describe("versions", () => {
  it("grow by one for each entry that touched the account", () => {
    const books = bank()
    books.commit(transfer(1, 2, sek(10)), transfer(1, 2, sek(10)), hold(1, 2, 3, sek(5)))
    books.commit({ _tag: "Capture", holdId: holdId(1), amount: sek(2), rest: "keep" })
    books.commit({ _tag: "VoidHold", holdId: holdId(1) })
    books.commit(transfer(2, 1, sek(1000)))
    expect([1, 2, 3].map((number) => books.account(number).version)).toEqual([3, 6, 4])
  })
})
