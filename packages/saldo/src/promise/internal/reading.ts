/**
 * How the facade reads what callers give.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { AccountNumberInvalid } from "../../banking/IdentifierInvalid.ts"
import { fitTextExpected, unfitTexts } from "../../core/fitText.ts"
import { cursorFrom, type InvalidCursor, PageRequest } from "../../core/Page.ts"
import { LocalDateSchema } from "../../time/LocalDateSchema.ts"
import { InputInvalid, type PageOptions } from "./callOptions.ts"
import { fromPlain } from "./plain.ts"
import { Secret } from "./secret.ts"

/** Reads what a caller gave, or says what is wrong with it. */
export type Reader<A> = (given: unknown) => Effect.Effect<A, InputInvalid | AccountNumberInvalid>

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** The way to what is wrong, which for text that does not show ends at the text. */
const pathIn = (given: unknown, [part, ...rest]: ReadonlyArray<PropertyKey>): string => {
  if (part === undefined || Redacted.isRedacted(given)) return ""
  const inside: unknown = typeof given === "object" && given !== null ? Reflect.get(given, part) : undefined
  return `/${String(part)}${pathIn(inside, rest)}`
}

const invalid = (error: Schema.SchemaError, given: unknown): InputInvalid => {
  const [issue] = issuesOf(error.issue).issues
  const path = (issue?.path ?? []).map((part) => (typeof part === "object" ? part.key : part))
  return new InputInvalid(pathIn(given, path), issue?.message ?? error.message)
}

const opened = (value: object): unknown => (Redacted.isRedacted(value) ? Redacted.value(value) : value)

/** What a caller gave as the models have it, without text that no storage keeps: no reader lets that through. */
const taken = (given: unknown): Effect.Effect<unknown, InputInvalid> =>
  Effect.try({
    try: () => {
      const value = fromPlain(given)
      return { value, unfit: unfitTexts(value, opened) }
    },
    catch: (error) => new InputInvalid("", String(error))
  }).pipe(
    Effect.flatMap(({ unfit: [path], value }) =>
      path === undefined
        ? Effect.succeed(value)
        : Effect.fail(new InputInvalid(pathIn(value, path), `expected ${fitTextExpected}`))
    )
  )

/**
 * Reads what a caller gave as a model; what the model does not know is refused, never passed over, and so is text with NUL
 * or halves of characters, wherever it is.
 */
export const reader = <A>(schema: Schema.Codec<A, unknown>): Reader<A> => {
  const decode = Schema.decodeUnknownEffect(Schema.toType(schema), { onExcessProperty: "error" })
  return (given) =>
    Effect.flatMap(taken(given), (value) => Effect.mapError(decode(value), (error) => invalid(error, value)))
}

const isObject = (given: unknown): given is object =>
  typeof given === "object" && given !== null && Object.getPrototypeOf(given) === Object.prototype

/** Says where in the whole a part is at fault. */
export const inWhole =
  (pointer: string) =>
  <A, E extends InputInvalid | AccountNumberInvalid, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.mapError(effect, (error) =>
      error._tag === "InputInvalid" ? new InputInvalid(`${pointer}${error.path}`, error.problem) : error
    )

/** Reads a part by itself, where it is there; whether it must be is for the whole to say. */
const inPart = (
  given: unknown,
  [name, ...rest]: ReadonlyArray<string>,
  read: Reader<unknown>
): ReturnType<Reader<unknown>> => {
  if (name === undefined) return read(given)
  if (!isObject(given) || !Object.hasOwn(given, name)) return Effect.succeed(given)
  const entries = Object.entries(given)
  const part: unknown = entries.find(([key]) => key === name)?.[1]
  return inPart(part, rest, read).pipe(
    inWhole(`/${name}`),
    Effect.map((known) => Object.fromEntries(entries.map(([key, value]) => [key, key === name ? known : value])))
  )
}

/** Reads parts by themselves before the whole; a part is named by its JSON pointer. */
export const withParts =
  (parts: Readonly<Record<string, Reader<unknown>>>) =>
  <A>(read: Reader<A>): Reader<A> =>
  (given) =>
    Effect.flatMap(
      Object.entries(parts).reduce<ReturnType<Reader<unknown>>>(
        (before, [pointer, step]) =>
          Effect.flatMap(before, (value) => inPart(value, pointer.split("/").slice(1), step)),
        Effect.succeed(given)
      ),
      read
    )

/** Text that must not show, given as a string or a `Secret`. */
export const concealed =
  (label: string): Reader<unknown> =>
  (given) =>
    Effect.succeed(
      typeof given === "string"
        ? Redacted.make(given, { label })
        : given instanceof Secret
          ? Redacted.make(given.reveal(), { label })
          : given
    )

const readPage = reader(Schema.Struct({ ...PageRequest.fields, cursor: Schema.optionalKey(Schema.String) }))

/** Which page is asked for. */
export const pageOf = ({
  cursor,
  limit
}: PageOptions): Effect.Effect<PageRequest, InputInvalid | AccountNumberInvalid | InvalidCursor> =>
  Effect.gen(function* () {
    const { cursor: text, ...page } = yield* readPage({
      ...(limit === undefined ? {} : { limit }),
      ...(cursor === undefined ? {} : { cursor })
    })
    return text === undefined ? page : { ...page, cursor: yield* cursorFrom(text) }
  })

/** How many at most a sweep takes on; what the use case says when left out. */
export const readLimit = reader(Schema.UndefinedOr(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000 }))))

/** Days from one on and before another. */
export const readDays = reader(
  Schema.Struct({ start: LocalDateSchema, end: LocalDateSchema }).check(
    Schema.makeFilter<{ readonly start: string; readonly end: string }>(({ end, start }) =>
      start <= end ? undefined : { path: ["end"], issue: `a range from ${start} cannot end before` }
    )
  )
)
