/**
 * How numbers are written: the separators and groupings of a locale, and what a run of digits and separators can mean.
 */
import { memo } from "./intl.ts"

/** The separators of one locale, as its own numbers and amounts show them. */
export interface Writing {
  readonly decimal: string
  readonly group: string
}

/** The writing of a locale, from the runtime's own data. A malformed locale throws the `RangeError` of `Intl`. */
export const writingOf = memo((locale): Writing => {
  const writing = { decimal: "", group: "" }
  // Some locales write amounts unlike other numbers: Austria groups them otherwise, French Switzerland uses a dot.
  for (const style of ["decimal", "currency"] as const) {
    const formatter = new Intl.NumberFormat(locale, { style, currency: "EUR", numberingSystem: "latn" })
    for (const { type, value } of formatter.formatToParts(1_234_567.5)) {
      if (type === "decimal" || type === "group") writing[type] += value
    }
  }
  return writing
})

// Digits without groups, with groups of three, or the Indian way: three at the end and two before.
const whole = "(?:\\d+|[1-9]\\d{0,2}([\\s.,'\u2019])\\d{3}(?:\\1\\d{3})*|[1-9]\\d?(,)(?:\\d\\d,)+\\d{3})"
const patterns = [new RegExp(`^${whole}([.,])(\\d+)$`, "u"), new RegExp(`^${whole}$`, "u")]

/**
 * The decimal texts that a body may mean, which starts and ends with a digit; none when it is not well written. With a
 * writing there is at most one.
 */
export const readingsOf = (body: string, writing?: Writing): ReadonlyArray<string> => {
  const readings: Array<string> = []
  for (const pattern of patterns) {
    const match = pattern.exec(body)
    if (match === null) continue
    const { 1: three, 2: two, 3: point = "", 4: decimals = "" } = match
    const separator = three ?? two ?? ""
    if (separator !== "" && (separator === point || !mayGroup(separator, point, body, writing))) continue
    if (writing !== undefined && !writing.decimal.includes(point)) continue
    const end = body.length - decimals.length
    readings.push(body.slice(0, end).replace(/\D/gu, "") + (point && `.${decimals}`))
    if (point !== "" && decimals.length !== 3) break
  }
  return readings
}

// A dot or comma that the locale does not group with is still understood where nothing else can be meant: before
// the locale's decimal separator, or when it comes more than once.
const mayGroup = (separator: string, point: string, body: string, writing: Writing | undefined): boolean =>
  writing === undefined ||
  (separator !== "." && separator !== ",") ||
  writing.group.includes(separator) ||
  (!writing.decimal.includes(separator) && (point !== "" || body.indexOf(separator) < body.lastIndexOf(separator)))
