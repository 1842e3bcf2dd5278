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
export const writingOf = memo((locale = ""): Writing => {
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

// Groups of three, or the Indian way: three at the end and two before.
const grouped = /^[1-9]\d{0,2}([ '.,])\d{3}(?:\1\d{3})*$|^[1-9]\d?(,)(?:\d\d,)+\d{3}$/u

/**
 * The decimal texts that a body may mean, which starts and ends with a digit; none when it is not well written. With a
 * writing there is at most one.
 */
export const readingsOf = (body: string, writing?: Writing): ReadonlyArray<string> => {
  if (/^\d+$/u.test(body)) return [body]
  // All blanks are one separator, and so are both apostrophes.
  const text = body.replace(/\s/gu, " ").replaceAll("\u2019", "'")
  const readings = isGrouped(text, false, writing) ? [digitsOf(text)] : []
  const [, whole = "", point = "", decimals] = /^(.*)([.,])(\d+)$/u.exec(text) ?? []
  if (decimals === undefined || whole.includes(point)) return readings
  const separates = writing === undefined || writing.decimal.includes(point)
  if (separates && (/^\d+$/u.test(whole) || isGrouped(whole, true, writing))) {
    readings.push(`${digitsOf(whole)}.${decimals}`)
  }
  return readings
}

const digitsOf = (text: string): string => text.replace(/\D/gu, "")

// A dot or comma that the locale does not group with is still understood where nothing else can be meant: before
// the locale's decimal separator, or when it comes more than once.
const isGrouped = (text: string, beforeDecimal: boolean, writing: Writing | undefined): boolean => {
  const match = grouped.exec(text)
  if (match === null) return false
  const separator = match[1] ?? ","
  if (writing === undefined || " '".includes(separator) || writing.group.includes(separator)) return true
  return !writing.decimal.includes(separator) && (beforeDecimal || text.split(separator).length > 2)
}
