/**
 * `saldo kameo`: the login and the account.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { KameoAccount } from "@saldo/kameo/decodeAccounts"
import { KameoClient } from "@saldo/kameo/KameoClient"
import { table } from "../chart.ts"
import { layerLogin } from "../kameo.ts"
import { amountText } from "../listings.ts"
import { Output, presenting } from "../Output.ts"

const login = Command.make(
  "login",
  {
    check: Flag.Boolean("check").pipe(
      Flag.withDescription("Log in, prove it, log out; the default, because no session is ever kept"),
      Flag.withDefault(false),
      Flag.withoutNegation
    )
  },
  () =>
    Effect.gen(function* () {
      const output = yield* Output
      const client = yield* KameoClient
      yield* client.login
      const accounts = yield* client.accounts
      yield* client.logout
      const currencies = accounts.flatMap(({ currency }) => currency ?? [])
      yield* output.result(
        () => ({ ok: true, currencies }),
        () => `${output.paint.good("ok")}  The login works; the investor has accounts in ${currencies.join(", ")}.`
      )
    }).pipe(Effect.provide(layerLogin), presenting)
).pipe(Command.withDescription("Log in to Kameo and see whether it works"))

const account = Command.make(
  "account",
  {
    currency: Flag.String("currency").pipe(
      Flag.withMetavar("code"),
      Flag.withDescription("Which account; SEK when left out"),
      Flag.withDefault("SEK")
    ),
    all: Flag.Boolean("all").pipe(Flag.withDescription("Every account"), Flag.withDefault(false)),
    reveal: Flag.Boolean("reveal").pipe(Flag.withDescription("Print account numbers in full"), Flag.withDefault(false))
  },
  ({ all, currency, reveal }) =>
    Effect.gen(function* () {
      const output = yield* Output
      const client = yield* KameoClient
      const accounts = all ? yield* client.accounts : [yield* client.account(currency.toUpperCase())]
      yield* client.logout
      const number = (one: KameoAccount) => (reveal ? Redacted.value(one.accountNumber) : one.masked)
      yield* output.result(
        () =>
          accounts.map((one) => ({
            currency: one.currency,
            account: number(one),
            available: one.available,
            reserved: one.reserved
          })),
        () =>
          table(
            [{ heading: "Account" }, { heading: "Available", align: "right" }, { heading: "Reserved", align: "right" }],
            accounts.map((one) => [
              `${one.currency ?? "?"} ${number(one)}`,
              amountText(one.available),
              amountText(one.reserved)
            ])
          )
      )
    }).pipe(Effect.provide(layerLogin), presenting)
).pipe(
  Command.withDescription("Show the investor's accounts and balances; numbers are masked unless --reveal is given")
)

/** The group. */
export const kameo = Command.make("kameo").pipe(
  Command.withDescription("The login and the account at Kameo"),
  Command.withSubcommands([login, account])
)
