/** The example server as anybody starts it, on a free port and a new file, with its demonstration data. */
import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const entry = fileURLToPath(new URL("../../src/server.ts", import.meta.url))

/** A running server. */
export interface StartedServer {
  readonly url: string
  /** The database; what lies beside it begins with its name. */
  readonly file: string
  readonly stop: () => Promise<void>
}

/** Starts a server and waits until it says where it is. */
export const startServer = async (flags: ReadonlyArray<string> = []): Promise<StartedServer> => {
  const folder = await mkdtemp(join(tmpdir(), "saldo-page-"))
  const file = join(folder, "bank.sqlite")
  const child = spawn(process.execPath, ["--conditions=saldo-source", entry, "--port", "0", "--file", file, ...flags], {
    stdio: ["ignore", "pipe", "pipe"]
  })
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve())
  })
  const stop = async () => {
    child.kill("SIGTERM")
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  let said = ""
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString()
      const found = /Saldo is at (http:\S+), on[^]*Ctrl\+C/u.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on("data", hear)
    child.stderr.on("data", hear)
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}:\n${said}`)))
  })
  return { url, file, stop }
}
