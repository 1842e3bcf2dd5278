import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { PaymentInstruction, RailEvents, RailReport, RailUnavailable } from "./RailEvent.ts"

/**
 * The way to other banks.
 *
 * Contract:
 * - `send` executes an end-to-end id at most once, however often and from wherever it is sent, and answers a repetition
 *   with how the payment stands. Its failure says nothing about the outcome.
 * - `query` knows every payment that has arrived. What it does not know `inTransit` after it was last sent, it will not come
 *   to know unless it is sent again.
 * - `events` gives what happened after a place, from the beginning at null, in the order in which the rail tells. It may
 *   tell an event again, of a payment in any order, or lose one: `query` is the truth. A place stays valid.
 * - A status never goes back from settled or rejected. A settled payment may be returned, once, long after.
 */
export class PaymentRail extends Context.Service<
  PaymentRail,
  {
    /** Tells rails apart: letters, digits and dashes. */
    readonly name: string
    /** How long what was sent may be on its way. */
    readonly inTransit: Duration.Duration
    readonly send: (instruction: PaymentInstruction) => Effect.Effect<RailReport, RailUnavailable>
    readonly query: (endToEndId: string) => Effect.Effect<Option.Option<RailReport>, RailUnavailable>
    readonly events: (after: string | null, limit: number) => Effect.Effect<RailEvents, RailUnavailable>
  }
>()("saldo/banking/PaymentRail") {}
