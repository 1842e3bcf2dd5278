import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Otlp from "effect/observability/Otlp"
import type * as OtlpExporter from "effect/observability/OtlpExporter"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { isSecretName, withoutSecrets } from "./withoutSecrets.ts"

/** The `OTEL_…` variables say something that cannot be done; which of them, but not what it says, as it may hold a key. */
export class TelemetryUnfit extends Schema.TaggedError<TelemetryUnfit>()("TelemetryUnfit", {
  variables: Schema.String,
  expected: Schema.String
}) {
  override get message(): string {
    return `${this.variables} cannot be followed: expected ${this.expected}`
  }
}

/**
 * Attributes that are not exported: addresses as they came, whose paths and queries are whatever a client put there (the
 * template of the route is exported), and what tells people by their devices.
 */
const untold = new Set(["url.full", "url.path", "url.query", "client.address", "user_agent.original"])

/** What in OTLP is text that somebody wrote, by its name in JSON; all other text is ids, times and units. */
const written = new Set(["stringValue", "name", "message"])

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !(value instanceof Uint8Array)

const isTold = (value: unknown): boolean =>
  !isRecord(value) || typeof value["key"] !== "string" || !untold.has(value["key"])

const cleaned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.filter(isTold).map(cleaned)
  if (!isRecord(value)) return value
  const { key } = value
  if (typeof key === "string" && isSecretName(key)) return { key, value: { stringValue: "<redacted>" } }
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      typeof each === "string" && written.has(name) ? withoutSecrets(each) : cleaned(each)
    ])
  )
}

/** What serialises, after it was made sure that nothing secret is in what it is given. */
const guarded = (layer: Layer.Layer<OtlpSerialization.OtlpSerialization>) =>
  Layer.effect(
    OtlpSerialization.OtlpSerialization,
    Effect.map(OtlpSerialization.OtlpSerialization, ({ logs, metrics, traces }) => ({
      logs: (data: Parameters<typeof logs>[0]) => logs(cleaned(data) as typeof data),
      metrics: (data: Parameters<typeof metrics>[0]) => metrics(cleaned(data) as typeof data),
      traces: (data: Parameters<typeof traces>[0]) => traces(cleaned(data) as typeof data)
    }))
  ).pipe(Layer.provide(layer))

const serializations = {
  "http/json": guarded(OtlpSerialization.layerJson),
  "http/protobuf": guarded(OtlpSerialization.layerProtobuf)
} as const

const refused = (request: HttpClientRequest.HttpClientRequest) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, description: "The collector did not answer in time" })
  })

/** Says once that telemetry is not taken, whichever part of it, and once that it is again. */
const makeNotice = () => {
  const failing = new Set<string>()
  return ({ url }: HttpClientRequest.HttpClientRequest, failed: boolean): Effect.Effect<void> =>
    Effect.suspend(() => {
      const before = failing.size
      if (failed) failing.add(url)
      else failing.delete(url)
      if (failed && before === 0) {
        return Effect.logWarning("Telemetry is not taken where it is sent, and is dropped; nothing else waits for it")
      }
      return before > 0 && failing.size === 0 ? Effect.logInfo("Telemetry is taken again") : Effect.void
    }).pipe(Effect.annotateLogs({ collector: URL.parse(url)?.host ?? "unknown" }))
}

/** A client that gives up on a collector that does not answer, so that what waits for it cannot pile up. */
const patient = (timeout: Duration.Duration) =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) => {
      const notice = makeNotice()
      return HttpClient.transform(client, (sent, request) =>
        sent.pipe(
          Effect.tap((response) => Effect.ignore(response.arrayBuffer)),
          Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.fail(refused(request)) }),
          Effect.tap(({ status }) => notice(request, status < 200 || status > 299)),
          Effect.tapError(() => notice(request, true))
        )
      )
    })
  )

/** What OpenTelemetry has for those who set nothing but an address. */
const usual = ConfigProvider.layerAdd(
  ConfigProvider.fromUnknown({
    OTEL_TRACES_EXPORTER: "otlp",
    OTEL_METRICS_EXPORTER: "otlp",
    OTEL_LOGS_EXPORTER: "otlp"
  })
)

const settings = Config.all({
  protocol: Config.String("OTEL_EXPORTER_OTLP_PROTOCOL").pipe(Config.withDefault("http/protobuf")),
  timeoutMs: Config.Int("OTEL_EXPORTER_OTLP_TIMEOUT").pipe(Config.withDefault(10_000)),
  name: Config.option(Config.String("OTEL_SERVICE_NAME")),
  attributes: Config.option(Config.String("OTEL_RESOURCE_ATTRIBUTES"))
})

const unfit = () =>
  new TelemetryUnfit({
    variables: "The variables OTEL_…",
    expected: "addresses as URLs, headers and attributes as name=value with commas between, and times in milliseconds"
  })

/** What is exported in the name of. */
export interface TelemetryOrigin {
  /** The name of the service unless `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` has another. */
  readonly service: string
  readonly version: string
}

/**
 * Exports spans, metrics and logs by OTLP over HTTP, as the environment variables of OpenTelemetry say: nothing without
 * `OTEL_EXPORTER_OTLP_ENDPOINT`, or that of one signal.
 *
 * What leaves has been cleaned of what looks secret, and addresses of requests do not leave at all. A collector that fails is
 * said to fail once; what it did not take is dropped, and nothing else waits for it. What is not sent yet when the layer ends is
 * sent then, for three seconds at most.
 */
export const layer = ({
  service,
  version
}: TelemetryOrigin): Layer.Layer<OtlpExporter.Flusher, TelemetryUnfit, HttpClient.HttpClient> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { attributes, name, protocol, timeoutMs } = yield* Effect.mapError(settings, unfit)
      if (protocol !== "http/json" && protocol !== "http/protobuf") {
        return yield* new TelemetryUnfit({
          variables: "OTEL_EXPORTER_OTLP_PROTOCOL",
          expected: "http/protobuf or http/json"
        })
      }
      const named = Option.isSome(name) || Option.exists(attributes, (text) => /\bservice\.name\s*=/u.test(text))
      return Otlp.layerFromConfig({
        resource: { serviceVersion: version, ...(named ? {} : { serviceName: service }) }
      }).pipe(
        // What is wrong with a variable is a defect there.
        Layer.catchCause(() => Layer.effectContext(Effect.fail(unfit()))),
        Layer.provide(serializations[protocol]),
        Layer.provide(patient(Duration.millis(timeoutMs)))
      )
    })
  ).pipe(Layer.provide(usual))
