/** Calls, types, comments, imports and names that library code does without, each with what takes its place. */
import { declaredNames } from "./documented.ts"
import {
  dottedName,
  isBarrel,
  isPublished,
  nameOf,
  type Node,
  type Problem,
  resolve,
  type Source,
  walk
} from "./source.ts"

const calls: Readonly<Record<string, string>> = {
  "Date.now": "Clock.currentTimeMillis, or take `today` as an argument",
  "performance.now": "Clock.currentTimeNanos",
  "Math.random": "effect/Random, which a test can seed",
  "crypto.randomUUID": "the id service of saldo/core",
  "crypto.getRandomValues": "effect/Random, or a service the host can replace",
  randomUUID: "the id service of saldo/core",
  setTimeout: "Effect.sleep or Effect.timeout",
  setInterval: "Effect.repeat with a Schedule",
  setImmediate: "Effect.yieldNow",
  fetch: "effect/http/HttpClient",
  "JSON.parse": "jsonText or Schema.fromJsonString, which fail with a typed error, or guard it by try and catch,",
  "Effect.runPromise": "return the effect; only saldo/promise and bin/ run one",
  "Effect.runSync": "return the effect; only saldo/promise and bin/ run one",
  "Effect.runFork": "Effect.forkScoped; only saldo/promise and bin/ run an effect"
}

const objects: Readonly<Record<string, string>> = {
  "process.env": "effect/Config",
  console: "Effect.log, with fields as annotations"
}

const report = (source: Source, offset: number, message: string): Problem => ({
  rule: "banned",
  path: source.path,
  line: source.lineOf(offset),
  message
})

const runsEffects = (path: string): boolean =>
  /\/src\/(bin\/|promise(\.ts|\/))|^packages\/testing\/src\/internal\//u.test(path)

/** True in the conformance kits, where to throw is to fail the test. */
const failsTests = (path: string): boolean => path.startsWith("packages/testing/")

/** True inside the block of a `try` statement, or inside the `try` of `Effect.try` and `Result.try`. */
const isGuarded = (ancestors: ReadonlyArray<Node>): boolean =>
  ancestors.some(
    (node, at) =>
      (node.type === "TryStatement" && node["handler"] !== null && node["block"] === ancestors[at + 1]) ||
      (node.type === "Property" && nameOf(node["key"]) === "try")
  )

/** What a node breaks, by its type. */
const nodeMessage = (node: Node, path: string, ancestors: ReadonlyArray<Node>): string | undefined => {
  switch (node.type) {
    case "CallExpression": {
      const name = dottedName(node["callee"])?.replace(/^globalThis\./u, "")
      if (name === "Date") return "use DateTime.now in place of Date()"
      const instead = name !== undefined && Object.hasOwn(calls, name) ? calls[name] : undefined
      const allowed =
        (name?.startsWith("Effect.run") === true && runsEffects(path)) ||
        (name === "JSON.parse" && (failsTests(path) || isGuarded(ancestors)))
      return instead === undefined || allowed ? undefined : `use ${instead} in place of ${name}`
    }
    case "NewExpression":
      return dottedName(node["callee"]) === "Date" && (node["arguments"] as ReadonlyArray<unknown>).length === 0
        ? "use DateTime.now in place of new Date()"
        : undefined
    case "MemberExpression": {
      const name = dottedName(node)?.replace(/^globalThis\./u, "")
      if (name === "process.env") return `use ${objects["process.env"]} in place of process.env`
      return name?.startsWith("console.") === true ? `use ${objects["console"]} in place of ${name}` : undefined
    }
    case "ThrowStatement": {
      const thrown = node["argument"] as Node
      return thrown.type === "NewExpression" && dottedName(thrown["callee"]) === "Error" && !failsTests(path)
        ? "fail with a typed error that carries ids (Schema.TaggedError) in place of throw new Error; a broken invariant dies with one"
        : undefined
    }
    case "TSAnyKeyword":
      return "use unknown and narrow it, in place of any"
    case "TSNonNullExpression":
      return "narrow with a check that fails with a typed error, in place of !"
    default:
      return undefined
  }
}

const silencers = /@ts-(ignore|expect-error|nocheck)|(oxlint|eslint|biome|prettier)-(disable|ignore)/u

/** Calls, types and silencing comments that published code may not hold. */
export const bannedCalls = (source: Source): ReadonlyArray<Problem> => {
  if (!isPublished(source.path) || isBarrel(source.path)) return []
  const problems: Array<Problem> = []
  walk(source.program, (node, ancestors) => {
    const message = nodeMessage(node, source.path, ancestors)
    if (message !== undefined) problems.push(report(source, node.start, message))
  })
  for (const comment of source.comments) {
    const silencer = silencers.exec(comment.value)?.[0]
    if (silencer !== undefined) {
      problems.push(report(source, comment.start, `repair the cause in place of ${silencer}`))
    }
  }
  return problems
}

/** Barrels load everything behind them; library code names the module it needs. */
export const bannedImports = (source: Source): ReadonlyArray<Problem> => {
  if (!isPublished(source.path) || isBarrel(source.path)) return []
  return source.imports.flatMap(({ specifier, line }): ReadonlyArray<Problem> => {
    const target = resolve(source.path, specifier)
    const barrel = target === undefined ? /^effect(\/[a-z][a-z-]*)?$/u.test(specifier) : isBarrel(target)
    const example = specifier.startsWith("effect") ? "effect/Effect or effect/sql/SqlClient" : "saldo/money/Money"
    const message = `import the module itself (such as ${example}) in place of the barrel ${specifier}`
    return barrel ? [{ rule: "banned", path: source.path, line, message }] : []
  })
}

// Put together from halves, so that this file does not break its own rule. The mark of three X is also the currency
// code for "no currency", so it counts only where a mark stands: first in a comment, or before a colon.
const mark = "X" + "XX"
const unfinished = new RegExp(
  `\\b(${["TO" + "DO", "FIX" + "ME", "HA" + "CK"].join("|")})\\b|^\\s*(//|/?\\*+|#|<!--)\\s*${mark}\\b|\\b${mark}:`,
  "u"
)
const later = new RegExp(
  `\\b(${["for " + "now", "not " + "implemented", "not yet " + "implemented"].join("|")})\\b`,
  "iu"
)
const privatePaths = new RegExp(["/work/" + "shared", "/tmp/" + "brief"].join("|"), "u")

/** Comments that promise to finish later, and paths of the machine it was written on; in any text file. */
export const unfinishedText = (file: { readonly path: string; readonly text: string }): ReadonlyArray<Problem> =>
  file.text.split("\n").flatMap((line, index): ReadonlyArray<Problem> => {
    const word = unfinished.exec(line)?.[0] ?? later.exec(line)?.[0] ?? privatePaths.exec(line)?.[0]
    const message = `finish it, or write an issue and say what holds today, in place of ${word}`
    return word === undefined ? [] : [{ rule: "unfinished", path: file.path, line: index + 1, message }]
  })

const emptyWords = /(Service|Manager|Impl|Live|Helpers?|Utils?)$/u

/** File names and exported names that say nothing about the field. */
export const bannedNames = (source: Source): ReadonlyArray<Problem> => {
  if (!isPublished(source.path) || isBarrel(source.path)) return []
  const file = source.path.split("/").at(-1)?.replace(/\.ts$/u, "") ?? ""
  const inFile = emptyWords.test(file) ? [{ name: file, offset: 0 }] : []
  return [...inFile, ...declaredNames(source)].flatMap(({ name, offset }) => {
    const word = emptyWords.exec(name)?.[0]
    return word === undefined
      ? []
      : [report(source, offset, `name ${name} by the field's word for it; "${word}" says nothing`)]
  })
}

/** A test that is left out silently proves nothing. */
export const focusedTests = (source: Source): ReadonlyArray<Problem> => {
  if (!source.path.endsWith(".test.ts")) return []
  const problems: Array<Problem> = []
  walk(source.program, (node) => {
    if (node.type !== "CallExpression") return
    const name = dottedName(node["callee"]) ?? ""
    if (!/^(it|test|describe|layer)\.(\w+\.)?(only|skip|todo|fails)$/u.test(name)) return
    const message = `remove ${name}: repair the test, or skip by a declared gap with a written reason`
    problems.push(report(source, node.start, message))
  })
  return problems
}
