import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import * as Id from "saldo/core/Id"

const LoanId = Id.schema("loan")

const fresh = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, Id.layerSequence)

const atTime = <A>(millis: number, effect: Effect.Effect<A>): Effect.Effect<A> =>
  Clock.clockWith((clock) =>
    Effect.provideService(
      effect,
      Clock.Clock,
      Object.assign(Object.create(clock), { currentTimeMillisUnsafe: () => millis })
    )
  )

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u

describe("Id", () => {
  it.effect("makes a UUIDv7 in the prefix's form, with the clock's time inside", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_123)
      const id = yield* Id.make("loan")
      expect(Schema.is(LoanId)(id)).toBe(true)
      expect(id).toHaveLength("loan_".length + 26)
      expect(Id.toUuid(id)).toMatch(uuidV7)
      expect(Option.map(Id.madeAt(id), DateTime.toEpochMillis)).toEqual(Option.some(1_700_000_000_123))
    }).pipe(fresh)
  )

  it("reads the example of RFC 9562 appendix A.6 with its time", () => {
    const id = Option.getOrThrow(Id.fromUuid("loan", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"))
    expect(Id.toUuid(id)).toBe("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    expect(Option.map(Id.madeAt(id), DateTime.formatIso)).toEqual(Option.some("2022-02-22T19:22:22.000Z"))
  })

  it("knows no time of a UUID of another version, and no id of what is not a UUID", () => {
    const v4 = Option.getOrThrow(Id.fromUuid("loan", "919108f7-52d1-4320-9bac-f847db4148a8"))
    expect(Id.madeAt(v4)).toEqual(Option.none())
    expect(Id.fromUuid("loan", "919108f752d143209bacf847db4148a8")).toEqual(Option.none())
  })

  it("refuses other prefixes, letters outside the alphabet, upper case, other lengths and too great a number", () => {
    const body = "06dpdrxn1wtz5fbr3j5tnm8gq4"
    const accepts = Schema.is(LoanId)
    expect(accepts(`loan_${body}`)).toBe(true)
    for (const wrong of [
      `account_${body}`,
      `loan_${body.toUpperCase()}`,
      `loan_${body}0`,
      `loan_${body.slice(1)}`,
      `loan_i${body.slice(1)}`,
      `loan_8${body.slice(1)}`,
      `loan_${body.slice(0, 25)}l`,
      `loan_${body}\n`,
      body
    ]) {
      expect(accepts(wrong), wrong).toBe(false)
    }
    expect(() => Id.schema("Loan_")).toThrow(RangeError)
  })

  it.effect("grows strictly within a millisecond, also past the end of its random bits", () =>
    Effect.gen(function* () {
      const ids = yield* Effect.all(Array.from({ length: 20_000 }, () => Id.make("loan")))
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids).toEqual([...ids].sort())
      const highest = { nextDoubleUnsafe: () => 1 - 2 ** -53, nextIntUnsafe: () => Number.MAX_SAFE_INTEGER }
      const state = { lastMillis: 5, lastRandom: (1n << 74n) - 2n }
      const [last, borrowed] = yield* Effect.all([Id.make("loan"), Id.make("loan")]).pipe(
        Effect.provideService(Id.Sequence, state),
        Effect.provideService(Random.Random, { ...highest, nextDoubleUnsafe: () => 0 })
      )
      expect(borrowed > last).toBe(true)
      expect(Option.map(Id.madeAt(borrowed), DateTime.toEpochMillis)).toEqual(Option.some(6))
    }).pipe(fresh)
  )

  it("never yields a smaller id, whatever the clock does", () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 48 - 2 }), { minLength: 2, maxLength: 50 }), (times) => {
        const ids = Effect.runSync(Effect.forEach(times, (time) => atTime(time, Id.make("loan"))).pipe(fresh))
        expect(ids).toEqual([...ids].sort())
        expect(new Set(ids).size).toBe(ids.length)
        expect(ids.every((id) => uuidV7.test(Id.toUuid(id)))).toBe(true)
      })
    ))

  it("goes to a UUID and back without loss", () =>
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        const id = Option.getOrThrow(Id.fromUuid("loan", uuid))
        expect(Schema.is(LoanId)(id)).toBe(true)
        expect(Id.toUuid(id)).toBe(uuid)
      })
    ))

  it("sorts as its UUID sorts", () =>
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (a, b) => {
        const idOf = (uuid: string) => Option.getOrThrow(Id.fromUuid("loan", uuid))
        expect(idOf(a) < idOf(b)).toBe(a < b)
      })
    ))

  it.effect("gives the same ids again under the same seed, clock and fresh sequence", () =>
    Effect.gen(function* () {
      const three = Effect.all([Id.make("loan"), Id.make("account"), Id.make("loan")])
      const first = yield* three.pipe(fresh, Random.withSeed("id"))
      const second = yield* three.pipe(fresh, Random.withSeed("id"))
      const other = yield* three.pipe(fresh, Random.withSeed("other"))
      expect(second).toEqual(first)
      expect(other).not.toEqual(first)
    })
  )
})
