import { describe, expect, it } from "vitest"
import { messages, planted, src } from "./planted.ts"

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
