/**
 * Every fault switch of the emulator with what the client must do about it: specification §7, and what the emulator can
 * do beyond it. A switch without a case does not compile.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import type { FaultName } from "@saldo/kameo/emulator/Fault"
import type { KameoEmulator } from "@saldo/kameo/emulator/KameoEmulator"
import type { KameoClient } from "@saldo/kameo/KameoClient"
import type { KameoError } from "@saldo/kameo/KameoError"
import { beforeStepEnd, collect, countOf, fastClock, play, reasonOf, type Scene } from "./clientSupport.ts"

type Client = KameoClient["Service"]
type Emulator = KameoEmulator["Service"]

interface Case {
  readonly must: string
  readonly faults: ReadonlyArray<string>
  readonly scene?: Scene
  readonly check: (client: Client, emulator: Emulator) => Effect.Effect<unknown, unknown>
}

const listingPath = "/v1/loans/listing/investment-options"
const transferPath = "/ezjscore/call/kameo_transfer::init"
/** The sample loans at the instant that their file states, for emulator and client. */
const samples = (changes: Scene = {}): Scene => ({
  emulator: { loans: "samples", frozen: true },
  clock: fastClock({ start: Date.parse("2026-03-10T12:00:00+01:00") }),
  ...changes
})

/** The ids that the emulator lists without any fault. */
const truth = (client: Client, emulator: Emulator) =>
  Effect.gen(function* () {
    yield* emulator.setFaults([])
    return (yield* collect(client)).unique
  })

/** The fault costs nothing: every loan arrives, none is rejected. */
const losesNothing = (client: Client, emulator: Emulator) =>
  Effect.gen(function* () {
    const seen = yield* collect(client)
    expect(seen.unique).toEqual(yield* truth(client, emulator))
    expect(seen.unique.length).toBeGreaterThan(7)
    expect(seen.rejected).toEqual([])
    return seen
  })

const failsWith =
  (tag: KameoError["reason"]["_tag"], request: (client: Client) => Effect.Effect<unknown, KameoError>) =>
  (client: Client) =>
    Effect.map(reasonOf(request(client)), (reason) => {
      expect(reason._tag).toBe(tag)
      return reason
    })

const cases: Readonly<Record<FaultName, ReadonlyArray<Case>>> = {
  renameKeys: [
    {
      must: "take a page of unusable records for a changed schema, and name the paths",
      faults: ["renameKeys=camel"],
      check: (client) =>
        Effect.gen(function* () {
          const reason = yield* reasonOf(client.listing())
          if (reason._tag !== "SchemaDrift") return expect(reason._tag).toBe("SchemaDrift")
          const paths = reason.differences.map(({ kind, path }) => `${kind} ${path}`)
          expect(paths).toContain("missingKey data.investment_options[].loan_application_id")
          expect(paths).toContain("missingKey data.investment_options[].application_amount")
          expect(paths).toContain("unknownKey data.investment_options[].loanApplicationId")
          return expect(reason.path).toBe(listingPath)
        })
    },
    {
      must: "read the simplified shape by the fallback keys, and report the real keys as missing",
      faults: ["renameKeys=legacy"],
      check: (client, emulator) =>
        Effect.gen(function* () {
          const seen = yield* losesNothing(client, emulator)
          expect(seen.drift).toContain("missingKey data.investment_options[].loan_application_id missing")
        })
    }
  ],
  shape: [
    ...["list", "loans", "object"].map((shape) => ({
      must: `unwrap the shape "${shape}"`,
      faults: [`shape=${shape}`],
      check: losesNothing
    })),
    {
      must: "take an unknown nesting for a changed schema, not for an empty page",
      faults: ["shape=unknown"],
      check: failsWith("SchemaDrift", (client) => collect(client))
    }
  ],
  dateFormat: [
    ...["utc", "local", "compact", "fraction"].map((form) => ({
      must: `read the same instants from the form "${form}"`,
      faults: [`dateFormat=${form}`],
      scene: samples(),
      check: (client: Client, emulator: Emulator) =>
        Effect.gen(function* () {
          const dates = (seen: {
            readonly listings: ReadonlyArray<{ readonly opensAt: unknown; readonly closesAt: unknown }>
          }) => seen.listings.map(({ opensAt, closesAt }) => `${String(opensAt)} ${String(closesAt)}`)
          const strange = dates(yield* collect(client))
          yield* emulator.setFaults([])
          expect(strange).toEqual(dates(yield* collect(client)))
          expect(strange.filter((one) => one !== "null null").length).toBeGreaterThan(15)
        })
    })),
    ...["unix", "invalid"].map((form) => ({
      must: `keep the loans without their dates, and report the form "${form}"`,
      faults: [`dateFormat=${form}`],
      check: (client: Client, emulator: Emulator) =>
        Effect.gen(function* () {
          const seen = yield* losesNothing(client, emulator)
          expect(seen.listings.every(({ opensAt }) => opensAt === null)).toBe(true)
          expect(seen.drift.join("\n")).toContain("subscription_starts_at")
        })
    }))
  ],
  fundedFlagLies: [
    {
      must: "compute whether a loan is funded",
      faults: ["fundedFlagLies"],
      scene: samples(),
      check: (client) =>
        Effect.gen(function* () {
          const full = (yield* collect(client)).listings.filter(({ loanId }) => loanId === "5104")
          expect(full.map(({ status, fullyFundedState }) => [status, fullyFundedState])).toEqual([["funded", 0]])
        })
    }
  ],
  lateSubscriptions: [
    {
      must: "keep reading the amounts of closed loans",
      faults: ["lateSubscriptions"],
      scene: samples(),
      check: (client, emulator) =>
        Effect.gen(function* () {
          const funded = Effect.map(collect(client), (seen) => seen.listings.find(({ loanId }) => loanId === "4840"))
          yield* emulator.setClock(DateTime.makeUnsafe("2026-03-06T12:00:00+01:00"))
          const before = yield* funded
          yield* emulator.advanceClock("12 hours")
          const after = yield* funded
          expect(after?.fundedAmount?.amount ?? 0n).toBeGreaterThan(before?.fundedAmount?.amount ?? 0n)
          expect(after?.closesAt).toEqual(before?.closesAt)
        })
    }
  ],
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
      scene: { clock: fastClock({ start: beforeStepEnd(2), speed: 10 }) },
      check: (client, emulator) =>
        Effect.gen(function* () {
          yield* client.login
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
  rateLimit: [
    {
      must: "keep below the limit by slowing down, and lose nothing",
      faults: ["rateLimit=6"],
      scene: { clock: fastClock({ speed: 150 }) },
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
  duplicateAcrossPages: [
    {
      must: "give every loan, and the newer of two last",
      faults: ["duplicateAcrossPages"],
      check: losesNothing
    }
  ],
  shiftPages: [
    {
      must: "go on over moving pages; a loan may come twice and none fails",
      faults: ["shiftPages"],
      check: (client) =>
        Effect.map(collect(client), (seen) => {
          expect(seen.rejected).toEqual([])
          expect(seen.ids.length).toBeGreaterThan(seen.unique.length)
        })
    }
  ],
  ignorePage: [
    {
      must: "stop at a page without a new id, and say so",
      faults: ["ignorePage"],
      check: (client) =>
        Effect.map(collect(client), (seen) => {
          expect(seen.pages).toEqual([1, 2])
          expect(seen.drift.join("\n")).toContain("page 2 brings no new id")
        })
    }
  ],
  dropPaging: ["missing", "strings"].map((form) => ({
    must: `find the end without paging numbers (${form})`,
    faults: [`dropPaging=${form}`],
    check: losesNothing
  })),
  language: (["da", "nb", "en"] as const).map((language) => ({
    must: `map state numbers first, whatever the language (${language})`,
    faults: [`language=${language}`],
    scene: samples(),
    check: (client) =>
      Effect.map(collect(client), (seen) => {
        const byId = new Map(seen.listings.map((listing) => [listing.loanId, listing]))
        expect(byId.get("4840" as never)?.status).toBe("closed")
        expect(byId.get("5103" as never)?.status).toBe("open")
      })
  })),
  stateId: [
    {
      must: "keep a state nobody knows, derive by dates, and report it once per page",
      faults: ["stateId=77"],
      check: (client) =>
        Effect.map(collect(client), (seen) => {
          expect(seen.listings.every(({ stateId }) => stateId === 77)).toBe(true)
          expect(seen.listings.filter(({ status }) => status === "unknown")).toEqual([])
          expect(seen.drift.filter((one) => one.includes("state_id 77"))).toHaveLength(seen.pages.length)
        })
    }
  ],
  currency: [
    {
      must: "take a currency of ISO 4217 that is new here, and report it",
      faults: ["currency=EUR"],
      check: (client) =>
        Effect.map(collect(client), (seen) => {
          expect(seen.listings.every(({ amount }) => amount.currency === "EUR")).toBe(true)
          expect(seen.drift.join("\n")).toContain("unknownValue data.investment_options[].currency EUR")
        })
    },
    {
      must: "refuse a currency that does not exist rather than guess",
      faults: ["currency=XQQ"],
      check: failsWith("SchemaDrift", (client) => client.listing())
    }
  ],
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
  ],
  staleHash: [],
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
  }))
}

describe.each(Object.entries(cases))("fault %s: the client must", (_name, rows) => {
  it.each(rows.map((row) => [row.must, row] as const))("%s", (_must, { faults, scene, check }) =>
    play(scene ?? {}, (client, emulator) =>
      Effect.asVoid(Effect.andThen(emulator.setFaults(faults), check(client, emulator)))
    )
  )
})
