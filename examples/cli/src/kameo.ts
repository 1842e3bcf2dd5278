/**
 * Kameo for the commands: settings from the environment, questions for what is missing, the listing as a source.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Prompt from "effect/cli/Prompt"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import { KameoClient } from "@saldo/kameo/KameoClient"
import { type KameoOptions, kameoOptionsConfig } from "@saldo/kameo/KameoConfig"
import * as KameoLoanSource from "@saldo/kameo/KameoLoanSource"
import { LoanCollection } from "saldo/lending/LoanCollection"

const isSet = (value: KameoOptions["email"]): boolean => value !== undefined && value !== ""

const ask = (message: string): Effect.Effect<Redacted.Redacted, never, Prompt.Environment> =>
  Prompt.run(Prompt.Hidden({ message })).pipe(Effect.catchTag("QuitError", () => Effect.interrupt))

/**
 * The settings with what a login needs. What neither the environment nor `.env` has is asked for where somebody can answer; the
 * answers are not echoed. Flags for them do not exist on purpose: a shell would keep them in its history.
 */
export const loginOptions: Effect.Effect<KameoOptions, Config.ConfigError, Prompt.Environment> = Effect.gen(
  function* () {
    const found = yield* kameoOptionsConfig
    const { canPrompt } = yield* TerminalCapabilities.TerminalCapabilities
    if (!canPrompt || (isSet(found.email) && isSet(found.password))) return found
    const email = isSet(found.email)
      ? found.email
      : yield* Prompt.run(Prompt.String({ message: "Kameo e-mail" })).pipe(
          Effect.catchTag("QuitError", () => Effect.interrupt)
        )
    const password = isSet(found.password) ? found.password : yield* ask("Kameo password")
    const totpSecret = isSet(found.totpSecret) ? found.totpSecret : yield* ask("TOTP secret (empty if there is none)")
    return { ...found, email, password, totpSecret }
  }
)

/** Kameo's client, logged in on first need, asking for what is missing. */
export const layerLogin = Layer.unwrap(Effect.map(loginOptions, (options) => KameoClient.layer(options)))

/** The collection of Kameo's listing over a client. */
export const layerCollection = (options: KameoLoanSource.KameoLoanSourceOptions = {}) =>
  LoanCollection.layer.pipe(Layer.provide(KameoLoanSource.layer(options)))
