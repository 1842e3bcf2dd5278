import { rules } from "../../src/tidy/rules.ts"
import { format, parse, type Problem } from "../../src/tidy/source.ts"

type Files = Readonly<Record<string, string>>

const found = (name: string, files: Files): ReadonlyArray<Problem> => {
  const rule = rules[name]
  if (rule === undefined) throw new Error(`there is no rule named "${name}"`)
  return rule(Object.entries(files).map(([path, text]) => parse({ path, text })))
}

/** Runs one rule over planted files and gives `path:line` of what it reports. */
export const planted = (name: string, files: Files): ReadonlyArray<string> =>
  found(name, files).map(({ line, path }) => `${path}:${line}`)

/** Runs one rule over planted files and gives what it says, one line each. */
export const messages = (name: string, files: Files): string => found(name, files).map(format).join("\n")

/** Where planted modules of saldo lie. */
export const src = "packages/saldo/src"
