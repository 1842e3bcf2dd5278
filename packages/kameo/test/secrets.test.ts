/**
 * Secrets stay secret: whatever goes wrong, no rendering of an error, no log line and no trace carries the password, the
 * TOTP secret, a code, a token, a cookie, an account number or the e-mail address.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import * as Money from "saldo/money/Money"
import { LoanSource } from "saldo/lending/LoanSource"
import { describe, expect, it } from "vitest"
import { faultExamples } from "@saldo/kameo/emulator/Fault"
import type { KameoEmulator } from "@saldo/kameo/emulator/KameoEmulator"
import { KameoClient } from "@saldo/kameo/KameoClient"
import { kameoSettings } from "@saldo/kameo/KameoConfig"
import * as KameoLoanSource from "@saldo/kameo/KameoLoanSource"
import { parseTotpSecret, totpCode } from "@saldo/kameo/totp"
import { captured, clientFor, fastClock, play } from "./clientSupport.ts"

const planted = {
  email: "planterad.adress@example.test",
  password: "Planterat-Lösenord-42",
  totpSecret: "PLANTADHEMLIGHETABCDEFGHIJKLMNOP",
  accountNo: "7654321"
}

const user = {
  email: planted.email,
  password: Redacted.make(planted.password),
  totpSecret: Redacted.make(planted.totpSecret),
  name: "Planterad Person",
  accounts: [{ accountNo: planted.accountNo, currencyCode: "SEK", availableMinor: 98_765_432n, reservedMinor: 0n }]
}

const credentials = { email: planted.email, password: planted.password, totpSecret: planted.totpSecret }

/** What must never be seen: the planted texts, in clear and as a form sends them, and the shapes of tokens. */
const forbidden = [
  planted.email,
  encodeURIComponent(planted.email),
  planted.password,
  encodeURIComponent(planted.password),
  planted.totpSecret,
  planted.accountNo,
  "Planterad Person"
]
const tokens = /eyJ[\w-]{10,}|\b[0-9a-f]{40}\b|eZSESSID=/u

const codesBetween = (from: number, to: number): ReadonlyArray<string> => {
  const secret = Result.getOrThrow(parseTotpSecret(Redacted.make(planted.totpSecret)))
  if (secret === null) throw new Error("the planted secret is empty")
  const steps = Math.ceil((to - from) / 30_000) + 2
  return Array.from({ length: steps }, (_, step) => totpCode(secret, Math.floor(from / 1000) + step * 30))
}

const renderings = (exit: Exit.Exit<unknown, unknown>): ReadonlyArray<string> => {
  const all = [inspect(exit, { depth: 20 }), JSON.stringify(exit, bigints)]
  if (Exit.isSuccess(exit)) return all
  all.push(Cause.pretty(exit.cause), String(exit.cause))
  for (const reason of exit.cause.reasons.filter(Cause.isFailReason)) {
    const { error } = reason
    all.push(String(error), JSON.stringify(error, bigints), inspect(error, { depth: 20, showHidden: true }))
    if (error instanceof Error) all.push(error.message, error.stack ?? "", inspect(error.cause, { depth: 20 }))
  }
  return all
}

const bigints = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value)

/** A tracer that keeps what its spans are told. */
const recorder = () => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const told = () => spans.map((span) => inspect([span.name, [...span.attributes], span.status], { depth: 20 }))
  return { tracer, told }
}

const calls = (client: KameoClient["Service"]) => [
  client.login,
  Effect.map(client.account(), ({ masked, currency }) => ({ masked, currency })),
  client.accounts,
  Effect.map(Stream.runCollect(client.pages({ limit: 7, maximumPages: 3 })), (pages) => pages.length),
  client.loan(4001),
  client.previewBid({ loanId: 4001, amount: Money.of("1000", "SEK") }),
  client.logout
]

const everyCall = (emulator: KameoEmulator["Service"], client = {}) =>
  Effect.gen(function* () {
    const kameo = yield* KameoClient
    const exits: Array<Exit.Exit<unknown, unknown>> = []
    for (const call of calls(kameo)) exits.push(yield* Effect.exit(call))
    const source = yield* KameoLoanSource.makeKameoLoanSource({ limit: 7 })
    exits.push(yield* Effect.exit(Stream.runDrain(source.pages({ fromPage: 1 }))))
    return exits
  }).pipe(
    Effect.provide(
      clientFor(emulator, { client: { ...credentials, retryDelayMs: 100, longestWaitMs: 1000, ...client } })
    )
  )

const expectClean = (texts: ReadonlyArray<string>, codes: ReadonlyArray<string>): void => {
  for (const text of texts) {
    for (const secret of forbidden) expect(text).not.toContain(secret)
    expect(text).not.toMatch(tokens)
    for (const code of codes) expect(text).not.toMatch(new RegExp(`\\b${code}\\b`, "u"))
  }
}

const faults = [
  ...new Set(faultExamples.map((example) => example.split("|")[0] ?? "")),
  "htmlInsteadOfJson=login",
  "htmlInsteadOfJson=twoFactor",
  "evilRedirect=loop",
  "shape=unknown",
  "status=500@all",
  "status=422@all",
  "reset=@all"
]

// Side by side, because each spends its time waiting for the next code.
describe.concurrent("nothing secret is shown", () => {
  it.each(faults)("under the fault %s", (fault) => {
    const logs = captured()
    const traces = recorder()
    return play({ emulator: { user, loans: 15 }, clock: () => fastClock({ speed: 80 }) }, (_client, emulator) =>
      Effect.gen(function* () {
        const began = yield* Clock.currentTimeMillis
        yield* emulator.setFaults([fault])
        const exits = yield* everyCall(emulator)
        const codes = codesBetween(began, yield* Clock.currentTimeMillis)
        expect(logs.lines.length).toBeGreaterThan(0)
        expect(traces.told().length).toBeGreaterThan(0)
        expectClean([...exits.flatMap(renderings), ...logs.lines, ...traces.told()], codes)
      }).pipe(
        Effect.provide(logs.layer),
        Effect.provideService(References.MinimumLogLevel, "All"),
        Effect.withTracer(traces.tracer)
      )
    )
  })

  it.each([
    { password: "Planterat-Lösenord-42-fel" },
    { totpSecret: "PLANTADHEMLIGHETABCDEFGHIJKLMNOQ" },
    { totpSecret: "" },
    { baseUrl: "http://127.0.0.1:9", retries: 0 }
  ])("with the wrong setting %j", (client) => {
    const logs = captured()
    return play({ emulator: { user, loans: 15 }, clock: () => fastClock({ speed: 80 }) }, (_client, emulator) =>
      Effect.gen(function* () {
        const exits = yield* everyCall(emulator, client)
        expect(exits.some(Exit.isFailure)).toBe(true)
        expectClean([...exits.flatMap(renderings), ...logs.lines], [])
      }).pipe(Effect.provide(logs.layer), Effect.provideService(References.MinimumLogLevel, "All"))
    )
  })

  it("by settings that are printed or that are wrong", () => {
    const settings = Result.getOrThrow(kameoSettings(credentials))
    expectClean([inspect(settings, { depth: 20 }), JSON.stringify(settings)], [])
    const wrong = [
      { ...credentials, totpSecret: `${planted.totpSecret}1` },
      { ...credentials, email: "" },
      { ...credentials, baseUrl: `https://${encodeURIComponent(planted.email)}:${planted.password}@www.kameo.se` }
    ]
    for (const options of wrong) {
      const exit = Exit.fail(Result.getOrThrow(Result.flip(kameoSettings(options))))
      expectClean(renderings(exit), [])
    }
  })

  it("and the test would see it: the planted texts do reach the emulator", () =>
    play({ emulator: { user, loans: 15 }, client: credentials }, (client) =>
      Effect.gen(function* () {
        const account = yield* client.account()
        expect(Redacted.value(account.accountNumber)).toBe(planted.accountNo)
        expect(() => expectClean([Redacted.value(account.accountNumber)], [])).toThrow(planted.accountNo)
        expect(LoanSource.key).toBe("saldo/lending/LoanSource")
      })
    ))
})
