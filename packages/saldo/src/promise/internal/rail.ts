/**
 * A way to other banks and a verifier of customers, given as plain functions.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { KycFinding as Finding } from "../../banking/Kyc.ts"
import { type KycApplication as Application, KycUnavailable, KycVerifier } from "../../banking/KycVerifier.ts"
import { PaymentRail } from "../../banking/PaymentRail.ts"
import { PaymentStatus } from "../../banking/PaymentStatus.ts"
import { type PaymentInstruction as Instruction, RailUnavailable } from "../../banking/RailEvent.ts"
import { MoneySchema } from "../../money/MoneySchema.ts"
import { RailMissing } from "./callOptions.ts"
import { type Plain, toPlain } from "./plain.ts"
import { type Reader, reader } from "./reading.ts"

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

/** What a rail tells of by itself. */
export type RailEvent = Plain<typeof RailEvent.Type>
/** How a payment stands with a rail, and why it was rejected or is held. */
export type RailReport = Plain<typeof Report.Type>
/** Some of what a rail told, and the place where to go on. */
export type RailEvents = Plain<typeof Events.Type>
/** One payment as a rail takes it. The creditor's number is a `Secret`, but for a bankgiro. */
export type PaymentInstruction = Plain<Instruction>
/** A customer to be verified. */
export type KycApplication = Plain<Application>
/** What a verifier found; `expiresAt` is when an approval ends, and null unless it is one. */
export type KycFinding = Plain<Finding>

/** What every question to the outside comes with. */
export interface Asking {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

/**
 * The way to other banks. A rejection of any of these says that nothing is known, and of the error only its name is kept,
 * because messages quote account numbers.
 */
export interface Rail {
  /** Tells rails apart: letters, digits and dashes. */
  readonly name: string
  /** How long what was sent may be on its way. */
  readonly inTransitMs: number
  /** Executes an end-to-end id at most once, however often it is sent, and says how the payment stands. */
  readonly send: (instruction: PaymentInstruction, asking: Asking) => Promise<RailReport>
  /** How a payment stands; undefined for one that has not arrived. */
  readonly query: (endToEndId: string, asking: Asking) => Promise<RailReport | undefined>
  /** What happened after a place, from the beginning at null, in the order in which the rail tells it. */
  readonly events: (after: string | null, limit: number, asking: Asking) => Promise<RailEvents>
}

/** Verifies customers. A rejection says that nothing was decided; the same application, by its `reference`, comes again. */
export type Kyc = (application: KycApplication, asking: Asking) => Promise<KycFinding>

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error)

/** Asks a function of the host's; `undefined` is an answer for the reader to judge. */
const asked = <A, E>(
  question: (asking: Asking) => Promise<unknown>,
  read: Reader<A>,
  unavailable: (reason: string) => E
): Effect.Effect<A, E> =>
  Effect.tryPromise({
    try: (signal) => question({ signal }),
    catch: (error) => unavailable(`it failed with ${nameOf(error)}`)
  }).pipe(
    Effect.flatMap((answer) =>
      Effect.mapError(read(answer), (error) =>
        unavailable(`its answer does not fit at ${error._tag === "InputInvalid" ? error.path || "/" : "/"}`)
      )
    )
  )

const read = {
  report: reader(Report),
  found: reader(Schema.UndefinedOr(Report)),
  events: reader(Events),
  finding: reader(Finding)
}

/** A rail of the host's; without one nothing may be sent from here. */
export const railLayer = (rail: Rail | undefined): Layer.Layer<PaymentRail> => {
  if (rail === undefined) {
    const missing = Effect.die(new RailMissing())
    const none = {
      name: "none",
      inTransit: Duration.zero,
      send: () => missing,
      query: () => missing,
      events: () => missing
    }
    return Layer.succeed(PaymentRail, PaymentRail.of(none))
  }
  const unavailable = (reason: string) => new RailUnavailable({ rail: rail.name, reason })
  return Layer.succeed(
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
      )
