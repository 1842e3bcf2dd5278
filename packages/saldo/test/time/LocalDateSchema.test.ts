import { describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { LocalDateSchema } from "saldo/time/LocalDateSchema"
import type * as LocalDate from "saldo/time/LocalDate"

const messageOf = (text: unknown): string => {
  try {
    Schema.decodeUnknownSync(LocalDateSchema)(text)
    return "decoded"
  } catch (error) {
    return String(error)
  }
}

describe("LocalDateSchema", () => {
  it("decodes and encodes the text itself", () => {
    const date: LocalDate.LocalDate = Schema.decodeSync(LocalDateSchema)("2024-02-29")
    expect(date).toBe("2024-02-29")
    expect(Schema.encodeSync(LocalDateSchema)(date)).toBe("2024-02-29")
  })

  it("says what was wrong and what would be right", () => {
    expect(messageOf("2023-02-29")).toContain(
      '"2023-02-29" is not a calendar date: the day must be 01 to 28 in that month'
    )
    expect(messageOf("10/03/2026")).toContain("the form is YYYY-MM-DD")
    expect(messageOf(20260310)).not.toBe("decoded")
  })

  it("describes itself as a string of format date", () => {
    const document = Schema.toJsonSchemaDocument(LocalDateSchema)
    expect(document.schema).toEqual({ type: "string", format: "date" })
  })
})
