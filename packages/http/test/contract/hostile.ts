/**
 * Requests that mean harm or know no better, made from the OpenAPI document: the same ones for the same seed.
 */

type Json = { readonly [key: string]: unknown }

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
const objectOf = (value: unknown): Json => (isObject(value) ? value : {})
const arrayOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

/** A request as it goes over the wire. */
export interface HostileRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** Numbers that look random, by a seed (mulberry32). */
const randomOf = (seed: number) => {
  let state = seed >>> 0
  return (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const texts = [
  "",
  " ",
  "null",
  "true",
  "0",
  "-1",
  "1e999",
  "NaN",
  "99999999999999999999999999",
  "2026-02-30",
  "0000-00-00",
  "9999-12-31T23:59:60Z",
  "' OR '1'='1",
  `"; DROP TABLE accounts; --`,
  "../../../../etc/passwd",
  "%00",
  "\u0000",
  "\u202e\u200b",
  "\ud800",
  "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
  "a".repeat(5000),
  "<script>alert(1)</script>",
  "${7*7}",
  "__proto__",
  "constructor"
] as const

const values: ReadonlyArray<unknown> = [
  ...texts,
  null,
  true,
  0,
  -0,
  -1,
  1.5,
  1e308,
  2 ** 60,
  [],
  [[[[[[]]]]]],
  {},
  { __proto__: { admin: true } },
  { amount: "NaN", currency: "SEK" },
  { amount: "1e3", currency: "sek" },
  { amount: "-0.001", currency: "XXX" },
  { amount: "9".repeat(400), currency: "SEK" },
  { _tag: "Nothing" }
]

/** Text that breaks JSON, or says more than JSON should. */
const bodies = [
  "",
  "{",
  "[]",
  "null",
  `"text"`,
  '{"a":1,"a":2}',
  `{"__proto__":{"x":1}}`,
  `${"[".repeat(3000)}${"]".repeat(3000)}`,
  `${`{"a":`.repeat(2000)}1${"}".repeat(2000)}`,
  "\ufeff{}",
  "{}{}",
  '{"a":"\\ud800"}',
  "1".repeat(20_000)
] as const

const contentTypes = [
  "text/plain",
  "application/xml",
  "application/json; charset=utf-16",
  "multipart/form-data; boundary=x",
  "application/x-www-form-urlencoded",
  "APPLICATION/JSON",
  "application/problem+json",
  ","
] as const

const tricks: ReadonlyArray<Readonly<Record<string, string>>> = [
  { "x-http-method-override": "DELETE" },
  { "x-forwarded-for": "127.0.0.1" },
  { "if-match": 'W/"1"' },
  { "if-match": '"999999999999999999999"' },
  { "idempotency-key": "x".repeat(300) },
  { "idempotency-key": "två" },
  { "x-request-id": "<>" },
  { traceparent: "00-00000000000000000000000000000000-0000000000000000-00" },
  { "content-encoding": "br" },
  { accept: "application/xml" },
  { "accept-encoding": "zstd;q=0, *;q=0.1" },
  { range: "bytes=0-1,2-3" }
]

/** Ids of things that are there, by prefix, such as `dep`. */
export type Known = Readonly<Record<string, ReadonlyArray<string>>>

/** What is asked in earnest more often than by chance. */
const sensible: Readonly<Record<string, string>> = {
  amount: "1.00",
  code: "a1",
  currency: "SEK",
  kind: "person",
  number: "SE4550000000058398257466",
  productId: "current"
}

interface Fitting {
  readonly document: Json
  readonly known: Known
  readonly pick: (below: number) => number
}

/** A value that fits a schema about as well as its author could tell from the document. */
const fitting = (by: Fitting, given: unknown, depth = 0, called = ""): unknown => {
  const { document, known, pick } = by
  const schema = objectOf(given)
  const ref = schema["$ref"]
  if (typeof ref === "string") {
    const name = ref.replace("#/components/schemas/", "")
    return fitting(by, objectOf(objectOf(document["components"])["schemas"])[name], depth, called)
  }
  const options = arrayOf(schema["anyOf"])
  if (options.length > 0) return fitting(by, options[pick(options.length)], depth, called)
  const words = arrayOf(schema["enum"])
  if (words.length > 0) return words[pick(words.length)]
  switch (schema["type"]) {
    case "object": {
      const required = new Set(arrayOf(schema["required"]))
      const chosen = Object.entries(objectOf(schema["properties"])).filter(
        ([name]) => required.has(name) || pick(2) === 0
      )
      return Object.fromEntries(chosen.map(([name, inner]) => [name, fitting(by, inner, depth + 1, name)]))
    }
    case "array":
      return Array.from({ length: depth > 6 ? 0 : pick(3) }, () => fitting(by, schema["items"], depth + 1))
    case "integer":
    case "number":
      return pick(100)
    case "boolean":
      return pick(2) === 0
    case "null":
      return null
    default: {
      if (schema["format"] === "date") return "2026-05-01"
      const [, prefix] = /^\^([a-z]+)_\[0-7\]/u.exec(String(schema["pattern"])) ?? []
      if (prefix === undefined) {
        return sensible[called] ?? ["1.00", "SEK", "a1", "current", "2026-05-01T00:00:00Z"][pick(5)]
      }
      const ids = known[prefix] ?? []
      return (pick(3) === 0 ? undefined : ids[pick(ids.length + 1)]) ?? `${prefix}_${"0".repeat(26)}`
    }
  }
}

/** The value with one of its parts, however deep, replaced, removed or added. */
const spoilt = (value: unknown, pick: (below: number) => number): unknown => {
  const wrong = values[pick(values.length)]
  if (pick(4) === 0) return wrong
  if (Array.isArray(value) && value.length > 0) {
    const at = pick(value.length)
    return value.map((each, index) => (index === at ? spoilt(each, pick) : each))
  }
  if (!isObject(value)) return wrong
  const names = Object.keys(value)
  const name = names[pick(names.length + 1)]
  if (name === undefined) return { ...value, [`unknown${pick(10)}`]: wrong }
  if (pick(4) === 0) return Object.fromEntries(Object.entries(value).filter(([each]) => each !== name))
  return { ...value, [name]: spoilt(value[name], pick) }
}

interface Endpoint {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly parameters: ReadonlyArray<Json>
  readonly schema: unknown
}

/** The endpoints of a document. */
export const endpointsOf = (document: object): ReadonlyArray<Endpoint> =>
  Object.entries(objectOf((document as Json)["paths"])).flatMap(([path, methods]) =>
    Object.entries(objectOf(methods)).map(([method, described]) => {
      const operation = objectOf(described)
      return {
        id: String(operation["operationId"]),
        method: method.toUpperCase(),
        path,
        parameters: arrayOf(operation["parameters"]).map(objectOf),
        schema: objectOf(objectOf(objectOf(operation["requestBody"])["content"])["application/json"])["schema"]
      }
    })
  )

const written = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value ?? ""))

/** So many hostile requests to an endpoint. */
export const hostileRequests = (
  document: object,
  { id, method, parameters, path, schema }: Endpoint,
  count: number,
  known: Known
): ReadonlyArray<HostileRequest> => {
  const pick = randomOf([...id].reduce((seed, character) => Math.imul(seed, 31) + (character.codePointAt(0) ?? 0), 7))
  const by = { document: document as Json, known, pick }
  return Array.from({ length: count }, (_, at): HostileRequest => {
    const asked = (place: string) => parameters.filter((each) => each["in"] === place)
    const valueOf = (parameter: Json): string =>
      pick(6) === 0
        ? (texts[pick(texts.length)] ?? "")
        : written(fitting(by, parameter["schema"], 0, String(parameter["name"])))
    let url = path
    for (const each of asked("path")) {
      url = url.replace(
        `{${String(each["name"])}}`,
        encodeURIComponent(valueOf(each).toWellFormed().slice(0, 500)) || "-"
      )
    }
    const query = new URLSearchParams()
    for (const each of asked("query")) {
      if (each["required"] === true || pick(3) === 0) query.append(String(each["name"]), valueOf(each))
      if (pick(12) === 0) query.append(String(each["name"]), "twice")
    }
    if (pick(10) === 0) query.append("unknown", texts[pick(texts.length)] ?? "")
    const whole = fitting(by, schema)
    const body =
      schema === undefined
        ? undefined
        : pick(5) === 0
          ? bodies[pick(bodies.length)]
          : JSON.stringify(pick(3) === 0 ? whole : spoilt(whole, pick))
    return {
      method,
      path: query.size === 0 ? url : `${url}?${query.toString()}`,
      headers: {
        "content-type": pick(12) === 0 ? (contentTypes[pick(contentTypes.length)] ?? "") : "application/json",
        "idempotency-key": `hostile-${pick(4) === 0 ? 0 : at}`,
        ...(pick(4) === 0 ? tricks[pick(tricks.length)] : {})
      },
      body
    }
  })
}
