import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Money from "saldo/money/Money"
import { describe, expect, it } from "vitest"
import { KameoClient } from "@saldo/kameo/KameoClient"
import { beforeStepEnd, clientFor, collect, countOf, demoLogin, fastClock, play, reasonOf } from "./clientSupport.ts"

const transferPath = "/ezjscore/call/kameo_transfer::init"

/** What the emulator was asked for, as `METHOD path`. */
const steps = (log: ReadonlyArray<{ readonly method: string; readonly path: string }>) =>
  log.map(({ method, path }) => `${method} ${path}`)

// Side by side, because most of a login is waiting for the next code.
describe.concurrent("login", () => {
  it("goes the browser's way, and ends with the proof", () =>
    play({}, (client, emulator) =>
      Effect.gen(function* () {
        yield* client.login
        expect(steps(yield* emulator.requestLog)).toEqual([
          "GET /user/login",
          "POST /user/login",
          "GET /auth/check",
          "GET /auth/2fa",
          "POST /auth/2fa",
          "GET /aktuella-lan",
          `GET ${transferPath}`
        ])
      })
    ))

  it("passes without a second factor when the account has none", () =>
    play({ emulator: { user: { factor: "none" } }, client: { totpSecret: "" } }, (client, emulator) =>
      Effect.gen(function* () {
        yield* client.login
        expect(yield* countOf(emulator, "POST", "/auth/2fa")).toBe(0)
        expect(yield* countOf(emulator, "GET", transferPath)).toBe(1)
      })
    ))

  it("rejects a wrong password without a second try, and never asks for a code", () =>
    play({ client: { password: "fel" } }, (client, emulator) =>
      Effect.gen(function* () {
        expect(yield* reasonOf(client.login)).toEqual({ _tag: "LoginRejected" })
        expect(yield* countOf(emulator, "POST", "/user/login")).toBe(1)
        expect(yield* countOf(emulator, "POST", "/auth/2fa")).toBe(0)
      })
    ))

  it("rejects an unknown e-mail in the same way", () =>
    play({ client: { email: "nobody@example.test" } }, (client) =>
      Effect.map(reasonOf(client.login), (reason) => expect(reason).toEqual({ _tag: "LoginRejected" }))
    ))

  it("sends two different codes of a wrong secret and says that the clock agrees", () =>
    play({ client: { totpSecret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" } }, (client, emulator) =>
      Effect.gen(function* () {
        const reason = yield* reasonOf(client.login)
        expect(reason).toMatchObject({ _tag: "CodeRejected", attempts: 2 })
        expect(yield* countOf(emulator, "POST", "/auth/2fa")).toBe(2)
        expect(yield* countOf(emulator, "GET", transferPath)).toBe(0)
      })
    ))

  it("recovers with the next step's code when the first was spent by somebody else", () =>
    play({ clock: () => fastClock({ start: beforeStepEnd(25), speed: 12 }) }, (client, emulator) =>
      Effect.gen(function* () {
        yield* client.login
        const other = Effect.flatMap(KameoClient, ({ login }) => login)
        yield* Effect.provide(other, clientFor(emulator))
        expect(yield* countOf(emulator, "POST", "/auth/2fa")).toBe(3)
        expect(yield* countOf(emulator, "POST", "/user/login")).toBe(2)
      })
    ))

  it("waits for a new step itself when it logs in twice within one", () =>
    play({ clock: () => fastClock({ start: beforeStepEnd(25), speed: 12 }) }, (client, emulator) =>
      Effect.gen(function* () {
        yield* client.login
        yield* client.login
        expect(yield* countOf(emulator, "POST", "/auth/2fa")).toBe(2)
      })
    ))

  it("needs a secret only when a code is asked for", () =>
    play({ client: { totpSecret: "" } }, (client, emulator) =>
      Effect.gen(function* () {
        expect(yield* reasonOf(client.login)).toEqual({ _tag: "SecondFactorRequired" })
        expect(yield* countOf(emulator, "POST", "/auth/2fa")).toBe(0)
      })
    ))

  it("says that BankID is not a one-time code", () =>
    play({ emulator: { user: { factor: "esign" } } }, (client) =>
      Effect.map(reasonOf(client.login), (reason) => expect(reason).toEqual({ _tag: "SecondFactorNotTotp" }))
    ))

  it("without credentials says which are missing, and asks Kameo nothing", () =>
    play({ anonymous: true }, (client, emulator) =>
      Effect.gen(function* () {
        expect((yield* reasonOf(client.login))._tag).toBe("CredentialsMissing")
        expect((yield* reasonOf(client.account()))._tag).toBe("CredentialsMissing")
        expect(yield* emulator.requestLog).toEqual([])
      })
    ))

  it("happens once for many calls at the same time", () =>
    play({}, (client, emulator) =>
      Effect.gen(function* () {
        yield* Effect.all([client.account(), client.account("DKK"), client.accounts], { concurrency: "unbounded" })
        expect(yield* countOf(emulator, "POST", "/user/login")).toBe(1)
      })
    ))

  it("happens once more for many calls that meet the same expiry", () =>
    play({}, (client, emulator) =>
      Effect.gen(function* () {
        yield* client.login
        yield* emulator.endSessions
        yield* Effect.all([client.account(), client.account("DKK"), client.accounts], { concurrency: "unbounded" })
        expect(yield* countOf(emulator, "POST", "/user/login")).toBe(2)
      })
    ))

  it("is asked for again after a logout", () =>
    play({}, (client, emulator) =>
      Effect.gen(function* () {
        yield* client.account()
        yield* client.logout
        expect(yield* countOf(emulator, "GET", "/user/logout")).toBe(1)
        yield* client.account()
        expect(yield* countOf(emulator, "POST", "/user/login")).toBe(2)
      })
    ))

  it("takes a secret as an otpauth address with blanks and lower case", () =>
    play(
      { client: { totpSecret: `otpauth://totp/Kameo?secret=${demoLogin.totpSecret.toLowerCase()}` } },
      (client) => client.login
    ))
})

describe.concurrent("accounts", () => {
  it("come with their balances in their currencies", () =>
    play({}, (client) =>
      Effect.map(client.accounts, (accounts) =>
        expect(accounts.map(({ currency, masked, available }) => [currency, masked, String(available)])).toEqual([
          ["SEK", "••••017", "1234567.89 SEK"],
          ["NOK", "••••033", "0.00 NOK"],
          ["DKK", "••••200", "15.50 DKK"]
        ])
      )
    ))

  it("are never another currency's than asked for", () =>
    play({}, (client) =>
      Effect.map(reasonOf(client.account("EUR")), (reason) =>
        expect(reason).toEqual({ _tag: "AccountNotFound", currency: "EUR", available: ["SEK", "NOK", "DKK"] })
      )
    ))

  it("survive the end of the session between two calls", () =>
    play({}, (client, emulator) =>
      Effect.gen(function* () {
        yield* client.account()
        yield* emulator.endSessions
        expect(Redacted.value((yield* client.account("NOK")).accountNumber)).toBe("2000033")
      })
    ))
})

describe.concurrent("the listing", () => {
  it("needs no login and sends no cookie", () =>
    play({ anonymous: true }, (client, emulator) =>
      Effect.gen(function* () {
        const seen = yield* collect(client)
        expect(seen.pages).toEqual([1, 2, 3, 4])
        expect(yield* countOf(emulator, "GET", "/user/login")).toBe(0)
      })
    ))

  it("shows Norwegian loans only when asked", () =>
    play({ emulator: { loans: "samples", frozen: true } }, (client) =>
      Effect.gen(function* () {
        const all = { sweden: true, norway: true, denmark: true }
        const usual = yield* collect(client)
        const more = yield* collect(client, { origins: all })
        expect(more.unique.filter((id) => !usual.unique.includes(id))).toEqual(["5111"])
      })
    ))

  it("starts where it is told and stops with an error at the last page it may read", () =>
    play({ anonymous: true }, (client) =>
      Effect.gen(function* () {
        expect((yield* collect(client, { fromPage: 3 })).pages).toEqual([3, 4])
        expect((yield* collect(client, { fromPage: 9 })).pages).toEqual([])
        expect((yield* collect(client, { maximumPages: 4 })).pages).toEqual([1, 2, 3, 4])
        expect((yield* collect(client, { fromPage: 3, maximumPages: 2 })).pages).toEqual([3, 4])
        expect(yield* reasonOf(collect(client, { maximumPages: 3 }))).toEqual({
          _tag: "Truncated",
          page: 3,
          maximumPages: 3
        })
      })
    ))

  it("refuses a page or a limit that cannot be, before asking", () =>
    play({ anonymous: true }, (client, emulator) =>
      Effect.gen(function* () {
        expect((yield* reasonOf(client.listing({ page: 0 })))._tag).toBe("InvalidConfig")
        expect((yield* reasonOf(collect(client, { limit: 1.5 })))._tag).toBe("InvalidConfig")
        expect(yield* emulator.requestLog).toEqual([])
      })
    ))

  it("renews the access token when it is due, without a new login", () => {
    const clock = fastClock()
    return play({ clock: () => clock }, (client, emulator) =>
      Effect.gen(function* () {
        yield* client.login
        yield* emulator.setFaults(["listingNeedsLogin"])
        yield* client.listing()
        clock.jump(16 * 60_000)
        yield* client.listing()
        expect(yield* countOf(emulator, "GET", "/aktuella-lan")).toBe(2)
        expect(yield* countOf(emulator, "POST", "/user/login")).toBe(1)
        // After the session's own half hour only a new login helps.
        clock.jump(40 * 60_000)
        yield* client.listing()
        expect(yield* countOf(emulator, "POST", "/user/login")).toBe(2)
      })
    )
  })

  it("goes on with the public listing while the site is down", () => {
    const clock = fastClock()
    return play({ clock: () => clock }, (client, emulator) =>
      Effect.gen(function* () {
        yield* client.login
        clock.jump(16 * 60_000)
        yield* emulator.setFaults(["status=503@www"])
        expect((yield* collect(client)).pages).toEqual([1, 2, 3, 4])
        expect(yield* countOf(emulator, "POST", "/user/login")).toBe(1)
      })
    )
  })

  it("goes on when the clock is set back by a day", () => {
    const clock = fastClock()
    return play({ clock: () => clock }, (client) =>
      Effect.gen(function* () {
        yield* client.login
        clock.jump(-24 * 3_600_000)
        expect((yield* collect(client)).pages).toEqual([1, 2, 3, 4])
        yield* client.login
      })
    )
  })
})

describe.concurrent("one loan", () => {
  const scene = {
    emulator: { loans: "samples", frozen: true },
    clock: () => fastClock({ start: Date.parse("2026-03-10T12:00:00+01:00") })
  } as const

  it("is told with its status", () =>
    play(scene, (client) =>
      Effect.map(client.loan(5101), ({ listing }) => {
        expect(listing?.status).toBe("open")
        expect(listing?.loanId).toBe("5101")
        expect(listing?.opensAt).toEqual(DateTime.makeUnsafe("2026-03-09T14:00:00+01:00"))
      })
    ))

  it("that does not exist is a typed error", () =>
    play(scene, (client) =>
      Effect.gen(function* () {
        expect(yield* reasonOf(client.loan(999_999))).toEqual({ _tag: "LoanNotFound", loanId: "999999" })
        expect((yield* reasonOf(client.loan("../user")))._tag).toBe("LoanNotFound")
        expect((yield* reasonOf(client.questions(999_999)))._tag).toBe("LoanNotFound")
      })
    ))

  it("has questions and a bidding state", () =>
    play(scene, (client) =>
      Effect.gen(function* () {
        const { canAsk, others } = yield* client.questions("5101")
        expect(typeof canAsk).toBe("boolean")
        expect(others.every(({ question }) => question !== null)).toBe(true)
        const state = yield* client.biddingState(5101)
        expect(state.isOpen).toBe(true)
        expect(state.subscribedAmount).toBe("3299500")
      })
    ))

  it("refuses a preview of an amount that cannot be bid", () =>
    play(scene, (client, emulator) =>
      Effect.gen(function* () {
        const preview = (amount: string) =>
          reasonOf(client.previewBid({ loanId: 5101, amount: Money.of(amount, "SEK") }))
        for (const amount of ["0", "-500", "500.50"]) expect((yield* preview(amount))._tag).toBe("BidRefused")
        expect(yield* emulator.requestLog).toEqual([])
        expect((yield* preview("1"))._tag).toBe("BidRefused")
      })
    ))
})
