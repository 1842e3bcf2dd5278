import * as Result from "effect/Result"

/** A value that JSON cannot hold, or holds in more than one way; `pointer` (RFC 6901) says where it stands. */
export interface NotCanonical {
  readonly _tag: "NotCanonical"
  readonly pointer: string
  readonly found: string
}

/** One value of a document that holds no other: where it stands (RFC 6901), and its canonical text. */
export type Leaf = readonly [pointer: string, text: string]

const deepest = 64

/** The first thing wrong on a walk; a class so that one `try` tells it from a bug. */
class Stopped {
  readonly reason: NotCanonical
  constructor(pointer: string, found: string) {
    this.reason = { _tag: "NotCanonical", pointer, found }
  }
}

const escape = (segment: string): string => segment.replaceAll("~", "~0").replaceAll("/", "~1")

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

const members = (value: object, pointer: string): ReadonlyArray<readonly [string, unknown]> => {
  if (!isPlain(value)) throw new Stopped(pointer, value.constructor.name)
  // RFC 8785 §3.2.3: by UTF-16 code units, which is how JavaScript compares strings.
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

const text = (value: string, pointer: string): string => {
  if (!value.isWellFormed()) throw new Stopped(pointer, "a string with half a surrogate pair")
  return JSON.stringify(value)
}

const scalar = (value: unknown, pointer: string): string => {
  switch (typeof value) {
    case "string":
      return text(value, pointer)
    case "boolean":
      return String(value)
    case "bigint":
      return `"${value}"`
    case "number":
      if (!Number.isFinite(value)) throw new Stopped(pointer, String(value))
      return JSON.stringify(value)
    default:
      throw new Stopped(pointer, typeof value)
  }
}

const write = (value: unknown, pointer: string, depth: number): string => {
  if (value === null) return "null"
  if (typeof value !== "object") return scalar(value, pointer)
  if (depth > deepest) throw new Stopped(pointer, `more than ${deepest} levels, or a cycle`)
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => write(item, `${pointer}/${index}`, depth + 1)).join(",")}]`
  }
  const parts = members(value, pointer).map(([key, member]) => {
    const inner = `${pointer}/${escape(key)}`
    return `${text(key, inner)}:${write(member, inner, depth + 1)}`
  })
  return `{${parts.join(",")}}`
}

const guarded = <A>(walk: () => A): Result.Result<A, NotCanonical> => {
  try {
    return Result.succeed(walk())
  } catch (thrown) {
    if (thrown instanceof Stopped) return Result.fail(thrown.reason)
    throw thrown
  }
}

/**
 * The one text of a JSON value, whatever the order of its keys: RFC 8785 (JCS), with bigints written as strings, as amounts
 * are, and members that are `undefined` left out. Text is not normalised: two spellings of `é` are two values.
 *
 * @example
 * ```ts
 * import * as Result from "effect/Result"
 * import { canonicalJson } from "saldo/core/canonicalJson"
 *
 * Result.getOrThrow(canonicalJson({ b: [1.0, "x"], a: 5n })) // => '{"a":"5","b":[1,"x"]}'
 * ```
 */
export const canonicalJson = (value: unknown): Result.Result<string, NotCanonical> => guarded(() => write(value, "", 0))

const collect = (value: unknown, pointer: string, depth: number, leaves: Array<Leaf>): void => {
  const inner: ReadonlyArray<readonly [string, unknown]> =
    value === null || typeof value !== "object"
      ? []
      : Array.isArray(value)
        ? value.map((item, index) => [String(index), item] as const)
        : members(value, pointer)
  if (inner.length === 0 || depth === 0) {
    leaves.push([pointer, write(value, pointer, 0)])
    return
  }
  for (const [key, member] of inner) collect(member, `${pointer}/${escape(key)}`, depth - 1, leaves)
}

/** The leaves of a JSON value in canonical order; what lies deeper than `depth` levels counts as one leaf. */
export const leavesOf = (value: unknown, depth: number): Result.Result<ReadonlyArray<Leaf>, NotCanonical> =>
  guarded(() => {
    const leaves: Array<Leaf> = []
    // Refuses cycles before the walk that would follow them.
    write(value, "", 0)
    collect(value, "", depth, leaves)
    return leaves
  })
