import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "../src/build.ts"
import { allOfMoney, bundle } from "../src/bundle.ts"
import type { Benchmark } from "../src/Comparison.ts"
import { root } from "../src/workspace.ts"

const folder = join(root, "packages/house/dist/import")
let built = false

/**
 * The milliseconds that the first `import` of a module takes in a fresh Node process, measured inside it: reading,
 * compiling and running it with all that it loads. The built package is imported by name, as a host does.
 */
const firstImport = (specifier: string): number => {
  if (!built) {
    const failure = build()
    if (failure !== "") throw new Error(`pnpm build fails:\n${failure}`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, "empty.js"), "export {}\n")
    built = true
  }
  const program = `const before = performance.now()
  await import(${JSON.stringify(specifier)})
  process.stdout.write(String(performance.now() - before))`
  writeFileSync(join(folder, "measure.js"), program)
  return Number(execFileSync(process.execPath, ["measure.js"], { cwd: folder, encoding: "utf8" }))
}

const benchmarks: ReadonlyArray<Benchmark> = [
  {
    id: "money.import",
    subject: { name: `import "saldo/money"`, measure: () => firstImport("saldo/money") },
    anchor: { name: "import of an empty module", measure: () => firstImport("./empty.js") },
    atMost: 10,
    unit: "ms",
    rounds: 15
  },
  {
    id: "money.bundle",
    subject: {
      name: "saldo/money, esbuild, minified, gzip, beside decimal.js",
      measure: async () => (await bundle(allOfMoney, ["decimal.js"])).gzipped / 1000
    },
    atMost: 6,
    unit: "kB",
    rounds: 1
  }
]

export default benchmarks
