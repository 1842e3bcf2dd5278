import type { ChildProcess } from "node:child_process"
import { writeFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { useBank } from "./bankCommand.ts"
import { failureOf } from "./saldo.ts"

const { approveAll, bank, json, open, path, text } = useBank()
const today = new Date().toISOString().slice(0, 10)
/** What tables show of an id. */
const short = (id: string) => id.slice(-8)

let [customer, savings, everyday, firm, firmAccount] = ["", "", "", "", ""]

beforeAll(async () => {
  ;[customer, firm] = await approveAll()
  savings = await open(customer, "savings")
  everyday = await open(customer, "current", "--name", "Vardag")
  firmAccount = await open(firm, "current")
})

describe("saldo bank accounts and transfer", () => {
  it("moves money and says what is left", async () => {
    expect(await text(["bank", "accounts", "deposit", savings, "36500.00", "--text", "Lön", "--key", "pay"])).toBe(
      `Deposited 36 500,00 SEK, key pay.\n${savings} has 36 500,00 SEK.`
    )
    const rent = ["bank", "transfer", "250.50", "--from", savings, "--to", everyday, "--key", "rent", "--text", "Hyra"]
    const first = await text(rent)
    expect(first).toBe(`Transferred 250,50 SEK, key rent.\n${savings} has 36 249,50 SEK.`)
    expect(await text(rent)).toBe(first)
    expect(await json(["bank", "accounts", "withdraw", everyday, "50.50"])).toMatchObject({
      amount: "50.50",
      fee: "0.00",
      balance: "200.00"
    })
    expect((await text(["bank", "accounts", "list", "--customer", customer])).split("\n")).toEqual([
      "Account   Name             Holder            Balance  Available  Currency  State",
      `${short(savings)}  Savings account  Anna Andersson  36 249,50  36 249,50  SEK       open`,
      `${short(everyday)}  Vardag           Anna Andersson     200,00     200,00  SEK       open`
    ])
  })

  it("knows accounts by the ends of their ids, and none by an end that fits none or too short", async () => {
    const rent = ["bank", "transfer", "250.50", "--from", short(savings), "--to", everyday.slice(-6), "--key", "rent"]
    expect(await json([...rent, "--text", "Hyra"])).toMatchObject({ key: "rent", balance: "36249.50" })
    expect((await json(["bank", "accounts", "statement", short(everyday)])).accountId).toBe(everyday)
    expect((await json(["bank", "customers", "show", short(customer)])).customerId).toBe(customer)
    const none = await bank(["bank", "accounts", "statement", "zzzzzzzz"])
    expect(none).toMatchObject({ code: 1, stdout: "" })
    expect(none.stderr).toBe(
      "There is no account whose id ends in zzzzzzzz.\nRun `saldo bank accounts list` to see the accounts.\n"
    )
    expect((await bank(["bank", "accounts", "statement", savings.slice(-5)])).code).toBe(2)
  })

  it("tells what happened, as a bank writes it", async () => {
    expect((await text(["bank", "accounts", "statement", savings, "--from", today])).split("\n")).toEqual([
      `${savings}  Savings account, SEK`,
      "Anna Andersson",
      `${today} to ${today}`,
      "",
      "Booked      Value       Kind      Text                Amount    Balance",
      "                                  Opening balance                  0,00",
      `${today}  ${today}  deposit   Lön              36 500,00  36 500,00`,
      `${today}  ${today}  transfer  Hyra               −250,50  36 249,50`,
      "                                                   ─────────  ─────────",
      "                                  Closing balance  36 249,50  36 249,50",
      "",
      "In 36 500,00, out 250,50 SEK."
    ])
    expect(await json(["bank", "accounts", "statement", everyday])).toMatchObject({
      opening: "0.00",
      closing: "200.00",
      credits: "250.50",
      debits: "-50.50",
      items: [
        { kind: "transfer", amount: "250.50" },
        { kind: "withdrawal", balance: "200.00" }
      ]
    })
  })

  it("ends the day once: 2 % a year of 36 249,50 is 1,99 a day", async () => {
    const run1 = ["bank", "accounts", "end-day", "--through", today]
    expect(await text(run1)).toBe(`3 accounts were taken through ${today}: fees and interest are booked.`)
    expect(await text(run1)).toBe(`Every account has been taken through ${today} before.`)
    const { lines } = await json(["ledger", "trial-balance"])
    expect(lines).toContainEqual(
      expect.objectContaining({ code: "bank.accrued-interest-payable.SEK", credit: "1.99", debit: "0.00" })
    )
  })

  it("closes an account with its interest, and leaves what a customer has", async () => {
    const away = await open(customer, "savings", "--name", "Resa")
    await text(["bank", "transfer", "100", "--from", savings, "--to", away])
    expect(await text(["bank", "accounts", "close", away, "--to", everyday])).toBe(
      `Closed ${away} on ${today}; interest and fees are settled.`
    )
    const { items } = await json(["bank", "accounts", "list", "--state", "closed"])
    expect(items).toMatchObject([{ accountId: away, balance: "0.00", closedOn: today }])
    expect((await json(["bank", "accounts", "list", "--state", "open", "--customer", customer])).items).toMatchObject([
      { accountId: savings, balance: "36149.50" },
      { accountId: everyday, balance: "300.00" }
    ])
  })

  it("transfers once for a key, and never more than there is, whoever comes at the same time", async () => {
    await text(["bank", "accounts", "deposit", firmAccount, "250"])
    const pay = (...flags: ReadonlyArray<string>) =>
      bank(["bank", "transfer", "100", "--from", firmAccount, "--to", everyday, "--json", ...flags])
    const same = await Promise.all(["one", "two", "three"].map(() => pay("--key", "once")))
    const entries = same.map(({ code, stderr, stdout }) => {
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
      return JSON.parse(stdout).entryId
    })
    expect(new Set(entries).size).toBe(1)
    // 150 is left, which is enough for one of these.
    const others = await Promise.all(["a", "b", "c"].map((key) => pay("--key", key)))
    expect(others.filter(({ code }) => code === 0)).toHaveLength(1)
    for (const refused of others.filter(({ code }) => code !== 0)) {
      expect(failureOf(refused)).toEqual({
        happened: expect.stringMatching(
          new RegExp(`^${firmAccount} has 50,00 SEK that can be used, and 100,00 was asked for, fees included\\.$`, "u")
        ),
        remedy: "Take less, or deposit first.",
        exitCode: 1
      })
    }
    expect((await json(["bank", "accounts", "list", "--customer", firm])).items).toMatchObject([{ balance: "50.00" }])
  })

  it("moves money once, also when the command is killed at any moment and sent again", async () => {
    const payer = await open(firm, "current")
    await text(["bank", "accounts", "deposit", payer, "1000"])
    const delays = [150, 250, 300, 350, 400, 500]
    for (const delay of delays) {
      const pay = ["bank", "transfer", "10", "--from", payer, "--to", everyday, "--key", `after ${delay}`]
      const started = (child: ChildProcess) => void setTimeout(() => child.kill("SIGKILL"), delay)
      await bank(pay, { started })
      await text(pay)
    }
    expect(await json(["bank", "accounts", "statement", payer])).toMatchObject({
      closing: `${1000 - 10 * delays.length}.00`,
      items: { length: delays.length + 1 }
    })
  })

  it("leaves books that are whole", async () => {
    expect(await text(["ledger", "verify"])).toMatch(
      /^Whole: \d+ entries in \d+ blocks, \d+ accounts\.\nHead: [0-9a-f]{64}$/u
    )
    expect(await json(["ledger", "trial-balance"])).toMatchObject({ balanced: true })
  })
})

describe("saldo bank products", () => {
  it("shows what is offered, and takes what it prints", async () => {
    expect((await text(["bank", "products"])).split("\n")).toEqual([
      "Product  Version  Name             Kind     Currency  Interest  Overdraft  Fees  Offered from",
      "current        1  Current account  current  SEK                                  2020-01-01",
      "savings        1  Savings account  savings  SEK       2 %                        2020-01-01"
    ])
    const file = path("products.json")
    const printed = await json(["bank", "products"])
    const dear = [
      {
        id: "withdrawal",
        label: "Cash withdrawal",
        event: "withdrawal",
        waivers: [],
        rounding: "halfEven",
        price: { kind: "flat", amount: { amount: "15.00", currency: "SEK" } }
      }
    ]
    const [current, ...rest] = printed
    writeFileSync(
      file,
      JSON.stringify([current, { ...current, version: 2, offeredFrom: "2020-02-01", fees: dear }, ...rest])
    )
    const env = { SALDO_PRODUCTS: file }
    const { accountId } = await json(["bank", "accounts", "open", "--customer", customer, "--product", "current"], {
      env
    })
    await text(["bank", "accounts", "deposit", accountId, "100"], { env })
    expect(await text(["bank", "accounts", "withdraw", accountId, "50", "--key", "atm"], { env })).toBe(
      `Withdrew 50,00 SEK, and a fee of 15,00, key atm.\n${accountId} has 35,00 SEK.`
    )
    const notice = { ...rest[0], noticeDays: 30 }
    writeFileSync(file, JSON.stringify([current, { ...notice, id: "fixed" }]))
    const fixed = await json(["bank", "accounts", "open", "--customer", customer, "--product", "fixed"], { env })
    await text(["bank", "accounts", "deposit", fixed.accountId, "100"], { env })
    expect(await text(["bank", "accounts", "announce", fixed.accountId, "50", "--key", "car"], { env })).toBe(
      `Announced 50,00 SEK from ${fixed.accountId}, key car.`
    )
    const early = await bank(["bank", "accounts", "withdraw", fixed.accountId, "50"], { env })
    expect(early.stderr).toMatch(/^Withdrawals are announced 30 days before; 0\.00 SEK may be taken now/u)

    // Without a product that accounts are on, those fail, and what a program reads is JSON all the same.
    const endDay = await bank(["bank", "accounts", "end-day", "--through", today, "--json"], { env })
    expect(endDay.code).toBe(4)
    expect(JSON.parse(endDay.stdout).failed).toContain(accountId)
    expect(failureOf(endDay).happened).toContain(accountId)
    const gone = await bank(["bank", "accounts", "deposit", accountId, "1"], { env })
    expect(gone.stderr).toBe(
      "Version 2 of the product current is not among the products.\nPut it back into the file that SALDO_PRODUCTS names.\n"
    )
    writeFileSync(file, JSON.stringify([{ ...current, currency: "NOK" }]))
    const wrong = await bank(["bank", "accounts", "list"], { env })
    expect(wrong).toMatchObject({ code: 1, stdout: "" })
    expect(wrong.stderr).toMatch(
      /^Version 1 of the product current cannot be offered: .*\nCorrect the file that SALDO_PRODUCTS names\.\n$/u
    )
  })
})

describe("what cannot be is refused with what was wrong", () => {
  const unknown = "dep_01m7yj51yvekgveqx477fd3k20"

  it.each<readonly [args: () => ReadonlyArray<string>, code: number, said: string]>([
    [() => ["transfer", "10", "--from", savings, "--to", unknown], 1, `There is no deposit account ${unknown}.`],
    [() => ["transfer", "10", "--from", savings, "--to", savings], 1, "cannot pay itself"],
    [() => ["transfer", "10", "--from", savings, "--to", "anna"], 2, "Give an id such as dep_"],
    [
      () => ["transfer", "-10", "--from", savings, "--to", everyday],
      1,
      "must be above zero and in SEK, not -10.00 SEK"
    ],
    [() => ["transfer", "0", "--from", savings, "--to", everyday], 1, "must be above zero"],
    [() => ["transfer", "10.005", "--from", savings, "--to", everyday], 2, "SEK has 2 decimals"],
    [() => ["transfer", "1", "--from", savings, "--to", everyday, "--key", "rent"], 1, "was used for another"],
    [() => ["accounts", "close", savings], 1, "name the account that it is to be moved to"],
    [
      () => ["accounts", "open", "--customer", customer, "--product", "gold"],
      1,
      "No account is opened on the product gold"
    ],
    [() => ["accounts", "end-day", "--through", "2099-01-01"], 1, "may be run through today"],
    [() => ["accounts", "statement", savings, "--from", "2026-02-02", "--to", "2026-02-01"], 2, "before it begins"],
    [() => ["customers", "show", "cust_01m7yj4zvaeq9rxsx5zq4s3k1q"], 1, "There is no customer"],
    [() => ["customers", "approve", customer, "--document", "passport=nothing.pdf"], 2, "nothing.pdf cannot be read"],
    [() => ["customers", "approve", customer, "--document", "library-card=x"], 2, "does not begin with a kind"],
    [() => ["customers", "register", "--country", "NO"], 2, "Persons can be registered in Sweden only."]
  ])("refusal %#", async (args, code, said) => {
    const found = await bank(["bank", ...args()])
    expect(found.stderr.trimEnd().split("\n")).toHaveLength(2)
    expect(found).toMatchObject({ code, stdout: "" })
    expect(found.stderr).toContain(said)
    expect(failureOf(await bank(["bank", ...args(), "--json"]))).toMatchObject({ exitCode: code })
  })
})
