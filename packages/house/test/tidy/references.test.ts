import { describe, expect, it } from "vitest"
import { proseRule } from "../../src/tidy/rules.ts"
import { planted, src } from "./planted.ts"

const rule = "comments stand on their own"
const path = `${src}/lending/Loan.ts`
const section = "\u00a7"
const said = "specifi" + "cation"

describe(rule, () => {
  it.each([
    `// Rounded half up (${said} ${section}5.1).`,
    `/**\n * Only claimed, never seen (${said}\n * ${section}4.1), so optional.\n */`,
    `// Only claimed, never seen (sp` + `ec\n// ${section}4.1).`,
    `// In the order of the ${said}.`,
    `// The rules of ${section}5.2 in turn.`,
    `it("does what ${section}7 asks", () => {})`
  ])("reports %s", (text) => expect(planted(rule, { [path]: text })).toEqual([`${path}:1`]))

  it.each([
    `// RFC 4648 ${section}6: a group of 8 characters`,
    `/** Holidays by 5 U.S.C. ${section} 6103. */`,
    `// As https://sqlite.org/datatype3.html says in\n// ${section}3.1.`,
    `it("writes the example of RFC 8785 ${section}3.2.2", () => {})`,
    `const specifier = "./${said}.ts"`
  ])("lets %s be, which a reader can follow", (text) => expect(planted(rule, { [path]: text })).toEqual([]))

  it("reads prose too", () => {
    expect(proseRule([{ path: "docs/a.md", text: `a\nAs in ${section}5.1.` }])).toMatchObject([{ line: 2 }])
    expect(proseRule([{ path: "docs/a.md", text: `RFC 9562 ${section}6.2, ARCHITECTURE.md ${section}3` }])).toEqual([])
  })
})
