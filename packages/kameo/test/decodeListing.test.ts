import { readFileSync } from "node:fs"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { decodeListing } from "@saldo/kameo/decodeListing"

interface Samples {
  readonly referenceClock: string
  readonly samples: ReadonlyArray<{
    readonly case: string
    readonly strictSchema: boolean
    readonly accept: boolean
    readonly status: string | null
    readonly progress: string | null
    readonly loan: Record<string, unknown>
  }>
}

const file = JSON.parse(readFileSync(new URL("./fixtures/kameo-sample-loans.json", import.meta.url), "utf8")) as Samples
const context = { baseUrl: "https://www.kameo.se", now: Date.parse(file.referenceClock) }

const page = (records: ReadonlyArray<unknown>, paging: object = {}) =>
  JSON.stringify({
    data: {
      investment_options: records,
      result_count: records.length,
      current_page: 1,
      per_page: 12,
      total: records.length,
      last_page: 1,
      ...paging
    }
  })

const good = file.samples[1]?.loan ?? {}
const decode = (text: string) =>
  Result.getOrThrowWith(decodeListing(text, context), (drift) => new Error(JSON.stringify(drift)))
const one = (changes: Record<string, unknown>) => decode(page([good, { ...good, loan_application_id: 7, ...changes }]))

describe("the 25 sample loans", () => {
  it("has 25 of them", () => expect(file.samples).toHaveLength(25))

  it.each(file.samples.map((sample, index) => [index + 1, sample.case, sample] as const))(
    "%i %s",
    (_number, _case, sample) => {
      const decoded = decode(page([good, sample.loan]))
      const listing = decoded.listings[1]
      expect(listing !== undefined).toBe(sample.accept)
      expect(decoded.rejected).toHaveLength(sample.accept ? 0 : 1)
      if (listing === undefined) return
      expect(listing.status).toBe(sample.status)
      const progress = listing.fundedBps === null ? null : (listing.fundedBps / 100).toFixed(2)
      expect(progress).toBe(sample.progress)
    }
  )

  it("all on one page: 23 stored, 2 rejected with field and reason", () => {
    const decoded = decode(page(file.samples.map((sample) => sample.loan)))
    expect(decoded.listings).toHaveLength(23)
    expect(decoded.rejected.map(({ loanId, field }) => [loanId, field])).toEqual([
      ["5122", "application_amount"],
      ["5123", "title"]
    ])
    expect(decoded.rejected[0]?.problem).toContain("zero or below")
  })

  it("keeps the record as it came", () => {
    const decoded = decode(page(file.samples.map((sample) => sample.loan)))
    expect(JSON.parse(decoded.listings[0]?.raw ?? "")).toEqual(file.samples[0]?.loan)
  })

  it("reads localized text as exact numbers", () => {
    const listing = decode(page([good, file.samples[22]?.loan])).listings[1]
    expect(String(listing?.amount)).toBe("8500000.00 SEK")
    expect(String(listing?.fundedAmount)).toBe("2125000.00 SEK")
    expect(String(listing?.annualRate)).toBe("9.75 % annual")
    expect(listing?.durationMonths).toBe(12)
  })
})
