import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Authentication } from "saldo/identity/Authentication"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import { Sessions } from "saldo/identity/Sessions"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { client, signedIn, world } from "./identityWorld.ts"

const inWorld = <A, E>(effect: Effect.Effect<A, E, Layer.Success<typeof world>>) =>
  Effect.provide(effect, Layer.fresh(world))

describe("signing in", () => {
  it.effect("gives a token by which requests are known", () =>
    Effect.gen(function* () {
      const { accessToken, session } = yield* signedIn
      const identity = yield* Authentication.use((all) => all.bearer(accessToken))
      expect(identity).toMatchObject({ kind: "user", tenant: "bank", id: session.userId, roles: ["customer"] })
    }).pipe(inWorld)
  )

  it.effect("is followed by refreshes, until a token comes a second time", () =>
    Effect.gen(function* () {
      const [sessions, authentication] = [yield* Sessions, yield* Authentication]
      const first = yield* signedIn
      yield* TestClock.adjust("1 hour")
      const second = yield* sessions.refresh(first.refreshToken, client)
      yield* authentication.bearer(second.accessToken)
      yield* TestClock.adjust("1 minute")
      expect(yield* Effect.flip(sessions.refresh(first.refreshToken, client))).toEqual(new CredentialsInvalid())
      expect(yield* Effect.flip(sessions.refresh(second.refreshToken, client))).toEqual(new CredentialsInvalid())
      expect(yield* Effect.flip(authentication.bearer(second.accessToken))).toEqual(new CredentialsInvalid())
    }).pipe(inWorld)
  )
})
