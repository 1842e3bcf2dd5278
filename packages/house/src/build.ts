/**
 * `pnpm build`: emits every published package one module to one into its `dist`, and removes what earlier builds left of
 * modules that are gone, because `tsc -b` never does and `pnpm pack` would ship them.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { publishedPackages, root } from "./workspace.ts"

const outputs = /(\.d\.ts|\.js)(\.map)?$/u

/** The outputs of a package that no source stands behind, as absolute paths. */
export const leftovers = (packageFolder: string): ReadonlyArray<string> => {
  const dist = join(packageFolder, "dist")
  if (!existsSync(dist)) return []
  return readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((path) => outputs.test(path) && !existsSync(join(packageFolder, "src", path.replace(outputs, ".ts"))))
    .map((path) => join(dist, path))
}

/** Builds everything. Gives the compiler's own words when it fails, and an empty text when it does not. */
export const build = (): string => {
  for (const name of publishedPackages) {
    for (const path of leftovers(join(root, "packages", name))) rmSync(path)
  }
  const tsc = join(root, "node_modules/typescript/bin/tsc")
  const project = join(root, "packages/house/tsconfig.build.json")
  const result = spawnSync(process.execPath, [tsc, "-b", project], { cwd: root, encoding: "utf8" })
  return result.status === 0 ? "" : `${result.stdout}${result.stderr}` || `tsc ended with ${result.status}`
}

if (import.meta.main) {
  const failure = build()
  if (failure !== "") {
    process.stderr.write(failure)
    process.exitCode = 1
  }
}
