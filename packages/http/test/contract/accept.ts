/**
 * Commits the contract as it is, unless it breaks what was promised: that takes a new major version.
 */
import { writeFileSync } from "node:fs"
import { committed, current, file, written } from "./committed.ts"
import { breakingChanges } from "./surface.ts"

const major = (document: object): string =>
  String((document as { readonly info?: { readonly version?: string } }).info?.version).split(".")[0] ?? ""

const [before, now] = [committed(), current()]
const broken = breakingChanges(before, now)
if (broken.length > 0 && major(before) === major(now)) {
  process.stderr.write(`This would break clients:\n${broken.map((line) => `  ${line}`).join("\n")}\n`)
  process.exitCode = 1
} else {
  writeFileSync(file, written(now))
}
