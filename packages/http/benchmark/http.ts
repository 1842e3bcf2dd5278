/**
 * What HTTP costs, each line against what does the same with less around it. Servers run in processes of their own, and
 * both sides of a line in turn, in short rounds; the figure is the median of the rounds. Half a minute altogether.
 *
 * Options: `--connections=64`.
 */
import type { Ceiling } from "@saldo/house/Comparison"
import { median } from "@saldo/house/measure"
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Direct, Rate, Ready } from "./http/messages.ts"
import { drive, request } from "./http/wire.ts"

const given = process.argv.find((each) => each.startsWith("--connections="))
const connections = given === undefined ? 64 : Number(given.slice("--connections=".length))

/** A server in a process of its own, and what it told of itself. */
interface Started<Told> {
  readonly child: ChildProcess
  readonly told: Told
  readonly stop: () => Promise<void>
}

/** Starts a server and waits for what it tells of itself. */
const start = async <Told>(file: string, args: ReadonlyArray<string>): Promise<Started<Told>> => {
  const child: ChildProcess = fork(fileURLToPath(new URL(`./http/${file}`, import.meta.url)), [...args], {
    execArgv: ["--conditions=saldo-source"]
  })
  const [told] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => Promise.reject(new TypeError(`${file} ended with ${String(code)}`)))
  ])) as [Told]
  const stop = async () => {
    child.disconnect()
    await once(child, "exit")
  }
  return { child, told, stop }
}

const times = (latencies: ReadonlyArray<number>): string => {
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (part: number) => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
}

const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString("en-GB")}/s`

/** Runs both sides in turn, and gives the median of `other / own`, the time of one as a multiple of the other's. */
const inTurn = async (own: () => Promise<number>, other: () => Promise<number>) => {
  await own()
  await other()
  const rounds: Array<{ readonly own: number; readonly other: number }> = []
  for (let round = 0; round < 7; round++) rounds.push({ other: await other(), own: await own() })
  return {
    own: median(rounds.map((each) => each.own)),
    other: median(rounds.map((each) => each.other)),
    ratio: median(rounds.map((each) => each.other / each.own))
  }
}

const told = (measure: (tell: (name: string) => void) => Promise<number>) => {
  let name = "not measured"
  return {
    get name() {
      return name
    },
    measure: () => measure((said) => (name = said))
  }
}

const withServer = async <A>(
  use: (server: Awaited<ReturnType<typeof start<Ready>>>, filename: string) => Promise<A>
) => {
  const folder = mkdtempSync(join(tmpdir(), "saldo-bench-http-"))
  const filename = join(folder, "bank.sqlite")
  const server = await start<Ready>("saldoServer.ts", [filename])
  try {
    return await use(server, filename)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}

const second = { connections, milliseconds: 1000 }

const read: Ceiling = {
  id: "http.read",
  atMost: 1.25,
  unit: "× its time",
  rounds: 1,
  subject: told((tell) =>
    withServer(async ({ told: { accounts, jwks, port, token } }, filename) => {
      const anchor = await start<{ readonly port: number }>("fastifyServer.ts", [filename, jwks])
      try {
        const text = accounts.map((id) => request("GET", `/api/v1/accounts/${id}`, token))
        const latencies: Array<number> = []
        const reading = (at: number) =>
          drive(at, { ...second, expected: 200 }, (number) => text[number % text.length] ?? "")
        const { other, own, ratio } = await inTurn(
          async () => {
            const run = await reading(port)
            latencies.push(...run.latencies)
            return run.rate
          },
          async () => (await reading(anchor.told.port)).rate
        )
        tell(
          `an account read with an access token, ${connections} connections, SQLite: ${perSecond(own)} beside ${perSecond(other)} of fastify, jose and the query (${times(latencies)})`
        )
        return ratio
      } finally {
        await anchor.stop()
      }
    })
  )
}

const write: Ceiling = {
  id: "http.write",
  atMost: 1 / 0.7,
  unit: "× its time",
  rounds: 1,
  subject: told((tell) =>
    withServer(async ({ child, told: { accounts, port, token } }) => {
      const latencies: Array<number> = []
      let count = 0
      const transfer = () => {
        count += 1
        const [from, to] = [count % accounts.length, (count + 1) % accounts.length]
        const body = {
          from: accounts[from],
          to: accounts[to],
          amount: { amount: "0.01", currency: "SEK" }
        }
        const headers = { "idempotency-key": `bench-${count}` }
        return request("POST", "/api/v1/transactions/transfers", token, headers, JSON.stringify(body))
      }
      const { other, own, ratio } = await inTurn(
        async () => {
          const run = await drive(port, { ...second, expected: 201 }, transfer)
          latencies.push(...run.latencies)
          return run.rate
        },
        async () => {
          const asked: Direct = { clients: connections, milliseconds: 1000 }
          child.send(asked)
          const [{ rate }] = (await once(child, "message")) as [Rate]
          return rate
        }
      )
      tell(
        `a transfer over HTTP, ${connections} connections, SQLite, durable: ${perSecond(own)} beside ${perSecond(other)} by the use case (${times(latencies)})`
      )
      return ratio
    })
  )
}

export default [read, write] satisfies ReadonlyArray<Ceiling>
