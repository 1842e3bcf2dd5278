/**
 * Which fields a platform really sends: a fold over raw records that says, per field, how often it was there, with
 * which types, and an example of it. Memory grows with the number of different fields, never with the number of
 * records.
 */

/** The JSON type of a value; integers are told apart because a field that turns fractional is news. */
export type JsonType = "array" | "boolean" | "integer" | "null" | "number" | "object" | "string"

/** What was seen of one field. */
export interface FieldUse {
  /** Where, such as `subscription_state.state_id` or `tags[]`. */
  readonly path: string
  /** In how many values the field was present, null counted. Array elements count one by one. */
  readonly present: number
  readonly types: Readonly<Partial<Record<JsonType, number>>>
  /** The first value that was not null, as compact JSON of at most 80 characters; null when there was none. */
  readonly example: string | null
}

/** The inventory of a set of records. */
export interface FieldInventory {
  readonly records: number
  /** Records that are not a JSON object. */
  readonly unreadable: number
  /** By path, in code-point order. */
  readonly fields: ReadonlyArray<FieldUse>
  /** True when records had more different fields than an inventory holds (1,000): the rest was left out. */
  readonly truncated: boolean
}

/** Collects an inventory record by record. */
export interface FieldInventoryFold {
  /** Takes one record as the JSON text that the platform sent. */
  readonly add: (raw: string) => void
  readonly result: () => FieldInventory
}

interface Tally {
  present: number
  readonly types: Partial<Record<JsonType, number>>
  example: string | null
}

const maximumFields = 1000
const maximumDepth = 8
const exampleLength = 80

const typeOf = (value: unknown): JsonType => {
  if (value === null) return "null"
  if (Array.isArray(value)) return "array"
  switch (typeof value) {
    case "boolean":
      return "boolean"
    case "number":
      return Number.isInteger(value) ? "integer" : "number"
    case "string":
      return "string"
    default:
      return "object"
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeOf(value) === "object"

/** As much of a value as an example can show: a hostile one is a megabyte long or thousands of levels deep. */
const pruned = (value: unknown, depth: number): unknown => {
  if (typeof value === "string") return value.slice(0, exampleLength * 2)
  if (Array.isArray(value)) {
    return depth === 0 ? ["…"] : value.slice(0, exampleLength).map((element) => pruned(element, depth - 1))
  }
  if (!isRecord(value)) return value
  const entries = Object.entries(value).slice(0, depth === 0 ? 0 : exampleLength)
  return Object.fromEntries(entries.map(([key, inner]) => [key, pruned(inner, depth - 1)]))
}

const exampleOf = (value: unknown): string => {
  const text = JSON.stringify(pruned(value, maximumDepth))
  const characters = Array.from(text.slice(0, exampleLength * 2))
  return characters.length < exampleLength && text.length < exampleLength * 2
    ? text
    : `${characters.slice(0, exampleLength - 1).join("")}…`
}

const parseRecord = (raw: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(raw)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

const byCodeUnit = (left: readonly [string, Tally], right: readonly [string, Tally]): number =>
  left[0] < right[0] ? -1 : left[0] > right[0] ? 1 : 0

/** Starts an empty inventory. */
export const makeFieldInventory = (): FieldInventoryFold => {
  const tallies = new Map<string, Tally>()
  let records = 0
  let unreadable = 0
  let truncated = false

  const tallyOf = (path: string): Tally | undefined => {
    const known = tallies.get(path)
    if (known !== undefined) return known
    if (tallies.size >= maximumFields) {
      truncated = true
      return undefined
    }
    const fresh: Tally = { present: 0, types: {}, example: null }
    tallies.set(path, fresh)
    return fresh
  }

  const visit = (path: string, value: unknown, depth: number): void => {
    const tally = tallyOf(path)
    if (tally === undefined) return
    const type = typeOf(value)
    tally.present += 1
    tally.types[type] = (tally.types[type] ?? 0) + 1
    if (tally.example === null && value !== null) tally.example = exampleOf(value)
    if (depth >= maximumDepth) return
    if (Array.isArray(value)) for (const element of value) visit(`${path}[]`, element, depth + 1)
    else if (isRecord(value)) for (const key of Object.keys(value)) visit(`${path}.${key}`, value[key], depth + 1)
  }

  return {
    add: (raw) => {
      records += 1
      const record = parseRecord(raw)
      if (record === undefined) unreadable += 1
      else for (const key of Object.keys(record)) visit(key, record[key], 1)
    },
    result: () => ({
      records,
      unreadable,
      truncated,
      fields: [...tallies]
        .sort(byCodeUnit)
        .map(([path, { example, present, types }]) => ({ path, present, types: { ...types }, example }))
    })
  }
}

/**
 * The inventory of raw records.
 *
 * @example
 * ```ts
 * import { fieldInventory } from "saldo/lending/fieldInventory"
 *
 * fieldInventory(['{"id":1}', '{"id":"2"}']).fields[0]?.types // => { integer: 1, string: 1 }
 * ```
 */
export const fieldInventory = (raws: Iterable<string>): FieldInventory => {
  const fold = makeFieldInventory()
  for (const raw of raws) fold.add(raw)
  return fold.result()
}
