/**
 * What a client may rely on in an OpenAPI document, line by line, and which changes would break it.
 */

type Json = { readonly [key: string]: unknown }

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
const objectOf = (value: unknown): Json => (isObject(value) ? value : {})
const arrayOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

/** The two sides of a contract: clients write requests and read responses. */
type Side = "request" | "response"

/** Lines of what an endpoint takes, needs, gives and fails with. */
export interface Surface {
  /** Every line by what it begins with: its endpoint. */
  readonly lines: ReadonlyMap<string, ReadonlySet<string>>
}

const resolve = (document: Json, schema: Json): Json => {
  const ref = schema["$ref"]
  if (typeof ref !== "string") return schema
  const name = ref.replace("#/components/schemas/", "")
  return resolve(document, objectOf(objectOf(objectOf(document["components"])["schemas"])[name]))
}

/** Every place in a schema with its type; what a request must hold is a line of its own. */
const walk = (document: Json, given: unknown, path: string, side: Side, add: (line: string) => void): void => {
  const schema = resolve(document, objectOf(given))
  for (const option of [...arrayOf(schema["anyOf"]), ...arrayOf(schema["oneOf"])]) {
    walk(document, option, path, side, add)
  }
  const word = side === "request" ? "takes" : "gives"
  if (typeof schema["type"] === "string") add(`${word} ${path}: ${schema["type"]}`)
  for (const value of arrayOf(schema["enum"])) add(`${word} ${path} = ${JSON.stringify(value)}`)
  const required = new Set(arrayOf(schema["required"]))
  for (const [name, inner] of Object.entries(objectOf(schema["properties"]))) {
    const place = `${path}.${name}`
    if (side === "request" && required.has(name)) add(`needs ${place}`)
    if (side === "response" && required.has(name)) add(`always gives ${place}`)
    walk(document, inner, place, side, add)
  }
  if (schema["items"] !== undefined) walk(document, schema["items"], `${path}[]`, side, add)
}

const endpointLines = (document: Json, operation: Json): ReadonlySet<string> => {
  const lines = new Set<string>()
  const add = (line: string): void => void lines.add(line)
  for (const parameter of arrayOf(operation["parameters"]).map(objectOf)) {
    const place = `${String(parameter["in"])} ${String(parameter["name"])}`
    if (parameter["required"] === true) add(`needs ${place}`)
    walk(document, parameter["schema"], place, "request", add)
  }
  const body = objectOf(operation["requestBody"])
  if (body["required"] === true) add("needs body")
  for (const [type, content] of Object.entries(objectOf(body["content"]))) {
    add(`takes ${type}`)
    walk(document, objectOf(content)["schema"], "body", "request", add)
  }
  for (const [status, response] of Object.entries(objectOf(operation["responses"]))) {
    for (const [type, content] of Object.entries(objectOf(objectOf(response)["content"]))) {
      add(`answers ${status} ${type}`)
      walk(document, objectOf(content)["schema"], status, "response", add)
    }
    if (objectOf(response)["content"] === undefined) add(`answers ${status}`)
  }
  if (arrayOf(operation["security"]).length > 0) add("needs a credential")
  return lines
}

/** What a client may rely on. */
export const surfaceOf = (document: object): Surface => {
  const lines = new Map<string, ReadonlySet<string>>()
  const whole = objectOf(document)
  for (const [path, methods] of Object.entries(objectOf(whole["paths"]))) {
    for (const [method, operation] of Object.entries(objectOf(methods))) {
      lines.set(`${method.toUpperCase()} ${path}`, endpointLines(whole, objectOf(operation)))
    }
  }
  return { lines }
}

/** A client handles failures that it knows, and lives with those that it does not: only what succeeds is promised. */
const isPromised = (line: string): boolean => !/^(?:answers|gives|always gives) [45]/u.test(line)

/**
 * What was promised and is no longer kept: an endpoint, an answer, a value that was taken or always given, or something
 * that a request needs now and did not need before.
 */
export const breakingChanges = (before: object, after: object): ReadonlyArray<string> => {
  const now = surfaceOf(after).lines
  return [...surfaceOf(before).lines].flatMap(([endpoint, promised]) => {
    const kept = now.get(endpoint)
    if (kept === undefined) return [`${endpoint} is gone`]
    const lost = [...promised].filter((line) => !line.startsWith("needs") && isPromised(line) && !kept.has(line))
    const asked = [...kept].filter((line) => line.startsWith("needs") && !promised.has(line))
    return [...lost, ...asked].map((line) => `${endpoint} ${line}`)
  })
}
