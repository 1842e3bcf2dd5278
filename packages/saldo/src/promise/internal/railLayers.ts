/**
 * The plain functions of a host as a rail and a verifier.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { KycFinding } from "../../banking/Kyc.ts"
import { KycUnavailable, KycVerifier } from "../../banking/KycVerifier.ts"
import { PaymentRail } from "../../banking/PaymentRail.ts"
import { PaymentStatus } from "../../banking/PaymentStatus.ts"
import { RailUnavailable } from "../../banking/RailEvent.ts"
import { MoneySchema } from "../../money/MoneySchema.ts"
import { asked } from "./asked.ts"
import { toPlain } from "./plain.ts"
import type { Kyc, Rail } from "./rail.ts"
import { reader } from "./reading.ts"

const Report = Schema.Struct({ status: PaymentStatus, reason: Schema.NullOr(Schema.String) })
const named = { id: Schema.NonEmptyString, endToEndId: Schema.NonEmptyString }

/** What a rail tells of by itself. */
export const RailEvent = Schema.Union([
  Schema.TaggedStruct("Reported", { ...named, report: Report }),
  Schema.TaggedStruct("Returned", {
    ...named,
    returnId: Schema.NonEmptyString,
    amount: MoneySchema,
    reason: Schema.NullOr(Schema.String)
  })
])

const Events = Schema.Struct({ events: Schema.Array(RailEvent), next: Schema.String })

const read = {
  report: reader(Report),
  found: reader(Schema.UndefinedOr(Report)),
  events: reader(Events),
  finding: reader(KycFinding)
}

/** A rail of the host's. Without one nothing is sent from here, and there is but a name to hear under. */
export const railLayer = (rail: Rail | undefined, otherwise: string): Layer.Layer<PaymentRail> => {
  if (rail === undefined) {
    const missing = new RailUnavailable({ rail: otherwise, reason: "there is no rail here" })
    return Layer.succeed(
      PaymentRail,
      PaymentRail.of({
        name: otherwise,
        inTransit: Duration.zero,
        send: () => missing,
        query: () => missing,
        events: (after) => Effect.succeed({ events: [], next: after ?? "" })
      })
    )
  }
  const unavailable = (reason: string) => new RailUnavailable({ rail: rail.name, reason })
  const plain = Layer.succeed(
    PaymentRail,
    PaymentRail.of({
      name: rail.name,
      inTransit: Duration.millis(rail.inTransitMs),
      send: (instruction) => asked((asking) => rail.send(toPlain(instruction), asking), read.report, unavailable),
      query: (endToEndId) =>
        Effect.map(
          asked((asking) => rail.query(endToEndId, asking), read.found, unavailable),
          Option.fromUndefinedOr
        ),
      events: (after, limit) => asked((asking) => rail.events(after, limit, asking), read.events, unavailable)
    })
  )
  return PaymentRail.layerGuarded().pipe(Layer.provide(plain))
}

/** A verifier of the host's, or the one that decides from the documents alone. */
export const kycLayer = (kyc: Kyc | "reference"): Layer.Layer<KycVerifier> =>
  kyc === "reference"
    ? KycVerifier.layerReference
    : Layer.succeed(
        KycVerifier,
        KycVerifier.of({
          verify: (application) =>
            asked(
              (asking) => kyc(toPlain(application), asking),
              read.finding,
              (reason) => ({ reason })
            ).pipe(
              Effect.tapError(({ reason }) => Effect.logWarning(`A customer was not verified: ${reason}`)),
              Effect.mapError(() => new KycUnavailable({ customerId: application.customerId }))
            )
        })
      ).pipe((plain) => KycVerifier.layerGuarded().pipe(Layer.provide(plain)))
