/**
 * A collector of telemetry on loopback: takes OTLP over HTTP, and keeps what came.
 */
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { gunzipSync } from "node:zlib"

/** A value of an attribute, as OTLP has it in JSON. */
interface AnyValue {
  readonly stringValue?: string
  readonly intValue?: string | number
  readonly boolValue?: boolean
}

interface Attribute {
  readonly key: string
  readonly value: AnyValue
}

/** A span as it came. */
export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly attributes: ReadonlyArray<Attribute>
}

/** A line of a log as it came. */
export interface LogRecord {
  readonly severityText: string
  readonly body: AnyValue
  readonly traceId?: string
  readonly attributes: ReadonlyArray<Attribute>
}

/** The value of an attribute; undefined when there is none. */
export const attributeOf = ({ attributes }: Pick<Span, "attributes">, name: string): string | undefined => {
  const value = attributes.find(({ key }) => key === name)?.value
  const found = value?.stringValue ?? value?.intValue ?? value?.boolValue
  return found === undefined ? undefined : String(found)
}

interface Received {
  readonly path: string
  readonly headers: IncomingMessage["headers"]
  readonly body: Buffer
}

type Shell = Readonly<Record<string, ReadonlyArray<unknown>>>

/** What a collector got, while it listens. */
export class Collector {
  readonly received: Array<Received> = []
  readonly #server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const sent = Buffer.concat(chunks)
      const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent
      this.received.push({ path: request.url ?? "", headers: request.headers, body })
      response.writeHead(200, { "content-type": "application/json" }).end("{}")
    })
  })

  /** Begins to listen on a free port. */
  static async listen(): Promise<Collector> {
    const collector = new Collector()
    await new Promise<void>((resolve) => collector.#server.listen(0, "127.0.0.1", resolve))
    return collector
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** All that came for a signal, out of the shells that OTLP puts around it. */
  #all(path: string, [resources, scopes, items]: readonly [string, string, string]): ReadonlyArray<unknown> {
    return this.received
      .filter((each) => each.path === path)
      .flatMap(({ body }) => (JSON.parse(body.toString("utf8")) as Shell)[resources] ?? [])
      .flatMap((resource) => (resource as Shell)[scopes] ?? [])
      .flatMap((scope) => (scope as Shell)[items] ?? [])
  }

  get spans(): ReadonlyArray<Span> {
    return this.#all("/v1/traces", ["resourceSpans", "scopeSpans", "spans"]) as ReadonlyArray<Span>
  }

  get logs(): ReadonlyArray<LogRecord> {
    return this.#all("/v1/logs", ["resourceLogs", "scopeLogs", "logRecords"]) as ReadonlyArray<LogRecord>
  }

  get metrics(): ReadonlyArray<{ readonly name: string }> {
    return this.#all("/v1/metrics", ["resourceMetrics", "scopeMetrics", "metrics"]) as ReadonlyArray<{
      readonly name: string
    }>
  }

  /** What a resource says of itself: the same on every signal. */
  get resources(): ReadonlyArray<Pick<Span, "attributes">> {
    return this.received.flatMap(({ body }) =>
      Object.values(JSON.parse(body.toString("utf8")) as Shell)
        .flat()
        .map((each) => (each as { readonly resource: Pick<Span, "attributes"> }).resource)
    )
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
    })
  }
}
