import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Breaker from "../core/Breaker.ts"
import * as LocalDate from "../time/LocalDate.ts"
import { type CustomerId, CustomerId as CustomerIdSchema, type CustomerKind, type SealedFile } from "./Customer.ts"
import type { KycDocument, KycFinding } from "./Kyc.ts"
import { referenceKyc } from "./referenceKyc.ts"

/** A customer to be verified: who it says it is, and the documents that are to show it. */
export interface KycApplication {
  readonly tenant: string
  readonly customerId: CustomerId
  readonly kind: CustomerKind
  readonly file: SealedFile
  readonly documents: ReadonlyArray<KycDocument>
  /** The same for every try of one verification, so that a vendor knows repetitions. */
  readonly reference: string
}

/** The verifier cannot be asked at this time. Nothing was decided; the same verification may be asked for again. */
export class KycUnavailable extends Schema.TaggedError<KycUnavailable>()(
  "KycUnavailable",
  { customerId: CustomerIdSchema },
  { httpApiStatus: 503 }
) {
  override get message(): string {
    return `The customer ${this.customerId} could not be verified, as the verifier does not answer; try again later`
  }
}

/**
 * Port: whoever verifies customers, such as a vendor of identity checks.
 *
 * Contract:
 * - Called outside any transaction, and perhaps more than once with the same `reference`, also after a crash.
 * - An approval ends after the instant of the call. Anything but an approval gives at least one reason.
 * - Nobody is approved without documents, or on a document that has expired where no other takes its place.
 * - A finding says nothing personal: its checks and reasons are codes.
 */
export class KycVerifier extends Context.Service<
  KycVerifier,
  {
    readonly verify: (application: KycApplication) => Effect.Effect<KycFinding, KycUnavailable>
  }
>()("saldo/banking/KycVerifier") {
  /** Decides from the documents alone, by the calendar of UTC; see `referenceKyc`. */
  static readonly layerReference: Layer.Layer<KycVerifier> = Layer.succeed(
    this,
    this.of({
      verify: Effect.fn("KycVerifier.verify")(function* ({ documents, kind }) {
        const today = LocalDate.of(DateTime.formatIsoDateUtc(yield* DateTime.now))
        const { endsOn, ...finding } = referenceKyc(kind, documents, today)
        return {
          ...finding,
          expiresAt: endsOn === null ? null : DateTime.makeUnsafe(LocalDate.toEpochDay(endsOn) * 86_400_000)
        }
      })
    })
  )

  /** A breaker before the verifier in scope: while the vendor is left alone, or hangs, it is `KycUnavailable`. */
  static readonly layerGuarded = (terms?: Partial<Breaker.GuardTerms>): Layer.Layer<KycVerifier, never, KycVerifier> =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const verifier = yield* KycVerifier
        const { ask } = yield* Breaker.guard("kyc", terms)
        return KycVerifier.of({
          verify: (application) =>
            ask(verifier.verify(application), () => new KycUnavailable({ customerId: application.customerId }))
        })
      })
    )
}
