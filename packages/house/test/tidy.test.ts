import { describe, expect, it } from "vitest"
import { exceptions } from "../src/tidy/exceptions.ts"
import { proseRule, rules, uncovered, unused } from "../src/tidy/rules.ts"
import { format, parse, type Problem } from "../src/tidy/source.ts"
import { filesBelow, readFiles, typescriptFiles } from "../src/workspace.ts"

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

describe("exceptions", () => {
  const problem: Problem = { rule: "banned", path: "a.ts", line: 1, message: "use Clock in place of Date.now" }
  const exception = { rule: "banned", path: "a.ts", about: "Date.now", reason: "the clock itself" }

  it("cover what they name and nothing else", () => {
    expect(uncovered([problem], [exception])).toEqual([])
    expect(uncovered([{ ...problem, message: "use Random" }], [exception])).toHaveLength(1)
    expect(unused([], [exception])).toEqual([exception])
  })
})
