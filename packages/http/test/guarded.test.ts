import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Result from "effect/Result"
import { Atomic } from "saldo/core/Atomic"

import { IdempotencyKey } from "../src/api/Write.ts"
import { guarded } from "../src/server/guarded.ts"

/** Something that others change `between` times while somebody acts on it. */
const acting = (expected: string, between: number) =>
  Effect.gen(function* () {
    const atomic = yield* Atomic
    let [version, others] = [1, between]
    const find = Effect.sync(() => ({ version }))
    const act = Effect.sync(() => {
      if (others > 0) {
        others -= 1
        version += 1
      }
      version += 1
      return { version }
    })
    // What is rolled back is the act and not what others did meanwhile.
    const rolling = Atomic.of({
      ...atomic,
      runLocking: (effect) =>
        Effect.tapError(atomic.runLocking(effect), () =>
          Effect.sync(() => {
            version -= 1
          })
        )
    })
    return yield* Effect.result(
      guarded({ atomic: rolling, find }, { "idempotency-key": IdempotencyKey.make("one"), "if-match": expected }, act)
    )
  }).pipe(
    Effect.provideService(
      HttpServerRequest.HttpServerRequest,
      HttpServerRequest.fromWeb(new Request("http://localhost/"))
    ),
    Effect.provide(Atomic.layerMemory)
  )

it.effect("acts on the version that is named", () =>
  Effect.map(acting('"1"', 0), (outcome) => expect(outcome).toEqual(Result.succeed({ version: 2 })))
)

it.effect("acts on no other version, not even on one that came between the look and the act", () =>
  Effect.gen(function* () {
    const refused = { _tag: "VersionMismatch", expected: '"1"', actual: '"2"' }
    expect(yield* Effect.flip(Effect.flatMap(acting('"1"', 1), Effect.fromResult))).toMatchObject(refused)
    expect(yield* Effect.flip(Effect.flatMap(acting('"2"', 0), Effect.fromResult))).toMatchObject({
      ...refused,
      expected: '"2"',
      actual: '"1"'
    })
  })
)

it.effect("acts on whatever is there when that is what was asked for, and once", () =>
  Effect.map(acting("*", 3), (outcome) => expect(outcome).toEqual(Result.succeed({ version: 5 })))
)
