/**
 * Rehearses `docs/operations.md`: every command of the page runs in its order, beside a server that is written to.
 */
import * as SqliteClient from "@saldo/sqlite/SqliteClient"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { DeadLetterStore } from "saldo/core/DeadLetterStore"
import { EventId } from "saldo/core/DomainEvent"
import * as Id from "saldo/core/Id"
import * as SqlDeadLetterStore from "saldo/core/SqlDeadLetterStore"
import { mailSubscription } from "saldo/identity/MailDue"
import { execFile } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeFolder, signIn, start, type Started } from "./server.ts"
import { asKim, flood, move, width } from "./transfers.ts"

const { path, remove } = makeFolder()
const operating = new URL("../src/operate.ts", import.meta.url).pathname
const page = readFileSync(new URL("../../../docs/operations.md", import.meta.url), "utf8")
const administrator = { EMAIL: "adam@bank.example", PASSWORD: "lantern-over-quiet-water" }

interface Step {
  readonly command: string
  readonly shown: string
}

/** The commands of a section of the page, with what each is said to print. */
const stepsOf = (heading: string): ReadonlyArray<Step> => {
  const section = page.split(/^##+ /mu).find((each) => each.startsWith(`${heading}\n`)) ?? ""
  return [...section.matchAll(/^```console\n([\s\S]*?)^```$/gmu)].flatMap(([, fence = ""]) =>
    fence
      .split(/^\$ /mu)
      .slice(1)
      .map((step) => {
        const [command = "", ...shown] = step.trimEnd().split("\n")
        return { command, shown: shown.join("\n") }
      })
  )
}

/** What is printed, where the page leaves out what is another in each run. */
const patternOf = (shown: string): RegExp => {
  const parts = shown.split("…").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/gu, String.raw`\$&`))
  return new RegExp(`^${parts.join(String.raw`[\s\S]*?`)}$`, "u")
}

let server: Started

const serve = async (...args: ReadonlyArray<string>): Promise<void> => {
  server = await start(["--file", "saldo.sqlite", ...args], path("."))
}

const restart = async (): Promise<void> => {
  const { port } = new URL(server.url)
  server.child.kill("SIGTERM")
  expect(await server.ended).toBe(0)
  await serve("--port", port)
}

const shell = promisify(
  (line: string, done: (error: Error | null, printed: { readonly stdout: string; readonly stderr: string }) => void) =>
    execFile(
      "sh",
      [
        "-c",
        `set -a\n. ./kept.sh\noperate() { "$NODE" --conditions=saldo-source --no-warnings "$OPERATING" "$@"; }\n${line}\nexport -p > kept.sh`
      ],
      {
        cwd: path("."),
        env: {
          PATH: process.env["PATH"],
          NODE: process.execPath,
          OPERATING: operating,
          SALDO_FILE: "saldo.sqlite",
          URL: server.url,
          ...administrator
        }
      },
      (_error, stdout, stderr) => done(null, { stdout, stderr })
    )
)

/** Runs a section as it stands on the page. */
const rehearse = async (heading: string): Promise<void> => {
  const steps = stepsOf(heading)
  expect(steps.length, heading).toBeGreaterThan(0)
  for (const { command, shown } of steps) {
    if (command === "systemctl restart saldo") {
      await restart()
      continue
    }
    const { stderr, stdout } = await shell(command)
    expect(`${stdout}${stderr}`.trimEnd(), command).toMatch(patternOf(shown))
  }
}

const settings = { timeout: 120_000 }

beforeAll(async () => {
  writeFileSync(path("kept.sh"), "")
  await serve()
  const token = await signIn(server, administrator.EMAIL)
  const response = await fetch(`${server.url}/api/v1/webhooks`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": "the-hook" },
    body: JSON.stringify({ url: "https://receiver.example/events", description: "Accounting", events: ["banking.*"] })
  })
  const { secret } = (await response.json()) as { readonly secret?: string }
  expect(secret).toMatch(/^whsec_/u)
}, 120_000)

afterAll(async () => {
  await server.kill()
  remove()
})

describe("the page on operations, rehearsed", () => {
  it("backs up while the bank is written to, and restores all that was acknowledged before", settings, async () => {
    const { accounts, token } = await asKim(server)
    const load = flood(server, token, accounts, "busy")
    await expect.poll(() => load.acknowledged.size, { timeout: 60_000 }).toBeGreaterThan(4 * width)
    const before = new Map(load.acknowledged)
    await rehearse("Back up SQLite")
    await load.end()
    expect(load.acknowledged.size).toBeGreaterThan(before.size)
    await rehearse("Restore SQLite")

    const restored = await start(["--file", "restored/saldo.sqlite"], path("."))
    try {
      // A command that the copy holds is answered by what came of it then; a lost one would make another entry.
      const again = await asKim(restored)
      const answers = await Promise.all(
        [...before.keys()].map(async (key) => [key, await move(restored, again.token, accounts, key)] as const)
      )
      expect(new Map(answers)).toEqual(before)
      expect(await restored.read("/api/v1/ledger/trial-balance")).toMatchObject({ balanced: true })
    } finally {
      await restored.kill()
    }
  })

  it("changes the keys that seal, through restarts", settings, () => rehearse("Those that seal"))

  it("changes the keys that sign: whoever had signed in goes on by the refresh token", settings, async () => {
    const login = await fetch(`${server.url}/api/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: administrator.EMAIL, password: administrator.PASSWORD })
    })
    const { accessToken, refreshToken } = (await login.json()) as Record<string, string>
    const me = async (token = "") => {
      const { status } = await fetch(`${server.url}/api/auth/me`, { headers: { authorization: `Bearer ${token}` } })
      return status
    }
    expect(await me(accessToken)).toBe(200)
    await rehearse("Those that sign access tokens")
    await expect.poll(() => me(accessToken), { timeout: 60_000 }).toBe(401)
    const refreshed = await fetch(`${server.url}/api/auth/refresh`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ refreshToken })
    })
    const next = (await refreshed.json()) as Record<string, string>
    expect(await me(next["accessToken"])).toBe(200)
  })

  it("changes secrets of webhooks and API keys", settings, async () => {
    await rehearse("Secrets of webhooks, and API keys")
    const { stdout } = await shell(`curl -s -o /dev/null -w '%{http_code}' $URL/metrics -H "X-API-Key: $KEY"`)
    expect(stdout).toBe("401")
  })

  it("finds mails that were given up on, and has them tried again", settings, async () => {
    const letter = {
      id: EventId.make(await Effect.runPromise(Id.make("event"))),
      name: "identity.MailDue",
      version: 1,
      tenant: "bank",
      subject: "nobody",
      occurredAt: DateTime.nowUnsafe(),
      payload: { kind: "reset-password", to: { _tag: "Address", emailIndex: "of nobody" } }
    }
    const given = { subscription: mailSubscription.name, attempts: 3, reason: "The folder is full" }
    await DeadLetterStore.use((store) => store.put({ ...given, event: letter, diedAt: DateTime.nowUnsafe() })).pipe(
      Effect.provide(
        SqlDeadLetterStore.layer.pipe(Layer.provide(SqliteClient.layer({ filename: path("saldo.sqlite") })))
      ),
      Effect.runPromise
    )
    await rehearse("Mails that were given up on")
  })
})

describe("keys that are gone", () => {
  it("are not made anew where there are users and no customers yet", settings, async () => {
    const made = await shell("operate keys sign --file users.sqlite")
    expect(made.stdout).toMatch(/^sigkey_\S+ signs from now on\.\n$/u)
    const { stderr, stdout } = await shell("mv users.sqlite.keys elsewhere; operate verify --file users.sqlite")
    expect(stdout).toBe("")
    expect(stderr).toContain("The users' data is there, but not the keys that open it: users.sqlite.keys is missing.")
  })
})

describe("what is watched", () => {
  it("is what the server tells", async () => {
    const token = await signIn(server, administrator.EMAIL)
    const response = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
    const told = new Set([...(await response.text()).matchAll(/^([a-z][a-z0-9_]*)(?=[{ ])/gmu)].map(([name]) => name))
    const rules = readFileSync(new URL("../alerts.yml", import.meta.url), "utf8")
    const named = [...rules.matchAll(/\b(?:http|nodejs|process|saldo)_[a-z0-9_]+(?=[{[)])/gu)].map(([name]) => name)
    expect(new Set(named).size).toBeGreaterThan(7)
    expect(named.filter((name) => !told.has(name))).toEqual([])
  })

  it("has a rule for each alert of the page, and the page a line for each rule", () => {
    const rules = readFileSync(new URL("../alerts.yml", import.meta.url), "utf8")
    const inRules = [...rules.matchAll(/- alert: (\w+)/gu)].map(([, name]) => name)
    const onPage = [...page.matchAll(/^\| `(Saldo\w+)` \|/gmu)].map(([, name]) => name)
    expect(onPage).toEqual(inRules)
  })
})
