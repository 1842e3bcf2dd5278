/**
 * The models as a host without Effect sees them: plain objects, `Date` for instants, plain strings for branded ones.
 */
import type * as Brand from "effect/Brand"
import * as DateTime from "effect/DateTime"
import { Money } from "../money/Money.ts"
import { Rate } from "../money/Rate.ts"
import type { LocalDate } from "../time/LocalDate.ts"

/** An error that is part of an answer: its name, message and own fields, without what makes it an Effect. */
type PlainError<T> = {
  readonly [
    K in keyof T as K extends symbol | `~effect/${string}` | "asEffect" | "pipe" | "stack" | "cause" ? never : K
  ]: Plain<T[K]>
}

/**
 * A model without Effect: the same fields, `Date` for `DateTime.Utc`, strings without brands. Money, rates and errors stay
 * what they are.
 */
export type Plain<T> = T extends DateTime.Utc
  ? Date
  : T extends Money | Rate
    ? T
    : T extends Error
      ? PlainError<T>
      : T extends LocalDate
        ? string
        : T extends Brand.Brand<string>
          ? Brand.Brand.Unbranded<T>
          : T extends ReadonlyArray<infer A>
            ? ReadonlyArray<Plain<A>>
            : T extends object
              ? { readonly [K in keyof T]: Plain<T[K]> }
              : T

const fields = (value: object, convert: (field: unknown) => unknown): object =>
  Object.fromEntries(Object.entries(value).map(([name, field]) => [name, convert(field)]))

const isKept = (value: object): boolean => value instanceof Money || value instanceof Rate || value instanceof Error

const plainOf = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null || isKept(value)) return value
  if (DateTime.isDateTime(value)) return DateTime.toDateUtc(value)
  return Array.isArray(value) ? value.map(plainOf) : fields(value, plainOf)
}

/** Takes Effect out of a model. */
export const toPlain = <T>(value: T): Plain<T> => plainOf(value) as Plain<T>

/** Puts instants back in; what was branded is left for a schema to check. Throws a `RangeError` for an invalid `Date`. */
export const fromPlain = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null || isKept(value)) return value
  if (value instanceof Date) return DateTime.fromDateUnsafe(value)
  return Array.isArray(value) ? value.map(fromPlain) : fields(value, fromPlain)
}
