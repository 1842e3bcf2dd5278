import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as Actor from "saldo/core/Actor"
import * as DomainEvent from "saldo/core/DomainEvent"

const Payload = Schema.Struct({ amount: Schema.BigInt, on: Schema.optionalKey(Schema.String) })
const Paid = DomainEvent.define("lending.InstalmentPaid", Payload)
const PaidAgain = DomainEvent.define("lending.InstalmentPaid", Schema.Struct({ cents: Schema.BigInt }), 2)

const event = DomainEvent.make(Paid, { tenant: "bank", subject: "loan_1", payload: { amount: 2n ** 80n } })

describe("DomainEvent", () => {
  it.effect("says what happened, to what, when, and who did it", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_123)
      const anonymous = yield* event
      expect(anonymous).toMatchObject({ name: "lending.InstalmentPaid", version: 1, tenant: "bank", subject: "loan_1" })
      expect(DateTime.toEpochMillis(anonymous.occurredAt)).toBe(1_700_000_000_123)
      expect("actor" in anonymous).toBe(false)
      expect((yield* Actor.as(Actor.system("bank"))(event)).actor).toBe("bank/system")
    })
  )

  it.effect("goes to JSON and back by the definition of its name and version", () =>
    Effect.gen(function* () {
      const made = yield* event
      const stored = yield* DomainEvent.store(Paid, made)
      const codec = Schema.toCodecJson(DomainEvent.StoredEvent)
      const text = JSON.stringify(yield* Schema.encodeEffect(codec)(stored))
      expect(yield* Schema.decodeUnknownEffect(codec)(JSON.parse(text))).toEqual(stored)
      expect(yield* DomainEvent.read([PaidAgain, Paid], stored)).toEqual(made)
    })
  )

  it.effect("says which event no definition reads, and why", () =>
    Effect.gen(function* () {
      const stored = yield* DomainEvent.store(Paid, yield* event)
      const unknown = yield* Effect.flip(DomainEvent.read([PaidAgain], stored))
      expect(unknown.message).toContain("there is no definition with its name and version")
      const broken = yield* Effect.flip(DomainEvent.read([Paid], { ...stored, payload: { amount: 5 } }))
      expect(broken.message).toMatch(new RegExp(`${stored.id}.*version 1.*amount`, "su"))
    })
  )

  it.effect("dies of a payload that its own schema refuses", () =>
    Effect.gen(function* () {
      const Short = DomainEvent.define("test.Short", Schema.String.check(Schema.isMaxLength(3)))
      const long = yield* DomainEvent.make(Short, { tenant: "t", subject: "s", payload: "long" })
      const exit = yield* Effect.exit(DomainEvent.store(Short, long))
      expect(Exit.isFailure(exit)).toBe(true)
    })
  )
})
