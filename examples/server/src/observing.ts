/**
 * What the server tells those who run it: lines of a log on standard error, and spans, metrics and logs for a collector.
 */
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as LogLines from "saldo/core/LogLines"
import * as Telemetry from "saldo/core/Telemetry"
import * as processFigures from "./processFigures.ts"
import { ServerFailure } from "./ServerFailure.ts"

/** The version that logs, traces and `--version` name. */
export const version = "0.1.0"

const service = "saldo-server"

/** How the log is written. */
export const logFlag = Flag.Literals("log", ["json", "text", "none"]).pipe(
  Flag.withDescription(
    "How the log is written to standard error (SALDO_LOG; when left out, text to a terminal and JSON elsewhere)"
  ),
  Flag.withFallbackConfig(Config.Literals(["json", "text", "none"], "SALDO_LOG")),
  Flag.optional
)

type Form = "json" | "text" | "none"

const linesOf = (form: Form): Layer.Layer<never> => {
  if (form === "none") return Logger.layer([])
  return LogLines.layer(
    form === "json"
      ? LogLines.json({ service, version, processId: process.pid })
      : LogLines.text({ colour: process.stderr.isTTY && process.stderr.hasColors() })
  )
}

/** Somebody who watches a terminal wants to know what is wrong; a file or a collector takes every request too. */
const usualLevel = (form: Form): LogLevel.LogLevel => (form === "text" ? "Warn" : "Info")

const levelOf = Effect.fnUntraced(function* (form: Form) {
  const asked = yield* GlobalFlag.LogLevel
  return Option.isSome(asked)
    ? asked.value
    : yield* Config.LogLevel("SALDO_LOG_LEVEL").pipe(
        Config.withDefault(usualLevel(form)),
        Effect.mapError(
          () =>
            new ServerFailure({
              happened: "SALDO_LOG_LEVEL names no level of a log.",
              remedy: "Write All, Trace, Debug, Info, Warn, Error, Fatal or None."
            })
        )
      )
})

const telemetry = Telemetry.layer({ service, version }).pipe(
  Layer.provide(FetchHttpClient.layer),
  Layer.catchTag("TelemetryUnfit", ({ message }) =>
    Layer.effectContext(
      Effect.fail(new ServerFailure({ happened: `${message}.`, remedy: "Correct it, or unset it to export nothing." }))
    )
  )
)

/** The last line of the log, and the last that is exported. */
const ended = Layer.effectDiscard(Effect.addFinalizer(() => Effect.logInfo("The server has ended")))

const usualForm = (): Form => (process.stderr.isTTY ? "text" : "json")

/** Writes down what nobody had thought of, whatever the log is, as whoever started the server has nothing else to go by. */
export const failed = (cause: Cause.Cause<unknown>): Effect.Effect<void> =>
  Cause.hasDies(cause) ? Effect.provide(Effect.logFatal("The server failed", cause), linesOf(usualForm())) : Effect.void

/** The log, and the export if the environment names a collector, as long as the layer lives. */
export const observing = (log: Option.Option<Form>) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const form = Option.getOrElse(log, usualForm)
      const level = Layer.succeed(References.MinimumLogLevel, yield* levelOf(form))
      return ended.pipe(Layer.provideMerge(telemetry), Layer.provideMerge(Layer.merge(linesOf(form), level)))
    })
  )

const beginAndEnd = Layer.effectDiscard(
  Effect.acquireRelease(Effect.logInfo("Requests are taken"), () =>
    Effect.logInfo("No more requests are taken; those at hand are answered")
  )
)

/** Says when requests are taken, and when no more are; and what the process takes of its machine meanwhile. */
export const lifecycle = Layer.merge(beginAndEnd, processFigures.layer)
