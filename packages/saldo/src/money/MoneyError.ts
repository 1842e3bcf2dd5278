/**
 * The failures of exact money: small tagged errors without Effect. A function on untrusted input returns them as
 * values (`T | UnknownCurrency`, told apart by `instanceof Error`); its variant for values written in code throws them.
 */

/** What every failure of this folder has: a `_tag` to switch on, also as its `name`. */
abstract class TaggedError<Tag extends string> extends Error {
  readonly _tag: Tag
  constructor(tag: Tag, message: string) {
    super(message)
    this._tag = tag
    this.name = tag
  }
}

/** The value itself, or a throw where it is an error: for values written in code, which cannot fail. */
export const orThrow = <T>(value: T): Exclude<T, Error> => {
  if (value instanceof Error) throw value
  return value as Exclude<T, Error>
}

/** Text from outside as it may stand in a message: quoted, and cut so that a hostile input cannot flood a log. */
const quoted = (text: unknown): string => {
  const whole = String(text)
  return JSON.stringify(whole.length > 40 ? `${whole.slice(0, 40)}…` : whole)
}

/** A currency code that is neither an active code of ISO 4217 nor registered by the host. */
export class UnknownCurrency extends TaggedError<"UnknownCurrency"> {
  readonly code: string
  constructor(code: string) {
    super("UnknownCurrency", `Unknown currency ${quoted(code)}: expected an upper-case ISO 4217 code such as SEK`)
    this.code = code
  }
}

/** A currency that cannot be registered: its code is taken, or a field of it is malformed. */
export class CurrencyRejected extends TaggedError<"CurrencyRejected"> {
  readonly code: string
  readonly problem: string
  constructor(code: string, problem: string) {
    super("CurrencyRejected", `Currency ${quoted(code)} cannot be registered: ${problem}`)
    this.code = code
    this.problem = problem
  }
}

/** Two amounts in different currencies where one currency was needed. */
export class CurrencyMismatch extends TaggedError<"CurrencyMismatch"> {
  readonly left: string
  readonly right: string
  constructor(left: string, right: string) {
    super("CurrencyMismatch", `Cannot combine ${left} with ${right}: convert one of them first`)
    this.left = left
    this.right = right
  }
}

/** Text that is not an amount in the expected format. `position` counts UTF-16 units from 0. */
export class InvalidAmount extends TaggedError<"InvalidAmount"> {
  readonly input: string
  readonly position: number
  readonly problem: string
  constructor(input: string, position: number, problem: string) {
    super("InvalidAmount", `Invalid amount ${quoted(input)} at position ${position}: ${problem}`)
    this.input = input
    this.position = position
    this.problem = problem
  }
}

/** One of the amounts that an ambiguous text may mean: plain decimal text, and the currency. */
export interface Reading {
  readonly amount: string
  readonly currency: string
}

/** Text that means different amounts to different readers, such as `1,234` or `5 kr`, with all that it may mean. */
export class AmbiguousAmount extends TaggedError<"AmbiguousAmount"> {
  readonly input: string
  readonly readings: ReadonlyArray<Reading>
  constructor(input: string, readings: ReadonlyArray<Reading>) {
    const meanings = readings.slice(0, 4).map(({ amount, currency }) => `${amount} ${currency}`)
    if (readings.length > 4) meanings.push("…")
    super("AmbiguousAmount", `${quoted(input)} may mean ${meanings.join(" or ")}: state the locale or the currency`)
    this.input = input
    this.readings = readings
  }
}

/** Text that is not a plain decimal number such as `-1.25`. `position` counts UTF-16 units from 0. */
export class InvalidDecimal extends TaggedError<"InvalidDecimal"> {
  readonly input: string
  readonly position: number
  readonly problem: string
  constructor(input: string, position: number, problem: string) {
    super("InvalidDecimal", `Invalid decimal ${quoted(input)} at position ${position}: ${problem}`)
    this.input = input
    this.position = position
    this.problem = problem
  }
}

/** An amount whose minor units do not fit a signed 64-bit integer, the width of a stored amount. */
export class AmountOutOfRange extends TaggedError<"AmountOutOfRange"> {
  readonly amount: bigint
  readonly currency: string
  constructor(amount: bigint, currency: string) {
    super("AmountOutOfRange", `An amount in ${currency} is outside -2^63 to 2^63 - 1 minor units and cannot be stored`)
    this.amount = amount
    this.currency = currency
  }
}

/** Weights by which nothing can be shared out. `position` is the index of the weight at fault. */
export class InvalidWeights extends TaggedError<"InvalidWeights"> {
  readonly position: number
  readonly problem: string
  constructor(position: number, problem: string) {
    super("InvalidWeights", `Invalid weight at index ${position}: ${problem}`)
    this.position = position
    this.problem = problem
  }
}

/** A rate that cannot be read. */
export class InvalidRate extends TaggedError<"InvalidRate"> {
  readonly input: string
  readonly problem: string
  constructor(input: string, problem: string) {
    super("InvalidRate", `Invalid rate ${quoted(input)}: ${problem}`)
    this.input = input
    this.problem = problem
  }
}

/** A rate that is not a whole number of the asked unit. */
export class RateNotRepresentable extends TaggedError<"RateNotRepresentable"> {
  readonly percent: string
  readonly unit: string
  constructor(percent: string, unit: string) {
    super("RateNotRepresentable", `The rate ${percent} % is not a whole number of ${unit}`)
    this.percent = percent
    this.unit = unit
  }
}

/** An exchange rate that cannot be made. `field` names what was wrong. */
export class InvalidExchangeRate extends TaggedError<"InvalidExchangeRate"> {
  readonly field: "rate" | "date" | "source" | "quote"
  readonly problem: string
  constructor(field: "rate" | "date" | "source" | "quote", problem: string) {
    super("InvalidExchangeRate", `Invalid exchange rate: ${problem}`)
    this.field = field
    this.problem = problem
  }
}
