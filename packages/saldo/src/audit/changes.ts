import type * as Schema from "effect/Schema"
import type { Change, Redaction } from "./AuditRecord.ts"

type Json = Schema.Json

/**
 * Which values of a thing may be seen by whom: classes by JSON pointer, where `*` stands for any one part.
 *
 * A pointer covers what is below it. Of several that match, the longest decides, and of equally long ones the strictest.
 * What none covers is `internal`; `""` covers everything.
 */
export type RedactionClasses = Readonly<Record<string, Redaction>>

/** What stands for a secret that was there. */
export const secretValue = "[secret]"

const strictness: Readonly<Record<Redaction, number>> = { public: 0, internal: 1, personal: 2, secret: 3 }

interface Pattern {
  readonly segments: ReadonlyArray<string>
  readonly redaction: Redaction
}

const segmentsOf = (pointer: string): ReadonlyArray<string> => pointer.split("/").slice(1)

const patternsOf = (classes: RedactionClasses): ReadonlyArray<Pattern> =>
  Object.entries(classes)
    .map(([pointer, redaction]) => ({ segments: segmentsOf(pointer), redaction }))
    .sort((a, b) => b.segments.length - a.segments.length || strictness[b.redaction] - strictness[a.redaction])

const redactionOf = (patterns: ReadonlyArray<Pattern>, path: string): Redaction => {
  const place = segmentsOf(path)
  const covers = ({ segments }: Pattern) =>
    segments.every((segment, at) => at < place.length && (segment === "*" || segment === place[at]))
  return patterns.find(covers)?.redaction ?? "internal"
}

const escape = (segment: string): string => segment.replaceAll("~", "~0").replaceAll("/", "~1")
const unescape = (segment: string): string => segment.replaceAll("~1", "/").replaceAll("~0", "~")

const ofObject = (value: object): Json => {
  if ("toJSON" in value && typeof value.toJSON === "function") return jsonOf(value.toJSON()) ?? null
  if (Array.isArray(value)) return value.map((item) => jsonOf(item) ?? null)
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      const json = jsonOf(member)
      return json === undefined ? [] : [[key.toWellFormed(), json]]
    })
  )
}

/**
 * A value as JSON: as `JSON.stringify` would write it, with bigints as their digits and without halves of characters;
 * `undefined` for what JSON leaves out.
 */
export const jsonOf = (value: unknown): Json | undefined => {
  switch (typeof value) {
    case "string":
      return value.toWellFormed()
    case "boolean":
      return value
    case "bigint":
      return String(value)
    case "number":
      // JSON has one zero, and no number that is not finite.
      return Number.isFinite(value) ? value + 0 : null
    case "object":
      return value === null ? null : ofObject(value)
    default:
      return undefined
  }
}

const isArray = (value: Json): value is ReadonlyArray<Json> => Array.isArray(value)

type Children = ReadonlyArray<readonly [segment: string, child: Json]>

const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

const childrenOf = (value: Json | undefined): Children => {
  if (value === undefined || value === null || typeof value !== "object") return []
  return isArray(value)
    ? value.map((item, index) => [String(index), item] as const)
    : Object.entries(value).sort(([a], [b]) => compareTexts(a, b))
}

/** A value without what it holds: itself when it is a scalar, else an empty container. */
const shellOf = (value: Json): Json => {
  if (value === null || typeof value !== "object") return value
  return isArray(value) ? [] : {}
}

const kindOf = (value: Json | undefined): string => {
  if (value === undefined) return "absent"
  if (value === null || typeof value !== "object") return "scalar"
  return isArray(value) ? "array" : "object"
}

const walk = (
  before: Json | undefined,
  after: Json | undefined,
  path: string,
  emit: (path: string, before: Json | undefined, after: Json | undefined) => void
): void => {
  const kind = kindOf(before)
  const at = (segment: string) => `${path}/${escape(segment)}`
  if (kind === kindOf(after) && (kind === "object" || kind === "array")) {
    const [old, young] = [new Map(childrenOf(before)), new Map(childrenOf(after))]
    const kept = [...young.keys()].filter((segment) => kind === "array" || !old.has(segment))
    const all = kind === "object" ? [...old.keys(), ...kept].sort(compareTexts) : kept
    for (const segment of all) walk(old.get(segment), young.get(segment), at(segment), emit)
    // An array loses its last item first, so that the changes can be applied one by one.
    const lost = kind === "array" ? [...old.keys()].slice(young.size).toReversed() : []
    for (const segment of lost) walk(old.get(segment), undefined, at(segment), emit)
    return
  }
  if (kind === "scalar" && before === after) return
  for (const [segment, child] of childrenOf(before).toReversed()) walk(child, undefined, at(segment), emit)
  if (kind !== "absent" || after !== undefined) {
    emit(path, before === undefined ? undefined : shellOf(before), after === undefined ? undefined : shellOf(after))
  }
  for (const [segment, child] of childrenOf(after)) walk(undefined, child, at(segment), emit)
}

/**
 * The differences between two states of a thing, `undefined` being the state in which it does not exist.
 *
 * Values are read as `JSON.stringify` would write them, with `toJSON` heeded; bigints are written as their digits. Members
 * are compared in the order of their names, items of an array by their place; a container that comes or goes does so
 * itself and with everything in it. The same two states give the same list. A value that contains itself is a mistake in
 * a program (`RangeError`).
 *
 * @example
 * ```ts
 * import { changes } from "saldo/audit/changes"
 *
 * const classes = { "/name": "personal", "/status": "public" } as const
 * changes({ name: "Ann", status: "open" }, { name: "Ann", status: "closed" }, classes)
 * // => [{ path: "/status", redaction: "public", before: "open", after: "closed" }]
 * ```
 */
export const changes = (before: unknown, after: unknown, classes: RedactionClasses = {}): ReadonlyArray<Change> => {
  const patterns = patternsOf(classes)
  const found: Array<Change> = []
  walk(jsonOf(before), jsonOf(after), "", (path, old, young) => {
    const redaction = redactionOf(patterns, path)
    const shown = (value: Json): Json => (redaction === "secret" ? secretValue : value)
    found.push({
      path,
      redaction,
      ...(old === undefined ? {} : { before: shown(old) }),
      ...(young === undefined ? {} : { after: shown(young) })
    })
  })
  return found
}

type Node = { scalar: Json } | { members: Map<string, Node>; array: boolean }

const nodeOf = (value: Json): Node =>
  value === null || typeof value !== "object"
    ? { scalar: value }
    : {
        members: new Map(childrenOf(value).map(([segment, child]) => [segment, nodeOf(child)])),
        array: isArray(value)
      }

const valueOf = (node: Node): Json => {
  if ("scalar" in node) return node.scalar
  return node.array
    ? [...node.members.values()].map(valueOf)
    : Object.fromEntries([...node.members].map(([segment, child]) => [segment, valueOf(child)]))
}

/** The state that differs from another one by the changes: what `changes` took apart, put together again. */
export const applyChanges = (before: Json | undefined, list: ReadonlyArray<Change>): Json | undefined => {
  const top = new Map<string, Node>(before === undefined ? [] : [["", nodeOf(before)]])
  for (const { after, path } of list) {
    const segments = path.split("/").map(unescape)
    let members = top
    for (const segment of segments.slice(0, -1)) {
      const node = members.get(segment)
      if (node !== undefined && "members" in node) members = node.members
    }
    const last = segments.at(-1) ?? ""
    if (after === undefined) members.delete(last)
    else members.set(last, nodeOf(after))
  }
  const root = top.get("")
  return root === undefined ? undefined : valueOf(root)
}
