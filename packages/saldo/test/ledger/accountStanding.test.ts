import * as fc from "fast-check"
import { availableOf, capacityOf, highOf, lowOf, roomOf, standingOf } from "saldo/ledger/accountStanding"
import { type AccountType, normalSide } from "saldo/ledger/LedgerAccount"
import { describe, expect, it } from "vitest"
import { PlainBooks } from "./plainBooks.ts"

const counters = { debitsPosted: 70n, creditsPosted: 100n, debitsPending: 50n, creditsPending: 7n }
const bounds = { minimum: -20n, maximum: 200n }

describe("what an account holds", () => {
  it("is by its normal side", () => {
    const grows: ReadonlyArray<readonly [AccountType, "debit" | "credit"]> = [
      ["asset", "debit"],
      ["expense", "debit"],
      ["liability", "credit"],
      ["equity", "credit"],
      ["income", "credit"]
    ]
    for (const [type, side] of grows) {
      expect(normalSide(type)).toBe(side)
      expect(standingOf(type, counters)).toEqual(
        side === "credit"
          ? { balance: 30n, pendingOut: 50n, pendingIn: 7n }
          : { balance: -30n, pendingOut: 7n, pendingIn: 50n }
      )
    }
  })

  it("is available above the minimum, less what is held; what is announced never is", () => {
    const standing = standingOf("liability", counters)
    expect([lowOf(standing), highOf(standing)]).toEqual([-20n, 37n])
    expect(availableOf(standing, bounds)).toBe(0n)
    expect(roomOf(standing, bounds)).toBe(163n)
    expect(availableOf(standing, { minimum: null, maximum: 1n })).toBe(null)
    expect(roomOf(standing, { minimum: 1n, maximum: null })).toBe(null)
    expect(availableOf(standing, { minimum: 0n, maximum: null })).toBe(-20n)
  })

  it("may be posted to on a side as far as its bounds let it", () => {
    const { creditsPosted: debitsPosted, debitsPosted: creditsPosted } = counters
    const mirrored = { debitsPosted, creditsPosted, debitsPending: 7n, creditsPending: 50n }
    for (const [type, own] of [["liability", counters] as const, ["asset", mirrored] as const]) {
      const { account } = { account: new PlainBooks().open(1, { type, bounds, counters: own }).account(1) }
      const out = normalSide(type) === "debit" ? "credit" : "debit"
      expect(capacityOf(account, out)).toBe(0n)
      expect(capacityOf(account, normalSide(type))).toBe(163n)
    }
  })

  it("grows available by what is paid in, falls by what is held, and not by what is announced", () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 18n })
    const any = fc.record({
      debitsPosted: amount,
      creditsPosted: amount,
      debitsPending: amount,
      creditsPending: amount
    })
    fc.assert(
      fc.property(any, amount, fc.bigInt(), (own, more, minimum) => {
        const available = (changed: Partial<typeof own>) =>
          availableOf(standingOf("liability", { ...own, ...changed }), { minimum, maximum: null }) ?? 0n
        const before = available({})
        expect(available({ creditsPosted: own.creditsPosted + more }) - before).toBe(more)
        expect(available({ debitsPosted: own.debitsPosted + more }) - before).toBe(-more)
        expect(available({ debitsPending: own.debitsPending + more }) - before).toBe(-more)
        expect(available({ creditsPending: own.creditsPending + more })).toBe(before)
      })
    )
  })
})
