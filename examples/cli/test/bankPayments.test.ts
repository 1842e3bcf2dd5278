import { writeFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { anna, useBank } from "./bankCommand.ts"
import { failureOf } from "./saldo.ts"

const { approve, bank, json, open, path, register, text } = useBank()
const today = new Date().toISOString().slice(0, 10)

const power = { name: "Elbolaget AB", account: "5050-1055", reference: "1234567897" }
const bo = { name: "Bo Ek", account: "SE45 5000 0000 0583 9825 7466", message: "Tack för lånet" }
const clear = ["SE45 5000", "SE4550000000058398257466", "58398257466"]

const order = async (amount: string, who: object, ...flags: ReadonlyArray<string>): Promise<string> => {
  const { paymentId } = await json(["bank", "payments", "order", amount, "--from", account, ...flags], {
    input: JSON.stringify(who)
  })
  return paymentId
}

const available = async () => (await json(["bank", "accounts", "list"])).items[0].available

let [customer, account] = ["", ""]

beforeAll(async () => {
  for (const name of ["passport", "bill"]) writeFileSync(path(name), name)
  customer = await register(anna)
  await approve(customer, { passport: "passport@2099-05-31", "proof-of-address": "bill" })
  account = await open(customer, "current")
  await text(["bank", "accounts", "deposit", account, "5000"])
})

describe("saldo bank payments", () => {
  it("pays nothing that a second person has not seen, and sets the money aside then", async () => {
    const payment = await order("1250", power, "--to", "bankgiro", "--key", "invoice-7")
    expect(await order("1250", power, "--to", "bankgiro", "--key", "invoice-7")).toBe(payment)
    expect(await available()).toBe("5000.00")
    expect((await text(["bank", "payments", "list"])).split("\n")).toEqual([
      "Payment   Receiver      Account            On                Amount  State              By",
      `${payment.slice(-8)}  Elbolaget AB  bankgiro ••••1055  ${today}  1 250,00 SEK  waits for consent  ada`
    ])
    expect((await json(["bank", "payments", "show", payment.slice(-8)])).paymentId).toBe(payment)
    const own = await bank(["bank", "payments", "approve", payment, "--json"])
    expect(failureOf(own)).toEqual({
      happened: expect.stringMatching(/^ada asked for appr_\w+ and cannot decide on it; somebody else must\.$/u),
      remedy: "Have a colleague do it, whose name is given by --as or SALDO_USER.",
      exitCode: 1
    })
    expect(await text(["bank", "payments", "approve", payment, "--as", "bea", "--comment", "Seen the invoice"])).toBe(
      `Approved ${payment}: 1 250,00 SEK to Elbolaget AB.`
    )
    expect(await available()).toBe("3750.00")
    const shown = await text(["bank", "payments", "show", payment])
    for (const line of [
      "State      approved",
      "Consent    approved by bea: Seen the invoice",
      "Message    reference 1234567897"
    ])
      expect(shown.split("\n")).toContain(line)
  })

  it("gives the money back when an order is cancelled, and leaves declined ones alone", async () => {
    const before = await available()
    const payment = await order("500", bo)
    await text(["bank", "payments", "approve", payment, "--as", "bea"])
    expect(Number(await available())).toBe(Number(before) - 500)
    expect(await text(["bank", "payments", "cancel", payment])).toBe(`Cancelled ${payment}: 500,00 SEK to Bo Ek.`)
    expect(await available()).toBe(before)
    const declined = await order("10", bo)
    await text(["bank", "payments", "decline", declined, "--as", "bea", "--comment", "No reason given"])
    expect(await json(["bank", "payments", "show", declined])).toMatchObject({ state: "cancelled", reason: "declined" })
    expect((await json(["bank", "payments", "list", "--state", "cancelled"])).items).toMatchObject([
      { paymentId: declined },
      { paymentId: payment }
    ])
  })

  it("hides account numbers unless they are asked for", async () => {
    const payment = await order("20", bo)
    for (const output of [
      await text(["bank", "payments", "show", payment]),
      await text(["bank", "payments", "show", payment, "--json"]),
      await text(["bank", "payments", "list"]),
      await text(["bank", "payments", "list", "--json"])
    ]) {
      expect(output).toContain("••••7466")
      for (const number of clear) expect(output).not.toContain(number)
    }
    expect(await text(["bank", "payments", "show", payment, "--reveal"])).toContain("IBAN SE4550000000058398257466")
  })

  it("takes one decision of two that come at once", async () => {
    const payment = await order("30", bo)
    const ends = await Promise.all([
      bank(["bank", "payments", "approve", payment, "--as", "bea", "--json"]),
      bank(["bank", "payments", "decline", payment, "--as", "cai", "--json"])
    ])
    expect(ends.filter(({ code }) => code === 0)).toHaveLength(1)
    const refused = ends.filter(({ code }) => code !== 0)
    expect(refused.map((end) => failureOf(end).remedy)).toEqual([
      "Run `saldo bank payments show` to see how it stands."
    ])
    const { state } = await json(["bank", "payments", "show", payment])
    expect(state).toBe(ends[0]?.code === 0 ? "approved" : "cancelled")
    expect(await text(["ledger", "verify"])).toMatch(/^Whole: /u)
  })

  it.each<readonly [args: () => ReadonlyArray<string>, input: object, code: number, said: string]>([
    [() => ["order", "10", "--from", account], { ...bo, account: "SE4550000000058398257467" }, 1, "Invalid IBAN"],
    [() => ["order", "10", "--from", account, "--to", "plusgiro"], { ...bo, account: "abc" }, 1, "Invalid plusgiro"],
    [() => ["order", "10", "--from", account], { ...bo, reference: "1" }, 2, "a message or a reference, not both"],
    [() => ["order", "10", "--from", account], { name: "Bo" }, 2, "The account is missing."],
    [() => ["order", "0", "--from", account], bo, 1, "amount: expected one above zero"],
    [() => ["order", "10", "--from", account, "--on", "2026-01-01"], bo, 1, "or a later day"],
    [() => ["order", "10", "--from", "dep_01m7yj51yvekgveqx477fd3k20"], bo, 1, "There is no deposit account"],
    [() => ["show", "pay_01m7yj51yvekgveqx477fd3k20"], {}, 1, "There is no payment order"],
    [() => ["approve", "invoice-7"], {}, 2, "Give an id such as pay_"]
  ])("refusal %#", async (args, input, code, said) => {
    const options = { input: JSON.stringify(input) }
    const found = await bank(["bank", "payments", ...args()], options)
    expect(found).toMatchObject({ code, stdout: "" })
    expect(found.stderr.trimEnd().split("\n")).toHaveLength(2)
    expect(found.stderr).toContain(said)
    for (const number of [...clear, "58398257467"]) expect(found.stderr).not.toContain(number)
    expect(failureOf(await bank(["bank", "payments", ...args(), "--json"], options))).toMatchObject({ exitCode: code })
  })
})
