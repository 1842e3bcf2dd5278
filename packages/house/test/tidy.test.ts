import { describe, expect, it } from "vitest"
import { exceptions } from "../src/tidy/exceptions.ts"
import { proseRule, rules, uncovered, unused } from "../src/tidy/rules.ts"
import { format, parse, type Problem } from "../src/tidy/source.ts"
import { filesBelow, readFiles, type SourceFile, typescriptFiles } from "../src/workspace.ts"

const tree = typescriptFiles().map(parse)

const prose = readFiles(
  ["docs", "packages", "examples", ".changeset"]
    .flatMap((folder) => filesBelow(folder, (path) => path.endsWith(".md")))
    .concat(
      filesBelow(".github", () => true),
      filesBelow(".ci", () => true)
    )
    .concat(filesBelow(".", (path) => /^\w+\.(md|json|yaml)$/u.test(path)))
    .filter((path) => !path.endsWith("CHANGELOG.md"))
)

describe("the tree keeps its rules", () => {
  const found = new Map(Object.entries(rules).map(([name, rule]) => [name, rule(tree)]))
  const all = [...found.values()].flat()

  for (const [name, problems] of found) {
    it(name, () => expect(uncovered(problems, exceptions).map(format)).toEqual([]))
  }

  it("nothing is left unfinished in prose", () =>
    expect(uncovered(proseRule(prose), exceptions).map(format)).toEqual([]))

  it("every exception is needed and says why", () => {
    expect(unused(all, exceptions)).toEqual([])
    expect(exceptions.filter(({ reason }) => reason.length < 30)).toEqual([])
  })

  it("looks at the whole tree", () => expect(tree.length).toBeGreaterThan(10))
})

/** Runs one rule over planted files and gives `path:line` of what it reports. */
const planted = (name: keyof typeof rules, files: Readonly<Record<string, string>>): ReadonlyArray<string> =>
  (rules[name]?.(parsed(files)) ?? []).map(({ path, line }: Problem) => `${path}:${line}`)

const messages = (name: keyof typeof rules, files: Readonly<Record<string, string>>): string =>
  (rules[name]?.(parsed(files)) ?? []).map(format).join("\n")

const parsed = (files: Readonly<Record<string, string>>) =>
  Object.entries(files).map(([path, text]): ReturnType<typeof parse> => parse({ path, text } satisfies SourceFile))

const src = "packages/saldo/src"

describe("folders and packages import along the arrows", () => {
  const rule = "folders and packages import along the arrows"

  it("reports an arrow that points up", () => {
    const path = `${src}/money/Money.ts`
    expect(planted(rule, { [path]: `\nimport { LocalDate } from "../time/LocalDate.ts"` })).toEqual([`${path}:2`])
    expect(messages(rule, { [path]: `import "../core/Actor.ts"` })).toContain(
      "money may import nothing of ours; not core"
    )
  })

  it("reports type imports, re-exports, import() and import types alike", () => {
    for (const text of [
      `import type { Loan } from "../lending/Loan.ts"`,
      `export { Loan } from "../lending/Loan.ts"`,
      `export const load = () => import("../lending/Loan.ts")`,
      `export type Loan = import("../lending/Loan.ts").Loan`
    ]) {
      expect(planted(rule, { [`${src}/ledger/Ledger.ts`]: text })).toEqual([`${src}/ledger/Ledger.ts:1`])
    }
  })

  it("reports a package that imports past its arrow, and a folder without a row", () => {
    expect(planted(rule, { "packages/sqlite/src/A.ts": `import { K } from "@saldo/kameo/KameoClient"` })).toHaveLength(
      1
    )
    expect(planted(rule, { [`${src}/core/A.ts`]: `import { K } from "@saldo/sqlite/SqliteClient"` })).toHaveLength(1)
    expect(messages(rule, { [`${src}/shop/A.ts`]: `import "../money/Money.ts"` })).toContain("has no row")
  })

  it("lets only adapters and the facade use sql, and nobody the facade", () => {
    const sql = `import { dialect } from "../sql/Dialect.ts"`
    expect(planted(rule, { [`${src}/lending/Lending.ts`]: sql })).toHaveLength(1)
    expect(planted(rule, { [`${src}/lending/SqlLoanStore.ts`]: sql })).toHaveLength(0)
    expect(
      planted(rule, { [`${src}/sql/Migrations.ts`]: `import * as A from "../lending/SqlLoanStore.ts"` })
    ).toHaveLength(0)
    expect(planted(rule, { [`${src}/sql/Migrations.ts`]: `import * as A from "../lending/Loan.ts"` })).toHaveLength(1)
    const type = `import type { LoanStore } from "../lending/LoanStore.ts"`
    expect(planted(rule, { [`${src}/sql/SqlStores.ts`]: type })).toHaveLength(0)
    expect(planted(rule, { [`${src}/lending/Lending.ts`]: `import "../promise.ts"` })).toHaveLength(1)
    expect(planted(rule, { [`${src}/promise.ts`]: `import "./lending/Lending.ts"` })).toHaveLength(0)
  })

  it("allows what the table allows", () => {
    const text = `import "../money/Money.ts"\nimport "../ledger/Ledger.ts"\nimport "./Loan.ts"\nimport "effect/Effect"`
    expect(planted(rule, { [`${src}/lending/Lending.ts`]: text })).toEqual([])
  })
})

describe("each kind of file imports what its kind may", () => {
  const rule = "each kind of file imports what its kind may"
  const service = (name: string): string =>
    `import * as Context from "effect/Context"\nexport class ${name} extends Context.Service<${name}, {}>()("x") {}\n`
  const world = {
    [`${src}/lending/LoanStore.ts`]: service("LoanStore"),
    [`${src}/lending/Lending.ts`]: service("Lending"),
    [`${src}/lending/SqlLoanStore.ts`]: `import "./LoanStore.ts"`
  }
  const plant = (path: string, text: string) => planted(rule, { ...world, [path]: text })

  it("keeps money and time free of Effect, and their codecs out of the rest", () => {
    expect(plant(`${src}/money/Money.ts`, `import type * as Option from "effect/Option"`)).toHaveLength(1)
    expect(plant(`${src}/time/dayCount.ts`, `import * as fs from "node:fs"`)).toHaveLength(1)
    expect(plant(`${src}/money/Money.ts`, `import { MoneySchema } from "./MoneySchema.ts"`)).toHaveLength(1)
    expect(
      plant(`${src}/money/MoneySchema.ts`, `import * as Schema from "effect/Schema"\nimport "./Money.ts"`)
    ).toEqual([])
    expect(plant(`${src}/money/Money.ts`, `import Decimal from "decimal.js"\nimport "./Currency.ts"`)).toEqual([])
  })

  it("keeps calculators pure", () => {
    const path = `${src}/lending/amortization.ts`
    expect(plant(path, `import * as Effect from "effect/Effect"`)).toEqual([`${path}:1`])
    expect(plant(path, `import { LoanStore } from "./LoanStore.ts"`)).toHaveLength(1)
    expect(plant(path, `import { randomBytes } from "node:crypto"`)).toHaveLength(1)
    expect(
      plant(path, `import * as Result from "effect/Result"\nimport "../money/Money.ts"\nimport "./Loan.ts"`)
    ).toEqual([])
  })

  it("keeps models, ports, use cases and adapters to their neighbours", () => {
    expect(plant(`${src}/lending/Loan.ts`, `import * as Effect from "effect/Effect"`)).toHaveLength(1)
    expect(plant(`${src}/lending/Loan.ts`, `import { LoanStore } from "./LoanStore.ts"`)).toHaveLength(1)
    expect(plant(`${src}/lending/RateSource.ts`, service("RateSource") + `import "./Lending.ts"`)).toHaveLength(1)
    expect(plant(`${src}/lending/Servicing.ts`, service("Servicing") + `import "./SqlLoanStore.ts"`)).toHaveLength(1)
    expect(plant(`${src}/lending/SqlOtherStore.ts`, `import "./Lending.ts"`)).toHaveLength(1)
    expect(plant(`${src}/lending/Servicing.ts`, service("Servicing") + `import "./LoanStore.ts"`)).toEqual([])
  })
})

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

describe("library code imports modules, not barrels", () => {
  const rule = "library code imports modules, not barrels"

  it.each([
    "effect",
    "effect/sql",
    "effect/http-api",
    "saldo",
    "saldo/money",
    "@saldo/sqlite",
    "./index.ts",
    "../money/index.ts"
  ])("reports %s", (specifier) => {
    const path = "packages/kameo/src/emulator/Server.ts"
    expect(planted(rule, { [path]: `import * as A from "${specifier}"` })).toEqual([`${path}:1`])
  })

  it("allows modules", () => {
    const text = ["effect/Effect", "effect/sql/SqlClient", "saldo/money/Money", "saldo/promise", "./A.ts"]
      .map((specifier) => `import "${specifier}"`)
      .join("\n")
    expect(planted(rule, { "packages/kameo/src/B.ts": text })).toEqual([])
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

describe("every port has a suite and every implementation runs it", () => {
  const rule = "every port has a suite and every implementation runs it"
  const port = {
    [`${src}/lending/LoanStore.ts`]: `export class LoanStore extends Context.Service<LoanStore, {}>()("x") {\n  static readonly layerMemory = 1\n}`
  }
  const suite = { "packages/testing/src/LoanStoreTest.ts": "export const suite = 1" }
  const adapter = { [`${src}/lending/SqlLoanStore.ts`]: "export const layer = 1" }
  const everywhere = ["TestSqlite.layer", "TestSqlite.layerFile", "TestPostgres.layer"]
    .map((database) => `LoanStoreTest.suite("sql", SqlLoanStore.layer.pipe(Layer.provide(${database})))`)
    .join("\n")
  const test = (body: string) => ({
    "packages/saldo/test/lending/LoanStore.test.ts": `import * as LoanStoreTest from "@saldo/testing/LoanStoreTest"\nimport { LoanStore } from "saldo/lending/LoanStore"\nimport * as SqlLoanStore from "saldo/lending/SqlLoanStore"\n${body}`
  })

  it("reports a port without a suite", () =>
    expect(messages(rule, port)).toContain("packages/testing/src/LoanStoreTest.ts"))

  it("reports a memory layer and an adapter that no test runs", () => {
    expect(messages(rule, { ...port, ...suite })).toContain("LoanStore.layerMemory")
    const memory = `LoanStoreTest.suite("memory", LoanStore.layerMemory)`
    expect(messages(rule, { ...port, ...suite, ...test(memory) })).toBe("")
    expect(messages(rule, { ...port, ...suite, ...adapter, ...test(memory) })).toContain("SqlLoanStore.layer")
    expect(messages(rule, { ...port, ...suite, ...adapter, ...test(`${memory}\n${everywhere}`) })).toBe("")
    const onSqlite = everywhere.replace("TestPostgres.layer", "TestMysql.layer")
    expect(messages(rule, { ...port, ...suite, ...adapter, ...test(`${memory}\n${onSqlite}`) })).toContain(
      "SqlLoanStore.layer on TestPostgres.layer in a test"
    )
    expect(
      messages(rule, { ...port, ...suite, ...adapter, ...test(`LoanStore.layerMemory\nSqlLoanStore.layer`) })
    ).toContain("layerMemory")
  })

  it("finds adapters of other packages and ports by role alone", () => {
    const source = {
      [`${src}/lending/LoanSource.ts`]: `export class LoanSource extends Context.Service<LoanSource, {}>()("x") {}`
    }
    const kameo = { "packages/kameo/src/KameoLoanSource.ts": "export const layer = 1" }
    const kit = { "packages/testing/src/LoanSourceTest.ts": "export const suite = 1" }
    expect(planted(rule, { ...source, ...kameo, ...kit })).toEqual(["packages/kameo/src/KameoLoanSource.ts:1"])
  })

  it("takes a suite without the role, which tests a use case and its store together", () => {
    const kit = { "packages/testing/src/LoanTest.ts": "export const suite = 1" }
    const call = `import * as LoanTest from "@saldo/testing/LoanTest"\nLoanTest.suite("memory", LoanStore.layerMemory)`
    expect(messages(rule, { ...port, ...kit, "packages/saldo/test/lending/Loan.test.ts": call })).toBe("")
  })

  it("does not take a use case for a port", () => {
    expect(
      messages(rule, {
        [`${src}/lending/Lending.ts`]: `export class Lending extends Context.Service<Lending, {}>()("x") {}`
      })
    ).toBe("")
  })
})

describe("no export reaches tests", () => {
  const rule = "no export reaches tests"

  it("reports the edge, however deep", () => {
    const files = {
      [`${src}/core/A.ts`]: `import "../internal/a.ts"`,
      [`${src}/internal/a.ts`]: `\nimport { it } from "vitest"`,
      [`${src}/internal/unreached.ts`]: `import "vitest"`
    }
    expect(planted(rule, files)).toEqual([`${src}/internal/a.ts:2`])
    expect(messages(rule, files)).toContain(`${src}/core/A.ts → ${src}/internal/a.ts`)
    expect(planted(rule, { [`${src}/core/A.ts`]: `import "@saldo/testing/AtomicTest"` })).toHaveLength(1)
    expect(planted(rule, { [`${src}/core/A.ts`]: `import "../../test/core/fixture.ts"` })).toHaveLength(1)
    expect(planted(rule, { "packages/testing/src/AtomicTest.ts": `import "vitest"` })).toEqual([])
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

describe("exceptions", () => {
  const problem: Problem = { rule: "banned", path: "a.ts", line: 1, message: "use Clock in place of Date.now" }
  const exception = { rule: "banned", path: "a.ts", about: "Date.now", reason: "the clock itself" }

  it("cover what they name and nothing else", () => {
    expect(uncovered([problem], [exception])).toEqual([])
    expect(uncovered([{ ...problem, message: "use Random" }], [exception])).toHaveLength(1)
    expect(unused([], [exception])).toEqual([exception])
  })
})
