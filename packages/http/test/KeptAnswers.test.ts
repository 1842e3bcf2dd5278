import { expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schema from "effect/Schema"
import * as Actor from "saldo/core/Actor"
import { KeptAnswers } from "../src/server/KeptAnswers.ts"

const somebody = (fields: Partial<ConstructorParameters<typeof Actor.Identity>[0]> = {}) =>
  new Actor.Identity({
    kind: "user",
    tenant: "bank",
    id: "somebody",
    roles: [],
    permissions: [Actor.Permission.make("lending:read")],
    ...fields
  })

const asking = (headers: Record<string, string> = {}) =>
  Layer.succeed(
    HttpServerRequest.HttpServerRequest,
    HttpServerRequest.fromWeb(new Request("http://bank/costly", { headers }))
  )

const textOf = (answer: string | HttpServerResponse.HttpServerResponse) =>
  HttpServerResponse.isHttpServerResponse(answer)
    ? Effect.promise(() => HttpServerResponse.toWeb(answer).text())
    : Effect.succeed(JSON.stringify(answer))

/** A costly answer that says how often it was made, of a revision that the test sets. */
const world = <A, E>(
  body: (costly: {
    readonly ask: (
      asked: string,
      by?: Actor.Identity,
      headers?: Record<string, string>
    ) => Effect.Effect<string | HttpServerResponse.HttpServerResponse, string>
    readonly made: Array<string>
    revision: string
    gate: Effect.Effect<void, string>
  }) => Effect.Effect<A, E>,
  maxBytes = 100_000
) =>
  Effect.gen(function* () {
    const { keeping } = yield* KeptAnswers
    const made: Array<string> = []
    const answering = keeping({
      route: "/costly",
      success: Schema.String,
      revision: () => Effect.sync(() => costly.revision),
      make: (asked: string, revision) =>
        Effect.suspend(() => {
          made.push(`${asked} of ${revision}`)
          return Effect.as(costly.gate, `${asked} of ${revision}, no. ${made.length}`)
        })
    })
    const costly = {
      made,
      revision: "first",
      gate: Effect.void as Effect.Effect<void, string>,
      ask: (asked: string, by = somebody(), headers = {}) =>
        answering(asked).pipe(Actor.as(by), Effect.provide(asking(headers)))
    }
    return yield* body(costly)
  }).pipe(Effect.provide(KeptAnswers.layerOf(maxBytes)), Effect.provideService(Metric.MetricRegistry, new Map()))

const outcomes = Effect.map(Metric.snapshot, (all) =>
  Object.fromEntries(
    all.flatMap(({ attributes, state }) =>
      attributes?.["http_route"] === "/costly" && "count" in state ? [[attributes["outcome"], state.count]] : []
    )
  )
)

it.effect("is made once, kept while its revision is in force, and told apart from what is already known", () =>
  world((costly) =>
    Effect.gen(function* () {
      const first = yield* costly.ask("a")
      expect(yield* textOf(first)).toBe(`"a of first, no. 1"`)
      expect(yield* textOf(yield* costly.ask("a"))).toBe(`"a of first, no. 1"`)
      expect(yield* textOf(yield* costly.ask("b"))).toBe(`"b of first, no. 2"`)
      const tag = HttpServerResponse.isHttpServerResponse(first) ? first.headers["etag"] : undefined
      expect(tag).toMatch(/^W\/"[\da-f]{32}"$/u)
      for (const known of [tag, `"other", ${tag}`, tag?.slice(2), "*"]) {
        const answer = yield* costly.ask("a", undefined, { "if-none-match": String(known) })
        expect(answer).toMatchObject({ status: 304, headers: { etag: tag, "cache-control": "private, no-cache" } })
        expect(yield* textOf(answer)).toBe("")
      }
      costly.revision = "second"
      const anew = yield* costly.ask("a", undefined, { "if-none-match": String(tag) })
      expect(yield* textOf(anew)).toBe(`"a of second, no. 3"`)
      expect(yield* outcomes).toEqual({ hit: 5, miss: 3 })
    })
  )
)

it.effect("is nobody's who has other rights, acts in another tenant or for somebody else", () =>
  world((costly) =>
    Effect.gen(function* () {
      yield* costly.ask("a")
      const subject = (id: string) => new Actor.Subject({ tenant: "bank", id })
      const others = [
        somebody({ tenant: "other" }),
        somebody({ permissions: [Actor.Permission.make("lending:*")] }),
        somebody({ permissions: [] }),
        somebody({ onBehalfOf: subject("one") }),
        somebody({ onBehalfOf: subject("two") })
      ]
      for (const [at, other] of others.entries()) {
        expect(yield* textOf(yield* costly.ask("a", other))).toBe(`"a of first, no. ${at + 2}"`)
      }
      // A colleague with the same rights in the same tenant is told the same.
      expect(yield* textOf(yield* costly.ask("a", somebody({ id: "colleague" })))).toBe(`"a of first, no. 1"`)
    })
  )
)

it.effect("is made once for those who ask at the same time, also when the first of them goes", () =>
  world((costly) =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      costly.gate = Deferred.await(gate)
      const first = yield* Effect.forkChild(costly.ask("a"), { startImmediately: true })
      const others = yield* Effect.forkChild(Effect.all([costly.ask("a"), costly.ask("a")], { concurrency: 2 }), {
        startImmediately: true
      })
      yield* Fiber.interrupt(first)
      yield* Deferred.succeed(gate, undefined)
      for (const answer of yield* Fiber.join(others)) expect(yield* textOf(answer)).toBe(`"a of first, no. 1"`)
      expect(costly.made).toEqual(["a of first"])
      expect(yield* outcomes).toEqual({ miss: 1, shared: 2 })
    })
  )
)

it.effect("is made anew for those who know of a newer revision than what is being made", () =>
  world((costly) =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      costly.gate = Deferred.await(gate)
      const old = yield* Effect.forkChild(costly.ask("a"), { startImmediately: true })
      costly.revision = "second"
      costly.gate = Effect.void
      expect(yield* textOf(yield* costly.ask("a"))).toBe(`"a of second, no. 2"`)
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(old)
      // What came last is of the older revision, and must not be given to anybody who comes now.
      expect(yield* textOf(yield* costly.ask("a"))).toMatch(/^"a of second/u)
    })
  )
)

it.effect("is not kept when it could not be made", () =>
  world((costly) =>
    Effect.gen(function* () {
      costly.gate = Effect.fail("no")
      expect(yield* Effect.flip(costly.ask("a"))).toBe("no")
      costly.gate = Effect.void
      expect(yield* textOf(yield* costly.ask("a"))).toBe(`"a of first, no. 2"`)
    })
  )
)

it.effect("is forgotten, the one that was asked for the longest ago first, when there are too many", () =>
  world(
    (costly) =>
      Effect.gen(function* () {
        yield* costly.ask("a")
        yield* costly.ask("b")
        yield* costly.ask("a")
        yield* costly.ask("c")
        yield* costly.ask("a")
        expect(costly.made).toEqual(["a of first", "b of first", "c of first"])
        yield* costly.ask("b")
        expect(costly.made).toHaveLength(4)
      }),
    1600
  )
)

it.effect("is always made anew where none are kept", () =>
  world(
    (costly) =>
      Effect.gen(function* () {
        expect(yield* costly.ask("a")).toBe("a of first, no. 1")
        expect(yield* costly.ask("a")).toBe("a of first, no. 2")
      }),
    0
  )
)
