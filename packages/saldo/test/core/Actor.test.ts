import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Actor from "saldo/core/Actor"

const pay = Actor.Permission.make("lending:pay")

const clerk = new Actor.Identity({
  kind: "user",
  tenant: "bank",
  id: "clerk",
  onBehalfOf: new Actor.Subject({ tenant: "bank", id: "customer" }),
  roles: ["clerk"],
  permissions: [Actor.Permission.make("ledger:read"), Actor.Permission.make("lending:*")]
})

describe("Actor", () => {
  it("covers a permission by itself, by its domain or by everything, and not by a neighbour", () => {
    expect(clerk.may(pay)).toBe(true)
    expect(clerk.may(Actor.Permission.make("ledger:read"))).toBe(true)
    expect(clerk.may(Actor.Permission.make("ledger:post"))).toBe(false)
    expect(clerk.may(Actor.Permission.make("lend:pay"))).toBe(false)
    expect(clerk.may(Actor.Permission.make("*"))).toBe(false)
    expect(Actor.system("bank").may(pay)).toBe(true)
    expect(clerk.hasRole("clerk")).toBe(true)
    expect(clerk.hasRole("admin")).toBe(false)
  })

  it("owns for the one it acts for, or else for itself", () => {
    expect(clerk.owner.id).toBe("customer")
    expect(new Actor.Identity({ kind: "user", tenant: "bank", id: "a", roles: [], permissions: [] }).owner.id).toBe("a")
  })

  it("refuses what is no permission", () => {
    const accepts = Schema.is(Actor.Permission)
    expect(["lending:pay", "lending:*", "*"].map((text) => accepts(text))).toEqual([true, true, true])
    expect(["", "lending", "Lending:pay", "*:pay", "lending:pay "].map((text) => accepts(text))).toEqual([
      false,
      false,
      false,
      false,
      false
    ])
  })

  it.effect("fails with who lacks what", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Actor.Actor.require(Actor.Permission.make("ledger:post")))
      expect(error).toBeInstanceOf(Actor.NotPermitted)
      expect(error.message).toBe("bank/clerk lacks the permission ledger:post")
      yield* Actor.Actor.require(pay)
    }).pipe(Actor.as(clerk))
  )

  it.effect("lets the system act for the same owner in its own tenant only", () =>
    Effect.gen(function* () {
      const same = yield* Actor.asSystem("bank")(Actor.Actor)
      const other = yield* Actor.asSystem("other")(Actor.Actor)
      expect([same.kind, same.tenant, same.owner.id]).toEqual(["system", "bank", "customer"])
      expect([other.kind, other.tenant, other.owner.id]).toEqual(["system", "other", "system"])
    }).pipe(Effect.provide(Actor.Actor.layer(clerk)))
  )

  it.effect("lets the system act where nobody acts", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Actor.asSystem("bank")(Actor.Actor.owner))
      expect(exit).toEqual(Exit.succeed(new Actor.Subject({ tenant: "bank", id: "system" })))
    })
  )

  it("goes to JSON and back", () => {
    const codec = Schema.toCodecJson(Actor.Identity)
    const json: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(codec)(clerk)))
    expect(Schema.decodeUnknownSync(codec)(json)).toEqual(clerk)
  })
})
