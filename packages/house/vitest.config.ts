import { fileURLToPath } from "node:url"
import { configDefaults, defineConfig } from "vitest/config"

/**
 * One runner for the whole workspace: tests run from source through the `saldo-source` export condition,
 * so a fresh clone needs no build. `CI` adds the JSON report that `.ci/run` counts.
 */
const root = fileURLToPath(new URL("../..", import.meta.url))
/** Half a minute of load on each store, and two servers at once, take minutes of both cores: `pnpm test:load` runs them. */
const underLoad = process.env["SALDO_TEST_LOAD"] === undefined ? ["examples/server/test/{load,twoServers}.test.ts"] : []
const conditions = ["saldo-source", "module", "node", "development|production"]

export default defineConfig({
  root,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/**/test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...underLoad],
    globalSetup: ["packages/testing/src/internal/postgresGlobalSetup.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Node 22 says at every start that its SQLite is experimental; what our commands print is tested without that.
    env: process.version.startsWith("v22.") ? { NODE_OPTIONS: "--disable-warning=ExperimentalWarning" } : {},
    execArgv: ["--conditions=saldo-source"],
    typecheck: { enabled: false },
    reporters: process.env["CI"] === undefined ? ["default"] : ["default", "json"],
    outputFile: { json: ".test-results/vitest.json" }
  }
})
