import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { anna, useBank } from "./bankCommand.ts"
import { camt053, type Stated } from "./camt053.ts"
import { failureOf } from "./saldo.ts"

const { approve, bank, json, open, path, register, text } = useBank()
const today = new Date().toISOString().slice(0, 10)
const iban = "SE3550000000054910000003"
const env = { SALDO_BANK_NAME: "Lilla Banken" }

interface Review {
  readonly reviewId: string
  readonly reason: string
  readonly items: ReadonlyArray<{ readonly itemId: string; readonly side: string }>
}

let account = ""

const pay = async (amount: string, name: string): Promise<{ readonly id: string; readonly endToEndId: string }> => {
  const input = JSON.stringify({ name, account: "SE4550000000058398257466", message: `To ${name}` })
  const { paymentId } = await json(["bank", "payments", "order", amount, "--from", account], { input })
  const { endToEndId } = await json(["bank", "payments", "approve", paymentId, "--as", "bea"])
  return { id: paymentId, endToEndId }
}

const stated = (name: string, opening: string, entries: ReadonlyArray<Stated>): string => {
  const file = path(`${name}.xml`)
  writeFileSync(file, camt053({ id: name, iban, on: today, opening, entries }))
  return file
}

beforeAll(async () => {
  for (const name of ["passport", "bill"]) writeFileSync(path(name), name)
  const customer = await register(anna)
  await approve(customer, { passport: "passport@2099-05-31", "proof-of-address": "bill" })
  account = await open(customer, "current")
  await text(["bank", "accounts", "deposit", account, "5000"])
})

describe("payments leave in files and come back in statements", () => {
  it("once, in a file that only its owner reads, and that can be had again", async () => {
    const [bo, cai] = [await pay("1250.00", "Bo Ek"), await pay("99.50", "Cai Al")]
    const unknown = await bank(["bank", "payments", "export", "--json"], { env })
    expect(failureOf(unknown).remedy).toContain("saldo bank reconcile register")
    const registered = await text(["bank", "reconcile", "register"], { input: JSON.stringify({ number: iban }) })
    expect(registered).toMatch(/^Registered nostro_\w+; the books keep it as bank\.settlement\.SEK\.$/u)

    const out = path("outbox")
    const ends = await Promise.all(
      [1, 2].map(() => bank(["bank", "payments", "export", "--out", out, "--json"], { env }))
    )
    for (const { code, stderr } of ends) expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    const files = ends.flatMap(({ stdout }) => JSON.parse(stdout).files)
    const leftOut = ends.flatMap(({ stdout }) => JSON.parse(stdout).leftOut)
    expect({ files, leftOut }).toMatchObject({
      files: [{ accountId: account, payments: [bo.id, cai.id], sum: "1349.50", currency: "SEK" }],
      leftOut: []
    })
    const [name = ""] = readdirSync(out)
    expect(readdirSync(out)).toHaveLength(1)
    const content = readFileSync(path("outbox", name), "utf8")
    for (const part of [bo.endToEndId, '<InstdAmt Ccy="SEK">1250.00</InstdAmt>', "<Nm>Lilla Banken</Nm>", iban])
      expect(content).toContain(part)
    expect(statSync(path("outbox", name)).mode & 0o777).toBe(0o600)
    expect(await text(["bank", "payments", "export", "--out", out], { env })).toBe(
      `No approved payment is due through ${today}.`
    )
    await text(["bank", "payments", "file", name.replace(".xml", ""), "--out", path("again")], { env })
    expect(readFileSync(path("again", name), "utf8")).toBe(content)
    expect(await text(["bank", "payments", "show", bo.id])).toContain(`Left in    ${name} for ${today}`)
    expect(await json(["bank", "payments", "show", bo.id])).toMatchObject({ state: "sent" })
  })

  it("and are settled by the statement, matched with the books, and told of once", async () => {
    const { items } = await json(["bank", "payments", "list", "--state", "sent"])
    const entries = items.map((order: { amount: string; endToEndId: string }) => ({
      amount: `-${order.amount}`,
      endToEndId: order.endToEndId
    }))
    const file = stated("2026-1", "0", entries)
    expect((await text(["bank", "reconcile", "import", file])).split("\n")).toEqual([
      `Imported 2026-1 of ${today}, 2 lines, 0,00 → −1 349,50 SEK.`,
      "It tells of 2 settled and 0 returned payments of ours.",
      "2 matches made; `saldo bank reconcile report` shows what is open."
    ])
    expect((await json(["bank", "payments", "list", "--state", "settled"])).items).toHaveLength(2)
    expect((await json(["bank", "accounts", "list"])).items).toMatchObject([
      { balance: "3650.50", available: "3650.50" }
    ])
    expect((await text(["bank", "reconcile", "import", file])).split("\n")[0]).toMatch(/^Was there already: 2026-1/u)
    expect((await json(["bank", "accounts", "list"])).items).toMatchObject([{ balance: "3650.50" }])
    expect((await text(["bank", "reconcile", "report"])).split("\n")).toEqual([
      `SEK ••••0003, statement 2026-1 of ${today}`,
      "",
      "                        SEK",
      "By the books      −1 349,50",
      "                  ─────────",
      "By the statement  −1 349,50",
      "",
      "The books and the statement agree."
    ])
    const { items: matches } = await json(["bank", "reconcile", "matches"])
    expect(matches).toMatchObject([{ rule: "endToEndId" }, { rule: "endToEndId" }])
    expect(matches[0].why).toContain("the end-to-end id and the amount are the same")
  })

  it("or returned, with the money back on the account", async () => {
    const { items } = await json(["bank", "payments", "list", "--state", "settled"])
    const [cai] = items
    const returned = { amount: cai.amount, endToEndId: cai.endToEndId, returnReason: "AC04", name: "Cai Al" }
    const file = stated("2026-2", "-1349.50", [returned])
    expect(await text(["bank", "reconcile", "import", file])).toContain("It tells of 0 settled and 1 returned")
    expect(await text(["bank", "payments", "show", cai.paymentId])).toContain(
      "State      returned: AC04 Closed account number"
    )
    expect((await json(["bank", "accounts", "list"])).items).toMatchObject([{ balance: "3750.00" }])
  })

  it("and what nobody knows waits for a person", async () => {
    const file = stated("2026-3", "-1250.00", [
      { amount: "40.00", name: "Okänd & Co".replace("&", "&amp;"), message: "Faktura 17" },
      { amount: "-2.50", message: "Avgift", endToEndId: "SOMEBODY-ELSES" }
    ])
    expect(await text(["bank", "reconcile", "import", file])).toContain(
      "0 returned payments of ours, and of 1 that are not (`saldo bank payments strays`)."
    )
    expect(await text(["bank", "payments", "strays"])).toBe(
      ["Reference       Statement and line  Read", `SOMEBODY-ELSES  2026-3 2.1          ${today}`].join("\n")
    )
    const listed = (await text(["bank", "reconcile", "items"])).split("\n")
    expect(listed[0]).toMatch(/^Item {6}Side {7}On {10}Amount {2}About/u)
    expect(listed[1]).toMatch(new RegExp(`^\\w{8}  statement  ${today}   40,00  Okänd & Co, Faktura 17  open$`, "u"))
    const { items } = await json(["bank", "reconcile", "items"])
    const [unknown, fee] = items
    expect(await text(["bank", "reconcile", "write-off", fee.itemId.slice(-8), "--reason", "Bank charge"])).toMatch(
      /^Written off as rmat_\w+: 1 line = 1 entry: the entry was made to write the line off\.$/u
    )
    expect(await text(["bank", "reconcile", "set-aside", unknown.itemId, "--reason", "Asked the bank"])).toBe(
      "1 item set aside."
    )
    expect((await text(["bank", "reconcile", "report"])).split("\n").slice(2)).toEqual([
      "                           SEK",
      "By the books         −1 252,50",
      "Lines set aside (1)      40,00",
      "                     ─────────",
      "By the statement     −1 212,50",
      "",
      "They differ by 40,00 SEK, which is what stands between them."
    ])
    expect(await text(["bank", "reconcile", "take-back", unknown.itemId])).toBe("1 item open again.")
    await text(["ledger", "open", "suspense", "--type", "liability"])
    await text(["ledger", "post", "--debit", "bank.settlement.SEK=40", "--credit", "suspense=40"])
    expect(await text(["bank", "reconcile", "report"])).toContain("Booked since: 40,00 SEK; `saldo bank reconcile run`")
    expect(await text(["bank", "reconcile", "run"])).toBe("No match was made.")
    const both = (await json(["bank", "reconcile", "items"])).items.map(({ itemId }: { itemId: string }) => itemId)
    expect(await text(["bank", "reconcile", "match", ...both, "--comment", "Booked today"])).toMatch(
      /^Matched rmat_\w+: 1 line = 1 entry: a person says so\.$/u
    )
    expect(await text(["bank", "reconcile", "report"])).toContain("The books and the statement agree.")
    const [match] = (await json(["bank", "reconcile", "matches"])).items
    await text(["bank", "reconcile", "undo", match.matchId.slice(-8), "--reason", "Wrong line"])
    expect((await json(["bank", "reconcile", "items"])).items).toHaveLength(2)
    expect(await text(["bank", "reconcile", "reviews"])).toBe("Nothing is to be looked at.")
    expect(await text(["ledger", "verify"])).toMatch(/^Whole: /u)
  })

  it("lets a person decide where the bank booked twice, or another amount", async () => {
    const [di, ed] = [await pay("10", "Di Ek"), await pay("20", "Ed Ek")]
    await text(["bank", "payments", "export", "--out", path("outbox")], { env })
    const booked = [
      { amount: "-10", endToEndId: di.endToEndId },
      { amount: "-10", endToEndId: di.endToEndId },
      { amount: "-20.50", endToEndId: ed.endToEndId }
    ]
    await text(["bank", "reconcile", "import", stated("2026-4", "-1212.50", booked)])
    const found: ReadonlyArray<Review> = await json(["bank", "reconcile", "reviews"])
    const of = (reason: string) => found.find((review) => review.reason === reason) ?? { reviewId: "", items: [] }
    const [twice, other] = [of("severalCandidates"), of("amountDiffers")]
    const shown = await text(["bank", "reconcile", "reviews"])
    expect(shown).toContain(
      `Review ${twice.reviewId.slice(-8)}: Each of these could be the other's, −10,00 SEK apart.\n\nItem`
    )
    expect(shown).toContain(
      `Review ${other.reviewId.slice(-8)}: The same id, and other amounts, −0,50 SEK apart.\n\nItem`
    )

    const side = ({ items }: Pick<Review, "items">, name: string) =>
      items.filter((item) => item.side === name).map(({ itemId }) => itemId)
    const [line = ""] = side(twice, "statement")
    const [entry = ""] = side(twice, "books")
    const chosen = ["--item", line.slice(-8), "--item", entry]
    expect(await text(["bank", "reconcile", "accept", twice.reviewId.slice(-8), ...chosen])).toMatch(
      /^Matched rmat_\w+: 1 line = 1 entry: the end-to-end id and the amount are the same, .*, accepted by a person\.$/u
    )
    const unequal = await bank(["bank", "reconcile", "match", ...side(other, "statement"), ...side(other, "books")])
    expect(unequal.stderr).toContain("book the difference of -0.50 SEK and match that entry too.")
    await text(["ledger", "open", "bank-charges", "--type", "expense"])
    const charge = ["--debit", "bank-charges=0.50", "--credit", "bank.settlement.SEK=0.50"]
    const { entry: made } = await json(["ledger", "post", ...charge])
    await text(["bank", "reconcile", "run"])
    expect(
      await text(["bank", "reconcile", "match", ...side(other, "statement"), ...side(other, "books"), made.id])
    ).toMatch(/^Matched rmat_\w+: 1 line = 2 entries: a person says so\.$/u)
    expect(await text(["bank", "reconcile", "reviews"])).toBe("Nothing is to be looked at.")
    expect(await text(["ledger", "verify"])).toMatch(/^Whole: /u)
  })

  it.each<readonly [args: () => ReadonlyArray<string>, code: number, said: string]>([
    [() => ["import", path("nothing.xml")], 2, "cannot be read."],
    [() => ["import", path("passport")], 1, "The bank statement cannot be read"],
    [() => ["import", stated("2026-\u202e9", "17", [])], 1, "are missing in between"],
    [() => ["report", "--currency", "EUR"], 1, "The bank has no such account with another bank."],
    [() => ["undo", "zzzzzzzz", "--reason", "x"], 1, "There is no match whose id ends in zzzzzzzz."],
    [() => ["match", "zzzzzzzz"], 2, "<item> is given once."]
  ])("refusal %#", async (args, code, said) => {
    const found = await bank(["bank", "reconcile", ...args()])
    expect(found).toMatchObject({ code, stdout: "" })
    expect(found.stderr.trimEnd().split("\n")).toHaveLength(2)
    expect(found.stderr).toContain(said)
    expect(found.stderr).not.toContain(iban)
    // A statement comes from outside: what it says must not turn the line round.
    expect(found.stderr).not.toContain("\u202e")
  })
})
