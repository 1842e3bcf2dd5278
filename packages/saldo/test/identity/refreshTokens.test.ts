import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import { refreshDecision } from "saldo/identity/refreshTokens"
import { type Session, SessionId } from "saldo/identity/Session"
import { isInForce, overAt } from "saldo/identity/sessionLife"
import { UserId } from "saldo/identity/User"
import { describe, expect, it } from "vitest"
import { successorOf } from "../../src/identity/internal/refreshSecrets.ts"

const at = (milliseconds: number) => DateTime.makeUnsafe(milliseconds)

const session: Session = {
  id: SessionId.make("sess_00000000000000000000000000"),
  tenant: "bank",
  userId: UserId.make("user_00000000000000000000000000"),
  address: null,
  agent: "Firefox",
  startedAt: at(0),
  refreshedAt: at(0),
  expiresAt: at(1_000_000),
  endsAt: at(2_000_000),
  ended: null
}

const fresh = { hash: "1", usedAt: null, salt: null }
const used = { hash: "1", usedAt: at(50_000), salt: "salt" }

const decide = (more: Partial<Parameters<typeof refreshDecision>[0]>) =>
  refreshDecision({ session, token: fresh, at: at(50_000), agent: "Firefox", askAgainForMs: 10_000, ...more })

describe("what comes of a refresh token", () => {
  it("is a successor the first time, from wherever it comes", () => {
    expect(decide({})).toBe("rotate")
    expect(decide({ agent: null })).toBe("rotate")
    expect(decide({ at: at(999_999) })).toBe("rotate")
  })

  it("is the same successor for ten seconds, also by a clock that is behind", () => {
    expect(decide({ token: used })).toBe("answer-again")
    expect(decide({ token: used, at: at(60_000) })).toBe("answer-again")
    expect(decide({ token: used, at: at(40_000) })).toBe("answer-again")
    expect(decide({ token: used, at: at(60_001) })).toBe("reused")
    expect(decide({ token: used, at: at(39_999) })).toBe("reused")
  })

  it("is the end of the session for another client, and for a token that is not the last that was used", () => {
    expect(decide({ token: used, agent: "curl" })).toBe("reused")
    expect(decide({ token: used, agent: null })).toBe("reused")
    expect(decide({ token: { ...used, salt: null } })).toBe("reused")
    expect(decide({ token: used, agent: null, session: { ...session, agent: null } })).toBe("answer-again")
  })

  it("is nothing when the session is over, however that came", () => {
    for (const token of [fresh, used]) {
      expect(decide({ token, at: at(1_000_000) })).toBe("over")
      expect(decide({ token, at: at(2_000_000), session: { ...session, expiresAt: at(3_000_000) } })).toBe("over")
      expect(decide({ token, session: { ...session, ended: { at: at(90_000), reason: "revoked" } } })).toBe("over")
    }
  })
})

describe("a session", () => {
  it("is in force until the first of its ends, and never again after it was ended", () => {
    const instant = fc.integer({ min: 0, max: 1000 })
    fc.assert(
      fc.property(instant, instant, fc.option(instant), instant, (expires, ends, ended, now) => {
        const each: Session = {
          ...session,
          expiresAt: at(expires),
          endsAt: at(ends),
          ended: ended === null ? null : { at: at(ended), reason: "revoked" }
        }
        expect(overAt(each)).toBe(Math.min(expires, ends, ended ?? Infinity))
        expect(isInForce(each, at(now))).toBe(ended === null && now < expires && now < ends)
      })
    )
  })
})

describe("a successor", () => {
  it("follows from token and salt, and from neither alone", () => {
    const token = Redacted.make("srt_token")
    const salt = Buffer.alloc(32, 1).toString("base64url")
    const successor = Redacted.value(successorOf(token, salt))
    expect(successor).toMatch(/^srt_[A-Za-z0-9_-]{43}$/u)
    expect(Redacted.value(successorOf(token, salt))).toBe(successor)
    expect(Redacted.value(successorOf(Redacted.make("srt_tokem"), salt))).not.toBe(successor)
    expect(Redacted.value(successorOf(token, Buffer.alloc(32, 2).toString("base64url")))).not.toBe(successor)
  })

  it("is HMAC-SHA-256 as RFC 4231 has it, of the token under the salt", () => {
    const salt = Buffer.alloc(20, 0x0b).toString("base64url")
    const published = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    const successor = Redacted.value(successorOf(Redacted.make("Hi There"), salt)).slice(4)
    expect(Buffer.from(successor, "base64url").toString("hex")).toBe(published)
  })
})
