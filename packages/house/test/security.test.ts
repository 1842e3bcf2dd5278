/** What `docs/security.md` says of itself is so: rows are all there, and the tests that they name exist. */
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { isPublished } from "../src/tidy/source.ts"
import { filesBelow, readFiles, root, typescriptFiles } from "../src/workspace.ts"

const textOf = (path: string): string => readFiles([path])[0]?.text ?? ""

const page = textOf("docs/security.md")

/** The cells of the rows of a table, by how the rows begin. */
const rows = (beginning: RegExp) =>
  page
    .split("\n")
    .filter((line) => beginning.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim())
    )

/** How many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has. */
const inStandard = {
  V1: 27,
  V2: 11,
  V3: 19,
  V4: 10,
  V5: 9,
  V6: 35,
  V7: 18,
  V8: 7,
  V9: 7,
  V10: 29,
  V11: 14,
  V12: 9,
  V13: 13,
  V14: 9,
  V15: 13,
  V16: 16,
  V17: 7
}

const requirements = rows(/^\| V\d/u).map(([id = "", asked = "", state = "", how = "", proof = ""]) => ({
  id,
  asked,
  state,
  how,
  proofs: [...proof.matchAll(/`([^`]+)`/gu)].map(([, path = ""]) => path)
}))

const isTest = (path: string): boolean => path.endsWith(".test.ts") && existsSync(join(root, path))

describe("the table of ASVS", () => {
  it("has each requirement once", () => {
    expect(new Set(requirements.map(({ id }) => id)).size).toBe(requirements.length)
    const chapters = Object.entries(Object.groupBy(requirements, ({ id }) => id.split(".", 1)[0] ?? ""))
    expect(Object.fromEntries(chapters.map(([name, of]) => [name, of?.length]))).toEqual(inStandard)
    expect(requirements.filter(({ asked }) => asked === "")).toEqual([])
  })

  it("counts its rows rightly", () => {
    const count = (state: string) => requirements.filter((each) => each.state === state).length
    const said = /(\d+) are met, (\d+) are not, (\d+) do not apply/u.exec(page)?.slice(1).map(Number)
    expect(said).toEqual([count("met"), count("not met"), count("n/a")])
    expect(count("met") + count("not met") + count("n/a")).toBe(requirements.length)
  })

  it("names tests that exist for all that is met, and says why for all that is not", () => {
    const met = requirements.filter(({ state }) => state === "met")
    expect(met.filter(({ proofs }) => proofs.length === 0)).toEqual([])
    expect(requirements.flatMap(({ proofs }) => proofs).filter((path) => !isTest(path))).toEqual([])
    expect(requirements.filter(({ how, state }) => state !== "met" && how === "")).toEqual([])
  })
})

describe("the threats", () => {
  it("have a test each", () => {
    const threats = rows(/^\| [1-7] \| [STRIDE] \|/u)
    expect(threats.length).toBeGreaterThan(25)
    const tests = threats.map((cells) => /`([^`]+)`/u.exec(cells.at(-1) ?? "")?.[1] ?? cells.join(" "))
    expect(tests.filter((path) => !isTest(path))).toEqual([])
  })
})

const prose = [
  "README.md",
  "SECURITY.md",
  ...filesBelow("docs", (path) => /^docs\/(?:operations|security|guides\/deploy)\.md$/u.test(path))
]

/** How a heading is linked to: in lower case, with dashes for blanks. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, "")
    .replaceAll(" ", "-")

describe("links", () => {
  it.each(prose)("of %s lead somewhere", (path) => {
    const links = [...textOf(path).matchAll(/\]\(([^)\s]+)\)/gu)].flatMap(([, to = ""]) =>
      /^https?:/u.test(to) ? [] : [to]
    )
    expect(links.length).toBeGreaterThan(0)
    const astray = links.filter((to) => {
      const [file = "", anchor] = to.split("#", 2)
      const target = file === "" ? path : join(dirname(path), file)
      if (!existsSync(join(root, target))) return true
      const headings =
        anchor === undefined ? [] : [...textOf(target).matchAll(/^#+ (.+)$/gmu)].map(([, each = ""]) => anchorOf(each))
      return anchor !== undefined && !headings.includes(anchor)
    })
    expect(astray).toEqual([])
  })
})

/** Sources that run in production: those that are published, the example server's and its page's. */
const running = typescriptFiles().filter(
  ({ path }) =>
    (isPublished(path) && !path.startsWith("packages/testing/")) || /^examples\/server\/(?:page\/)?src\//u.test(path)
)

describe("code that runs", () => {
  it("makes no code, no markup and no process out of text", () => {
    expect(running.length).toBeGreaterThan(300)
    const dangerous =
      /(?<![.\w])eval\(|\bnew Function\(|\b(?:inner|outer)HTML\b|dangerouslySet|insertAdjacentHTML|node:child_process|node:vm\b/u
    const found = running.filter(({ text }) => dangerous.test(text))
    expect(found.map(({ path }) => path)).toEqual([])
  })

  it("makes regular expressions of constants of its own alone, in these places", () => {
    const found = running.filter(({ text }) => /\bnew RegExp\(/u.test(text)).map(({ path }) => path)
    expect(found).toEqual([
      "packages/kameo/src/emulator/Fault.ts",
      "packages/kameo/src/kameoDates.ts",
      "packages/saldo/src/banking/writtenNumber.ts",
      "packages/saldo/src/core/Id.ts",
      "packages/saldo/src/core/withoutSecrets.ts",
      "packages/saldo/src/money/internal/writing.ts",
      "packages/sqlite/src/internal/statements.ts"
    ])
  })
})

type Json = { readonly [key: string]: unknown }

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null

const contract = JSON.parse(textOf("packages/http/test/contract/fixtures/openapi.json")) as Json & {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly parameters?: ReadonlyArray<{ readonly in: string; readonly name: string }>
            readonly requestBody?: Json
          }
        >
      >
    >
  >
}

const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ id: `${method} ${path}`, method, ...operation }))
)

/** What a reference leads to. */
const resolved = (reference: string): unknown =>
  reference
    .split("/")
    .slice(1)
    .reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), contract)

/** Every schema within a value, references followed once. */
const schemasIn = (value: unknown, seen = new Set<unknown>()): ReadonlyArray<Json> => {
  if (!isObject(value) || seen.has(value)) return []
  seen.add(value)
  const reference = value["$ref"]
  if (typeof reference === "string") return schemasIn(resolved(reference), seen)
  return [value, ...Object.values(value).flatMap((each) => schemasIn(each, seen))]
}

const bodies = operations.flatMap(({ id, requestBody }) => schemasIn(requestBody).map((schema) => ({ id, schema })))

describe("the contract", () => {
  it("takes no field that it does not name", () => {
    const objects = bodies.filter(({ schema }) => schema["type"] === "object" && isObject(schema["properties"]))
    expect(objects.length).toBeGreaterThan(40)
    expect(objects.filter(({ schema }) => schema["additionalProperties"] !== false).map(({ id }) => id)).toEqual([])
  })

  it("changes nothing by a GET: none has a body or a key of a command", () => {
    const gets = operations.filter(({ method }) => method === "get")
    expect(gets.length).toBeGreaterThan(30)
    const writing = gets.filter(
      ({ parameters = [], requestBody }) =>
        requestBody !== undefined || parameters.some(({ name }) => /^idempotency-key$/iu.test(name))
    )
    expect(writing.map(({ id }) => id)).toEqual([])
  })

  it("has nothing secret or personal in an address", () => {
    const inAddress = operations.flatMap(({ parameters = [] }) =>
      parameters.filter((parameter) => parameter.in !== "header").map(({ name }) => name)
    )
    expect(inAddress).toContain("cursor")
    const telling = /password|secret|token|mail|phone|(?:^|[a-z])name$|number|iban|^key$|apikey$/iu
    expect(inAddress.filter((name) => telling.test(name))).toEqual([])
  })

  it("knows no hints and no questions that only somebody should know", () => {
    const names = bodies.flatMap(({ schema }) =>
      Object.keys(isObject(schema["properties"]) ? schema["properties"] : {})
    )
    expect(names).toContain("password")
    expect(names.filter((name) => /hint|question|maiden|reminder/iu.test(name))).toEqual([])
  })

  it("knows no password that is too old", () => {
    const codes = schemasIn(contract).flatMap((schema) =>
      Array.isArray(schema["enum"]) ? schema["enum"].map(String) : []
    )
    expect(codes).toContain("PasswordUnsuitable")
    expect(codes.filter((code) => /password.*(?:expired|old|outdated|renew)/iu.test(code))).toEqual([])
  })
})
