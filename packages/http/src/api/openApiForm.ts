/**
 * The last strokes on the OpenAPI document: what travels as text in a query is shown as what it means, and headers that
 * handlers add are named.
 */

type Json = { readonly [key: string]: unknown }

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

const mapped = (value: unknown, change: (value: Json, key: string) => Json): Json =>
  isObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, isObject(inner) ? change(inner, key) : inner])
      )
    : {}

const meaning = (schema: unknown): unknown => {
  if (!isObject(schema) || schema["type"] !== "string") return schema
  if (String(schema["pattern"]).startsWith("^[+-]?(?:\\d+")) return { type: "number" }
  return JSON.stringify(schema["enum"]) === `["true","false"]` ? { type: "boolean" } : schema
}

const parameter = (given: unknown): unknown => {
  if (!isObject(given)) return given
  const shown = { ...given, schema: meaning(given["schema"]) }
  if (given["name"] === "limit") return { ...shown, schema: { type: "integer", minimum: 1, maximum: 500, default: 50 } }
  if (given["name"] === "idempotency-key") {
    return { ...shown, name: "Idempotency-Key", description: "Names this write; see the description of the interface" }
  }
  if (given["name"] === "last-event-id") {
    return { ...shown, name: "Last-Event-ID", description: "The last event that was told, behind which to go on" }
  }
  if (given["name"] === "seconds") return { ...shown, schema: { type: "integer", minimum: 0, maximum: 1800 } }
  return given["name"] === "if-match"
    ? { ...shown, name: "If-Match", description: "Only while the thing is at the version that this ETag names" }
    : shown
}

const text = (description: string) => ({ description, schema: { type: "string" } })

const requestId = { "X-Request-Id": text("Names the request in the log, the trace and the audit trail") }
const link = { Link: text("The next page, by RFC 8288; not there on the last one") }

const operation = (given: Json): Json => {
  const parameters = Array.isArray(given["parameters"]) ? given["parameters"].map(parameter) : []
  const inPages = parameters.some((each) => isObject(each) && each["name"] === "cursor")
  return {
    ...given,
    parameters,
    responses: mapped(given["responses"], (response, status) => ({
      ...response,
      headers: { ...requestId, ...(inPages && status === "200" ? link : {}) }
    }))
  }
}

/** The document as it is shown. */
export const openApiForm = (document: Json): Json => ({
  ...document,
  paths: mapped(document["paths"], (path) => mapped(path, operation))
})
