import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { canonicalJson, leavesOf, type NotCanonical } from "./canonicalJson.ts"
import { sha256 } from "./sha256.ts"

/**
 * What is remembered of a document instead of the document: enough to say whether another one is the same and where the
 * first difference is, and nothing that could be read back.
 */
export interface Fingerprint {
  /** SHA-256 of the canonical JSON, as 64 hexadecimal digits. */
  readonly digest: string
  /** How many levels of the document the outline tells apart. */
  readonly depth: number
  /** The first 64 bits of a salted SHA-256 of each leaf, by JSON pointer. */
  readonly outline: Readonly<Record<string, string>>
}

const widest = 256
const depths = [64, 4, 3, 2, 1, 0]

const outlineOf = (value: unknown, salt: string, depth: number): Result.Result<Record<string, string>, NotCanonical> =>
  Result.map(leavesOf(value, depth), (leaves) =>
    Object.fromEntries(leaves.map(([pointer, text]) => [pointer, sha256(`${salt}${pointer}=${text}`).slice(0, 16)]))
  )

/** The fingerprint of a JSON value. A large document is outlined less deeply, so that an outline has at most 256 entries. */
export const fingerprint = (value: unknown): Result.Result<Fingerprint, NotCanonical> =>
  Result.flatMap(canonicalJson(value), (text) => {
    const digest = sha256(text)
    return Result.flatMap(leavesOf(value, 64), () => {
      const depth = depths.find((levels) => Result.getOrElse(leavesOf(value, levels), () => []).length <= widest) ?? 0
      return Result.map(outlineOf(value, digest, depth), (outline) => ({ digest, depth, outline }))
    })
  })

const compareSegments = (a: string, b: string): number => {
  if (a === b) return 0
  const numeric = /^\d+$/u.test(a) && /^\d+$/u.test(b)
  return (numeric ? Number(a) < Number(b) : a < b) ? -1 : 1
}

const comparePointers = (a: string, b: string): number => {
  const [left, right] = [a.split("/"), b.split("/")]
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const order = compareSegments(left[index] ?? "", right[index] ?? "")
    if (order !== 0) return order
  }
  return left.length - right.length
}

/**
 * Where a document first differs from the one that was fingerprinted, as a JSON pointer; `None` when it is the same.
 *
 * The empty pointer stands for the document as a whole.
 */
export const firstDifference = (
  known: Fingerprint,
  value: unknown
): Result.Result<Option.Option<string>, NotCanonical> =>
  Result.flatMap(canonicalJson(value), (text) => {
    if (sha256(text) === known.digest) return Result.succeed(Option.none())
    return Result.map(outlineOf(value, known.digest, known.depth), (outline) => {
      const pointers = [...new Set([...Object.keys(known.outline), ...Object.keys(outline)])]
      const different = pointers.filter((pointer) => known.outline[pointer] !== outline[pointer]).sort(comparePointers)
      return Option.some(different[0] ?? "")
    })
  })
