/** The emulator's answers against the published shapes of the real ones. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { browsing } from "./browser.ts"

interface Shape {
  readonly ref?: string
  readonly type?: ReadonlyArray<string>
  readonly required?: ReadonlyArray<string>
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly enum?: ReadonlyArray<unknown>
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly minimum?: number
  readonly exclusiveMinimum?: number
}

const shapes: Readonly<Record<string, Shape>> = JSON.parse(
  readFileSync(new URL("../fixtures/kameo-contract.json", import.meta.url), "utf8")
)

const typesOf = (value: unknown): ReadonlyArray<string> => {
  if (value === null) return ["null"]
  if (Array.isArray(value)) return ["array"]
  return Number.isInteger(value) ? ["integer", "number"] : [typeof value]
}

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/u

const wordsWrong = (shape: Shape, value: unknown): ReadonlyArray<string> => [
  ...(shape.enum === undefined || shape.enum.includes(value) ? [] : ["enum"]),
  ...(typeof value === "string" && shape.pattern !== undefined && !new RegExp(shape.pattern, "u").test(value)
    ? ["pattern"]
    : []),
  ...(typeof value === "string" && shape.format === "date-time" && !dateTime.test(value) ? ["date-time"] : []),
  ...(typeof value === "string" && value.length < (shape.minLength ?? 0) ? ["minLength"] : []),
  ...(typeof value === "number" && value < (shape.minimum ?? value) ? ["minimum"] : []),
  ...(typeof value === "number" && value <= (shape.exclusiveMinimum ?? Number.NEGATIVE_INFINITY)
    ? ["exclusiveMinimum"]
    : [])
]

/** Every place where a value is not what its shape says. */
const misfits = (shape: Shape, value: unknown, path = "$"): ReadonlyArray<string> => {
  if (shape.ref !== undefined) return misfits(shapes[shape.ref] ?? { type: ["nothing"] }, value, path)
  if (shape.type !== undefined && !typesOf(value).some((type) => shape.type?.includes(type))) {
    return [`${path}: ${typesOf(value).join("/")} is not ${shape.type.join("/")}`]
  }
  const here = wordsWrong(shape, value).map((word) => `${path}: ${word}`)
  if (Array.isArray(value)) {
    return [...here, ...value.flatMap((item, index) => misfits(shape.items ?? {}, item, `${path}[${index}]`))]
  }
  if (typeof value !== "object" || value === null) return here
  const record = value as Readonly<Record<string, unknown>>
  const missing = (shape.required ?? []).filter((key) => !(key in record)).map((key) => `${path}.${key}: missing`)
  const inside = Object.entries(shape.properties ?? {}).flatMap(([key, property]) =>
    key in record ? misfits(property, record[key], `${path}.${key}`) : []
  )
  return [...here, ...missing, ...inside]
}

const fits = (name: string, value: unknown) =>
  expect([name, misfits(shapes[name] ?? { type: ["nothing"] }, value)]).toEqual([name, []])

describe("the contract", () => {
  it("is checked by something that notices", () => {
    const loan = {
      loan_application_id: 0,
      title: "",
      application_amount: "5",
      listing_date: "2026-03-06",
      is_listed: 2
    }
    expect(misfits({ ref: "investmentOption" }, loan)).toEqual([
      "$.title: minLength",
      "$.loan_application_id: minimum",
      "$.application_amount: string is not number",
      "$.is_listed: enum",
      "$.listing_date: date-time"
    ])
    expect(misfits({ ref: "investmentOption" }, {})).toHaveLength(3)
    expect(misfits({ ref: "nowhere" }, {})).toHaveLength(1)
  })

  it.effect("holds for generated loans over every page, with all 22 keys", () =>
    browsing({ loans: 450 }, (browser) =>
      Effect.gen(function* () {
        const keys = Object.keys(shapes["investmentOption"]?.properties ?? {})
        for (let page = 1; page <= 6; page++) {
          const { json } = yield* browser.listing(`limit=100&page=${page}&subscription_origin_norway=1`)
          fits("listing", json)
          for (const loan of json.data.investment_options) expect(Object.keys(loan)).toEqual(keys)
        }
      })
    )
  )

  it.effect("holds for the samples but for the two records that are meant to break it", () =>
    browsing({ loans: "samples" }, (browser) =>
      Effect.gen(function* () {
        const { json } = yield* browser.listing("limit=100&subscription_origin_norway=1")
        const wrong = misfits(shapes["listing"] ?? {}, json)
        const records = new Set(wrong.map((text) => Number(/investment_options\[(\d+)\]/u.exec(text)?.[1]) + 1))
        expect([...records]).toEqual([23, 24])
      })
    )
  )

  it.effect("holds for the account call, the token, questions, bidding and errors", () =>
    browsing({ loans: "samples" }, (browser) =>
      Effect.gen(function* () {
        yield* browser.login(0)
        fits("transfer", (yield* browser.transfer()).json)
        const token = yield* browser.accessToken()
        fits("accessTokenClaims", JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()))
        const headers = { authorization: `Bearer ${token}` }
        const post = (path: string, hash: string) =>
          browser.api(path, {
            method: "POST",
            headers,
            body: JSON.stringify({ amount: "500", intention: "add", sequence_hash: hash, payment_options: ["dp"] })
          })
        fits("loan", (yield* browser.api("/v1/loans/4840")).json)
        fits("questions", (yield* browser.api("/v1/q-a?loan_application_id=4840")).json)
        fits("bidState", (yield* browser.api("/v1/bidding/5101/load")).json)
        const preview = yield* post("/v1/bidding/5101/load", "")
        fits("bidPreview", preview.json)
        fits("bidSubmit", (yield* post("/v1/bidding/5101/submit", preview.json.sequence_hash)).json)
        fits("subscription", (yield* post("/v1/loan/subscription/5101", "")).json)
        fits("apiError", (yield* browser.listing("page=0")).json)
        fits("apiError", (yield* browser.api("/v1/loans/1")).json)
        fits("apiError", (yield* post("/v1/bidding/5101/submit", "")).json)
      })
    )
  )
})
