import { expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as Breaker from "saldo/core/Breaker"

const terms = { failures: 3, pauseMs: 1000, longestPauseMs: 3000 }
const failing = Effect.fail("broken" as const)
const figure = (id: string, outcome?: string) =>
  Effect.map(
    Metric.snapshot,
    (all) =>
      all.find(
        ({ attributes, id: found }) =>
          found === id &&
          attributes?.["service"] === "post" &&
          (outcome === undefined || attributes["outcome"] === outcome)
      )?.state
  )

/** A breaker of its own, with registries of its own. */
const world = <A, E>(body: (breaker: Breaker.Breaker) => Effect.Effect<A, E, Scope.Scope>) =>
  Effect.flatMap(Breaker.make("post", terms), body).pipe(
    Effect.scoped,
    Effect.provideService(Breaker.Breakers, new Set()),
    Effect.provideService(Metric.MetricRegistry, new Map())
  )

it.effect("asks until it has failed so often in a row, then not for a while, and says so", () =>
  world((breaker) =>
    Effect.gen(function* () {
      yield* Effect.flip(breaker.ask(failing))
      yield* Effect.flip(breaker.ask(failing))
      expect(yield* breaker.ask(Effect.succeed("there"))).toBe("there")
      for (let time = 0; time < 3; time++) expect(yield* Effect.flip(breaker.ask(failing))).toBe("broken")
      expect(yield* breaker.standing).toEqual({ service: "post", state: "open", failures: 3, seconds: 1 })
      const refused = yield* Effect.flip(breaker.ask(Effect.die("never run")))
      expect(refused).toEqual(new Breaker.NotAsked({ service: "post", failures: 3, seconds: 1 }))
      expect(refused).toHaveProperty("message", "post is not asked for 1 second, because it failed 3 times in a row")
      expect(yield* figure("saldo_breaker_open")).toEqual({ value: 1 })
      expect(yield* figure("saldo_breaker_calls", "failed")).toMatchObject({ count: 5 })
      expect(yield* figure("saldo_breaker_calls", "answered")).toMatchObject({ count: 1 })
      expect(yield* figure("saldo_breaker_calls", "refused")).toMatchObject({ count: 1 })
    })
  )
)

it.effect("asks again after the pause, closes at an answer, and pauses longer at another failure", () =>
  world((breaker) =>
    Effect.gen(function* () {
      for (let time = 0; time < 3; time++) yield* Effect.flip(breaker.ask(failing))
      yield* TestClock.adjust("1 second")
      expect(yield* breaker.standing).toEqual({ service: "post", state: "half-open", failures: 3, seconds: 0 })
      expect(yield* Effect.flip(breaker.ask(failing))).toBe("broken")
      expect(yield* breaker.standing).toEqual({ service: "post", state: "open", failures: 4, seconds: 2 })
      yield* TestClock.adjust("2 seconds")
      yield* Effect.flip(breaker.ask(failing))
      expect((yield* breaker.standing).seconds).toBe(3)
      yield* TestClock.adjust("3 seconds")
      yield* breaker.ask(Effect.void)
      expect(yield* breaker.standing).toEqual({ service: "post", state: "closed", failures: 0, seconds: 0 })
      expect(yield* figure("saldo_breaker_open")).toEqual({ value: 0 })
    })
  )
)

it.effect("lets one call find out, and refuses the others meanwhile", () =>
  world((breaker) =>
    Effect.gen(function* () {
      for (let time = 0; time < 3; time++) yield* Effect.flip(breaker.ask(failing))
      yield* TestClock.adjust("1 second")
      const answer = yield* Deferred.make<string>()
      const probe = yield* Effect.forkChild(breaker.ask(Deferred.await(answer)), { startImmediately: true })
      expect(yield* Effect.flip(breaker.ask(Effect.void))).toEqual(
        new Breaker.NotAsked({ service: "post", failures: 3, seconds: 1 })
      )
      yield* Deferred.succeed(answer, "back")
      expect(yield* Fiber.join(probe)).toBe("back")
      expect((yield* breaker.standing).state).toBe("closed")
    })
  )
)

it.effect("takes a refusal for an answer, a defect for a failure, and an interruption for nothing", () =>
  world((breaker) =>
    Effect.gen(function* () {
      for (let time = 0; time < 5; time++) yield* Effect.flip(breaker.ask(failing, () => "answered"))
      expect(yield* breaker.standing).toMatchObject({ state: "closed", failures: 0 })
      yield* Effect.exit(breaker.ask(Effect.die("bug")))
      expect(yield* breaker.standing).toMatchObject({ state: "closed", failures: 1 })
      const hanging = yield* Effect.forkChild(breaker.ask(Effect.never), { startImmediately: true })
      yield* Fiber.interrupt(hanging)
      expect(yield* breaker.standing).toMatchObject({ state: "closed", failures: 1 })
    })
  )
)

it.effect("an interrupted call that was to find out leaves the finding out to the next", () =>
  world((breaker) =>
    Effect.gen(function* () {
      for (let time = 0; time < 3; time++) yield* Effect.flip(breaker.ask(failing))
      yield* TestClock.adjust("1 second")
      const probe = yield* Effect.forkChild(breaker.ask(Effect.never), { startImmediately: true })
      yield* Fiber.interrupt(probe)
      expect(yield* breaker.ask(Effect.succeed("back"))).toBe("back")
    })
  )
)

it.effect("an answer from before it opened does not end the row", () =>
  world((breaker) =>
    Effect.gen(function* () {
      const answer = yield* Deferred.make<string>()
      const slow = yield* Effect.forkChild(breaker.ask(Deferred.await(answer)), { startImmediately: true })
      for (let time = 0; time < 3; time++) yield* Effect.flip(breaker.ask(failing))
      yield* Deferred.succeed(answer, "late")
      expect(yield* Fiber.join(slow)).toBe("late")
      expect(yield* breaker.standing).toMatchObject({ state: "open", failures: 3 })
    })
  )
)

it.effect("leaves it alone for as long as it asks for, within the longest pause", () =>
  world((breaker) =>
    Effect.gen(function* () {
      for (let time = 0; time < 3; time++) yield* Effect.flip(breaker.ask(failing, () => ({ failedForMs: 2500 })))
      expect((yield* breaker.standing).seconds).toBe(3)
      yield* TestClock.adjust("2500 millis")
      yield* Effect.flip(breaker.ask(failing, () => ({ failedForMs: 3_600_000 })))
      expect((yield* breaker.standing).seconds).toBe(3)
    })
  )
)

it.effect("is among those that probes look at as long as its scope lives", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    yield* Scope.provide(Breaker.make("zeppelin"), scope)
    yield* Scope.provide(Breaker.make("airship"), scope)
    expect((yield* Breaker.standings).map(({ service }) => service)).toEqual(["airship", "zeppelin"])
    yield* Scope.close(scope, Exit.void)
    expect(yield* Breaker.standings).toEqual([])
  }).pipe(Effect.provideService(Breaker.Breakers, new Set()))
)
