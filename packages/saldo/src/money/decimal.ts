/**
 * Plain decimal text, read and written exactly: an optional minus, digits, and optionally a dot and more digits.
 */

/** A decimal number as an integer and the number of its decimals: 12.50 is `{ coefficient: 1250n, scale: 2 }`. */
export interface ExactDecimal {
  readonly coefficient: bigint
  readonly scale: number
}

/** Where a text stops being a decimal number, and why. `position` counts UTF-16 units from 0. */
export interface DecimalProblem {
  readonly position: number
  readonly problem: string
}

/** The longest decimal text that is read. Far beyond any amount, and short enough to cost nothing. */
export const maximumLength = 1000

const pattern = /^-?[0-9]+(?:\.([0-9]+))?$/u

/** Reads plain decimal text of any precision, up to {@link maximumLength} characters. */
export const parse = (text: string): ExactDecimal | DecimalProblem => {
  const match = text.length > maximumLength ? null : pattern.exec(text)
  if (match === null) return problemOf(text)
  const fraction = match[1]
  return fraction === undefined
    ? { coefficient: BigInt(text), scale: 0 }
    : { coefficient: BigInt(text.replace(".", "")), scale: fraction.length }
}

/** Writes `coefficient / 10^scale` with exactly `scale` decimals, and a minus only before a number below zero. */
export const format = (coefficient: bigint, scale: number): string => {
  const text = coefficient.toString()
  if (scale === 0) return text
  const sign = coefficient < 0n ? "-" : ""
  const digits = text.slice(sign.length).padStart(scale + 1, "0")
  const point = digits.length - scale
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** Ten to the power of a small natural number. */
export const powerOfTen = (exponent: number): bigint => powers[exponent] ?? 10n ** BigInt(exponent)

const powers = [1n, 10n, 100n, 1000n, 10_000n, 100_000n, 1_000_000n]

const problemOf = (text: string): DecimalProblem => {
  if (typeof text !== "string") return { position: 0, problem: `expected text, got ${typeof text}` }
  if (text.length > maximumLength) {
    return { position: maximumLength, problem: `expected at most ${maximumLength} characters` }
  }
  let position = text.startsWith("-") ? 1 : 0
  const isDigit = () => /^[0-9]$/u.test(text.charAt(position))
  const wanted = (what: string): DecimalProblem => ({
    position,
    problem: `expected ${what}, ${position < text.length ? `got ${JSON.stringify(text.charAt(position))}` : "got the end"}`
  })
  if (!isDigit()) return wanted("a digit 0 to 9")
  while (isDigit()) position++
  if (text.charAt(position) !== ".") return wanted("a digit or a decimal point")
  position++
  if (!isDigit()) return wanted("a digit after the decimal point")
  while (isDigit()) position++
  return wanted("a digit or the end")
}
