import { describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as OtlpExporter from "effect/observability/OtlpExporter"
import * as TestClock from "effect/testing/TestClock"
import * as Telemetry from "saldo/core/Telemetry"

interface Sent {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A collector that keeps what it is sent, and answers as it is told. */
class Collector {
  readonly sent: Array<Sent> = []
  readonly said: Array<string> = []
  answer: () => Effect.Effect<number> = () => Effect.succeed(200)

  /** Exports as the variables say, and logs what is said about it here. */
  readonly exporting = (variables: Readonly<Record<string, string>>) =>
    Telemetry.layer({ service: "bank", version: "1.2.3" }).pipe(
      Layer.provide(Layer.succeed(HttpClient.HttpClient, this.#client)),
      Layer.provideMerge(Logger.layer([Logger.make(({ message }) => void this.said.push(String(message)))])),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(variables)))
    )

  readonly #client = HttpClient.make((request) => {
    const { body } = request
    const text = body._tag === "Uint8Array" ? Buffer.from(body.body).toString("utf8") : ""
    this.sent.push({ url: request.url, headers: request.headers, body: text })
    return Effect.map(this.answer(), (status) => HttpClientResponse.fromWeb(request, new Response("{}", { status })))
  })
}

const flush = Effect.flatMap(OtlpExporter.Flusher, (flusher) => flusher.flush)

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.test:4318/base" }
const asJson = { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" }

const work = Effect.logWarning("Refused anna@example.test").pipe(
  Effect.annotateLogs({ password: "hunter2" }),
  Effect.andThen(Effect.die(new TypeError("Bearer abcdefghijkl is over"))),
  Effect.withSpan("work", {
    attributes: {
      "url.full": "https://bank.example/reset?token=hunter2",
      "url.path": "/reset/hunter2",
      "client.address": "192.0.2.7",
      "db.query.text": "SELECT 1 WHERE id = ?",
      apiKey: "hunter2",
      note: "of srt_c2VjcmV0c2VjcmV0c2VjcmV0"
    }
  }),
  Effect.exit
)

describe("Telemetry", () => {
  it.effect("exports nothing unless it is told where to", () =>
    Effect.gen(function* () {
      const collector = new Collector()
      yield* Effect.andThen(work, flush).pipe(Effect.provide(collector.exporting({})))
      yield* Effect.andThen(work, flush).pipe(
        Effect.provide(collector.exporting({ ...endpoint, OTEL_SDK_DISABLED: "true" }))
      )
      expect(collector.sent).toEqual([])
    })
  )

  it.effect("exports spans, logs and metrics, and none of the secrets in them", () =>
    Effect.gen(function* () {
      for (const variables of [asJson, endpoint]) {
        const collector = new Collector()
        yield* Effect.andThen(work, flush).pipe(
          Effect.provide(
            collector.exporting({ ...variables, OTEL_EXPORTER_OTLP_HEADERS: "api-key=of%20the%20collector" })
          )
        )
        expect(new Set(collector.sent.map(({ url }) => url))).toEqual(
          new Set(["logs", "metrics", "traces"].map((signal) => `http://collector.test:4318/base/v1/${signal}`))
        )
        const type = variables === asJson ? "application/json" : "application/x-protobuf"
        for (const { headers } of collector.sent) {
          expect(headers).toMatchObject({ "api-key": "of the collector", "content-type": type })
        }
        const all = collector.sent.map(({ body }) => body).join("\n")
        expect(all).toContain("SELECT 1 WHERE id = ?")
        expect(all).toContain("Refused <redacted>")
        expect(all).toContain("Bearer <redacted> is over")
        expect(all).toContain("1.2.3")
        expect(all).not.toMatch(/hunter2|anna@|abcdefghijkl|192\.0\.2\.7|srt_c2|\/reset/u)
        expect(collector.said).not.toContain("of the collector")
      }
    })
  )

  it.effect("has the name of the service from the variables before that of the program", () =>
    Effect.gen(function* () {
      const named = [
        [{}, "bank"],
        [{ OTEL_SERVICE_NAME: "teller" }, "teller"],
        [{ OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test, service.name=counter" }, "counter"]
      ] as const
      for (const [variables, name] of named) {
        const collector = new Collector()
        yield* Effect.andThen(work, flush).pipe(Effect.provide(collector.exporting({ ...asJson, ...variables })))
        expect(collector.sent[0]?.body).toContain(`{"key":"service.name","value":{"stringValue":"${name}"}}`)
      }
    })
  )

  it.effect("refuses variables that cannot be followed, without a word of what they say", () =>
    Effect.gen(function* () {
      for (const variables of [
        { OTEL_EXPORTER_OTLP_ENDPOINT: "hunter2" },
        { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
        { ...endpoint, OTEL_EXPORTER_OTLP_TIMEOUT: "hunter2" },
        { ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: "api-key=%hunter2" },
        { ...endpoint, OTEL_BSP_SCHEDULE_DELAY: "soon" }
      ]) {
        const refused = yield* Effect.flip(Effect.provide(Effect.void, new Collector().exporting(variables)))
        expect(refused).toBeInstanceOf(Telemetry.TelemetryUnfit)
        expect(refused.message).toMatch(/^(?:OTEL_|The variables OTEL_).* cannot be followed: expected /u)
        expect(JSON.stringify(refused) + refused.message).not.toContain("hunter2")
      }
    })
  )

  it.effect("says once that nobody takes it, lets nothing wait, and says once that it is taken again", () =>
    Effect.gen(function* () {
      const collector = new Collector()
      collector.answer = () => Effect.succeed(400)
      yield* Effect.gen(function* () {
        yield* Effect.andThen(work, flush)
        yield* Effect.andThen(work, flush)
        const refused = collector.sent.length
        collector.answer = () => Effect.succeed(200)
        // The exporters rest for a minute after a failure.
        yield* TestClock.adjust("2 minutes")
        yield* Effect.andThen(work, flush)
        expect(collector.sent.length).toBeGreaterThan(refused)
      }).pipe(Effect.provide(collector.exporting(asJson)))
      const complaints = collector.said.filter((line) => line.startsWith("Telemetry"))
      expect(complaints).toEqual([
        "Telemetry is not taken where it is sent, and is dropped; nothing else waits for it",
        "Telemetry is taken again"
      ])
    })
  )

  it.live("gives up on a collector that does not answer", () =>
    Effect.gen(function* () {
      const collector = new Collector()
      collector.answer = () => Effect.never
      yield* work.pipe(Effect.provide(collector.exporting({ ...asJson, OTEL_EXPORTER_OTLP_TIMEOUT: "50" })))
      expect(collector.sent.length).toBeGreaterThan(0)
      expect(collector.said.filter((line) => line.startsWith("Telemetry"))).toHaveLength(1)
    })
  )
})
