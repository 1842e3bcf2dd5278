import type { ChildProcess } from "node:child_process"
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { anna, clear, useBank } from "./bankCommand.ts"
import { failureOf } from "./saldo.ts"

const { approve, bank, db, json, open, path, register, run, text } = useBank()
const today = new Date().toISOString().slice(0, 10)
/** What tables show of an id. */
const short = (id: string) => id.slice(-8)
const company = { name: "Bygg & Co AB", number: "556036-0793" }

let [customer, savings, everyday, firm, firmAccount] = ["", "", "", "", ""]

beforeAll(async () => {
  for (const name of ["passport", "bill", "certificate", "owners", "mandate"]) writeFileSync(path(name), name)
  customer = await register(anna)
  await approve(customer, { passport: "passport@2099-05-31", "proof-of-address": "bill" })
  firm = await register(company, "--kind", "company")
  await approve(firm, {
    "registration-certificate": "certificate",
    "beneficial-owners": "owners",
    mandate: "mandate",
    "identity-card": "passport@2099-01-01"
  })
  savings = await open(customer, "savings")
  everyday = await open(customer, "current", "--name", "Vardag")
  firmAccount = await open(firm, "current")
}, 120_000)

describe("saldo bank customers", () => {
  it("lists who there is", async () => {
    const lines = (await text(["bank", "customers", "list"])).split("\n")
    expect(lines[0]).toBe("Customer  Name            Kind     State   Verified")
    expect(lines[1]).toMatch(
      new RegExp(`^${short(customer)}  Anna Andersson  person   active  until 20\\d\\d-\\d\\d-\\d\\d$`, "u")
    )
    expect(lines[2]).toMatch(new RegExp(`^${short(firm)}  Bygg & Co AB    company  active  until`, "u"))
    const first = await json(["bank", "customers", "list", "--limit", "1"])
    const second = await json(["bank", "customers", "list", "--limit", "1", "--cursor", first.next])
    expect([...first.items, ...second.items].map(({ customerId }) => customerId)).toEqual([customer, firm])
    expect(await text(["bank", "customers", "list", "--state", "closed"])).toBe("No customer fits.")
  })

  it("shows a person's number only when it is asked for", async () => {
    for (const output of [
      await text(["bank", "customers", "show", customer]),
      await text(["bank", "customers", "show", customer, "--json"]),
      await text(["bank", "customers", "list", "--json"])
    ]) {
      expect(output).toContain("Anna Andersson")
      for (const number of clear) expect(output).not.toContain(number)
    }
    expect(await text(["bank", "customers", "show", customer])).toContain("19811218-••••")
    expect(await text(["bank", "customers", "show", customer, "--reveal"])).toContain("19811218-9876")
    expect(await text(["bank", "customers", "show", firm])).toContain("556036-0793")
  })

  it("approves once what the documents show, and says what is missing", async () => {
    const bo = await register({ name: "Bo Ek", number: "19900101-0017" })
    const without = await bank(["bank", "customers", "approve", bo, "--document", `passport=${path("passport")}`])
    expect(without).toMatchObject({ code: 1, stdout: "" })
    expect(without.stderr).toContain("The customer was not approved: review (document-missing).")
    const whole = { passport: "passport", "proof-of-address": "bill" }
    expect(await approve(bo, whole)).toMatchObject({ state: "active" })
    // Whoever repeats it hands nothing in twice.
    const again = await approve(bo, whole)
    expect(again).toMatchObject({ state: "active", decision: { verdict: "approved" } })
    expect(again.documents).toHaveLength(2)
  })

  it("keeps nothing personal in the file, and the keys where only their owner reads them", async () => {
    const bytes = readFileSync(db, "latin1")
    for (const secret of ["Andersson", anna.email, ...clear.slice(1)]) expect(bytes).not.toContain(secret)
    expect(statSync(`${db}.keys`).mode & 0o777).toBe(0o600)
  })
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

  it(
    "transfers once for a key, and never more than there is, whoever comes at the same time",
    { timeout: 90_000 },
    async () => {
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
            new RegExp(
              `^${firmAccount} has 50,00 SEK that can be used, and 100,00 was asked for, fees included\\.$`,
              "u"
            )
          ),
          remedy: "Take less, or deposit first.",
          exitCode: 1
        })
      }
      expect((await json(["bank", "accounts", "list", "--customer", firm])).items).toMatchObject([{ balance: "50.00" }])
    }
  )

  it(
    "moves money once, also when the command is killed at any moment and sent again",
    { timeout: 120_000 },
    async () => {
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
    }
  )

  it("leaves books that are whole", async () => {
    expect(await text(["ledger", "verify"])).toMatch(
      /^Whole: \d+ entries in \d+ blocks, \d+ accounts\.\nHead: [0-9a-f]{64}$/u
    )
    expect(await json(["ledger", "trial-balance"])).toMatchObject({ balanced: true })
  })
})

describe("saldo bank customers, later", () => {
  it("restricts for reasons, and lets do business when each is lifted", async () => {
    const act = (name: string, ...flags: ReadonlyArray<string>) => text(["bank", "customers", name, firm, ...flags])
    expect(await act("restrict", "--reason", "fraud-suspected")).toBe(
      `Restricted ${firm}, who is restricted (fraud-suspected).`
    )
    expect(await text(["bank", "customers", "list", "--state", "restricted"])).toContain("restricted: fraud-suspected")
    const paying = await bank(["bank", "transfer", "1", "--from", firmAccount, "--to", everyday])
    expect(paying.stderr).toContain("must be active to have accounts opened and used")
    expect(await act("lift", "--reason", "fraud-suspected")).toBe(`Lifted a restriction of ${firm}, who is active.`)
  })

  it("leaves what is unclear to a person, who decides until a day", { timeout: 90_000 }, async () => {
    const cia = await register({ name: "Cia Al", number: "20000101-0008" })
    const unclear = await bank(["bank", "customers", "decide", cia, "--verdict", "approved"])
    expect(unclear.stderr).toBe("An approval needs its last day.\nGive it with --until.\n")
    expect(
      await text(["bank", "customers", "decide", cia, "--verdict", "approved", "--until", "2098-12-31", "--as", "bea"])
    ).toBe(`Decided on ${cia}, who is active.`)
    expect(await json(["bank", "customers", "show", cia])).toMatchObject({
      state: "active",
      decision: { verdict: "approved", decidedBy: "bea", expiresAt: "2099-01-01T00:00:00.000Z" }
    })
    expect(await text(["bank", "customers", "show", cia])).toContain("Verified  until 2098-12-31")
    const account = await open(cia, "current")
    const staying = await bank(["bank", "customers", "close", cia])
    expect(staying.stderr).toContain(account)
    await text(["bank", "accounts", "close", account])
    expect(await text(["bank", "customers", "close", cia])).toBe(`Closed ${cia}, who is closed.`)
    await text(["bank", "customers", "erase", cia])
    const gone = await text(["bank", "customers", "show", cia, "--reveal"])
    expect(gone).toContain("(erased)")
    expect(gone).not.toContain("Cia")
    expect(readFileSync(db, "latin1")).not.toContain("Cia Al")
  })

  it("refuses money in and out of a blocked account", async () => {
    const account = await open(customer, "current")
    expect(await text(["bank", "accounts", "block", account])).toBe(`Blocked ${account}.`)
    const refused = await bank(["bank", "accounts", "deposit", account, "1"])
    expect(refused.stderr).toBe(
      `The deposit account ${account} must be open, and it is blocked.\nUse another account.\n`
    )
    expect(await text(["bank", "accounts", "unblock", account])).toBe(`Unblocked ${account}.`)
    expect(await json(["bank", "accounts", "deposit", account, "1"])).toMatchObject({ balance: "1.00" })
  })
})

describe("saldo bank products", () => {
  it("shows what is offered, and takes what it prints", { timeout: 90_000 }, async () => {
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

  it.each([
    ["", "Standard input has nothing to read."],
    ["Anna, 19811218-9876", "Standard input is not a JSON object of texts."],
    [JSON.stringify({ ...anna, pin: "1" }), 'Nothing is called "pin" here.'],
    [JSON.stringify({ number: anna.number }), "The name is missing."],
    [
      JSON.stringify({ ...anna, number: "19811218-9877" }),
      "Invalid Swedish personal number: at position 12 expected the check digit that fits the rest."
    ],
    [JSON.stringify(anna), "The registration number belongs to the customer cust_"]
  ])("registration %#", async (input, said) => {
    const found = await bank(["bank", "customers", "register"], { input })
    expect(found.stdout).toBe("")
    expect(found.code).toBeGreaterThan(0)
    expect(found.stderr).toContain(said)
    for (const number of [...clear, "19811218-9877", "9877"]) expect(found.stderr).not.toContain(number)
  })
})

describe("the keys of the customers' data", () => {
  const keys = `${db}.keys`

  it("are not made anew when they are lost, and not used when others may read them", { timeout: 90_000 }, async () => {
    const ring = readFileSync(keys, "utf8")
    rmSync(keys)
    const lost = await bank(["bank", "customers", "register"], {
      input: JSON.stringify({ name: "X", number: "19900101-0017" })
    })
    expect(lost).toMatchObject({ code: 1, stdout: "" })
    expect(lost.stderr).toContain(`but not the keys that open it: ${keys} is missing.`)
    writeFileSync(keys, ring, { mode: 0o644 })
    expect((await bank(["bank", "customers", "list"])).stderr).toContain("may be read by others than you.")
    chmodSync(keys, 0o600)
    writeFileSync(keys, ring.replace(/"key":"../u, '"key":"zz'))
    const unreadable = await bank(["bank", "customers", "list"])
    expect(unreadable.stderr).toContain("holds no keys that can be read.")
    expect(unreadable.stderr).not.toContain("zz")
    const other = JSON.stringify({ ...JSON.parse(ring), current: { id: "other", key: "a".repeat(64) } })
    const wrong = await bank(["bank", "customers", "show", customer], { env: { SALDO_KEYS: other } })
    expect(wrong.stderr).toMatch(
      /^A data key is wrapped by key_\w+, which is not among the host's keys; .*\.\nPut the key file/u
    )
    // From the environment they are as good as from the file, also after another key has taken over.
    const renewed = {
      current: { id: "other", key: "a".repeat(64) },
      previous: [JSON.parse(ring).current],
      index: JSON.parse(ring).index
    }
    rmSync(keys)
    expect(
      await text(["bank", "customers", "show", customer], { env: { SALDO_KEYS: JSON.stringify(renewed) } })
    ).toContain("Anna")
    writeFileSync(path("elsewhere"), ring, { mode: 0o600 })
    expect(
      await text(["bank", "customers", "show", customer], { env: { SALDO_KEY_FILE: path("elsewhere") } })
    ).toContain("Anna")
    writeFileSync(keys, ring, { mode: 0o600 })
  })

  it("are renewed: another becomes the current one, and the one before is no longer needed", async () => {
    const ring = JSON.parse(readFileSync(keys, "utf8"))
    const renewed = { current: { id: "2027", key: "b".repeat(64) }, previous: [ring.current], index: ring.index }
    writeFileSync(keys, JSON.stringify(renewed))
    expect(await text(["bank", "customers", "rewrap"])).toMatch(/^\d+ keys are wrapped anew;/u)
    writeFileSync(keys, JSON.stringify({ current: renewed.current, index: ring.index }))
    expect(await text(["bank", "customers", "show", customer])).toContain("Anna Andersson")
    expect(await json(["bank", "customers", "rewrap"])).toEqual({ rewrapped: 0 })
  })

  it("are made once by those who register first at the same time", { timeout: 120_000 }, async () => {
    const people = ["19900101-0017", "19811218-9876", "19121212-1212"].map((number) => ({ name: "N N", number }))
    // Only together do they meet; several times, as the moment in which they meet is short.
    for (const turn of [1, 2, 3, 4]) {
      const fresh = ["--db", path(`fresh${turn}.sqlite`)]
      const ends = await Promise.all(
        people.map((who) => run(["bank", "customers", "register", "--json", ...fresh], { input: JSON.stringify(who) }))
      )
      for (const { code, stderr } of ends) expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
      const { stdout } = await run(["bank", "customers", "list", "--json", ...fresh])
      expect(JSON.parse(stdout).items.map(({ name }: { name: string }) => name)).toEqual(["N N", "N N", "N N"])
    }
  })
})
