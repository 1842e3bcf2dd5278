/** The fault switches of what the listing says, with what the client must do about each. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { collect, reasonOf } from "./clientSupport.ts"
import { type Case, type Client, type Emulator, failsWith, listingPath, losesNothing, samples } from "./faultSupport.ts"

export const faultsOfData = {
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
  dropPaging: ["missing", "strings"].map((form) => ({
    must: `find the end without paging numbers (${form})`,
    faults: [`dropPaging=${form}`],
    check: losesNothing
  })),
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
  ]
} satisfies Readonly<Record<string, ReadonlyArray<Case>>>
