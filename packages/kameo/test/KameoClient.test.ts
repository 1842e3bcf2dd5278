import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import { countOf, play } from "./clientSupport.ts"

describe("a whole login", () => {
  it("passes with password and code, and the account is told", () =>
    play({}, (client, emulator) =>
      Effect.gen(function* () {
        yield* client.login
        const account = yield* client.account()
        expect(Redacted.value(account.accountNumber)).toBe("2000017")
        expect(account.masked).toBe("••••017")
        expect(String(account.available)).toBe("1234567.89 SEK")
        expect(String(account.reserved)).toBe("0.00 SEK")
        expect(yield* countOf(emulator, "POST", "/auth/2fa")).toBe(1)
      })
    ))
})

describe("the listing", () => {
  it("needs no login", () =>
    play({ anonymous: true }, (client, emulator) =>
      Effect.gen(function* () {
        const pages = yield* Stream.runCollect(client.pages({ limit: 7 }))
        const log = yield* emulator.requestLog
        console.log(
          JSON.stringify(log),
          pages.map((p) => [p.page, p.listings.length, p.paging, p.drift])
        )
      })
    ))
})
