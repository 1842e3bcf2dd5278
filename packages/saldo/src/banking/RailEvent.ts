/**
 * What passes between us and a payment rail.
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type { Money } from "../money/Money.ts"
import type { PaymentMessage } from "./CreditTransfers.ts"
import type { ExternalAccount } from "./ExternalAccount.ts"
import type { PaymentStatus } from "./PaymentStatus.ts"

/** One payment as a rail takes it. */
export interface PaymentInstruction {
  readonly endToEndId: string
  readonly uetr: string
  readonly amount: Money
  readonly creditor: { readonly name: string; readonly account: ExternalAccount }
  readonly message?: PaymentMessage
}

/** How a payment stands with a rail, and why it was rejected or is held. */
export interface RailReport {
  readonly status: PaymentStatus
  readonly reason: string | null
}

/** What a rail tells of by itself. */
export type RailEvent = {
  /** Names the event on its rail; a repeated event has the same. */
  readonly id: string
  readonly endToEndId: string
} & (
  | { readonly _tag: "Reported"; readonly report: RailReport }
  /** A pacs.004: money that came back after it had been settled. */
  | {
      readonly _tag: "Returned"
      readonly returnId: string
      readonly amount: Money
      readonly reason: string | null
    }
)

/** Some of what a rail told, and where to go on. */
export interface RailEvents {
  readonly events: ReadonlyArray<RailEvent>
  /** The place after the last of these; the same as was asked from when there are none. */
  readonly next: string
}

/**
 * No answer came, or none that can be understood. Nothing is known about the outcome: what was sent may arrive, may have
 * arrived, or may never arrive.
 */
export class RailUnavailable extends Schema.TaggedError<RailUnavailable>()(
  "RailUnavailable",
  { rail: Schema.String, reason: Schema.String },
  { httpApiStatus: 502 }
) {
  override get message(): string {
    return `The payment rail ${this.rail} gave no answer: ${this.reason}`
  }
}

/** An event of a rail about a payment that we know nothing of, kept for a person to look into. */
export interface StrayEvent {
  readonly rail: string
  readonly eventId: string
  readonly endToEndId: string
  readonly receivedAt: DateTime.Utc
}
