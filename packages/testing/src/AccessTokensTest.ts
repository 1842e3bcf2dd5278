import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Id from "saldo/core/Id"
import { AccessTokens } from "saldo/identity/AccessTokens"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Subject {
  readonly tokens: AccessTokens["Service"]
  /** A whole second, near the time that the signing keys live in. */
  readonly now: DateTime.Utc
}

const check = checksOf<Subject, AccessTokens>(
  Effect.gen(function* () {
    const { epochMilliseconds } = yield* DateTime.now
    return { tokens: yield* AccessTokens, now: DateTime.makeUnsafe(Math.floor(epochMilliseconds / 1000) * 1000) }
  })
)

const claimsOf = ({ now }: Subject) =>
  Effect.gen(function* () {
    return {
      tenant: "Örebro 🏗",
      userId: yield* Id.make("user"),
      sessionId: yield* Id.make("sess"),
      tokenId: yield* Id.make("access"),
      issuedAt: now,
      expiresAt: DateTime.add(now, { minutes: 30 })
    }
  })

const nonsense = ["", ".", "..", "...", "a.b.c", "null", "{}", "Bearer x", "x".repeat(20_000), "å.å.å", "\u0000"]

/** The text with one character changed into another of base64url. */
const altered = (text: string, position: number): string => {
  const character = text.charAt(position)
  return text.slice(0, position) + (character === "A" ? "B" : "A") + text.slice(position + 1)
}

/** What every `AccessTokens` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<AccessTokens>> = [
  check("round-trip", "gives back what a token was told", (subject) =>
    Effect.gen(function* () {
      const { now, tokens } = subject
      const claims = yield* claimsOf(subject)
      const token = yield* tokens.sign(claims)
      expect(yield* tokens.verify(token, now)).toEqual(claims)
      expect(JSON.stringify(token)).not.toContain(Redacted.value(token).slice(0, 10))
    })
  ),
  check("over", "believes a token until it is over, to the second", (subject) =>
    Effect.gen(function* () {
      const { tokens } = subject
      const claims = yield* claimsOf(subject)
      const token = yield* tokens.sign(claims)
      const { expiresAt } = claims
      expect(yield* tokens.verify(token, DateTime.subtract(expiresAt, { seconds: 1 }))).toEqual(claims)
      expect((yield* Effect.flip(tokens.verify(token, expiresAt))).reason).toBe("expired")
    })
  ),
  check("nonsense", "believes nothing that is no token", ({ now, tokens }) =>
    Effect.gen(function* () {
      for (const text of nonsense) {
        expect((yield* Effect.flip(tokens.verify(Redacted.make(text), now)))._tag).toBe("AccessTokenInvalid")
      }
    })
  ),
  check("altered", "believes no token that was altered in any place", (subject) =>
    Effect.gen(function* () {
      const { now, tokens } = subject
      const text = Redacted.value(yield* tokens.sign(yield* claimsOf(subject)))
      // The last character holds bits that stand for nothing.
      for (let position = 0; position < text.length - 1; position++) {
        if (text.charAt(position) === ".") continue
        const refused = yield* Effect.flip(tokens.verify(Redacted.make(altered(text, position)), now))
        expect(refused._tag, String(position)).toBe("AccessTokenInvalid")
      }
    })
  ),
  check("impersonal", "says of the user no more than its id", (subject) =>
    Effect.gen(function* () {
      const claims = yield* claimsOf(subject)
      const [, payload = ""] = Redacted.value(yield* subject.tokens.sign(claims)).split(".")
      const said: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"))
      const known = new Set(["iss", "aud", "sub", "tenant", "sid", "jti", "iat", "nbf", "exp"])
      expect(Object.keys(said as object).filter((name) => !known.has(name))).toEqual([])
    })
  )
]

/** Tests an `AccessTokens`. */
export const suite = <E>(name: string, layer: Layer.Layer<AccessTokens, E>, options: SuiteOptions = {}): void =>
  register("AccessTokens", checks, name, layer, options)
