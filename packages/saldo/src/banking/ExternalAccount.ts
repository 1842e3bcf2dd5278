/**
 * Accounts in other banks, by the number that names them. What may be a person's account number is `Redacted`: it never
 * shows in logs, errors or snapshots, and leaves through `numberOf` or a codec only.
 */
import type * as Brand from "effect/Brand"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { redacted } from "../core/RedactedSchema.ts"
import { type Bankgiro, parseBankgiro } from "./bankgiro.ts"
import { type Iban, parseIban } from "./iban.ts"
import type { AccountNumberInvalid } from "./IdentifierInvalid.ts"
import { type NorwegianAccountNumber, parseNorwegianAccountNumber } from "./norwegianAccountNumber.ts"
import { type Plusgiro, parsePlusgiro } from "./plusgiro.ts"
import { parseSwedishAccountNumber, swedishAccountNumber, type SwedishAccountOptions } from "./swedishAccountNumber.ts"

type Parse<A extends string> = (text: string) => Result.Result<A, AccountNumberInvalid>

/** Text in the canonical form of a scheme; anything else is an issue that does not quote it. */
const canonical = <A extends string>(scheme: string, parse: Parse<A>) =>
  Schema.String.pipe(
    Schema.refine((text): text is A => {
      const parsed = parse(text)
      return Result.isSuccess(parsed) && parsed.success === text
    }),
    Schema.annotate({ identifier: scheme, expected: `a valid ${scheme} without separators` })
  )

/** A bank's code of 8 or 11 letters and digits, after ISO 9362. */
export const Bic = Schema.String.check(
  Schema.isPattern(/^[A-Z\d]{4}[A-Z]{2}[A-Z\d]{2}(?:[A-Z\d]{3})?$/u, { expected: "a BIC of 8 or 11 characters" })
).pipe(Schema.brand("saldo/banking/Bic"))

/** A bank's code of 8 or 11 letters and digits. */
export type Bic = string & Brand.Brand<"saldo/banking/Bic">

/** An account named by an IBAN, with the bank's code where it is known. */
export const IbanAccount = Schema.TaggedStruct("Iban", {
  iban: redacted(canonical<Iban>("IBAN", parseIban), "IBAN"),
  bic: Schema.optionalKey(Bic)
})

/** A bankgiro, which only organisations have: not redacted, as it stands on every invoice. */
export const BankgiroAccount = Schema.TaggedStruct("Bankgiro", {
  bankgiro: canonical<Bankgiro>("bankgiro number", parseBankgiro)
})

/** A plusgiro, which persons have too. */
export const PlusgiroAccount = Schema.TaggedStruct("Plusgiro", {
  plusgiro: redacted(canonical<Plusgiro>("plusgiro number", parsePlusgiro), "plusgiro")
})

/** A Swedish account: four digits of clearing number, and the account number as its bank counts it. */
export const SwedishAccount = Schema.TaggedStruct("SwedishAccount", {
  clearing: Schema.String.check(Schema.isPattern(/^\d{4}$/u, { expected: "a clearing number of 4 digits" })),
  account: redacted(
    Schema.String.check(Schema.isPattern(/^\d{2,10}$/u, { expected: "an account number of 2 to 10 digits" })),
    "account number"
  )
}).check(
  Schema.makeFilter(({ account, clearing }) => {
    // Numbers that the bank itself issued without a fitting check digit are accounts all the same once they are stored.
    const read = swedishAccountNumber(clearing, Redacted.value(account), { unverified: true })
    if (Result.isFailure(read)) return read.failure.message
    return read.success.account === Redacted.value(account) ? undefined : "the account number lacks its leading zeros"
  })
)

/** A Norwegian account. */
export const NorwegianAccount = Schema.TaggedStruct("NorwegianAccount", {
  account: redacted(
    canonical<NorwegianAccountNumber>("Norwegian account number", parseNorwegianAccountNumber),
    "account number"
  )
})

/** An account in another bank, told apart by `_tag`. In JSON the numbers are plain text, so keep the JSON as secret. */
export const ExternalAccount = Schema.Union([
  IbanAccount,
  BankgiroAccount,
  PlusgiroAccount,
  SwedishAccount,
  NorwegianAccount
])

/** An account in another bank. */
export type ExternalAccount = typeof ExternalAccount.Type

/** What `parseExternalAccount` takes: the scheme of the number, and what that scheme needs besides. */
export type ExternalAccountInput =
  | { readonly scheme: "Iban"; readonly text: string; readonly bic?: Bic }
  | { readonly scheme: "Bankgiro" | "Plusgiro" | "NorwegianAccount"; readonly text: string }
  | ({ readonly scheme: "SwedishAccount"; readonly text: string } & SwedishAccountOptions)

/** An account from the number that somebody wrote down, in any form that the scheme's reader takes. */
export const parseExternalAccount = (
  input: ExternalAccountInput
): Result.Result<ExternalAccount, AccountNumberInvalid> => {
  switch (input.scheme) {
    case "Iban":
      return Result.map(parseIban(input.text), (iban) => ({
        _tag: "Iban",
        iban: Redacted.make(iban, { label: "IBAN" }),
        ...(input.bic === undefined ? {} : { bic: input.bic })
      }))
    case "Bankgiro":
      return Result.map(parseBankgiro(input.text), (bankgiro) => ({ _tag: "Bankgiro", bankgiro }))
    case "Plusgiro":
      return Result.map(parsePlusgiro(input.text), (plusgiro) => ({
        _tag: "Plusgiro",
        plusgiro: Redacted.make(plusgiro, { label: "plusgiro" })
      }))
    case "SwedishAccount":
      return Result.map(parseSwedishAccountNumber(input.text, input), ({ account, clearing }) => ({
        _tag: "SwedishAccount",
        clearing,
        account: Redacted.make(account, { label: "account number" })
      }))
    case "NorwegianAccount":
      return Result.map(parseNorwegianAccountNumber(input.text), (account) => ({
        _tag: "NorwegianAccount",
        account: Redacted.make(account, { label: "account number" })
      }))
  }
}

/** The number in its canonical form, with the clearing number in front of a Swedish account. For a payment file; not for showing. */
export const numberOf = (account: ExternalAccount): string => {
  switch (account._tag) {
    case "Iban":
      return Redacted.value(account.iban)
    case "Bankgiro":
      return account.bankgiro
    case "Plusgiro":
      return Redacted.value(account.plusgiro)
    case "SwedishAccount":
      return account.clearing + Redacted.value(account.account)
    case "NorwegianAccount":
      return Redacted.value(account.account)
  }
}

/**
 * The account as it may be shown: dots and the last four characters, or the last half of a number that has fewer than
 * eight, so that most of it stays hidden.
 */
export const mask = (account: ExternalAccount): string => {
  const number = numberOf(account)
  return `••••${number.slice(-Math.min(4, Math.floor(number.length / 2)))}`
}
