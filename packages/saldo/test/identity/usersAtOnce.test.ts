/**
 * What happens when many do the same at the same time, on the storages where they really do.
 */
import { describe, expect, it } from "@effect/vitest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as TotpCodes from "@saldo/testing/TotpCodes"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import { Users } from "saldo/identity/Users"
import {
  active,
  admin,
  asUser,
  deliver,
  email,
  inbox,
  key,
  mailedToken,
  password,
  redact,
  signIn,
  signUp,
  sqlStores,
  tenant,
  usersOn
} from "./userWorld.ts"

const using = <A, E, R>(call: (users: Users["Service"]) => Effect.Effect<A, E, R>) => Users.use(call)

/** What became of many at the same time. */
const many = <A, E, R>(count: number, call: (index: number) => Effect.Effect<A, E, R>) =>
  Effect.forEach(
    Array.from({ length: count }, (_, index) => index),
    (index) => Effect.exit(call(index)),
    { concurrency: "unbounded" }
  )

const succeeded = (exits: ReadonlyArray<Exit.Exit<unknown, unknown>>): number => exits.filter(Exit.isSuccess).length

/** The tags of those who failed; a defect has none, and is missed in the count. */
const tags = (exits: ReadonlyArray<Exit.Exit<unknown, { readonly _tag: string }>>): ReadonlyArray<string> =>
  exits.flatMap((exit) => Option.toArray(Exit.findErrorOption(exit)).map(({ _tag }) => _tag))

const storages = {
  "sqlite file": Layer.provideMerge(sqlStores, TestSqlite.layerFile),
  postgres: Layer.provideMerge(sqlStores, TestPostgres.layer)
}

for (const [name, stores] of Object.entries(storages)) {
  const world = Effect.provide(Layer.fresh(usersOn().pipe(Layer.provideMerge(stores))))

  describe(`many at the same time (${name})`, () => {
    it.live("have one of them change to an address", () =>
      Effect.gen(function* () {
        const wanted = redact("wanted@example.test")
        const tokens = yield* Effect.forEach(["a", "b", "c", "d"], (name) =>
          Effect.gen(function* () {
            const own = redact(`${name}@example.test`)
            yield* using((all) => all.signUp({ tenant, email: own, name: redact("Bo Ek"), password }))
            const verifying = yield* mailedToken
            const user = yield* using((all) => all.verifyEmail({ tenant, token: verifying }))
            yield* using((all) => all.requestEmailChange({ email: wanted, password })).pipe(asUser(user))
            const token = yield* mailedToken
            yield* deliver(1)
            return token
          })
        )
        const exits = yield* many(4, (index) =>
          using((all) => all.confirmEmailChange({ tenant, token: tokens[index] ?? redact("") }))
        )
        expect(succeeded(exits)).toBe(1)
        expect(tags(exits)).toEqual(["TokenRejected", "TokenRejected", "TokenRejected"])
        const { items } = yield* using(({ list }) => list()).pipe(admin)
        expect(
          items.filter(({ profile }) => profile !== null && Redacted.value(profile.email) === "wanted@example.test")
        ).toHaveLength(1)
      }).pipe(world)
    )

    it.live("have one of them sign up with an address", () =>
      Effect.gen(function* () {
        const exits = yield* many(6, () => signUp)
        expect(succeeded(exits)).toBe(6)
        const { items } = yield* using(({ list }) => list()).pipe(admin)
        expect(items).toHaveLength(1)
        // More than three mails are too many for one address, so some of them were not even tried.
        yield* deliver(4)
        expect(yield* inbox).toHaveLength(4)
      }).pipe(world)
    )

    it.live("guess no faster than one after another", () =>
      Effect.gen(function* () {
        yield* active
        const exits = yield* many(30, (index) => signIn({ password: redact(`guess ${index}`), from: "192.0.2.7" }))
        expect(succeeded(exits)).toBe(0)
        const refused = tags(exits)
        expect(refused.filter((tag) => tag === "CredentialsRejected")).toHaveLength(6)
        expect(refused.filter((tag) => tag === "TooManyAttempts")).toHaveLength(24)
      }).pipe(world)
    )

    it.live("use a link once, and change a password by it once", () =>
      Effect.gen(function* () {
        yield* active
        yield* using((users) => users.requestPasswordReset({ tenant, email }))
        const token = yield* mailedToken
        const chosen = (index: number) => redact(`the ${index}. of six good passwords`)
        const exits = yield* many(6, (index) =>
          using((users) => users.confirmPasswordReset({ tenant, token, password: chosen(index) }))
        )
        expect(succeeded(exits)).toBe(1)
        expect(tags(exits)).toEqual(Array.from({ length: 5 }, () => "TokenRejected"))
        yield* signIn({ password: chosen(exits.findIndex(Exit.isSuccess)) })
      }).pipe(world)
    )

    it.live("use a code of an authenticator once", () =>
      Effect.gen(function* () {
        const user = yield* active
        const { secret } = yield* using(({ beginSecondFactor }) => beginSecondFactor({ password })).pipe(asUser(user))
        const codeFor = (steps: number) =>
          Effect.map(DateTime.now, (now) => TotpCodes.codeOfStep(secret, TotpCodes.stepAt(now) + steps))
        const code = yield* codeFor(-1)
        yield* using(({ confirmSecondFactor }) => confirmSecondFactor({ code })).pipe(asUser(user))
        const shown: Redacted.Redacted = yield* codeFor(1)
        const exits = yield* many(5, () => signIn({ code: shown }))
        expect(succeeded(exits)).toBe(1)
        expect(tags(exits)).toEqual(Array.from({ length: 4 }, () => "CredentialsRejected"))
      }).pipe(world)
    )

    it.live("seal a user anew once", () =>
      Effect.gen(function* () {
        const { id, version } = yield* active
        const sql = yield* SqlClient.SqlClient
        yield* sql`UPDATE saldo_identity_users SET sealed_by = 'earlier'`
        const done = yield* Effect.all(
          Array.from({ length: 6 }, () => using((users) => users.reseal())),
          { concurrency: "unbounded" }
        )
        expect(done.reduce((sum, count) => sum + count, 0)).toBe(1)
        expect((yield* using(({ find }) => find(id)).pipe(admin)).version).toBe(version + 1)
      }).pipe(world)
    )

    it.live("change one user by turns, and lose no change", () =>
      Effect.gen(function* () {
        const { id: userId, version } = yield* active
        const acts = yield* many(8, (index) =>
          index % 2 === 0
            ? using((users) => users.setParty({ key: key(`party ${index}`), userId, party: `cust_${index}` })).pipe(
                admin
              )
            : using((users) => users.setRoles({ key: key(`roles ${index}`), userId, roles: ["teller"] })).pipe(admin)
        )
        expect(succeeded(acts)).toBe(8)
        const after = yield* using(({ find }) => find(userId)).pipe(admin)
        expect(after.version).toBe(version + 8)
        expect(after.roles).toEqual(["teller"])
        expect(after.party).toMatch(/^cust_[0246]$/u)
      }).pipe(world)
    )
  })
}
