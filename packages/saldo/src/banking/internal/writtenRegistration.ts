/**
 * Registration numbers as they are written down, and which kind of customer has which.
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { LocalDate } from "../../time/LocalDate.ts"
import type { CustomerKind, Registration, RegistrationScheme } from "../Customer.ts"
import { RegistrationMisfit } from "../CustomerRefusal.ts"
import type { WrittenRegistration } from "../Customers.ts"
import type { RegistrationNumberInvalid } from "../IdentifierInvalid.ts"
import {
  parseNorwegianOrganisationNumber,
  parseSwedishOrganisationNumber,
  parseSwedishPersonalNumber
} from "../registrationNumber.ts"

const parse = (
  scheme: RegistrationScheme,
  text: string,
  today: LocalDate
): Result.Result<string, RegistrationNumberInvalid> => {
  switch (scheme) {
    case "SwedishPersonalNumber":
      return parseSwedishPersonalNumber(text, today)
    case "SwedishOrganisationNumber":
      return parseSwedishOrganisationNumber(text)
    case "NorwegianOrganisationNumber":
      return parseNorwegianOrganisationNumber(text)
  }
}

/** A registration number in its canonical form. */
export const registrationOf = (
  { number, scheme }: WrittenRegistration,
  today: LocalDate
): Result.Result<Registration, RegistrationNumberInvalid> =>
  Result.map(parse(scheme, Redacted.value(number), today), (canonical) => ({
    scheme,
    number: Redacted.make(canonical, { label: "registration number" })
  }))

/** A person has a personal number. A company has one of its own, or as a sole trader its owner's. */
export const fitting = (kind: CustomerKind, scheme: RegistrationScheme): Result.Result<void, RegistrationMisfit> =>
  kind === "company" || scheme === "SwedishPersonalNumber"
    ? Result.succeed(undefined)
    : Result.fail(new RegistrationMisfit({ kind, scheme }))
