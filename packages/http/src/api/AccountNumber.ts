/**
 * Account numbers as they are written in requests and answers: `{ scheme, number }`, in any form that the scheme's reader
 * takes, and canonical in answers. Inside they are `Redacted`.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { Bic, ExternalAccount, numberOf, parseExternalAccount } from "saldo/banking/ExternalAccount"

const Written = Schema.Struct({
  scheme: Schema.Literals(["Iban", "Bankgiro", "Plusgiro", "SwedishAccount", "NorwegianAccount"]),
  number: Schema.String.check(Schema.isMaxLength(64)),
  /** The bank's code, which only an IBAN has. */
  bic: Schema.optionalKey(Bic)
}).annotate({ identifier: "AccountNumber" })

type Written = typeof Written.Type

const write = (account: ExternalAccount): Written => ({
  scheme: account._tag,
  number: numberOf(account),
  ...(account._tag === "Iban" && account.bic !== undefined ? { bic: account.bic } : {})
})

const parse = ({ bic, number, scheme }: Written, unverified: boolean) => {
  if (scheme === "Iban") return parseExternalAccount({ scheme, text: number, ...(bic === undefined ? {} : { bic }) })
  return scheme === "SwedishAccount"
    ? parseExternalAccount({ scheme, text: number, unverified })
    : parseExternalAccount({ scheme, text: number })
}

const codec = (unverified: boolean) =>
  Written.pipe(
    Schema.decodeTo(
      Schema.toType(ExternalAccount),
      SchemaTransformation.transformEffect<ExternalAccount, Written>({
        decode: (written, options) => {
          const parsed = parse(written, unverified)
          // What is wrong is said without the number, and so the issue must not hold it either.
          return Result.isSuccess(parsed)
            ? Effect.succeed(parsed.success)
            : Effect.fail(
                new SchemaIssue.InvalidValue(
                  { message: parsed.failure.message },
                  Redacted.make(written, { label: "account number" }),
                  options
                )
              )
        },
        encode: (account) => Effect.succeed(write(account))
      })
    )
  )

/** An account number in a request: its check digits must fit. */
export const GivenAccount = codec(false)

/** An account number in an answer: one that a bank issued without fitting check digits is read all the same. */
export const ShownAccount = codec(true)
