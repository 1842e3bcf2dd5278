/**
 * Passwords by Argon2id (RFC 9106), computed by threads of their own, never by the one that answers requests. Hashes by bcrypt,
 * which other systems left behind, are read and said to be outdated.
 */
import * as Argon2 from "@node-rs/argon2"
import * as Bcrypt from "@node-rs/bcrypt"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Semaphore from "effect/Semaphore"
import { PasswordHasher, type PasswordVerdict } from "saldo/identity/PasswordHasher"

/** What a hash costs whoever makes it, and whoever guesses. */
export interface Argon2Cost {
  readonly memoryKiB: number
  readonly passes: number
  readonly lanes: number
}

/** How passwords are hashed. */
export interface Argon2Options {
  readonly cost?: Argon2Cost
  /** How many passwords are worked on at a time; each takes the memory of its cost, and the rest waits. */
  readonly atOnce?: number
}

/** 19 MiB, two passes, one lane: the second choice of the OWASP Password Storage Cheat Sheet, which is as good as the first. */
export const owaspCost: Argon2Cost = { memoryKiB: 19_456, passes: 2, lanes: 1 }

/** RFC 9106, section 3.1 wants 128 bits of salt and at least as many of tag. */
const tagBytes = 32

/** Bcrypt reads no further, and repeats what it read from a zero on; passwords for which that matters are not believed. */
const bcryptReads = 72

const bcryptReadsAll = (password: string): boolean =>
  !password.includes("\u0000") && Buffer.byteLength(password, "utf8") <= bcryptReads

/** How a hash begins that was made by Argon2id, as the library does when not told otherwise, and by its current version. */
const current = "$argon2id$v=19$"

const no = { matches: false, outdated: true }

const isWeaker = (text: string, cost: Argon2Cost): boolean => {
  const { memoryCost, outputLen, parallelism, timeCost } = Argon2.parseOptions(text)
  return (
    !text.startsWith(current) ||
    memoryCost < cost.memoryKiB ||
    timeCost < cost.passes ||
    parallelism < cost.lanes ||
    outputLen < tagBytes
  )
}

/** Text that neither library can read matches nothing. */
const judged = (judge: () => Promise<PasswordVerdict>): Effect.Effect<PasswordVerdict> =>
  Effect.orElseSucceed(Effect.tryPromise(judge), () => no)

const make = ({ atOnce = 2, cost = owaspCost }: Argon2Options) =>
  Effect.map(Semaphore.make(atOnce), (threads) =>
    PasswordHasher.of({
      hash: (password) =>
        Effect.promise(() =>
          Argon2.hash(Redacted.value(password), {
            memoryCost: cost.memoryKiB,
            timeCost: cost.passes,
            parallelism: cost.lanes,
            outputLen: tagBytes
          })
        ).pipe(
          threads.withPermits(1),
          Effect.map((encoded) => Redacted.make(encoded, { label: "password hash" })),
          Effect.withSpan("Argon2PasswordHasher.hash")
        ),
      verify: (encoded, password) => {
        const [hash, text] = [Redacted.value(encoded), Redacted.value(password)]
        const judge = hash.startsWith("$argon2")
          ? judged(async () => ({ matches: await Argon2.verify(hash, text), outdated: isWeaker(hash, cost) }))
          : bcryptReadsAll(text)
            ? judged(async () => ({ matches: await Bcrypt.verify(text, hash), outdated: true }))
            : Effect.succeed(no)
        return judge.pipe(threads.withPermits(1), Effect.withSpan("Argon2PasswordHasher.verify"))
      }
    })
  )

/** Passwords by Argon2id at a cost of the host's own. */
export const layerWith = (options: Argon2Options): Layer.Layer<PasswordHasher> =>
  Layer.effect(PasswordHasher, make(options))

/** Passwords by Argon2id at the cost that OWASP recommends, two at a time. */
export const layer: Layer.Layer<PasswordHasher> = layerWith({})
