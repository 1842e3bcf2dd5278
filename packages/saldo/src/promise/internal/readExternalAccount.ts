/**
 * How accounts in other banks are read.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as External from "../../banking/ExternalAccount.ts"
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
