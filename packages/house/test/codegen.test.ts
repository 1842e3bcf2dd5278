import { describe, expect, it } from "vitest"
import { barrels, staleBarrels } from "../src/codegen.ts"

const src = "packages/saldo/src"

/** The lines of a barrel below its header. */
const lines = (sources: ReadonlyArray<string>, path: string): ReadonlyArray<string> =>
  (barrels(sources).get(path) ?? "").trimEnd().split("\n").slice(1)

describe("barrels", () => {
  it("are up to date (if not: pnpm codegen)", () => expect(staleBarrels()).toEqual([]))

  it("hold one namespace per module, in alphabetical order", () => {
    const sources = [
      `${src}/money/Rate.ts`,
      `${src}/money/Money.ts`,
      `${src}/money/index.ts`,
      `${src}/money/rounding.ts`
    ]
    expect(lines(sources, `${src}/money/index.ts`)).toEqual([
      `export * as Money from "./Money.ts"`,
      `export * as Rate from "./Rate.ts"`,
      `export * as rounding from "./rounding.ts"`
    ])
  })

  it("leave the codecs out of money and time, and only there", () => {
    const sources = [`${src}/money/MoneySchema.ts`, `${src}/money/Money.ts`, `${src}/lending/LoanSchema.ts`]
    expect(lines(sources, `${src}/money/index.ts`)).toEqual([`export * as Money from "./Money.ts"`])
    expect(lines(sources, `${src}/lending/index.ts`)).toEqual([`export * as LoanSchema from "./LoanSchema.ts"`])
  })

  it("never hold internal modules, commands or the facade", () => {
    const sources = [`${src}/core/Actor.ts`, `${src}/core/internal/a.ts`, `${src}/internal/b.ts`, `${src}/promise.ts`]
    expect([...barrels(sources).keys()]).toEqual([`${src}/core/index.ts`, `${src}/index.ts`])
    expect(lines(sources, `${src}/index.ts`)).toEqual([`export * from "./core/index.ts"`])
    expect(barrels(["packages/kameo/src/bin/run.ts"]).size).toBe(0)
  })

  it("give a folder of another package its own entry point, and a package its front door", () => {
    const sources = ["packages/kameo/src/totp.ts", "packages/kameo/src/emulator/Server.ts"]
    expect(lines(sources, "packages/kameo/src/index.ts")).toEqual([`export * as totp from "./totp.ts"`])
    expect(lines(sources, "packages/kameo/src/emulator/index.ts")).toEqual([`export * as Server from "./Server.ts"`])
    const sqlite = ["packages/sqlite/src/sqlite.ts", "packages/sqlite/src/SqliteClient.ts"]
    expect(lines(sqlite, "packages/sqlite/src/index.ts")).toEqual([
      `export * as SqliteClient from "./SqliteClient.ts"`,
      `export * from "./sqlite.ts"`
    ])
  })

  it("refuse two modules of one name, and folders in folders", () => {
    expect(() => barrels([`${src}/money/Rate.ts`, `${src}/lending/Rate.ts`])).toThrow(
      "lending/Rate.ts and money/Rate.ts"
    )
    expect(() => barrels([`${src}/lending/loans/Loan.ts`])).toThrow("folders stay flat")
  })
})
