/**
 * Where the bank keeps its data: one SQLite file, or a Postgres server.
 */
import * as Redacted from "effect/Redacted"
import { postgres } from "@saldo/postgres/postgres"
import { sqlite } from "@saldo/sqlite/sqlite"
import type { Storage } from "saldo/core/Storage"

/** What was asked for. */
export type Place =
  | { readonly _tag: "Sqlite"; readonly file: string }
  | { readonly _tag: "Postgres"; readonly url: Redacted.Redacted }

/** The place as a person would name it; never with a password. */
export const nameOf = (place: Place): string => {
  if (place._tag === "Sqlite") return place.file
  const url = URL.parse(Redacted.value(place.url))
  return url === null ? "a Postgres server" : `${url.hostname}:${url.port === "" ? "5432" : url.port}${url.pathname}`
}

/** What the files begin with that lie beside the database: its keys, which are never in it, and the mails. */
export const besideOf = (place: Place): string => (place._tag === "Sqlite" ? place.file : "saldo-postgres")

/** Storage in the place. */
export const storageOf = (place: Place): Storage =>
  place._tag === "Sqlite" ? sqlite({ filename: place.file }) : postgres({ url: Redacted.value(place.url) })

/** Storage that is thrown away when anything goes wrong before it is finished, so that no commit waits for the disk. */
export const draftStorage = (file: string): Storage => sqlite({ filename: file, synchronous: "normal" })
