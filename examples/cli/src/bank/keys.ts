/**
 * The keys that protect personal data: from the environment, or from a file beside the database that only its owner may
 * read. A file is made for a bank that has none and nobody's data yet; it is never made in place of a lost one.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import { WrappingKeys } from "saldo/banking/WrappingKeys"
import * as KeyFile from "saldo/core/KeyFile"
import { CliFailure } from "../CliFailure.ts"
import { parseTarget } from "../database.ts"
import { Database } from "../GlobalFlags.ts"

/** What the variable holds. */
const KeyText = Schema.fromJsonString(Schema.toCodecJson(KeyFile.KeyRing))

const files = KeyFile.keyFiles(KeyFile.KeyRing)

const failing = (happened: string, remedy: string) => new CliFailure({ happened, remedy, exitCode: 1 })

const unfit = (place: string) =>
  failing(
    `${place} holds no keys that can be read.`,
    'It must be JSON: {"current":{"id":"…","key":"64 hexadecimal digits"},"index":"64 hexadecimal digits"}.'
  )

/** What kept the keys from being read or written, in words for whoever ran the command. */
const explained = ({ _tag, file }: KeyFile.KeyFileRefused | KeyFile.KeyFileUnwritten): CliFailure => {
  switch (_tag) {
    case "KeyFileUnreadable":
      return failing(`The keys in ${file} cannot be read.`, "Check that the file is yours and readable.")
    case "KeyFileExposed":
      return failing(
        `The keys in ${file} may be read by others than you.`,
        `Run \`chmod 600 ${file}\`, and think about who may have read it.`
      )
    case "KeyFileUnfit":
      return unfit(file)
    case "KeyFileUnwritten":
      return failing(`${file} cannot be written.`, "Check that you may write in its folder.")
  }
}

/** Where the keys of `--db` are, unless the environment names another place. */
const placeOf = Effect.gen(function* () {
  const named = yield* Effect.orDie(Config.option(Config.NonEmptyString("SALDO_KEY_FILE")))
  if (Option.isSome(named)) return named.value
  const target = parseTarget(yield* Database)
  if (target._tag === "Sqlite") return `${target.filename}.keys`
  return yield* failing(
    "The keys of the customers' data are kept neither in a variable nor in a file.",
    "Name a file with SALDO_KEY_FILE, or give the keys in SALDO_KEYS."
  )
})

const read = (file: string) => Effect.mapError(files.read(file), explained)

const make = (file: string) =>
  Effect.mapError(
    Effect.flatMap(KeyFile.newKeyRing, (ring) => files.make(file, ring)),
    explained
  )

/**
 * The keys of the bank. With `making`, a bank without any gets its file; without it, a bank that has nobody's data is read
 * with keys that open nothing.
 */
export const layer = (making: boolean) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const given = yield* Effect.orDie(Config.option(Config.Redacted("SALDO_KEYS")))
      if (Option.isSome(given) && Redacted.value(given.value).trim() !== "") {
        // What is wrong with it is not quoted, as it may be a part of a key.
        const ring = Effect.mapError(Schema.decodeEffect(KeyText)(Redacted.value(given.value)), () =>
          unfit("SALDO_KEYS")
        )
        return WrappingKeys.layer(yield* ring)
      }
      const file = yield* placeOf
      if (yield* KeyFile.isThere(file)) return WrappingKeys.layer(yield* read(file))
      const store = yield* DataKeyStore
      const [kept] = yield* store.wrappedByOthers("", 1)
      if (kept === undefined) return WrappingKeys.layer(yield* making ? make(file) : KeyFile.newKeyRing)
      // Keys come before data: if another process made both since we looked, the file is there now.
      if (yield* KeyFile.isThere(file)) return WrappingKeys.layer(yield* read(file))
      return yield* failing(
        `The customers' data is there, but not the keys that open it: ${file} is missing.`,
        "Put the file back from where you keep a copy, name it with SALDO_KEY_FILE, or give the keys in SALDO_KEYS."
      )
    })
  )
