import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { PaymentOrderStore } from "saldo/banking/PaymentOrderStore"
import type { Atomic } from "saldo/core/Atomic"
import type { Check } from "../Check.ts"

import { check, later, noon, strayOf } from "./paymentOrderCheck.ts"

/** What `PaymentOrderStore` promises of what rails told. */
export const hearing: ReadonlyArray<Check<PaymentOrderStore | Atomic>> = [
  check("hear", "says once of each event of each rail that it is new", (subject) =>
    Effect.gen(function* () {
      const { rail, store } = subject
      const event = "händelse 1 \u{1F4EB}"
      expect(yield* store.hear(rail, event, noon)).toBe(true)
      expect(yield* store.hear(rail, event, later(1))).toBe(false)
      expect(yield* store.hear(rail, `${event}2`, noon)).toBe(true)
      expect(yield* store.hear(`${rail}2`, event, noon)).toBe(true)
      expect(yield* store.strays(rail)).toEqual([])
    })
  ),
  check("strays", "keeps what is about nothing known once, and gives it oldest first", (subject) =>
    Effect.gen(function* () {
      const { rail, store } = subject
      const third = strayOf(subject, "b", { receivedAt: later(1) })
      const [second, first] = [strayOf(subject, "a", { receivedAt: later(1) }), strayOf(subject, "c é")]
      for (const event of [third, second, first]) yield* store.stray(event)
      yield* store.stray({ ...first, endToEndId: "another", receivedAt: later(9) })
      yield* store.stray({ ...first, rail: `${rail}2` })
      expect(yield* store.strays(rail)).toEqual([first, second, third])
      expect(yield* store.strays(`${rail}2`)).toEqual([{ ...first, rail: `${rail}2` }])
    })
  ),
  check("stray-unheard", "does not take what went astray as heard, nor what was heard as astray", (subject) =>
    Effect.gen(function* () {
      const { rail, store } = subject
      const stray = strayOf(subject, "first astray")
      yield* store.stray(stray)
      // Somebody told another tenant of it; whom it is about still hears it.
      expect(yield* store.hear(rail, stray.eventId, later(1))).toBe(true)
      expect(yield* store.hear(rail, stray.eventId, later(1))).toBe(false)
      expect(yield* store.strays(rail)).toEqual([stray])
      const late = strayOf(subject, "heard first")
      expect(yield* store.hear(rail, late.eventId, noon)).toBe(true)
      yield* store.stray(late)
      expect(yield* store.hear(rail, late.eventId, noon)).toBe(false)
      expect(yield* store.strays(rail)).toEqual([stray, late])
    })
  ),
  check("place", "moves the place on a rail from where it is, and from nowhere else", (subject) =>
    Effect.gen(function* () {
      const { rail, store } = subject
      expect(yield* store.place(rail)).toBe(null)
      expect(yield* store.moveOn(rail, "1", "2")).toBe(false)
      expect(yield* store.place(rail)).toBe(null)
      expect(yield* store.moveOn(rail, null, "1")).toBe(true)
      expect(yield* store.moveOn(rail, null, "9")).toBe(false)
      expect(yield* store.moveOn(rail, "2", "9")).toBe(false)
      expect(yield* store.place(rail)).toBe("1")
      expect(yield* store.moveOn(rail, "1", "plats två \u{1F686}")).toBe(true)
      expect(yield* store.place(rail)).toBe("plats två \u{1F686}")
      expect(yield* store.place(`${rail}2`)).toBe(null)
    })
  )
]
