/**
 * The models as a host without Effect sees them: plain objects, `Date` for instants, plain strings for branded ones,
 * `Secret` for what must not show.
 */
import type * as Brand from "effect/Brand"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Money } from "../../money/Money.ts"
import { Rate } from "../../money/Rate.ts"
import type { LocalDate } from "../../time/LocalDate.ts"
import { Secret } from "./secret.ts"

/** An error that is part of an answer: its name, message and own fields, without what makes it an Effect. */
type PlainError<T, S> = {
  readonly [
    K in keyof T as K extends symbol | `~effect/${string}` | "asEffect" | "pipe" | "stack" | "cause" ? never : K
  ]: PlainWith<T[K], S>
}

type PlainWith<T, S> = T extends DateTime.Utc
  ? Date
  : T extends Redacted.Redacted<unknown>
    ? S
    : T extends Option.Option<infer A>
      ? PlainWith<A, S> | undefined
      : T extends Money | Rate
        ? T
        : T extends Error
          ? PlainError<T, S>
          : T extends LocalDate
            ? string
            : T extends Brand.Brand<string>
              ? Brand.Brand.Unbranded<T>
              : T extends ReadonlyArray<infer A>
                ? ReadonlyArray<PlainWith<A, S>>
                : T extends object
                  ? { readonly [K in keyof T]: PlainWith<T[K], S> }
                  : T

/**
 * A model without Effect: the same fields, `Date` for `DateTime.Utc`, strings without brands, `Secret` for `Redacted`,
 * `undefined` for none. Money, rates and errors stay what they are.
 */
export type Plain<T> = PlainWith<T, Secret>

/** The same for what a host gives: where something must not show, a string will do. */
export type Given<T> = PlainWith<T, string | Secret>

const fields = (value: object, convert: (field: unknown) => unknown): object =>
  Object.fromEntries(Object.entries(value).map(([name, field]) => [name, convert(field)]))

const isKept = (value: object): boolean => value instanceof Money || value instanceof Rate || value instanceof Error

const plainOf = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null || isKept(value)) return value
  if (DateTime.isDateTime(value)) return DateTime.toDateUtc(value)
  if (Redacted.isRedacted(value)) return new Secret(String(Redacted.value(value)), value.label)
  if (Option.isOption(value)) return Option.isSome(value) ? plainOf(value.value) : undefined
  return Array.isArray(value) ? value.map(plainOf) : fields(value, plainOf)
}

/** Takes Effect out of a model. */
export const toPlain = <T>(value: T): Plain<T> => plainOf(value) as Plain<T>

/**
 * Puts instants and what does not show back in; what was branded is left for a schema to check. Throws a `RangeError` for
 * an invalid `Date`.
 */
export const fromPlain = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null || isKept(value) || Redacted.isRedacted(value)) return value
  if (value instanceof Date) return DateTime.fromDateUnsafe(value)
  if (value instanceof Secret) return Redacted.make(value.reveal(), { label: value.label })
  return Array.isArray(value) ? value.map(fromPlain) : fields(value, fromPlain)
}
