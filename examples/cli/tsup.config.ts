import { fileURLToPath } from "node:url"
import { defineConfig, type Options } from "tsup"

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** One file with everything in it, so that the command starts in a fraction of a second. */
export const bundle = {
  entry: [here("src/saldo.ts")],
  outDir: here("dist"),
  format: "esm",
  target: "node22",
  platform: "node",
  noExternal: [/.*/],
  clean: true,
  minifySyntax: true,
  minifyWhitespace: true,
  // `node:sqlite` exists only under this name.
  removeNodeProtocol: false,
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"\nconst require = __createRequire(import.meta.url)'
  },
  esbuildOptions: (options) => {
    options.conditions = ["saldo-source"]
  }
} satisfies Options

export default defineConfig(bundle)
