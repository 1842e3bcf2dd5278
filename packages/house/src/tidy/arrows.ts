/** The arrows between folders and between packages of ARCHITECTURE.md, section 2. No others are allowed. */
import { isBarrel, placeOf, type Problem, resolve, type Source } from "./source.ts"

const below = (...domains: ReadonlyArray<string>): ReadonlySet<string> => new Set(domains)

const base = ["money", "time", "core"] as const

/** What each folder of `saldo` may import from, besides itself and `internal`. */
export const allowedFolders: Readonly<Record<string, ReadonlySet<string>>> = {
  internal: below(...base),
  money: below(),
  time: below(),
  core: below("money", "time"),
  audit: below(...base),
  identity: below(...base, "audit"),
  notifications: below(...base, "audit"),
  ledger: below(...base, "audit"),
  banking: below(...base, "audit", "identity", "notifications", "ledger"),
  lending: below(...base, "audit", "identity", "notifications", "ledger", "banking"),
  documents: below(...base, "audit", "identity", "notifications"),
  finance: below(...base, "audit", "identity", "notifications", "ledger", "documents")
}

/** What each published package may import of ours. */
const allowedPackages: Readonly<Record<string, ReadonlySet<string>>> = {
  saldo: below(),
  sqlite: below("saldo"),
  postgres: below("saldo"),
  kameo: below("saldo"),
  identity: below("saldo"),
  http: below("saldo"),
  testing: below("saldo", "sqlite", "postgres")
}

/** The folder of `saldo` that a module lies in; `promise` for the facade, whether it is one file or a folder. */
const folderOf = (inside: string): string => (inside.split("/")[0] ?? "").replace(/\.ts$/u, "")

const isAdapter = (path: string): boolean => /\/Sql[A-Z]\w*\.ts$/u.test(path)

/** Checks every import of one module against the two tables. */
export const arrows = (source: Source): ReadonlyArray<Problem> => {
  const here = placeOf(source.path)
  if (here === undefined || allowedPackages[here.name] === undefined || isBarrel(source.path)) return []
  return source.imports.flatMap((imported): ReadonlyArray<Problem> => {
    const target = resolve(source.path, imported.specifier)
    const there = target === undefined ? undefined : placeOf(target)
    if (target === undefined || there === undefined) return []
    const message = messageFor(source.path, here, target, there, imported.typeOnly)
    return message === undefined ? [] : [{ rule: "arrows", path: source.path, line: imported.line, message }]
  })
}

type Place = NonNullable<ReturnType<typeof placeOf>>

const messageFor = (from: string, here: Place, to: string, there: Place, typeOnly: boolean): string | undefined => {
  if (here.name !== there.name) {
    return allowedPackages[here.name]?.has(there.name) === true
      ? undefined
      : `the package ${here.name} may not import ${there.name}; declare a port where it is needed and let the host join them`
  }
  if (here.name !== "saldo") return undefined
  const folder = folderOf(here.inside)
  const other = folderOf(there.inside)
  if (folder === other || folder === "promise") return undefined
  if (other === "promise") return "nothing imports the promise facade; call the use case behind it"
  if (other === "internal") return undefined
  if (folder === "sql") {
    return typeOnly || isAdapter(to) || base.some((each) => each === other)
      ? undefined
      : `sql may import the Sql* adapters of a domain, types, and ${base.join(", ")}; not ${there.inside}`
  }
  if (other === "sql") {
    return isAdapter(from)
      ? undefined
      : `only Sql* adapters import sql/; move the statement into an adapter beside its port`
  }
  const allowed = allowedFolders[folder]
  if (allowed === undefined) {
    return `the folder ${folder} has no row in the table of arrows: add it to ARCHITECTURE.md section 2 and to tidy/arrows.ts`
  }
  if (allowed.has(other)) return undefined
  const list = allowed.size === 0 ? "nothing of ours" : [...allowed].join(", ")
  return `${folder} may import ${list}; not ${other}. Turn the dependency round, or pass the value in`
}
