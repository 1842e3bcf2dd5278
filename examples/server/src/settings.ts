/**
 * What the programs of the server are told: by flags, or by variables of the environment, which suit a container. A flag wins.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Flag from "effect/cli/Flag"
import type { Place } from "./database.ts"
import { ServerFailure } from "./ServerFailure.ts"

/** Where the bank keeps its data, and its keys. */
export const placeFlags = {
  file: Flag.String("file").pipe(
    Flag.withDescription("The SQLite file of the bank (SALDO_FILE; saldo-server.sqlite when left out)"),
    Flag.withFallbackConfig(Config.NonEmptyString("SALDO_FILE")),
    Flag.withDefault("saldo-server.sqlite")
  ),
  postgres: Flag.optional(
    Flag.Redacted("postgres").pipe(
      Flag.withDescription(
        "The address of a Postgres server, in place of the file (SALDO_POSTGRES, which other users do not see)"
      ),
      Flag.withFallbackConfig(Config.Redacted("SALDO_POSTGRES"))
    )
  ),
  keys: Flag.optional(
    Flag.String("keys").pipe(
      Flag.withDescription("The file with the bank's keys (SALDO_KEY_FILE; beside the database when left out)"),
      Flag.withFallbackConfig(Config.NonEmptyString("SALDO_KEY_FILE"))
    )
  ),
  mails: Flag.optional(
    Flag.String("mails").pipe(
      Flag.withDescription("The folder into which mails go (SALDO_MAIL_FOLDER; beside the database when left out)"),
      Flag.withFallbackConfig(Config.NonEmptyString("SALDO_MAIL_FOLDER"))
    )
  )
}

/** How the server is reached. */
export const servingFlags = {
  host: Flag.String("host").pipe(
    Flag.withDescription("The address to listen on (SALDO_HOST; 127.0.0.1 when left out: this machine alone)"),
    Flag.withFallbackConfig(Config.NonEmptyString("SALDO_HOST")),
    Flag.withDefault("127.0.0.1")
  ),
  port: Flag.Int("port").pipe(
    Flag.withDescription("The port to listen on; 0 for a free one (SALDO_PORT; 3000 when left out)"),
    Flag.withFallbackConfig(Config.Int("SALDO_PORT")),
    Flag.withDefault(3000)
  ),
  url: Flag.optional(
    Flag.String("url").pipe(
      Flag.withDescription("Where people find the page, for the links in mails (SALDO_URL; this server when left out)"),
      Flag.withFallbackConfig(Config.NonEmptyString("SALDO_URL")),
      Flag.filter(
        (text) => URL.canParse(text),
        () => "Write it as https://bank.example"
      )
    )
  ),
  redis: Flag.optional(
    Flag.Redacted("redis").pipe(
      Flag.withDescription("The address of a Redis server, on which several processes count calls (SALDO_REDIS)"),
      Flag.withFallbackConfig(Config.Redacted("SALDO_REDIS"))
    )
  ),
  trustedProxies: Flag.Int("trusted-proxies").pipe(
    Flag.withDescription("How many proxies of yours stand before it (SALDO_TRUSTED_PROXIES; none when left out)"),
    Flag.withFallbackConfig(Config.Int("SALDO_TRUSTED_PROXIES")),
    Flag.withDefault(0),
    Flag.filter(
      (count) => count >= 0,
      () => "Name how many there are"
    )
  ),
  localWebhooks: Flag.Boolean("local-webhooks").pipe(
    Flag.withDescription(
      "Let webhooks lead to this machine, over plain HTTP too, to try them (SALDO_LOCAL_WEBHOOKS=true)"
    ),
    Flag.withFallbackConfig(Config.Boolean("SALDO_LOCAL_WEBHOOKS")),
    Flag.withDefault(false)
  ),
  empty: Flag.Boolean("empty").pipe(
    Flag.withDescription("Start a new bank without demonstration data (SALDO_EMPTY=true)"),
    Flag.withFallbackConfig(Config.Boolean("SALDO_EMPTY")),
    Flag.withDefault(false)
  )
}

/** What was said about the place. */
export interface Placed {
  readonly file: string
  readonly postgres: Option.Option<Redacted.Redacted>
  readonly keys: Option.Option<string>
  readonly mails: Option.Option<string>
}

/** The place that was meant. */
export const placeOf = ({ file, keys, mails, postgres }: Placed): Effect.Effect<Place, ServerFailure> => {
  const beside = Option.isSome(postgres) ? "saldo-postgres" : file
  const apart = {
    keys: Option.getOrElse(keys, () => `${beside}.keys`),
    mails: Option.getOrElse(mails, () => `${beside}.mails`)
  }
  if (Option.isNone(postgres)) return Effect.succeed({ _tag: "Sqlite", file, ...apart })
  return URL.canParse(Redacted.value(postgres.value))
    ? Effect.succeed({ _tag: "Postgres", url: postgres.value, ...apart })
    : Effect.fail(
        new ServerFailure({
          happened: "The address of the Postgres server cannot be read.",
          remedy: "Write it as postgres://user@host:5432/database, with signs such as @ in a password as %40."
        })
      )
}
