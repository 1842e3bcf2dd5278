import { describe, expect, it } from "@effect/vitest"
import * as AttemptStoreTest from "@saldo/testing/AttemptStoreTest"
import { broken } from "@saldo/testing/Check"
import * as IdentityTokenStoreTest from "@saldo/testing/IdentityTokenStoreTest"
import * as OneTimeCodesTest from "@saldo/testing/OneTimeCodesTest"
import * as PasswordHasherTest from "@saldo/testing/PasswordHasherTest"
import * as ScryptPasswordHasher from "@saldo/testing/ScryptPasswordHasher"
import * as TotpCodes from "@saldo/testing/TotpCodes"
import * as UserStoreTest from "@saldo/testing/UserStoreTest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Atomic } from "saldo/core/Atomic"
import { AttemptStore } from "saldo/identity/AttemptStore"
import { IdentityTokenStore } from "saldo/identity/IdentityTokenStore"
import { OneTimeCodes } from "saldo/identity/OneTimeCodes"
import { PasswordHasher } from "saldo/identity/PasswordHasher"
import { UserStore } from "saldo/identity/UserStore"

type Bugs<Service> = ReadonlyArray<readonly [name: string, caughtBy: string, bug: (sound: Service) => Partial<Service>]>

const userBugs: Bugs<UserStore["Service"]> = [
  [
    "an address is kept twice",
    "taken",
    (store) => ({ insert: (user) => store.insert({ ...user, emailIndex: `${user.emailIndex} ${user.id}` }) })
  ],
  [
    "tenants are one",
    "tenants",
    (store) => ({
      insert: (user) => store.insert({ ...user, tenant: "all" }),
      find: (_tenant, id) => store.find("all", id)
    })
  ],
  ["roles are lost", "insert", (store) => ({ insert: (user) => store.insert({ ...user, roles: [] }) })],
  [
    "the last writer wins",
    "save",
    (store) => ({
      save: (user) =>
        Effect.flatMap(store.find(user.tenant, user.id), (found) =>
          Option.isSome(found) ? store.save({ ...user, version: found.value.version + 1 }) : Effect.succeed(false)
        )
    })
  ],
  ["a save is always said to have won", "save", (store) => ({ save: (user) => Effect.as(store.save(user), true) })],
  [
    "a state is not asked for",
    "list",
    (store) => ({ list: (tenant, { state: _state, ...filter }, page) => store.list(tenant, filter, page) })
  ],
  ["every key seals", "sealed-by-others", () => ({ sealedByOthers: () => Effect.succeed([]) })]
]

const tokenBugs: Bugs<IdentityTokenStore["Service"]> = [
  ["a token stays", "take", (store) => ({ take: store.find })],
  [
    "a purpose does not matter",
    "put",
    (store) => ({
      put: (token) => store.put({ ...token, purpose: "verify-email" }),
      find: (claim, at) => store.find({ ...claim, purpose: "verify-email" }, at),
      take: (claim, at) => store.take({ ...claim, purpose: "verify-email" }, at)
    })
  ],
  [
    "a token lasts a millisecond too long",
    "expiry",
    (store) => ({
      find: (claim, at) => store.find(claim, DateTime.subtract(at, { milliseconds: 1 })),
      take: (claim, at) => store.take(claim, DateTime.subtract(at, { milliseconds: 1 }))
    })
  ],
  ["nothing is forgotten", "forget", () => ({ forget: () => Effect.succeed(2) })],
  ["all is purged at once", "purge", (store) => ({ purge: (at) => store.purge(at, 1_000_000) })]
]

const attemptBugs: Bugs<AttemptStore["Service"]> = [
  ["tenants are one", "apart", (store) => ({ save: (key, tries) => store.save({ ...key, tenant: "all" }, tries) })],
  ["nothing is kept", "save", () => ({ save: () => Effect.void })],
  ["the refusal is lost", "save", (store) => ({ save: (key, tries) => store.save(key, { ...tries, refused: false }) })],
  ["nothing is purged", "purge", () => ({ purge: () => Effect.succeed(0) })]
]

const hasherBugs: Bugs<PasswordHasher["Service"]> = [
  [
    "what stands behind 72 bytes is not read",
    "every-character",
    ({ hash, verify }) => {
      const cut = (text: Redacted.Redacted) =>
        Redacted.make(Buffer.from(Redacted.value(text), "utf8").subarray(0, 72).toString("latin1"))
      return { hash: (text) => hash(cut(text)), verify: (encoded, text) => verify(encoded, cut(text)) }
    }
  ],
  [
    "passwords end at a zero",
    "every-character",
    ({ hash, verify }) => {
      const cut = (text: Redacted.Redacted) => Redacted.make(Redacted.value(text).split("\u0000")[0] ?? "")
      return { hash: (text) => hash(cut(text)), verify: (encoded, text) => verify(encoded, cut(text)) }
    }
  ],
  [
    "spaces do not matter",
    "matches",
    ({ verify }) => ({ verify: (encoded, text) => verify(encoded, Redacted.make(Redacted.value(text).trim())) })
  ],
  [
    "everything unreadable matches",
    "unreadable",
    ({ verify }) => ({
      verify: (encoded, text) =>
        Redacted.value(encoded).startsWith("$scrypt$")
          ? verify(encoded, text)
          : Effect.succeed({ matches: true, outdated: true })
    })
  ],
  [
    "there is no salt",
    "salted",
    ({ hash }) => {
      const known = new Map<string, Redacted.Redacted>()
      return {
        hash: (text) =>
          Effect.gen(function* () {
            const made = known.get(Redacted.value(text)) ?? (yield* hash(text))
            known.set(Redacted.value(text), made)
            return made
          })
      }
    }
  ]
]

const codeBugs: Bugs<OneTimeCodes["Service"]> = [
  [
    "a minute is taken for half of one",
    "published",
    ({ verify }) => ({
      verify: (secret, code, at) => verify(secret, code, DateTime.makeUnsafe(Math.floor(at.epochMilliseconds / 2)))
    })
  ],
  [
    "codes last too long",
    "window",
    ({ verify }) => ({
      verify: (secret, code, at) =>
        Effect.map(
          Effect.forEach([-90, -60, -30, 0, 30, 60, 90], (seconds) =>
            verify(secret, code, DateTime.add(at, { seconds }))
          ),
          (found) => Option.firstSomeOf(found)
        )
    })
  ],
  [
    "the step is not said",
    "published",
    ({ verify }) => ({
      verify: (...all) =>
        Effect.map(
          verify(...all),
          Option.map(() => 0)
        )
    })
  ],
  [
    "spaces and signs are read over",
    "hostile",
    ({ verify }) => ({
      verify: (secret, code, at) => verify(secret, Redacted.make(Redacted.value(code).slice(0, 6)), at)
    })
  ],
  [
    "every secret is the same",
    "secrets",
    () => ({ generateSecret: Effect.succeed(Redacted.make("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")) })
  ],
  [
    "names are not encoded",
    "uri",
    () => ({
      uri: (secret, { account, issuer }) =>
        Effect.succeed(
          Redacted.make(`otpauth://totp/${issuer}:${account}?secret=${Redacted.value(secret)}&issuer=${issuer}`)
        )
    })
  ]
]

describe("a suite catches", () => {
  for (const [name, caughtBy, bug] of userBugs) {
    it.live(`${name} (UserStore)`, () =>
      Effect.gen(function* () {
        const layer = Layer.effect(
          UserStore,
          Effect.map(UserStore, (sound) => UserStore.of({ ...sound, ...bug(sound) }))
        ).pipe(Layer.provide(UserStore.layerMemory), Layer.merge(Atomic.layerMemory))
        expect(yield* broken(UserStoreTest.checks, layer)).toContain(caughtBy)
      })
    )
  }
  for (const [name, caughtBy, bug] of tokenBugs) {
    it.live(`${name} (IdentityTokenStore)`, () =>
      Effect.gen(function* () {
        const layer = Layer.effect(
          IdentityTokenStore,
          Effect.map(IdentityTokenStore, (sound) => IdentityTokenStore.of({ ...sound, ...bug(sound) }))
        ).pipe(Layer.provide(IdentityTokenStore.layerMemory), Layer.merge(Atomic.layerMemory))
        expect(yield* broken(IdentityTokenStoreTest.checks, layer)).toContain(caughtBy)
      })
    )
  }
  for (const [name, caughtBy, bug] of attemptBugs) {
    it.live(`${name} (AttemptStore)`, () =>
      Effect.gen(function* () {
        const layer = Layer.effect(
          AttemptStore,
          Effect.map(AttemptStore, (sound) => AttemptStore.of({ ...sound, ...bug(sound) }))
        ).pipe(Layer.provide(AttemptStore.layerMemory), Layer.merge(Atomic.layerMemory))
        expect(yield* broken(AttemptStoreTest.checks, layer)).toContain(caughtBy)
      })
    )
  }
  for (const [name, caughtBy, bug] of hasherBugs) {
    it.live(`${name} (PasswordHasher)`, () =>
      Effect.gen(function* () {
        const layer = Layer.effect(
          PasswordHasher,
          Effect.map(PasswordHasher, (sound) => PasswordHasher.of({ ...sound, ...bug(sound) }))
        ).pipe(Layer.provide(ScryptPasswordHasher.layer()))
        expect(yield* broken(PasswordHasherTest.checks, layer)).toContain(caughtBy)
      })
    )
  }
  for (const [name, caughtBy, bug] of codeBugs) {
    it.live(`${name} (OneTimeCodes)`, () =>
      Effect.gen(function* () {
        const layer = Layer.effect(
          OneTimeCodes,
          Effect.map(OneTimeCodes, (sound) => OneTimeCodes.of({ ...sound, ...bug(sound) }))
        ).pipe(Layer.provide(TotpCodes.layer))
        expect(yield* broken(OneTimeCodesTest.checks, layer)).toContain(caughtBy)
      })
    )
  }
})
