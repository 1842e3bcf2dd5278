import { describe, expect, it } from "@effect/vitest"
import * as Argon2 from "@node-rs/argon2"
import * as Bcrypt from "@node-rs/bcrypt"
import * as PasswordHasherTest from "@saldo/testing/PasswordHasherTest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Crypto from "node:crypto"
import { PasswordHasher } from "saldo/identity/PasswordHasher"
import * as Argon2PasswordHasher from "../src/Argon2PasswordHasher.ts"

PasswordHasherTest.suite("Argon2id", Argon2PasswordHasher.layer)

const cheap = Argon2PasswordHasher.layerWith({ cost: { memoryKiB: 64, passes: 1, lanes: 1 } })

const verdict = (hash: string, password: string) =>
  PasswordHasher.use((hasher) => hasher.verify(Redacted.make(hash), Redacted.make(password)))

/** From the tests of the reference implementation, github.com/P-H-C/phc-winner-argon2, version 19. */
const reference = [
  ["password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"],
  ["password", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"],
  ["password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"],
  ["differentpassword", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94"],
  ["password", "$argon2id$v=19$m=65536,t=2,p=1$ZGlmZnNhbHQ$vfMrBczELrFdWP0ZsfhWsRPaHppYdP3MVEMIVlqoFBw"]
] as const

/** Another algorithm, and an older version, from the same tests. */
const older = [
  "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
  "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY"
]

/** From the tests of jBCrypt, which come from OpenBSD. */
const bcrypt = [
  ["", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s."],
  ["a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"],
  ["abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"],
  ["abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"],
  ["~!@#$%^&*()      ~!@#$%^&*()PNBFRD", "$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO"]
] as const

/** RFC 9106, section 5.3. */
const rfc9106 = {
  message: Buffer.alloc(32, 1),
  nonce: Buffer.alloc(16, 2),
  secret: Buffer.alloc(8, 3),
  associatedData: Buffer.alloc(12, 4),
  parallelism: 4,
  tagLength: 32,
  memory: 32,
  passes: 3
}
const rfc9106Tag = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"

type Argon2Sync = (algorithm: "argon2id", parameters: Partial<typeof rfc9106>) => Buffer

/** Passwords that a hasher which stops at a zero, at some length or at letters takes for each other. */
const alike: ReadonlyArray<readonly [string, string]> = [
  ["a", "a\u0000"],
  ["a\u0000b", "a\u0000c"],
  [`${"x".repeat(72)}1`, `${"x".repeat(72)}2`],
  ["e\u0301", "é"],
  ["", " "]
]

describe("passwords by Argon2id", () => {
  it.effect("are told apart wherever they differ", () =>
    Effect.gen(function* () {
      const { hash, verify } = yield* PasswordHasher
      for (const [left, right] of alike) {
        const encoded = yield* hash(Redacted.make(left))
        expect((yield* verify(encoded, Redacted.make(left))).matches).toBe(true)
        expect((yield* verify(encoded, Redacted.make(right))).matches).toBe(false)
      }
    }).pipe(Effect.provide(cheap))
  )

  it.effect("has the hash name its algorithm and the cost that OWASP recommends", () =>
    Effect.gen(function* () {
      const hash = yield* PasswordHasher.use((hasher) => hasher.hash(Redacted.make("correct horse")))
      expect(Redacted.value(hash)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/u)
    }).pipe(Effect.provide(Argon2PasswordHasher.layer))
  )

  it.effect("reads the reference implementation's hashes", () =>
    Effect.gen(function* () {
      for (const [password, hash] of reference) {
        expect((yield* verdict(hash, password)).matches).toBe(true)
        expect((yield* verdict(hash, `${password} `)).matches).toBe(false)
      }
    }).pipe(Effect.provide(cheap))
  )

  it("agrees with Node's own Argon2, which agrees with RFC 9106", () => {
    // From Node 24.7 on; the hashes of the reference implementation stand on the older ones, too.
    const argon2Sync = Reflect.get(Crypto, "argon2Sync") as Argon2Sync | undefined
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
    expect(argon2Sync !== undefined || major < 24 || (major === 24 && minor < 7)).toBe(true)
    if (argon2Sync === undefined) return
    expect(argon2Sync("argon2id", rfc9106).toString("hex")).toBe(rfc9106Tag)
    for (const [memory, passes, parallelism] of [
      [64, 1, 1],
      [256, 3, 4],
      [19_456, 2, 1]
    ] as const) {
      const salt = Buffer.from(`${memory} salted ${passes} ${parallelism}`.padEnd(16, "."))
      const own = argon2Sync("argon2id", {
        message: Buffer.from("pässword"),
        nonce: salt,
        parallelism,
        tagLength: 32,
        memory,
        passes
      })
      const options = { memoryCost: memory, timeCost: passes, parallelism, outputLen: 32, salt }
      expect(Argon2.hashRawSync("pässword", options).toString("hex")).toBe(own.toString("hex"))
    }
  })

  it.effect("says which hashes are weaker than those of today", () =>
    Effect.gen(function* () {
      const made = (memory: number, passes: number, more: Argon2.Options = {}) =>
        Argon2.hashSync("correct horse", { memoryCost: memory, timeCost: passes, parallelism: 1, ...more })
      const outdated = (hash: string) =>
        Effect.map(verdict(hash, "correct horse"), (each) => [each.matches, each.outdated])
      expect(yield* outdated(made(128, 2))).toEqual([true, false])
      expect(yield* outdated(made(256, 3, { parallelism: 2 }))).toEqual([true, false])
      expect(yield* outdated(made(127, 2))).toEqual([true, true])
      expect(yield* outdated(made(128, 1))).toEqual([true, true])
      expect(yield* outdated(made(128, 2, { outputLen: 16 }))).toEqual([true, true])
      for (const hash of older) {
        expect(yield* verdict(hash, "password")).toEqual({ matches: true, outdated: true })
      }
    }).pipe(Effect.provide(Argon2PasswordHasher.layerWith({ cost: { memoryKiB: 128, passes: 2, lanes: 1 } })))
  )
})

describe("hashes by bcrypt", () => {
  it.effect("are read, and outdated", () =>
    Effect.gen(function* () {
      for (const [password, hash] of bcrypt) {
        for (const text of [hash, hash.replace("$2a$", "$2b$"), hash.replace("$2a$", "$2y$")]) {
          expect(yield* verdict(text, password)).toEqual({ matches: true, outdated: true })
          expect(yield* verdict(text, `${password}x`)).toEqual({ matches: false, outdated: true })
        }
      }
    }).pipe(Effect.provide(cheap))
  )

  it.effect("match no password of which they read a part only", () =>
    Effect.gen(function* () {
      const full = "å".repeat(36)
      const hash = Bcrypt.hashSync(full, { cost: 4 })
      expect((yield* verdict(hash, full)).matches).toBe(true)
      expect(Bcrypt.verifySync(`${full}more`, hash)).toBe(true)
      expect((yield* verdict(hash, `${full}more`)).matches).toBe(false)
      // Bcrypt repeats the password with the zero that ends it, so that these two come to the same.
      const short = Bcrypt.hashSync("a", { cost: 4 })
      expect(Bcrypt.verifySync("a\u0000a", short)).toBe(true)
      expect((yield* verdict(short, "a\u0000a")).matches).toBe(false)
    }).pipe(Effect.provide(cheap))
  )
})

describe("the thread that answers requests", () => {
  it.live("goes on while passwords are hashed", () =>
    Effect.gen(function* () {
      const { hash, verify } = yield* PasswordHasher
      let turns = 0
      const turning = yield* Effect.forkChild(
        Effect.forever(Effect.andThen(Effect.yieldNow, Effect.sync(() => turns++).pipe(Effect.delay("1 millis"))))
      )
      const made = yield* Effect.forEach([1, 2, 3, 4], () => hash(Redacted.make("correct horse")), {
        concurrency: "unbounded"
      })
      yield* Effect.forEach(made, (each) => verify(each, Redacted.make("correct horse")), { concurrency: "unbounded" })
      yield* Fiber.interrupt(turning)
      expect(turns).toBeGreaterThan(10)
    }).pipe(Effect.provide(Argon2PasswordHasher.layer))
  )
})
