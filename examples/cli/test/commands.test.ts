import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startKameoEmulator, type StartedKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import { type Ended, failureOf, login, secrets, settings, useSaldo } from "./saldo.ts"

const { path, run } = useSaldo()
const db = path("listings.sqlite")
const day = 24 * 3_600_000
const dayBefore = (days: number) => new Date(Date.now() - days * day).toISOString().slice(0, 10)
const [recent, longAgo] = [dayBefore(90), dayBefore(300)]

let emulator: StartedKameoEmulator
let first: Ended
let second: Ended

const saldo = (...args: ReadonlyArray<string>) => run([...args, "--db", db])

const json = async <A>(...args: ReadonlyArray<string>): Promise<A> => {
  const { code, stderr, stdout } = await saldo(...args, "--json")
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  return JSON.parse(stdout) as A
}

interface Row {
  readonly loanId: string
  readonly title: string
  readonly status: string
  readonly currency: string
  readonly amount: string
  readonly annualRatePercent: string
  readonly fundedPercent: string
  readonly riskGrade: string
  readonly country: string
  readonly opensAt: string
  readonly version: number
}

interface PageOfRows {
  readonly total: number
  readonly items: ReadonlyArray<Row>
  readonly next: string | null
}

const rowsOf = async (...args: ReadonlyArray<string>) => (await json<PageOfRows>(...args, "--limit", "500")).items

beforeAll(async () => {
  emulator = await startKameoEmulator({
    loans: { count: 300, seed: 3, newPerDay: 3 },
    frozen: true
  })
  const env = { ...settings(emulator), ...login }
  first = await run(["loans", "fetch", "--db", db, "--verbose"], { env })
  await emulator.advanceClock(4 * day)
  // The second goes through the settings of a file `.env`, in which the environment wins over a wrong password.
  second = await run(["--json", "loans", "fetch", `--db=${db}`], { env: { ...settings(emulator) } })
})
afterAll(() => emulator.close())

describe.concurrent("saldo loans fetch", () => {
  it("logs in, collects, and reports in a line", () => {
    expect(first.code).toBe(0)
    expect(first.stdout).toMatch(/^Collected (\d+) loans from kameo: \1 new, 0 changed, 0 unchanged\.\n$/u)
    expect(first.stderr).toMatch(/^Logged in to Kameo\.\nStored page 1: 100 of \d+ loans\.\nStored page 2: 200 of/u)
    for (const secret of Object.values(secrets)) expect(first.stdout + first.stderr).not.toContain(secret)
  })

  it("collects again as JSON: what is new, changed and unchanged", () => {
    expect(second).toMatchObject({ code: 0, stderr: "" })
    const report = JSON.parse(second.stdout) as Record<string, number> & { completeness: unknown }
    expect(report.completeness).toEqual({ _tag: "Complete" })
    // Three a day for four days, less those of Norway, which is not asked for.
    expect(report["inserted"]).toBeGreaterThan(6)
    expect(report["inserted"]).toBeLessThanOrEqual(12)
    expect(report["changed"]).toBeGreaterThan(10)
    expect(report["seen"]).toBe((report["inserted"] ?? 0) + (report["changed"] ?? 0) + (report["unchanged"] ?? 0))
  })

  it("ends with 4 when --max-pages left something, and the next call begins anew", async () => {
    const file = path("partial.sqlite")
    const env = settings(emulator)
    const partial = await run(["loans", "fetch", "--max-pages", "2", "--db", file, "--json"], { env })
    expect(partial.code).toBe(4)
    expect(JSON.parse(partial.stdout)).toMatchObject({ seen: 200, completeness: { _tag: "Partial" } })
    expect(failureOf(partial)).toEqual({
      happened: "The listing goes on behind the last page that was read.",
      remedy: "Run `saldo loans fetch` without --max-pages to collect everything.",
      exitCode: 4
    })
    const rest = await run(["loans", "fetch", "--db", file], { env })
    expect(rest).toMatchObject({ code: 0, stderr: "" })
    expect(rest.stdout).toMatch(/^Collected \d+ loans from kameo: \d+ new, 0 changed, 200 unchanged\.\n$/u)
  })
})

describe.concurrent("saldo loans list", () => {
  it("prints a table whose columns are as wide as their cells, with the cursor of the next page", async () => {
    const { code, stdout } = await saldo("loans", "list", "--limit", "3")
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split("\n")
    expect(lines[0]).toMatch(/^Loan  Title +Status +Amount +Funded +Rate +Months +Risk$/u)
    expect(lines[1]).toMatch(
      /^\d+ {2}\S.* {2}\S+ +[\d\u00a0\u202f ]+\u00a0(SEK|DKK) +[\d.]+ % +[\d.]+ % +\d+ {2}[A-E]$/u
    )
    expect(lines[5]).toMatch(/^3 of \d+ listings\.$/u)
    expect(lines[6]).toMatch(/^More with --cursor \S+$/u)
    expect(stdout).not.toContain("\u001b")
  })

  it("pages through everything exactly once", async () => {
    const seen: Array<string> = []
    let page = await json<PageOfRows>("loans", "list", "--limit", "120")
    for (;;) {
      seen.push(...page.items.map(({ loanId }) => loanId))
      if (page.next === null) break
      page = await json<PageOfRows>("loans", "list", "--limit", "120", "--cursor", page.next)
    }
    expect(seen).toHaveLength(page.total)
    expect(new Set(seen).size).toBe(page.total)
  })

  it("refuses the cursor of another search", async () => {
    const { next } = await json<PageOfRows>("loans", "list", "--limit", "2")
    const { code, stderr } = await saldo("loans", "list", "--status", "open", "--cursor", next ?? "")
    expect(code).toBe(2)
    expect(stderr).toMatch(/^--cursor cannot be used with this search\.\nTake it from the page before as it is/u)
  })

  it("sorts in both directions", async () => {
    const rates = async (sort: string) =>
      (await rowsOf("loans", "list", `--sort=${sort}`)).map(({ annualRatePercent }) => Number(annualRatePercent))
    const [up, down] = [await rates("rate"), await rates("-rate")]
    expect(up).toEqual([...up].sort((left, right) => left - right))
    expect(down).toEqual(up.toReversed())
    const bad = await saldo("loans", "list", "--sort", "interest")
    expect(bad.code).toBe(2)
    expect(bad.stderr).toMatch(/^--sort cannot be interest\.\nChoose one of listedAt, .*loanId\.\n$/u)
  })

  const filters: ReadonlyArray<readonly [string, (row: Row) => boolean]> = [
    ["--status open", ({ status }) => status === "open"],
    ["--status funded --status closed", ({ status }) => status === "funded" || status === "closed"],
    ["--currency dkk", ({ currency }) => currency === "DKK"],
    [
      "--min-amount 5000000 --max-amount 9000000.50",
      ({ amount, currency }) => currency === "SEK" && Number(amount) >= 5e6 && Number(amount) <= 9_000_000.5
    ],
    ["--currency DKK --min-amount 5000000", ({ amount, currency }) => currency === "DKK" && Number(amount) >= 5e6],
    [
      "--min-rate 9.5 --max-rate 11",
      ({ annualRatePercent }) => Number(annualRatePercent) >= 9.5 && Number(annualRatePercent) <= 11
    ],
    ["--min-funded 100.5", ({ fundedPercent }) => Number(fundedPercent) >= 100.5],
    ["--max-funded 50", ({ fundedPercent }) => fundedPercent !== null && Number(fundedPercent) <= 50],
    ["--risk A --risk B", ({ riskGrade }) => riskGrade === "A" || riskGrade === "B"],
    ["--country dk", ({ country }) => country === "DK"],
    [`--opens-from ${recent}`, ({ opensAt }) => opensAt >= recent],
    [`--opens-before ${longAgo} --status active`, ({ opensAt, status }) => opensAt < longAgo && status === "active"]
  ]

  let everything: ReturnType<typeof rowsOf> | undefined

  it.each(filters)("%s gives those listings and no others", async (flags, fits) => {
    const all = await (everything ??= rowsOf("loans", "list"))
    const found = await rowsOf("loans", "list", ...flags.split(" "))
    const expected = all.filter(fits).map(({ loanId }) => loanId)
    expect(expected.length).toBeGreaterThan(0)
    expect(expected.length).toBeLessThan(all.length)
    expect(found.map(({ loanId }) => loanId)).toEqual(expected)
  })

  const wrong: ReadonlyArray<readonly [string, string, string]> = [
    ["--min-amount 1,5", "--min-amount cannot be used: ", "Write it as 1000000 or 1000000.50"],
    ["--min-amount 10.005", "--min-amount cannot be used: ", "Write it as"],
    ["--min-amount 9 --max-amount 8", "The smallest amount (9.00 SEK) is above", "Correct the flags for the amount."],
    ["--min-rate nine", "--min-rate nine is not a percentage.", "Write it as 9.5."],
    ["--min-funded 1.234", "--min-funded 1.234 has more than two decimals.", "Write it as 50 or 50.25."],
    ["--opens-from 2026-02-30", "--opens-from 2026-02-30 is not a date.", "Write it as 2026-03-10."],
    ["--currency KRONOR", "--currency cannot be KRONOR.", "Give an ISO 4217 code such as SEK, DKK or EUR."],
    ["--limit 501", "A page holds 1 to 500 listings, not 501.", "Correct the flags for the limit."],
    ["--cursor abc", "--cursor cannot be used with this search.", "Take it from the page before"]
  ]

  it.each(wrong)("%s is wrong usage", async (flags, happened, remedy) => {
    const { code, stderr, stdout } = await saldo("loans", "list", ...flags.split(" "))
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
    const [one, two, ...rest] = stderr.trimEnd().split("\n")
    expect(one).toContain(happened)
    expect(two).toContain(remedy)
    expect(rest).toEqual([])
  })
})

describe.concurrent("saldo loans search", () => {
  it("finds å, ä and ö with and without their marks, in any case", async () => {
    const byTitle = (await rowsOf("loans", "list")).filter(({ title }) => /tillägg/iu.test(title))
    expect(byTitle.length).toBeGreaterThan(3)
    for (const term of ["tillägg", "TILLÄGG", "tillagg", "Tilla\u0308gg"]) {
      const found = await rowsOf("loans", "search", term)
      expect(byTitle.every(({ loanId }) => found.some((one) => one.loanId === loanId))).toBe(true)
    }
  })

  it("says when nothing fits, and takes filters", async () => {
    expect(await saldo("loans", "search", "zzz")).toEqual({ code: 0, stdout: "No listing fits.\n", stderr: "" })
    expect((await rowsOf("loans", "search", "lån", "--status", "open")).every(({ status }) => status === "open")).toBe(
      true
    )
  })
})

describe.concurrent("saldo loans show and history", () => {
  it("shows one listing with its fields, as text and as data", async () => {
    const [row] = await rowsOf("loans", "list", "--status", "open")
    const { code, stdout } = await saldo("loans", "show", row?.loanId ?? "")
    expect(code).toBe(0)
    expect(stdout).toContain(`Title         ${row?.title}\nLoan          kameo ${row?.loanId}\nStatus        open`)
    expect(await json("loans", "show", row?.loanId ?? "")).toMatchObject({ ...row })
  })

  it("shows what changed once the clock had moved", async () => {
    const changed = (await rowsOf("loans", "list", "--sort=-updatedAt")).find(({ version }) => version > 1)
    const { code, stdout } = await saldo("loans", "history", changed?.loanId ?? "")
    expect(code).toBe(0)
    expect(stdout).toMatch(/^When +Version +Field +Before +After\n.* 1 {2}first seen/u)
    const versions = await json<ReadonlyArray<{ version: number; changes: ReadonlyArray<{ field: string }> }>>(
      "loans",
      "history",
      changed?.loanId ?? ""
    )
    expect(versions.map(({ version }) => version)).toEqual([1, 2])
    expect(versions[0]?.changes).toEqual([])
    for (const { field } of versions[1]?.changes ?? []) expect(stdout).toContain(field)
  })

  it.each(["show", "history"])("%s of a loan that is not stored", async (command) => {
    expect(await saldo("loans", command, "999999")).toEqual({
      code: 1,
      stdout: "",
      stderr: "Loan 999999 is not in the database.\n`saldo loans list` shows what is.\n"
    })
    const odd = await saldo("loans", command, "")
    expect(odd).toMatchObject({ code: 2, stderr: '"" is not a loan\'s number.\nGive one such as 5101.\n' })
  })
})

describe.concurrent("saldo loans stats, analyze and health", () => {
  it("counts and measures, currencies apart, with bars and sparklines", async () => {
    const { code, stdout } = await saldo("loans", "stats")
    expect(code).toBe(0)
    for (const text of ["By status", "SEK (", "DKK (", "Listed by month", "Months (mean", "By risk", "Newest"])
      expect(stdout).toContain(text)
    expect(stdout).toMatch(/active +\d+ {2}█+/u)
    expect(stdout).toMatch(/\d{4}-\d{2} [▁▂▃▄▅▆▇█]{3,36} \d{4}-\d{2}\n/u)
    const data = await json<{
      listings: number
      byStatus: Record<string, number>
      currencies: ReadonlyArray<{ currency: string; listings: number; sought: { total: { currency: string } } }>
      listedByMonth: ReadonlyArray<{ month: string; listings: number }>
    }>("loans", "stats")
    const all = await rowsOf("loans", "list")
    const sum = (numbers: ReadonlyArray<number>) => numbers.reduce((total, one) => total + one, 0)
    expect(data.listings).toBe(all.length)
    expect(sum(Object.values(data.byStatus))).toBe(all.length)
    expect(sum(data.listedByMonth.map(({ listings }) => listings))).toBe(all.length)
    expect(data.currencies.map(({ currency, sought }) => [currency, sought.total.currency])).toEqual([
      ["DKK", "DKK"],
      ["SEK", "SEK"]
    ])
  })

  it("says which fields the platform sends, with a bar and an example", async () => {
    const { code, stdout } = await saldo("loans", "analyze")
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+ records, \d+ fields\n\nField +In +Types +Example\n/u)
    expect(stdout).toMatch(/loan_application_id +\d+ {2}█+ +\w+ +\d+/u)
    const { fields, records } = await json<{
      records: number
      fields: ReadonlyArray<{ path: string; present: number }>
    }>("loans", "analyze")
    expect(fields.find(({ path: field }) => field === "loan_application_id")?.present).toBe(records)
  })

  it("tells whether database and settings can be used", async () => {
    const { code, stdout } = await saldo("loans", "health")
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^ok {2}database {7}.*listings\.sqlite, \d+ listings\nok {2}configuration {2}no login configured; .*\n {4}latest run {5}complete, /u
    )
    expect(await json("loans", "health")).toMatchObject({ ok: true, login: false, latestRun: { state: "complete" } })
    const wrong = await run(["loans", "health", "--db", db], { env: { KAMEO_BASE_URL: "http://example.test" } })
    expect(wrong).toMatchObject({ code: 1, stdout: "" })
    expect(wrong.stderr).toBe(
      "KAMEO_BASE_URL cannot be used: it must begin with https:// (http:// is only for this computer itself).\n" +
        "Correct KAMEO_BASE_URL in the environment, in .env or in the options.\n"
    )
  })

  it("does not make a database by looking into it", async () => {
    for (const command of ["list", "stats", "analyze", "health", "export"]) {
      const { code, stderr } = await run(["loans", command, "--db", path("missing.sqlite")])
      expect(code).toBe(1)
      expect(stderr).toBe(
        `There is no database at ${path("missing.sqlite")}.\nRun \`saldo loans fetch\`, \`saldo ledger open\` or \`saldo bank customers register\` first, or name another with --db.\n`
      )
    }
    expect(existsSync(path("missing.sqlite"))).toBe(false)
  })
})

describe.concurrent("saldo kameo", () => {
  // A code is good once, so that commands which log in again would wait for the next; one that needs no code does not.
  let withoutCode: StartedKameoEmulator
  beforeAll(async () => {
    withoutCode = await startKameoEmulator({ user: { factor: "none" } })
  })
  afterAll(() => withoutCode.close())
  const asInvestor = (...args: ReadonlyArray<string>) =>
    run(["kameo", ...args], { env: { ...settings(withoutCode), ...login } })

  it("login --check logs in with password and code, and out again", async () => {
    await using kameo = await startKameoEmulator()
    expect(await run(["kameo", "login", "--check"], { env: { ...settings(kameo), ...login } })).toEqual({
      code: 0,
      stdout: "ok  The login works; the investor has accounts in SEK, NOK, DKK.\n",
      stderr: ""
    })
  })

  it("account shows balances, and numbers in full only when asked", async () => {
    const one = await asInvestor("account")
    expect(one).toMatchObject({ code: 0, stderr: "" })
    expect(one.stdout).toMatch(/SEK \S*17 +1.234.567,89.SEK/u)
    expect(one.stdout).not.toContain("2000017")
    expect((await asInvestor("account", "--reveal")).stdout).toContain("2000017")
    const all = await asInvestor("account", "--all", "--json")
    expect((JSON.parse(all.stdout) as ReadonlyArray<{ currency: string }>).map(({ currency }) => currency)).toEqual([
      "SEK",
      "NOK",
      "DKK"
    ])
    const none = await asInvestor("account", "--currency", "EUR")
    expect(none).toMatchObject({ code: 1, stdout: "" })
    expect(none.stderr).toBe(
      "The investor has no account in EUR, only in SEK, NOK, DKK.\nAsk for a currency that the investor has.\n"
    )
  })
})

describe.concurrent("the reader of a pipe that stops reading", () => {
  it("does not make the command fail or print a stack", async () => {
    for (const command of ["export", "list"]) {
      const { code, stderr, stdout } = await run(["loans", command, "--db", db], {
        through: (words) => ["sh", "-c", `"$@" | head -n 1; exit 0`, "sh", ...words]
      })
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
      expect(stdout.trimEnd().split("\n")).toHaveLength(1)
    }
  })

  it("is told when the output goes nowhere", async () => {
    if (!existsSync("/dev/full")) return
    const { code, stderr } = await run(["loans", "list", "--db", db], {
      through: (words) => ["sh", "-c", `"$@" > /dev/full`, "sh", ...words]
    })
    expect({ code, stderr }).toEqual({ code: 1, stderr: "The output cannot be written (ENOSPC).\nCheck the disk.\n" })
  })
})

it("uses `.env`, and the environment wins over it", async () => {
  await using kameo = await startKameoEmulator({ user: { factor: "none" } })
  const cwd = path("home")
  writeFileSync(
    path("home", ".env"),
    `SALDO_DB=${db}\nKAMEO_EMAIL=wrong@example.test\nKAMEO_BASE_URL=${kameo.wwwUrl}\n`
  )
  const env = { ...login, KAMEO_API_BASE_URL: kameo.apiUrl }
  expect((await run(["kameo", "login", "--check"], { cwd, env })).code).toBe(0)
  expect((await run(["loans", "health"], { cwd, env })).stdout).toContain(db)
  expect(readFileSync(path("home", ".env"), "utf8")).toContain("wrong@example.test")
})
