/** Bundles an entry as a host's bundler would, to see what comes along and how much it weighs. */
import { gzipSync } from "node:zlib"
import { build } from "esbuild"
import { join } from "node:path"
import { root } from "./workspace.ts"

/** What a bundle holds. */
export interface Bundle {
  /** The size after minifying and gzip, in bytes. */
  readonly gzipped: number
  /** The files that made it in, relative to the workspace's root. */
  readonly inputs: ReadonlyArray<string>
}

/** Bundles a program from the sources, minified, leaving out the packages named. */
export const bundle = async (program: string, external: ReadonlyArray<string>): Promise<Bundle> => {
  const result = await build({
    stdin: { contents: program, resolveDir: join(root, "packages/house"), loader: "ts" },
    absWorkingDir: root,
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    format: "esm",
    platform: "neutral",
    target: "es2024",
    conditions: ["saldo-source"],
    external: [...external],
    logLevel: "silent"
  })
  const output = result.outputFiles[0]
  if (output === undefined) throw new Error("esbuild gave no output")
  return {
    gzipped: gzipSync(output.contents, { level: 9 }).byteLength,
    inputs: Object.values(result.metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([path]) => path)
    )
  }
}

/** Everything that `saldo/money` offers, so that nothing is shaken out of the bundle. */
export const allOfMoney = `export * from "saldo/money"`
