import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerRequestModule from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { EmulatedAccount, type EmulatedUserChange, SecondFactor } from "../EmulatedUser.ts"
import type { EmulatedLoans } from "../EmulatorOptions.ts"
import * as Fault from "../Fault.ts"
import type { KameoEmulatorShape } from "../KameoEmulator.ts"
import { Origin } from "../LoanBook.ts"
import { isLocal } from "./exchange.ts"

const ClockCommand = Schema.Union([
  Schema.Struct({ set: Schema.DateTimeUtcFromString }),
  Schema.Struct({ advanceMillis: Schema.Int }),
  Schema.Struct({ frozen: Schema.Boolean })
])

const FaultTexts = Schema.Union([Schema.Array(Schema.String), Schema.Record(Schema.String, Schema.String)])

const Loans = Schema.Union([
  Schema.Int,
  Schema.Literal("samples"),
  Schema.Array(Schema.Record(Schema.String, Schema.Unknown)),
  Schema.Struct({
    count: Schema.Int,
    seed: Schema.optionalKey(Schema.Int),
    newPerDay: Schema.optionalKey(Schema.Finite),
    origins: Schema.optionalKey(Schema.Record(Origin, Schema.Int))
  })
])

const UserCommand = Schema.Struct({
  email: Schema.optionalKey(Schema.String),
  password: Schema.optionalKey(Schema.String),
  secret: Schema.optionalKey(Schema.String),
  factor: Schema.optionalKey(SecondFactor),
  name: Schema.optionalKey(Schema.String),
  accounts: Schema.optionalKey(Schema.Array(Schema.toCodecJson(EmulatedAccount)))
})

const ok = (body: unknown) => HttpServerResponse.jsonUnsafe(body)
const refused = (problem: string, status = 400) => HttpServerResponse.jsonUnsafe({ error: problem }, { status })

/** A control request comes from this machine and not from a web page. */
const isTrusted = (request: HttpServerRequest): boolean =>
  isLocal(request) && request.headers["origin"] === undefined && request.headers["sec-fetch-site"] === undefined

const body = <A>(schema: Schema.Codec<A, unknown>) =>
  Effect.flatMap(HttpServerRequestModule.HttpServerRequest, (request) =>
    Effect.flatMap(request.text, Schema.decodeUnknownEffect(Schema.fromJsonString(schema)))
  )

type Answer<E> = Effect.Effect<HttpServerResponse.HttpServerResponse, E, HttpServerRequest>

const guarded = <E extends { readonly message: string }>(answer: Answer<E>) =>
  Effect.flatMap(HttpServerRequestModule.HttpServerRequest, (request) =>
    isTrusted(request)
      ? Effect.match(answer, { onSuccess: (response) => response, onFailure: (error) => refused(error.message) })
      : Effect.succeed(refused("The control surface answers only to this machine.", 403))
  )

const faultTexts = (input: typeof FaultTexts.Type): ReadonlyArray<string> =>
  Array.isArray(input) ? input : Object.entries(input).map(([name, value]) => `${name}=${value}`)

const clockState = (emulator: KameoEmulatorShape) =>
  Effect.map(emulator.now, (now) => ok({ now: DateTime.formatIso(now) }))

const userChange = (command: typeof UserCommand.Type): EmulatedUserChange => ({
  ...(command.email === undefined ? {} : { email: command.email }),
  ...(command.password === undefined ? {} : { password: Redacted.make(command.password) }),
  ...(command.secret === undefined ? {} : { totpSecret: Redacted.make(command.secret) }),
  ...(command.factor === undefined ? {} : { factor: command.factor }),
  ...(command.name === undefined ? {} : { name: command.name }),
  ...(command.accounts === undefined ? {} : { accounts: command.accounts })
})

/** The control surface of both hosts: method, path and answer, as `KameoEmulator` describes it. */
export const controlRoutes = (emulator: KameoEmulatorShape) =>
  [
    ["POST", "/__emu/reset", guarded(Effect.as(emulator.reset, ok({ reset: true })))],
    ["GET", "/__emu/clock", guarded(clockState(emulator))],
    [
      "PUT",
      "/__emu/clock",
      guarded(
        Effect.gen(function* () {
          const command = yield* body(ClockCommand)
          if ("set" in command) yield* emulator.setClock(command.set)
          else if ("frozen" in command) yield* emulator.setFrozen(command.frozen)
          else yield* emulator.advanceClock(Duration.millis(command.advanceMillis))
          return yield* clockState(emulator)
        })
      )
    ],
    ["GET", "/__emu/faults", guarded(Effect.map(emulator.faults, (faults) => ok(Fault.format(faults))))],
    [
      "PUT",
      "/__emu/faults",
      guarded(
        Effect.gen(function* () {
          yield* emulator.setFaults(faultTexts(yield* body(FaultTexts)))
          return ok(Fault.format(yield* emulator.faults))
        })
      )
    ],
    [
      "PUT",
      "/__emu/loans",
      guarded(
        Effect.gen(function* () {
          const loans: EmulatedLoans = yield* body(Loans)
          yield* emulator.setLoans(loans)
          return ok({ loans: true })
        })
      )
    ],
    [
      "PUT",
      "/__emu/user",
      guarded(
        Effect.gen(function* () {
          yield* emulator.setUser(userChange(yield* body(UserCommand)))
          return ok({ user: true })
        })
      )
    ],
    ["GET", "/__emu/log", guarded(Effect.map(emulator.requestLog, (log) => ok(log)))]
  ] as const
