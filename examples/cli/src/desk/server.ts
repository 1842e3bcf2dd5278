/**
 * The server behind `--url`: whom it is asked as, and what went wrong in words when it does not answer as it should. What a
 * use case refuses stays the refusal that it is.
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { IdempotencyKey } from "@saldo/http/api/Write"
import { type Client, make } from "@saldo/http/client"
import type { CommandKey } from "saldo/core/Command"
import { CliFailure } from "../CliFailure.ts"
import { Url } from "../GlobalFlags.ts"

const failure = (happened: string, remedy: string, exitCode: CliFailure["exitCode"] = 1) =>
  new CliFailure({ happened, remedy, exitCode })

/** A server, the typed client of it, and what it is called. */
export class Server extends Context.Service<Server, { readonly client: Client; readonly name: string }>()(
  "saldo-cli/desk/Server"
) {}

const near = new Set(["localhost", "127.0.0.1", "[::1]"])

const addressIn = (text: string): Effect.Effect<URL, CliFailure> => {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/u.test(url.protocol) || url.hash !== "" || url.search !== "") {
    return Effect.fail(failure("--url is not the address of a server.", "Write it as https://bank.example.", 2))
  }
  if (url.username !== "" || url.password !== "") {
    return Effect.fail(failure("--url holds a name or a password.", "Leave them out; the key is in SALDO_API_KEY.", 2))
  }
  if (url.protocol === "http:" && !near.has(url.hostname)) {
    return Effect.fail(
      failure(`The key would go to ${url.host} in the clear.`, "Use https; http is for servers on this machine.", 2)
    )
  }
  return Effect.succeed(url)
}

/** Flags are seen by everybody on the machine, so the key comes from the environment or `.env` alone. */
const credentialIn = Effect.gen(function* () {
  const given = yield* Effect.orDie(Config.option(Config.Redacted("SALDO_API_KEY")))
  const text = Option.match(given, { onNone: () => "", onSome: (key) => Redacted.value(key).trim() })
  if (!/^[\u0021-\u007e]+$/u.test(text)) {
    return yield* failure(
      text === "" ? "There is no key for the server." : "The key for the server cannot be sent.",
      "Put an API key, or an access token, into the variable SALDO_API_KEY or the file .env; it is no flag, as others would see it.",
      3
    )
  }
  // Three parts with points between them are a token; API keys have none.
  return /^[\w-]+\.[\w-]+\.[\w-]+$/u.test(text)
    ? ({ scheme: "bearer", token: Redacted.make(text) } as const)
    : ({ scheme: "apiKey", key: Redacted.make(text) } as const)
})

/** The server at an address. A redirect is not followed: the key is for the address that was given. */
export const layer = (text: string): Layer.Layer<Server, CliFailure> =>
  Layer.effect(
    Server,
    Effect.gen(function* () {
      const url = yield* addressIn(text)
      const client = yield* make({ baseUrl: url.href.replace(/\/$/u, ""), credential: yield* credentialIn })
      return Server.of({ client, name: url.host })
    })
  ).pipe(
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { redirect: "manual" }))
  )

/** The failures that come from the interface and not from what was asked. */
interface Told {
  readonly _tag: string
  readonly message: string
  readonly reason?: { readonly _tag: string; readonly response?: { readonly status: number } }
  readonly permission?: string
  readonly retryAfterSeconds?: number
}

const unreached = (name: string) =>
  failure(`The server at ${name} cannot be reached.`, "Check the address, and that the server is running.")

const foreign = (name: string, said: string) =>
  failure(
    `What answers at ${name} does not speak as this version of Saldo does (${said}).`,
    "Check the address, and that the server and this command are of one version."
  )

const wordsFor = (name: string): Readonly<Record<string, (told: Told) => CliFailure>> => ({
  HttpClientError: ({ reason }) =>
    reason?.response === undefined ? unreached(name) : foreign(name, `status ${reason.response.status}`),
  SchemaError: () => foreign(name, "an answer that cannot be read"),
  SseError: () => foreign(name, "events that cannot be read"),
  Retry: () => foreign(name, "events that ask to come again"),
  CredentialsInvalid: () =>
    failure(
      `The server at ${name} does not know the key, or no longer.`,
      "Put a key that is in force into SALDO_API_KEY; access tokens last for half an hour.",
      3
    ),
  NotPermitted: ({ permission = "" }) =>
    failure(`The key may not do this at ${name}: it lacks ${permission}.`, "Use a key that has it.", 3),
  TooManyRequests: ({ retryAfterSeconds = 1 }) =>
    failure(`The server at ${name} was asked too often.`, `Run the command again in ${retryAfterSeconds} seconds.`),
  RequestInvalid: ({ message }) => failure(`${message}.`, "Correct it, and send it again.", 2),
  BodyTooLarge: ({ message }) => failure(`${message}.`, "Send less at once.", 2),
  InternalFailure: () =>
    failure(
      `The server at ${name} failed.`,
      "Run the command again with the same --key; its operator finds more in its log."
    ),
  PlatformNotConnected: () =>
    failure(`The server at ${name} collects from nowhere.`, "Collect into a database, with --db in place of --url."),
  Overloaded: () => failure(`The server at ${name} is too busy.`, "Run the command again with the same --key.")
})

/** What a caller of the client may be told beside what was refused. */
type Interface =
  | "BodyTooLarge"
  | "CredentialsInvalid"
  | "HttpClientError"
  | "IdentityNotOffered"
  | "InternalFailure"
  | "MediaTypeUnsupported"
  | "NotPermitted"
  | "Overloaded"
  | "PlatformNotConnected"
  | "RequestInvalid"
  | "Retry"
  | "SchemaError"
  | "SseError"
  | "TooManyRequests"
  | "VersionMismatch"

const patience = "60 seconds"

/** Refusals fail as they do without a server, and whatever else goes wrong ends the command in words. */
export const inWords = (name: string) => {
  const words = wordsFor(name)
  return <A, E extends { readonly _tag: string }>(
    work: Effect.Effect<A, E>
  ): Effect.Effect<A, Exclude<E, { readonly _tag: Interface }>> =>
    work.pipe(
      Effect.catch((error): Effect.Effect<never, Exclude<E, { readonly _tag: Interface }>> => {
        const said = words[error._tag]
        return said === undefined
          ? Effect.fail(error as Exclude<E, { readonly _tag: Interface }>)
          : Effect.die(said(error as unknown as Told))
      })
    )
}

/** Asks the server, which answers within a minute. */
export const asking =
  ({ client, name }: Server["Service"]) =>
  <A, E extends { readonly _tag: string }>(
    ask: (client: Client) => Effect.Effect<A, E>
  ): Effect.Effect<A, Exclude<E, { readonly _tag: Interface }>> =>
    ask(client).pipe(
      Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.die(unreached(name)) }),
      inWords(name)
    )

/** The headers of a write under a command's key. */
export const keyed = (key: CommandKey): Effect.Effect<{ readonly "idempotency-key": IdempotencyKey }> =>
  Option.match(IdempotencyKey.makeOption(key), {
    onNone: () =>
      Effect.die(failure("--key cannot be sent to a server.", "Use letters, digits and signs without blanks.", 2)),
    onSome: (name) => Effect.succeed({ "idempotency-key": name })
  })

/** A new name for a write that needs none, as it changes nothing when it is repeated. */
export const freshKey = (id: string) => ({ "idempotency-key": IdempotencyKey.make(id) })

/** A server knows from the key whose books are meant, so nobody else may be named. */
export const ofKey = <A, E, R>(tenant: string, desk: Layer.Layer<A, E, R>): Layer.Layer<A, CliFailure | E, R> =>
  tenant === "main"
    ? desk
    : Layer.unwrap(
        Effect.fail(
          failure(
            "A server knows from the key whose books are meant.",
            "Leave --tenant out, and use a key of theirs.",
            2
          )
        )
      )

/** One layer for a server when `--url` names one, and another for the database. Both give what a command needs. */
export const either = <A, E1, R1, B, E2, R2>(
  ofServer: Layer.Layer<A, E1, R1>,
  ofDatabase: Layer.Layer<A | B, E2, R2>
): Layer.Layer<A, CliFailure | E1 | E2, Exclude<R1, Server> | R2 | Context.Service.Identifier<typeof Url>> =>
  Layer.unwrap(
    Effect.map(Url, (url): Layer.Layer<A, CliFailure | E1 | E2, Exclude<R1, Server> | R2> =>
      Option.isSome(url) ? Layer.provide(ofServer, layer(url.value)) : ofDatabase
    )
  )
