/**
 * The command as a person runs it: one bundle, built once for a test file, in processes of their own.
 */
import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { build } from "tsup"
import { afterAll, beforeAll } from "vitest"
import { demoUser } from "@saldo/kameo/emulator/EmulatedUser"
import * as Redacted from "effect/Redacted"
import { bundle } from "../tsup.config.ts"

/** How a process ended, and what it wrote. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** How to run it, apart from the arguments. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string
  /** Put before `node`, such as a shell with a limit. */
  readonly through?: (command: ReadonlyArray<string>) => ReadonlyArray<string>
  readonly spawning?: SpawnOptions
  /** Called with the process as soon as it runs. */
  readonly started?: (child: ChildProcess) => void
}

/** The invented investor's settings for an emulator. */
export const settings = (emulator: { readonly wwwUrl: string; readonly apiUrl: string }) => ({
  KAMEO_BASE_URL: emulator.wwwUrl,
  KAMEO_API_BASE_URL: emulator.apiUrl
})

/** The secrets of the invented investor: none of them may ever be printed. */
export const secrets = {
  KAMEO_PASSWORD: Redacted.value(demoUser.password),
  KAMEO_TOTP_SECRET: Redacted.value(demoUser.totpSecret)
}

/** Everything a login needs. */
export const login = { KAMEO_EMAIL: demoUser.email, ...secrets }

/** Ends with what a process wrote. */
export const ended = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve, reject) => {
    let [stdout, stderr] = ["", ""]
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text))
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text))
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, stdout, stderr }))
  })

/** Builds the command for a test file, and gives a folder and a way to run it there. */
export const useSaldo = () => {
  const folder = mkdtempSync(join(tmpdir(), "saldo-cli-"))
  const home = join(folder, "home")
  const script = join(folder, "bin", "saldo.js")
  mkdirSync(home)
  beforeAll(async () => {
    await build({ ...bundle, config: false, outDir: join(folder, "bin"), silent: true })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const environment = (env: Readonly<Record<string, string>> = {}) => ({
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    NODE_OPTIONS: process.env["NODE_OPTIONS"] ?? "",
    NODE_COMPILE_CACHE: join(folder, "compiled"),
    ...env
  })
  const run = (args: ReadonlyArray<string>, options: RunOptions = {}): Promise<Ended> => {
    const command = [process.execPath, script, ...args]
    const [program = "", ...rest] = options.through?.(command) ?? command
    const child = spawn(program, rest, {
      cwd: options.cwd ?? folder,
      env: environment(options.env),
      ...options.spawning
    })
    options.started?.(child)
    child.stdin?.end(options.input ?? "")
    return ended(child)
  }
  return { folder, script, environment, run, path: (...parts: ReadonlyArray<string>) => join(folder, ...parts) }
}

/** The failure of a run under `--json`: the one line of JSON on standard error. */
export const failureOf = ({ stderr }: Ended): { happened: string; remedy: string; exitCode: number } =>
  (JSON.parse(stderr) as { error: { happened: string; remedy: string; exitCode: number } }).error
