import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"

/** The first of the commands that run a server here; undefined when there is none. */
export const installedRedis = (): string | undefined =>
  ["redis-server", "valkey-server"].find((command) => spawnSync(command, ["--version"]).status === 0)

/** One process of a server. */
export interface RedisProcess {
  /** Sends a signal to the server and not to the shell beside it. */
  readonly signal: (name: "SIGSTOP" | "SIGCONT") => void
  /** Ends it as a crash would. */
  readonly kill: () => Promise<void>
}

// The shell waits for a pipe from this process to close, so that the server ends with it in whatever way it ends.
const beside = '"$@" & server=$!; echo "pid $server"; cat >/dev/null; kill -9 $server; wait $server 2>/dev/null'

/** Starts a server that keeps nothing on disk, and waits until it takes connections. */
export const launchRedis = async (command: string, folder: string, port: number): Promise<RedisProcess> => {
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"]
  const shell = spawn("sh", ["-c", beside, "sh", command, ...options], { stdio: ["pipe", "pipe", "inherit"] })
  const pid = await ready(shell.stdout)
  return {
    signal: (name) => process.kill(pid, name),
    kill: async () => {
      const ended = once(shell, "exit")
      shell.stdin.end()
      await ended
    }
  }
}

const ready = async (output: Readable): Promise<number> => {
  let pid = 0
  const said: Array<string> = []
  for await (const line of createInterface({ input: output })) {
    said.push(line)
    if (line.startsWith("pid ")) pid = Number(line.slice(4))
    if (/ready to accept connections/iu.test(line)) {
      output.resume()
      return pid
    }
  }
  throw new RedisNotStarted(said)
}

/** A server ended before it took connections. */
export class RedisNotStarted extends Error {
  override readonly name = "RedisNotStarted"

  constructor(said: ReadonlyArray<string>) {
    super(`Redis did not start:\n${said.join("\n")}`)
  }
}

/** A port that nobody has at this moment, and a folder for a server. */
export const redisPlace = async (): Promise<{ readonly port: number; readonly folder: string }> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    folder: await mkdtemp(join(tmpdir(), "saldo-redis-"))
  }
}

/** Removes the folder of a server. */
export const forgetRedis = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })
