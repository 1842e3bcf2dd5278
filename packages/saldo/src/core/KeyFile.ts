/**
 * Keys in a file that only its owner may read: how a host keeps them that has no key management. What is sealed under a key
 * that is lost stays closed, so a file is on the disk before anything is sealed, is never half-written, and is never made in
 * place of one that is there.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { access, link, open, readFile, rename, rm, stat } from "node:fs/promises"
import { dirname } from "node:path"
import * as Id from "./Id.ts"
import { redacted } from "./RedactedSchema.ts"
import { jsonText } from "./JsonText.ts"

/** A key of 256 bits, as 64 hexadecimal digits. */
export const SealingKey = redacted(
  Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/iu, { expected: "64 hexadecimal digits" })),
  "key"
)

/** A key with the name by which what it sealed is known. */
export const NamedKey = Schema.Struct({ id: Schema.NonEmptyString, key: SealingKey })

/** A key with its name. */
export type NamedKey = typeof NamedKey.Type

/** What protects personal data: the key that seals, those that sealed before it, and the one by which things are found. */
export const KeyRing = Schema.Struct({
  current: NamedKey,
  previous: Schema.optionalKey(Schema.Array(NamedKey)),
  index: SealingKey
})

/** The keys that protect personal data. */
export type KeyRing = typeof KeyRing.Type

/** A key that nothing is sealed under. */
export const newKey: Effect.Effect<Redacted.Redacted> = Effect.sync(() =>
  Redacted.make(Buffer.from(SecureRandom.randomBytesUnsafe(32)).toString("hex"), { label: "key" })
)

/** A key that nothing is sealed under, with a name of its own. */
export const newNamedKey: Effect.Effect<NamedKey> = Effect.gen(function* () {
  return { id: yield* Id.make("key"), key: yield* newKey }
})

/** A ring of keys that nothing is sealed under. */
export const newKeyRing: Effect.Effect<KeyRing> = Effect.all({ current: newNamedKey, index: newKey })

const file = { file: Schema.String }

/** The file is not there, or not for us to read. */
export class KeyFileUnreadable extends Schema.TaggedError<KeyFileUnreadable>()("KeyFileUnreadable", file) {
  override get message(): string {
    return `The keys in ${this.file} cannot be read; check that the file is there, yours and readable`
  }
}

/** Others than its owner may read the file, and may have. */
export class KeyFileExposed extends Schema.TaggedError<KeyFileExposed>()("KeyFileExposed", file) {
  override get message(): string {
    return `The keys in ${this.file} may be read by others than you; take that right from them, and think about who may have read it`
  }
}

/** What the file holds is not the keys that were expected. What it holds instead stays unsaid, as it may be part of a key. */
export class KeyFileUnfit extends Schema.TaggedError<KeyFileUnfit>()("KeyFileUnfit", file) {
  override get message(): string {
    return `${this.file} holds no keys that can be read; put the file back from where you keep a copy`
  }
}

/** The file cannot be written; it is as it was. */
export class KeyFileUnwritten extends Schema.TaggedError<KeyFileUnwritten>()("KeyFileUnwritten", file) {
  override get message(): string {
    return `${this.file} cannot be written; check that you may write in its folder`
  }
}

/** Why no keys came out of a file. */
export type KeyFileRefused = KeyFileExposed | KeyFileUnfit | KeyFileUnreadable

/** The files of one kind of keys. */
export interface KeyFiles<Keys> {
  /** The keys in a file. */
  readonly read: (file: string) => Effect.Effect<Keys, KeyFileRefused>
  /** Makes a file of keys, and gives those that are in it: of several processes that make it at the same time, one's. */
  readonly make: (file: string, keys: Keys) => Effect.Effect<Keys, KeyFileRefused | KeyFileUnwritten>
  /** Puts other keys in place of those in a file; whoever reads meanwhile gets the ones or the others. */
  readonly replace: (file: string, keys: Keys) => Effect.Effect<void, KeyFileUnwritten>
}

/** Whether a file is there; one that cannot be told of counts as there, so that nobody makes another in its place. */
export const isThere = (path: string): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    try {
      await access(path)
      return true
    } catch (error) {
      return codeOf(error) !== "ENOENT"
    }
  })

const codeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined

const onDisk = async (path: string, flags: "r" | "r+"): Promise<void> => {
  await using opened = await open(path, flags)
  await opened.sync()
}

/** Writes a draft for its owner's eyes, has it take its name, and sees to it that both are on the disk. */
const write = async (path: string, draft: string, text: string, named: () => Promise<void>): Promise<void> => {
  try {
    {
      await using opened = await open(draft, "wx", 0o600)
      await opened.writeFile(text)
      await opened.sync()
    }
    await named()
    // Not every system lets a folder be opened; there its names are written at once.
    await onDisk(dirname(path), "r").catch(() => undefined)
  } finally {
    await rm(draft, { force: true })
  }
}

/** The link fails when the name is taken, which is no failure: the keys of whoever was first are the keys. */
const linked = async (draft: string, path: string): Promise<void> => {
  try {
    await link(draft, path)
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error
  }
}

/** Files that hold keys of a kind as JSON, such as a `KeyRing`. */
export const keyFiles = <Keys>(kind: Schema.Codec<Keys, unknown>): KeyFiles<Keys> => {
  const text = jsonText(Schema.toCodecJson(kind))
  const [decode, encode] = [Schema.decodeEffect(text), Schema.encodeEffect(text)]

  const read = Effect.fn("KeyFile.read")(function* (path: string) {
    const unreadable = () => new KeyFileUnreadable({ file: path })
    const { mode } = yield* Effect.tryPromise({ try: () => stat(path), catch: unreadable })
    if ((mode & 0o077) !== 0) return yield* new KeyFileExposed({ file: path })
    const held = yield* Effect.tryPromise({ try: () => readFile(path, "utf8"), catch: unreadable })
    return yield* Effect.mapError(decode(held), () => new KeyFileUnfit({ file: path }))
  })

  const written = Effect.fnUntraced(function* (
    path: string,
    keys: Keys,
    name: (draft: string, path: string) => Promise<void>
  ) {
    const draft = `${path}.${yield* Id.make("draft")}`
    const content = `${yield* Effect.orDie(encode(keys))}\n`
    yield* Effect.uninterruptible(
      Effect.tryPromise({
        try: () => write(path, draft, content, () => name(draft, path)),
        catch: () => new KeyFileUnwritten({ file: path })
      })
    )
  })

  return {
    read,
    make: (path, keys) => Effect.andThen(written(path, keys, linked), read(path)),
    replace: (path, keys) => written(path, keys, rename)
  }
}
