/**
 * The server as a person starts it: a process of its own, on a free port, with its files in a folder of its own.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const script = fileURLToPath(new URL("../src/server.ts", import.meta.url))

/** A folder for a test file's servers. */
export const makeFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "saldo-server-"))
  return {
    path: (name: string) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true })
  }
}

/** A process that was asked to serve. */
export class Started {
  stdout = ""
  stderr = ""
  readonly child: ChildProcess
  /** How it ended; a process that was killed has no code. */
  readonly ended: Promise<number | null>

  constructor(child: ChildProcess) {
    this.child = child
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text))
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text))
    this.ended = new Promise((resolve, reject) => {
      child.on("error", reject)
      child.on("close", (code) => resolve(code))
    })
  }

  /** What it wrote to its log, a line for each event. */
  get log(): ReadonlyArray<Readonly<Record<string, unknown>>> {
    return this.stderr
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  }

  /** What it said on standard error that is no line of its log, or one of something that is wrong. */
  get complaints(): ReadonlyArray<string> {
    return this.stderr
      .split("\n")
      .filter((line) => line !== "" && !/^\{"time":"[^"]+","level":"(?:trace|debug|info)",/u.test(line))
  }

  /** Where it is. */
  get url(): string {
    const url = /Saldo is at (http:\S+),/u.exec(this.stdout)?.[1]
    if (url === undefined) throw new TypeError(`The server has not said where it is:\n${this.stdout}\n${this.stderr}`)
    return url
  }

  /** The calls that it printed, each a line for a shell. */
  get calls(): ReadonlyArray<string> {
    return [...this.stdout.matchAll(/^ +(curl .*)$/gmu)].map(([, line = ""]) => line)
  }

  /** The key in the calls. */
  get key(): string {
    return /X-API-Key: (\S+)'/u.exec(this.stdout)?.[1] ?? ""
  }

  /** Reads as the holder of the key. */
  async read(path: string): Promise<unknown> {
    const response = await fetch(this.url + path, { headers: { "x-api-key": this.key } })
    if (!response.ok) throw new TypeError(`${path} was answered with ${response.status}: ${await response.text()}`)
    return response.json()
  }

  /** Ends it in a way that it can do nothing about. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL")
    await this.ended
  }
}

/** Starts a process, and gives it when it serves or has ended. `node` is told to Node itself, `env` is around it. */
export const start = async (
  args: ReadonlyArray<string>,
  cwd?: string,
  node: ReadonlyArray<string> = [],
  env: Readonly<Record<string, string>> = {}
): Promise<Started> => {
  const port = args.includes("--port") ? [] : ["--port", "0"]
  const command = ["--conditions=saldo-source", "--no-warnings", ...node, script, ...port, ...args]
  const started = new Started(
    spawn(process.execPath, command, { ...(cwd === undefined ? {} : { cwd }), env: { ...process.env, ...env } })
  )
  const serves = new Promise<void>((resolve) => {
    started.child.stdout?.on("data", () => {
      if (started.stdout.includes("Ctrl+C ends it.")) resolve()
    })
  })
  await Promise.race([serves, started.ended])
  return started
}

/** Runs a line as a shell does. */
export const shell = promisify((line: string, done: (error: Error | null, stdout: string) => void) =>
  execFile("sh", ["-c", line], { maxBuffer: 1e8 }, done)
)

/** Signs somebody of the demonstration in. */
export const signIn = async ({ url }: Started, email: string): Promise<string> => {
  const response = await fetch(`${url}/api/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: "lantern-over-quiet-water" })
  })
  const { accessToken } = (await response.json()) as { readonly accessToken?: string }
  if (accessToken === undefined) throw new TypeError(`${email} cannot sign in: ${response.status}`)
  return accessToken
}
