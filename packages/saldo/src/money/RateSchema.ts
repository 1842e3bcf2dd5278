/**
 * Codecs of rates for JSON.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Rate from "./Rate.ts"

const rateSchema = <K extends Rate.RateKind>(identifier: string, kinds: readonly [K, ...ReadonlyArray<K>]) =>
  Schema.declare<Rate.Rate<K>>(
    (value): value is Rate.Rate<K> => value instanceof Rate.Rate && kinds.some((kind) => kind === value.kind),
    {
      identifier,
      expected: identifier,
      toCodecJson: () =>
        Schema.link<Rate.Rate<K>>()(
          Schema.Struct({ kind: Schema.Literals(kinds), percent: Schema.String }),
          SchemaTransformation.transformEffect<Rate.Rate<K>, { readonly kind: K; readonly percent: string }>({
            decode: ({ kind, percent }, options) => {
              const rate = Rate.fromPercent(kind, percent)
              return rate instanceof Error
                ? Effect.fail(new SchemaIssue.InvalidValue({ message: rate.message }, percent, options))
                : Effect.succeed(rate)
            },
            encode: (rate) => Effect.succeed(rate.toJSON())
          })
        ),
      toFormatter: () => String
    }
  )

/** A rate of either kind; in JSON `{ "kind": "annual", "percent": "9.5" }`. */
export const RateSchema = rateSchema("Rate", ["annual", "periodic"])

/** A rate per year; in JSON `{ "kind": "annual", "percent": "9.5" }`. */
export const AnnualRateSchema = rateSchema("AnnualRate", ["annual"])

/** A rate per period; in JSON `{ "kind": "periodic", "percent": "0.75" }`. */
export const PeriodicRateSchema = rateSchema("PeriodicRate", ["periodic"])
