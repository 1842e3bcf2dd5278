/**
 * The keys that protect personal data, and what identity keeps secret: a file beside the database that only its owner may
 * read. It is made for a bank that has no data yet; it is never made in place of a lost one.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import { WrappingKeys } from "saldo/banking/WrappingKeys"
import * as Id from "saldo/core/Id"
import { IdentityKeys } from "saldo/identity/IdentityKeys"
import { SigningKeyStore } from "saldo/identity/SigningKeyStore"
import { UserStore } from "saldo/identity/UserStore"
import { WebhookKeys } from "saldo/notifications/WebhookKeys"
import { ServerFailure } from "./ServerFailure.ts"

const Key = Schema.RedactedFromValue(
  Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/iu, { expected: "64 hexadecimal digits" })),
  { label: "key" }
)

const NamedKey = Schema.Struct({ id: Schema.NonEmptyString, key: Key })
const Ring = Schema.Struct({
  current: NamedKey,
  previous: Schema.optionalKey(Schema.Array(NamedKey)),
  /** What will be current: every process knows it before one uses it. */
  next: Schema.optionalKey(NamedKey),
  index: Key
})

/** What the file holds: the keys of customers' data, those of users, sessions and tokens, and those of webhooks' secrets. */
const Keys = Schema.Struct({
  customers: Ring,
  identity: Ring,
  webhooks: Schema.Struct(Struct.omit(Ring.fields, ["index"]))
})

/** The keys of a bank. */
export type Keys = typeof Keys.Type

const KeyText = Schema.fromJsonString(Schema.toCodecJson(Keys))

const failing = (happened: string, remedy: string) => new ServerFailure({ happened, remedy })

const newKey = Effect.sync(() =>
  Redacted.make(Buffer.from(SecureRandom.randomBytesUnsafe(32)).toString("hex"), { label: "key" })
)

/** A key that nothing is sealed under. */
export const newNamedKey = Effect.gen(function* () {
  return { id: yield* Id.make("key"), key: yield* newKey }
})

const newRing = Effect.all({ current: newNamedKey, index: newKey })

/** The keys in a file that is there, and that only its owner may read. */
export const read = Effect.fnUntraced(function* (file: string) {
  const files = yield* FileSystem.FileSystem
  const cannotRead = () => failing(`The keys in ${file} cannot be read.`, "Check that the file is yours and readable.")
  const { mode } = yield* Effect.mapError(files.stat(file), cannotRead)
  if ((mode & 0o077) !== 0) {
    return yield* failing(
      `The keys in ${file} may be read by others than you.`,
      `Run \`chmod 600 ${file}\`, and think about who may have read it.`
    )
  }
  const text = yield* Effect.mapError(files.readFileString(file), cannotRead)
  // What is wrong is not quoted, as it may be a part of a key.
  return yield* Effect.mapError(Schema.decodeEffect(KeyText)(text), () =>
    failing(`${file} holds no keys that can be read.`, "Put the file back from where you keep a copy.")
  )
})

/** What is sealed under a key that a power cut took away is lost, so the key is on the disk before anything is. */
const onDisk = (path: string, flag: "r" | "r+") =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const opened = yield* files.open(path, { flag })
    yield* opened.sync
  }).pipe(Effect.scoped)

/** Writes a draft, has it take its name, and sees to it that both are on the disk. */
const write = Effect.fnUntraced(function* (
  file: string,
  keys: Keys,
  name: (draft: string) => Effect.Effect<void, PlatformError.PlatformError>
) {
  const files = yield* FileSystem.FileSystem
  const folder = (yield* Path.Path).dirname(file)
  const draft = `${file}.${yield* Id.make("draft")}`
  const text = yield* Effect.orDie(Schema.encodeEffect(KeyText)(keys))
  yield* files.writeFileString(draft, `${text}\n`, { flag: "wx", mode: 0o600 }).pipe(
    Effect.andThen(onDisk(draft, "r+")),
    Effect.andThen(name(draft)),
    // Not every system lets a folder be opened; there its name is written at once.
    Effect.andThen(Effect.ignore(onDisk(folder, "r"))),
    Effect.ensuring(Effect.ignore(files.remove(draft))),
    Effect.mapError(() => failing(`${file} cannot be written.`, "Check that you may write in its folder."))
  )
})

/** Puts other keys in place of those in a file; whoever reads meanwhile gets the ones or the others. */
export const replace = Effect.fnUntraced(function* (file: string, keys: Keys) {
  const files = yield* FileSystem.FileSystem
  yield* write(file, keys, (draft) => files.rename(draft, file))
})

/** The draft is linked to its name, which fails when the name is taken: of two processes one makes the file. */
const make = Effect.fnUntraced(function* (file: string) {
  const files = yield* FileSystem.FileSystem
  const keys = { customers: yield* newRing, identity: yield* newRing, webhooks: { current: yield* newNamedKey } }
  yield* write(file, keys, (draft) =>
    Effect.catchIf(
      files.link(draft, file),
      (error) => error.reason._tag === "AlreadyExists",
      () => Effect.void
    )
  )
  return yield* read(file)
})

const isThere = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (files) => Effect.orElseSucceed(files.exists(file), () => true))

/** Whose data is sealed under keys that were there once; undefined if nobody's is. */
const keptFor = Effect.gen(function* () {
  const [customer] = yield* DataKeyStore.use((store) => store.wrappedByOthers("", 1))
  if (customer !== undefined) return "customers"
  const [user] = yield* UserStore.use((store) => store.sealedByOthers("", 1))
  const [signing] = yield* SigningKeyStore.use((store) => store.list)
  return user === undefined && signing === undefined ? undefined : "users"
})

/** The keys of a file, which is made unless somebody's data is there already. */
const keysOf = Effect.fnUntraced(function* (file: string) {
  if (yield* isThere(file)) return yield* read(file)
  const whose = yield* keptFor
  if (whose === undefined) return yield* make(file)
  // Keys come before data: if another process made both since we looked, the file is there now.
  if (yield* isThere(file)) return yield* read(file)
  return yield* failing(
    `The ${whose}' data is there, but not the keys that open it: ${file} is missing.`,
    "Put the file back from where you keep a copy."
  )
})

type NamedKeys = Pick<typeof Ring.Type, "current" | "next" | "previous">

/** All keys that open, whichever of them seals. */
const opening = <R extends NamedKeys>({ next, previous = [], ...ring }: R) => ({
  ...ring,
  previous: next === undefined ? previous : [...previous, next]
})

/** The keys in a file, for each that seals. */
export const layer = (file: string) =>
  Layer.unwrap(
    Effect.map(keysOf(file), ({ customers, identity, webhooks }) =>
      Layer.mergeAll(
        WrappingKeys.layer(opening(customers)),
        IdentityKeys.layer(opening(identity)),
        WebhookKeys.layer(opening(webhooks))
      )
    )
  )
