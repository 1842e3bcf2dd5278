/**
 * The keys that protect personal data, and what identity keeps secret: a file beside the database that only its owner may
 * read. It is made for a bank that has no data yet; it is never made in place of a lost one.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import { WrappingKeys } from "saldo/banking/WrappingKeys"
import * as KeyFile from "saldo/core/KeyFile"
import { IdentityKeys } from "saldo/identity/IdentityKeys"
import { SigningKeyStore } from "saldo/identity/SigningKeyStore"
import { UserStore } from "saldo/identity/UserStore"
import { WebhookKeys } from "saldo/notifications/WebhookKeys"
import { ServerFailure } from "./ServerFailure.ts"

const Ring = Schema.Struct({
  ...KeyFile.KeyRing.fields,
  /** What will be current: every process knows it before one uses it. */
  next: Schema.optionalKey(KeyFile.NamedKey)
})

/** What the file holds: the keys of customers' data, those of users, sessions and tokens, and those of webhooks' secrets. */
const Keys = Schema.Struct({
  customers: Ring,
  identity: Ring,
  webhooks: Schema.Struct(Struct.omit(Ring.fields, ["index"]))
})

/** The keys of a bank. */
export type Keys = typeof Keys.Type

const files = KeyFile.keyFiles(Keys)

const failing = (happened: string, remedy: string) => new ServerFailure({ happened, remedy })

/** What kept the keys from being read or written, in words for whoever started the server. */
const explained = ({ _tag, file }: KeyFile.KeyFileRefused | KeyFile.KeyFileUnwritten): ServerFailure => {
  switch (_tag) {
    case "KeyFileUnreadable":
      return failing(`The keys in ${file} cannot be read.`, "Check that the file is yours and readable.")
    case "KeyFileExposed":
      return failing(
        `The keys in ${file} may be read by others than you.`,
        `Run \`chmod 600 ${file}\`, and think about who may have read it.`
      )
    case "KeyFileUnfit":
      return failing(`${file} holds no keys that can be read.`, "Put the file back from where you keep a copy.")
    case "KeyFileUnwritten":
      return failing(`${file} cannot be written.`, "Check that you may write in its folder.")
  }
}

/** The keys in a file that is there, and that only its owner may read. */
export const read = (file: string): Effect.Effect<Keys, ServerFailure> => Effect.mapError(files.read(file), explained)

/** Puts other keys in place of those in a file; whoever reads meanwhile gets the ones or the others. */
export const replace = (file: string, keys: Keys): Effect.Effect<void, ServerFailure> =>
  Effect.mapError(files.replace(file, keys), explained)

const make = Effect.fnUntraced(function* (file: string) {
  const [customers, identity] = [yield* KeyFile.newKeyRing, yield* KeyFile.newKeyRing]
  const webhooks = { current: yield* KeyFile.newNamedKey }
  return yield* Effect.mapError(files.make(file, { customers, identity, webhooks }), explained)
})

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
  if (yield* KeyFile.isThere(file)) return yield* read(file)
  const whose = yield* keptFor
  if (whose === undefined) return yield* make(file)
  // Keys come before data: if another process made both since we looked, the file is there now.
  if (yield* KeyFile.isThere(file)) return yield* read(file)
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
