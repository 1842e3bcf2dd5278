/**
 * Kameo for the commands: settings from the environment, questions for what is missing, the listing as a source.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Prompt from "effect/cli/Prompt"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import { KameoClient } from "@saldo/kameo/KameoClient"
import { type KameoOptions, kameoOptionsConfig } from "@saldo/kameo/KameoConfig"
import * as KameoLoanSource from "@saldo/kameo/KameoLoanSource"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { LoanCollection } from "saldo/lending/LoanCollection"
import { Output } from "./Output.ts"

type Secret = string | Redacted.Redacted | undefined

const isSet = (value: Secret): boolean =>
  value !== undefined && (Redacted.isRedacted(value) ? Redacted.value(value) : value).trim() !== ""

const answer = <A>(prompt: Prompt.Prompt<A>) =>
  Prompt.run(prompt).pipe(Effect.catchTag("QuitError", () => Effect.interrupt))

/** Whether the commands that can do without a login will log in. */
const wantsLogin = ({ email, loanSource, password }: KameoOptions): boolean =>
  isSet(email) || isSet(password) || loanSource === "ezjscore"

/**
 * The settings with what a login needs. What neither the environment nor `.env` has is asked for where somebody can answer; the
 * answers are not echoed. Flags for them do not exist on purpose: a shell would keep them in its history.
 */
const askingFor = Effect.fnUntraced(function* (found: KameoOptions) {
  const { json } = yield* Output
  const { canPrompt } = yield* TerminalCapabilities.TerminalCapabilities
  // Under --json standard output belongs to a program, so nothing is asked there.
  if (json || !canPrompt || (isSet(found.email) && isSet(found.password))) return found
  const email = isSet(found.email) ? found.email : yield* answer(Prompt.String({ message: "Kameo e-mail" }))
  const password = isSet(found.password) ? found.password : yield* answer(Prompt.Hidden({ message: "Kameo password" }))
  const totpSecret = isSet(found.totpSecret)
    ? found.totpSecret
    : yield* answer(Prompt.Hidden({ message: "TOTP secret (empty if there is none)" }))
  return { ...found, email, password, totpSecret }
})

/** Kameo's client for a command that needs a login. */
export const layerLogin = Layer.unwrap(
  Effect.map(Effect.flatMap(kameoOptionsConfig, askingFor), (options) => KameoClient.layer(options))
)

/** Kameo's client for a command that can do without a login, and whether there will be one. */
export const optionalLogin = Effect.gen(function* () {
  const found = yield* kameoOptionsConfig
  const login = wantsLogin(found)
  const options = login ? yield* askingFor(found) : found
  return { login, layer: KameoClient.layer(options) }
})

/** The collection of Kameo's listing over a client. */
export const layerCollection = (options: KameoLoanSource.KameoLoanSourceOptions = {}) =>
  LoanCollection.layer.pipe(Layer.provide([KameoLoanSource.layer(options), AuditTrail.layer]))
