/**
 * What each request asked of the database, by the trace that its caller named.
 */
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"

const seen = new Map<string, Array<Tracer.Span>>()

/** Notes the statements of each trace. */
export const tracing: Layer.Layer<never> = Layer.succeed(
  Tracer.Tracer,
  Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      if (options.kind === "client") seen.set(span.traceId, [...(seen.get(span.traceId) ?? []), span])
      return span
    }
  })
)

/** The statements of a trace that are about what somebody asks for, in their order: not those of the trail. */
export const statementsOf = (trace: string): ReadonlyArray<string> =>
  (seen.get(trace) ?? [])
    .map(({ attributes }) => String(attributes.get("db.query.text")))
    .filter((text) => !text.includes("saldo_audit_"))
