/**
 * What the contract's values look like in JSON, and what each endpoint takes and gives in that form. These are types alone:
 * nothing of the contract, and nothing of Effect, comes into the page.
 */
import type * as DateTime from "effect/DateTime"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import type * as Redacted from "effect/Redacted"
import type { ExternalAccount } from "saldo/banking/ExternalAccount"
import type { Money } from "saldo/money/Money"
import type { Rate } from "saldo/money/Rate"

/** Money in JSON: decimal text and a currency. */
export interface MoneyText {
  readonly amount: string
  readonly currency: string
}

/** An account number in JSON. */
export interface AccountText {
  readonly scheme: "Iban" | "Bankgiro" | "Plusgiro" | "SwedishAccount" | "NorwegianAccount"
  readonly number: string
  readonly bic?: string
}

// A brand is no literal: a record of branded keys may be empty, one of literal keys may not.
type Unbranded<A extends string> = {} extends Record<A, 1> ? string : A

/** A value of the domain as JSON carries it. */
export type Wire<A> = A extends Money
  ? MoneyText
  : A extends Rate
    ? { readonly kind: A["kind"]; readonly percent: string }
    : A extends DateTime.Utc
      ? string
      : A extends Redacted.Redacted<infer Inside>
        ? Wire<Inside>
        : A extends ExternalAccount
          ? AccountText
          : A extends string
            ? Unbranded<A>
            : A extends bigint
              ? string
              : A extends number | boolean | null | undefined
                ? A
                : A extends ReadonlyArray<infer Item>
                  ? ReadonlyArray<Wire<Item>>
                  : A extends object
                    ? { readonly [K in keyof A]: Wire<A[K]> }
                    : unknown

type Endpoint<Group, Name extends string> = HttpApiEndpoint.WithIdentifier<HttpApiGroup.Endpoints<Group>, Name>

type InJson<S> = S extends { readonly Type: infer A } ? Wire<A> : never

/** What an endpoint answers with. */
export type AnswerOf<Group, Name extends string> = InJson<HttpApiEndpoint.Success<Endpoint<Group, Name>>>

/** What an endpoint takes as its body. */
export type BodyOf<Group, Name extends string> = InJson<HttpApiEndpoint.Payload<Endpoint<Group, Name>>>
