import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { beforeAll, describe, expect, it } from "vitest"
import { failureOf, useSaldo } from "./saldo.ts"

const { path, run } = useSaldo()
const db = path("books.sqlite")
const today = new Date().toISOString().slice(0, 10)

const ledger = (...args: ReadonlyArray<string>) => run(["ledger", ...args, "--db", db])

const text = async (...args: ReadonlyArray<string>) => {
  const { code, stderr, stdout } = await ledger(...args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  // The thousands are apart by a space that does not break.
  return stdout.trimEnd().replace(/\u00a0|\u202f/gu, " ")
}

const json = async (...args: ReadonlyArray<string>) => JSON.parse(await text(...args, "--json"))

beforeAll(async () => {
  await text("open", "cash", "--type", "asset", "--name", "Till")
  await text("open", "customers", "--type", "liability")
  await text("open", "customers.anna", "--type", "liability", "--minimum", "0", "--parent", "customers")
  await text("open", "fees", "--type", "income")
  const value = ["--value", "2026-03-31"]
  await text(
    "post",
    "--debit",
    "cash=1500.00",
    "--credit",
    "customers.anna=1500.00",
    "--key",
    "deposit",
    "--text",
    "Deposit",
    ...value
  )
  await text("post", "--debit", "customers.anna=25.50", "--credit", "fees=25.5", "--key", "fee", "--text", "Fee")
})

describe("saldo ledger", () => {
  it("lists accounts with what they hold", async () => {
    expect(await text("accounts")).toBe(
      [
        "Code            Name            Type        Balance  Available  Currency  State",
        "cash            Till            asset      1 500,00             SEK",
        "customers       customers       liability      0,00             SEK",
        "customers.anna  customers.anna  liability  1 474,50   1 474,50  SEK",
        "fees            fees            income        25,50             SEK"
      ].join("\n")
    )
    expect(await json("accounts", "--prefix", "customers.")).toMatchObject({
      items: [{ balance: "1474.50" }],
      next: null
    })
    const first = await json("accounts", "--limit", "3")
    expect((await json("accounts", "--limit", "3", "--cursor", first.next)).items).toMatchObject([{ code: "fees" }])
  })

  it("books an entry once for its key, and can say beforehand what it comes to", async () => {
    const again = await text(
      "post",
      "--debit",
      "customers.anna=25.50",
      "--credit",
      "fees=25.5",
      "--key",
      "fee",
      "--text",
      "Fee"
    )
    expect(again).toContain("Booked before as entry 2")
    const planned = await text("post", "--debit", "customers.anna=100", "--credit", "fees=100", "--plan")
    expect(planned).toBe("customers.anna: 1 474,50 → 1 374,50 SEK\nfees: 25,50 → 125,50 SEK")
    expect((await json("balance", "customers.anna")).balance).toBe("1474.50")
  })

  it("shows balances by value date, and statements by day of booking", async () => {
    expect(await text("balance", "customers.anna", "--value", "2026-03-31")).toContain("Balance    1 500,00 SEK")
    const statement = await text("statement", "customers.anna", "--from", today, "--to", today)
    expect(statement.split("\n").slice(2)).toEqual([
      "Booked      Value       Text               Amount   Balance",
      "                        Opening balance                0,00",
      `${today}  2026-03-31  Deposit          1 500,00  1 500,00`,
      `${today}  ${today}  Fee                −25,50  1 474,50`,
      "                                                   ────────",
      "                        Closing balance            1 474,50"
    ])
    expect(await json("statement", "customers.anna", "--from", today, "--to", today)).toMatchObject({
      opening: "0.00",
      closing: "1474.50",
      items: [{ amount: "1500.00" }, { amount: "-25.50", balance: "1474.50" }]
    })
  })

  it("proves the books: by sums, by hashes, and offline", async () => {
    expect(await text("trial-balance")).toContain(
      ["                                1 500,00  1 500,00  SEK", "", "The books balance."].join("\n")
    )
    expect(await json("trial-balance")).toMatchObject({
      balanced: true,
      totals: [{ debit: "1500.00", credit: "1500.00" }]
    })
    expect(await text("verify")).toMatch(/^Whole: 2 entries in 2 blocks, 4 accounts\.\nHead: [0-9a-f]{64}$/u)
    const file = path("journal.jsonl")
    expect(await text("export", "--out", file)).toContain("10 lines in")
    expect((await text("export")).trimEnd()).toBe(readFileSync(file, "utf8").trimEnd())
    const verifier = fileURLToPath(new URL("../../../packages/saldo/verify-journal.mjs", import.meta.url))
    expect(spawnSync(process.execPath, [verifier, file], { encoding: "utf8" }).stdout).toMatch(/^Whole: 2 entries/u)
  })

  it("keeps the books of tenants apart", async () => {
    await text("open", "cash", "--type", "asset", "--tenant", "other")
    expect((await json("accounts", "--tenant", "other")).items).toMatchObject([{ code: "cash", balance: "0.00" }])
    expect((await json("trial-balance")).lines).toHaveLength(4)
  })

  it.each([
    [["post", "--debit", "cash=1", "--credit", "nobody=1"], 1, "There is no ledger account nobody."],
    [["post", "--debit", "cash", "--credit", "fees=1"], 2, "--debit cash has no amount."],
    [["post", "--debit", "customers.anna=10000", "--credit", "fees=10000"], 1, "has 1474.50 SEK available"],
    [["post", "--debit", "cash=1", "--credit", "fees=2"], 1, "the credits are 1.00 more"],
    [["post", "--debit", "cash=1.005", "--credit", "fees=1.005"], 2, "SEK has 2 decimals"],
    [["post", "--debit", "cash=2", "--credit", "fees=2", "--key", "fee"], 1, "was used for another"],
    [["open", "cash", "--type", "asset"], 1, "is there already"],
    [["open", "x", "--type", "thing"], 2, "--type cannot be"],
    [["open", "x", "--type", "asset", "--currency", "XXQ"], 1, "expected a known currency"],
    [["statement", "cash", "--from", "2026-02-30", "--to", "2026-03-01"], 2, "--from cannot be"],
    [["balance", "cash", "--known", "yesterday"], 2, "--known cannot be"]
  ])("refuses %j with what was wrong", async (args, code, said) => {
    const found = await ledger(...args)
    expect(found.code).toBe(code)
    expect(found.stderr).toContain(said)
    expect(found.stdout).toBe("")
    expect(failureOf(await ledger(...args, "--json"))).toMatchObject({ exitCode: code })
  })

  it("makes no books where none were meant", async () => {
    const { code, stderr } = await run(["ledger", "accounts", "--db", path("misspelt.sqlite")])
    expect(code).toBe(1)
    expect(stderr).toContain("There is no database")
  })
})
