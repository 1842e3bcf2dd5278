import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "../src/workspace.ts"

const read = (path: string): string => readFileSync(join(root, path), "utf8")

/** The third-party packages of a catalog: the indented lines behind `catalog:`. */
const catalogued = (workspace: string): ReadonlyArray<string> =>
  (/^catalog:\n((?: {2}.+\n)+)/mu.exec(workspace)?.[1] ?? "")
    .split("\n")
    .flatMap((line) => /^ {2}"?([^":]+)"?: /u.exec(line)?.[1] ?? [])

/** The packages that the first column of the decision's tables names; a `*` stands for any ending. */
const explained = (decision: string): ReadonlyArray<string> =>
  decision
    .split("\n")
    .flatMap((line) => (/^\| (`[^|]+)\|/u.exec(line)?.[1] ?? "").matchAll(/`([^`]+)`/gu).toArray())
    .flatMap(([, name]) => name ?? [])

const covers = (pattern: string, name: string): boolean =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name

const differences = (workspace: string, decision: string): ReadonlyArray<string> => {
  const [names, patterns] = [catalogued(workspace), explained(decision)]
  return [
    ...names
      .filter((name) => !patterns.some((pattern) => covers(pattern, name)))
      .map((name) => `say what ${name} is for`),
    ...patterns
      .filter((pattern) => !names.some((name) => covers(pattern, name)))
      .map((pattern) => `${pattern} is gone: drop its line`)
  ]
}

it("decision 6 has a line for each third-party package, and for no other", () => {
  const [workspace, decision] = [read("pnpm-workspace.yaml"), read("docs/decisions/0006-dependencies.md")]
  expect(catalogued(workspace).length).toBeGreaterThan(20)
  expect(differences(workspace, decision)).toEqual([])
  expect(differences(`${workspace}  left-pad: 1.0.0\n`, decision)).toEqual(["say what left-pad is for"])
  expect(differences(workspace, `${decision}\n| `.concat("`right-pad` | pads | none |"))).toEqual([
    "right-pad is gone: drop its line"
  ])
})
