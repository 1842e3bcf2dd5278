import { fileURLToPath } from "node:url"
import { defineConfig } from "tsup"

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Bundles the emulator command with everything it needs into one file, so that it starts without loading a package tree. */
export default defineConfig({
  entry: { "saldo-kameo-emulator": here("src/bin/saldo-kameo-emulator.ts") },
  outDir: here("dist/bin"),
  format: "esm",
  target: "node22",
  platform: "node",
  dts: false,
  // The modules that `tsc` emitted beside it stay.
  clean: false,
  splitting: false,
  noExternal: [/.*/u],
  // Some dependencies are CommonJS and call `require` for parts of Node.
  banner: {
    js: `import { createRequire as createRequireOfBundle } from "node:module"\nconst require = createRequireOfBundle(import.meta.url)`
  },
  esbuildOptions: (options) => {
    options.conditions = ["saldo-source", "module", "import", "node", "default"]
  }
})
