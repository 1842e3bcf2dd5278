/** Packs the published packages as the registry would get them, and installs them as a host would. */
import { spawn } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { createPackageFromTarballData, type Package } from "@arethetypeswrong/core"
import { publishedPackages, root } from "./workspace.ts"

/** The version of pnpm that README.md names. */
export const pnpmVersion = "12.21.0"

/** A packed package, and what is in it. */
export interface Packed {
  readonly name: string
  readonly tarball: string
  readonly contents: Package
  /** Paths inside the package, such as `dist/money/Money.js`. */
  readonly files: ReadonlyArray<string>
  readonly manifest: Manifest
}

/** The fields of a package.json that are looked at. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, unknown>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** Runs a command without a shell or a terminal, and rejects with everything it printed when it fails. */
export const run = (command: string, args: ReadonlyArray<string>, cwd: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: hostEnvironment(), stdio: ["ignore", "pipe", "pipe"] })
    let stdout = ""
    let stderr = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
    child.on("error", reject)
    child.on("close", (code) => {
      if (code === 0) resolve(stdout)
      else
        reject(new Error(`${basename(command)} ${args.join(" ")} (in ${cwd}) ended with ${code}\n${stdout}\n${stderr}`))
    })
  })

/** The environment without what the workspace's own runners put there: a host has no pnpm, and no source condition. */
const hostEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_(?!config_cafile)|pnpm_|vitest|node_options|node_env)/iu.test(name)
    )
  )

/** pnpm as it runs already, or as README.md calls it. */
const pnpm = (): readonly [string, ReadonlyArray<string>] => {
  const running = process.env["npm_execpath"] ?? ""
  if (!basename(running).startsWith("pnpm")) return ["npx", ["-y", `pnpm@${pnpmVersion}`]]
  return /\.[cm]?js$/u.test(running) ? [process.execPath, [running]] : [running, []]
}

/** The folders under packages/ whose package is not private. */
export const publishableFolders = (): ReadonlyArray<string> =>
  readdirSync(join(root, "packages")).filter((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")) as Manifest
    return manifest.private !== true
  })

const packOne = async (folder: string, destination: string): Promise<Packed> => {
  const [command, args] = pnpm()
  const home = join(destination, folder)
  mkdirSync(home, { recursive: true })
  await run(command, [...args, "pack", "--pack-destination", home], join(root, "packages", folder))
  const tarball = readdirSync(home).find((file) => file.endsWith(".tgz"))
  if (tarball === undefined) throw new Error(`pnpm pack left no tarball in ${home}`)
  const contents = createPackageFromTarballData(readFileSync(join(home, tarball)))
  const prefix = `/node_modules/${contents.packageName}/`
  return {
    name: contents.packageName,
    tarball: join(home, tarball),
    contents,
    files: contents
      .listFiles()
      .map((path) => path.slice(prefix.length))
      .toSorted(),
    manifest: JSON.parse(contents.readFile(`${prefix}package.json`)) as Manifest
  }
}

/** Packs every published package into a folder of its own below `destination`. */
export const packAll = async (destination: string): Promise<ReadonlyArray<Packed>> => {
  const packed: Array<Packed> = []
  for (const folder of publishedPackages) packed.push(await packOne(folder, destination))
  return packed
}

/** Every specifier under which a host can import something of a package, found through its `exports` and its files. */
export const specifiersOf = ({ files, manifest, name }: Packed): ReadonlyArray<string> => {
  const keys = Object.keys(manifest.exports ?? {})
  const named = keys.filter((key) => !key.includes("*") && key.startsWith(".") && manifest.exports?.[key] !== null)
  const modules = files
    .filter((file) => file.startsWith("dist/") && file.endsWith(".js"))
    .map((file) => `.${file.slice("dist".length, -".js".length)}`)
    .filter((path) => !/\/(internal|bin)\/|\/index$/u.test(path))
  return [...new Set([...named.filter((key) => key !== "./package.json" && key !== "./index"), ...modules])]
    .map((path) => name + path.slice(1))
    .toSorted()
}

/**
 * Makes an empty project in `folder` and installs the tarballs with npm, as a host does: peers come from the registry,
 * no script of a dependency runs.
 */
export const installInto = async (
  folder: string,
  packed: ReadonlyArray<Packed>,
  others: Readonly<Record<string, string>>
): Promise<void> => {
  const tarballs = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]))
  const manifest = { name: "consumer", private: true, type: "module", dependencies: { ...tarballs, ...others } }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, null, 2))
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", "--loglevel=error"]
  await run("npm", ["install", ...quiet], folder)
}

/** The exact versions of the workspace's catalog, by package. */
export const catalog = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readFileSync(join(root, "pnpm-workspace.yaml"), "utf8")
      .split(/^catalog:\n/mu)[1]
      ?.split("\n")
      .flatMap((line) => {
        const [, name, version] = /^ {2}"?([@\w./-]+)"?: (\S+)$/u.exec(line) ?? []
        return name === undefined || version === undefined ? [] : [[name, version] as const]
      }) ?? []
  )
