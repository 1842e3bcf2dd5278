import { existsSync, statSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { failureOf, useSaldo } from "./saldo.ts"

const { path, run } = useSaldo()

const books = async (...words: ReadonlyArray<string>) => {
  const end = await run(["ledger", ...words, "--json"])
  expect(end).toMatchObject({ code: 0, stderr: "" })
  return JSON.parse(end.stdout)
}

describe("saldo backup", () => {
  it("copies the books as they are, which go on, and the copy verifies", async () => {
    await books("open", "cash", "--type", "asset", "--currency", "SEK")
    await books("open", "anna", "--type", "liability", "--currency", "SEK")
    await books("post", "--debit", "cash=10", "--credit", "anna=10")
    const { code, stderr, stdout } = await run(["backup", "copy.sqlite"])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    const { size } = statSync(path("copy.sqlite"))
    expect(stdout).toBe(`copy.sqlite is a copy of saldo.sqlite, ${size} bytes. The keys of a bank are not in it.\n`)
    await books("post", "--debit", "cash=5", "--credit", "anna=5")
    expect(await books("verify", "--db", path("copy.sqlite"))).toMatchObject({ whole: true, entries: 1 })
    expect(await books("verify")).toMatchObject({ whole: true, entries: 2 })
    const again = await run(["backup", "copy.sqlite", "--json"])
    expect(JSON.parse(again.stdout)).toEqual({ file: "copy.sqlite", bytes: statSync(path("copy.sqlite")).size })
    expect(await books("verify", "--db", path("copy.sqlite"))).toMatchObject({ entries: 2 })
  })

  it("says what is wrong, and makes nothing", async () => {
    const failing = async (...words: ReadonlyArray<string>) =>
      failureOf(await run(["backup", ...words, "--json"])).happened
    expect(await failing("nowhere/copy.sqlite")).toBe("nowhere/copy.sqlite cannot be written.")
    expect(await failing("./saldo.sqlite")).toBe("./saldo.sqlite is the database itself.")
    expect(await failing("other.sqlite", "--db", "absent.sqlite")).toBe("There is no database at absent.sqlite.")
    expect(existsSync(path("absent.sqlite"))).toBe(false)
    expect(await failing("other.sqlite", "--db", "postgres://saldo:Geheim-77@127.0.0.1:1/saldo")).toBe(
      "127.0.0.1:1/saldo is a Postgres server, which is backed up by means of its own."
    )
    expect(existsSync(path("other.sqlite"))).toBe(false)
  })
})
