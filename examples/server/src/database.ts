/**
 * Where the bank keeps its data: one SQLite file, or a Postgres server.
 */
import * as Redacted from "effect/Redacted"
import { postgres } from "@saldo/postgres/postgres"
import { sqlite } from "@saldo/sqlite/sqlite"
import type { Storage } from "saldo/core/Storage"

/** Where the data is, and what is kept apart from it. */
export type Place = (
  | { readonly _tag: "Sqlite"; readonly file: string }
  | { readonly _tag: "Postgres"; readonly url: Redacted.Redacted }
) & {
  /** The file with the keys of what is sealed in the database. */
  readonly keys: string
  /** The folder into which mails go. */
  readonly mails: string
}

/** The place as a person would name it; never with a password. */
export const nameOf = (place: Place): string => {
  if (place._tag === "Sqlite") return place.file
  const url = URL.parse(Redacted.value(place.url))
  return url === null ? "a Postgres server" : `${url.hostname}:${url.port === "" ? "5432" : url.port}${url.pathname}`
}

/** Storage in the place. */
export const storageOf = (place: Place): Storage =>
  place._tag === "Sqlite" ? sqlite({ filename: place.file }) : postgres({ url: Redacted.value(place.url) })

/** Storage that is thrown away when anything goes wrong before it is finished, so that no commit waits for the disk. */
export const draftStorage = (file: string): Storage => sqlite({ filename: file, synchronous: "normal" })
