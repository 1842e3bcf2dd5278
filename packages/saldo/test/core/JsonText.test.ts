import { describe, expect, it } from "vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { jsonText } from "saldo/core/JsonText"

const Kept = Schema.Struct({ amount: Schema.BigInt, notes: Schema.Array(Schema.NullOr(Schema.String)) })
const codec = Schema.toCodecJson(Kept)
const [ours, effects] = [jsonText(codec), Schema.fromJsonString(codec)]

const kept = fc.record({ amount: fc.bigInt(), notes: fc.array(fc.option(fc.string())) })

describe("jsonText", () => {
  it("writes and reads as Schema.fromJsonString does", () => {
    fc.assert(
      fc.property(kept, (value) => {
        const text = Schema.encodeSync(ours)(value)
        expect(text).toBe(Schema.encodeSync(effects)(value))
        expect(Schema.decodeSync(ours)(text)).toEqual(value)
      })
    )
  })

  it("has the value at once, also within something else", () => {
    const decode = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ content: ours })))
    expect(Exit.isExit(decode([{ content: `{"amount":"1","notes":[]}` }]))).toBe(true)
  })

  it("refuses what is no JSON, and JSON of something else", async () => {
    const refusal = (text: string) =>
      Effect.runPromise(Effect.flip(Schema.decodeEffect(ours)(text)).pipe(Effect.map(({ message }) => message)))
    expect(await refusal("{")).toContain("text of JSON")
    expect(await refusal(`{"amount":"one","notes":[]}`)).toContain(`["amount"]`)
  })

  it("refuses to write what JSON does not have", () => {
    for (const value of [undefined, 1n]) {
      const written = Schema.encodeUnknownEffect(jsonText(Schema.Unknown))(value)
      expect(Effect.runSync(Effect.flip(written)).message).toContain("a value that JSON has")
    }
  })
})
