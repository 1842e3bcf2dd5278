import { describe, expect, it } from "vitest"
import { proseRule } from "../../src/tidy/rules.ts"
import { messages, planted, src } from "./planted.ts"

describe("library code calls nothing that is banned", () => {
  const rule = "library code calls nothing that is banned"
  const path = `${src}/lending/Lending.ts`

  it.each([
    ["const a = Date.now()", "Clock.currentTimeMillis"],
    ["const a = globalThis.Date.now()", "Clock.currentTimeMillis"],
    ["const a = new Date()", "DateTime.now"],
    ["const a = Math.random()", "effect/Random"],
    ["const a = crypto.randomUUID()", "id service"],
    ["const a = process.env.HOME", "effect/Config"],
    [`const a = process.env["HOME"]`, "effect/Config"],
    ["console.log(1)", "Effect.log"],
    ["setTimeout(() => {}, 1)", "Effect.sleep"],
    ["const a = JSON.parse('1')", "Schema.fromJsonString"],
    ["Effect.runPromise(a)", "return the effect"],
    [`throw new Error("no such loan")`, "typed error"],
    ["const a = b as any", "unknown"],
    ["const a = b!.c", "narrow"],
    ["// @ts-ignore\nconst a = 1", "@ts-ignore"],
    ["// oxlint-disable-next-line\nconst a = 1", "oxlint-disable"]
  ])("reports %s", (text, instead) =>
    expect(messages(rule, { [path]: `// first line\n${text}` })).toMatch(new RegExp(`^${path}:2 .*${instead}`, "u"))
  )

  it("reads code, not words, and leaves tests and the house alone", () => {
    const text = `/** Unlike Date.now() it is seeded. */\nexport const a = "Math.random()"\nexport const b = new Date(0)`
    expect(messages(rule, { [path]: text })).toBe("")
    expect(
      messages(rule, { "packages/saldo/test/a.test.ts": "Date.now()", "packages/house/src/a.ts": "Date.now()" })
    ).toBe("")
  })

  it("reports JSON.parse unless its failure is caught", () => {
    const guarded = "try { JSON.parse(a) } catch { fail() }\nResult.try({ try: () => JSON.parse(a), catch: () => 1 })"
    expect(messages(rule, { [path]: guarded })).toBe("")
    const bare = "JSON.parse(a)\ntry { b() } catch { JSON.parse(a) }\ntry { JSON.parse(a) } finally { b() }"
    expect(planted(rule, { [path]: bare })).toEqual([1, 2, 3].map((line) => `${path}:${line}`))
  })

  it("lets a conformance kit throw, and nothing else of the list", () => {
    const kit = "packages/testing/src/LoanStoreTest.ts"
    expect(messages(rule, { [kit]: `JSON.parse(a)\nthrow new Error("not the same")` })).toBe("")
    expect(planted(rule, { [kit]: "Math.random()" })).toHaveLength(1)
  })

  it("lets the facade and commands run effects", () => {
    expect(messages(rule, { [`${src}/promise.ts`]: "Effect.runPromise(a)" })).toBe("")
  })
})

describe("names are the field's words", () => {
  const rule = "names are the field's words"

  it("reports empty words in files and exports", () => {
    expect(planted(rule, { [`${src}/core/moneyUtils.ts`]: "export const a = 1" })).toEqual([
      `${src}/core/moneyUtils.ts:1`
    ])
    expect(planted(rule, { [`${src}/core/A.ts`]: "\nexport class LoanManager {}\nexport const LoanLive = 1" })).toEqual(
      [`${src}/core/A.ts:2`, `${src}/core/A.ts:3`]
    )
    expect(planted(rule, { [`${src}/core/A.ts`]: "export const deliver = 1" })).toEqual([])
  })
})

describe("no test is left out", () => {
  const rule = "no test is left out"

  it("reports tests that are focused or skipped", () => {
    const path = "packages/saldo/test/a.test.ts"
    expect(
      planted(rule, { [path]: `it.only("a", f)\nit.effect.skip("b", f)\ndescribe.skip("c", f)\nit("d", f)` })
    ).toEqual([`${path}:1`, `${path}:2`, `${path}:3`])
  })
})

describe("files and functions are short", () => {
  const lines = (count: number): string => Array.from({ length: count }, (_, at) => `const a${at} = ${at}`).join("\n")

  it("reports long files by kind", () => {
    const rule = "files are short"
    expect(planted(rule, { [`${src}/lending/Loan.ts`]: lines(401) })).toEqual([`${src}/lending/Loan.ts:401`])
    expect(planted(rule, { [`${src}/lending/Loan.ts`]: lines(400) })).toEqual([])
    expect(planted(rule, { [`${src}/lending/amortization.ts`]: lines(201) })).toHaveLength(1)
    expect(planted(rule, { "packages/http/src/server/LendingHandlers.ts": lines(151) })).toHaveLength(1)
  })

  it("reports long functions by their own lines", () => {
    const rule = "functions are short"
    const path = `${src}/lending/Lending.ts`
    expect(planted(rule, { [path]: `\nexport const f = () => {\n${lines(70)}\n}` })).toEqual([`${path}:2`])
    expect(planted(rule, { [path]: `export const f = () => {\n${lines(68)}\n}` })).toEqual([])
    const named = (name: string): string => `const ${name} = Effect.fn("${name}")(function*() {\n${lines(60)}\n})`
    expect(planted(rule, { [path]: `Effect.gen(function*() {\n${named("b")}\n${named("c")}\n})` })).toEqual([])
    const anonymous = `run(function*() {\n${lines(40)}\n})`
    expect(planted(rule, { [path]: `export const f = () => {\n${anonymous}\n${anonymous}\n}` })).toEqual([`${path}:1`])
  })
})

describe("every exported symbol has a doc block", () => {
  const rule = "every exported symbol has a doc block"
  const path = `${src}/money/Money.ts`

  it("reports exports without one, of every form", () => {
    const text = [
      "export const a = 1",
      "export function b() {}",
      "export class C {}",
      "export type D = 1",
      "export interface E {}",
      "// a line comment is no block",
      "export const f = 1",
      "const g = 1",
      "export { g }",
      "export default 1"
    ].join("\n")
    expect(planted(rule, { [path]: text })).toEqual([1, 2, 3, 4, 5, 7, 8, 10].map((line) => `${path}:${line}`))
  })

  it("reports a block without a sentence, and one that belongs to something else", () => {
    expect(planted(rule, { [path]: "/** */\nexport const a = 1" })).toHaveLength(1)
    expect(planted(rule, { [path]: "/** @example ```ts\n * const a = 1 ``` */\nexport const a = 1" })).toHaveLength(1)
    expect(planted(rule, { [path]: "/** About the module. */\nimport './a.ts'\nexport const a = 1" })).toHaveLength(1)
  })

  it("lets a type and a value of one name share a block", () => {
    const text = "/** Names a platform. */\nexport const Platform = 1\nexport type Platform = 1"
    expect(planted(rule, { [path]: text })).toEqual([])
    expect(planted(rule, { [path]: text.replace(/^.*\n/u, "") })).toEqual([`${path}:1`])
  })

  it("accepts documented ones, overloads once, and leaves internal alone", () => {
    const text =
      "/** Adds two amounts. */\nexport function add(a: 1): 1\nexport function add(a: 2): 2\nexport function add(a: any) { return a }"
    expect(planted(rule, { [path]: text, [`${src}/internal/a.ts`]: "export const a = 1" })).toEqual([])
  })
})

describe("nothing is left unfinished", () => {
  const word = "TO" + "DO"

  it("reports the words and the private paths in code and prose", () => {
    expect(planted("nothing is left unfinished in code", { [`${src}/a.ts`]: `\n// ${word}: later` })).toEqual([
      `${src}/a.ts:2`
    ])
    expect(proseRule([{ path: "docs/a.md", text: `a\n${word}` }])).toHaveLength(1)
    expect(proseRule([{ path: "docs/a.md", text: "see /work/" + "shared/x" }])).toHaveLength(1)
    expect(proseRule([{ path: "docs/a.md", text: "The todo list of a method" }])).toEqual([])
    expect(proseRule([{ path: "docs/a.md", text: "It rounds up for " + "now." }])).toHaveLength(1)
    const mark = "X" + "XX"
    expect(proseRule([{ path: "a.md", text: `// ${mark} later\na ${mark}: later` }])).toHaveLength(2)
    expect(proseRule([{ path: "a.md", text: `${mark} is the code for no currency: "${mark}"` }])).toEqual([])
  })
})
