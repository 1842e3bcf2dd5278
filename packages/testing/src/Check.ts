import { describe, expect, it } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"

/**
 * One promise of a port as a program that fails or dies when the promise is broken.
 *
 * `key` names it in declared skips, `name` says the promise in words. A check makes names of its own, so that it passes any
 * number of times on the same database.
 */
export interface Check<R> {
  readonly key: string
  readonly name: string
  readonly run: Effect.Effect<void, unknown, R | Scope.Scope>
}

/** Makes the checks of one suite: each works on a subject of its own, made afresh for every run. */
export const checksOf =
  <Subject, R>(subject: Effect.Effect<Subject, unknown, R>) =>
  (key: string, name: string, run: (subject: Subject) => Effect.Effect<void, unknown>): Check<R> => ({
    key,
    name,
    run: Effect.flatMap(subject, run)
  })

/** Checks that an adapter is known not to pass, each with the reason, which the test report prints. */
export interface SuiteOptions {
  readonly skip?: Readonly<Record<string, string>>
}

/** What a suite will do with its checks: which it skips and why, and which declared skips name no check. */
export const plan = <R>(checks: ReadonlyArray<Check<R>>, options: SuiteOptions = {}) => {
  const skips = options.skip ?? {}
  const keys = new Set(checks.map(({ key }) => key))
  return {
    unknown: Object.keys(skips).filter((key) => !keys.has(key)),
    tests: checks.map((check) => {
      const reason = skips[check.key]
      const title = reason === undefined ? check.name : `${check.name} [skipped: ${reason}]`
      return { title, skipped: reason !== undefined, run: check.run }
    })
  }
}

/**
 * Registers checks with vitest against one adapter, in real time: databases know no test clock.
 *
 * A skip that names no check is a failing test, so that a renamed check does not stay skipped.
 */
export const register = <R, E>(
  port: string,
  checks: ReadonlyArray<Check<R>>,
  name: string,
  layer: Layer.Layer<R, E>,
  options?: SuiteOptions
): void => {
  const { tests, unknown } = plan(checks, options)
  describe(`${port} (${name})`, () => {
    it("declares no skip for a check that does not exist", () => {
      expect(unknown).toEqual([])
    })
    it.layer(layer, { excludeTestServices: true })((it) => {
      for (const { run, skipped, title } of tests) {
        if (skipped) it.effect.skip(title, () => run)
        else it.effect(title, () => run)
      }
    })
  })
}

/** Which checks `broken` runs, all by default, and after how long a check counts as broken, ten seconds by default. */
export interface BrokenOptions {
  readonly only?: ReadonlyArray<string>
  readonly timeout?: Duration.Input
}

/**
 * Runs checks against one adapter and answers the keys of those that it breaks. With it a suite proves that it catches a
 * planted bug.
 */
export const broken = <R, E>(
  checks: ReadonlyArray<Check<R>>,
  layer: Layer.Layer<R, E>,
  options: BrokenOptions = {}
): Effect.Effect<ReadonlyArray<string>, E> =>
  Effect.gen(function* () {
    const keys: Array<string> = []
    for (const check of checks.filter(({ key }) => options.only?.includes(key) ?? true)) {
      const exit = yield* Effect.exit(Effect.timeout(Effect.scoped(check.run), options.timeout ?? "10 seconds"))
      if (Exit.isFailure(exit)) keys.push(check.key)
    }
    return keys
  }).pipe(Effect.provide(layer))
