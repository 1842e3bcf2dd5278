import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as Breaker from "../core/Breaker.ts"
import { type PaymentInstruction, type RailEvents, type RailReport, RailUnavailable } from "./RailEvent.ts"

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
    /** Whether it is left alone for a while, so that nothing is to be taken to be sent; it never is when left out. */
    readonly isLeftAlone?: Effect.Effect<boolean>
  }
>()("saldo/banking/PaymentRail") {
  /**
   * A breaker before the rail in scope. What fails or hangs is `RailUnavailable`; while the rail is left alone, orders wait
   * where they are, as one that was taken and not sent would wait for as long as a payment may be on its way.
   */
  static readonly layerGuarded = (terms?: Partial<Breaker.GuardTerms>): Layer.Layer<PaymentRail, never, PaymentRail> =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const { events, inTransit, name, query, send } = yield* PaymentRail
        const { ask, breaker } = yield* Breaker.guard(`rail ${name}`, terms)
        const unavailable = (reason: string) => new RailUnavailable({ rail: name, reason })
        return PaymentRail.of({
          name,
          inTransit,
          send: (instruction) => ask(send(instruction), unavailable),
          query: (endToEndId) => ask(query(endToEndId), unavailable),
          events: (after, limit) => ask(events(after, limit), unavailable),
          isLeftAlone: Effect.map(breaker.standing, ({ state }) => state === "open")
        })
      })
    )
}
