/**
 * The database behind `--db`: a SQLite file or a Postgres server, with its tables up to date and every store on it.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { postgres } from "@saldo/postgres/postgres"
import { sqlite } from "@saldo/sqlite/sqlite"
import { Storage } from "saldo/core/Storage"
import * as SqlStores from "saldo/sql/SqlStores"
import { CliFailure } from "./CliFailure.ts"
import { Database, Url } from "./GlobalFlags.ts"

/** What `--db` names. */
export type DatabaseTarget =
  | { readonly _tag: "Sqlite"; readonly filename: string }
  | { readonly _tag: "Postgres"; readonly url: Redacted.Redacted; readonly address: string }

/** Reads the value of `--db`. */
export const parseTarget = (text: string): DatabaseTarget => {
  if (!/^postgres(?:ql)?:\/\//u.test(text))
    return { _tag: "Sqlite", filename: text.replace(/^sqlite:(?:\/\/\/)?/u, "") }
  const url = URL.parse(text)
  const address =
    url === null ? "the Postgres server" : `${url.hostname}:${url.port === "" ? "5432" : url.port}${url.pathname}`
  return { _tag: "Postgres", url: Redacted.make(text), address }
}

/** The target as a person would name it; never with a password. */
export const nameOf = (target: DatabaseTarget): string => (target._tag === "Sqlite" ? target.filename : target.address)

const storage = (target: DatabaseTarget): Storage =>
  target._tag === "Sqlite" ? sqlite({ filename: target.filename }) : postgres({ url: Redacted.value(target.url) })

/** Every store on the named database. */
export const layer = (target: DatabaseTarget) => Layer.provide(SqlStores.layer, Storage.client(storage(target)))

const target = Effect.flatMap(Database, (text) => {
  const parsed = parseTarget(text)
  if (parsed._tag === "Sqlite" || URL.canParse(Redacted.value(parsed.url))) return Effect.succeed(parsed)
  return Effect.fail(
    new CliFailure({
      happened: "The address of the Postgres server cannot be read.",
      remedy: "Write it as postgres://user@host:5432/database, with signs such as @ in a password as %40.",
      exitCode: 2
    })
  )
})

/** Fails under `--url`: what needs a database of its own cannot be done through a server. */
export const own = Effect.flatMap(Url, (url) =>
  Option.isNone(url)
    ? Effect.void
    : Effect.fail(
        new CliFailure({
          happened: "This cannot be done through a server.",
          remedy: "Run it where the database is, with --db in place of --url.",
          exitCode: 2
        })
      )
)

/** Every store on the database of `--db`, made when it does not exist. */
export const layerWriting = Layer.unwrap(Effect.andThen(own, Effect.map(target, layer)))

/** Every store on the database of `--db`, which must exist: a look into a misspelt file must not make it. */
export const layerReading = Layer.unwrap(
  Effect.gen(function* () {
    yield* own
    const named = yield* target
    const files = yield* FileSystem.FileSystem
    if (named._tag === "Sqlite" && !(yield* Effect.orElseSucceed(files.exists(named.filename), () => true))) {
      return yield* new CliFailure({
        happened: `There is no database at ${named.filename}.`,
        remedy:
          "Run `saldo loans fetch`, `saldo ledger open` or `saldo bank customers register` first, or name another with --db.",
        exitCode: 1
      })
    }
    return layer(named)
  })
)
