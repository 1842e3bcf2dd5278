/**
 * What is wrong with a number that somebody wrote down: an account number, a payment reference, a registration number.
 * The three failures have the same fields. None of them holds the number, nor a part of it.
 */
import * as Schema from "effect/Schema"

/**
 * The first thing that is wrong: nothing was written, a character does not belong, there are too few or too many, the
 * form is another one, the country or the bank is unknown, or the check digits do not fit.
 */
export const IdentifierFault = Schema.Literals([
  "empty",
  "character",
  "length",
  "form",
  "country",
  "bank",
  "check-digits"
])

/** One of the seven words of {@link IdentifierFault}. */
export type IdentifierFault = typeof IdentifierFault.Type

const fields = {
  /** The kind of number that was expected, such as `IBAN`. */
  scheme: Schema.String,
  reason: IdentifierFault,
  /** Where in the text as it was written, in UTF-16 units from 0. */
  position: Schema.Int,
  /** What would be right at that place. Never quotes the text. */
  expected: Schema.String
}

interface Facts {
  readonly scheme: string
  readonly position: number
  readonly expected: string
}

const sentence = ({ expected, position, scheme }: Facts): string =>
  `Invalid ${scheme}: at position ${position} expected ${expected}`

/** A text that is no account number of the asked kind. */
export class AccountNumberInvalid extends Schema.TaggedError<AccountNumberInvalid>()("AccountNumberInvalid", fields, {
  httpApiStatus: 422
}) {
  override get message(): string {
    return sentence(this)
  }
}

/** A text that is no payment reference of the asked kind. */
export class ReferenceInvalid extends Schema.TaggedError<ReferenceInvalid>()("ReferenceInvalid", fields, {
  httpApiStatus: 422
}) {
  override get message(): string {
    return sentence(this)
  }
}

/** A text that is no registration number of a person or an organisation of the asked kind. */
export class RegistrationNumberInvalid extends Schema.TaggedError<RegistrationNumberInvalid>()(
  "RegistrationNumberInvalid",
  fields,
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return sentence(this)
  }
}
