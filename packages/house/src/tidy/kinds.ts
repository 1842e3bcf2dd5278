/**
 * The five kinds of file of ARCHITECTURE.md, section 2, told apart by name, and what each may import. A module of `money`
 * or `time` is always pure, whatever its name; only their `*Schema.ts` codecs may load Effect.
 */
import {
  isBarrel,
  isPublished,
  nameOf,
  type Node,
  placeOf,
  type Problem,
  resolve,
  type Source,
  walk
} from "./source.ts"

/** What a module is, by its name and place. `plumbing` is `core`, `sql`, `internal` and everything outside a domain. */
export type Kind = "barrel" | "pure" | "codec" | "calculator" | "adapter" | "port" | "use case" | "model" | "plumbing"

/** Roles that end a port's name. */
export const portRoles = /(Store|Source|Extractor|Channel|Rates|Sender|Gateway|Verifier|Hasher|Codes)$/u

/** The domains whose modules fall into the five kinds. */
const isDomain = (folder: string): boolean => !["core", "sql", "internal", "promise", "money", "time"].includes(folder)

/** The kind of a module by its path, where that tells, and by the service that it declares. */
export const kindOf = (path: string, service: "port" | "use case" | undefined): Kind => {
  const inside = placeOf(path)?.inside
  if (inside === undefined) return "plumbing"
  if (isBarrel(path)) return "barrel"
  const segments = inside.split("/")
  const [folder, file] = segments.length > 1 ? [segments[0] ?? "", segments.at(-1) ?? ""] : ["", inside]
  const name = file.replace(/\.ts$/u, "")
  const inSaldo = placeOf(path)?.name === "saldo"
  if (inSaldo && (folder === "money" || folder === "time")) return name.endsWith("Schema") ? "codec" : "pure"
  if (segments.includes("internal") || segments.includes("bin") || name === "promise") return "plumbing"
  if (/^[a-z]/u.test(name)) return inSaldo && folder !== "sql" ? "calculator" : "plumbing"
  if (/^Sql[A-Z]/u.test(name) && inSaldo && folder !== "sql") return "adapter"
  if (!inSaldo || !isDomain(folder)) return "plumbing"
  // The use cases of a domain as one layer, which is imported by whoever composes and depends on what use cases may.
  if (name.endsWith("UseCases")) return "use case"
  return service ?? "model"
}

/** A port: a service that more than one implementation may stand behind. */
export interface Port {
  readonly name: string
  readonly source: Source
  readonly line: number
  readonly hasMemory: boolean
}

/** The name of a module: its file without the folder and the ending. */
export const moduleName = (path: string): string => path.split("/").at(-1)?.replace(/\.ts$/u, "") ?? ""

/**
 * The ports of the tree: services named by a role, or with a `layerMemory`, or with a `Sql…` sibling. Use cases have none
 * of the three: they have one implementation, and what they stand on is replaced instead.
 */
export const portsOf = (sources: ReadonlyArray<Source>): ReadonlyArray<Port> => {
  const published = sources.filter(
    ({ path }) => isPublished(path) && !isBarrel(path) && placeOf(path)?.name !== "testing"
  )
  const files = new Set(published.map(({ path }) => moduleName(path)))
  return published.flatMap((source) =>
    servicesOf(source).flatMap(({ name, node }): ReadonlyArray<Port> => {
      const hasMemory = /static\s+readonly\s+layerMemory\b/u.test(source.text.slice(node.start, node.end))
      return portRoles.test(name) || hasMemory || files.has(`Sql${name}`)
        ? [{ name, source, line: source.lineOf(node.start), hasMemory }]
        : []
    })
  )
}

/** The classes of a module that are services. */
const servicesOf = (source: Source): ReadonlyArray<{ readonly name: string; readonly node: Node }> => {
  const services: Array<{ readonly name: string; readonly node: Node }> = []
  walk(source.program, (node) => {
    if (node.type !== "ClassDeclaration" || node["superClass"] === null) return
    const superClass = source.text.slice(...spanOf(node["superClass"]))
    const name = nameOf(node["id"])
    if (name !== undefined && /^Context\.Service\b/u.test(superClass)) services.push({ name, node })
  })
  return services
}

const spanOf = (node: unknown): [number, number] => {
  const { start, end } = node as { readonly start: number; readonly end: number }
  return [start, end]
}

const calculatorEffect = new Set(["effect/Result", "effect/Option"])

/** Values that describe data without running anything; what a model may load of Effect. */
const modelEffect =
  /^effect\/(Schema\w*|Option|Result|Brand|Data|DateTime|Duration|Order|Equal|Equivalence|Hash|Predicate|Array|String|Number|BigInt|Struct|Function|Redacted|Record|Match|Context)$/u

/** Checks the imports of every module against its kind. */
export const kinds = (sources: ReadonlyArray<Source>): ReadonlyArray<Problem> => {
  const ports = new Set(portsOf(sources).map(({ source }) => source.path))
  const service = (source: Source) =>
    ports.has(source.path) ? "port" : servicesOf(source).length > 0 ? "use case" : undefined
  const kindByPath = new Map(sources.map((source) => [source.path, kindOf(source.path, service(source))]))
  return sources.flatMap((source) => {
    const kind = kindByPath.get(source.path) ?? "plumbing"
    return source.imports.flatMap((imported): ReadonlyArray<Problem> => {
      const target = resolve(source.path, imported.specifier)
      const other = target === undefined ? undefined : (kindByPath.get(target) ?? kindOf(target, undefined))
      const message = checks[kind]?.({ specifier: imported.specifier, typeOnly: imported.typeOnly, target, other })
      return message === undefined ? [] : [{ rule: "kinds", path: source.path, line: imported.line, message }]
    })
  })
}

interface Edge {
  readonly specifier: string
  readonly typeOnly: boolean
  readonly target: string | undefined
  readonly other: Kind | undefined
}

const checks: { readonly [K in Kind]?: (edge: Edge) => string | undefined } = {
  pure: ({ specifier, other, target, typeOnly }) => {
    if (target !== undefined) {
      return other === "codec" && !typeOnly
        ? `a module of money and time may not load a codec (${specifier}); the codec imports the module`
        : undefined
    }
    return specifier === "decimal.js"
      ? undefined
      : `money and time import decimal.js and their own modules, not ${specifier}; put what needs Effect into a *Schema.ts beside it`
  },
  calculator: ({ specifier, other, target, typeOnly }) => {
    if (target !== undefined) {
      return other === "port" || other === "adapter" || other === "use case"
        ? `a calculator may not import the ${other} ${specifier}; take the value as an argument`
        : undefined
    }
    return specifier === "decimal.js" ||
      calculatorEffect.has(specifier) ||
      (typeOnly && specifier.startsWith("effect/"))
      ? undefined
      : `a calculator may load decimal.js, ${[...calculatorEffect].join(" and ")}, not ${specifier}; take the value as an argument, or rename the file to PascalCase if it is no calculator`
  },
  model: ({ specifier, other, target, typeOnly }) => {
    if (target !== undefined) {
      return (other === "port" || other === "adapter" || other === "use case") && !typeOnly
        ? `a model may not import the ${other} ${specifier}; the ${other} imports the model`
        : undefined
    }
    return typeOnly || modelEffect.test(specifier)
      ? undefined
      : `a model may load effect/Schema and plain data modules, not ${specifier}; move the behaviour into a calculator, port or use case`
  },
  port: ({ specifier, other }) =>
    other === "adapter" || other === "use case"
      ? `a port may not import the ${other} ${specifier}; the ${other} imports the port`
      : undefined,
  "use case": ({ specifier, other }) =>
    other === "adapter"
      ? `a use case may not import the adapter ${specifier}; require the port and let the host choose`
      : undefined,
  adapter: ({ specifier, other }) =>
    other === "use case"
      ? `an adapter may not import the use case ${specifier}; it implements a port and no more`
      : undefined
}
