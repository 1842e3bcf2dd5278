import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import { Actor } from "./Actor.ts"
import { RequestContext } from "./RequestContext.ts"
import { withoutSecrets } from "./withoutSecrets.ts"
import { type Written, writtenValue } from "./writtenValue.ts"

/** What every line of a process has in common. */
export interface LogOrigin {
  /** The name of the service, as its traces have it. */
  readonly service: string
  readonly version: string
  readonly processId: number
}

/** What a line says, in the order in which JSON has it. */
type Line = Record<string, Written>

/** Where the logging effect comes from: the request that it serves, its place in a trace, and who acts. */
const whence = (fiber: Fiber.Fiber<unknown, unknown>): Line => {
  const { causationId, correlationId, requestId } = fiber.getRef(RequestContext)
  const actor = Context.getOrUndefined(fiber.context, Actor)
  // Without a tracer that exports, the ids of spans lead nowhere.
  const span = fiber.getRef(Tracer.Tracer) === Tracer.nativeTracer ? undefined : fiber.cache.span
  return {
    ...(requestId === undefined ? {} : { requestId: withoutSecrets(requestId) }),
    ...(correlationId === undefined ? {} : { correlationId: withoutSecrets(correlationId) }),
    ...(causationId === undefined ? {} : { causationId: withoutSecrets(causationId) }),
    ...(span === undefined ? {} : { traceId: span.traceId, spanId: span.spanId }),
    ...(actor === undefined ? {} : { tenant: withoutSecrets(actor.tenant), actor: withoutSecrets(actor.id) })
  }
}

const deepestCause = 4

/** An error by its name, what it says, where it was made, and what led to it. */
const failure = (error: unknown, depth = 0): Written => {
  if (!(error instanceof Error)) return { name: typeof error, message: writtenValue("message", error) }
  const { cause, message, stack } = error
  const at = (stack ?? "").split("\n").flatMap((line) => {
    const place = /^\s+at (.+)$/u.exec(line)?.[1]
    return place === undefined ? [] : [withoutSecrets(place)]
  })
  return {
    name: withoutSecrets("_tag" in error && typeof error._tag === "string" ? error._tag : error.name),
    message: withoutSecrets(message),
    ...(at.length === 0 ? {} : { at }),
    ...(cause === undefined || depth >= deepestCause ? {} : { cause: failure(cause, depth + 1) })
  }
}

const kinds = { Fail: "failure", Die: "defect", Interrupt: "interruption" } as const

const reasonsOf = (cause: Cause.Cause<unknown>): ReadonlyArray<Written> =>
  cause.reasons.map((reason) => {
    const kind = kinds[reason._tag]
    if (Cause.isFailReason(reason)) return { kind, error: failure(reason.error) }
    return Cause.isDieReason(reason) ? { kind, error: failure(reason.defect) } : { kind }
  })

const messageOf = (message: unknown): Line => {
  const [first, ...rest] = Array.isArray(message) ? (message as ReadonlyArray<unknown>) : [message]
  const written = writtenValue("message", first)
  return { message: written, ...(rest.length === 0 ? {} : { details: writtenValue("details", rest) }) }
}

const lineOf = ({ cause, date, fiber, logLevel, message }: Logger.Options<unknown>): Line => {
  const known: Line = {
    time: date.toISOString(),
    level: logLevel.toLowerCase(),
    ...messageOf(message),
    ...whence(fiber)
  }
  for (const [name, value] of Object.entries(fiber.getRef(References.CurrentLogAnnotations))) {
    const key = withoutSecrets(name)
    if (value !== undefined) known[key in known && known[key] !== value ? `_${key}` : key] = writtenValue(name, value)
  }
  for (const [name, startedAt] of fiber.getRef(References.CurrentLogSpans)) {
    known[`${withoutSecrets(name)}Ms`] = date.getTime() - startedAt
  }
  return cause.reasons.length === 0 ? known : { ...known, cause: reasonsOf(cause) }
}

/**
 * One line of JSON for each event, without secrets.
 *
 * A line has `time` (ISO 8601, UTC), `level` in lower case, `message`, and what is known of `requestId`, `correlationId`,
 * `traceId`, `spanId`, `tenant` and `actor`; then the annotations by their names, `cause` as a list of failures, defects and
 * interruptions, and the origin as `service`, `version` and `pid`.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Logger from "effect/Logger"
 * import * as LogLines from "saldo/core/LogLines"
 *
 * const lines: Array<string> = []
 * const json = LogLines.json({ service: "bank", version: "1.0.0", processId: 7 })
 * const keeping = Logger.map(json, (line) => { lines.push(line) })
 *
 * await Effect.logInfo("Refused anna@example.test").pipe(
 *   Effect.annotateLogs({ status: 403, password: "hunter2" }),
 *   Effect.provide(Logger.layer([keeping])),
 *   Effect.runPromise
 * )
 * lines[0]?.slice(lines[0].indexOf('"message"'))
 * // => '"message":"Refused <redacted>","status":403,"password":"<redacted>","service":"bank","version":"1.0.0","pid":7}'
 * ```
 */
export const json = ({ processId, service, version }: LogOrigin): Logger.Logger<unknown, string> =>
  Logger.make((options) => JSON.stringify({ ...lineOf(options), service, version, pid: processId }))

const colours: Readonly<Record<string, string>> = {
  fatal: "\u001b[31;1m",
  error: "\u001b[31m",
  warn: "\u001b[33m",
  info: "\u001b[36m"
}

/** What a terminal would obey, or take for another line. */
const tame = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ")

const shown = (value: Written): string => tame(typeof value === "string" ? value : JSON.stringify(value))

/** Lines for people: the time of day, the level, what happened, and what belongs to it as `name=value`, without secrets. */
export const text = ({ colour }: { readonly colour: boolean }): Logger.Logger<unknown, string> =>
  Logger.make((options) => {
    const { cause, level, message = null, time, ...fields } = lineOf(options)
    const [mark, plain, faint] = colour ? [colours[shown(level ?? "")] ?? "", "\u001b[0m", "\u001b[2m"] : ["", "", ""]
    const beside = Object.entries(fields).map(([name, value]) => `${tame(name)}=${shown(value)}`)
    const head = `${shown(time ?? "").slice(11, 23)} ${mark}${shown(level ?? "").toUpperCase()}${plain} ${shown(message)}`
    const line = beside.length === 0 ? head : `${head} ${faint}${beside.join(" ")}${plain}`
    return cause === undefined ? line : `${line}\n${JSON.stringify(cause, null, 2)}`
  })

/** Writes lines to standard error, in place of every other logger, so that standard output stays what the program says. */
export const layer = (lines: Logger.Logger<unknown, string>): Layer.Layer<never> =>
  Logger.layer([Logger.withConsoleError(lines)])
