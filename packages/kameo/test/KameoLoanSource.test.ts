import * as LoanSourceTest from "@saldo/testing/LoanSourceTest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as Stream from "effect/Stream"
import { LoanSource } from "saldo/lending/LoanSource"
import { describe, expect, it } from "vitest"
import type { KameoEmulatorOptions } from "@saldo/kameo/emulator/EmulatorOptions"
import { KameoEmulator } from "@saldo/kameo/emulator/KameoEmulator"
import * as KameoLoanSource from "@saldo/kameo/KameoLoanSource"
import { clientFor, countOf, play, type Scene } from "./clientSupport.ts"

/**
 * Kameo's source over an emulator and a client of its own. Both keep real time: a clock given to these layers would be the
 * emulator's only, and not that of the checks in which the client makes its codes.
 */
const emulated = (emulator: KameoEmulatorOptions, options: KameoLoanSource.KameoLoanSourceOptions, scene: Scene = {}) =>
  KameoLoanSource.layer({ limit: 7, ...options }).pipe(
    Layer.provide(Layer.unwrap(Effect.map(KameoEmulator, (kameo) => clientFor(kameo, scene)))),
    Layer.provide(KameoEmulator.layer({ loans: 40, rateLimit: 10_000, frozen: true, ...emulator })),
    Layer.provide(Layer.succeed(References.MinimumLogLevel, "Error"))
  )

LoanSourceTest.suite("KameoLoanSource.layer, the public API", emulated({}, {}, { anonymous: true }))
LoanSourceTest.suite(
  "KameoLoanSource.layer, the site's own call",
  emulated({}, {}, { client: { loanSource: "ezjscore" } })
)
LoanSourceTest.suite("KameoLoanSource.layer, no paging numbers", emulated({ faults: ["dropPaging=missing"] }, {}))

LoanSourceTest.failureSuite(
  "KameoLoanSource.layer, a page that fails",
  emulated({ faults: ["failOnPage=3"] }, {}, { client: { retryDelayMs: 1 } }),
  {
    page: 3,
    reason: "Unavailable"
  }
)
LoanSourceTest.failureSuite("KameoLoanSource.layer, a page limit", emulated({}, { maximumPages: 2 }), {
  page: 3,
  reason: "Truncated"
})

describe("KameoLoanSource", () => {
  const reading = (scene: Scene, faults: ReadonlyArray<string>) =>
    play(scene, (_client, emulator) =>
      Effect.gen(function* () {
        yield* emulator.setFaults(faults)
        const source = yield* KameoLoanSource.makeKameoLoanSource({ limit: 7 })
        const result = yield* Effect.result(Stream.runCollect(source.pages({ fromPage: 1 })))
        return { result, logins: yield* countOf(emulator, "POST", "/user/login") }
      })
    )

  it.each<[string, Scene, string, number]>([
    ["renameKeys=camel", {}, "SchemaChanged", 1],
    ["htmlInsteadOfJson=maintenance", {}, "Unavailable", 1],
    ["status=429", {}, "RateLimited", 1],
    ["reset", {}, "Network", 1],
    ["listingNeedsLogin", { anonymous: true }, "LoginRejected", 1],
    ["listingNeedsLogin", { client: { password: "fel" } }, "LoginRejected", 1]
  ])("under %s fails with the reason a host can tell apart", async (fault, scene, reason, page) => {
    const { result } = await reading(scene, [fault])
    expect(result).toMatchObject({
      _tag: "Failure",
      failure: { _tag: "LoanSourceError", reason, page, platform: "kameo" }
    })
  })

  it("renews the session once over all pages together", async () => {
    const scene = { emulator: { loans: 60 } }
    const fine = await reading(scene, ["listingNeedsLogin", "expireAfter=6x1"])
    expect(fine).toMatchObject({ result: { _tag: "Success" }, logins: 2 })
    const usual = await reading(scene, ["listingNeedsLogin"])
    expect(usual).toMatchObject({ result: { _tag: "Success" }, logins: 1 })
    const worn = await reading(scene, ["listingNeedsLogin", "expireAfter=3"])
    expect(worn).toMatchObject({ result: { failure: { reason: "SessionExpired" } }, logins: 2 })
  })

  it("is the service that lending asks for", () =>
    Effect.runPromise(
      Effect.gen(function* () {
        const { platform } = yield* LoanSource
        expect(platform).toBe("kameo")
      }).pipe(Effect.provide(emulated({}, {})))
    ))
})
