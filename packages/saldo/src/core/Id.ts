import type * as Brand from "effect/Brand"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"

/**
 * An id of the kind that its prefix names, such as `loan_01k3v…`: the prefix, `_`, and a UUIDv7 (RFC 9562) as 26 characters
 * of lower-case Crockford base32.
 *
 * Ids of one kind sort by the time they were made, as text and as bytes. They are unique, not secret: never use one as a
 * password or a token.
 */
export type Id<Prefix extends string> = string & Brand.Brand<`saldo/Id/${Prefix}`>

/** The schema of ids with one prefix; a value made for another prefix does not pass and does not type-check. */
export type IdSchema<Prefix extends string> = Schema.brand<Schema.String, `saldo/Id/${Prefix}`>

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
const bodyPattern = "[0-7][0-9a-hjkmnp-tv-z]{25}"

/**
 * The schema of ids with a prefix of lower-case letters and digits.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Id from "saldo/core/Id"
 *
 * const LoanId = Id.schema("loan")
 * Schema.is(LoanId)("loan_06dpdrxn1wtz5fbr3j5tnm8gq4") // => true
 * Schema.is(LoanId)("account_06dpdrxn1wtz5fbr3j5tnm8gq4") // => false
 * ```
 */
export const schema = <const Prefix extends string>(prefix: Prefix): IdSchema<Prefix> => {
  if (!/^[a-z][a-z0-9]*$/u.test(prefix)) {
    throw new RangeError(`An id prefix is lower-case letters and digits and starts with a letter, not "${prefix}"`)
  }
  const text = Schema.String.check(
    Schema.isPattern(new RegExp(`^${prefix}_${bodyPattern}$`, "u"), {
      expected: `an id such as ${prefix}_06dpdrxn1wtz5fbr3j5tnm8gq4`
    })
  )
  // `Schema.brand` wants to see one literal, which a type parameter is not yet.
  return Schema.brand("saldo/Id")(text) as unknown as IdSchema<Prefix>
}

interface SequenceState {
  lastMillis: number
  lastRandom: bigint
}

/**
 * Where the last made id is remembered, so that the next one of the process is greater.
 *
 * One per process by default. A test that wants the same ids again provides a fresh one with `layerSequence`, together with
 * a test clock and `Random.withSeed`.
 */
export const Sequence: Context.Reference<SequenceState> = Context.Reference<SequenceState>("saldo/core/Id/Sequence", {
  defaultValue: () => ({ lastMillis: -1, lastRandom: 0n })
})

/** A sequence of its own, which knows nothing of ids made before. */
export const layerSequence: Layer.Layer<never> = Layer.effect(
  Sequence,
  Effect.sync(() => ({ lastMillis: -1, lastRandom: 0n }))
)

const randomBits = 74n
const randomLimit = 1n << randomBits
const draw = (random: Random.Random, bits: number): bigint => BigInt(Math.floor(random.nextDoubleUnsafe() * 2 ** bits))

/**
 * RFC 9562 §6.2 method 2: within one millisecond the 74 random bits grow by a random step. The first draw leaves the top
 * bit clear, so that a millisecond has room; when it does run full, the id borrows the next millisecond. A clock set back
 * keeps the last millisecond.
 */
const advance = (state: SequenceState, now: number, random: Random.Random): void => {
  if (now > state.lastMillis) {
    state.lastMillis = now
    state.lastRandom = (draw(random, 36) << 37n) | draw(random, 37)
    return
  }
  const next = state.lastRandom + 1n + draw(random, 32)
  if (next < randomLimit) {
    state.lastRandom = next
    return
  }
  state.lastMillis += 1
  state.lastRandom = (draw(random, 36) << 37n) | draw(random, 37)
}

const uuidBits = (state: SequenceState): bigint =>
  (BigInt(state.lastMillis) << 80n) |
  (7n << 76n) |
  ((state.lastRandom >> 62n) << 64n) |
  (2n << 62n) |
  (state.lastRandom & ((1n << 62n) - 1n))

const digitsAtOnce = 6
const chunkBits = BigInt(5 * digitsAtOnce)
const chunkMask = (1n << chunkBits) - 1n

/** The last digits of a number. */
const digitsOf = (number: number, count: number): string => {
  let text = ""
  for (let rest = number, left = count; left > 0; left--, rest >>>= 5) text = alphabet.charAt(rest & 31) + text
  return text
}

/** In pieces that fit a number, as each step with a bigint takes longer than six with a number. */
const encode = (bits: bigint): string => {
  let text = ""
  let rest = bits
  for (let left = 26; left > 0; left -= digitsAtOnce) {
    text = digitsOf(Number(rest & chunkMask), Math.min(left, digitsAtOnce)) + text
    rest >>= chunkBits
  }
  return text
}

const decode = (body: string): bigint => {
  let bits = 0n
  for (const character of body) bits = (bits << 5n) | BigInt(alphabet.indexOf(character))
  return bits
}

/**
 * Makes a new id from the `Clock` and the `Random` service in scope.
 *
 * Greater than every id this process made before with the same sequence, also within a millisecond and after the clock
 * was set back.
 */
export const make = <const Prefix extends string>(prefix: Prefix): Effect.Effect<Id<Prefix>> =>
  Effect.withFiber((fiber) => {
    const state = fiber.getRef(Sequence)
    advance(state, fiber.getRef(Clock.Clock).currentTimeMillisUnsafe(), fiber.getRef(Random.Random))
    // The text is of the pattern by construction; the property test decodes what this makes.
    return Effect.succeed(`${prefix}_${encode(uuidBits(state))}` as Id<Prefix>)
  })

const bitsOf = (id: Id<string>): bigint => decode(id.slice(id.lastIndexOf("_") + 1))

/** The UUID inside an id, in its usual form of 36 characters. */
export const toUuid = (id: Id<string>): string => {
  const hex = bitsOf(id).toString(16).padStart(32, "0")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}

/** The id of a UUID that was made elsewhere; `None` when the text is not a UUID. */
export const fromUuid = <const Prefix extends string>(prefix: Prefix, uuid: string): Option.Option<Id<Prefix>> => {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu.test(uuid)) return Option.none()
  return Option.some(`${prefix}_${encode(BigInt(`0x${uuid.replaceAll("-", "")}`))}` as Id<Prefix>)
}

/** The instant an id was made, to the millisecond; `None` when the UUID inside is not of version 7. */
export const madeAt = (id: Id<string>): Option.Option<DateTime.Utc> => {
  const bits = bitsOf(id)
  return ((bits >> 76n) & 15n) === 7n ? DateTime.make(Number(bits >> 80n)) : Option.none()
}
