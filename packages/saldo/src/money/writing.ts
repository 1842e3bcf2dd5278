/**
 * How numbers are written: the separators and groupings of a locale, and what a run of digits and separators can mean.
 */

/** The separators of one locale, as its own numbers and amounts show them. */
export interface Writing {
  readonly decimal: string
  readonly group: string
  /** Whether groups above the thousands have two digits, as in 12,34,567. */
  readonly indian: boolean
}

const writings = new Map<string, Writing>()

/** The writing of a locale, from the runtime's own data. A malformed locale throws the `RangeError` of `Intl`. */
export const writingOf = (locale: string): Writing => {
  const present = writings.get(locale)
  if (present !== undefined) return present
  const separators = { decimal: "", group: "" }
  let indian = false
  // Some locales write amounts unlike other numbers: Austria groups them otherwise, French Switzerland uses a dot.
  for (const options of [{}, { style: "currency", currency: "EUR" }] as const) {
    const parts = new Intl.NumberFormat(locale, { ...options, numberingSystem: "latn" }).formatToParts(1_234_567.5)
    for (const { type, value } of parts) {
      if (type === "decimal" || type === "group") separators[type] += kindOf(value)
    }
    indian = parts.find(({ type }) => type === "integer")?.value === "12"
  }
  const writing = { ...separators, indian }
  if (writings.size >= 200) writings.clear()
  writings.set(locale, writing)
  return writing
}

// Space, no-break, figure, thin and narrow no-break space.
const blanks = " \u00A0\u2007\u2009\u202F"

/** A separator by its kind: all blanks are one, and so are both apostrophes. Empty for anything else. */
const kindOf = (character: string): string => {
  if (character === "." || character === ",") return character
  if (character === "'" || character === "\u2019") return "'"
  return blanks.includes(character) ? " " : ""
}

/** A body of digits and separators, cut at its separators: `1 234,50` is `1`, `234`, `50` and ` ,`. */
interface Cut {
  readonly groups: ReadonlyArray<string>
  readonly kinds: string
}

/**
 * The decimal texts that a body may mean, which starts and ends with a digit; none when it is not well written, then
 * with the position of the first character at fault. With a writing there is at most one.
 */
export const readingsOf = (body: string, writing: Writing | undefined): ReadonlyArray<string> | number => {
  const cut = cutAtSeparators(body)
  if (typeof cut === "number") return cut
  const { groups, kinds } = cut
  if (kinds === "") return [body]
  const readings: Array<string> = []
  if (isWhole(groups, kinds, writing, false)) readings.push(groups.join(""))
  const decimal = kinds.charAt(kinds.length - 1)
  const before = kinds.slice(0, -1)
  const whole = groups.slice(0, -1)
  const allowed = writing === undefined ? ".," : writing.decimal
  if (allowed.includes(decimal) && !before.includes(decimal) && isWhole(whole, before, writing, true)) {
    readings.push(`${whole.join("")}.${groups[groups.length - 1] ?? ""}`)
  }
  return readings
}

const cutAtSeparators = (body: string): Cut | number => {
  const groups: Array<string> = []
  let kinds = ""
  let start = 0
  for (let position = 0; position < body.length; position++) {
    const unit = body.charCodeAt(position)
    if (unit >= 48 && unit <= 57) continue
    const kind = kindOf(body.charAt(position))
    if (kind === "" || position === start) return position
    groups.push(body.slice(start, position))
    kinds += kind
    start = position + 1
  }
  groups.push(body.slice(start))
  return { groups, kinds }
}

// A dot or comma that the locale does not group with is still understood where nothing else can be meant: before
// the locale's decimal separator, or when it comes more than once.
const isWhole = (
  groups: ReadonlyArray<string>,
  kinds: string,
  writing: Writing | undefined,
  beforeDecimal: boolean
): boolean => {
  if (kinds === "") return true
  const kind = kinds.charAt(0)
  if (kinds !== kind.repeat(kinds.length)) return false
  if (writing !== undefined && (kind === "." || kind === ",") && !writing.group.includes(kind)) {
    if (writing.decimal.includes(kind) || (!beforeDecimal && kinds.length === 1)) return false
  }
  const [first = "", ...rest] = groups
  if (first.startsWith("0") || rest.pop()?.length !== 3) return false
  if (first.length <= 3 && rest.every((group) => group.length === 3)) return true
  return writing?.indian !== false && kind === "," && first.length <= 2 && rest.every((group) => group.length === 2)
}
