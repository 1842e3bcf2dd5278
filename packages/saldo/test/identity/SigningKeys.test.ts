import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Actor, system } from "saldo/core/Actor"
import { Atomic } from "saldo/core/Atomic"
import { sha256 } from "saldo/core/sha256"
import { IdentityKeys } from "saldo/identity/IdentityKeys"
import { SigningKeys } from "saldo/identity/SigningKeys"
import { SigningKeyStore } from "saldo/identity/SigningKeyStore"
import { publicKeyOf } from "../../src/identity/internal/ed25519.ts"
import { asAdmin, inMemory, recordsOf, storages, identity } from "./sessionWorld.ts"
import { ring } from "./userWorld.ts"

const operator = asAdmin("system")
const signing = SigningKeys.use((keys) => keys.signing)
const keep = SigningKeys.use((keys) => keys.keep)
const published = Effect.map(
  SigningKeys.use((keys) => keys.published),
  ({ keys }) => keys.map(({ kid }) => kid)
)

const seedOf = (secret: Redacted.Redacted) => Redacted.make(Buffer.from(Redacted.value(secret), "base64url"))

describe("keys of Ed25519", () => {
  it("are those of RFC 8032, section 7.1, and of RFC 8037, appendix A", () => {
    const known = [
      [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
      ],
      [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
      ]
    ]
    for (const [seed = "", key = ""] of known) {
      const made = publicKeyOf(Redacted.make(Buffer.from(seed, "hex")))
      expect(Buffer.from(made, "base64url").toString("hex")).toBe(key)
    }
    const ofJwk = Buffer.from("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "base64url")
    expect(publicKeyOf(Redacted.make(ofJwk))).toBe("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
  })
})

describe("signing keys", () => {
  it.effect("are made when they are needed, and kept under seal", () =>
    Effect.gen(function* () {
      expect(yield* published).toEqual([])
      const { key, secret } = yield* signing
      const now = yield* DateTime.now
      expect(key).toMatchObject({ sequence: 1, algorithm: "EdDSA", createdAt: now, signsFrom: now, withdrawnAt: null })
      expect(key.signsUntil).toEqual(DateTime.add(now, { days: 90 }))
      expect(key.verifiesUntil).toEqual(DateTime.add(now, { days: 90, minutes: 30 }))
      expect(publicKeyOf(seedOf(secret))).toBe(key.publicKey)
      expect((yield* signing).key).toEqual(key)
      const [stored, ...others] = yield* SigningKeyStore.use((store) => store.list)
      expect(others).toEqual([])
      expect(JSON.stringify(stored)).not.toContain(Redacted.value(secret))
      const [record] = yield* recordsOf("system", "identity.make-signing-key")
      expect(record).toMatchObject({ kind: "security", subject: { id: key.id }, actor: { kind: "system" } })
      expect(JSON.stringify(record)).not.toContain(stored?.sealed ?? "")
    }).pipe(inMemory())
  )

  it.effect("are published a day before they sign, and believed until the last token is over", () =>
    Effect.gen(function* () {
      const first = (yield* signing).key
      const verifying = (id: string) =>
        Effect.map(
          SigningKeys.use((keys) => keys.verifying(id)),
          Option.isSome
        )
      yield* TestClock.adjust("89 days")
      yield* TestClock.adjust("-1 millis")
      expect(yield* keep).toEqual({ made: 0, purged: 0 })
      yield* TestClock.adjust("1 millis")
      expect(yield* keep).toEqual({ made: 1, purged: 0 })
      expect(yield* keep).toEqual({ made: 0, purged: 0 })
      const [, next] = yield* published
      expect((yield* signing).key.id).toBe(first.id)
      yield* TestClock.adjust("1 day")
      expect((yield* signing).key.id).toBe(next)
      expect(yield* published).toEqual([first.id, next])
      yield* TestClock.adjust("30 minutes")
      yield* TestClock.adjust("-1 millis")
      expect(yield* verifying(first.id)).toBe(true)
      yield* TestClock.adjust("1 millis")
      expect(yield* verifying(first.id)).toBe(false)
      expect(yield* published).toEqual([next])
      expect(yield* keep).toEqual({ made: 0, purged: 1 })
      expect((yield* recordsOf("system", "identity.purge-signing-key")).map(({ subject }) => subject.id)).toEqual([
        first.id
      ])
    }).pipe(inMemory())
  )

  it.effect("are made at once when nobody kept them, however long", () =>
    Effect.gen(function* () {
      const first = (yield* signing).key
      yield* TestClock.adjust("400 days")
      const second = (yield* signing).key
      expect(second.sequence).toBe(first.sequence + 1)
      expect(second.signsFrom).toEqual(yield* DateTime.now)
      expect(yield* published).toEqual([second.id])
    }).pipe(inMemory())
  )

  it.effect("are changed by administrators of the operator alone", () =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys
      const { key } = yield* signing
      for (const refused of [keys.rotate, keys.withdraw(key.id)]) {
        expect((yield* Effect.flip(Effect.asVoid(refused).pipe(asAdmin("bank"))))._tag).toBe("NotPermitted")
      }
      const rotated = yield* keys.rotate.pipe(operator)
      expect((yield* signing).key).toEqual(rotated)
      expect(yield* published).toEqual([key.id, rotated.id])
      yield* keys.withdraw(key.id).pipe(operator)
      expect((yield* Effect.flip(keys.withdraw(key.id).pipe(operator)))._tag).toBe("SigningKeyNotFound")
      expect(yield* published).toEqual([rotated.id])
      yield* keys.withdraw(rotated.id).pipe(operator)
      const again = (yield* signing).key
      expect(again.sequence).toBe(3)
      const [withdrawn] = yield* recordsOf("system", "identity.withdraw-signing-key")
      expect(withdrawn).toMatchObject({ actor: { id: "admin" }, subject: { id: key.id }, kind: "security" })
    }).pipe(inMemory())
  )

  it.effect("that a transaction made and took back are not remembered", () =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys
      const first = (yield* signing).key
      const atomic = yield* Atomic
      yield* keys.rotate.pipe(
        Effect.andThen(keys.published),
        Effect.andThen(Effect.fail("taken back")),
        atomic.run,
        operator,
        Effect.flip
      )
      expect((yield* signing).key).toEqual(first)
      expect(yield* published).toEqual([first.id])
    }).pipe(inMemory())
  )

  it.effect("of names that nobody has are looked up once a second, whatever is asked", () =>
    Effect.gen(function* () {
      const store = yield* SigningKeyStore
      let looks = 0
      const counted = Layer.succeed(SigningKeyStore, {
        ...store,
        list: Effect.suspend(() => {
          looks++
          return store.list
        })
      })
      const services = yield* Layer.build(Layer.fresh(Layer.provide(identity(), counted)))
      const look = (name: string) =>
        SigningKeys.use((keys) => keys.verifying(name)).pipe(Effect.provideContext(services))
      for (let index = 0; index < 100; index++) yield* look(`sigkey_${index}`)
      expect(looks).toBe(1)
      yield* TestClock.adjust("1 second")
      for (let index = 0; index < 100; index++) yield* look(`sigkey_${index}`)
      expect(looks).toBe(2)
      // A key that another process made is found by its first token.
      yield* TestClock.adjust("1 second")
      const { key } = yield* signing
      expect(Option.isSome(yield* look(key.id))).toBe(true)
    }).pipe(Effect.scoped, Effect.provide(Layer.fresh(Layer.provideMerge(identity(), storages.memory))))
  )

  it.effect("are sealed again under the host's next key, and the old one is then not needed", () =>
    Effect.gen(function* () {
      const { key, secret } = yield* signing
      const next = { id: "2027", key: Redacted.make(sha256("the identity key of 2027")) }
      const under = (keyring: Parameters<typeof IdentityKeys.layer>[0]) =>
        Effect.provide(SigningKeys, Layer.fresh(Layer.provide(SigningKeys.layer, IdentityKeys.layer(keyring))))
      const both = yield* under({ current: next, previous: [ring.current], index: ring.index })
      expect(yield* both.reseal).toBe(1)
      expect(yield* both.reseal).toBe(0)
      const alone = yield* under({ current: next, index: ring.index })
      const pair = yield* alone.signing
      expect(pair.key).toEqual(key)
      expect(Redacted.value(pair.secret)).toBe(Redacted.value(secret))
    }).pipe(inMemory())
  )
})

describe("the system", () => {
  it.effect("may rotate keys in the operator's tenant", () =>
    Effect.gen(function* () {
      const rotated = yield* Effect.provideService(
        SigningKeys.use((keys) => keys.rotate),
        Actor,
        system("system")
      )
      expect(rotated.sequence).toBe(1)
    }).pipe(inMemory())
  )
})
