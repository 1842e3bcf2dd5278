/**
 * The check sums that account numbers, references and registration numbers carry. Every function takes text that has
 * been checked to be digits (or, for mod 97, digits and capital letters) and gives a number; none of them can fail.
 */

const zero = 48

const digitAt = (digits: string, index: number): number => digits.charCodeAt(index) - zero

/**
 * The Luhn sum, modulo 10, of a number that ends in its check digit: 0 when it fits. Also called modulus 10 with weights
 * 2 and 1 (ISO/IEC 7812-1, annex B). Finds every single wrong digit, and every swap of neighbours but 09 with 90.
 */
export const luhnRemainder = (digits: string): number => {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = digitAt(digits, index)
    const doubled = (digits.length - index) % 2 === 0
    sum += doubled ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
  }
  return sum % 10
}

/** The Luhn digit to write behind a number. */
export const luhnDigit = (digits: string): number => (10 - luhnRemainder(`${digits}0`)) % 10

/** The sum of the digits times their weights, modulo 11. There are as many weights as digits. */
export const weightedRemainder = (digits: string, weights: ReadonlyArray<number>, modulus: number): number => {
  let sum = 0
  for (let index = 0; index < digits.length; index++) sum += digitAt(digits, index) * (weights[index] ?? 0)
  return sum % modulus
}

/** Weights from the right, 1 on the check digit and then `cycle` again and again, for a number of so many digits. */
export const cyclicWeights = (length: number, cycle: ReadonlyArray<number>): ReadonlyArray<number> =>
  Array.from({ length }, (_, index) => {
    const fromRight = length - 1 - index
    return fromRight === 0 ? 1 : (cycle[(fromRight - 1) % cycle.length] ?? 0)
  })

/**
 * The remainder of ISO 7064 MOD 97-10 over digits and capital letters, A counting 10 and Z 35: 1 when check digits fit.
 */
export const mod97 = (text: string): number => {
  let remainder = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const value = code <= 57 ? code - zero : code - 55
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder
}
