import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { anna, clear, useBank } from "./bankCommand.ts"

const { approve, approveAll, bank, db, json, open, path, register, run, text } = useBank()

/** What tables show of an id. */
const short = (id: string) => id.slice(-8)

let [customer, firm] = ["", ""]

beforeAll(async () => {
  ;[customer, firm] = await approveAll()
})

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

describe("saldo bank customers, later", () => {
  it("restricts for reasons, and lets do business when each is lifted", async () => {
    const firmAccount = await open(firm, "current")
    const act = (name: string, ...flags: ReadonlyArray<string>) => text(["bank", "customers", name, firm, ...flags])
    expect(await act("restrict", "--reason", "fraud-suspected")).toBe(
      `Restricted ${firm}, who is restricted (fraud-suspected).`
    )
    expect(await text(["bank", "customers", "list", "--state", "restricted"])).toContain("restricted: fraud-suspected")
    const to = await open(customer, "current")
    const paying = await bank(["bank", "transfer", "1", "--from", firmAccount, "--to", to])
    expect(paying.stderr).toContain("must be active to have accounts opened and used")
    expect(await act("lift", "--reason", "fraud-suspected")).toBe(`Lifted a restriction of ${firm}, who is active.`)
  })

  it("leaves what is unclear to a person, who decides until a day", async () => {
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

describe("what registers nobody", () => {
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

  it("are not made anew when they are lost, and not used when others may read them", async () => {
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

  it("are made once by those who register first at the same time", async () => {
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
