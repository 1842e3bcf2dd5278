/** Numbers that are not money, for people. */

/** Writes a whole number. */
export const showCount = (value: number, locale: string): string => new Intl.NumberFormat(locale).format(value)

/** Writes a percentage that came as decimal text, such as `9.5`. */
export const showPercent = (percent: string, locale: string): string =>
  `${new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(percent as Intl.StringNumericLiteral)}\u00A0%`

/** Writes hundredths of a percent: 9,840 is 98.4 %. */
export const showBasisPoints = (bps: number, locale: string): string => {
  const sign = bps < 0 ? "-" : ""
  const digits = String(Math.abs(bps)).padStart(3, "0")
  return showPercent(`${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`, locale)
}

/** Writes a duration in seconds with the unit that suits its size. */
export const showSeconds = (seconds: number, locale: string): string => {
  const number = (value: number) => new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }).format(value)
  if (seconds < 0.001) return `${number(seconds * 1e6)}\u00A0µs`
  return seconds < 1 ? `${number(seconds * 1000)}\u00A0ms` : `${number(seconds)}\u00A0s`
}
