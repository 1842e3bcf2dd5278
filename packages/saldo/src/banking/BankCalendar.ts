import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as LocalDate from "../time/LocalDate.ts"

/** The days of the bank: its time zone must be that of its ledger, or statements and value dates disagree at midnight. */
export class BankCalendar extends Context.Service<
  BankCalendar,
  {
    readonly dateOf: (at: DateTime.Utc) => LocalDate.LocalDate
    readonly today: Effect.Effect<LocalDate.LocalDate>
  }
>()("saldo/banking/BankCalendar") {
  /** The days of an IANA time zone such as Europe/Stockholm; another name is a defect at start. */
  static readonly layerOf = (timeZone: string): Layer.Layer<BankCalendar> =>
    Layer.effect(
      this,
      Effect.sync(() => {
        const zone = Option.getOrThrowWith(
          DateTime.zoneMakeNamed(timeZone),
          () => new RangeError(`The bank's time zone must be an IANA name such as Europe/Stockholm, not ${timeZone}`)
        )
        const dateOf = (at: DateTime.Utc) => LocalDate.of(DateTime.formatIsoDate(DateTime.setZone(at, zone)))
        return BankCalendar.of({ dateOf, today: Effect.map(DateTime.now, dateOf) })
      })
    )

  /** The days of UTC. */
  static readonly layer: Layer.Layer<BankCalendar> = this.layerOf("UTC")
}
