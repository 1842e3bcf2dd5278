/**
 * Two servers on one Postgres behind a proxy that gives each its turn: what holds in one process holds in both together.
 */
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as WebhookReceiver from "@saldo/testing/WebhookReceiver"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import { fileURLToPath } from "node:url"
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { numberOf } from "saldo/banking/ExternalAccount"
import { accounts as otherBanks } from "../src/otherBanks.ts"
import { password } from "../src/demo/people.ts"
import { compare, readBooks } from "./load/books.ts"
import { outcomeOf } from "./load/caller.ts"
import { type Client, clientOf, pause, until } from "./load/client.ts"
import type { Answer } from "./load/line.ts"
import { Load } from "./load/load.ts"
import { transferRequest } from "./load/moving.ts"
import { mailed, type Person } from "./load/people.ts"
import { kronor, type Payment, type Transfer } from "./load/records.ts"
import { type RoundRobin, roundRobin } from "./load/roundRobin.ts"
import { makeFolder, start, type Started } from "./server.ts"

const { path, remove } = makeFolder()
const scope = Scope.makeUnsafe()
const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Promise<A> =>
  Effect.runPromise(Scope.provide(scope)(effect))

const settings = { timeout: 240_000 }

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

interface Paged<A> {
  readonly items: ReadonlyArray<A>
  readonly next: string | null
}

const events = ({ body }: Answer): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  [...String(body).matchAll(/^data: ?(\{.*\})$/gmu)].map(
    ([, text = "{}"]) => JSON.parse(text) as Record<string, unknown>
  )

describe("two servers on one Postgres", () => {
  let [postgresUrl, admin] = ["", ""]
  let servers: ReadonlyArray<Started> = []
  let proxy: RoundRobin
  let load: Load
  let here: Client
  let there: Client
  let around: Client
  const person = (number: number): Person => load.bank.people[number] ?? load.bank.people[0]
  const both = () => [here, there]

  const signIn = async (client: Client, { email }: Pick<Person, "email">): Promise<Tokens> => {
    const answer = await client("POST", "/api/auth/login", { body: { email, password } })
    expect(answer.status).toBe(200)
    return answer.body as Tokens
  }
  const me = (client: Client, token: string) => client("GET", "/api/auth/me", { token })
  const refresh = (client: Client, refreshToken: string, agent: string) =>
    client("POST", "/api/auth/refresh", { body: { refreshToken }, agent })

  const begin = (): Promise<Started> =>
    start(["--postgres", postgresUrl, "--trusted-proxies", "2", "--local-webhooks"], path("."))

  beforeAll(async () => {
    postgresUrl = Redacted.value(await run(TestPostgres.url))
    servers = [await begin(), await begin()]
    proxy = await roundRobin(servers.map(({ url }) => url))
    load = await Load.prepare({ url: proxy.url, mails: path("saldo-postgres.mails"), connections: 24, processes: 2 })
    const [one, other] = servers.map(({ url }) => clientOf(url, ["127.0.0.1"]))
    if (one === undefined || other === undefined) throw new TypeError("There should be two servers")
    ;[here, there, around] = [one, other, clientOf(proxy.url, [])]
    admin = load.bank.members.find(({ role }) => role === "admin")?.token ?? ""
  }, settings.timeout)

  afterAll(async () => {
    load?.close()
    proxy?.close()
    for (const server of servers) await server.kill()
    await Effect.runPromise(Scope.close(scope, Exit.void))
    remove()
  })

  it("let in whom either has let in, and nobody whom either has shut out", settings, async () => {
    const leaving = await signIn(here, person(0))
    const known = await me(there, leaving.accessToken)
    expect(known.status).toBe(200)
    // Connections are kept for longer than proxies keep theirs, so that a proxy never sends into one that is being closed.
    expect(known.headers["keep-alive"]).toBe("timeout=65")
    await here("POST", "/api/auth/logout", { body: { refreshToken: leaving.refreshToken } })
    await until("401 CredentialsInvalid", () => me(there, leaving.accessToken))

    const locked = await signIn(here, person(1))
    const { body } = await me(there, locked.accessToken)
    const { id } = body as { readonly id: string }
    expect((await here("PUT", `/api/v1/users/${id}/lock`, { token: admin })).status).toBe(200)
    await until("401 CredentialsInvalid", () => me(there, locked.accessToken))
    expect((await refresh(there, locked.refreshToken, "test")).status).toBe(401)
    expect((await there("DELETE", `/api/v1/users/${id}/lock`, { token: admin })).status).toBe(200)
    expect((await me(here, (await signIn(here, person(1))).accessToken)).status).toBe(200)

    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const made = await here("POST", "/api/v1/api-keys", {
      token: admin,
      body: { name: "Both", scopes: ["ledger:read"], expiresAt }
    })
    const { key, text } = made.body as { readonly key: { readonly id: string }; readonly text: string }
    const read = () => there("GET", "/api/v1/ledger/accounts?limit=1", { apiKey: text })
    expect((await read()).status).toBe(200)
    expect((await here("DELETE", `/api/v1/api-keys/${key.id}`, { token: admin })).status).toBe(200)
    await until("401 CredentialsInvalid", read)
  })

  it(
    "give one successor to a refresh token that comes to both at once, and end a session whose token was copied",
    settings,
    async () => {
      const first = await signIn(here, person(2))
      const twice = await Promise.all(both().map((client) => refresh(client, first.refreshToken, "test")))
      expect(twice.map(({ status }) => status)).toEqual([200, 200])
      const [successor, ...others] = twice.map(({ body }) => (body as Tokens).refreshToken)
      expect(others).toEqual([successor])
      const next = (await refresh(there, successor ?? "", "test")).body as Tokens
      // The first one comes once more: somebody has a copy, and it cannot be told who.
      expect(outcomeOf(await refresh(here, first.refreshToken, "test"))).toBe("401 CredentialsInvalid")
      for (const client of both()) {
        expect(outcomeOf(await refresh(client, next.refreshToken, "test"))).toBe("401 CredentialsInvalid")
        await until("401 CredentialsInvalid", () => me(client, next.accessToken))
      }

      const copied = await signIn(there, person(3))
      const [owner, thief] = await Promise.all([
        refresh(here, copied.refreshToken, "owner"),
        refresh(there, copied.refreshToken, "thief")
      ])
      const outcomes = [owner, thief].map(outcomeOf).sort()
      expect(outcomes).toEqual(["200", "401 CredentialsInvalid"])
      const { refreshToken } = (owner.status === 200 ? owner : thief).body as Tokens
      for (const client of both()) {
        expect(outcomeOf(await refresh(client, refreshToken, "owner"))).toBe("401 CredentialsInvalid")
      }
    }
  )

  it("count the calls of an address together, as the first proxy saw it", settings, async () => {
    const call = (address: string) => around("POST", "/api/auth/verify-email", { body: { token: "made up" }, address })
    const answers: Array<Answer> = []
    for (let sent = 0; sent < 34; sent++) answers.push(await call("198.51.100.7"))
    const left = answers.map(({ headers }) => Number(/"entrance";r=(\d+)/u.exec(String(headers["ratelimit"]))?.[1]))
    expect(left.slice(0, 30)).toEqual(Array.from({ length: 30 }, (_, index) => 29 - index))
    expect(answers.slice(0, 30).map(outcomeOf)).toEqual(Array<string>(30).fill("410 TokenRejected"))
    expect(answers.slice(30).map(outcomeOf)).toEqual(Array<string>(4).fill("429 TooManyRequests"))
    expect(outcomeOf(await call("198.51.100.8"))).toBe("410 TokenRejected")
  })

  it("carry a command out once that comes to both at the same instant", settings, async () => {
    const { daily: from, saved: to } = person(0)
    const { accessToken: token } = await signIn(here, person(0))
    const outcomes: Array<string> = []
    for (let round = 0; round < 20; round++) {
      const transfer: Transfer = { key: randomUUID(), from, to, ore: 101, entries: new Set() }
      load.bank.records.transfers.set(transfer.key, transfer)
      const { body, path: to_ } = transferRequest(transfer)
      const send = (client: Client) => client("POST", to_, { token, body, key: transfer.key })
      const answers = [...(await Promise.all(both().map(send))), await send(there), await send(here)]
      outcomes.push(...answers.map(outcomeOf))
      for (const { body, status } of answers) {
        if (status === 201) transfer.entries.add((body as { readonly entryId: string }).entryId)
      }
      expect(answers.slice(2).map(({ status }) => status)).toEqual([201, 201])
      expect(transfer.entries.size).toBe(1)
    }
    expect(new Set(outcomes).difference(new Set(["201", "409 CommandInProgress"]))).toEqual(new Set())
  })

  it("collect the market once, whichever is asked", settings, async () => {
    const collect = (client: Client, key: string) =>
      client("POST", "/api/v1/market/collections", { token: admin, key, body: {} })
    const last = (answer: Answer) =>
      events(answer).at(-1) as {
        readonly _tag: string
        readonly code?: string
        readonly collection?: { readonly runId: string; readonly total: number }
      }
    const done = last(await collect(here, "market"))
    expect(done._tag).toBe("Done")
    expect(last(await collect(there, "market"))).toEqual(done)
    // Of two collections at a time the later one goes on where the earlier one is, which then ends.
    const ends = (await Promise.all([collect(here, "one"), collect(there, "other")])).map(last)
    expect(ends.map(({ _tag }) => _tag)).toContain("Done")
    for (const { _tag, code } of ends) if (_tag !== "Done") expect(code).toBe("CollectionTakenOver")
    const same = (await Promise.all([collect(here, "same"), collect(there, "same")])).map(last)
    const runs = new Set(same.flatMap(({ collection }) => (collection === undefined ? [] : [collection.runId])))
    expect(runs.size).toBe(1)
    for (const { _tag, code } of same) if (_tag !== "Done") expect(code).toBe("CommandInProgress")
    const [one, other] = await Promise.all(
      both().map((client) => client("GET", "/api/v1/market/listings?limit=100", { token: admin }))
    )
    expect(one?.body).toEqual(other?.body)
  })

  it("sign by a new key when one is made beside them, and believe what either signed by it", settings, async () => {
    const old = await signIn(here, person(4))
    const operate = fileURLToPath(new URL("../src/operate.ts", import.meta.url))
    const args = ["--conditions=saldo-source", "--no-warnings", operate, "keys", "sign", "--postgres", postgresUrl]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: path(".") })
    const id = /^(\S+) signs from now on/mu.exec(stdout)?.[1] ?? ""
    const kidOf = (token: string) =>
      (JSON.parse(Buffer.from(token.split(".", 1).join(), "base64url").toString("utf8")) as { readonly kid: string })
        .kid
    let [refreshToken, at] = [old.refreshToken, 0]
    for (const client of both()) {
      const keys = async () =>
        (
          (await client("GET", "/.well-known/jwks.json")).body as {
            readonly keys: ReadonlyArray<{ readonly kid: string }>
          }
        ).keys
      while (!(await keys()).some(({ kid }) => kid === id)) await pause(100)
      let fresh: Tokens
      do {
        fresh = (await refresh(client, refreshToken, "test")).body as Tokens
        refreshToken = fresh.refreshToken
      } while (kidOf(fresh.accessToken) !== id)
      const other = both()[++at % 2] ?? client
      expect((await me(other, fresh.accessToken)).status).toBe(200)
      expect((await me(client, old.accessToken)).status).toBe(200)
    }
  })

  it("tell, mail and pay once while both work, and all of it when one of them is killed", settings, async () => {
    const receiver = await run(WebhookReceiver.receiver)
    const registered = await here("POST", "/api/v1/webhooks", {
      token: admin,
      body: { url: receiver.url, description: "Both", events: ["banking.*"] }
    })
    expect(registered.status).toBe(201)
    const since = new Date().toISOString()
    const ids = () => receiver.received.map(({ headers }) => headers["webhook-id"] ?? "")
    const recorded = async (): Promise<ReadonlyArray<string>> => {
      const found: Array<string> = []
      let next: string | null = ""
      while (next !== null) {
        const cursor: string = next === "" ? "" : `&cursor=${encodeURIComponent(next)}`
        const path = `/api/v1/audit/records?limit=500&kind=action&from=${since}${cursor}`
        const page = (await here("GET", path, { token: admin })).body as Paged<{
          readonly action: string
          readonly id: string
        }>
        found.push(...page.items.filter(({ action }) => action.startsWith("banking.")).map(({ id }) => id))
        next = page.next
      }
      return found
    }
    const allTold = async (): Promise<ReadonlyArray<string>> => {
      for (;;) {
        const [told, wanted] = [new Set(ids()), await recorded()]
        if (wanted.every((id) => told.has(id))) return wanted
        await pause(200)
      }
    }
    const invited: Array<string> = []
    const invite = async (client: Client) => {
      const email = `both-${invited.length}@example.test`
      invited.push(email)
      const body = { email, name: "Both", locale: "sv", roles: ["auditor"], party: null }
      expect((await client("POST", "/api/v1/users", { token: admin, body })).status).toBe(201)
    }
    const allMailed = async () => {
      while (!invited.every((email) => mails.has(email))) {
        await pause(100)
        mails = await mailed(path("saldo-postgres.mails"))
      }
    }
    let mails: ReadonlyMap<string, string> = new Map()

    const { accessToken: token } = await signIn(here, person(5))
    const payment: Payment = {
      key: randomUUID(),
      accountId: person(5).daily,
      ore: 12_345,
      taken: true,
      orders: new Set(),
      consent: "none"
    }
    const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Stockholm" }).format(new Date())
    const planned = await there("POST", "/api/v1/payment-plans", {
      token,
      body: {
        accountId: payment.accountId,
        amount: kronor(payment.ore),
        creditor: {
          name: "Hyresbostäder i Älvstad",
          account: { scheme: "Iban", number: numberOf(otherBanks.landlord) }
        },
        message: { _tag: "Text", text: payment.key },
        schedule: {
          startOn: today,
          recurrence: { kind: "months", every: 1, day: Number(today.slice(-2)) },
          ends: { kind: "never" },
          adjustment: "unadjusted",
          skipped: [],
          pauses: []
        }
      }
    })
    expect(outcomeOf(planned)).toBe("201")
    load.bank.records.payments.set(payment.key, payment)

    for (const client of [here, there, here, there]) await invite(client)
    await load.until(load.busy(600))
    // While nothing ended, each event was told once.
    const told = await allTold()
    expect(told.length).toBeGreaterThan(20)
    expect(new Set(ids()).size).toBe(ids().length)
    await allMailed()

    const { outage, tally } = load.bank
    const killed = async () => {
      await load.busy(200)
      outage.pass()
      await servers[1]?.kill()
      await load.busy(400)
    }
    const story = killed()
    await load.until(story)
    await story
    outage.end()
    expect(tally.findings).toEqual([])
    // The one that is left tells the rest, and may tell again what the other had told and not noted.
    await invite(here)
    await allTold()
    await allMailed()

    // One that is started in its place looks at the plans at once, and the one that was there each minute.
    servers = [...servers, await begin()]
    const { id } = planned.body as { readonly id: string }
    const came = async () =>
      (
        (await here("GET", `/api/v1/payment-plans/${id}/payments`, { token })).body as Paged<{
          readonly orderId: string | null
        }>
      ).items.map(({ orderId }) => orderId ?? "")
    while ((await came()).length === 0) await pause(100)
    for (const orderId of await came()) payment.orders.add(orderId)
  })

  it("have on their books what their clients were told, to the last öre", settings, async () => {
    expect(compare(await readBooks(load.bank), load.bank)).toEqual([])
    expect(servers[0]?.complaints).toEqual([])
  })
})
