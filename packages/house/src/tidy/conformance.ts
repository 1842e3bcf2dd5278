/** Every port has a published conformance suite, and every implementation of a port runs it in a test. */
import { dottedName, isBarrel, isPublished, type Node, placeOf, type Problem, type Source, walk } from "./source.ts"
import { moduleName, type Port, portRoles, portsOf } from "./kinds.ts"

/** The names that a port's suite may have: `LoanStoreTest`, or without the role (`IdempotencyTest`) where one tests both. */
const suitesOf = (port: string): ReadonlyArray<string> => [`${port}Test`, `${port.replace(portRoles, "")}Test`]

/** True when a test calls a port's conformance suite and mentions the implementation in what it hands over. */
const runsSuite = (test: Source, port: string, implementation: string): boolean => {
  const kit = test.imports.find(({ specifier }) => suitesOf(port).includes(moduleName(specifier)))
  if (kit === undefined) return false
  let called = false
  walk(test.program, (node) => {
    if (node.type !== "CallExpression") return
    const name = dottedName(node["callee"]) ?? ""
    called ||= kit.names.some((local) => name === local || name.startsWith(`${local}.`))
  })
  return called && new RegExp(`\\b${implementation}\\b`, "u").test(withoutImports(test))
}

const withoutImports = (source: Source): string =>
  (source.program["body"] as ReadonlyArray<Node>)
    .filter((node) => node.type !== "ImportDeclaration")
    .map((node) => source.text.slice(node.start, node.end))
    .join("\n")

/** The databases that every SQL adapter is proven on. */
const databases = ["TestSqlite.layer", "TestSqlite.layerFile", "TestPostgres.layer"]

/** Ports without a suite, and implementations that no test puts through it. */
export const conformance = (sources: ReadonlyArray<Source>): ReadonlyArray<Problem> => {
  const ports = portsOf(sources)
  const suites = new Set(sources.flatMap(({ path }) => (placeOf(path)?.name === "testing" ? [moduleName(path)] : [])))
  const tests = sources.filter(({ path }) => path.endsWith(".test.ts"))
  const unproven = (port: string, implementation: string): boolean =>
    !tests.some((test) => runsSuite(test, port, implementation))
  const ofPorts = ports.flatMap((port): ReadonlyArray<Problem> => {
    const at = { rule: "conformance", path: port.source.path, line: port.line }
    if (!suitesOf(port.name).some((suite) => suites.has(suite))) {
      const message = `write the conformance suite packages/testing/src/${port.name}Test.ts for the port ${port.name}`
      return [{ ...at, message }]
    }
    const message = `call ${port.name}Test.suite("memory", ${port.name}.layerMemory) in a test`
    return port.hasMemory && unproven(port.name, `${port.name}\\.layerMemory`) ? [{ ...at, message }] : []
  })
  const ofAdapters = sources.flatMap((source): ReadonlyArray<Problem> => {
    const port = portOfAdapter(source.path, ports)
    if (port === undefined) return []
    const adapter = moduleName(source.path)
    const proofs = tests.filter((test) => runsSuite(test, port, adapter)).map(withoutImports)
    const missing = adapter.startsWith("Sql")
      ? databases.filter((each) => !proofs.some((text) => new RegExp(`\\b${each}\\b`, "u").test(text)))
      : []
    const where = missing.length > 0 ? ` on ${missing.join(", ")}` : ""
    const message = `call ${port}Test.suite with ${adapter}.layer${where} in a test`
    return proofs.length === 0 || missing.length > 0
      ? [{ rule: "conformance", path: source.path, line: 1, message }]
      : []
  })
  return [...ofPorts, ...ofAdapters]
}

/** The port that a file implements by its name, technology first: `SqlLoanStore`, `KameoLoanSource`. */
const portOfAdapter = (path: string, ports: ReadonlyArray<Port>): string | undefined => {
  if (!isPublished(path) || isBarrel(path) || placeOf(path)?.name === "testing") return undefined
  const name = moduleName(path)
  if (ports.some((port) => port.name === name)) return undefined
  return ports
    .map((port) => port.name)
    .filter((port) => name.endsWith(port) && /^[A-Z][a-z]/u.test(name))
    .toSorted((a, b) => b.length - a.length)[0]
}
