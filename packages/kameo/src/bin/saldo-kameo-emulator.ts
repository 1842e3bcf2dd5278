#!/usr/bin/env node
/**
 * The command `saldo-kameo-emulator`: an emulated Kameo on this machine until Ctrl-C.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import { demoUser, type EmulatedUserChange } from "../emulator/EmulatedUser.ts"
import type { EmulatedLoans, KameoEmulatorOptions } from "../emulator/EmulatorOptions.ts"
import { faultExamples } from "../emulator/Fault.ts"
import * as KameoEmulator from "../emulator/KameoEmulator.ts"

const Instant = Schema.DateTimeUtcFromString

const flags = {
  port: Flag.Int("port").pipe(Flag.withDescription("Port of the site; 0 takes a free one"), Flag.withDefault(4801)),
  apiPort: Flag.Int("api-port").pipe(
    Flag.withDescription("Port of the API; 0 takes a free one"),
    Flag.withDefault(4802)
  ),
  loans: Flag.String("loans").pipe(
    Flag.withDescription("How many loans to generate, 0 to 1000000, or `samples` for the 25 special cases"),
    Flag.withDefault("300")
  ),
  newPerDay: Flag.Finite("new-per-day").pipe(
    Flag.withDescription("Loans newly listed per day of the virtual clock"),
    Flag.withDefault(0)
  ),
  seed: Flag.Int("seed").pipe(Flag.withDescription("Same seed, same loans and tokens"), Flag.withDefault(1)),
  faults: Flag.String("fault").pipe(
    Flag.withDescription("A fault such as status=503x2; may be repeated, see the list below the URLs"),
    Flag.atLeast(0)
  ),
  clock: Flag.String("clock").pipe(
    Flag.withDescription("Where the virtual clock starts, such as 2026-03-10T12:00:00+01:00"),
    Flag.withSchema(Instant),
    Flag.optional
  ),
  frozen: Flag.Boolean("frozen").pipe(
    Flag.withDescription("The virtual clock stands still until it is set"),
    Flag.withDefault(false)
  ),
  rateLimit: Flag.Int("rate-limit").pipe(
    Flag.withDescription("Requests to the API per 60 seconds"),
    Flag.withDefault(60)
  ),
  user: Flag.String("user").pipe(Flag.withDescription("E-mail address that may log in"), Flag.optional),
  password: Flag.Redacted("password").pipe(Flag.withDescription("Its password"), Flag.optional),
  totpSecret: Flag.Redacted("totp-secret").pipe(
    Flag.withDescription("Its authenticator secret, base32"),
    Flag.optional
  ),
  factor: Flag.Literals("factor", ["totp", "none", "esign"]).pipe(
    Flag.withDescription("What the site asks for after the password"),
    Flag.withDefault("totp")
  )
}

interface Given {
  readonly loans: string
  readonly newPerDay: number
  readonly user: Option.Option<string>
  readonly password: Option.Option<Redacted.Redacted>
  readonly totpSecret: Option.Option<Redacted.Redacted>
  readonly factor: "totp" | "none" | "esign"
}

const loansOf = ({ loans, newPerDay }: Given): EmulatedLoans =>
  // A text that is no number becomes a count that the emulator refuses with its own explanation.
  loans === "samples" ? "samples" : { count: /^\d+$/u.test(loans) ? Number(loans) : Number.NaN, newPerDay }

const userOf = ({ factor, password, totpSecret, user }: Given): EmulatedUserChange => ({
  factor,
  ...(Option.isSome(user) ? { email: user.value } : {}),
  ...(Option.isSome(password) ? { password: password.value } : {}),
  ...(Option.isSome(totpSecret) ? { totpSecret: totpSecret.value } : {})
})

/** The demo user's secrets are invented constants and may be shown; secrets that were given are not repeated. */
const shown = (given: Option.Option<Redacted.Redacted>, demo: Redacted.Redacted): string =>
  Option.isSome(given) ? "(as given)" : Redacted.value(demo)

const greeting = (emulator: KameoEmulator.KameoEmulatorShape, given: Given, now: DateTime.Utc): string =>
  [
    `Site      ${emulator.wwwUrl}`,
    `API       ${emulator.apiUrl}`,
    `Clock     ${DateTime.formatIso(now)} (virtual)`,
    `User      ${Option.getOrElse(given.user, () => demoUser.email)}`,
    `Password  ${shown(given.password, demoUser.password)}`,
    ...(given.factor === "totp" ? [`TOTP      ${shown(given.totpSecret, demoUser.totpSecret)}`] : []),
    "",
    `KAMEO_BASE_URL=${emulator.wwwUrl}`,
    `KAMEO_API_BASE_URL=${emulator.apiUrl}`,
    "",
    "Faults, with --fault, in PUT /__emu/faults, or in the request header x-emu-fault:",
    ...faultExamples.map((example) => `  ${example}`),
    "",
    "Stop with Ctrl-C."
  ].join("\n")

/** Ends the command with an exit code after its reason was printed as one sentence. */
class NotStarted extends Schema.TaggedError<NotStarted>()("NotStarted", { code: Schema.Int }) {
  override readonly [Runtime.errorReported] = false
  override get [Runtime.errorExitCode](): number {
    return this.code
  }
}

const started = (options: KameoEmulatorOptions) =>
  KameoEmulator.make(options).pipe(
    Effect.catch((error) =>
      Effect.andThen(
        Console.error(error.message),
        Effect.fail(new NotStarted({ code: error._tag === "EmulatorNotListening" ? 1 : 2 }))
      )
    )
  )

const command = Command.make(
  "saldo-kameo-emulator",
  flags,
  Effect.fn(function* (given) {
    const options: KameoEmulatorOptions = {
      wwwPort: given.port,
      apiPort: given.apiPort,
      seed: given.seed,
      loans: loansOf(given),
      faults: given.faults,
      frozen: given.frozen,
      rateLimit: given.rateLimit,
      user: userOf(given),
      ...(Option.isSome(given.clock) ? { clock: given.clock.value } : {})
    }
    const emulator = yield* started(options)
    yield* Console.log(greeting(emulator, given, yield* emulator.now))
    return yield* Effect.onInterrupt(Effect.never, () => Console.log("Stopped."))
  }, Effect.scoped)
).pipe(
  Command.withDescription("A faithful local Kameo for tests and demos: site and API on two loopback ports"),
  Command.withExamples([
    { command: "saldo-kameo-emulator --loans 1000", description: "A thousand generated loans" },
    {
      command: "saldo-kameo-emulator --loans samples --fault failOnPage=2x1 --fault rateLimit=5",
      description: "The 25 special cases behind two faults"
    }
  ])
)

command.pipe(Command.run({ version: "0.1.0" }), Effect.provide(NodeServices.layer), NodeRuntime.runMain)
