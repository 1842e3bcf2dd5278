import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import {
  active,
  email,
  inbox,
  latestLink,
  memoryStores,
  records,
  secrets,
  signIn,
  signUp,
  sqlStores,
  usersOn
} from "./userWorld.ts"

const storages = {
  memory: memoryStores,
  "sqlite file": Layer.provide(sqlStores, TestSqlite.layerFile),
  postgres: Layer.provide(sqlStores, TestPostgres.layer)
}

describe("signing up", () => {
  for (const [name, stores] of Object.entries(storages)) {
    it.live(`leads by a mail to a user who signs in (${name})`, () =>
      Effect.gen(function* () {
        yield* signUp
        expect((yield* Effect.flip(signIn()))._tag).toBe("EmailUnverified")
        const user = yield* active
        expect(user.state).toBe("active")
        expect(yield* latestLink).toMatch(/^https:\/\/bank\.example\/verify#[\w-]{43}$/u)
        const signedIn = yield* signIn()
        expect(signedIn.id).toBe(user.id)
        expect(Redacted.value(signedIn.profile?.email ?? email)).toBe(secrets.email)
        expect(yield* inbox).toHaveLength(1)
        expect((yield* records).map(({ action, kind, outcome }) => [action, kind, outcome])).toEqual([
          ["identity.signUp", "security", "succeeded"],
          ["identity.signIn", "security", "refused"],
          ["identity.signUp", "security", "refused"],
          ["identity.mailToken", "security", "succeeded"],
          ["identity.verifyEmail", "security", "succeeded"],
          ["identity.signIn", "security", "succeeded"]
        ])
      }).pipe(Effect.provide(Layer.fresh(usersOn().pipe(Layer.provideMerge(stores)))))
    )
  }
})
