/**
 * How long the server takes from nothing to its first answer: a fresh process, a database that is not there yet, and the
 * first `/health/ready` that says yes.
 */
import type { Ceiling } from "@saldo/house/Comparison"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { makeFolder, start } from "../test/server.ts"

const coldStart = async (): Promise<number> => {
  const folder = makeFolder()
  const begun = performance.now()
  const server = await start(["--empty", "--file", folder.path("bank.sqlite")])
  try {
    const { status } = await fetch(`${server.url}/health/ready`)
    const took = performance.now() - begun
    if (status !== 200) throw new TypeError(`The server was not ready: ${status}`)
    return took
  } finally {
    server.child.kill("SIGTERM")
    await server.ended
    folder.remove()
  }
}

const listening = `require("node:http").createServer().listen(0, "127.0.0.1", () => process.exit())`

const nodeItself = async (): Promise<number> => {
  const begun = performance.now()
  await once(spawn(process.execPath, ["--eval", listening]), "exit")
  return performance.now() - begun
}

export default [
  {
    id: "server.cold-start",
    subject: { name: "from the command to the first answer, on an empty database", measure: coldStart },
    anchor: { name: "Node and a port", measure: nodeItself },
    atMost: 1500,
    unit: "ms"
  }
] satisfies ReadonlyArray<Ceiling>
