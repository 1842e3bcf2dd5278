import { defineConfig } from "vitest/config"

/**
 * One runner for the whole workspace: tests run from source through the `saldo-source` export condition,
 * so a fresh clone needs no build. `CI` adds the JSON report that `.ci/run` counts.
 */
export default defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  resolve: { conditions: ["saldo-source", "module", "node", "development|production"] },
  ssr: { resolve: { conditions: ["saldo-source", "module", "node", "development|production"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/*/test/**/*.test.ts"],
    globalSetup: ["packages/testing/src/internal/postgresGlobalSetup.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    execArgv: ["--conditions=saldo-source"],
    typecheck: { enabled: false }
  }
})
