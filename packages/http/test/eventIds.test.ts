import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as fc from "fast-check"
import { Identity } from "saldo/core/Actor"
import { sha256 } from "saldo/core/sha256"
import { expect, it } from "vitest"
import { eventIdsOf } from "../src/server/eventIds.ts"

const digest = (tenant: string, purpose: string, text: string) =>
  Effect.sync(() => sha256(JSON.stringify([tenant, purpose, text])))

const idsOf = (id: string, tenant = "bank") =>
  Effect.runSync(eventIdsOf({ digest }, new Identity({ kind: "user", tenant, id, roles: [], permissions: [] })))

const positions = fc.record({ sequence: fc.maxSafeNat(), at: fc.maxSafeNat() })

it("an id of an event is read by whom it was made for, and by nobody else", () => {
  const [anna, again, bo, elsewhere] = [idsOf("anna"), idsOf("anna"), idsOf("bo"), idsOf("anna", "other")]
  fc.assert(
    fc.property(positions, (position) => {
      const id = anna.idOf(position)
      expect(id).toMatch(/^[\w-]{59}$/u)
      expect(again.positionOf(id)).toEqual(Option.some(position))
      expect(anna.idOf(position)).not.toBe(id)
      expect([bo.positionOf(id), elsewhere.positionOf(id)]).toEqual([Option.none(), Option.none()])
    })
  )
})

it("an altered or invented id is none", () => {
  const anna = idsOf("anna")
  const bytes = fc.tuple(positions, fc.nat(43), fc.integer({ min: 1, max: 255 }))
  fc.assert(
    fc.property(bytes, ([position, at, by]) => {
      const altered = Buffer.from(anna.idOf(position), "base64url")
      altered.writeUInt8(altered.readUInt8(at) ^ by, at)
      expect(anna.positionOf(altered.toString("base64url"))).toEqual(Option.none())
    })
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(anna.positionOf(text)).toEqual(Option.none())
    })
  )
})
