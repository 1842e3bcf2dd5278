/**
 * `pnpm load`: puts a load on the example server, for as long as is wanted, and says what came of it. The server is a process
 * of its own, on a new SQLite file or on an empty Postgres database, with its demonstration data.
 */
import { parseArgs } from "node:util"
import { makeFolder, start } from "../server.ts"
import { compare, readBooks } from "./books.ts"
import { type Held, Inside } from "./inside.ts"
import { Load } from "./load.ts"

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "30" },
    connections: { type: "string", default: "64" },
    seed: { type: "string", default: "1" },
    postgres: { type: "string" }
  }
})
const [seconds, connections, seed] = [Number(values.seconds), Number(values.connections), Number(values.seed)]

const folder = makeFolder()
const file = folder.path("load.sqlite")
const place = values.postgres === undefined ? ["--file", file] : ["--postgres", values.postgres]
const mails = values.postgres === undefined ? `${file}.mails` : folder.path("saldo-postgres.mails")
const server = await start([...place, "--trusted-proxies", "1"], folder.path("."), ["--inspect=127.0.0.1:0"])
const inside = await Inside.of(server.stderr)

const mebi = (bytes: number) => (bytes / 2 ** 20).toFixed(1).padStart(7)

const say = (answered: number, passed: number, { external, handles, heap, resident }: Held) =>
  console.log(
    `${String(Math.round(passed / 1000)).padStart(5)} s ${String(answered).padStart(9)} answers` +
      `  heap ${mebi(heap)} MiB  external ${mebi(external)} MiB  resident ${mebi(resident)} MiB` +
      `  ${Object.entries(handles)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(", ")}`
  )

console.log(`${server.url}; making customers …`)
const load = await Load.prepare({ url: server.url, mails, connections, seed })
const { tally } = load.bank
const begun = performance.now()
const rounds = Math.max(3, Math.min(60, Math.round(seconds / 5)))
let working = 0
for (let round = 0; round < rounds; round++) {
  const from = performance.now()
  await load.run((seconds * 1000) / rounds)
  working += performance.now() - from
  say(tally.answered, performance.now() - begun, await inside.atRest())
}
inside.close()

console.log(`\n${Math.round((tally.answered * 1000) / working)} answers a second; milliseconds:`)
console.table(tally.rows)
console.log(
  tally.found === 0 ? "Every answer was as expected." : `${tally.found} findings:\n${tally.findings.join("\n")}`
)
const wrong = compare(await readBooks(load.bank), load.bank)
console.log(wrong.length === 0 ? "The books balance." : wrong.slice(0, 20).join("\n"))
load.close()
server.child.kill("SIGTERM")
const code = await server.ended
folder.remove()
process.exitCode = tally.found === 0 && wrong.length === 0 && code === 0 ? 0 : 1
