/**
 * `pnpm build`: emits every published package one module to one into its `dist`, bundles the commands, and removes what
 * earlier builds left of modules that are gone, because `tsc -b` never does and `pnpm pack` would ship them.
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

const run = (script: string, ...flags: ReadonlyArray<string>): string => {
  const result = spawnSync(process.execPath, [join(root, script), ...flags], { cwd: root, encoding: "utf8" })
  return result.status === 0 ? "" : `${result.stdout}${result.stderr}` || `${script} ended with ${result.status}`
}

/** Builds everything. Gives the words of the tool that failed, and an empty text when none did. */
export const build = (): string => {
  for (const name of publishedPackages) {
    for (const path of leftovers(join(root, "packages", name))) rmSync(path)
  }
  return (
    run("node_modules/typescript/bin/tsc", "-b", "packages/house/tsconfig.build.json") ||
    // A command is one file, so that it starts in a fifth of a second; it takes the place of the module of its name.
    run("packages/kameo/node_modules/tsup/dist/cli-default.js", "--config", "packages/kameo/tsup.config.ts", "--silent")
  )
}

if (import.meta.main) {
  const failure = build()
  if (failure !== "") {
    process.stderr.write(failure)
    process.exitCode = 1
  }
}
