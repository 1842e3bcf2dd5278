import { spawnSync } from "node:child_process"
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startKameoEmulator, type StartedKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import { expectFailure, rowsIn } from "./failures.ts"
import { type RunOptions, settings, useSaldo } from "./saldo.ts"

const { folder, path, run } = useSaldo()

describe.concurrent("a database file", () => {
  let emulator: StartedKameoEmulator
  const good = path("good.sqlite")
  const nobody = 65_534
  const isRoot = process.getuid?.() === 0
  const shared = join(folder, "shared")

  // The superuser may read and write everything, so these tests give the command to a user who may not.
  const spawning: RunOptions["spawning"] = isRoot ? { uid: nobody, gid: nobody } : {}
  const reachable = !isRoot || spawnSync(process.execPath, ["--version"], spawning).status === 0

  beforeAll(async () => {
    emulator = await startKameoEmulator({ loans: 250, frozen: true })
    expect((await run(["loans", "fetch", "--db", good], { env: settings(emulator) })).code).toBe(0)
    chmodSync(folder, 0o755)
    mkdirSync(shared)
    if (isRoot) chownSync(shared, nobody, nobody)
  })
  afterAll(() => emulator.close())

  const copyOf = (name: string): string => {
    const file = join(shared, name)
    copyFileSync(good, file)
    if (isRoot) chownSync(file, nobody, nobody)
    return file
  }
  const fetchInto = (file: string, options: RunOptions = {}) =>
    run(["loans", "fetch", "--db", file], { ...options, env: settings(emulator) })

  it("that may not be read", async ({ skip }) => {
    skip(!reachable, "the folder of this checkout is closed to every user but its owner")
    const file = copyOf("closed.sqlite")
    chmodSync(file, 0o000)
    for (const command of ["list", "fetch"]) {
      expectFailure(
        await run(["loans", command, "--db", file], { spawning, env: settings(emulator) }),
        1,
        `${file} cannot be opened.`,
        "Check that its folder exists and that you may read and write there."
      )
    }
    chmodSync(file, 0o600)
    expect(rowsIn(file)).toEqual(rowsIn(good))
  })

  it("that may not be written", async ({ skip }) => {
    skip(!reachable, "the folder of this checkout is closed to every user but its owner")
    const file = copyOf("readonly.sqlite")
    chmodSync(file, 0o444)
    expectFailure(
      await fetchInto(file, { spawning }),
      1,
      `${file} cannot be written to.`,
      "Allow writing to the file and its folder, or use another --db."
    )
    expect(rowsIn(file)).toEqual(rowsIn(good))
  })

  it("that is something else", async () => {
    const file = path("notes.txt")
    writeFileSync(file, "This is not a database, but somebody's notes. ".repeat(100))
    for (const command of ["list", "fetch"]) {
      expectFailure(
        await run(["loans", command, "--db", file], { env: settings(emulator) }),
        1,
        `${file} is not a SQLite database.`,
        "Name another file with --db."
      )
    }
    expect(readFileSync(file, "utf8")).toContain("somebody's notes")
  })

  it("that is damaged", async () => {
    const file = path("damaged.sqlite")
    copyFileSync(good, file)
    const { size } = statSync(file)
    const handle = openSync(file, "r+")
    for (let at = 8192; at < size; at += 4096) writeSync(handle, Buffer.alloc(2048, 0xa5), 0, 2048, at)
    const damaged = readFileSync(file)
    const end = await run(["loans", "list", "--db", file])
    expectFailure(
      end,
      1,
      `The database ${file} is damaged.`,
      "Keep the file, and restore a back-up or collect into a new one with --db."
    )
    expect(readFileSync(file).equals(damaged)).toBe(true)
  })

  it("that another program holds locked", async () => {
    const file = path("locked.sqlite")
    copyFileSync(good, file)
    const holder = new DatabaseSync(file)
    holder.exec("BEGIN IMMEDIATE")
    const end = await fetchInto(file)
    holder.exec("ROLLBACK")
    holder.close()
    expectFailure(end, 1, `Another program holds ${file} locked.`, "Wait until it is done, and run the command again.")
    expect(rowsIn(file)).toEqual(rowsIn(good))
  })

  it("in a folder that does not exist", async () => {
    const file = path("nowhere", "listings.sqlite")
    expectFailure(
      await fetchInto(file),
      1,
      `${file} cannot be opened.`,
      "Check that its folder exists and that you may read and write there."
    )
    expect(existsSync(path("nowhere"))).toBe(false)
  })

  it("on a disk that is full", async ({ skip }) => {
    const mount = path("disk")
    mkdirSync(mount)
    const mounted = isRoot && spawnSync("mount", ["-t", "tmpfs", "-o", "size=600k", "tmpfs", mount]).status === 0
    skip(!mounted, "a small file system cannot be mounted here")
    try {
      const file = join(mount, "full.sqlite")
      expectFailure(
        await fetchInto(file),
        1,
        `The disk that holds ${file} is full.`,
        "Make room, and run the command again; what was stored is kept."
      )
    } finally {
      spawnSync("umount", [mount])
    }
  })

  it("that may not grow", async () => {
    const file = path("limited.sqlite")
    // A limit on the size of files stands in for a full disk where none can be mounted; SQLite sees a failed write.
    const end = await fetchInto(file, {
      through: (command) => ["sh", "-c", `trap "" XFSZ; ulimit -f 300; exec "$@"`, "sh", ...command]
    })
    expect(end.code).not.toBe(0)
    expectFailure(end, 1, /^(The disk that holds .* is full|.* cannot be read or written)\.$/u, /./u)
  })
})

describe.concurrent("a file .env", () => {
  it("that is a folder stops the command with what to do", async () => {
    const cwd = path("with-env")
    mkdirSync(join(cwd, ".env"), { recursive: true })
    expectFailure(
      await run(["loans", "list"], { cwd }),
      1,
      "The file .env cannot be read.",
      "Make it readable, or remove it."
    )
  })
})
