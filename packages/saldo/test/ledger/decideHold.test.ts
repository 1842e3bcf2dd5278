import * as DateTime from "effect/DateTime"
import * as fc from "fast-check"
import type { HoldState } from "saldo/ledger/Hold"
import { type Capture, longestHoldMs, type Operation } from "saldo/ledger/LedgerCommand"
import * as LocalDate from "saldo/time/LocalDate"
import { describe, expect, it } from "vitest"
import vectors from "../fixtures/ledger.json" with { type: "json" }
import { accountId, eur, hold, holdId, noonMs, PlainBooks, sek, tenant, today, transfer } from "./plainBooks.ts"

const minimum = (amount: bigint) => ({ bounds: { minimum: amount, maximum: null } })

/** 1 is cash with all the money it takes; 2 has 100 and may not be overdrawn; 3 is a shop. */
const bank = () => {
  const books = new PlainBooks().open(1, { type: "asset" }).open(2, minimum(0n)).open(3)
  books.commit(transfer(1, 2, sek(100)))
  return books
}

const held = (amount: number, more: Parameters<typeof hold>[4] = {}) => {
  const books = bank()
  expect(books.commit(hold(1, 2, 3, sek(amount), more))).toBe("ok")
  return books
}

const capture = (amount?: number, more: Partial<Capture> = {}): Operation => ({
  _tag: "Capture",
  holdId: holdId(1),
  ...(amount === undefined ? {} : { amount: sek(amount) }),
  ...more
})
const keep = { rest: "keep" } as const
const voidIt: Operation = { _tag: "VoidHold", holdId: holdId(1) }
const expireIt: Operation = { _tag: "ExpireHold", holdId: holdId(1) }

const stand = (books: PlainBooks) => {
  const { captured, remaining, state } = books.hold(1)
  return [state, Number(captured.amount), Number(remaining.amount)]
}

describe("published vectors", () => {
  const vector = (id: string) => {
    const found = vectors.find((each) => each.id === id)
    if (found === undefined) throw new TypeError(`there is no vector ${id}`)
    return { ...found.inputs, ...found.expected }
  }

  it("a held amount and a posted one count together against what came in (ledger-limit-01)", () => {
    const { accepted, creditsPosted = 0, debitsPosted = 0, pendingDebit = 0 } = vector("ledger-limit-01")
    const books = new PlainBooks().open(1, { type: "asset" }).open(2, minimum(0n)).open(3)
    books.commit(transfer(1, 2, sek(creditsPosted)), transfer(2, 3, sek(debitsPosted)))
    expect(books.commit(hold(1, 2, 3, sek(pendingDebit))) === "ok").toBe(accepted)
    expect(books.commit(hold(1, 2, 3, sek(creditsPosted - debitsPosted)))).toBe("ok")
  })

  for (const id of ["ledger-2p-01", "ledger-2p-03"]) {
    it(`what was held is posted or given back, on both sides (${id})`, () => {
      const { debitsPending, debitsPosted, pendingAmount = 0, resolution, resolvedAmount = 0 } = vector(id)
      const books = new PlainBooks().open(2).open(3)
      books.commit(hold(1, 2, 3, sek(pendingAmount)))
      expect(books.commit(resolution === "void" ? voidIt : capture(resolvedAmount))).toBe("ok")
      expect(books.counters(2)).toEqual([debitsPosted, 0, debitsPending, 0])
      expect(books.counters(3)).toEqual([0, debitsPosted, 0, debitsPending])
    })
  }

  it("all of them", () => {
    expect(vectors.map(({ id }) => id)).toEqual(["ledger-limit-01", "ledger-2p-01", "ledger-2p-03"])
  })
})

describe("a hold", () => {
  it("sets money aside on one account and announces it on the other", () => {
    const books = held(60, { expiresAfterMs: 5000, overCapture: sek(6), description: "Bensin" })
    expect(books.hold(1)).toEqual({
      id: holdId(1),
      tenant,
      debit: accountId(2),
      credit: accountId(3),
      amount: sek(60),
      captured: sek(0),
      remaining: sek(60),
      state: "held",
      expiresAt: DateTime.makeUnsafe(noonMs + 5000),
      overCapture: sek(6)
    })
    expect([books.counters(2), books.counters(3)]).toEqual([
      [0, 100, 60, 0],
      [0, 0, 0, 60]
    ])
    const entry = [...books.entries.values()].at(-1)
    expect(entry).toMatchObject({ kind: "held", holdId: holdId(1), description: "Bensin", valueOn: today })
    expect(entry?.lines.map(({ pending, posted, side }) => [side, posted, pending])).toEqual([
      ["debit", sek(0), sek(60)],
      ["credit", sek(0), sek(60)]
    ])
  })

  it("is of money that is available, and what it announces is not", () => {
    const books = held(60)
    expect(books.commit(hold(2, 2, 3, sek(41)))).toMatchObject({ _tag: "InsufficientFunds", available: sek(40) })
    expect(books.commit(transfer(2, 3, sek(41)))).toMatchObject({ _tag: "InsufficientFunds" })
    expect(books.commit(hold(2, 2, 3, sek(40)))).toBe("ok")
    books.change(3, minimum(0n))
    expect(books.commit(transfer(3, 1, sek(1)))).toMatchObject({ _tag: "InsufficientFunds", available: sek(0) })
  })

  it("has an id of its own, which a refused command does not take", () => {
    const books = held(60)
    expect(books.commit(hold(1, 2, 3, sek(1)))).toMatchObject({ _tag: "HoldIdTaken", holdId: holdId(1) })
    expect(books.commit(hold(2, 2, 3, sek(41)))).toMatchObject({ _tag: "InsufficientFunds" })
    expect(books.commit({ _tag: "Capture", holdId: holdId(2) })).toMatchObject({ _tag: "HoldNotFound" })
    expect(books.commit(hold(2, 2, 3, sek(40)))).toBe("ok")
  })

  it("minds what its accounts take", () => {
    const why = (number: number, change: object, more: object = {}) => {
      const books = bank().open(4, { currency: "EUR" })
      books.change(number, change)
      return books.commit(hold(1, 2, 3, sek(1), more))
    }
    expect(why(2, { debitsBlocked: true })).toMatchObject({ reason: "debits-blocked", accountId: accountId(2) })
    expect(why(3, { creditsBlocked: true })).toMatchObject({ reason: "credits-blocked", accountId: accountId(3) })
    expect(why(2, { creditsBlocked: true })).toBe("ok")
    expect(why(3, { frozen: true })).toMatchObject({ reason: "frozen" })
    expect(why(2, { closed: true })).toMatchObject({ reason: "closed" })
    expect(why(3, {}, { credit: accountId(4) })).toMatchObject({ _tag: "WrongCurrency", given: "SEK" })
    expect(why(3, {}, { debit: accountId(5) })).toMatchObject({ _tag: "AccountNotFound" })
    expect(why(3, {}, { valueOn: LocalDate.addDays(today, 1) })).toMatchObject({ _tag: "ValueDateInFuture" })
    expect(why(3, { bounds: { minimum: null, maximum: 0n } })).toMatchObject({ _tag: "MaximumExceeded", room: sek(0) })
  })

  it("may last a hundred years", () => {
    const books = held(60, { expiresAfterMs: longestHoldMs })
    expect(books.hold(1).expiresAt?.epochMilliseconds).toBe(noonMs + longestHoldMs)
  })
})

describe("a capture", () => {
  it("of all ends the hold", () => {
    for (const books of [held(60), held(60, { expiresAfterMs: 1 })]) {
      expect(books.commit(capture())).toBe("ok")
      expect(stand(books)).toEqual(["captured", 60, 0])
      expect([books.counters(2), books.counters(3)]).toEqual([
        [60, 100, 0, 0],
        [0, 60, 0, 0]
      ])
    }
  })

  it("of a part gives the rest back at once, and keeps it when asked to", () => {
    const released = held(60)
    expect(released.commit(capture(20))).toBe("ok")
    expect(stand(released)).toEqual(["captured", 20, 0])
    expect(released.counters(2)).toEqual([20, 100, 0, 0])
    const kept = held(60)
    expect(kept.commit(capture(20, keep))).toBe("ok")
    expect(stand(kept)).toEqual(["held", 20, 40])
    expect(kept.counters(2)).toEqual([20, 100, 40, 0])
    expect(kept.commit(capture(30, keep))).toBe("ok")
    expect(kept.commit(capture(10, keep))).toBe("ok")
    expect(stand(kept)).toEqual(["captured", 60, 0])
  })

  it("of more than remains is refused, whatever was given back or captured before", () => {
    const books = held(60)
    expect(books.commit(capture(61))).toMatchObject({
      _tag: "CaptureTooLarge",
      holdId: holdId(1),
      allowed: sek(60),
      requested: sek(61)
    })
    books.commit(capture(25, keep))
    expect(books.commit(capture(36))).toMatchObject({ _tag: "CaptureTooLarge", allowed: sek(35) })
    expect(books.commit(capture(1000, keep))).toMatchObject({ _tag: "CaptureTooLarge" })
  })

  it("of more than remains is as agreed, and by the bounds for the excess", () => {
    const books = held(60, { overCapture: sek(50) })
    expect(books.commit(capture(111))).toMatchObject({ _tag: "CaptureTooLarge", allowed: sek(110) })
    expect(books.commit(capture(101))).toMatchObject({
      _tag: "InsufficientFunds",
      available: sek(40),
      requested: sek(41)
    })
    expect(books.commit(capture(20, keep))).toBe("ok")
    expect(books.commit(capture(80, keep))).toBe("ok")
    expect(stand(books)).toEqual(["captured", 100, 0])
    expect(books.counters(2)).toEqual([100, 100, 0, 0])
  })

  it("of the excess is new money, which blocked accounts do not take", () => {
    const blocked = (number: number, side: "debitsBlocked" | "creditsBlocked") => {
      const books = held(60, { overCapture: sek(10) })
      books.change(number, { [side]: true })
      return [books.commit(capture(61)), books.commit(capture(60))]
    }
    const debits = { _tag: "AccountUnavailable", reason: "debits-blocked" }
    expect(blocked(2, "debitsBlocked")).toMatchObject([debits, "ok"])
    expect(blocked(3, "creditsBlocked")).toMatchObject([{ ...debits, reason: "credits-blocked" }, "ok"])
    expect(blocked(2, "creditsBlocked")[0]).toBe("ok")
  })

  it("never fails for a bound when it takes no more than was held", () => {
    const books = held(60)
    books.change(2, minimum(10n ** 9n))
    books.change(3, { bounds: { minimum: null, maximum: -1n } })
    expect(books.commit(capture(10, keep))).toBe("ok")
    expect(books.commit(capture())).toBe("ok")
  })

  it("is refused by closed and frozen accounts, of which a void takes leave", () => {
    for (const reason of ["closed", "frozen"] as const) {
      for (const number of [2, 3]) {
        const books = held(60)
        books.change(number, { [reason]: true })
        const refusal = { _tag: "AccountUnavailable", accountId: accountId(number), reason }
        expect(books.commit(capture(1))).toMatchObject(refusal)
        expect(books.commit(voidIt)).toBe("ok")
        expect(stand(books)).toEqual(["voided", 0, 0])
      }
    }
  })

  it("is in the currency of the hold", () => {
    expect(held(60).commit(capture(1, { amount: eur(1) }))).toMatchObject({
      _tag: "WrongCurrency",
      expected: "SEK",
      given: "EUR"
    })
  })

  it("may follow its hold in one command and in one batch", () => {
    const books = bank()
    expect(books.commit(hold(1, 2, 3, sek(60)), capture(10, keep), capture())).toBe("ok")
    expect(stand(books)).toEqual(["captured", 60, 0])
    const again = (operation: Operation) => books.command([operation])
    const decided = books.decide([
      again(hold(2, 2, 3, sek(40))),
      again({ _tag: "Capture", holdId: holdId(2), amount: sek(15), rest: "keep" }),
      again({ _tag: "VoidHold", holdId: holdId(2) })
    ])
    expect(decided.map(({ outcome }) => outcome._tag)).toEqual(["Success", "Success", "Success"])
    expect(books.hold(2).state).toBe("partly-captured")
  })

  it("of a hold whose command was refused finds none", () => {
    const books = bank()
    const decided = books.decide([books.command([hold(1, 2, 3, sek(101))]), books.command([capture()])])
    expect(decided.map(({ outcome }) => (outcome._tag === "Failure" ? outcome.failure._tag : "ok"))).toEqual([
      "InsufficientFunds",
      "HoldNotFound"
    ])
  })
})

describe("the time of a hold", () => {
  it("runs from the booking clock, and to the millisecond", () => {
    const books = held(60, { expiresAfterMs: 5000 })
    books.nowMs = noonMs + 4999
    expect(books.commit(expireIt)).toMatchObject({ _tag: "HoldTimeMismatch", reason: "not-yet-expired" })
    expect(books.commit(capture(1, keep))).toBe("ok")
    books.nowMs = noonMs + 5000
    expect(books.commit(capture(1))).toMatchObject({ _tag: "HoldTimeMismatch", reason: "expired" })
    expect(books.commit(expireIt)).toBe("ok")
    expect(stand(books)).toEqual(["partly-captured", 1, 0])
  })

  it("does not keep a void away once it has run out", () => {
    const books = held(60, { expiresAfterMs: 1 })
    books.nowMs = noonMs + 1
    expect(books.commit(voidIt)).toBe("ok")
    expect(stand(books)).toEqual(["voided", 0, 0])
  })

  it("never runs out for a hold without one", () => {
    const books = held(60)
    books.nowMs = noonMs + longestHoldMs
    expect(books.commit(expireIt)).toMatchObject({ reason: "not-yet-expired" })
    expect(books.commit(capture())).toBe("ok")
  })

  it("gives everything back when it ends, on frozen accounts, too", () => {
    const books = held(60, { expiresAfterMs: 1 })
    books.change(2, { frozen: true })
    books.nowMs = noonMs + 1
    expect(books.commit(expireIt)).toBe("ok")
    expect(stand(books)).toEqual(["expired", 0, 0])
    expect([books.counters(2), books.counters(3)]).toEqual([
      [0, 100, 0, 0],
      [0, 0, 0, 0]
    ])
    expect([...books.entries.values()].at(-1)).toMatchObject({ kind: "expired", code: null, valueOn: today })
  })
})

describe("the states of a hold", () => {
  const ways: ReadonlyArray<readonly [state: HoldState, way: ReadonlyArray<Operation>]> = [
    ["captured", [capture()]],
    ["captured", [capture(1)]],
    ["voided", [voidIt]],
    ["partly-captured", [capture(1, keep), voidIt]],
    ["expired", [expireIt]],
    ["partly-captured", [capture(1, keep), expireIt]]
  ]
  for (const [state, way] of ways) {
    it(`end with ${state} after ${way.map(({ _tag }) => _tag).join(" and ")}`, () => {
      const books = held(60, { expiresAfterMs: 10 })
      for (const operation of way) {
        if (operation._tag === "ExpireHold") books.nowMs = noonMs + 10
        expect(books.commit(operation)).toBe("ok")
      }
      expect(books.hold(1)).toMatchObject({ state, remaining: sek(0) })
      const before = books.text()
      for (const operation of [capture(1), capture(1, keep), voidIt, expireIt]) {
        expect(books.commit(operation)).toMatchObject({ _tag: "HoldEnded", state })
      }
      expect(books.commit(hold(1, 2, 3, sek(1)))).toMatchObject({ _tag: "HoldIdTaken" })
      expect(books.text()).toBe(before)
    })
  }

  it("add up, whatever happens", () => {
    const step = fc.oneof(
      fc.record({ amount: fc.integer({ min: 1, max: 80 }), keeps: fc.boolean() }),
      fc.constantFrom("void" as const, "expire" as const, "wait" as const)
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.integer({ min: 0, max: 40 }), (steps, over) => {
        const books = held(60, { overCapture: sek(over), expiresAfterMs: 10 })
        for (const one of steps) {
          if (one === "wait") books.nowMs += 6
          else if (typeof one === "string") books.commit(one === "void" ? voidIt : expireIt)
          else books.commit(capture(one.amount, one.keeps ? keep : {}))
          const [state, captured, remaining] = stand(books)
          // What was posted and what is pending on both accounts is what this hold did and still holds.
          expect(books.counters(2)).toEqual([captured, 100, remaining, 0])
          expect(books.counters(3)).toEqual([0, captured, 0, remaining])
          expect(Number(captured)).toBeLessThanOrEqual(60 + over)
          expect(state === "held").toBe(Number(remaining) > 0)
        }
      }),
      { numRuns: 500 }
    )
  })
})
