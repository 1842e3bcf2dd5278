import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { ListedLoan } from "@saldo/kameo/emulator/LoanBook"
import { sampleLoans } from "@saldo/kameo/emulator/sampleLoans"
import { startKameoEmulator, type StartedKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import { listingColumns } from "../src/listings.ts"
import { failureOf, settings, useSaldo } from "./saldo.ts"

const { path, run } = useSaldo()
const db = path("listings.sqlite")
let emulator: StartedKameoEmulator

/** Titles that a spreadsheet would run, and those that break careless CSV. */
const titles = [
  '=HYPERLINK("http://evil.test";"Klicka")',
  "+46 70 123 45 67",
  "-1+1",
  "@SUM(A1)",
  'Villa "Solbacken", Åre; 12 rum',
  "Första raden\nandra raden",
  "Emoji 🏡 och ö"
]

beforeAll(async () => {
  const odd = titles.map((title, position): ListedLoan => ({
    ...sampleLoans[0],
    loan_application_id: 900_001 + position,
    title
  }))
  emulator = await startKameoEmulator({ loans: [...sampleLoans, ...odd], frozen: true })
  expect(await run(["loans", "fetch", "--db", db], { env: settings(emulator) })).toMatchObject({ code: 0, stderr: "" })
})
afterAll(() => emulator.close())

/** Reads CSV by RFC 4180, written apart from the writer on purpose. */
const parseCsv = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
  const rows: Array<Array<string>> = [[]]
  let [field, quoted] = ["", false]
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? ""
    if (quoted) {
      if (letter !== '"') field += letter
      else if (text[at + 1] === '"') {
        field += '"'
        at += 1
      } else quoted = false
    } else if (letter === '"' && field === "") quoted = true
    else if (letter === ",") {
      rows.at(-1)?.push(field)
      field = ""
    } else if (letter === "\r" && text[at + 1] === "\n") {
      rows.at(-1)?.push(field)
      rows.push([])
      field = ""
      at += 1
    } else field += letter
  }
  return rows.slice(0, -1)
}

type Row = Readonly<Record<string, string | number | null>>

const json = async (...flags: ReadonlyArray<string>): Promise<ReadonlyArray<Row>> => {
  const { code, stderr, stdout } = await run(["loans", "export", "--db", db, ...flags])
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  return JSON.parse(stdout) as ReadonlyArray<Row>
}

describe.concurrent("saldo loans export", () => {
  it("writes CSV that reads back as the data, with formulas made harmless", async () => {
    const { code, stderr, stdout } = await run(["loans", "export", "--db", db])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    const [heading, ...rows] = parseCsv(stdout)
    expect(heading).toEqual(listingColumns)
    const data = await json("--format", "json")
    expect(rows).toHaveLength(data.length)
    for (const [position, row] of rows.entries()) {
      const expected = listingColumns.map((column) => {
        const value = String(data[position]?.[column] ?? "")
        return /^[=+\-@\t\r]/u.test(value) ? `'${value}` : value
      })
      expect(row).toEqual(expected)
    }
    for (const title of titles.slice(0, 4)) {
      const cell = rows.flat().find((one) => one.endsWith(title))
      expect(cell).toBe(`'${title}`)
    }
  })

  it("writes the same as JSON, as JSON lines, and under --json", async () => {
    const data = await json("--format", "json")
    expect(data.length).toBeGreaterThan(25)
    expect(data.map(({ title }) => title)).toEqual(expect.arrayContaining([titles[4], titles[6]]))
    expect(Object.keys(data[0] ?? {})).toEqual(listingColumns)
    const lines = await run(["loans", "export", "--db", db, "-f", "jsonl"])
    expect(
      lines.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Row)
    ).toEqual(data)
    expect(await json("--json")).toEqual(data)
    const nothing = await run(["loans", "export", "--db", db, "--format", "json", "--min-rate", "99"])
    expect(JSON.parse(nothing.stdout)).toEqual([])
  })

  it("takes filters, and refuses CSV where only JSON belongs", async () => {
    const danish = await json("--json", "--currency", "DKK")
    expect(danish.length).toBeGreaterThan(0)
    expect(danish.every(({ currency }) => currency === "DKK")).toBe(true)
    const both = await run(["loans", "export", "--db", db, "--json", "--format", "csv"])
    expect(both).toMatchObject({ code: 2, stdout: "" })
    expect(failureOf(both).remedy).toBe("Leave one of them out, or write to a file with --out.")
  })

  it("writes a file whole or not at all", async () => {
    const file = path("loans.csv")
    const written = await run(["loans", "export", "--db", db, "--out", file])
    const count = parseCsv(readFileSync(file, "utf8")).length - 1
    expect(written).toEqual({ code: 0, stdout: `${count} listings in ${file}.\n`, stderr: "" })
    const data = await run(["loans", "export", "--db", db, "--out", file, "--json"])
    expect(JSON.parse(data.stdout)).toEqual({ file, format: "json", listings: count })
    const before = "what was there before"
    writeFileSync(file, before)
    const failed = await run(["loans", "export", "--db", path("missing.sqlite"), "--out", file])
    expect(failed.code).toBe(1)
    expect(readFileSync(file, "utf8")).toBe(before)
    const nowhere = path("nowhere", "loans.csv")
    const refused = await run(["loans", "export", "--db", db, "--out", nowhere])
    expect(refused).toEqual({
      code: 1,
      stdout: "",
      stderr: `${nowhere} cannot be written.\nCheck the folder and the room on the disk; a file that was there before is as it was.\n`
    })
    expect(existsSync(path("nowhere"))).toBe(false)
    expect(readdirSync(path()).filter((name) => name.endsWith(".part"))).toEqual([])
  })
})
