import { sqlite } from "@saldo/sqlite/sqlite"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Money from "saldo/money/Money"
import { createSaldo, InputInvalid, type Saldo } from "saldo/promise"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const sek = (text: string) => Money.of(text, "SEK")

let folder: string
let saldo: Saldo
let cash: string
let anna: string
let bo: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "saldo-promise-ledger-"))
  saldo = await createSaldo({ storage: sqlite({ filename: join(folder, "books.sqlite") }), tenant: "bank" })
  const open = async (code: string, type: "asset" | "liability") =>
    (await saldo.ledger.openAccount({ code, name: code, type, currency: "SEK", metadata: { of: code } })).id
  cash = await open("cash", "asset")
  anna = await open("anna", "liability")
  bo = await open("bo", "liability")
  await saldo.ledger.changeAccount(anna, { bounds: { minimum: 0n, maximum: null } })
})
afterAll(async () => {
  await saldo.close()
  await rm(folder, { recursive: true })
})

const sides = (debit: string, credit: string, amount: string) => [
  { accountId: debit, side: "debit" as const, amount: sek(amount) },
  { accountId: credit, side: "credit" as const, amount: sek(amount) }
]

describe("the ledger without Effect", () => {
  it("posts, holds, captures, voids and reverses, once for a key", async () => {
    const { ledger } = saldo
    const deposit = { key: "deposit", postings: sides(cash, anna, "100.00"), metadata: { till: "3" } }
    const first = await ledger.post(deposit)
    expect(await ledger.post(deposit)).toEqual(first)
    const holdId = saldo.newId("hold")
    await ledger.placeHold({
      key: "hold",
      holdId,
      debit: anna,
      credit: bo,
      amount: sek("60.00"),
      expiresAfterMs: 60_000
    })
    await ledger.capture({ key: "take", holdId, amount: sek("25.00"), rest: "keep" })
    await ledger.voidHold({ key: "void", holdId })
    expect(await ledger.hold(holdId)).toMatchObject({ state: "partly-captured", expiresAt: expect.any(Date) })
    const spent = await ledger.post({ key: "spend", postings: sides(anna, bo, "5.00"), valueOn: "2026-01-01" })
    await ledger.reverse({ key: "back", entryId: spent.id })
    const { available, balance } = await ledger.balance(anna)
    expect([balance, available].map(String)).toEqual(["75.00 SEK", "75.00 SEK"])
    expect(String((await ledger.balance(anna, { valueOn: "2026-01-01" })).balance)).toBe("-5.00 SEK")
  })

  it("tells what was refused by the tag of the rejection", async () => {
    const { ledger } = saldo
    const poor = ledger.post({ key: "poor", postings: sides(anna, bo, "1000.00") })
    await expect(poor).rejects.toMatchObject({ _tag: "InsufficientFunds", available: sek("75.00") })
    const outcomes = await ledger.commitAll([
      { key: "a", operations: [{ _tag: "Post", postings: sides(cash, anna, "1.00") }] },
      { key: "b", operations: [{ _tag: "Post", postings: sides(anna, bo, "1000.00") }] }
    ])
    expect(outcomes).toMatchObject([{ ok: true }, { ok: false, reason: { _tag: "InsufficientFunds" } }])
    const plan = await ledger.plan({ key: "c", operations: [{ _tag: "Post", postings: sides(anna, bo, "1000.00") }] })
    expect(plan).toMatchObject({ _tag: "Refused", refusal: { _tag: "InsufficientFunds" } })
  })

  it("says where an input is wrong, and never passes over what it does not know", async () => {
    const { ledger } = saldo
    const wrong = async (call: Promise<unknown>) => {
      const error = await call.catch((rejection: unknown) => rejection)
      return error instanceof InputInvalid ? error.path : error
    }
    expect(await wrong(ledger.balance("anna"))).toBe("")
    expect(await wrong(ledger.post({ key: "", postings: sides(cash, anna, "1.00") }))).toBe("/key")
    const misspelt = { type: "asset", colour: "red" } as Parameters<typeof ledger.accounts>[0]
    expect(await wrong(ledger.accounts(misspelt))).toBe("/colour")
    expect(await wrong(ledger.entries({ valueFrom: "2026-02-30" }))).toBe("/valueFrom")
    const sideways = sides(cash, anna, "1.00").map((each) => ({ ...each, side: "left" as "debit" }))
    expect(await wrong(ledger.post({ key: "x", postings: sideways }))).toBe("/postings/0/side")
    expect(await wrong(ledger.entries({}, { limit: 501 }))).toBe("/limit")
    expect(await wrong(ledger.holds({}, { cursor: 5 as never }))).toBe("/cursor")
    expect(await wrong(saldo.audit.query({}, { limit: 0 }))).toBe("/limit")
    expect(await wrong(saldo.audit.query({}, { order: "newest" as never }))).toBe("/order")
    expect(await wrong(saldo.audit.hold({ _tag: "Tenant" }, ""))).toBe("")
    expect(await wrong(ledger.expireHolds(0))).toBe("")
    await expect(ledger.entries({}, { cursor: "?" })).rejects.toMatchObject({ _tag: "InvalidCursor" })
    const invalid = ledger.post({ key: "y", postings: sides(cash, cash, "1.00") })
    await expect(invalid).rejects.toMatchObject({ _tag: "CommandInvalid", path: "/operations/0/postings/1/accountId" })
  })

  it("takes no actor and no tenant that cannot be", async () => {
    const actor = { tenant: "bank", id: "anna" }
    expect(() => saldo.as({ ...actor, permissions: ["everything"] })).toThrow(InputInvalid)
    expect(() => saldo.as({ ...actor, id: "" })).toThrow("/id does not fit")
    expect(() => saldo.as({ ...actor, role: "teller" } as typeof actor)).toThrow("/role does not fit")
    const nameless = createSaldo({ storage: sqlite({ filename: ":memory:" }), tenant: "" })
    await expect(nameless).rejects.toMatchObject({ _tag: "InputInvalid", path: "/tenant" })
  })

  it("lists, reports, verifies and exports", async () => {
    const { ledger } = saldo
    const first = await ledger.entries({ accountId: anna }, { limit: 2 })
    const rest = await ledger.entries(
      { accountId: anna },
      { limit: 500, ...(first.next === null ? {} : { cursor: first.next }) }
    )
    expect([...first.items, ...rest.items].map(({ kind }) => kind)).toEqual([
      "posted",
      "held",
      "captured",
      "voided",
      "posted",
      "posted",
      "posted"
    ])
    expect((await ledger.accounts({ metadata: { of: "bo" } })).items.map(({ code }) => code)).toEqual(["bo"])
    expect((await ledger.accountByCode("cash")).id).toBe(cash)
    const today = new Date().toISOString().slice(0, 10)
    const statement = await ledger.statement(bo, { from: today, to: today })
    expect(String(statement.closing)).toBe("25.00 SEK")
    expect((await ledger.activity(bo, { postedOnly: true })).items).toHaveLength(3)
    expect((await ledger.holds({ accountId: bo })).items).toHaveLength(1)
    expect((await ledger.trialBalance()).balanced).toBe(true)
    expect((await ledger.verify()).findings).toEqual([])
    const lines: Array<string> = []
    for await (const line of ledger.exportLines()) lines.push(line)
    expect(JSON.parse(lines.at(-1) ?? "{}")).toMatchObject({ type: "head", sequence: 7 })
  })

  it("acts for whom it is told, within their permissions and tenant", async () => {
    const reader = saldo.as({ tenant: "bank", id: "auditor", permissions: ["ledger:read", "audit:read"] })
    expect((await reader.ledger.account(anna)).code).toBe("anna")
    const refused = reader.ledger.post({ key: "z", postings: sides(cash, anna, "1.00") })
    await expect(refused).rejects.toMatchObject({ _tag: "NotPermitted", permission: "ledger:post" })
    const elsewhere = saldo.as({ tenant: "other", id: "eve", permissions: ["*"] })
    await expect(elsewhere.ledger.account(anna)).rejects.toMatchObject({ _tag: "AccountNotFound" })
    const { items } = await reader.audit.query({ action: "ledger.*" }, { order: "oldest-first", limit: 500 })
    expect(items.filter(({ outcome }) => outcome === "refused").map(({ reason }) => reason)).toEqual([
      "InsufficientFunds",
      "InsufficientFunds"
    ])
  })

  it("keeps a trail that can be verified, exported, held and purged", async () => {
    const { audit } = saldo
    await audit.record({ action: "host.act", subject: { type: "thing", id: "1" } })
    await audit.seal()
    const head = await audit.head()
    expect(await audit.verify(head)).toMatchObject({ _tag: "Intact" })
    const lines: Array<string> = []
    for await (const line of audit.exportLines()) lines.push(line)
    expect(lines.length).toBeGreaterThan(head.sequence - 1)
    const held = await audit.hold({ _tag: "Tenant" }, "a court asks")
    expect(await audit.purge([{ action: "*", keepDays: 0 }])).toBe(0)
    await audit.release(held.id)
    expect((await audit.holds()).map(({ releasedAt }) => releasedAt)).toEqual([expect.any(Date)])
    await expect(audit.record({ action: "noDot" as "a.b", subject: { type: "x", id: "y" } })).rejects.toBeInstanceOf(
      InputInvalid
    )
    expect(await audit.erase({ _tag: "Owner", id: "nobody" })).toBe(0)
  })

  it("leaves a file that any later process opens", async () => {
    const filename = join(folder, "books.sqlite")
    await using again = await createSaldo({ storage: sqlite({ filename }), tenant: "bank", workers: false })
    expect((await again.ledger.trialBalance()).lines).toHaveLength(3)
    expect((await readFile(filename)).length).toBeGreaterThan(0)
  })
})
