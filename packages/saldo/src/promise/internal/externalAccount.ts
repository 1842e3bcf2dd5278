/**
 * Accounts in other banks, as a host gives them.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as External from "../../banking/ExternalAccount.ts"
import type { Given, Plain } from "./plain.ts"
import { concealed, type Reader, reader, withParts } from "./reading.ts"

const text = { text: Schema.Redacted(Schema.String) }

const Written = Schema.Union([
  Schema.Struct({ scheme: Schema.Literal("Iban"), ...text, bic: Schema.optionalKey(External.Bic) }),
  Schema.Struct({ scheme: Schema.Literals(["Bankgiro", "Plusgiro", "NorwegianAccount"]), ...text }),
  Schema.Struct({
    scheme: Schema.Literal("SwedishAccount"),
    ...text,
    unverified: Schema.optionalKey(Schema.Boolean)
  })
])

/** An account in another bank as Saldo gives it: its number is a `Secret`, but for a bankgiro, which is public. */
export type ExternalAccount = Plain<External.ExternalAccount>

/** An account in another bank: what somebody wrote down, by its scheme, or one that Saldo gave. */
export type ExternalAccountGiven = Given<typeof Written.Type> | Given<External.ExternalAccount>

const written = withParts({ "/text": concealed("account number") })(reader(Written))

const known = withParts({
  "/iban": concealed("IBAN"),
  "/plusgiro": concealed("plusgiro"),
  "/account": concealed("account number")
})(reader(External.ExternalAccount))

/** Reads an account in another bank. No failure quotes its number. */
export const externalAccount: Reader<External.ExternalAccount> = (given) =>
  typeof given === "object" && given !== null && "scheme" in given
    ? Effect.flatMap(written(given), (account) =>
        Effect.fromResult(External.parseExternalAccount({ ...account, text: Redacted.value(account.text) }))
      )
    : known(given)
