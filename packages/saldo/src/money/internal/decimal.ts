/**
 * Plain decimal text, read and written exactly: an optional minus, digits, and optionally a dot and more digits.
 */

import { InvalidRate } from "../MoneyError.ts"
import type { Ratio } from "../rounding.ts"

/** A decimal number as an integer and the number of its decimals: 12.50 is `{ coefficient: 1250n, scale: 2 }`. */
export interface ExactDecimal {
  readonly coefficient: bigint
  readonly scale: number
}

/** An error that says where a text stops being what it should be. */
type Invalid<E> = new (input: string, position: number, problem: string) => E

// Far beyond any amount, and short enough to cost nothing.
const maximumLength = 1000

const pattern = /^-?\d+(?:\.(\d+))?$/u

/** Reads plain decimal text of any precision, up to 1,000 characters. */
export const parse = <E extends Error>(text: string, invalid: Invalid<E>): ExactDecimal | E => {
  const match = text.length > maximumLength ? null : pattern.exec(text)
  if (match === null) {
    // The longest beginning that a decimal can begin with tells where the text went wrong.
    const position = /^-?(\d+\.?\d*)?/u.exec(text)?.[0].length ?? 0
    return new invalid(text, position, `expected a decimal such as -12.50, at most ${maximumLength} characters`)
  }
  const scale = match[1]?.length ?? 0
  return { coefficient: BigInt(text.replace(".", "")), scale }
}

/** Reads plain decimal text as an exact fraction. */
export const ratioOf = (text: string): Ratio | InvalidRate => {
  const read = parse(text, InvalidRate)
  return read instanceof Error ? read : { numerator: read.coefficient, denominator: powerOfTen(read.scale) }
}

/** Writes `coefficient / 10^scale` with exactly `scale` decimals, and a minus only before a number below zero. */
export const format = (coefficient: bigint, scale: number): string => {
  if (scale === 0) return coefficient.toString()
  const sign = coefficient < 0n ? "-" : ""
  const digits = (sign ? -coefficient : coefficient).toString().padStart(scale + 1, "0")
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** Ten to the power of a small natural number. */
export const powerOfTen = (exponent: number): bigint => 10n ** BigInt(exponent)
