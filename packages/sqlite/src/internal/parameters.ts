import type { SQLInputValue } from "node:sqlite"

/** Why a value cannot be bound; `code` makes it classify like `node:sqlite`'s own complaints about arguments. */
export class ParameterRefused extends TypeError {
  readonly code = "ERR_INVALID_ARG_VALUE"
}

const INT64_MAX = 2n ** 63n - 1n
const INT64_MIN = -(2n ** 63n)

/**
 * Gives the value that SQLite stores for a JavaScript value.
 *
 * Whole numbers are bound as integers, as Postgres does: `node:sqlite` would bind every number as a float, so that
 * `7 / 2` would be 3.5 here and 3 there, and a number written to a text column would read `5.0`. What SQLite would
 * quietly turn into NULL (NaN, a plain object) is refused.
 */
export const parameterOf = (value: unknown, index: number): SQLInputValue => {
  switch (typeof value) {
    case "string":
      return value
    case "number":
      if (Number.isSafeInteger(value)) return BigInt(value)
      return Number.isNaN(value) ? refuse(index, "is NaN, which SQLite would store as NULL") : value
    case "bigint":
      return value > INT64_MAX || value < INT64_MIN ? refuse(index, `(${value}) does not fit in 64 bits`) : value
    case "boolean":
      return value ? 1n : 0n
    case "undefined":
      return null
    case "object":
      return objectParameter(value, index)
    default:
      return refuse(index, `is a ${typeof value}, which SQLite cannot hold`)
  }
}

const objectParameter = (value: object | null, index: number): SQLInputValue => {
  if (value === null) return null
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? refuse(index, "is an invalid Date") : value.toISOString()
  }
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  return refuse(index, "is an object; bind its JSON text instead")
}

const refuse = (index: number, why: string): never => {
  throw new ParameterRefused(`Parameter ${index + 1} ${why}`)
}

/** Gives the values that SQLite stores for a statement's parameters. */
export const parametersOf = (values: ReadonlyArray<unknown>): ReadonlyArray<SQLInputValue> => {
  const bound: Array<SQLInputValue> = []
  for (let i = 0; i < values.length; i++) bound.push(parameterOf(values[i], i))
  return bound
}
