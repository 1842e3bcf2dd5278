/**
 * Where the workspace lies and which files it holds. Paths are relative to the root and use `/`, so that a rule reads the
 * same on every machine.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"

/** The absolute path of the workspace's root, without a slash at the end. */
export const root = fileURLToPath(new URL("../../..", import.meta.url)).replace(/[/\\]$/u, "")

/** The packages that are published, by folder. */
export const publishedPackages = [
  "saldo",
  "sqlite",
  "postgres",
  "redis",
  "kameo",
  "identity",
  "http",
  "testing"
] as const

/** A file as every rule sees it: where it is and what it says. */
export interface SourceFile {
  /** Relative to the root, with `/`: `packages/saldo/src/money/Money.ts`. */
  readonly path: string
  readonly text: string
}

const skipped = new Set(["node_modules", "dist", "coverage", ".git", "fixtures", ".test-results"])

/** Every file below a folder (relative to the root) that the filter keeps, sorted; a missing folder holds none. */
export const filesBelow = (folder: string, keep: (path: string) => boolean): ReadonlyArray<string> => {
  const found: Array<string> = []
  const walk = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) walk(path)
      } else {
        const name = relative(root, path).split(sep).join("/")
        if (keep(name)) found.push(name)
      }
    }
  }
  try {
    walk(join(root, folder))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
  }
  return found.toSorted()
}

/** Reads files of the workspace by their relative paths. */
export const readFiles = (paths: ReadonlyArray<string>): ReadonlyArray<SourceFile> =>
  paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }))

/** Everything written in TypeScript that belongs to the packages and the examples: sources, tests, benchmarks. */
export const typescriptFiles = (): ReadonlyArray<SourceFile> =>
  readFiles(
    ["packages", "examples"].flatMap((folder) =>
      filesBelow(folder, (path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
    )
  )
