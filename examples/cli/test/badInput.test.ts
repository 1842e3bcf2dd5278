import { spawnSync } from "node:child_process"
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { ListedLoan } from "@saldo/kameo/emulator/LoanBook"
import { sampleLoans } from "@saldo/kameo/emulator/sampleLoans"
import {
  startKameoEmulator,
  type StartedKameoEmulator,
  type StartKameoEmulatorOptions
} from "@saldo/kameo/emulator/startKameoEmulator"
import { type Ended, failureOf, login, type RunOptions, secrets, settings, useSaldo } from "./saldo.ts"

const { folder, path, run } = useSaldo()

/** What a file holds that a failure must not lose. */
const rowsIn = (file: string) => {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return {
      listings: database.prepare("SELECT * FROM saldo_lending_loan_listings ORDER BY loan_id").all(),
      versions: database.prepare("SELECT * FROM saldo_lending_loan_listing_versions ORDER BY loan_id, version").all()
    }
  } finally {
    database.close()
  }
}

const told = ({ stderr, stdout }: Ended): string => stdout + stderr

/** A failure that says what happened and what to do, in a sentence each, and no secret. */
const expectFailure = (end: Ended, code: number, happened: RegExp | string, remedy: RegExp | string) => {
  expect(end.code, told(end)).toBe(code)
  const lines = end.stderr.trimEnd().split("\n")
  expect(lines, end.stderr).toHaveLength(2)
  if (typeof happened === "string") expect(lines[0]).toBe(happened)
  else expect(lines[0]).toMatch(happened)
  if (typeof remedy === "string") expect(lines[1]).toBe(remedy)
  else expect(lines[1]).toMatch(remedy)
  for (const line of lines) expect(line).toMatch(/[.?]$/u)
  for (const secret of Object.values(secrets)) expect(told(end)).not.toContain(secret)
}

const withKameo = async (
  options: StartKameoEmulatorOptions,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {}
): Promise<Ended> => {
  await using emulator = await startKameoEmulator(options)
  return await run(args, { env: { ...settings(emulator), ...env } })
}

describe("a login that does not work ends with 3", () => {
  const check = ["kameo", "login", "--check"]

  it("wrong password", async () => {
    const wrong = "Geheim-och-fel-77"
    const end = await withKameo({}, check, { ...login, KAMEO_PASSWORD: wrong })
    expectFailure(
      end,
      3,
      "Kameo rejected the e-mail or the password.",
      "Check KAMEO_EMAIL and KAMEO_PASSWORD; do not repeat a wrong password, it can lock the account."
    )
    expect(told(end)).not.toContain(wrong)
  })

  it("no password at all, where nobody can be asked", async () => {
    expectFailure(
      await withKameo({}, check, { KAMEO_EMAIL: login.KAMEO_EMAIL }),
      1,
      "KAMEO_PASSWORD cannot be used: an e-mail is set, and no password.",
      "Correct KAMEO_PASSWORD in the environment, in .env or in the options."
    )
    expectFailure(
      await withKameo({}, check),
      3,
      /^Kameo wants a login for .*, and no e-mail and password are configured\.$/u,
      "Set KAMEO_EMAIL and KAMEO_PASSWORD."
    )
  })

  it("the secret of another account", async () => {
    const other = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    const end = await withKameo({}, check, { ...login, KAMEO_TOTP_SECRET: other })
    expectFailure(
      end,
      3,
      /^Kameo rejected the one-time code .*This computer's clock agrees with Kameo's\.$/u,
      "Check that KAMEO_TOTP_SECRET is the secret of this account."
    )
    expect(told(end)).not.toContain(other)
  }, 120_000)

  it("a second factor that no program has", async () => {
    expectFailure(
      await withKameo({ user: { factor: "esign" } }, check, login),
      3,
      /BankID|authenticator|second factor/u,
      "Choose an authenticator app as second factor in Kameo's security settings."
    )
  })

  it("no secret where a code is asked for", async () => {
    expectFailure(
      await withKameo({}, check, { ...login, KAMEO_TOTP_SECRET: "" }),
      3,
      /one-time code|second factor/u,
      "Set KAMEO_TOTP_SECRET to the secret that the authenticator app was given."
    )
  })
})

describe("a TOTP secret", () => {
  const check = ["kameo", "login", "--check"]
  const secret = secrets.KAMEO_TOTP_SECRET
  const written: ReadonlyArray<readonly [string, string]> = [
    ["with blanks", secret.replace(/(.{4})/gu, "$1 ")],
    ["in lower case", secret.toLowerCase()],
    ["as an otpauth address", `otpauth://totp/Kameo:eva?secret=${secret}&issuer=Kameo`]
  ]

  it.each(written)("%s is understood", async (_, value) => {
    const end = await withKameo({}, check, { ...login, KAMEO_TOTP_SECRET: value })
    expect(end).toMatchObject({ code: 0, stderr: "" })
  })

  it.each([["0189!"], ["otpauth://totp/Kameo?issuer=Kameo"], ["otpauth://hotp/Kameo?secret=ABCDEFGH"]])(
    "%s is refused and not printed",
    async (value) => {
      const end = await withKameo({}, check, { ...login, KAMEO_TOTP_SECRET: value })
      expectFailure(end, 1, /^KAMEO_TOTP_SECRET cannot be used: /u, /^Correct KAMEO_TOTP_SECRET in the environment/u)
      expect(told(end)).not.toContain(value)
    }
  )
})

describe("a Kameo that misbehaves", () => {
  const file = path("stored.sqlite")
  let before: ReturnType<typeof rowsIn>
  beforeAll(async () => {
    expect(await withKameo({ loans: 250 }, ["loans", "fetch", "--db", file])).toMatchObject({ code: 0, stderr: "" })
    before = rowsIn(file)
    expect(before.listings.length).toBeGreaterThan(200)
  })

  it.each(["maintenance", "login", "twoFactor", "badGateway"])("answers HTML instead of JSON: %s", async (page) => {
    const end = await withKameo({ loans: 250, faults: [`htmlInsteadOfJson=${page}`] }, ["loans", "fetch", "--db", file])
    expect([1, 3]).toContain(end.code)
    expectFailure(end, end.code ?? -1, /^Kameo /u, /./u)
    expect(told(end)).not.toContain("<")
    expect(rowsIn(file)).toEqual(before)
  })

  it("cannot be reached", async () => {
    const env = { KAMEO_BASE_URL: "http://127.0.0.1:9", KAMEO_API_BASE_URL: "http://127.0.0.1:9" }
    const end = await run(["loans", "fetch", "--db", file], { env })
    expectFailure(
      end,
      1,
      /^The connection to 127\.0\.0\.1:9 failed at \/v1\/loans\/listing\/investment-options \(\w+\)\.$/u,
      "Check the network and KAMEO_BASE_URL and KAMEO_API_BASE_URL."
    )
    expect(rowsIn(file)).toEqual(before)
  })

  it("fails in the midst: what was read stays, and the next call goes on from there", async () => {
    const fresh = path("midst.sqlite")
    await using emulator = await startKameoEmulator({ loans: 300, frozen: true, faults: ["failOnPage=2x4"] })
    const env = settings(emulator)
    const end = await run(["loans", "fetch", "--db", fresh], { env })
    expectFailure(
      end,
      4,
      "Kameo answered /v1/loans/listing/investment-options with status 500.",
      "Try again later; 100 loans of 1 page are stored, and the next fetch goes on from page 2."
    )
    expect(rowsIn(fresh).listings).toHaveLength(100)
    const next = await run(["loans", "fetch", "--db", fresh], { env })
    expect(next).toMatchObject({ code: 0, stderr: "" })
    expect(next.stdout).toMatch(/^Resumed and collected (\d+) loans from kameo: \1 new/u)
  })

  const listed = (changes: ListedLoan): ListedLoan => ({ ...sampleLoans[0], ...changes })

  it("lists what cannot be used: unknown currency, unreadable amounts and dates, huge and odd titles", async () => {
    const fresh = path("odd.sqlite")
    const emoji = "Lån 🏡👨‍👩‍👧‍👦 till \u202eakrab\u0007 familj"
    const id = (loan_application_id: number, changes: ListedLoan) => listed({ loan_application_id, ...changes })
    const end = await withKameo(
      {
        frozen: true,
        loans: [
          id(9001, {}),
          id(9002, { currency: "XTS1" }),
          id(9003, { application_amount: "en miljon" }),
          id(9004, { title: "x".repeat(1_000_000) }),
          id(9005, { title: emoji }),
          id(9006, { subscription_ends_at: "i morgon" })
        ]
      },
      ["loans", "fetch", "--db", fresh, "--json"]
    )
    expect(end.code, told(end)).toBe(0)
    const report = JSON.parse(end.stdout) as {
      seen: number
      rejected: number
      rejections: ReadonlyArray<{ loanId: string; field: string; problem: string }>
    }
    expect(report.seen + report.rejected).toBe(6)
    expect(report.rejections.map(({ loanId }) => loanId)).toContain("9003")
    for (const { field, problem } of report.rejections) expect(`${field} ${problem}`.length).toBeGreaterThan(10)
    const list = await run(["loans", "list", "--db", fresh])
    expect(list.code).toBe(0)
    expect(list.stdout).toContain("x".repeat(1_000_000))
    expect(list.stdout).toContain("🏡👨‍👩‍👧‍👦")
    for (const control of ["\u202e", "\u0007"]) expect(list.stdout).not.toContain(control)
    expect((await run(["loans", "stats", "--db", fresh])).code).toBe(0)
    expect((await run(["loans", "analyze", "--db", fresh])).code).toBe(0)
  })

  it("lists loans twice over its pages: the newer one counts, once", async () => {
    const fresh = path("twice.sqlite")
    const end = await withKameo({ loans: 300, frozen: true, faults: ["duplicateAcrossPages"] }, [
      ...["loans", "fetch", "--db", fresh]
    ])
    expect(end).toMatchObject({ code: 0, stderr: "" })
    expect(end.stdout).toMatch(/\n2 came more than once; the newer one counts\.\n$/u)
    const ids = rowsIn(fresh).listings.map(({ loan_id }) => loan_id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it("has its clock set back: no version is lost, and history keeps its order", async () => {
    const fresh = path("back.sqlite")
    await using emulator = await startKameoEmulator({ loans: 200, frozen: true })
    const env = settings(emulator)
    const day = 24 * 3_600_000
    for (const days of [0, 5, -5]) {
      await emulator.advanceClock(days * day)
      expect(await run(["loans", "fetch", "--db", fresh], { env })).toMatchObject({ code: 0, stderr: "" })
    }
    const { versions } = rowsIn(fresh)
    const thrice = versions.find(({ version }) => Number(version) === 3)
    const of = versions.filter(({ loan_id }) => loan_id === thrice?.["loan_id"])
    expect(of.map(({ version }) => Number(version))).toEqual([1, 2, 3])
    expect(of[2]?.["content"]).toBe(of[0]?.["content"])
    const times = of.map(({ recorded_at }) => Number(recorded_at))
    expect(times).toEqual([...times].sort((left, right) => left - right))
  })

  it("is stopped by Ctrl-C: 130, and the next call completes with the content of an undisturbed one", async () => {
    await using emulator = await startKameoEmulator({ loans: 900, frozen: true, faults: ["delayMs=60"] })
    const env = settings(emulator)
    const [stopped, whole] = [path("stopped.sqlite"), path("whole.sqlite")]
    const end = await run(["loans", "fetch", "--db", stopped, "--verbose"], {
      env,
      started: (child) => {
        child.stderr?.on("data", (data: Buffer) => {
          if (data.toString().includes("Stored page 2")) child.kill("SIGINT")
        })
      }
    })
    expect(end.code).toBe(130)
    expect(end.stderr).toMatch(
      /Interrupted; what was read so far is stored\.\nRun `saldo loans fetch` again to go on from there\.\n$/u
    )
    const next = await run(["loans", "fetch", "--db", stopped], { env })
    expect(next).toMatchObject({ code: 0, stderr: "" })
    expect(next.stdout).toMatch(/^Resumed and collected/u)
    expect(await run(["loans", "fetch", "--db", whole], { env })).toMatchObject({ code: 0, stderr: "" })
    const content = (file_: string) =>
      rowsIn(file_).versions.map(({ content: text, loan_id, raw, version }) => ({ loan_id, version, text, raw }))
    expect(content(stopped)).toEqual(content(whole))
  })
})

describe("a database file", () => {
  let emulator: StartedKameoEmulator
  const good = path("good.sqlite")
  const nobody = 65_534
  const isRoot = process.getuid?.() === 0
  const shared = join(folder, "shared")

  // The superuser may read and write everything, so these tests give the command to a user who may not.
  const spawning: RunOptions["spawning"] = isRoot ? { uid: nobody, gid: nobody } : {}
  const reachable = !isRoot || spawnSync(process.execPath, ["--version"], spawning).status === 0

  beforeAll(async () => {
    emulator = await startKameoEmulator({ loans: 250, frozen: true })
    expect((await run(["loans", "fetch", "--db", good], { env: settings(emulator) })).code).toBe(0)
    chmodSync(folder, 0o755)
    mkdirSync(shared)
    if (isRoot) chownSync(shared, nobody, nobody)
  })
  afterAll(() => emulator.close())

  const copyOf = (name: string): string => {
    const file = join(shared, name)
    copyFileSync(good, file)
    if (isRoot) chownSync(file, nobody, nobody)
    return file
  }
  const fetchInto = (file: string, options: RunOptions = {}) =>
    run(["loans", "fetch", "--db", file], { ...options, env: settings(emulator) })

  it("that may not be read", async ({ skip }) => {
    skip(!reachable, "the folder of this checkout is closed to every user but its owner")
    const file = copyOf("closed.sqlite")
    chmodSync(file, 0o000)
    for (const command of ["list", "fetch"]) {
      expectFailure(
        await run(["loans", command, "--db", file], { spawning, env: settings(emulator) }),
        1,
        `${file} cannot be opened.`,
        "Check that its folder exists and that you may read and write there."
      )
    }
    chmodSync(file, 0o600)
    expect(rowsIn(file)).toEqual(rowsIn(good))
  })

  it("that may not be written", async ({ skip }) => {
    skip(!reachable, "the folder of this checkout is closed to every user but its owner")
    const file = copyOf("readonly.sqlite")
    chmodSync(file, 0o444)
    expectFailure(
      await fetchInto(file, { spawning }),
      1,
      `${file} cannot be written to.`,
      "Allow writing to the file and its folder, or use another --db."
    )
    expect(rowsIn(file)).toEqual(rowsIn(good))
  })

  it("that is something else", async () => {
    const file = path("notes.txt")
    writeFileSync(file, "This is not a database, but somebody's notes. ".repeat(100))
    for (const command of ["list", "fetch"]) {
      expectFailure(
        await run(["loans", command, "--db", file], { env: settings(emulator) }),
        1,
        `${file} is not a SQLite database.`,
        "Name another file with --db."
      )
    }
    expect(readFileSync(file, "utf8")).toContain("somebody's notes")
  })

  it("that is damaged", async () => {
    const file = path("damaged.sqlite")
    copyFileSync(good, file)
    const { size } = statSync(file)
    const handle = openSync(file, "r+")
    for (let at = 8192; at < size; at += 4096) writeSync(handle, Buffer.alloc(2048, 0xa5), 0, 2048, at)
    const damaged = readFileSync(file)
    const end = await run(["loans", "list", "--db", file])
    expectFailure(
      end,
      1,
      `The database ${file} is damaged.`,
      "Keep the file, and restore a back-up or collect into a new one with --db."
    )
    expect(readFileSync(file).equals(damaged)).toBe(true)
  })

  it("that another program holds locked", async () => {
    const file = path("locked.sqlite")
    copyFileSync(good, file)
    const holder = new DatabaseSync(file)
    holder.exec("BEGIN IMMEDIATE")
    const end = await fetchInto(file)
    holder.exec("ROLLBACK")
    holder.close()
    expectFailure(end, 1, `Another program holds ${file} locked.`, "Wait until it is done, and run the command again.")
    expect(rowsIn(file)).toEqual(rowsIn(good))
  })

  it("in a folder that does not exist", async () => {
    const file = path("nowhere", "listings.sqlite")
    expectFailure(
      await fetchInto(file),
      1,
      `${file} cannot be opened.`,
      "Check that its folder exists and that you may read and write there."
    )
    expect(existsSync(path("nowhere"))).toBe(false)
  })

  it("on a disk that is full", async ({ skip }) => {
    const mount = path("disk")
    mkdirSync(mount)
    const mounted = isRoot && spawnSync("mount", ["-t", "tmpfs", "-o", "size=600k", "tmpfs", mount]).status === 0
    skip(!mounted, "a small file system cannot be mounted here")
    try {
      const file = join(mount, "full.sqlite")
      expectFailure(
        await fetchInto(file),
        1,
        `The disk that holds ${file} is full.`,
        "Make room, and run the command again; what was stored is kept."
      )
    } finally {
      spawnSync("umount", [mount])
    }
  })

  it("that may not grow", async () => {
    const file = path("limited.sqlite")
    // A limit on the size of files stands in for a full disk where none can be mounted; SQLite sees a failed write.
    const end = await fetchInto(file, {
      through: (command) => ["sh", "-c", `trap "" XFSZ; ulimit -f 300; exec "$@"`, "sh", ...command]
    })
    expect(end.code).not.toBe(0)
    expectFailure(end, 1, /^(The disk that holds .* is full|.* cannot be read or written)\.$/u, /./u)
  })
})

it("never prints a secret under --verbose either", async () => {
  const end = await withKameo({ faults: ["landing=/nowhere"] }, ["kameo", "account", "--verbose"], {
    ...login,
    KAMEO_PASSWORD: "Geheim-och-fel-77"
  })
  expect(end.code).toBe(3)
  for (const secret of [...Object.values(secrets), "Geheim-och-fel-77"]) expect(told(end)).not.toContain(secret)
  const json = await withKameo({}, ["kameo", "account", "--json"], { ...login, KAMEO_PASSWORD: "Geheim-och-fel-77" })
  expect(failureOf(json)).toMatchObject({ exitCode: 3 })
})
