/** The fault switches of logging in and what needs a login, with what the client must do about each. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Money from "saldo/money/Money"
import { expect } from "vitest"
import { beforeStepEnd, collect, countOf, fastClock, reasonOf } from "./clientSupport.ts"
import { type Case, type Client, failsWith, losesNothing, samples, transferPath, truth } from "./faultSupport.ts"

export const faultsOfLogin = {
  expireAfter: [
    {
      must: "log in once more and go on with the same page",
      faults: ["expireAfter=4x1", "listingNeedsLogin"],
      check: (client, emulator) =>
        Effect.gen(function* () {
          yield* client.login
          const seen = yield* collect(client)
          expect(seen.pages).toEqual([1, 2, 3, 4])
          expect(new Set(seen.ids).size).toBe(seen.ids.length)
          expect(yield* countOf(emulator, "POST", "/user/login")).toBe(2)
          expect(seen.unique).toEqual(yield* truth(client, emulator))
        })
    },
    {
      must: "log in once more only, then say that the session expired",
      faults: ["expireAfter=2", "listingNeedsLogin"],
      check: (client, emulator) =>
        Effect.gen(function* () {
          yield* client.login
          expect((yield* reasonOf(collect(client)))._tag).toBe("SessionExpired")
          expect(yield* countOf(emulator, "POST", "/user/login")).toBe(2)
        })
    }
  ],
  listingNeedsLogin: [
    {
      must: "log in when the listing asks for it, and send the token",
      faults: ["listingNeedsLogin"],
      check: (client, emulator) =>
        Effect.gen(function* () {
          yield* losesNothing(client, emulator)
          expect(yield* countOf(emulator, "POST", "/user/login")).toBe(1)
        })
    },
    {
      must: "say that credentials are missing when there are none",
      faults: ["listingNeedsLogin"],
      scene: { anonymous: true },
      check: failsWith("CredentialsMissing", (client) => collect(client))
    }
  ],
  landing: ["/investor/dashboard", "/", "/nytt/start"].map((path) => ({
    must: `accept ${path} as the page behind the login`,
    faults: [`landing=${path}`],
    check: (client: Client) => Effect.map(client.account(), ({ masked }) => expect(masked).toBe("••••017"))
  })),
  drop2faSession: [
    {
      must: "see that leaving the code page for the login page is no success",
      faults: ["drop2faSession"],
      check: (client, emulator) =>
        Effect.gen(function* () {
          expect(yield* reasonOf(client.login)).toEqual({ _tag: "SessionExpired", path: "/auth/2fa" })
          expect(yield* countOf(emulator, "GET", transferPath)).toBe(0)
        })
    }
  ],
  totpSkew: [
    {
      must: "send one code per step, two at most, and report the skew",
      faults: ["totpSkew=3600"],
      check: (client, emulator) =>
        Effect.gen(function* () {
          const reason = yield* reasonOf(client.login)
          if (reason._tag !== "CodeRejected") return expect(reason._tag).toBe("CodeRejected")
          expect(Math.abs((reason.clockSkewSeconds ?? 0) - 3600)).toBeLessThan(60)
          expect(reason.attempts).toBe(2)
          return expect(yield* countOf(emulator, "POST", "/auth/2fa")).toBe(2)
        })
    },
    {
      must: "wait for the next step when this one is nearly over",
      faults: ["totpSkew=0"],
      scene: { clock: () => fastClock({ start: beforeStepEnd(2), speed: 10 }) },
      check: (client, emulator) =>
        Effect.gen(function* () {
          const began = yield* Clock.currentTimeMillis
          const stepEnd = Math.ceil(began / 30_000) * 30_000
          yield* client.login
          const ended = yield* Clock.currentTimeMillis
          // On a machine so slow that the step was over before the login began, there is nothing to wait for.
          expect(ended >= stepEnd || stepEnd - began >= 3000).toBe(true)
          expect(yield* countOf(emulator, "POST", "/auth/2fa")).toBe(1)
        })
    }
  ],
  lockAfter: [
    {
      must: "never repeat a wrong password, and tell a lock from a wrong password",
      faults: ["lockAfter=2"],
      scene: { client: { password: "fel-lösenord" } },
      check: (client, emulator) =>
        Effect.gen(function* () {
          expect((yield* reasonOf(client.account()))._tag).toBe("LoginRejected")
          expect(yield* countOf(emulator, "POST", "/user/login")).toBe(1)
          yield* Effect.ignore(client.login)
          expect((yield* reasonOf(client.login))._tag).toBe("AccountLocked")
          expect(yield* countOf(emulator, "POST", "/user/login")).toBe(3)
        })
    }
  ],
  ezjscEnvelope: (["on", "off"] as const).map((form) => ({
    must: `read the site's own listing, envelope ${form}`,
    faults: [`ezjscEnvelope=${form}`],
    scene: { client: { loanSource: "ezjscore" } },
    check: (client, emulator) =>
      Effect.gen(function* () {
        const seen = yield* collect(client)
        expect(seen.unique).toEqual(yield* truth(client, emulator))
        expect(yield* countOf(emulator, "POST", "/user/login")).toBe(1)
      })
  })),
  strictAccept: [
    {
      must: "ask for JSON by name on the site's calls",
      faults: ["strictAccept"],
      check: (client) => Effect.map(client.account(), ({ masked }) => expect(masked).toBe("••••017"))
    },
    {
      must: "ask for JSON by name on the site's listing",
      faults: ["strictAccept"],
      scene: { client: { loanSource: "ezjscore" } },
      check: losesNothing
    }
  ],
  staleHash: [
    {
      must: "never take a preview for a bid, and not even carry the hash that a bid needs",
      faults: ["staleHash"],
      scene: samples(),
      check: (client, emulator) =>
        Effect.gen(function* () {
          const query = { loanId: 5101, amount: Money.of("1000", "SEK") }
          const preview = yield* client.previewBid(query)
          expect(preview).toMatchObject({ _tag: "KameoBidPreview", loanId: "5101", amount: "1000" })
          expect(JSON.stringify(preview)).not.toMatch(/[0-9a-f]{32}/u)
          yield* client.previewBid(query)
          const loan = yield* client.loan(5101)
          expect(String(loan.listing?.ownBidAmount)).toBe("0.00 SEK")
          expect(String((yield* client.account()).reserved)).toBe("0.00 SEK")
          expect(yield* countOf(emulator, "POST", "/v1/bidding/5101/submit")).toBe(0)
        })
    }
  ]
} satisfies Readonly<Record<string, ReadonlyArray<Case>>>
