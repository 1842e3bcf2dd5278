import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { ContextId, RequestContext, RequestIds, within } from "saldo/core/RequestContext"

const outer = { requestId: ContextId.make("req-1"), correlationId: ContextId.make("cor-1") }
const inner = { causationId: ContextId.make("event_1") }

describe("RequestContext", () => {
  it.effect("is empty unless somebody set it", () =>
    Effect.map(RequestContext, (context) => expect(context).toEqual({}))
  )

  it.effect("reaches everything inside, forked fibres too, and nothing after", () =>
    Effect.gen(function* () {
      const forked = Effect.flatMap(Effect.forkChild(Effect.andThen(Effect.yieldNow, RequestContext)), Fiber.join)
      expect(yield* within(outer)(Effect.all([RequestContext, forked]))).toEqual([outer, outer])
      expect(yield* RequestContext).toEqual({})
    })
  )

  it.effect("replaces what is around it, for as long as it lasts", () =>
    Effect.gen(function* () {
      const seen = yield* within(outer)(Effect.all([within(inner)(RequestContext), RequestContext]))
      expect(seen).toEqual([inner, outer])
    })
  )

  it.effect("keeps concurrent requests apart", () =>
    Effect.gen(function* () {
      const ids = Array.from({ length: 20 }, (_, n) => ({ requestId: ContextId.make(`req-${n}`) }))
      const seen = yield* Effect.forEach(ids, (each) => within(each)(Effect.andThen(Effect.yieldNow, RequestContext)), {
        concurrency: "unbounded"
      })
      expect(seen).toEqual(ids)
    })
  )

  it("accepts ids of 1 to 255 characters without control characters", () => {
    const accepts = Schema.is(RequestIds)
    const long = "x".repeat(255)
    for (const id of ["a", "å 🙂", long, "🙂".repeat(255)]) expect(accepts({ requestId: id })).toBe(true)
    for (const id of ["", `${long}x`, "a\nb", "a\u0000", "\ud800"]) {
      for (const name of ["requestId", "correlationId", "causationId"]) expect(accepts({ [name]: id })).toBe(false)
    }
    expect(accepts({})).toBe(true)
  })
})
