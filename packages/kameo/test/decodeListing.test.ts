import { readFileSync } from "node:fs"
import * as Result from "effect/Result"
import * as fc from "fast-check"
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
const changed = (changes: Record<string, unknown>) =>
  decode(page([good, { ...good, loan_application_id: 7, ...changes }]))
const notes = (decoded: ReturnType<typeof decode>) =>
  decoded.drift.map(({ kind, path, found }) => `${kind} ${path} ${found}`)
const mismatch = (text: string) =>
  Result.match(decodeListing(text, context), {
    onSuccess: () => [],
    onFailure: (drift) => drift.map(({ kind, path, found }) => `${kind} ${path} ${found}`)
  })

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

describe("a record that cannot be stored", () => {
  it.each<[string, Record<string, unknown>, string]>([
    ["no id", { loan_application_id: null }, "loan_application_id"],
    ["a blank id", { loan_application_id: "  " }, "loan_application_id"],
    ["a broken id", { loan_application_id: 4.5 }, "loan_application_id"],
    ["an endless id", { loan_application_id: "9".repeat(51) }, "loan_application_id"],
    ["an id with a control character", { loan_application_id: "51\u000002" }, "loan_application_id"],
    ["no title", { title: null }, "title"],
    ["a title that is no text", { title: 12 }, "title"],
    ["no amount", { application_amount: undefined }, "application_amount"],
    ["an amount below zero", { application_amount: -1 }, "application_amount"],
    ["an amount in words", { application_amount: "en miljon" }, "application_amount"],
    ["an amount with parts of an öre", { application_amount: "100,005" }, "application_amount"],
    ["an amount above 64 bits", { application_amount: "99999999999999999999" }, "application_amount"],
    ["a currency that is none", { currency: "KRONOR" }, "currency"]
  ])("is rejected for %s, and its page is kept", (_name, changes, field) => {
    const decoded = changed(changes)
    expect(decoded.listings.map(({ loanId }) => loanId)).toEqual(["5101"])
    expect(decoded.rejected.map((one) => one.field)).toEqual([field])
    expect(decoded.rejected[0]?.problem.length).toBeGreaterThan(20)
  })

  it("may be no record at all", () => {
    const decoded = decode(page([good, null, [], "text", 5]))
    expect(decoded.rejected.map(({ field, raw }) => [field, raw])).toEqual([
      ["$", "null"],
      ["$", "[]"],
      ["$", '"text"'],
      ["$", "5"]
    ])
  })
})

describe("an optional field that cannot be read", () => {
  it.each<[string, Record<string, unknown>, string, string]>([
    ["a rate above 100 %", { annual_interest_rate: 140 }, "annualRate", "annual_interest_rate"],
    ["a rate below zero", { annual_interest_rate: -0.01 }, "annualRate", "annual_interest_rate"],
    ["a date that is none", { subscription_starts_at: "i morgon" }, "opensAt", "subscription_starts_at"],
    ["a negative subscription", { subscribed_amount: -5 }, "fundedAmount", "subscribed_amount"],
    ["half a month", { duration_in_months: 1.5 }, "durationMonths", "duration_in_months"],
    ["a grade that is no text", { risk_score: 3 }, "riskGrade", "risk_score"],
    ["a state number in words", { subscription_state: { state_id: "tjugo" } }, "stateId", "state_id"]
  ])("%s is null with a note, and costs no loan", (_name, changes, field, key) => {
    const decoded = changed(changes)
    expect(decoded.rejected).toEqual([])
    expect(decoded.listings[1]?.[field as "annualRate"]).toBeNull()
    expect(notes(decoded).join("\n")).toContain(key)
  })

  it("an edge of the range is inside it", () => {
    expect(String(changed({ annual_interest_rate: 100 }).listings[1]?.annualRate)).toBe("100 % annual")
    expect(String(changed({ annual_interest_rate: 0 }).listings[1]?.annualRate)).toBe("0 % annual")
  })
})

describe("exactness", () => {
  it("keeps every digit of an amount that a double cannot hold", () => {
    const text = page([{ ...good, application_amount: 1 }]).replace(
      '"application_amount":1,',
      '"application_amount":90071992547409.93,'
    )
    expect(decode(text.replace("90071992547409.93", "90071992547409931.23")).listings[0]?.amount.amount).toBe(
      9_007_199_254_740_993_123n
    )
    expect(decode(text.replace("90071992547409.93", "90071992547409931.23")).listings[0]?.raw).toContain(
      '"application_amount":90071992547409931.23'
    )
  })

  it("rounds the progress half up, in whole numbers", () => {
    const bps = (subscribed: unknown, amount: unknown) =>
      changed({ subscribed_amount: subscribed, application_amount: amount }).listings[1]?.fundedBps
    expect(bps(1, 3)).toBe(3333)
    expect(bps(2, 3)).toBe(6667)
    expect(bps(5, 100_000)).toBe(1)
    expect(bps("4,99", 100_000)).toBe(0)
    expect(bps(null, 3)).toBeNull()
  })

  it("takes a megabyte of title, emoji and markup as they are", () => {
    const title = `${"å🏗<b>".repeat(200_000)}!`
    expect(changed({ title: `  ${title}\n` }).listings[1]?.title).toBe(title)
  })
})

describe("the simplified record shape", () => {
  it("is read by the fallback column", () => {
    const text = JSON.stringify({
      data: [{ id: "123", title: "Exempel", amount: "100000.00", interest_rate: "5.5", status: "open", duration: "6" }],
      pagination: { current_page: 1, total_pages: 1, total_items: 1 }
    })
    const [listing] = decode(text).listings
    expect(listing?.loanId).toBe("123")
    expect(String(listing?.amount)).toBe("100000.00 SEK")
    expect(String(listing?.annualRate)).toBe("5.5 % annual")
    expect(listing?.status).toBe("open")
    expect(listing?.durationMonths).toBe(6)
    expect(listing?.url).toBe("https://www.kameo.se/listing/investment-option/123")
  })

  it("gives the progress that it tells", () => {
    const record = { id: 5, title: "Exempel", amount: 100, funded_percentage: "141,005" }
    expect(decode(JSON.stringify({ data: [record] })).listings[0]?.fundedBps).toBe(14_101)
  })

  it("never wins over the real key", () => expect(changed({ amount: 1, id: "x" }).listings[1]?.loanId).toBe("7"))
})

describe("drift", () => {
  it("is silent about a page in the known form", () => expect(decode(page([good])).drift).toEqual([]))

  it("names new keys, missing keys, changed types, new states and new currencies, each once", () => {
    const { is_listed: _gone, ...rest } = good
    const strange = {
      ...rest,
      ltv: 55,
      min_amount: "500",
      currency: "EUR",
      subscription_state: { state_id: 77, status_text_localized: "Ny", colour: "red" }
    }
    expect(notes(decode(page([good, strange, strange, strange])))).toEqual([
      "unknownKey data.investment_options[].ltv number",
      "missingKey data.investment_options[].is_listed missing",
      "typeChanged data.investment_options[].min_amount string",
      "unknownValue data.investment_options[].currency EUR",
      "unknownKey data.investment_options[].subscription_state.colour string",
      "unknownValue data.investment_options[].subscription_state.state_id state_id 77"
    ])
  })

  it("stays small, whatever is sent", () => {
    const flood = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`${"k".repeat(500)}${index}`, index]))
    const { drift } = decode(page([{ ...good, ...flood }]))
    expect(drift.length).toBeLessThanOrEqual(100)
    expect(drift.every(({ path }) => path.length <= 60)).toBe(true)
  })

  it.each<[string, string, string]>([
    ["no JSON", "<html>", "typeChanged $ not JSON"],
    ["a list at the top", "[]", "typeChanged $ array"],
    ["no data", "{}", "missingKey data missing"],
    ["data that is text", '{"data":"x"}', "typeChanged data string"],
    ["no known list", '{"data":{"items":[]}}', "missingKey data.investment_options missing"],
    ["a list that is none", '{"data":{"investment_options":{}}}', "typeChanged data.investment_options object"],
    ["an envelope without a list", '{"error_text":"","content":{"data":null}}', "typeChanged content.data null"]
  ])("%s is a mismatch, not an empty page", (_name, text, found) => expect(mismatch(text)).toEqual([found]))

  it("an empty page is an empty page", () => expect(decode(page([])).recordCount).toBe(0))

  it("a page of which nothing can be stored is a mismatch", () => {
    const bad = { ...good, application_amount: 0 }
    expect(mismatch(page([bad, bad])).join("\n")).toContain("application_amount rejected in every record")
    expect(mismatch(page([{ name: "x" }])).join("\n")).toContain("missingKey data.investment_options[].title")
  })

  it("a single record of the right form with an unusable value is only rejected", () =>
    expect(decode(page([{ ...good, application_amount: 0 }])).rejected).toHaveLength(1))
})

describe("whatever is sent", () => {
  it("is decoded or refused, and never thrown at", () => {
    const keys = fc.constantFrom(...Object.keys(good), "id", "amount", "status", "__proto__", "constructor", "toString")
    const record = fc.dictionary(keys, fc.jsonValue({ maxDepth: 2 }))
    fc.assert(
      fc.property(fc.array(record, { maxLength: 5 }), fc.jsonValue({ maxDepth: 1 }), (records, paging) => {
        const text = JSON.stringify({
          data: { investment_options: records, total: paging, last_page: paging, current_page: paging }
        })
        const decoded = decodeListing(text, context)
        if (Result.isFailure(decoded)) expect(decoded.failure.length).toBeGreaterThan(0)
        else {
          const { listings, rejected, recordCount } = decoded.success
          expect(listings.length + rejected.length).toBe(recordCount)
        }
      })
    )
  })

  it("may be any JSON, or none", () =>
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const decoded = decodeListing(text, context)
        if (Result.isFailure(decoded)) expect(decoded.failure.length).toBeGreaterThan(0)
      })
    ))

  it("cannot steer a terminal through a report", () => {
    const { drift } = decode(page([{ ...good, "\u001b[31mred\u0007\u202e": 1 }]))
    expect(drift.map(({ path }) => path)).toEqual(["data.investment_options[].�[31mred��"])
  })
})
