/**
 * Values as a log or a trace may show them: plain JSON of bounded size, without what is secret.
 */
import { isSecretName, withoutSecrets } from "./withoutSecrets.ts"

/** What JSON can say. */
export type Written = string | number | boolean | null | ReadonlyArray<Written> | { readonly [name: string]: Written }

const gone = "<redacted>"
const deepest = 6

/** So many values of one are written, the nested ones counted. */
const most = 500

interface Budget {
  left: number
}

/** What an object says of itself; `Redacted` says what it is instead of what it holds. */
const saysOf = (value: object): unknown => {
  if (value instanceof Map || value instanceof Set) return [...(value as Iterable<unknown>)]
  if (!("toJSON" in value) || typeof value.toJSON !== "function") return value
  try {
    return (value.toJSON as () => unknown)()
  } catch {
    return "[unreadable]"
  }
}

const within = (value: unknown, depth: number, budget: Budget): Written => {
  budget.left -= 1
  if (typeof value === "string") return withoutSecrets(value)
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value)
  if (typeof value === "boolean" || value === null) return value
  if (typeof value === "bigint" || typeof value === "symbol") return withoutSecrets(String(value))
  if (typeof value !== "object") return typeof value
  if (depth >= deepest) return "[deeper]"
  const said = saysOf(value)
  if (said !== value) return within(said, depth + 1, budget)
  if (value instanceof Error) return { name: value.name, message: withoutSecrets(value.message) }
  if (Array.isArray(value)) {
    return value.flatMap((each) => (budget.left > 0 ? [within(each, depth + 1, budget)] : []))
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) =>
      budget.left > 0 ? [[withoutSecrets(name), named(name, each, depth + 1, budget)]] : []
    )
  )
}

const named = (name: string, value: unknown, depth: number, budget: Budget): Written =>
  isSecretName(name) && value !== null && value !== undefined && typeof value !== "boolean"
    ? gone
    : within(value, depth, budget)

/**
 * A value of a field, as it may be written down: the value of a field with a secret's name is not, text is without what
 * looks secret, and what is nested more than six deep or comes after the 500th is left out.
 *
 * @example
 * ```ts
 * import { writtenValue } from "saldo/core/writtenValue"
 *
 * writtenValue("refreshToken", "whatever it is") // => "<redacted>"
 * writtenValue("body", { name: "Anna", password: "hunter2", tries: 3n }) // => { name: "Anna", password: "<redacted>", tries: "3" }
 * ```
 */
export const writtenValue = (name: string, value: unknown): Written => named(name, value, 0, { left: most })
