/**
 * What can go wrong with a request: the server refuses it (RFC 9457), or nothing comes back.
 */

/** One value of a request that the server found fault with. */
export interface FieldProblem {
  /** Where it is, such as `body.amount`. */
  readonly path: string
  readonly message: string
}

/** The server refused the request and said why. */
export class Problem extends Error {
  readonly status: number
  /** Stable and in lower case with hyphens, such as `second-factor-required`. */
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly fields: ReadonlyArray<FieldProblem>
  /** What else the server said about it, by its code. */
  readonly context: Readonly<Record<string, unknown>>
  /** Under which the server's log has it. */
  readonly requestId: string | null

  constructor(told: Omit<Problem, keyof Error>) {
    super(told.detail === "" ? told.title : told.detail)
    this.name = "Problem"
    this.status = told.status
    this.code = told.code
    this.title = told.title
    this.detail = told.detail
    this.fields = told.fields
    this.context = told.context
    this.requestId = told.requestId
  }
}

/** No answer came: there is no connection, or the server is away. What was sent may have arrived. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer"
}

/** Nobody is signed in any more. */
export class SignedOut extends Error {
  override readonly name = "SignedOut"
}

/** Whether a write that failed so may have been carried out all the same, now or in a moment. */
export const mayHaveHappened = (error: unknown): boolean =>
  error instanceof NoAnswer ||
  (error instanceof Problem && (error.status >= 500 || error.code === "command-in-progress"))

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const textOf = (value: unknown): string => (typeof value === "string" ? value : "")

/** `SecondFactorRequired` and `second-factor-required` alike as the latter. */
export const kebab = (code: string): string => code.replace(/(?<=[a-z0-9])(?=[A-Z])/gu, "-").toLowerCase()

const fieldsOf = (context: unknown): ReadonlyArray<FieldProblem> => {
  const errors = isRecord(context) ? context["errors"] : undefined
  if (!Array.isArray(errors)) return []
  return errors.filter(isRecord).map((error) => ({
    path: [error["in"], ...(Array.isArray(error["path"]) ? error["path"] : [])].map(String).join("."),
    message: textOf(error["message"])
  }))
}

/** Reads a problem from the body of an answer, which may be anything when a proxy gave it. */
export const problemFrom = (status: number, body: unknown, requestId: string | null): Problem => {
  const told = isRecord(body) ? body : {}
  return new Problem({
    status,
    code: kebab(textOf(told["code"])),
    title: textOf(told["title"]) === "" ? `HTTP ${status}` : textOf(told["title"]),
    detail: textOf(told["detail"]),
    fields: fieldsOf(told["context"]),
    context: isRecord(told["context"]) ? told["context"] : {},
    requestId
  })
}
