import * as ScryptPasswordHasher from "@saldo/testing/ScryptPasswordHasher"
import * as TotpCodes from "@saldo/testing/TotpCodes"
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { PasswordHasher, type PasswordVerdict } from "saldo/identity/PasswordHasher"
import { Users } from "saldo/identity/Users"
import {
  active,
  admin,
  asUser,
  inWorld,
  key,
  next,
  password,
  records,
  redact,
  secrets,
  signIn,
  signUp,
  tenant
} from "./userWorld.ts"

const world = inWorld()

const using = <A, E, R>(call: (users: Users["Service"]) => Effect.Effect<A, E, R>) => Users.use(call)

const refusal = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

const wrong = redact("the wrong password")

/** A user with a confirmed second factor. */
const guarded = Effect.gen(function* () {
  const user = yield* active
  const { secret } = yield* using(({ beginSecondFactor }) => beginSecondFactor({ password })).pipe(asUser(user))
  const codes = yield* using(({ confirmSecondFactor }) =>
    Effect.flatMap(DateTime.now, (now) => confirmSecondFactor({ code: TotpCodes.codeAt(secret, now) }))
  ).pipe(asUser(user))
  return { user, secret, codes }
})

const codeNow = (secret: Redacted.Redacted) => Effect.map(DateTime.now, (now) => TotpCodes.codeAt(secret, now))

/** A hasher that notes with which hashes it is asked to compare, and lets something happen behind the first comparison. */
const noting = (hashes: Array<string>, behind: { first: Effect.Effect<unknown> | null } = { first: null }) =>
  Layer.effect(
    PasswordHasher,
    Effect.map(PasswordHasher, (hasher) =>
      PasswordHasher.of({
        hash: hasher.hash,
        verify: (encoded, given): Effect.Effect<PasswordVerdict> => {
          hashes.push(Redacted.value(encoded))
          const meanwhile = behind.first ?? Effect.void
          behind.first = null
          return Effect.tap(hasher.verify(encoded, given), meanwhile)
        }
      })
    )
  ).pipe(Layer.provide(ScryptPasswordHasher.layer()))

describe("signing in", () => {
  it.effect("is refused in the same words, after the same work, whoever does not exist", () => {
    const hashes: Array<string> = []
    const sameWork = () => {
      expect(hashes).toHaveLength(1)
      expect(hashes[0]).toMatch(/^\$scrypt\$n=1024\$/u)
      hashes.length = 0
    }
    return inWorld({ hasher: noting(hashes) })(
      Effect.gen(function* () {
        const { id: userId } = yield* active
        const tries = [
          signIn({ password: wrong }),
          signIn({ email: redact("nobody@example.test") }),
          signIn({ email: redact("no address at all") }),
          signIn({ tenant: "elsewhere" }),
          signIn({ password: redact("") }),
          signIn({ password: redact("x".repeat(1_000_000)) })
        ]
        const refusals: Array<string> = []
        for (const each of tries) {
          hashes.length = 0
          refusals.push(JSON.stringify(yield* Effect.flip(each)))
          sameWork()
        }
        expect(new Set(refusals).size).toBe(1)
        yield* using(({ lock }) => lock({ key: key("lock"), userId })).pipe(admin)
        expect(JSON.stringify(yield* Effect.flip(signIn()))).toBe(refusals[0])
        sameWork()
      })
    )
  })

  it.effect("is refused with a password that was changed while it was compared", () => {
    const behind: { first: Effect.Effect<unknown> | null } = { first: null }
    return inWorld({ hasher: noting([], behind) })(
      Effect.gen(function* () {
        const user = yield* active
        const users = yield* Users
        behind.first = users.changePassword({ password, next }).pipe(asUser(user), Effect.orDie)
        expect(yield* refusal(signIn())).toBe("CredentialsRejected")
        yield* signIn({ password: next })
      })
    )
  })

  it.effect("waits for the address to be verified, which only the right password learns", () =>
    world(
      Effect.gen(function* () {
        yield* signUp
        expect(yield* refusal(signIn())).toBe("EmailUnverified")
        expect(yield* refusal(signIn({ password: wrong }))).toBe("CredentialsRejected")
      })
    )
  )

  it.effect("takes a password from any keyboard, and an address in any case", () =>
    world(
      Effect.gen(function* () {
        const { id } = yield* active
        expect((yield* signIn({ email: redact("quirina.TESTSSON@example.test ") })).id).toBe(id)
        const change = { password, next: redact("Ⅳ schöne Äpfel am Baum") }
        const user = yield* signIn()
        yield* using(({ changePassword }) => changePassword(change)).pipe(asUser(user))
        expect((yield* signIn({ password: redact("IV scho\u0308ne A\u0308pfel am Baum") })).id).toBe(id)
      })
    )
  )

  it.effect("slows guessing down, also when all guesses come at once, and tells the trail once", () =>
    world(
      Effect.gen(function* () {
        yield* active
        const guesses = Array.from({ length: 40 }, (_, index) =>
          refusal(signIn({ password: redact(`guess ${index}`) }))
        )
        const outcomes = yield* Effect.all(guesses, { concurrency: "unbounded" })
        expect(outcomes.filter((each) => each === "CredentialsRejected")).toHaveLength(6)
        expect(outcomes.filter((each) => each === "TooManyAttempts")).toHaveLength(34)
        expect((yield* records).filter(({ reason }) => reason === "TooManyAttempts")).toHaveLength(1)
        // The right password waits as long as any other.
        expect(yield* refusal(signIn())).toBe("TooManyAttempts")
        yield* TestClock.adjust("30 seconds")
        expect(yield* refusal(signIn({ password: wrong }))).toBe("CredentialsRejected")
        yield* TestClock.adjust("59 seconds")
        expect(yield* refusal(signIn())).toBe("TooManyAttempts")
        yield* TestClock.adjust("1 second")
        yield* signIn()
        for (let tries = 0; tries < 5; tries++) {
          expect(yield* refusal(signIn({ password: wrong }))).toBe("CredentialsRejected")
        }
        yield* signIn()
      })
    )
  )

  it.effect("slows guessing down in the same way where there is nobody", () =>
    world(
      Effect.gen(function* () {
        yield* active
        const guess = (address: string) =>
          Effect.forEach(Array.from({ length: 9 }), () => refusal(signIn({ email: redact(address), password: wrong })))
        expect(yield* guess("nobody@example.test")).toEqual(yield* guess(secrets.email))
      })
    )
  )

  it.effect("lets nobody guess more than a hundred times in two days", () =>
    world(
      Effect.gen(function* () {
        yield* active
        let judged = 0
        for (let minutes = 0; minutes < 2 * 24 * 60; minutes++) {
          if ((yield* refusal(signIn({ password: wrong }))) === "CredentialsRejected") judged++
          yield* TestClock.adjust("1 minute")
        }
        expect(judged).toBeGreaterThan(40)
        expect(judged).toBeLessThan(100)
      })
    )
  )

  it.effect("counts by network address too, where a success pays for itself alone", () =>
    world(
      Effect.gen(function* () {
        yield* active
        const from = "192.0.2.7"
        for (let tries = 0; tries < 31; tries++) {
          const email = redact(`nobody${tries}@example.test`)
          expect(yield* refusal(signIn({ email, from }))).toBe("CredentialsRejected")
          if (tries < 25) yield* signIn({ from })
        }
        expect(yield* refusal(signIn({ from }))).toBe("TooManyAttempts")
        yield* signIn({ from: "192.0.2.8" })
        yield* signIn()
        const told = JSON.stringify((yield* records).map(({ actor, subject }) => [actor, subject]))
        expect(told).not.toContain(from)
      })
    )
  )

  it.effect("replaces a hash that is weaker than those made today", () => {
    const hashes: Array<string> = []
    const weak = ScryptPasswordHasher.layer({ cost: 16 })
    const growing = Layer.effect(
      PasswordHasher,
      Effect.gen(function* () {
        const [old, strong] = [
          yield* PasswordHasher,
          yield* Effect.provide(PasswordHasher, ScryptPasswordHasher.layer())
        ]
        return PasswordHasher.of({
          hash: (given) => (hashes.length === 0 ? old : strong).hash(given),
          verify: (encoded, given) => {
            hashes.push(Redacted.value(encoded).slice(0, 15))
            return strong.verify(encoded, given)
          }
        })
      })
    ).pipe(Layer.provide(weak))
    return inWorld({ hasher: growing })(
      Effect.gen(function* () {
        const user = yield* active
        hashes.splice(0, hashes.length, "the sign-up")
        expect(yield* refusal(signIn({ password: wrong }))).toBe("CredentialsRejected")
        const upgraded = yield* signIn()
        expect(upgraded.version).toBe(user.version + 1)
        expect((yield* signIn()).version).toBe(upgraded.version)
        expect(hashes.slice(1).map((each) => each.includes("n=16$"))).toEqual([true, true, false])
      })
    )
  })
})

describe("a second factor", () => {
  it.effect("is asked for once it was shown to work, and takes each code once", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        const begin = using(({ beginSecondFactor }) => beginSecondFactor({ password })).pipe(asUser(user))
        const { secret, uri } = yield* begin
        expect(Redacted.value(uri)).toContain(encodeURIComponent(secrets.email))
        // One that was not confirmed is not asked for.
        yield* signIn()
        const confirm = (code: Redacted.Redacted) =>
          using(({ confirmSecondFactor }) => confirmSecondFactor({ code })).pipe(asUser(user))
        expect(yield* refusal(confirm(redact("000000")))).toBe("CredentialsRejected")
        const code = yield* codeNow(secret)
        expect(yield* confirm(code)).toHaveLength(10)
        expect(yield* refusal(confirm(code))).toBe("SecondFactorUnfit")
        expect(yield* refusal(begin)).toBe("SecondFactorRequired")
        expect(yield* refusal(signIn())).toBe("SecondFactorRequired")
        expect(yield* refusal(signIn({ code }))).toBe("CredentialsRejected")
        yield* TestClock.adjust("30 seconds")
        const second = yield* codeNow(secret)
        expect(yield* refusal(signIn({ code: second, password: wrong }))).toBe("CredentialsRejected")
        expect((yield* signIn({ code: second })).hasSecondFactor).toBe(true)
        expect(yield* refusal(signIn({ code: second }))).toBe("CredentialsRejected")
      })
    )
  )

  it.effect("takes one code once, however many sign in with it at the same time", () =>
    world(
      Effect.gen(function* () {
        const { secret } = yield* guarded
        yield* TestClock.adjust("1 minute")
        const code = yield* codeNow(secret)
        const all = Array.from({ length: 5 }, () => Effect.exit(signIn({ code })))
        const exits = yield* Effect.all(all, { concurrency: "unbounded" })
        expect(exits.filter(({ _tag }) => _tag === "Success")).toHaveLength(1)
      })
    )
  )

  it.effect("lets somebody in by each recovery code once, however it is typed", () =>
    world(
      Effect.gen(function* () {
        const { codes, secret, user } = yield* guarded
        expect(new Set(codes.map(Redacted.value)).size).toBe(10)
        // 28 characters of 32 are 140 bits.
        for (const each of codes) expect(Redacted.value(each)).toMatch(/^[a-km-np-z2-9]{4}(?:-[a-km-np-z2-9]{4}){6}$/u)
        const [first, second] = codes.map(Redacted.value)
        yield* signIn({ code: redact(first ?? "") })
        expect(yield* refusal(signIn({ code: redact(first ?? "") }))).toBe("CredentialsRejected")
        yield* signIn({ code: redact(` ${(second ?? "").toUpperCase().replaceAll("-", " ")} `) })
        yield* TestClock.adjust("1 minute")
        const code = yield* codeNow(secret)
        const renew = (proof: { readonly password: Redacted.Redacted; readonly code?: Redacted.Redacted }) =>
          using(({ renewRecoveryCodes }) => renewRecoveryCodes(proof)).pipe(asUser(user))
        expect(yield* refusal(renew({ password }))).toBe("SecondFactorRequired")
        const renewed = yield* renew({ password, code })
        const third = codes[2] ?? redact("")
        expect(yield* refusal(signIn({ code: third }))).toBe("CredentialsRejected")
        yield* signIn({ code: renewed[0] ?? redact("") })
      })
    )
  )

  it.effect("cannot be guessed any faster than the password", () =>
    world(
      Effect.gen(function* () {
        yield* guarded
        const guess = (index: number) => signIn({ code: redact(String(index).padStart(6, "0")) })
        const outcomes: Array<string> = []
        for (let index = 0; index < 12; index++) {
          outcomes.push(yield* refusal(guess(index)))
          // To be asked for the code forgives no guess.
          outcomes.push(yield* refusal(signIn()))
        }
        expect(outcomes.filter((each) => each === "CredentialsRejected").length).toBeLessThanOrEqual(6)
        expect(outcomes.at(-1)).toBe("TooManyAttempts")
      })
    )
  )

  it.effect("is confirmed by no guess, and begun no second time", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        const begin = (code?: Redacted.Redacted) =>
          using(({ beginSecondFactor }) =>
            beginSecondFactor({ password, ...(code === undefined ? {} : { code }) })
          ).pipe(asUser(user))
        const confirm = (code: Redacted.Redacted) =>
          using(({ confirmSecondFactor }) => confirmSecondFactor({ code })).pipe(asUser(user))
        expect(yield* refusal(confirm(redact("000000")))).toBe("SecondFactorUnfit")
        const forgotten = yield* begin()
        const { secret } = yield* begin()
        expect(yield* refusal(confirm(yield* codeNow(forgotten.secret)))).toBe("CredentialsRejected")
        const outcomes: Array<string> = []
        for (let index = 0; index < 9; index++) outcomes.push(yield* refusal(confirm(redact(`00000${index}`))))
        expect(outcomes.at(-1)).toBe("TooManyAttempts")
        yield* TestClock.adjust("1 hour")
        yield* confirm(yield* codeNow(secret))
        yield* TestClock.adjust("1 minute")
        expect(yield* refusal(begin(yield* codeNow(secret)))).toBe("SecondFactorUnfit")
        yield* signIn({ code: yield* codeNow(secret) })
      })
    )
  )

  it.effect("goes by password and code, and is not asked for any more", () =>
    world(
      Effect.gen(function* () {
        const { secret, user } = yield* guarded
        yield* TestClock.adjust("1 minute")
        const remove = (code: Redacted.Redacted) =>
          using(({ removeSecondFactor }) => removeSecondFactor({ password, code })).pipe(asUser(user))
        expect(yield* refusal(remove(redact("000000")))).toBe("CredentialsRejected")
        expect((yield* remove(yield* codeNow(secret))).hasSecondFactor).toBe(false)
        yield* signIn()
        expect(yield* refusal(remove(redact("000000")))).toBe("SecondFactorUnfit")
      })
    )
  )
})

describe("acting for other use cases", () => {
  it.effect("is as the roles say, and only while the user is active", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        const acting = using((users) => users.acting(tenant, user.id))
        expect(yield* acting).toMatchObject({ value: { id: user.id, roles: ["customer"], kind: "user" } })
        yield* using(({ setParty }) => setParty({ key: key("party"), userId: user.id, party: "cust_7" })).pipe(admin)
        expect(yield* acting).toMatchObject({ value: { onBehalfOf: { tenant, id: "cust_7" } } })
        yield* using(({ lock }) => lock({ key: key("lock"), userId: user.id })).pipe(admin)
        expect((yield* acting)._tag).toBe("None")
        expect((yield* using((users) => users.acting("elsewhere", user.id)))._tag).toBe("None")
      })
    )
  )
})
