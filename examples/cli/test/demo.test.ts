import { mkdirSync, writeFileSync, readFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { type Ended, failureOf, secrets, useSaldo } from "./saldo.ts"

const { path, run, script } = useSaldo()
// A name that a shell would take apart, were it not quoted.
const folder = path("Eva's demo")
const file = `${folder}/saldo demo.sqlite`
const prefix = "npx pnpm@12.21.0 --silent saldo "
let shown: Ended

beforeAll(async () => {
  mkdirSync(folder)
  shown = await run(["demo", "--file", file])
})

describe("saldo demo", () => {
  it("shows the whole journey", () => {
    expect(shown).toMatchObject({ code: 0, stderr: "" })
    const steps = [
      /A Kameo of invented loans runs at http:\/\/localhost:\d+ and http:\/\/127\.0\.0\.1:\d+\./u,
      /▸ Log in with password and one-time code\n\nLogged in over HTTP as eva\.exempel@example\.test; 3 accounts answer\./u,
      /▸ Collect every listing\n\nCollected (\d+) loans from kameo: \1 new, 0 changed, 0 unchanged\./u,
      /▸ Move Kameo's clock 4 days on, and collect again\n\nCollected \d+ loans from kameo: \d+ new, [1-9]\d* changed, [1-9]\d* unchanged\./u,
      /▸ Statistics\n\n\d+ listings\n\nBy status\n/u,
      /▸ Search for "radhus"\n\nLoan +Title/u,
      /▸ History of loan \d+\n\nWhen +Version +Field/u
    ]
    let at = 0
    for (const step of steps) {
      const found = step.exec(shown.stdout.slice(at))
      expect(found, String(step)).not.toBeNull()
      at += (found?.index ?? 0) + 1
    }
    for (const secret of Object.values(secrets)) expect(shown.stdout).not.toContain(secret)
  })

  it("ends with where the file lies and three commands that work as they are printed", async () => {
    const lines = shown.stdout.trimEnd().split("\n")
    expect(lines.at(-5)).toBe(`The database is ${file}. Try next:`)
    const commands = lines.slice(-3).map((line) => line.trim())
    expect(commands.map((command) => command.startsWith(prefix))).toEqual([true, true, true])
    for (const command of commands) {
      const words = command.slice(prefix.length)
      const end = await run([], { through: ([node = ""]) => ["sh", "-c", `exec "${node}" "${script}" ${words}`] })
      expect(end, words).toMatchObject({ code: 0, stderr: "" })
      expect(end.stdout.split("\n").length, words).toBeGreaterThan(3)
    }
  })

  it("gives the same as data, without a word of text", async () => {
    const { code, stderr, stdout } = await run(["demo", "--json", "--loans", "60", "--file", path("other.sqlite")])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(JSON.parse(stdout)).toMatchObject({
      database: path("other.sqlite"),
      first: { completeness: { _tag: "Complete" } },
      next: [expect.stringMatching(/search/u), expect.stringMatching(/stats/u), expect.stringMatching(/history \d+ /u)]
    })
  })

  it("does not take a file that may be somebody's, unless it is told to", async () => {
    const precious = path("precious.sqlite")
    writeFileSync(precious, "mine")
    const refused = await run(["demo", "--file", precious, "--json"])
    expect(refused).toMatchObject({ code: 2, stdout: "" })
    expect(failureOf(refused)).toEqual({
      happened: `${precious} exists already, and the demonstration makes its file anew.`,
      remedy: "Name another with --file, or add --overwrite.",
      exitCode: 2
    })
    expect(readFileSync(precious, "utf8")).toBe("mine")
    expect((await run(["demo", "--file", precious, "--overwrite", "--loans", "20"])).code).toBe(0)
  })
})
