/**
 * Knowing one's customer: the documents that were handed in, what checking them found, and what was decided. None of it
 * holds what the documents say: of a document its kind and digest are kept, and reasons are codes.
 */
import * as Schema from "effect/Schema"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"

/** Why something was decided, as a code such as `document-expired`. Free text would hold what belongs to the person. */
export const ReasonCode = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9-]{0,63}$/u, { expected: "a code of lower-case letters, digits and hyphens" })
)

/** Why something was decided. */
export type ReasonCode = typeof ReasonCode.Type

/** The kinds of document by which somebody shows who they are, where they live, or whom a company belongs to. */
export const DocumentKind = Schema.Literals([
  "passport",
  "identity-card",
  "driving-licence",
  "proof-of-address",
  "registration-certificate",
  "beneficial-owners",
  "mandate"
])

/** A kind of document. */
export type DocumentKind = typeof DocumentKind.Type

/** A document that was handed in; its content is kept elsewhere, by the SHA-256 of its bytes. */
export const KycDocument = Schema.Struct({
  kind: DocumentKind,
  digest: Schema.String.check(
    Schema.isPattern(/^[0-9a-f]{64}$/u, { expected: "the SHA-256 of the document as 64 hexadecimal digits" })
  ),
  /** The last day on which it is valid; null when it does not say. */
  expiresOn: Schema.NullOr(LocalDateSchema)
})

/** A document that was handed in. */
export type KycDocument = typeof KycDocument.Type

/** One thing that was checked, and what came of it. */
export const KycCheck = Schema.Struct({
  name: ReasonCode,
  result: Schema.Literals(["passed", "failed", "unclear"]),
  /** Null when it passed. */
  reason: Schema.NullOr(ReasonCode)
})

/** One thing that was checked. */
export type KycCheck = typeof KycCheck.Type

/** What checking a customer can come to; `review` leaves it to a person. */
export const KycVerdict = Schema.Literals(["approved", "rejected", "review"])

/** What checking a customer can come to. */
export type KycVerdict = typeof KycVerdict.Type

/** What a verifier found. */
export const KycFinding = Schema.Struct({
  checks: Schema.Array(KycCheck),
  verdict: KycVerdict,
  reasons: Schema.Array(ReasonCode),
  /** From when on an approval no longer counts; null unless it is one. */
  expiresAt: Schema.NullOr(Schema.DateTimeUtcFromMillis)
}).check(
  Schema.makeFilter(({ expiresAt, verdict }) => (verdict === "approved") === (expiresAt !== null), {
    expected: "an end of an approval, and of nothing else"
  })
)

/** What a verifier found. */
export type KycFinding = typeof KycFinding.Type

/** What was decided about a customer: by the verifier when `decidedBy` is null, or else by this actor. */
export const KycDecision = Schema.Struct({
  checks: Schema.Array(KycCheck),
  verdict: KycVerdict,
  reasons: Schema.Array(ReasonCode),
  expiresAt: Schema.NullOr(Schema.DateTimeUtcFromMillis),
  decidedAt: Schema.DateTimeUtcFromMillis,
  decidedBy: Schema.NullOr(Schema.String)
})

/** What was decided about a customer. */
export type KycDecision = typeof KycDecision.Type

/** What is known of a customer: the documents handed in, and the last decision. */
export const Kyc = Schema.Struct({
  documents: Schema.Array(KycDocument).check(Schema.isMaxLength(100)),
  decision: Schema.NullOr(KycDecision)
})

/** What is known of a customer. */
export type Kyc = typeof Kyc.Type

/** Nothing is known. */
export const noKyc: Kyc = { documents: [], decision: null }
