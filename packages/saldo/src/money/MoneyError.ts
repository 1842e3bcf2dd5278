/**
 * The failures of exact money: small tagged errors without Effect. A function on untrusted input returns them as
 * values (`T | UnknownCurrency`, told apart by `instanceof Error`); its variant for values written in code throws them.
 */

/** What every failure of this folder has: a `_tag` to switch on, also as its `name`, and its facts as fields. */
abstract class TaggedError<Tag extends string> extends Error {
  declare readonly _tag: Tag
  constructor(_tag: Tag, message: string, facts: object) {
    super(message)
    Object.assign(this, { name: _tag, _tag }, facts)
  }
}

/** The value itself, or a throw where it is an error: for values written in code, which cannot fail. */
export const orThrow = <T>(value: T): Exclude<T, Error> => {
  if (value instanceof Error) throw value
  return value as Exclude<T, Error>
}

/** Text from outside as it may stand in a message: quoted, and cut so that a hostile input cannot flood a log. */
const quoted = (text: unknown): string => JSON.stringify(String(text).slice(0, 40))

/** A currency code that is neither an active code of ISO 4217 nor registered by the host. */
export class UnknownCurrency extends TaggedError<"UnknownCurrency"> {
  declare readonly code: string
  constructor(code: string) {
    super("UnknownCurrency", `Unknown currency ${quoted(code)}: expected an ISO 4217 code such as SEK`, { code })
  }
}

/** A currency that cannot be registered: its code is taken, or a field of it is malformed. */
export class CurrencyRejected extends TaggedError<"CurrencyRejected"> {
  declare readonly code: string
  declare readonly problem: string
  constructor(code: string, problem: string) {
    super("CurrencyRejected", `Cannot register currency ${quoted(code)}: ${problem}`, { code, problem })
  }
}

/** Two amounts in different currencies where one currency was needed. */
export class CurrencyMismatch extends TaggedError<"CurrencyMismatch"> {
  declare readonly left: string
  declare readonly right: string
  constructor(left: string, right: string) {
    super("CurrencyMismatch", `Cannot combine ${left} with ${right}: convert one first`, { left, right })
  }
}

abstract class InvalidText<Tag extends string> extends TaggedError<Tag> {
  declare readonly input: string
  declare readonly position: number
  declare readonly problem: string
  constructor(tag: Tag, what: string, input: string, position: number, problem: string) {
    super(tag, `Invalid ${what} ${quoted(input)} at position ${position}: ${problem}`, { input, position, problem })
  }
}

/** Text that is not an amount in the expected format. `position` counts UTF-16 units from 0. */
export class InvalidAmount extends InvalidText<"InvalidAmount"> {
  constructor(input: string, position: number, problem: string) {
    super("InvalidAmount", "amount", input, position, problem)
  }
}

/** A factor, rate or exchange rate that cannot be made. `position` counts UTF-16 units from 0. */
export class InvalidRate extends InvalidText<"InvalidRate"> {
  constructor(input: string, position: number, problem: string) {
    super("InvalidRate", "rate", input, position, problem)
  }
}

/** One of the amounts that an ambiguous text may mean: plain decimal text, and the currency. */
export interface Reading {
  readonly amount: string
  readonly currency: string
}

/** Text that means different amounts to different readers, such as `1,234` or `5 kr`, with all that it may mean. */
export class AmbiguousAmount extends TaggedError<"AmbiguousAmount"> {
  declare readonly input: string
  declare readonly readings: ReadonlyArray<Reading>
  constructor(input: string, readings: ReadonlyArray<Reading>) {
    const some = readings.slice(0, 4).map(({ amount, currency }) => `${amount} ${currency}`)
    const message = `${quoted(input)} may mean ${some.join(" or ")}: state the locale or the currency`
    super("AmbiguousAmount", message, { input, readings })
  }
}

/** An amount whose minor units do not fit a signed 64-bit integer, the width of a stored amount. */
export class AmountOutOfRange extends TaggedError<"AmountOutOfRange"> {
  declare readonly amount: bigint
  declare readonly currency: string
  constructor(amount: bigint, currency: string) {
    super("AmountOutOfRange", `The ${currency} amount does not fit 64 bits`, { amount, currency })
  }
}

/** Weights by which nothing can be shared out. `position` is the index of the weight at fault. */
export class InvalidWeights extends TaggedError<"InvalidWeights"> {
  declare readonly position: number
  declare readonly problem: string
  constructor(position: number, problem: string) {
    super("InvalidWeights", `Invalid weight at index ${position}: ${problem}`, { position, problem })
  }
}

/** A rate that is not a whole number of the asked unit. */
export class RateNotRepresentable extends TaggedError<"RateNotRepresentable"> {
  declare readonly percent: string
  declare readonly unit: string
  constructor(percent: string, unit: string) {
    super("RateNotRepresentable", `${percent} % is not a whole number of ${unit}`, { percent, unit })
  }
}
