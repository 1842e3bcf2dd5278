/**
 * A way to other banks and a verifier of customers, given as plain functions.
 */
import type * as Knowing from "../../banking/Kyc.ts"
import type * as Verifying from "../../banking/KycVerifier.ts"
import type * as Rails from "../../banking/RailEvent.ts"
import type { Plain } from "./plain.ts"

/** What a rail tells of by itself. */
export type RailEvent = Plain<Rails.RailEvent>
/** How a payment stands with a rail, and why it was rejected or is held. */
export type RailReport = Plain<Rails.RailReport>
/** Some of what a rail told, and the place where to go on. */
export type RailEvents = Plain<Rails.RailEvents>
/** One payment as a rail takes it. The creditor's number is a `Secret`, but for a bankgiro. */
export type PaymentInstruction = Plain<Rails.PaymentInstruction>
/** A customer to be verified. */
export type KycApplication = Plain<Verifying.KycApplication>
/** What a verifier found; `expiresAt` is when an approval ends, and null unless it is one. */
export type KycFinding = Plain<Knowing.KycFinding>

/** What every question to the outside comes with. */
export interface Asking {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

/**
 * The way to other banks. A rejection of any of these says that nothing is known, and of the error only its name is kept,
 * because messages quote account numbers. So does half a minute without an answer; after five of these in a row the rail is left
 * alone for a while, and what is due waits.
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
