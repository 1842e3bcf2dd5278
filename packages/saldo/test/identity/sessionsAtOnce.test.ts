/** What happens at the same time, in one process and in several, on every kind of storage and in real time. */
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { AuditStore } from "saldo/audit/AuditStore"
import { Actor, system } from "saldo/core/Actor"
import { Authentication } from "saldo/identity/Authentication"
import { Sessions } from "saldo/identity/Sessions"
import { SessionStore } from "saldo/identity/SessionStore"
import { SigningKeys } from "saldo/identity/SigningKeys"
import { SigningKeyStore } from "saldo/identity/SigningKeyStore"
import { client, identity, recordsOf, signedIn, somebody, storages, stranger } from "./sessionWorld.ts"

const eight = Array.from({ length: 8 }, (_, index) => index)

/** A process of its own over the stores in scope. */
const process = Layer.fresh(identity())

const atOnce = <A, E, R>(effects: ReadonlyArray<Effect.Effect<A, E, R>>) =>
  Effect.all(effects, { concurrency: "unbounded" })

const sessionOf = ({ session }: Effect.Success<typeof signedIn>) =>
  Effect.flatMap(
    SessionStore.use((store) => store.find(session.tenant, session.id)),
    Effect.fromOption
  )

for (const [name, stores] of Object.entries(storages)) {
  describe(`at the same time (${name})`, () => {
    it.layer(Layer.provideMerge(identity(), stores), { excludeTestServices: true })((it) => {
      it.effect("one client's refreshes with one token give one successor", () =>
        Effect.gen(function* () {
          const first = yield* signedIn
          const sessions = yield* Sessions
          const all = yield* atOnce(eight.map(() => sessions.refresh(first.refreshToken, client)))
          expect(new Set(all.map(({ refreshToken }) => Redacted.value(refreshToken))).size).toBe(1)
          expect(new Set(all.map(({ accessToken }) => Redacted.value(accessToken))).size).toBe(8)
          expect((yield* recordsOf(first.tenant, "identity.refresh-session")).length).toBe(1)
          expect((yield* sessionOf(first)).ended).toBe(null)
          const [one] = all
          if (one !== undefined) yield* sessions.refresh(one.refreshToken, client)
        })
      )

      it.effect("refreshes of several clients with one token end its session, and let none of them go on", () =>
        Effect.gen(function* () {
          const first = yield* signedIn
          const [sessions, authentication] = [yield* Sessions, yield* Authentication]
          const clients = eight.map((index) => ({ ...client, agent: `agent ${index}` }))
          const told = yield* atOnce(
            clients.map((each) =>
              Effect.result(Effect.map(sessions.refresh(first.refreshToken, each), (tokens) => ({ each, tokens })))
            )
          )
          const let_in = told.flatMap((each) => (Result.isSuccess(each) ? [each.success] : []))
          expect(let_in.length).toBe(1)
          expect((yield* sessionOf(first)).ended?.reason).toBe("token-reused")
          for (const { each, tokens } of let_in) {
            expect((yield* Effect.flip(sessions.refresh(tokens.refreshToken, each)))._tag).toBe("CredentialsInvalid")
            expect((yield* Effect.flip(authentication.bearer(tokens.accessToken)))._tag).toBe("CredentialsInvalid")
          }
          expect((yield* recordsOf(first.tenant, "identity.reuse-refresh-token")).length).toBe(1)
        })
      )

      it.effect("refreshes of several processes with one token come to the same", () =>
        Effect.gen(function* () {
          const first = yield* signedIn
          const processes = yield* Effect.forEach([1, 2, 3], () => Layer.build(process))
          const refreshes = processes.map((services) =>
            Sessions.use((sessions) => sessions.refresh(first.refreshToken, client)).pipe(
              Effect.provideContext(services)
            )
          )
          const all = yield* atOnce([...refreshes, ...refreshes])
          expect(new Set(all.map(({ refreshToken }) => Redacted.value(refreshToken))).size).toBe(1)
          expect((yield* recordsOf(first.tenant, "identity.refresh-session")).length).toBe(1)
          // What one process signed, another believes.
          for (const services of processes) {
            for (const { accessToken } of all) {
              yield* Authentication.use((each) => each.bearer(accessToken)).pipe(Effect.provideContext(services))
            }
          }
        })
      )

      it.effect("a refresh and the end of all sessions leave nothing that goes on", () =>
        Effect.gen(function* () {
          const [sessions, store, authentication] = [yield* Sessions, yield* SessionStore, yield* Authentication]
          for (const _ of [1, 2, 3]) {
            const first = yield* signedIn
            const ending = Effect.flatMap(DateTime.now, (at) =>
              store.endAllOf(first.tenant, first.user.id, { at, reason: "credentials-changed" })
            )
            const [refreshed] = yield* Effect.all(
              [Effect.option(sessions.refresh(first.refreshToken, client)), ending],
              { concurrency: "unbounded" }
            )
            expect((yield* sessionOf(first)).ended?.reason).toBe("credentials-changed")
            expect(Exit.isFailure(yield* Effect.exit(sessions.refresh(first.refreshToken, client)))).toBe(true)
            if (Option.isNone(refreshed)) continue
            const { accessToken, refreshToken } = refreshed.value
            expect(Exit.isFailure(yield* Effect.exit(sessions.refresh(refreshToken, client)))).toBe(true)
            expect(Exit.isFailure(yield* Effect.exit(authentication.bearer(accessToken)))).toBe(true)
          }
        })
      )

      it.effect("sign-ins of one user all begin a session of their own", () =>
        Effect.gen(function* () {
          const { credentials } = yield* somebody
          const sessions = yield* Sessions
          // As many as are let in without waiting.
          const four = eight.slice(0, 4)
          const all = yield* atOnce(four.map(() => sessions.signIn({ ...credentials, client: stranger })))
          expect(new Set(all.map(({ session }) => session.id)).size).toBe(4)
        })
      )

      it.effect("a session that one process ends is over in its own at once, and soon in the others", () =>
        Effect.gen(function* () {
          const first = yield* signedIn
          const [here, there] = [yield* Authentication, yield* Layer.build(process)]
          const elsewhere = Authentication.use((each) => each.bearer(first.accessToken)).pipe(
            Effect.provideContext(there)
          )
          yield* here.bearer(first.accessToken)
          yield* elsewhere
          yield* Sessions.use((sessions) => sessions.signOut(first.refreshToken))
          expect((yield* Effect.flip(here.bearer(first.accessToken)))._tag).toBe("CredentialsInvalid")
          const refusal = yield* Effect.sleep("50 millis").pipe(
            Effect.andThen(elsewhere),
            Effect.forever,
            Effect.flip,
            Effect.timeout("10 seconds")
          )
          expect(refusal._tag).toBe("CredentialsInvalid")
        })
      )

      it.effect("a trail that takes no records keeps a token from being used up", () =>
        Effect.gen(function* () {
          const first = yield* signedIn
          const broken = Layer.effect(
            AuditStore,
            Effect.map(AuditStore, (store) => ({
              ...store,
              append: () => Effect.die(new RangeError("the trail is broken"))
            }))
          )
          const services = yield* Layer.build(Layer.fresh(Layer.provide(identity(), broken)))
          const failed = yield* Sessions.use((sessions) => sessions.refresh(first.refreshToken, client)).pipe(
            Effect.provideContext(services),
            Effect.exit
          )
          expect(Exit.hasDies(failed)).toBe(true)
          expect(yield* sessionOf(first)).toEqual(first.session)
          yield* Sessions.use((sessions) => sessions.refresh(first.refreshToken, stranger))
        })
      )
    })

    it.live("processes that need the first key, or the next, make one of it", () =>
      Effect.gen(function* () {
        const store = yield* SigningKeyStore
        const processes = yield* Effect.forEach([1, 2, 3, 4], () => Layer.build(process))
        const inEach = <A, E>(use: (keys: SigningKeys["Service"]) => Effect.Effect<A, E>) =>
          atOnce(processes.map((services) => Effect.provideContext(SigningKeys.use(use), services)))
        const pairs = yield* inEach((keys) => keys.signing)
        expect(new Set(pairs.map(({ key }) => key.id)).size).toBe(1)
        expect((yield* store.list).map(({ sequence }) => sequence)).toEqual([1])
        const rotated = yield* inEach((keys) => Effect.provideService(keys.rotate, Actor, system("system")))
        expect(new Set(rotated.map(({ sequence }) => sequence))).toEqual(new Set([2, 3, 4, 5]))
        expect(yield* inEach((keys) => keys.keep)).toEqual(processes.map(() => ({ made: 0, purged: 0 })))
        const [pair, ...others] = yield* inEach((keys) => keys.signing)
        expect(pair?.key.sequence).toBe(5)
        expect(new Set(others.map(({ key }) => key.id))).toEqual(new Set([pair?.key.id]))
      }).pipe(Effect.scoped, Effect.provide(Layer.fresh(stores)))
    )
  })
}
