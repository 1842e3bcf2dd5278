import * as fc from "fast-check"
import { attempt, type AttemptRule, type Attempts, noAttempts, takeBack, waitAfter } from "saldo/identity/attempts"
import { describe, expect, it } from "vitest"

const rule: AttemptRule = { free: 3, firstWaitMs: 1000, longestWaitMs: 8000, forgetAfterMs: 60_000 }

describe("attempt", () => {
  it("leaves some tries free, then doubles the wait up to the longest", () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 5000].map((failures) => waitAfter(failures, rule))
    expect(waits).toEqual([0, 0, 0, 0, 1000, 2000, 4000, 8000, 8000, 8000, 8000])
  })

  it("refuses what comes too early without counting it, and says once that it does", () => {
    let attempts: Attempts = noAttempts
    for (let tries = 0; tries < 4; tries++) {
      const verdict = attempt(attempts, 100_000, rule)
      expect(verdict._tag).toBe("Allowed")
      attempts = verdict.attempts
    }
    const first = attempt(attempts, 100_999, rule)
    expect(first).toMatchObject({ _tag: "Refused", retryAt: 101_000, first: true })
    expect(attempt(first.attempts, 100_999, rule)).toMatchObject({ _tag: "Refused", first: false })
    expect(first.attempts.failures).toBe(4)
    const next = attempt(first.attempts, 101_000, rule)
    expect(next).toMatchObject({ _tag: "Allowed", attempts: { failures: 5, openAt: 103_000 } })
    expect(attempt(next.attempts, 101_001, rule)).toMatchObject({ first: true })
  })

  it("forgets after a quiet time, and takes back what was no guess", () => {
    const many: Attempts = { failures: 50, lastAt: 100_000, openAt: 108_000, refused: true }
    expect(attempt(many, 159_999, rule).attempts.failures).toBe(51)
    expect(attempt(many, 160_000, rule).attempts.failures).toBe(1)
    expect(takeBack(many)).toEqual({ failures: 49, lastAt: 100_000, openAt: 0, refused: false })
    expect(takeBack(noAttempts)).toEqual(noAttempts)
  })

  it("takes no free try for early, whose machine's clock is behind", () => {
    const first = attempt(noAttempts, 100_000, rule).attempts
    const second = attempt(first, 99_000, rule)
    expect(second).toMatchObject({ _tag: "Allowed", attempts: { failures: 2, lastAt: 100_000 } })
    expect(attempt(takeBack(second.attempts), 98_000, rule)._tag).toBe("Allowed")
  })

  it("lets no more tries through than the waits allow, whenever they come", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 60 }), (pauses) => {
        let [attempts, now, allowed]: [Attempts, number, number] = [noAttempts, 100_000, 0]
        const start = now
        for (const pause of pauses) {
          now += pause
          const verdict = attempt(attempts, now, rule)
          attempts = verdict.attempts
          if (verdict._tag === "Allowed") allowed++
          else expect(verdict.retryAt).toBeGreaterThan(now)
        }
        // The waits behind all allowed tries but the last lie within the time that has passed.
        const waited = Array.from({ length: Math.max(0, allowed - 1) }, (_, index) => waitAfter(index + 1, rule))
        expect(waited.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(now - start)
      })
    )
  })
})
