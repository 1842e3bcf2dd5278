import { describe, it } from "@effect/vitest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { afterAll, expect } from "vitest"
import { listenTo } from "../../../packages/http/test/eventStreams.ts"
import { makeFolder, signIn, start, type Started } from "./server.ts"

const { path, remove } = makeFolder()
afterAll(remove)

const running = (args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.promise(() => start(args, path("."))),
    (server) => Effect.promise(() => server.kill())
  )

const transfer = ({ url }: Started, token: string, body: unknown, key = "the-one") =>
  Effect.promise(async () => {
    const response = await fetch(`${url}/api/v1/transactions/transfers`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify(body)
    })
    const answer: unknown = await response.json()
    return answer
  })

describe("two servers on one Postgres", () => {
  it.live(
    "share users, sessions, keys of commands, and the books",
    () =>
      Effect.gen(function* () {
        const url = Redacted.value(yield* TestPostgres.url)
        const first = yield* running(["--postgres", url])
        const second = yield* running(["--postgres", url])
        expect(second.stdout, second.stderr).not.toContain("Made two years")
        expect(first.stdout + second.stdout).not.toContain(url)
        const token = yield* Effect.promise(() => signIn(first, "kim@example.test"))
        const listed = yield* Effect.promise(() => second.read("/api/v1/accounts"))
        const [from, to] = (listed as { readonly items: ReadonlyArray<{ readonly id: string }> }).items
        const stream = yield* listenTo(second.url, { as: token })
        yield* stream.until((events) => events.length > 0)
        const order = { from: from?.id, to: to?.id, amount: { amount: "12.50", currency: "SEK" } }
        const [here, there] = yield* Effect.all([transfer(first, token, order), transfer(second, token, order)], {
          concurrency: 2
        })
        const answers = [here, there, yield* transfer(second, token, order)].filter(
          (answer) => (answer as { readonly code?: string }).code !== "CommandInProgress"
        )
        expect(answers.length).toBeGreaterThan(1)
        expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
        expect(answers[0]).toMatchObject({ amount: { amount: "12.50", currency: "SEK" } })
        const books = yield* Effect.promise(() => second.read("/api/v1/ledger/verification"))
        expect(books).toMatchObject({ findings: [] })
        // What is done at one is told at the other, and a server that ends says so and waits for nobody.
        const told = () =>
          stream.events.filter(({ data }) => data.changes?.some(({ id, kind }) => kind === "account" && id === to?.id))
        yield* stream.until(() => told().length === 1)
        yield* transfer(first, token, order, "another")
        yield* stream.until(() => told().length === 2)
        expect(new Set(told().map(({ id }) => id)).size).toBe(2)
        second.child.kill("SIGTERM")
        expect((yield* stream.over).at(-1)?.data).toMatchObject({ _tag: "Ended", reason: "closing" })
        expect(yield* Effect.promise(() => second.ended)).toBe(0)
        first.child.kill("SIGTERM")
        expect(yield* Effect.promise(() => first.ended)).toBe(0)
      }),
    { timeout: 240_000 }
  )
})
