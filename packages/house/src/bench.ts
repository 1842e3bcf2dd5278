/**
 * `pnpm bench [filter]`: runs every benchmark whose id contains the filter, prints a table, and writes its records into
 * `benchmark-results.json`, one per line; records of benchmarks that did not run this time stay.
 *
 * A goal that does not hold is shown and does not fail the command: speed depends on the machine and on what else runs on
 * it, so it informs a person and never blocks a commit. A benchmark that cannot run does fail it.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { cpus, platform, release } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type { Benchmark } from "./Comparison.ts"
import { measure, type Record, type Settings, table } from "./measure.ts"
import { filesBelow, root } from "./workspace.ts"

const filter = process.argv[2] ?? ""
const results = join(root, "benchmark-results.json")

const settings: Settings = {
  now: () => performance.now(),
  settle: () => globalThis.gc?.(),
  rounds: 9,
  warmUpMs: 300,
  sideMs: 150
}

const environment = {
  node: process.version,
  os: `${platform()} ${release()}`,
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: cpus().length,
  date: new Date().toISOString()
}

const files = ["packages", "examples"].flatMap((folder) =>
  filesBelow(folder, (path) => /\/benchmark\/[^/]+\.ts$/u.test(path))
)
const records: Array<Record> = []
const failures: Array<string> = []

for (const file of files) {
  const module = (await import(pathToFileURL(join(root, file)).href)) as { readonly default?: ReadonlyArray<Benchmark> }
  if (!Array.isArray(module.default)) {
    failures.push(`${file} has no list of benchmarks as its default export`)
    continue
  }
  for (const benchmark of module.default as ReadonlyArray<Benchmark>) {
    if (!benchmark.id.includes(filter)) continue
    if (records.some(({ id }) => id === benchmark.id)) {
      failures.push(`${file} has a second benchmark named ${benchmark.id}; one of the two would hide the other`)
      continue
    }
    process.stderr.write(`${benchmark.id} …\n`)
    try {
      records.push(await measure(benchmark, settings))
    } catch (error) {
      failures.push(`${benchmark.id} (${file}) cannot run: ${error instanceof Error ? error.stack : String(error)}`)
    }
  }
}

const earlier = existsSync(results)
  ? readFileSync(results, "utf8")
      .split("\n")
      .filter((line) => line !== "" && !records.some(({ id }) => (JSON.parse(line) as Record).id === id))
  : []
const short = (_key: string, value: unknown): unknown =>
  typeof value === "number" ? Number(value.toPrecision(5)) : value
const lines = [...earlier, ...records.map((record) => JSON.stringify({ ...record, environment }, short))]
writeFileSync(results, lines.map((line) => `${line}\n`).join(""))

console.log(table(records))
console.log(
  `\nratio: median of the rounds; spread: their quartiles. ${environment.node}, ${environment.cpu}, ${environment.cores} cores`
)
const missed = records.filter(({ holds }) => !holds)
if (missed.length > 0) console.log(`goals that do not hold: ${missed.map(({ id }) => id).join(", ")}`)
if (records.length === 0) failures.push(`no benchmark's id contains "${filter}"`)
for (const failure of failures) console.error(failure)
process.exitCode = failures.length === 0 ? 0 : 1
