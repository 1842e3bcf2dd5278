/**
 * The endpoints of an OpenAPI document, with what the tests by construction look at.
 */

/** Endpoints that anybody may call. */
export const publicEndpoints: ReadonlySet<string> = new Set([
  "auth.acceptInvitation",
  "auth.confirmEmailChange",
  "auth.confirmPasswordReset",
  "auth.keys",
  "auth.login",
  "auth.logout",
  "auth.refresh",
  "auth.requestPasswordReset",
  "auth.resendVerification",
  "auth.signup",
  "auth.verifyEmail",
  "system.live",
  "system.ready"
])

/** Endpoints that only read, and whose question does not fit an address, or must not stand in one. */
const readsByPost = ["customers.search", "market.search"]

/**
 * Endpoints whose request or answer holds a secret of which nothing is to be remembered, so that they take no key: what they
 * change is what they are judged by, or, of an API key, is thrown away when its answer is lost.
 */
const secretWrites = [
  "apiKeys.make",
  "auth.acceptInvitation",
  "auth.beginSecondFactor",
  "auth.changePassword",
  "auth.confirmEmailChange",
  "auth.confirmPasswordReset",
  "auth.confirmSecondFactor",
  "auth.login",
  "auth.logout",
  "auth.refresh",
  "auth.removeSecondFactor",
  "auth.renewRecoveryCodes",
  "auth.requestEmailChange",
  "auth.requestPasswordReset",
  "auth.resendVerification",
  "auth.signup",
  "auth.verifyEmail",
  "users.deleteMe"
]

/** Endpoints that are no reads by `GET` and take no key all the same. */
export const keyless: ReadonlySet<string> = new Set([...readsByPost, ...secretWrites])

/** One endpoint. */
export interface Operation {
  readonly id: string
  readonly method: string
  /** With a value that fits in place of each parameter. */
  readonly url: string
  readonly summary: string
  readonly headers: ReadonlyArray<string>
  readonly failures: ReadonlyMap<string, ReadonlyArray<string>>
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly schema: { readonly pattern?: string }
}

interface Described {
  readonly operationId: string
  readonly summary?: string
  readonly parameters?: ReadonlyArray<Parameter>
  readonly responses: Readonly<Record<string, { readonly content?: object }>>
}

const samples: Readonly<Record<string, string>> = { year: "2026", reason: "review", platform: "kameo", loanId: "1" }

/** An id of the kind that a pattern asks for, which nothing has. */
const sampleOf = ({ name, schema }: Parameter): string => {
  const [, prefix] = /^\^([a-z]+)_/u.exec(schema.pattern ?? "") ?? []
  return prefix === undefined ? (samples[name] ?? "") : `${prefix}_${"0".repeat(26)}`
}

/** Every endpoint of a document. */
export const operations = (document: object): ReadonlyArray<Operation> => {
  const { paths } = document as { readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>> }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], responses, summary = "" }]) => ({
      id: operationId,
      method,
      summary,
      url: parameters
        .filter((each) => each.in === "path")
        .reduce((url, each) => url.replace(`{${each.name}}`, sampleOf(each)), path),
      headers: parameters.filter((each) => each.in === "header").map(({ name }) => name),
      failures: new Map(
        Object.entries(responses)
          .filter(([status]) => Number(status) >= 400)
          .map(([status, { content = {} }]) => [status, Object.keys(content)])
      )
    }))
  )
}
