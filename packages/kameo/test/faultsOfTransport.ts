/** The fault switches of the way to the hosts, with what the client must do about each. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { expect } from "vitest"
import { collect, countOf, fastClock, reasonOf } from "./clientSupport.ts"
import { type Case, type Client, type Emulator, failsWith, listingPath, losesNothing } from "./faultSupport.ts"

export const faultsOfTransport = {
  failOnPage: [
    {
      must: "fail, never end early, when a page cannot be read",
      faults: ["failOnPage=3"],
      check: (client, emulator) =>
        Effect.gen(function* () {
          const reason = yield* reasonOf(collect(client))
          expect(reason).toMatchObject({ _tag: "HttpStatus", status: 500 })
          // Two good pages, then one try and three repeats of the third.
          expect(yield* countOf(emulator, "GET", listingPath)).toBe(6)
        })
    },
    { must: "ride out a page that fails twice", faults: ["failOnPage=3x2"], check: losesNothing }
  ],
  htmlInsteadOfJson: [
    ...["maintenance", "badGateway"].map((page) => ({
      must: `recognise the page "${page}"`,
      faults: [`htmlInsteadOfJson=${page}`],
      check: failsWith("HtmlInsteadOfJson", (client) => collect(client))
    })),
    ...["login", "twoFactor"].map((page) => ({
      must: `take the page "${page}" for the end of the session, try one login, and stop`,
      faults: [`htmlInsteadOfJson=${page}`],
      check: (client: Client, emulator: Emulator) =>
        Effect.gen(function* () {
          const { _tag } = yield* reasonOf(collect(client))
          expect(["SessionExpired", "LoginUnproven"]).toContain(_tag)
          expect(yield* countOf(emulator, "POST", "/user/login")).toBe(1)
        })
    }))
  ],
  rateLimit: [
    {
      must: "keep below the limit by slowing down, and lose nothing",
      faults: ["rateLimit=6"],
      scene: { clock: () => fastClock({ speed: 150 }) },
      check: (client, emulator) =>
        Effect.gen(function* () {
          const seen = yield* collect(client, { limit: 2 })
          const refused = (yield* emulator.requestLog).filter(({ status }) => status === 429)
          expect(seen.pages.length).toBeGreaterThan(6)
          expect(refused).toEqual([])
        })
    }
  ],
  status: [
    ...["503x2", "500x3", "502x1", "504x2", "429x2"].map((burst) => ({
      must: `ride out ${burst}`,
      faults: [`status=${burst}`],
      check: losesNothing
    })),
    {
      must: "give up after three repeats",
      faults: ["status=503"],
      check: (client, emulator) =>
        Effect.gen(function* () {
          expect(["HttpStatus", "HtmlInsteadOfJson"]).toContain((yield* reasonOf(client.listing()))._tag)
          expect(yield* countOf(emulator, "GET", listingPath)).toBe(4)
        })
    },
    {
      must: "say that the rate limit was hit, with the time to wait",
      faults: ["status=429"],
      check: failsWith("RateLimited", (client) => client.listing())
    },
    {
      must: "not repeat what will not pass",
      faults: ["status=403"],
      check: (client, emulator) =>
        Effect.gen(function* () {
          expect((yield* reasonOf(client.listing()))._tag).toMatch(/HttpStatus|HtmlInsteadOfJson/u)
          expect(yield* countOf(emulator, "GET", listingPath)).toBe(1)
        })
    },
    {
      must: "not repeat a POST: the password is sent once",
      faults: ["status=503x2@www"],
      scene: { client: { retries: 0 } },
      check: (client, emulator) =>
        Effect.gen(function* () {
          // The first answer spends one of the two failures on the login page, the second falls on the POST.
          yield* Effect.ignore(client.login)
          yield* Effect.ignore(client.login)
          const posts = yield* countOf(emulator, "POST", "/user/login")
          expect(posts).toBeLessThanOrEqual(1)
        })
    }
  ],
  delayMs: [
    {
      must: "give up on silence after the read time, three repeats later",
      faults: ["delayMs=60000"],
      scene: { client: { connectTimeoutMs: 5000, readTimeoutMs: 10_000 } },
      check: failsWith("TimedOut", (client) => client.listing())
    },
    { must: "wait for what is only slow", faults: ["delayMs=2000"], check: losesNothing }
  ],
  slowDrip: [{ must: "read an answer that comes in drips", faults: ["slowDrip=1"], check: losesNothing }],
  reset: [
    { must: "repeat a GET whose connection was reset", faults: ["reset=x2"], check: losesNothing },
    {
      must: "say that the connection failed, and with which code",
      faults: ["reset"],
      check: failsWith("Network", (client) => client.listing())
    },
    {
      must: "not repeat the password over a connection that was reset",
      faults: ["reset=@www"],
      scene: { client: { retries: 0 } },
      check: failsWith("Network", (client) => client.login)
    }
  ],
  cutBody: [
    { must: "repeat a GET whose body broke off", faults: ["cutBody=x2"], check: losesNothing },
    {
      must: "never take half a page for a page",
      faults: ["cutBody"],
      check: failsWith("Network", (client) => client.listing())
    }
  ],
  encoding: ["br", "zstd", "gzip", "deflate"]
    .map((encoding) => ({
      must: `let fetch negotiate and decode (${encoding} is used when offered)`,
      faults: [`encoding=${encoding}`],
      check: losesNothing
    }))
    .concat([{ must: "decode br even unasked", faults: ["encoding=brForced"], check: losesNothing }]),
  evilRedirect: [
    ...["elsewhere", "sibling"].map((where) => ({
      must: `refuse a redirect to another host (${where})`,
      faults: [`evilRedirect=${where}`],
      check: failsWith("UnsafeRedirect", (client) => client.login)
    })),
    {
      must: "stop a circle of redirects after five",
      faults: ["evilRedirect=loop"],
      check: failsWith("TooManyRedirects", (client) => client.login)
    }
  ],
  bigHtml: [
    {
      must: "not read a dashboard above the cap",
      faults: ["bigHtml=4"],
      scene: { client: { maximumBodyBytes: 1024 * 1024 } },
      check: (client, emulator) =>
        Effect.gen(function* () {
          yield* client.login
          // The dashboard is read only where the account call gives no data.
          yield* emulator.setFaults(["bigHtml=4", "htmlInsteadOfJson=maintenance"])
          expect(yield* reasonOf(client.account())).toEqual({
            _tag: "BodyTooLarge",
            path: "/investor/dashboard",
            limitBytes: 1024 * 1024
          })
        })
    },
    {
      must: "read a big dashboard below the cap, as the last resort",
      faults: ["bigHtml=2"],
      check: (client, emulator) =>
        Effect.gen(function* () {
          yield* client.login
          yield* emulator.setFaults(["bigHtml=2", "htmlInsteadOfJson=maintenance"])
          const account = yield* client.account()
          expect(Redacted.value(account.accountNumber)).toBe("2000017")
          expect(account.currency).toBeNull()
        })
    }
  ]
} satisfies Readonly<Record<string, ReadonlyArray<Case>>>
