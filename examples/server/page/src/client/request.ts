/**
 * One request to the server as whoever is signed in.
 */
import { accessToken } from "./session.ts"
import { NoAnswer, type Problem, problemFrom } from "./problem.ts"

/** What a request says beside its method and path. */
export interface RequestParts {
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>
  readonly body?: unknown
  /** The name of a write: sent again with the same name, it is carried out once. */
  readonly key?: string
  /** The version that is to be changed. */
  readonly version?: number
  readonly signal?: AbortSignal | undefined
  /** The event behind which a stream goes on. */
  readonly lastEvent?: string | undefined
}

const addressOf = (path: string, query: RequestParts["query"] = {}): string => {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") params.set(name, String(value))
  }
  const text = params.toString()
  return text === "" ? path : `${path}?${text}`
}

const send = async (method: string, path: string, parts: RequestParts, token: string): Promise<Response> => {
  const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: "application/json" }
  if (parts.body !== undefined) headers["content-type"] = "application/json"
  if (parts.key !== undefined) headers["idempotency-key"] = parts.key
  if (parts.version !== undefined) headers["if-match"] = `"${parts.version}"`
  if (parts.lastEvent !== undefined) headers["last-event-id"] = parts.lastEvent
  try {
    return await fetch(addressOf(path, parts.query), {
      method,
      headers,
      cache: "no-store",
      ...(parts.body === undefined ? {} : { body: JSON.stringify(parts.body) }),
      ...(parts.signal === undefined ? {} : { signal: parts.signal })
    })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause
    throw new NoAnswer("No answer", { cause })
  }
}

const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const problemOf = async (response: Response): Promise<Problem> =>
  problemFrom(response.status, asJson(await response.text()), response.headers.get("x-request-id"))

/** What is wrong with a password or a code that came with a request; the token that it came with was good. */
const ofProof: ReadonlySet<string> = new Set(["credentials-rejected", "second-factor-required"])

/** Sends a request, with a new token once when the old one has expired, and gives the answer if it is a good one. */
export const respond = async (method: string, path: string, parts: RequestParts = {}): Promise<Response> => {
  const token = await accessToken()
  const response = await send(method, path, parts, token)
  if (response.ok) return response
  const problem = await problemOf(response)
  // A wrong password that is sent again counts as another try at guessing it.
  if (problem.status !== 401 || ofProof.has(problem.code)) throw problem
  const again = await send(method, path, parts, await accessToken(token))
  if (again.ok) return again
  throw await problemOf(again)
}

/** Sends a request and gives the JSON that it answers with, or undefined where there is nothing to say. */
export const request = async <A>(method: string, path: string, parts: RequestParts = {}): Promise<A> => {
  const text = await (await respond(method, path, parts)).text()
  return (text === "" ? undefined : JSON.parse(text)) as A
}
