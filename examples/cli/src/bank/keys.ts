/**
 * The keys that protect personal data: from the environment, or from a file beside the database that only its owner may
 * read. A file is made for a bank that has none and nobody's data yet; it is never made in place of a lost one.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import { WrappingKeys, type WrappingKeyring } from "saldo/banking/WrappingKeys"
import * as Id from "saldo/core/Id"
import { CliFailure } from "../CliFailure.ts"
import { parseTarget } from "../database.ts"
import { Database } from "../GlobalFlags.ts"

const Key = Schema.RedactedFromValue(
  Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/iu, { expected: "64 hexadecimal digits" })),
  { label: "key" }
)

const NamedKey = Schema.Struct({ id: Schema.NonEmptyString, key: Key })

/** What the file and the variable hold. */
const KeyRing = Schema.fromJsonString(
  Schema.toCodecJson(
    Schema.Struct({ current: NamedKey, previous: Schema.optionalKey(Schema.Array(NamedKey)), index: Key })
  )
)

const failing = (happened: string, remedy: string) => new CliFailure({ happened, remedy, exitCode: 1 })

/** The ring in a text; what is wrong with it is not quoted, as it may be a part of a key. */
const ringIn = (text: string, place: string): Effect.Effect<WrappingKeyring, CliFailure> =>
  Effect.mapError(Schema.decodeEffect(KeyRing)(text), () =>
    failing(
      `${place} holds no keys that can be read.`,
      'It must be JSON: {"current":{"id":"…","key":"64 hexadecimal digits"},"index":"64 hexadecimal digits"}.'
    )
  )

const newKey = Effect.sync(() =>
  Redacted.make(Buffer.from(SecureRandom.randomBytesUnsafe(32)).toString("hex"), { label: "key" })
)

const newRing = Effect.gen(function* () {
  return { current: { id: yield* Id.make("key"), key: yield* newKey }, index: yield* newKey }
})

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

const read = Effect.fnUntraced(function* (file: string) {
  const files = yield* FileSystem.FileSystem
  const cannotRead = () => failing(`The keys in ${file} cannot be read.`, "Check that the file is yours and readable.")
  const { mode } = yield* Effect.mapError(files.stat(file), cannotRead)
  if ((mode & 0o077) !== 0) {
    return yield* failing(
      `The keys in ${file} may be read by others than you.`,
      `Run \`chmod 600 ${file}\`, and think about who may have read it.`
    )
  }
  return yield* ringIn(yield* Effect.mapError(files.readFileString(file), cannotRead), file)
})

/** What is sealed under a key that a power cut took away is lost, so the key is on the disk before anything is. */
const onDisk = (path: string, flag: "r" | "r+") =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const opened = yield* files.open(path, { flag })
    yield* opened.sync
  }).pipe(Effect.scoped)

/** Writes a draft and links it to its name, which fails when the name is taken: of two processes one makes the file. */
const make = Effect.fnUntraced(function* (file: string) {
  const files = yield* FileSystem.FileSystem
  const folder = (yield* Path.Path).dirname(file)
  const draft = `${file}.${yield* Id.make("draft")}`
  const text = yield* Effect.orDie(Schema.encodeEffect(KeyRing)(yield* newRing))
  yield* files.writeFileString(draft, `${text}\n`, { flag: "wx", mode: 0o600 }).pipe(
    Effect.andThen(onDisk(draft, "r+")),
    Effect.andThen(
      Effect.catchIf(
        files.link(draft, file),
        (error) => error.reason._tag === "AlreadyExists",
        () => Effect.void
      )
    ),
    // Not every system lets a folder be opened; there its name is written at once.
    Effect.andThen(Effect.ignore(onDisk(folder, "r"))),
    Effect.ensuring(Effect.ignore(files.remove(draft))),
    Effect.mapError(() => failing(`${file} cannot be written.`, "Check that you may write in its folder."))
  )
  return yield* read(file)
})

/**
 * The keys of the bank. With `making`, a bank without any gets its file; without it, a bank that has nobody's data is read
 * with keys that open nothing.
 */
export const layer = (making: boolean) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const given = yield* Effect.orDie(Config.option(Config.Redacted("SALDO_KEYS")))
      if (Option.isSome(given) && Redacted.value(given.value).trim() !== "") {
        return WrappingKeys.layer(yield* ringIn(Redacted.value(given.value), "SALDO_KEYS"))
      }
      const file = yield* placeOf
      const files = yield* FileSystem.FileSystem
      const isThere = Effect.orElseSucceed(files.exists(file), () => true)
      if (yield* isThere) return WrappingKeys.layer(yield* read(file))
      const store = yield* DataKeyStore
      const [kept] = yield* store.wrappedByOthers("", 1)
      if (kept === undefined) return WrappingKeys.layer(making ? yield* make(file) : yield* newRing)
      // Keys come before data: if another process made both since we looked, the file is there now.
      if (yield* isThere) return WrappingKeys.layer(yield* read(file))
      return yield* failing(
        `The customers' data is there, but not the keys that open it: ${file} is missing.`,
        "Put the file back from where you keep a copy, name it with SALDO_KEY_FILE, or give the keys in SALDO_KEYS."
      )
    })
  )
