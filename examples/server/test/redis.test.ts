import { expect, it } from "@effect/vitest"
import * as TestRedis from "@saldo/testing/TestRedis"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { afterAll } from "vitest"
import { makeFolder, start, type Started } from "./server.ts"

const { path, remove } = makeFolder()
afterAll(remove)

const running = (name: string, redis: string) =>
  Effect.acquireRelease(
    Effect.promise(() => start(["--empty", "--file", path(`${name}.sqlite`), "--redis", redis])),
    (server) => Effect.promise(() => server.kill())
  )

/** How many calls a server says that this address has left. */
const left = ({ url }: Started) =>
  Effect.promise(async () => {
    const { headers } = await fetch(`${url}/openapi.json`)
    return Number(/"address";r=(\d+)/u.exec(headers.get("ratelimit") ?? "")?.[1])
  })

TestRedis.test(
  await Effect.runPromise(TestRedis.find),
  "two servers on one Redis count calls together, and say nothing of its address",
  (redis) =>
    Effect.gen(function* () {
      const url = Redacted.value(redis)
      const [first, second] = yield* Effect.all([running("first", url), running("second", url)], { concurrency: 2 })
      const before = yield* left(first)
      expect(before).toBeGreaterThan(0)
      expect(yield* left(second)).toBe(before - 1)
      expect(yield* left(first)).toBe(before - 2)
      for (const { stderr, stdout } of [first, second]) expect(stdout + stderr).not.toContain(url)
    }),
  120_000
)

it.live.each([
  { url: "redis://saldo:very-secret@127.0.0.1:1", told: "Cannot connect to Redis at 127.0.0.1:1: connect" },
  { url: "http://saldo:very-secret@127.0.0.1:1", told: "The URL of Redis is malformed" }
])("a server that cannot count on its Redis says so, and makes no bank: $told", ({ told, url }) =>
  Effect.gen(function* () {
    const refused = yield* running("refused", url)
    expect(yield* Effect.promise(() => refused.ended)).toBe(1)
    expect(refused.stderr).toContain(told)
    expect(refused.stderr).not.toMatch(/\bat .*\.ts:\d|very-secret/u)
    expect(refused.stdout).not.toContain("Saldo is at")
  }).pipe(Effect.scoped)
)
