import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import * as Actor from "saldo/core/Actor"
import * as LogLines from "saldo/core/LogLines"
import { ContextId, within } from "saldo/core/RequestContext"

const origin = { service: "bank", version: "1.2.3", processId: 42 }

/** What a program wrote through a logger, line by line. */
const written = <A, E>(logger: Logger.Logger<unknown, string>, program: Effect.Effect<A, E>) =>
  Effect.suspend(() => {
    const lines: Array<string> = []
    const keeping = Logger.map(logger, (line) => {
      lines.push(line)
    })
    return program.pipe(Effect.exit, Effect.as(lines), Effect.provide(Logger.layer([keeping])))
  })

const parsed = (line: string | undefined) => JSON.parse(line ?? "") as Record<string, unknown>

class Refused extends Schema.TaggedError<Refused>()("Refused", { address: Schema.String }) {
  override get message(): string {
    return `${this.address} was refused`
  }
}

describe("json", () => {
  it.effect("says when, how grave, what, by whom, for which request and from which process, one line each", () =>
    Effect.gen(function* () {
      const lines = yield* written(
        LogLines.json(origin),
        Effect.logWarning("Two\nlines", { attempt: 2 }).pipe(
          Effect.annotateLogs({ route: "/api/v1/accounts/:id", status: 409, secret: Redacted.make("told to nobody") }),
          within({ requestId: ContextId.make("req-1"), correlationId: ContextId.make("story-1") }),
          Actor.as(Actor.system("bank-1")),
          Effect.andThen(Effect.logInfo("Second"))
        )
      )
      expect(lines).toHaveLength(2)
      expect(lines.join("")).not.toContain("\n")
      expect(parsed(lines[0])).toEqual({
        time: "1970-01-01T00:00:00.000Z",
        level: "warn",
        message: "Two\nlines",
        details: [{ attempt: 2 }],
        requestId: "req-1",
        correlationId: "story-1",
        tenant: "bank-1",
        actor: "system",
        route: "/api/v1/accounts/:id",
        status: 409,
        secret: "<redacted>",
        service: "bank",
        version: "1.2.3",
        pid: 42
      })
      expect(Object.keys(parsed(lines[1]))).toEqual(["time", "level", "message", "service", "version", "pid"])
    })
  )

  it.effect("lets no annotation take the place of what every line has", () =>
    Effect.gen(function* () {
      const forged = Effect.logInfo("True").pipe(
        Effect.annotateLogs({ level: "fatal", service: "other", time: "never" })
      )
      const [line] = yield* written(LogLines.json(origin), forged)
      expect(parsed(line)).toMatchObject({ level: "info", service: "bank", time: "1970-01-01T00:00:00.000Z" })
      expect(parsed(line)).toMatchObject({ _level: "fatal", _time: "never" })
    })
  )

  it.effect("tells failures, defects and interruptions apart, with what led to them and without what they quote", () =>
    Effect.gen(function* () {
      const inner = new RangeError("password=hunter2 was taken for a number")
      const defect = new TypeError("postgres://bank:hunter2@db/bank is not there", { cause: inner })
      const causes = [
        Cause.fail(new Refused({ address: "anna@example.test" })),
        Cause.die(defect),
        Cause.die("word"),
        Cause.interrupt(7)
      ]
      const lines = yield* written(
        LogLines.json(origin),
        Effect.forEach(causes, (cause) => Effect.logError("It failed", cause))
      )
      expect(lines.join("\n")).not.toMatch(/hunter2|anna@/u)
      const reasons = lines.map((line) => (parsed(line)["cause"] as ReadonlyArray<unknown>)[0])
      expect(reasons[0]).toMatchObject({
        kind: "failure",
        error: { name: "Refused", message: "<redacted> was refused" }
      })
      expect(reasons[1]).toMatchObject({
        kind: "defect",
        error: {
          name: "TypeError",
          message: "postgres://<redacted>@db/bank is not there",
          at: expect.arrayContaining([expect.stringContaining("LogLines.test.ts")]),
          cause: { name: "RangeError", message: "password=<redacted> was taken for a number" }
        }
      })
      expect(reasons[2]).toEqual({ kind: "defect", error: { name: "string", message: "word" } })
      expect(reasons[3]).toEqual({ kind: "interruption" })
    })
  )

  it.effect("names a span only where a tracer exports it", () =>
    Effect.gen(function* () {
      const inSpan = Effect.withSpan(Effect.logInfo("Within"), "work")
      const [without] = yield* written(LogLines.json(origin), inSpan)
      expect(parsed(without)).not.toHaveProperty("traceId")
      const tracer = Tracer.make({ span: (options) => new Tracer.NativeSpan(options) })
      const [line] = yield* written(LogLines.json(origin), Effect.provideService(inSpan, Tracer.Tracer, tracer))
      expect(parsed(line)).toMatchObject({
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/u),
        spanId: expect.any(String)
      })
    })
  )
})

describe("text", () => {
  it.effect("is a line for people, of which no client can make two or colour one", () =>
    Effect.gen(function* () {
      const program = Effect.logError("Line\r\n12:00:00.000 INFO forged \u001b[31m").pipe(
        Effect.annotateLogs({ route: "/a", token: "x y z" })
      )
      const [plain] = yield* written(LogLines.text({ colour: false }), program)
      expect(plain).toBe("00:00:00.000 ERROR Line  12:00:00.000 INFO forged  [31m route=/a token=<redacted>")
      const [coloured] = yield* written(LogLines.text({ colour: true }), program)
      expect(coloured).toContain("\u001b[31mERROR\u001b[0m")
      const [caused] = yield* written(
        LogLines.text({ colour: false }),
        Effect.logWarning("So", Cause.die(new RangeError("far")))
      )
      expect(caused).toMatch(/^00:00:00\.000 WARN So\n\[\n {2}\{\n {4}"kind": "defect"/u)
    })
  )
})
