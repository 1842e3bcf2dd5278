import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

/**
 * One runner for the whole workspace: tests run from source through the `saldo-source` export condition,
 * so a fresh clone needs no build. `CI` adds the JSON report that `.ci/run` counts.
 */
const root = fileURLToPath(new URL("../..", import.meta.url))
const conditions = ["saldo-source", "module", "node", "development|production"]

export default defineConfig({
  root,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/**/test/**/*.test.ts"],
    globalSetup: ["packages/testing/src/internal/postgresGlobalSetup.ts"],
    // On two cores the runner would take one; but for much of their time our tests wait for processes that they have started.
    maxWorkers: Math.max(2, availableParallelism() - 1),
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
