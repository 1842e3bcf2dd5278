import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as HttpEffect from "effect/http/HttpEffect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import type { Atomic } from "saldo/core/Atomic"
import { RequestInvalid } from "../api/RequestProblem.ts"
import { type GuardedHeaders, VersionMismatch } from "../api/Write.ts"

interface Versioned {
  readonly version: number
}

const etagOf = ({ version }: Versioned): string => `"${version}"`

/** Answers with something that has versions, and with its version as the `ETag` (RFC 9110). */
export const tagged = <A extends Versioned, E, R>(
  thing: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R | HttpServerRequest.HttpServerRequest> =>
  Effect.tap(thing, (answer) =>
    HttpEffect.appendPreResponseHandler((_, response) =>
      Effect.succeed(HttpServerResponse.setHeader(response, "etag", etagOf(answer)))
    )
  )

/** The tags of `If-Match`; a weak one never matches, and `*` matches whatever is there. */
const matches = (header: string, current: string): boolean =>
  header.split(",").some((tag) => tag.trim() === "*" || tag.trim() === current)

/** Somebody came between the look at a version and the act, which so was on another one. Nothing is kept of it. */
class Overtaken extends Data.TaggedError("Overtaken") {}

/**
 * Acts on something only while it is at the version that `If-Match` names, in one transaction. The act locks what it decides
 * on, and makes one version of it.
 *
 * The act is tried first: when it changes nothing, it was carried out before under the same key, and its answer stands
 * whatever version the thing has by now. What the act refuses is kept and recorded as without `If-Match`.
 */
export const guarded = <A extends Versioned, E, R, E2, R2>(
  { atomic, find }: { readonly atomic: Atomic["Service"]; readonly find: Effect.Effect<Versioned, E2, R2> },
  headers: GuardedHeaders,
  act: Effect.Effect<A, E, R>
): Effect.Effect<A, E | E2 | VersionMismatch, R | R2 | HttpServerRequest.HttpServerRequest> => {
  const expected = headers["if-match"]
  if (expected === undefined) return tagged(act)
  const attempt = Effect.gen(function* () {
    const before = yield* find
    const outcome = yield* Effect.result(act)
    if (Result.isFailure(outcome)) return outcome
    const after = yield* find
    const actual = etagOf(before)
    if (after.version === before.version) return outcome
    if (!matches(expected, actual)) return yield* new VersionMismatch({ expected, actual })
    return after.version === before.version + 1 ? outcome : yield* new Overtaken()
  })
  const carriedOut: Effect.Effect<Result.Result<A, E>, E2 | VersionMismatch, R | R2> = Effect.catchIf(
    atomic.runLocking(attempt),
    (error) => error instanceof Overtaken,
    () => carriedOut
  )
  return tagged(Effect.flatMap(carriedOut, Effect.fromResult))
}

/** The version that `If-Match` names, for a use case that checks it by itself. */
export const expectedVersion = (
  headers: GuardedHeaders
): Effect.Effect<{ readonly expectedVersion?: number }, RequestInvalid> => {
  const given = headers["if-match"]
  if (given === undefined || given === "*") return Effect.succeed({})
  const [, digits] = /^"(\d{1,15})"$/u.exec(given) ?? []
  return digits === undefined
    ? Effect.fail(new RequestInvalid({ errors: [{ in: "headers", path: ["if-match"], message: notATag }] }))
    : Effect.succeed({ expectedVersion: Number(digits) })
}

const notATag = `Expected an ETag of this thing such as "7"`
