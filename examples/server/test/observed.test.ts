/**
 * The server as it is watched: what its log and its telemetry say of what was asked of it, and what they do not.
 */
import { describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import { existsSync, readFileSync } from "node:fs"
import { Storage } from "saldo/core/Storage"
import { afterAll, expect } from "vitest"
import * as bank from "../src/bank.ts"
import { type Place, storageOf } from "../src/database.ts"
import { invite, mails } from "../src/demo/arrivals.ts"
import { password } from "../src/demo/people.ts"
import { attributeOf, Collector, type Span } from "./collector.ts"
import { counted, documented, documentedWorkers, printed, workers } from "./figures.ts"
import { Caller } from "./secrets/caller.ts"
import { administer, beUser, type Journey, serveCustomer, signIn } from "./secrets/driving.ts"
import { misplace } from "./secrets/misplacing.ts"
import { kept, purposes } from "./secrets/purposes.ts"
import { type Found, Plantings } from "./secrets/planted.ts"
import { makeFolder, start, type Started } from "./server.ts"

const { path, remove } = makeFolder()
afterAll(remove)

const adminEmail = "astrid.admin@bank.example"
const officerEmail = "olof.officer@bank.example"

const settings = { timeout: 240_000 }

/** A bank with two people who work there. */
const seed = (place: Place) =>
  Effect.gen(function* () {
    const staff = { party: null }
    yield* invite({ ...staff, slug: "admin", role: "admin", name: "Astrid Admin", email: adminEmail })
    yield* invite({ ...staff, slug: "officer", role: "officer", name: "Olof Officer", email: officerEmail })
  }).pipe(
    Effect.provide(
      mails.pipe(Layer.provideMerge(bank.layer(storageOf(place), place.keys)), Layer.provide(NodeServices.layer))
    )
  )

/** Nothing is sent before the end, so that what has come by then has been flushed. */
const environment = (collector: Collector) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  OTEL_EXPORTER_OTLP_HEADERS: "api-key=the%20collector%27s%20own%20key",
  OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=proof",
  OTEL_SERVICE_NAME: "bank-under-watch",
  OTEL_BSP_SCHEDULE_DELAY: "3600000",
  OTEL_BLRP_SCHEDULE_DELAY: "3600000",
  OTEL_METRIC_EXPORT_INTERVAL: "3600000",
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "1000000",
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: "1000000"
})

const traceId = "0af7651916cd43dd8448eb211c80319c"
const parentId = "b7ad6b7169203331"

const common = ["--empty", "--log", "json", "--log-level", "all"]

const argumentsOf = (place: Place) =>
  (place._tag === "Sqlite" ? ["--file", place.file] : ["--postgres", Redacted.value(place.url)]).concat(
    ["--keys", place.keys, "--mails", place.mails],
    common
  )

interface Watched {
  readonly collector: Collector
  readonly server: Started
  readonly journey: Journey
  /** Every byte of the database while the server ran, and when it had ended. */
  readonly dumps: ReadonlyArray<readonly [string, Buffer]>
}

const drive = async (journey: Journey, ofAKind: number): Promise<void> => {
  const { caller } = journey
  const { accessToken: admin } = await signIn(journey, { email: adminEmail, password })
  const { accessToken: officer } = await signIn(journey, { email: officerEmail, password })
  const user = await beUser(journey)
  await administer(journey, { admin, officer })
  const [from, to] = await serveCustomer(journey, { admin, officer })
  await caller.must("POST", "/api/v1/transactions/transfers", {
    token: officer,
    body: { from, to, amount: { amount: "1.25", currency: "SEK" } },
    headers: { traceparent: `00-${traceId}-${parentId}-01`, "x-request-id": "the-transfer" }
  })
  await misplace(journey, officer, ofAKind)
  await caller.must("GET", "/metrics", { token: admin })
  await caller.must("GET", "/api/v1/audit/records?limit=100", { token: admin, purpose: "trail" })
  await caller.must("POST", "/api/auth/logout", { body: { refreshToken: user.refreshToken } })
}

/** Has a server driven under the eyes of a collector, and ends it. */
const watch = (
  place: Place,
  dump: Effect.Effect<ReadonlyArray<readonly [string, Buffer]>>
): Effect.Effect<Watched, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    yield* seed(place)
    const collector = yield* Effect.acquireRelease(
      Effect.promise(() => Collector.listen()),
      (listening) => Effect.promise(() => listening.close())
    )
    const server = yield* Effect.acquireRelease(
      Effect.promise(() => start(argumentsOf(place), path("."), [], environment(collector))),
      (started) => Effect.promise(() => started.kill())
    )
    const journey = { caller: new Caller(server.url), plantings: new Plantings(), mails: place.mails }
    yield* Effect.promise(() => drive(journey, place._tag === "Sqlite" ? 2 : 1))
    const running = yield* dump
    expect(collector.received).toEqual([])
    server.child.kill("SIGTERM")
    expect(yield* Effect.promise(() => server.ended)).toBe(0)
    return { collector, server, journey, dumps: [...running, ...(yield* dump)] }
  })

const ancestorsOf = (span: Span, all: ReadonlyArray<Span>): ReadonlyArray<Span> => {
  const parent = all.find(({ spanId }) => spanId === span.parentSpanId)
  return parent === undefined ? [] : [parent, ...ancestorsOf(parent, all)]
}

const traced = ({ collector }: Watched): void => {
  const spans = collector.spans.filter((span) => span.traceId === traceId)
  const [request, ...others] = spans.filter(({ kind }) => kind === 2)
  expect(others).toEqual([])
  expect(request).toMatchObject({ name: "POST /api/v1/transactions/transfers", parentSpanId: parentId })
  if (request === undefined) throw new TypeError("The request has no span")
  expect(attributeOf(request, "http.route")).toBe("/api/v1/transactions/transfers")
  expect(attributeOf(request, "http.response.status_code")).toBe("201")
  expect(request.attributes.map(({ key }) => key)).not.toContain("url.full")
  const statements = spans.filter(
    (span) => attributeOf(span, "db.query.text")?.includes("saldo_ledger_entries") === true
  )
  expect(statements.length).toBeGreaterThan(0)
  for (const statement of statements) {
    const ancestors = ancestorsOf(statement, spans)
    expect(ancestors.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Ledger.commit", "DepositTransactions.transfer"])
    )
    expect(ancestors.at(-1)?.spanId).toBe(request.spanId)
  }
  const records = collector.logs.filter((record) => record.traceId === traceId)
  expect(records.map(({ body }) => body.stringValue)).toContain("Answered")
}

const exported = ({ collector }: Watched): void => {
  expect(collector.metrics.map(({ name }) => name)).toContain("http_server_request_duration_seconds")
  const roots = collector.spans.filter(({ parentSpanId }) => parentSpanId === undefined).map(({ name }) => name)
  expect(roots).toEqual(expect.arrayContaining(["worker audit-sealing", "worker webhooks", "IdentityMail.deliver"]))
  for (const resource of collector.resources) {
    expect(attributeOf(resource, "service.name")).toBe("bank-under-watch")
    expect(attributeOf(resource, "service.version")).toBe("0.1.0")
    expect(attributeOf(resource, "deployment.environment.name")).toBe("proof")
  }
  for (const { headers } of collector.received) expect(headers["api-key"]).toBe("the collector's own key")
}

const logged = ({ server, journey: { caller } }: Watched): void => {
  expect(server.stderr.trimEnd().split("\n")).toHaveLength(server.log.length)
  for (const line of server.log) {
    expect(line).toMatchObject({ service: "saldo-server", version: "0.1.0", pid: server.child.pid })
    expect(line["time"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u)
  }
  const answered = server.log.filter(({ message }) => message === "Answered")
  expect(answered).toHaveLength(caller.answers.length)
  expect(answered).toContainEqual(
    expect.objectContaining({
      level: "info",
      requestId: "the-transfer",
      traceId,
      tenant: "bank",
      actor: expect.stringMatching(/^user_/u),
      method: "POST",
      route: "/api/v1/transactions/transfers",
      status: 201,
      durationMs: expect.any(Number)
    })
  )
  const messages = server.log.map(({ message }) => message)
  expect(messages).toContain("Requests are taken")
  expect(messages.at(-1)).toBe("The server has ended")
  // What went wrong in a request is answered, and is no failure of the server's.
  expect(server.complaints).toEqual([])
}

const silent = ({ collector, dumps, journey: { caller, plantings }, server }: Watched): void => {
  expect(plantings.all.length).toBeGreaterThan(50)
  // Guessing is held up by itself; calls as such are not, so that each came to where its value could be told.
  const unserved = caller.answers.filter(({ said, status }) => status >= 500 || said.includes("TooManyRequests"))
  expect(unserved).toEqual([])
  const found: Array<Found> = []
  for (const { purpose, said, what } of caller.answers) {
    found.push(...plantings.findIn(what, Buffer.from(said), purpose === undefined ? [] : purposes[purpose].holds))
  }
  found.push(...plantings.findIn("standard output", Buffer.from(server.stdout)))
  found.push(...plantings.findIn("the log", Buffer.from(server.stderr)))
  for (const { body, headers, path: signal } of collector.received) {
    found.push(...plantings.findIn(signal, Buffer.concat([body, Buffer.from(JSON.stringify(headers))])))
  }
  for (const [where, bytes] of dumps) {
    // A file has all tables in it.
    const allowed = kept.filter(({ tables }) => tables.includes(where) || where.startsWith("the file"))
    found.push(
      ...plantings.findIn(
        where,
        bytes,
        allowed.flatMap(({ holds }) => holds)
      )
    )
  }
  expect(found).toEqual([])
}

/** The look finds what is there: each answer that may hold something holds it, so that the table allows nothing in vain. */
const told = ({ journey: { caller, plantings } }: Watched): void => {
  for (const [name, { holds }] of Object.entries(purposes)) {
    const answers = caller.answers.filter(({ purpose }) => purpose === name).map(({ said }) => said)
    const found = plantings.findIn(name, Buffer.from(answers.join("\n"))).map(({ kind }) => kind)
    expect(new Set(found), name).toEqual(new Set(holds))
  }
}

/** What `/metrics` prints is on the page, with the same labels and in the same words. */
const described = ({ journey: { caller } }: Watched): void => {
  const scraped = caller.answers.find(({ what }) => what === "GET /metrics")?.said ?? ""
  const figures = printed(scraped.slice(scraped.indexOf("\n\n")))
  expect([...figures.keys()]).toEqual(expect.arrayContaining(["saldo_worker_turns", "saldo_outbox_deliveries"]))
  const page = documented()
  for (const [name, figure] of figures) expect(page.get(name), name).toEqual(figure)
}

const examine = (watched: Watched): void => {
  described(watched)
  told(watched)
  traced(watched)
  exported(watched)
  logged(watched)
  silent(watched)
}

describe("the page on metrics", () => {
  it("has every metric and every worker that there is, and no other", () => {
    expect([...documented().keys()].sort()).toEqual(counted())
    expect(documentedWorkers()).toEqual(workers())
  })
})

describe("a server whose collector is not there", () => {
  it("says so once, answers all the same, and ends well", settings, async () => {
    const gone = await Collector.listen()
    const { url } = gone
    await gone.close()
    const server = await start(["--file", path("alone.sqlite"), "--empty"], path("."), [], {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_TIMEOUT: "200",
      OTEL_BSP_SCHEDULE_DELAY: "10",
      OTEL_BLRP_SCHEDULE_DELAY: "10"
    })
    const caller = new Caller(server.url)
    while (server.complaints.length === 0) expect((await caller.ask("GET", "/health/ready")).status).toBe(200)
    expect((await caller.ask("GET", "/api/v1/accounts")).status).toBe(401)
    server.child.kill("SIGTERM")
    expect(await server.ended).toBe(0)
    expect(server.complaints).toEqual([expect.stringContaining('"message":"Telemetry is not taken where it is sent')])
  })

  it("does not start with variables that cannot be followed, and does not repeat them", settings, async () => {
    const refused = await start(["--file", path("unfit.sqlite"), "--empty", "--log", "text"], path("."), [], {
      OTEL_EXPORTER_OTLP_ENDPOINT: "collector hunter2"
    })
    expect(await refused.ended).toBe(1)
    expect(refused.stderr).toContain("The variables OTEL_… cannot be followed")
    expect(refused.stderr).not.toContain("hunter2")
    expect(refused.stderr).not.toMatch(/\bat .*\.ts:\d/u)
  })
})

describe("a server that is watched", () => {
  it.live(
    "tells what it did and no secret, on SQLite",
    () =>
      Effect.gen(function* () {
        const file = path("watched.sqlite")
        const place = { _tag: "Sqlite", file, keys: `${file}.keys`, mails: path("sqlite.mails") } as const
        const dump = Effect.sync(() =>
          ["", "-wal"].flatMap((end) =>
            existsSync(file + end) ? [[`the file${end} of the database`, readFileSync(file + end)] as const] : []
          )
        )
        examine(yield* watch(place, dump))
      }),
    settings
  )

  it.live(
    "tells what it did and no secret, on Postgres",
    () =>
      Effect.gen(function* () {
        const url = yield* TestPostgres.url
        const place = { _tag: "Postgres", url, keys: path("postgres.keys"), mails: path("postgres.mails") } as const
        const dump = Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const tables = yield* sql<{ readonly name: string }>`
              SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()`
          return yield* Effect.forEach(tables, ({ name }) =>
            Effect.map(
              sql<{ readonly line: string }>`SELECT whole::text AS line FROM ${sql(name)} AS whole`,
              (rows) => [name, Buffer.from(rows.map(({ line }) => line).join("\n"))] as const
            )
          )
        }).pipe(Effect.provide(Storage.client(storageOf(place))), Effect.orDie)
        const watched = yield* watch(place, dump)
        expect(watched.dumps.length).toBeGreaterThan(50)
        examine(watched)
      }),
    settings
  )
})
