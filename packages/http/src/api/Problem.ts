/**
 * Failures as RFC 9457 problems: what the domain refuses, what a request did wrong, and what went wrong with us.
 */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"

/** Where the kinds of problem are named; the last part of the address is the code in lower case. */
export const problemBase = "https://saldo.dev/problems/"

/** The media type of a problem. */
export const problemType = "application/problem+json"

/** `DepositAccountNotFound` as `deposit-account-not-found`. */
const kebab = (code: string): string => code.replace(/(?<=[a-z0-9])(?=[A-Z])/gu, "-").toLowerCase()

/** `DepositAccountNotFound` as `Deposit account not found`. */
const titleOf = (code: string): string => {
  const words = kebab(code).replaceAll("-", " ")
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The members that every problem has, by its code and status. */
export const members = (code: string, status: number) => ({
  type: `${problemBase}${kebab(code)}`,
  title: titleOf(code),
  status,
  code
})

/** What every problem says: `code` never changes, `detail` is for people and may, `context` holds the failure's fields. */
export interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly context?: unknown
}

/** A tagged failure of a domain: its class is its schema. */
type FailureClass = Schema.Top & {
  readonly identifier: string
  readonly fields: Schema.Struct.Fields
  readonly "~type.make": unknown
  new (...args: ReadonlyArray<never>): { readonly _tag: string; readonly message: string }
}

/** The schema of a failure as a problem. */
export type Problem<A> = Schema.Codec<A, ProblemBody>

/** The status that a failure declares; one that declares none is our own fault. */
export const statusOf = (failure: Schema.Top): number => {
  const status = failure.ast.annotations?.["httpApiStatus"]
  return typeof status === "number" ? status : 500
}

const made = new Map<FailureClass, Problem<unknown>>()

const make = (failure: FailureClass): Problem<unknown> => {
  const code = failure.identifier
  const { _tag, ...fields } = failure.fields
  const fixed = members(code, statusOf(failure))
  // In their JSON form whatever a domain stores them as: instants are ISO 8601, bigints decimal text.
  const context = Schema.toType(Schema.Struct(fields)) as unknown as Schema.Codec<unknown>
  const body = Schema.Struct({
    type: Schema.Literal(fixed.type),
    title: Schema.String,
    status: Schema.Literal(fixed.status),
    code: Schema.Literal(code),
    detail: Schema.String,
    ...(Object.keys(fields).length === 0 ? {} : { context })
  }).annotate({ identifier: `${code}Problem`, description: fixed.title })
  const Failure = failure as unknown as new (fields: unknown) => { readonly message: string }
  const whole = Schema.toType(failure) as unknown as Schema.Codec<{ readonly message: string }>
  return body.pipe(
    Schema.decodeTo(
      whole,
      SchemaTransformation.transform({
        decode: (problem) => new Failure("context" in problem ? problem.context : {}),
        encode: (error) => ({ ...fixed, detail: error.message, context: error })
      })
    ),
    HttpApiSchema.status(fixed.status),
    HttpApiSchema.asJson({ contentType: problemType })
  ) as unknown as Problem<unknown>
}

/**
 * The schema by which an endpoint declares that it may fail with a domain's error, and by which the error travels as a
 * problem: its class name is the code, its message the detail, its fields are the context. A client decodes it back into
 * the same class.
 */
export const problem = <F extends FailureClass>(failure: F): Problem<F["Type"]> => {
  const known = made.get(failure) ?? make(failure)
  made.set(failure, known)
  return known
}

type Problems<Failures extends ReadonlyArray<FailureClass>> = {
  readonly [K in keyof Failures]: Problem<Failures[K]["Type"]>
}

/** Several errors as problems, in the order in which they are given. */
export const problems = <const Failures extends ReadonlyArray<FailureClass>>(
  ...failures: Failures
): Problems<Failures> => failures.map((failure) => problem(failure)) as unknown as Problems<Failures>
