import { describe, expect, it } from "vitest"
import {
  asserts,
  uncheckedExamples,
  type Failure,
  type Fence,
  fencesOfProse,
  fencesOfSource,
  importsSomething,
  runFences,
  typeCheck
} from "../src/docs.ts"
import { isPublished, parse } from "../src/tidy/source.ts"
import { filesBelow, readFiles, typescriptFiles } from "../src/workspace.ts"

const prose = readFiles([
  ...filesBelow("docs", (path) => path.endsWith(".md")),
  ...filesBelow("packages", (path) => /^packages\/[\w-]+\/README\.md$/u.test(path)),
  ...filesBelow("examples", (path) => /^examples\/[\w-]+\/README\.md$/u.test(path)),
  ...filesBelow(".", (path) => /^[A-Z]+\.md$/u.test(path))
])

const sources = typescriptFiles()
  .filter(({ path }) => isPublished(path))
  .map(parse)

const fences = [...prose.flatMap(fencesOfProse), ...sources.flatMap(fencesOfSource)].filter(importsSomething)

const show = (failures: ReadonlyArray<Failure>): ReadonlyArray<string> =>
  failures.map(({ line, message, path }) => `${path}:${line} ${message}`)

describe("every fence of the documentation", () => {
  it("is found", () => expect(fences.length).toBeGreaterThan(0))

  it("imports what it uses, where a doc block calls it an example", () => {
    expect(show(sources.flatMap(uncheckedExamples))).toEqual([])
  })

  it("type-checks", { timeout: 120_000 }, () => expect(show(typeCheck(fences))).toEqual([]))

  it("comes out as it says", { timeout: 150_000 }, () => {
    expect(show(runFences(fences.filter(asserts)))).toEqual([])
  })
})

const fence = (code: string, line = 10): Fence => ({ path: "docs/planted.md", line, code })

describe("fences are found", () => {
  it("in prose, with their lines and without their indent", () => {
    const text =
      "# A\n\n```ts\nconst a = 1\n```\n\n- b\n  ```ts\n  const b = {\n    c: 1\n  }\n  ```\n\n```sh\nls\n```\n"
    expect(fencesOfProse({ path: "a.md", text })).toEqual([
      { path: "a.md", line: 4, code: "const a = 1" },
      { path: "a.md", line: 9, code: "const b = {\n  c: 1\n}" }
    ])
  })

  it("in doc blocks, with the lines of the file", () => {
    const text =
      "const a = 1\n/**\n * Adds.\n *\n * @example\n * ```ts\n * import 'a'\n *   a()\n * ```\n */\nexport const b = 1\n"
    expect(fencesOfSource(parse({ path: "a.ts", text }))).toEqual([
      { path: "a.ts", line: 7, code: "import 'a'\n  a()" }
    ])
  })

  it("in examples without marks, up to the next tag", () => {
    const text = "/**\n * Adds.\n *\n * @example\n * import 'a'\n *\n * a()\n * @see b\n */\nexport const add = 1\n"
    expect(fencesOfSource(parse({ path: "a.ts", text }))).toEqual([
      { path: "a.ts", line: 5, code: "import 'a'\n\na()" }
    ])
  })

  it("and an example that imports nothing is reported", () => {
    const text = "/**\n * Adds.\n *\n * @example\n * add(1, 2)\n */\nexport const add = 1\n"
    expect(uncheckedExamples(parse({ path: "a.ts", text }))).toMatchObject([{ path: "a.ts", line: 4 }])
  })

  it("and a sketch that imports nothing is left alone", () => {
    expect(importsSomething(fence("const a: Missing = 1"))).toBe(false)
    expect(importsSomething(fence(`import { a } from "b"`))).toBe(true)
  })
})

describe("a planted violation is reported at its line", () => {
  it("when a type is wrong, a name is gone or a module is missing", { timeout: 60_000 }, () => {
    const planted = [
      fence(`import * as Effect from "effect/Effect"\n\nconst a: string = Effect.succeed(1)`),
      fence(`import { gone } from "effect/Effect"`, 20),
      fence(`import { a } from "saldo/money/Missing"`, 30),
      fence(`import * as Effect from "effect/Effect"\nexport const fine = Effect.succeed(1)`, 40)
    ]
    expect(typeCheck(planted).map(({ line, path }) => `${path}:${line}`)).toEqual([
      "docs/planted.md:12",
      "docs/planted.md:20",
      "docs/planted.md:30"
    ])
  })

  it("when a value or a print comes out otherwise, a fence throws, or an assertion never runs", () => {
    const planted = [
      fence("const a: number = 1 + 1 // => 3\na // => 2\nconsole.log(a, 'b') // => 2 c"),
      fence("throw new TypeError('no')\n1 // => 1", 20),
      fence("export const never = () => {\n  const a = 1 // => 1\n  return a\n}", 30),
      fence("const list = [{ a: 1n }]\nlist // => [{ a: 2n }]", 40)
    ]
    expect(show(runFences(planted))).toEqual([
      "docs/planted.md:10 the document says 3, it is 2",
      "docs/planted.md:12 the document says 2 c, it is 2 b",
      expect.stringContaining("docs/planted.md:20 the fence throws TypeError: no"),
      "docs/planted.md:31 this assertion never ran",
      "docs/planted.md:41 the document says [{ a: 2n }], it is [ { a: 1n } ]"
    ])
  })

  it("and what is right passes: values, instances, text, several lines, inside functions", () => {
    const right = [
      fence(`class Loan { readonly id = "a"; readonly parts = [1, 2] }\nnew Loan() // => { id: "a", parts: [1, 2] }`),
      fence(`console.log("a\\nb")\n// => a\n// => b`),
      fence(`const run = async () => {\n  const total = 2 // => 2\n  total + 1 // => 3\n}\nawait run()`),
      fence(`"1\\u00a0234 kr" // => "1 234 kr"\nconsole.log("1\\u202f234 kr") // => 1 234 kr`),
      fence(`BigInt(5) // => 5n\n"plain text".slice(0, 5) // => "plain"\nArray.of(1, 2).join(" and ") // => 1 and 2`)
    ]
    expect(show(runFences(right))).toEqual([])
  })
})
