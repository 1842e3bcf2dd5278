import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { failureOf, useSaldo } from "./saldo.ts"

const { run } = useSaldo()

describe.concurrent("wrong usage ends with 2, one sentence of what is wrong and one of what would be right", () => {
  const cases: ReadonlyArray<readonly [command: string, happened: string, remedy: string]> = [
    ["lons", "saldo has no command lons.", "Did you mean `saldo loans`?"],
    ["loans fetsh", "saldo loans has no command fetsh.", "Did you mean `saldo loans fetch`?"],
    ["loans xylophone", "saldo loans has no command xylophone.", "`saldo loans --help` shows the commands."],
    ["loans list --jsno", "saldo loans list has no flag --jsno.", "Did you mean --json?"],
    ["loans list --min-amout=5", "saldo loans list has no flag --min-amout.", "Did you mean --min-amount?"],
    [
      "ledger verify --as",
      "saldo ledger verify has no flag --as.",
      "`saldo ledger verify --help` shows what it takes."
    ],
    ["ledger post --credit a=1", "The flag --debit is missing.", "`saldo ledger post --help` shows what it takes."],
    ["loans list -q", "saldo loans list has no flag -q.", "`saldo loans list --help` shows what it takes."],
    ["loans show", "The <loan> is missing.", "Write `saldo loans show [flags] <loan>`."],
    ["loans search", "The <term> is missing.", "Write `saldo loans search [flags] <term>`."],
    [
      "loans search two words",
      '"words" is more than saldo loans search takes.',
      "Put words that belong together in quotes."
    ],
    [
      "loans list --status opn",
      '--status cannot be "opn".',
      "Choose one of upcoming, open, funded, closed, active, completed, canceled, unknown."
    ],
    ["loans export --format xml", '--format cannot be "xml".', "Choose one of csv, json, jsonl."],
    ["loans list --limit ten", '--limit cannot be "ten".', "Give a number."],
    ["loans list --limit", "--limit needs a value.", "Give a whole number."],
    ["loans list --db=", "--db needs a value.", "Name a SQLite file or a postgres:// address."],
    ["loans list --db a --db b", "--db is given more than once.", "Give it once."],
    ["loans fetch --max-pages 0", '--max-pages cannot be "0".', "Give a whole number above zero."],
    ["demo --loans 5", '--loans cannot be "5".', "Give a whole number from 10 to 1000000."]
  ]

  it.each(cases)("saldo %s", async (command, happened, remedy) => {
    const args = command.split(" ")
    expect(await run(args)).toEqual({ code: 2, stdout: "", stderr: `${happened}\n${remedy}\n` })
  })

  it("shows what there is when a group is named without a command", async () => {
    const { code, stderr, stdout } = await run(["loans"])
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
    expect(stderr).toContain("SUBCOMMANDS")
    expect(stderr).toContain(
      "saldo loans needs a command.\nChoose one of fetch, list, search, show, history, stats, analyze, export, health.\n"
    )
    const json = await run(["--json"])
    expect(failureOf(json)).toEqual({
      happened: "saldo needs a command.",
      remedy: "Choose one of loans, ledger, bank, kameo, backup, demo.",
      exitCode: 2
    })
  })

  it("is data under --json, wherever the flag stands", async () => {
    for (const args of [
      ["--json", "loans", "show"],
      ["loans", "show", "--json"]
    ]) {
      const json = await run(args)
      expect(json).toMatchObject({ code: 2, stdout: "" })
      expect(failureOf(json)).toEqual({
        happened: "The <loan> is missing.",
        remedy: "Write `saldo loans show [flags] <loan>`.",
        exitCode: 2
      })
    }
  })

  it("refuses an address of Postgres that is none, and does not print it", async () => {
    const { code, stderr } = await run(["loans", "list", "--db", "postgres://saldo:hemligt@[/x"])
    expect(code).toBe(2)
    expect(stderr).toBe(
      "The address of the Postgres server cannot be read.\n" +
        "Write it as postgres://user@host:5432/database, with signs such as @ in a password as %40.\n"
    )
  })
})

describe.concurrent("help", () => {
  const commands = [
    "",
    "loans",
    ...["fetch", "list", "search", "show", "history", "stats", "analyze", "export", "health"].map(
      (name) => `loans ${name}`
    ),
    "ledger",
    ...["open", "accounts", "post", "balance", "statement", "trial-balance", "verify", "export"].map(
      (name) => `ledger ${name}`
    ),
    "bank",
    "bank customers",
    ...["list", "show", "register", "approve", "decide"].map((name) => `bank customers ${name}`),
    ...["restrict", "lift", "close", "erase", "rewrap"].map((name) => `bank customers ${name}`),
    "bank products",
    "bank accounts",
    ...["list", "open", "deposit", "withdraw", "announce", "block", "unblock", "close", "statement", "end-day"].map(
      (name) => `bank accounts ${name}`
    ),
    "bank transfer",
    "bank payments",
    ...["list", "show", "order", "approve", "decline", "cancel", "export", "file", "strays"].map(
      (name) => `bank payments ${name}`
    ),
    "bank reconcile",
    ...["register", "import", "run", "report", "items", "reviews", "matches"].map((name) => `bank reconcile ${name}`),
    ...["accept", "match", "set-aside", "take-back", "write-off", "undo"].map((name) => `bank reconcile ${name}`),
    "kameo",
    "kameo account",
    "kameo login",
    "backup",
    "demo"
  ]

  it.each(commands)("saldo %s --help", async (command) => {
    const args = command.split(" ").filter((word) => word !== "")
    const { code, stderr, stdout } = await run([...args, "--help"])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(stdout).toContain(`USAGE\n  saldo${command === "" ? "" : ` ${command}`}`)
    expect(stdout).not.toContain("\u001b")
  })

  it("names every global flag and every variable once, at the top", async () => {
    const { stdout } = await run(["--help"])
    for (const word of [
      "--json",
      "--db",
      "--url",
      "--no-color",
      "--verbose",
      "SALDO_DB",
      "SALDO_URL",
      "SALDO_API_KEY",
      "NO_COLOR"
    ])
      expect(stdout).toContain(word)
  })

  it("is data under --json", async () => {
    const { code, stderr, stdout } = await run(["--json", "loans", "search", "--help"])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    const help = JSON.parse(stdout) as { usage: string; flags: ReadonlyArray<{ name: string; description: string }> }
    expect(help.usage).toBe("saldo loans search [flags] <term>")
    expect(help.flags.find(({ name }) => name === "json")?.description).toContain("Print JSON")
  })

  it("gives the version", async () => {
    expect(await run(["--version"])).toEqual({ code: 0, stdout: "saldo 0.1.0\n", stderr: "" })
    expect(JSON.parse((await run(["--version", "--json"])).stdout)).toEqual({ version: "0.1.0" })
  })
})

describe.concurrent("shell completions", () => {
  it.each(["bash", "zsh", "fish"])("%s", async (shell) => {
    const { code, stderr, stdout } = await run(["--completions", shell])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    for (const word of ["history", "min-amount", "upcoming"]) expect(stdout).toContain(word)
    const checked = spawnSync(shell, ["-n"], { input: stdout, encoding: "utf8" })
    // A machine need not have every shell; one that has it must take the script.
    if (checked.error === undefined) expect(checked.stderr).toBe("")
  })
})
