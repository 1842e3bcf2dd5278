/**
 * Numbers as Kameo writes them: JSON numbers, and text with Swedish or English separators. Every result is a plain
 * decimal text such as `1234567.89`, so that no digit passes through a binary float.
 */
import * as Result from "effect/Result"

/** A decimal without exponent, grouping or leading zeros: `-?digits[.digits]`. */
export type DecimalText = string

interface RawNumber {
  readonly rawJSON: string
}

interface ExactJson {
  readonly rawJSON: (text: string) => unknown
  readonly isRawJSON: (value: unknown) => value is RawNumber
  readonly parse: (
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown
  ) => unknown
}

// ES2026 names (JSON.rawJSON, source text access) that every supported Node has and TypeScript's ES2024 library lacks.
const exactJson = JSON as unknown as ExactJson

// A double gives back every decimal of 15 significant digits unchanged. Only a text with a longer run of digits, or with
// an exponent, can lose anything, and only such a text pays for the slower reviver. A number stands behind `:`, `,` or
// `[`, which keeps file names and colours (`00c5e302`) from looking like one.
const mayLoseDigits = /(?:^|[:,[])\s*-?(?:\d+(?:\.\d+)?[eE]|(?:\d\.?){16})/u

/**
 * Parses JSON without losing digits: a number that a double cannot hold stays as its source text, which
 * {@link decimalText} reads and `JSON.stringify` writes back unchanged.
 *
 * Fails with the position-free reason when the text is not JSON; the text itself is never part of the reason.
 */
export const parseExactJson = (text: string): Result.Result<unknown, "not JSON"> =>
  Result.try({
    try: (): unknown => {
      if (!mayLoseDigits.test(text)) return JSON.parse(text) as unknown
      return exactJson.parse(text, (_key, value, context) =>
        typeof value === "number" && context.source !== undefined && String(value) !== context.source
          ? exactJson.rawJSON(context.source)
          : value
      )
    },
    catch: () => "not JSON" as const
  })

/** Whether a value is a JSON number, including one kept as its source text. */
export const isJsonNumber = (value: unknown): boolean => typeof value === "number" || exactJson.isRawJSON(value)

/** The JSON type of a value, as drift reports name it. */
export const jsonType = (value: unknown): string => {
  if (typeof value !== "object") return value === undefined ? "missing" : typeof value
  if (value === null) return "null"
  if (Array.isArray(value)) return "array"
  return exactJson.isRawJSON(value) ? "number" : "object"
}

// More than this many digits is never a real amount; the bound keeps hostile input from costing time and memory.
const maximumDigits = 60

const expand = (mantissa: string, exponent: number): Result.Result<DecimalText, string> => {
  if (Math.abs(exponent) > maximumDigits) return Result.fail("the exponent is too large")
  const negative = mantissa.startsWith("-")
  const [whole = "", fraction = ""] = (negative ? mantissa.slice(1) : mantissa).split(".")
  const digits = whole + fraction
  const point = whole.length + exponent
  const padded = point <= 0 ? "0".repeat(1 - point) + digits : digits.padEnd(point, "0")
  const split = Math.max(point, 1)
  return Result.succeed(trim(negative, padded.slice(0, split), padded.slice(split)))
}

const trim = (negative: boolean, whole: string, fraction: string): DecimalText => {
  const leading = whole.replace(/^0+(?=\d)/u, "")
  const text = fraction === "" ? leading : `${leading}.${fraction}`
  return negative && /[1-9]/u.test(text) ? `-${text}` : text
}

const fromJsonNumber = (source: string): Result.Result<DecimalText, string> => {
  const match = /^(-?\d+(?:\.\d+)?)(?:[eE]([-+]?\d+))?$/u.exec(source)
  const mantissa = match?.[1]
  if (mantissa === undefined || mantissa.length > maximumDigits) return Result.fail("the number is out of range")
  return expand(mantissa, Number(match?.[2] ?? "0"))
}

const groups = (parts: ReadonlyArray<string>): boolean =>
  parts.every((part, index) => (index === 0 ? /^\d{1,3}$/u : /^\d{3}$/u).test(part))

// The last separator is the decimal one when both kinds occur; a repeated separator can only group. A single one is read
// as decimal: Kameo groups with blanks, so `1,234` is one and a bit.
const splitDecimal = (digits: string): readonly [whole: string, fraction: string] | undefined => {
  const comma = digits.lastIndexOf(",")
  const dot = digits.lastIndexOf(".")
  const last = Math.max(comma, dot)
  if (last < 0) return /^\d+$/u.test(digits) ? [digits, ""] : undefined
  const separator = digits.charAt(last)
  const whole = digits.slice(0, last)
  const fraction = digits.slice(last + 1)
  const other = separator === "," ? "." : ","
  if (whole.includes(separator)) {
    const parts = digits.split(separator)
    return !digits.includes(other) && groups(parts) ? [parts.join(""), ""] : undefined
  }
  if (!/^\d+$/u.test(fraction)) return undefined
  const parts = whole.split(other)
  if (parts.length > 1 && !groups(parts)) return undefined
  const joined = parts.join("")
  return /^\d+$/u.test(joined) ? [joined, fraction] : undefined
}

// Blanks may only group digits in threes or stand beside a sign, a currency code or a percent sign.
const blanksGroup = (text: string): boolean => {
  const [head = ""] = text.split(/[.,]/u)
  return !text.includes(" ") || (text.lastIndexOf(" ") < head.length && groups(head.split(" ")))
}

const fromText = (text: string): Result.Result<DecimalText, string> => {
  if (text.length > 2 * maximumDigits) return Result.fail("the text is too long for a number")
  const plain = text
    .replace(/[\u00a0\u202f\u2009\t]/gu, " ")
    .replace(/\u2212/gu, "-")
    .trim()
    .replace(/^(?:[A-Za-z]{3} *)(?=[-+\d])/u, "")
    .replace(/ *(?:%|[A-Za-z]{3}|kr\.?)$/u, "")
    .trim()
  const sign = /^([-+]?) *(.*)$/u.exec(plain)
  const digits = sign?.[2] ?? ""
  if (digits === "") return Result.fail("the text is empty")
  if (/^\d+(?:\.\d+)?[eE][-+]?\d+$/u.test(digits)) return fromJsonNumber(`${sign?.[1] === "-" ? "-" : ""}${digits}`)
  if (!blanksGroup(digits)) return Result.fail("the blanks do not group digits in threes")
  const parts = splitDecimal(digits.replaceAll(" ", ""))
  if (parts === undefined || parts[0].length + parts[1].length > maximumDigits) {
    return Result.fail("the text is not a number")
  }
  return Result.succeed(trim(sign?.[1] === "-", parts[0], parts[1]))
}

/**
 * Reads a JSON number or a number written as text as an exact decimal.
 *
 * Accepts blanks (U+0020, U+00A0, U+202F) as grouping, a percent sign, a currency code, comma or dot decimals, and
 * `1.234.567,89` or `1,234,567.89` by the last separator. Fails with a sentence fragment that says what is wrong, without
 * the value.
 *
 * @example
 * ```ts
 * import * as Result from "effect/Result"
 * import { decimalText } from "@saldo/kameo/kameoNumbers"
 *
 * Result.getOrThrow(decimalText("8 500 000,00")) // => "8500000.00"
 * Result.getOrThrow(decimalText("9,75 %")) // => "9.75"
 * Result.getOrThrow(decimalText(1e21)) // => "1000000000000000000000"
 * ```
 */
export const decimalText = (value: unknown): Result.Result<DecimalText, string> => {
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && value !== 0 ? Result.succeed(String(value)) : fromJsonNumber(String(value))
  }
  if (exactJson.isRawJSON(value)) return fromJsonNumber(value.rawJSON)
  if (typeof value === "string") return fromText(value)
  return Result.fail(`a number is expected, found ${jsonType(value)}`)
}

/**
 * Reads a whole number that a JSON number can hold, from a JSON number or from text; zeros behind the decimal sign pass.
 */
export const wholeNumber = (value: unknown): Result.Result<number, string> =>
  Number.isSafeInteger(value) ? Result.succeed(Number(value)) : wholeOfText(value)

const wholeOfText = (value: unknown): Result.Result<number, string> =>
  Result.flatMap(decimalText(value), (text) => {
    const match = /^(-?\d+)(?:\.0+)?$/u.exec(text)
    const whole = match?.[1] === undefined ? Number.NaN : Number(match[1])
    return Number.isSafeInteger(whole) ? Result.succeed(whole) : Result.fail("a whole number is expected")
  })

/** The decimal times 10^scale as an integer; digits beyond the scale are cut. */
export const scaled = (text: DecimalText, scale: number): bigint => {
  const [whole = "0", fraction = ""] = text.split(".")
  const digits = BigInt(`${whole.replace("-", "")}${fraction.slice(0, scale).padEnd(scale, "0")}`)
  return text.startsWith("-") ? -digits : digits
}
